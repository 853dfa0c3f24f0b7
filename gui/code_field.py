"""A text field for Python code, with its lines numbered."""

from collections.abc import Callable

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QFocusEvent,
    QFontDatabase,
    QKeyEvent,
    QResizeEvent,
    QTextCursor,
    QTextFormat,
    QWheelEvent,
)
from PySide6.QtWidgets import QPlainTextEdit, QTextEdit

from gui import theme
from gui.line_margin import LineMargin
from gui.python_highlighter import PythonHighlighter

_INDENT = 4
_FEWEST_LINES = 12
_MOST_LINES = 15
_KEEP_ANCHOR = QTextCursor.MoveMode.KeepAnchor
_MODIFIERS = {
    Qt.Key.Key_Control,
    Qt.Key.Key_Shift,
    Qt.Key.Key_Alt,
    Qt.Key.Key_AltGr,
    Qt.Key.Key_Meta,
}


class CodeField(QPlainTextEdit):
    """Takes code as a person types it; Tab indents, Shift+Tab and Ctrl+Tab leave.

    Signals:
        committed: The text is to be taken as it is.
        reverted: The text is to be again what it was.
        unmarked: The mark is gone, as a person changes the text.
    """

    committed = Signal(str)
    reverted = Signal()
    unmarked = Signal()

    def __init__(self, wrong_line: Callable[[str], int | None]) -> None:
        """Start empty; `wrong_line` tells in which line a text is no right code."""
        super().__init__()
        self._wrong_line = wrong_line
        self._shown = ""
        self._wrong: int | None = None
        self._marked: int | None = None
        self.setLineWrapMode(QPlainTextEdit.LineWrapMode.NoWrap)
        self.setFont(QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont))
        self.setTabStopDistance(_INDENT * self.fontMetrics().horizontalAdvance(" "))
        self.setTabChangesFocus(True)  # with Shift; Tab alone is taken below
        PythonHighlighter(self.document())
        self._margin = LineMargin(self, self._colour_of)
        self.blockCountChanged.connect(self._fit)
        self.textChanged.connect(self._on_text_changed)
        theme.current().changed.connect(self._on_theme_changed)
        self._fit()

    @property
    def code(self) -> str:
        """The text as it stands; no-break spaces stay what they are."""
        return self.document().toRawText().replace("\u2029", "\n")

    @property
    def modified(self) -> bool:
        """Whether a person has changed the text that was shown."""
        return self.code != self._shown

    @property
    def marked(self) -> int | None:
        """The line that is marked as refused, from 1."""
        return self._marked

    @property
    def wrong(self) -> int | None:
        """The line in which the text, as it stands, is no right code."""
        return self._wrong

    def show_code(self, code: str, placeholder: str) -> None:
        """Show other code."""
        self.setPlaceholderText(placeholder)
        if code != self.code:
            self.setPlainText(code)
        self.accept()
        self.mark(None)

    def show_again(self) -> None:
        """Show the code that was shown before a person changed it."""
        self.replace(self._shown)

    def replace(self, code: str) -> None:
        """Put other code in place of the text, as a change that a person can take back."""
        self.selectAll()
        self.insertPlainText(code)

    def accept(self) -> None:
        """Take the text as the one that is shown."""
        self._shown = self.code
        self._update_wrong()

    def mark(self, line: int | None) -> None:
        """Mark a line as refused, until the text is another; bring it into sight."""
        self._marked = line
        selections = []
        if line is not None:
            self._scroll_to(line)
            selection = QTextEdit.ExtraSelection()
            colours = theme.colours()
            selection.format.setBackground(colours.tint(colours.refused, 0.2))
            selection.format.setProperty(QTextFormat.Property.FullWidthSelection, True)
            selection.cursor = QTextCursor(self.document().findBlockByNumber(line - 1))
            selections.append(selection)
        self.setExtraSelections(selections)
        self._margin.update()

    def _colour_of(self, line: int) -> QColor | None:
        if line == self._marked:
            return theme.colours().refused
        return theme.colours().warning if line == self._wrong else None

    def _fit(self) -> None:
        """Be as high as the text needs, within limits, and leave room for the numbers."""
        metrics = self.fontMetrics()
        lines = min(max(self.blockCount() + 1, _FEWEST_LINES), _MOST_LINES)
        frame = 2 * (self.frameWidth() + int(self.document().documentMargin()))
        bar = self.horizontalScrollBar().sizeHint().height()
        self.setFixedHeight(lines * metrics.lineSpacing() + frame + bar)
        self.setViewportMargins(self._margin.needed_width, 0, 0, 0)
        self._place_margin()

    def _place_margin(self) -> None:
        inner = self.contentsRect()
        width = self.viewportMargins().left()
        self._margin.setGeometry(inner.left(), inner.top(), width, self.viewport().height())

    def _update_wrong(self) -> None:
        text = self.code
        self._wrong = self._wrong_line(text) if text else None
        self._margin.update()

    def _leading(self, cursor: QTextCursor) -> str:
        """Return the white space that the cursor's line begins with, up to the cursor."""
        before = cursor.block().text()[: cursor.positionInBlock()]
        return before[: len(before) - len(before.lstrip())]

    def _scroll_to(self, line: int) -> None:
        """Scroll as little as brings a line into sight."""
        bar = self.verticalScrollBar()  # which counts lines
        top = bar.value()
        lines = self.viewport().height() // self.fontMetrics().lineSpacing()
        if not top < line <= top + lines:
            bar.setValue(line - 1 if line <= top else line + 1 - lines)

    def _indent(self) -> None:
        """Go to the next column that is a multiple of four; with several lines, shift them."""
        cursor = self.textCursor()
        document = self.document()
        first = document.findBlock(cursor.selectionStart()).blockNumber()
        last = document.findBlock(cursor.selectionEnd()).blockNumber()
        if first == last:
            spaces = _INDENT - len(cursor.block().text()[: cursor.positionInBlock()]) % _INDENT
            cursor.insertText(" " * spaces)
            return
        cursor.beginEditBlock()
        for number in range(first, last + 1):
            QTextCursor(document.findBlockByNumber(number)).insertText(" " * _INDENT)
        cursor.endEditBlock()

    def _break_line(self) -> None:
        """Begin a line as far in as this one, and further behind a colon."""
        cursor = self.textCursor()
        before = cursor.block().text()[: cursor.positionInBlock()]
        deeper = " " * _INDENT if before.rstrip().endswith(":") else ""
        cursor.insertText("\n" + self._leading(cursor) + deeper)
        self.ensureCursorVisible()

    def _outdent(self) -> bool:
        """Take a step of the indentation away, if that is all that stands before the cursor."""
        cursor = self.textCursor()
        column = cursor.positionInBlock()
        leading = self._leading(cursor)
        if cursor.hasSelection() or not column or leading != " " * column:
            return False
        steps = (column - 1) % _INDENT + 1
        cursor.movePosition(QTextCursor.MoveOperation.Left, _KEEP_ANCHOR, steps)
        cursor.removeSelectedText()
        return True

    def _commit(self) -> None:
        if self.modified:
            self.committed.emit(self.code)

    def _on_text_changed(self) -> None:
        if self._marked is not None and self.modified:
            self.mark(None)
            self.unmarked.emit()
        self._update_wrong()

    def _on_theme_changed(self) -> None:
        self.mark(self._marked)

    # Qt overrides

    def event(self, event: QEvent) -> bool:
        """Take keys that would otherwise lead elsewhere."""
        if event.type() == QEvent.Type.KeyPress and isinstance(event, QKeyEvent):
            if event.key() == Qt.Key.Key_Tab and not event.modifiers():
                self._indent()
                return True
            leaving = event.key() in {Qt.Key.Key_Tab, Qt.Key.Key_Backtab}
            if leaving and event.modifiers() & Qt.KeyboardModifier.ControlModifier:
                return self.focusNextPrevChild(event.key() == Qt.Key.Key_Tab)
        taken = super().event(event)
        if event.type() == QEvent.Type.ShortcutOverride and isinstance(event, QKeyEvent):
            if event.key() == Qt.Key.Key_Escape and self.modified:
                event.accept()
            elif not event.isAccepted() and event.key() not in _MODIFIERS:
                self._commit()  # what the shortcut does, such as to save, must see the text
        return taken

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Commit, give up, keep the indentation."""
        enter = event.key() in {Qt.Key.Key_Return, Qt.Key.Key_Enter}
        if enter and event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            self._commit()
        elif enter:
            self._break_line()
        elif event.key() == Qt.Key.Key_Escape and self.modified:
            self.reverted.emit()
        elif event.key() == Qt.Key.Key_Backspace and not event.modifiers() and self._outdent():
            pass
        else:
            super().keyPressEvent(event)

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Scroll, but only where the person is; else let the form scroll."""
        if self.hasFocus():
            super().wheelEvent(event)
        else:
            event.ignore()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """Commit when a person goes elsewhere in the window."""
        super().focusOutEvent(event)
        reasons = Qt.FocusReason
        if event.reason() not in {reasons.PopupFocusReason, reasons.ActiveWindowFocusReason}:
            self._commit()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Keep the margin in its place."""
        super().resizeEvent(event)
        self._place_margin()
