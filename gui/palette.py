"""The palette: every kind of layer, to be searched and dragged into the stack."""

from collections.abc import Sequence
from functools import partial

from PySide6.QtCore import QEvent, QMimeData, QObject, Qt, Signal
from PySide6.QtGui import QFont, QKeyEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QLineEdit,
    QTreeWidget,
    QTreeWidgetItem,
    QVBoxLayout,
    QWidget,
)

from core import commands
from core.catalog import KINDS, SCOPES
from core.parcel import Parcel
from gui import icons, theme
from gui.editor import Editor
from gui.stack_mime import MIME_TYPE, pack

_KIND_ROLE = Qt.ItemDataRole.UserRole
_SCOPE_GROUP = "Scopes"


class Palette(QWidget):
    """A search field over the kinds by group; Enter or a double click adds one to the stack."""

    def __init__(self, editor: Editor, parent: QWidget | None = None) -> None:
        """Offer all kinds for an editor's stack."""
        super().__init__(parent)
        self._editor = editor
        self.search = QLineEdit()
        self.search.setPlaceholderText("Search layers")
        self.search.setClearButtonEnabled(True)
        self.search.setAccessibleName("Search layers")
        self.kinds = _Kinds()
        layout = QVBoxLayout(self)
        layout.setContentsMargins(4, 4, 4, 4)
        layout.setSpacing(4)
        layout.addWidget(self.search)
        layout.addWidget(self.kinds)
        self.setFocusProxy(self.search)
        self.search.textChanged.connect(self.kinds.show_matching)
        self.search.returnPressed.connect(self._on_return_pressed)
        self.search.installEventFilter(self)
        self.kinds.chosen.connect(self._on_chosen)

    def _on_return_pressed(self) -> None:
        item = self.kinds.currentItem()
        if item is not None and not item.isHidden():
            self._on_chosen(item.data(0, _KIND_ROLE))

    def _on_chosen(self, kind: str | None) -> None:
        if kind:
            selection = self._editor.selection
            self._editor.attempt(partial(commands.add, kind=kind, selection=selection))

    # Qt overrides

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Move through the kinds while typing."""
        if isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress:
            step = {Qt.Key.Key_Down: 1, Qt.Key.Key_Up: -1}.get(Qt.Key(event.key()))
            if step is not None:
                self.kinds.move_by(step)
                return True
        return super().eventFilter(watched, event)


class _Kinds(QTreeWidget):
    """The kinds as a tree of groups.

    Signals:
        chosen: The id of a kind, by Enter or a double click.
    """

    chosen = Signal(str)

    def __init__(self) -> None:
        super().__init__()
        self.setHeaderHidden(True)
        self.setUniformRowHeights(True)
        self.setIndentation(12)
        self.setFrameShape(QTreeWidget.Shape.NoFrame)
        self.setDragEnabled(True)
        self.setDragDropMode(QAbstractItemView.DragDropMode.DragOnly)
        self.setAccessibleName("Layers")
        self._groups: dict[str, QTreeWidgetItem] = {}
        for scope, function in SCOPES.items():
            self._add(_SCOPE_GROUP, scope, function.help)
        for kind in KINDS.values():
            self._add(kind.group, kind.id, kind.help)
        self.expandAll()
        self.itemDoubleClicked.connect(self._on_double_clicked)
        theme.current().changed.connect(self._draw_icons)
        self._draw_icons()

    def show_matching(self, text: str) -> None:
        """Show only the kinds whose name, group or help has all these words."""
        words = text.lower().split()
        for group in self._groups.values():
            for item in _children(group):
                about = f"{item.text(0)} {group.text(0)} {item.toolTip(0)}".lower()
                item.setHidden(not all(word in about for word in words))
            group.setHidden(all(item.isHidden() for item in _children(group)))
        self._select_best(text.lower().strip())

    def move_by(self, step: int) -> None:
        """Make the next kind that is shown, or the one before, the current one."""
        shown = self._shown()
        if not shown:
            return
        current = self.currentItem()
        at = shown.index(current) + step if current in shown else 0
        self.setCurrentItem(shown[max(0, min(at, len(shown) - 1))])

    def _add(self, group: str, kind: str, help_text: str) -> None:
        if group not in self._groups:
            self._groups[group] = QTreeWidgetItem(self, [group])
            self._groups[group].setFlags(Qt.ItemFlag.ItemIsEnabled)
            font = QFont()
            font.setBold(True)
            self._groups[group].setFont(0, font)
        item = QTreeWidgetItem(self._groups[group], [kind])
        item.setData(0, _KIND_ROLE, kind)
        item.setToolTip(0, help_text)

    def _shown(self) -> list[QTreeWidgetItem]:
        groups = self._groups.values()
        return [item for group in groups for item in _children(group) if not item.isHidden()]

    def _select_best(self, text: str) -> None:
        """Make the kind that begins with the text the current one, else the first shown."""
        shown = self._shown()
        begins = [item for item in shown if item.text(0).startswith(text)]
        named = [item for item in shown if text in item.text(0)]
        best = [*begins, *named, *shown] if text else []
        self.setCurrentItem(best[0] if best else None)  # type: ignore[arg-type]

    def _draw_icons(self) -> None:
        for group in self._groups.values():
            for item in _children(group):
                item.setIcon(0, icons.kind_icon(item.data(0, _KIND_ROLE)))

    def _on_double_clicked(self, item: QTreeWidgetItem) -> None:
        kind = item.data(0, _KIND_ROLE)
        if kind:
            self.chosen.emit(kind)

    # Qt overrides

    def mimeTypes(self) -> list[str]:
        """Return the one type that the stack takes."""
        return [MIME_TYPE]

    def mimeData(self, items: Sequence[QTreeWidgetItem]) -> QMimeData:
        """Return new nodes of the kinds that are dragged."""
        kinds = [item.data(0, _KIND_ROLE) for item in items]
        return pack(Parcel(tuple(commands.new_node(kind) for kind in kinds if kind)))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Add the current kind on Enter."""
        item = self.currentItem()
        if event.key() in {Qt.Key.Key_Return, Qt.Key.Key_Enter} and item is not None:
            self._on_double_clicked(item)
            return
        super().keyPressEvent(event)


def _children(item: QTreeWidgetItem) -> list[QTreeWidgetItem]:
    return [item.child(row) for row in range(item.childCount())]  # type: ignore[misc]
