"""A field in an item view that says, below it, why what is typed can't be taken."""

from collections.abc import Callable

from PySide6.QtCore import QEvent, QModelIndex, QObject, QPersistentModelIndex, Qt
from PySide6.QtGui import QHideEvent, QKeyEvent, QPalette
from PySide6.QtWidgets import QLabel, QLineEdit, QStyledItemDelegate, QWidget

from gui import theme

_Index = QModelIndex | QPersistentModelIndex
_ENDING = {Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Tab, Qt.Key.Key_Backtab}


class RefusingEditor(QLineEdit):
    """A field whose text is checked while it is typed."""

    def __init__(
        self,
        parent: QWidget,
        check: Callable[[str], str],
        is_begun: Callable[[str], bool] | None = None,
    ) -> None:
        """Make it for an item view's viewport.

        Args:
            parent: The viewport.
            check: Returns why a text can't be taken, and nothing where it can.
            is_begun: Tells whether a text is part of one that can be; nothing is said of it then.
        """
        super().__init__(parent)
        self._check = check
        self._is_begun = is_begun
        self.setFrame(False)
        self.setAutoFillBackground(True)
        self._viewport = parent
        self._label = QLabel(parent)
        self._label.setWordWrap(True)
        self._label.setTextFormat(Qt.TextFormat.PlainText)
        self._label.setMargin(4)
        self._label.setAutoFillBackground(True)
        # A viewport's children have its roles, those of a list, unless they are told.
        self._label.setBackgroundRole(QPalette.ColorRole.Window)
        self._label.setForegroundRole(QPalette.ColorRole.WindowText)
        self._label.setFrameShape(QLabel.Shape.Box)
        self._label.hide()
        self.textChanged.connect(self._on_text_changed)
        self.destroyed.connect(self._label.deleteLater)

    @property
    def refusal(self) -> str:
        """Why the text can't be taken, empty when it can."""
        return self._check(self.text())

    @property
    def shown_refusal(self) -> str:
        """The sentence that stands below the field, empty when there is none."""
        return self._label.text() if self._label.isVisible() else ""

    def _on_text_changed(self, text: str) -> None:
        refusal = self.refusal
        if not refusal or (self._is_begun is not None and self._is_begun(text)):
            self._label.hide()
            return
        colours = theme.colours()
        palette = self._label.palette()
        palette.setColor(QPalette.ColorRole.Window, colours.tint(colours.refused))
        palette.setColor(QPalette.ColorRole.WindowText, colours.refused)
        self._label.setPalette(palette)
        self._label.setText(refusal)
        width = min(self._viewport.width() - self.x() - 4, 420)
        self._label.setFixedWidth(max(width, 120))
        self._label.adjustSize()
        below = self.y() + self.height()
        if below + self._label.height() > self._viewport.height():
            below = self.y() - self._label.height()
        self._label.move(self.x(), below)
        self._label.show()
        self._label.raise_()

    # Qt overrides

    def hideEvent(self, event: QHideEvent) -> None:
        """Take the sentence along."""
        self._label.hide()
        super().hideEvent(event)


class RefusingDelegate(QStyledItemDelegate):
    """Edits with a `RefusingEditor`, and keeps it open as long as its text can't be taken."""

    # Qt overrides

    def setEditorData(self, editor: QWidget, index: _Index) -> None:
        """Show the text there is, unless a person types: a change of the data asks for this too."""
        if isinstance(editor, RefusingEditor) and not editor.isModified():
            editor.setText(index.data(Qt.ItemDataRole.EditRole))

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Keep a bad text in the editor when Enter or Tab is pressed."""
        if (
            isinstance(watched, RefusingEditor)
            and isinstance(event, QKeyEvent)
            and event.type() == QEvent.Type.KeyPress
            and event.key() in _ENDING
            and watched.refusal
        ):
            return True
        return super().eventFilter(watched, event)
