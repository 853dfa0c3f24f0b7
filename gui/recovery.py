"""What is offered at the start after a window did not end cleanly."""

from functools import partial

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QHBoxLayout,
    QLabel,
    QListWidget,
    QListWidgetItem,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from core.json_file import DocumentError
from gui.autosave import Autosave, Orphan
from gui.dialogs import Dialogs
from gui.files import Files


class Recovery(QObject):
    """Opens what dead windows left, where a person wants it.

    Signals:
        refused: A stack can't be recovered; one sentence says why.
    """

    refused = Signal(str)

    def __init__(self, window: QWidget, files: Files, autosave: Autosave, dialogs: Dialogs) -> None:
        """Offer nothing yet."""
        super().__init__(window)
        self._window = window
        self._files = files
        self._autosave = autosave
        self._dialogs = dialogs

    def offer(self, found: list[Orphan]) -> None:
        """Ask what becomes of stacks that dead windows left."""
        dialog = RecoveryDialog(found, self._window)
        dialog.chosen.connect(self._on_chosen)
        dialog.rejected.connect(self._on_rejected)
        self._dialogs.open(dialog)

    def _on_chosen(self, orphan: Orphan) -> None:
        self._files.when_saved(partial(self._recover, orphan))

    def _recover(self, orphan: Orphan) -> None:
        try:
            self._files.recover(orphan)
        except DocumentError as error:
            self.refused.emit(f"{orphan.title} can't be recovered: {error}")
            return
        self._autosave.write()
        orphan.discard()

    def _on_rejected(self) -> None:
        if self._files.untouched:
            self._files.load_example()


class RecoveryDialog(QDialog):
    """Lists the stacks that were left; each can be recovered or discarded, or left for later.

    Signals:
        chosen: The stack to open in this window.
    """

    chosen = Signal(object)

    def __init__(self, orphans: list[Orphan], parent: QWidget | None = None) -> None:
        """List the stacks, the first one chosen."""
        super().__init__(parent)
        self.setWindowTitle("Recover unsaved work")
        label = QLabel(
            "Layerscope did not end cleanly. These stacks have changes that are in no file."
        )
        label.setWordWrap(True)
        self.list = QListWidget()
        for orphan in orphans:
            self.list.addItem(_item(orphan))
        self.list.setCurrentRow(0)
        self.list.itemActivated.connect(self._on_recover)
        self.recover_button = QPushButton("Recover")
        self.recover_button.setDefault(True)
        self.recover_button.clicked.connect(self._on_recover)
        self.discard_button = QPushButton("Discard")
        self.discard_button.clicked.connect(self._on_discard)
        buttons = QDialogButtonBox()
        later = buttons.addButton("Decide later", QDialogButtonBox.ButtonRole.RejectRole)
        later.clicked.connect(self.reject)
        row = QHBoxLayout()
        row.addWidget(self.recover_button)
        row.addWidget(self.discard_button)
        row.addStretch(1)
        row.addWidget(buttons)
        column = QVBoxLayout(self)
        column.addWidget(label)
        column.addWidget(self.list, 1)
        column.addLayout(row)
        self.resize(560, 240)

    def _on_recover(self) -> None:
        item = self.list.currentItem()
        if item is not None:
            self.chosen.emit(item.data(Qt.ItemDataRole.UserRole))
            self.accept()

    def _on_discard(self) -> None:
        item = self.list.takeItem(self.list.currentRow())
        if item is not None:
            item.data(Qt.ItemDataRole.UserRole).discard()
        if not self.list.count():
            self.reject()


def _item(orphan: Orphan) -> QListWidgetItem:
    """Return what tells a stack from the others: its file, when it was written, what is in it."""
    try:
        stack = orphan.load()
        names = ", ".join(layer.name or layer.kind for layer in stack.layers())
        content = f"{stack.name}: {names}" if names else f"{stack.name}: empty"
    except DocumentError as error:
        content = f"can't be read: {error}"
    if len(content) > 90:
        content = content[:87] + "..."
    saved = orphan.saved.strftime("%Y-%m-%d %H:%M:%S")
    item = QListWidgetItem(f"{orphan.title}, {saved}\n{content}")
    item.setData(Qt.ItemDataRole.UserRole, orphan)
    item.setToolTip(str(orphan.belongs_to or "in no file yet"))
    return item
