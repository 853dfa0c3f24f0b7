"""Python code to read, with the lines of some layers marked."""

from collections.abc import Set
from itertools import takewhile

from PySide6.QtCore import QRectF, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QFontDatabase,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QResizeEvent,
    QTextBlock,
    QTextCursor,
)
from PySide6.QtWidgets import QPlainTextEdit, QWidget

from core.script_lines import Script
from gui import theme
from gui.python_highlighter import PythonHighlighter

_BAR = 3
_KEEP_ANCHOR = QTextCursor.MoveMode.KeepAnchor


class CodeView(QPlainTextEdit):
    """Shows a script.

    Signals:
        line_clicked: The id of the node that the clicked line comes from.
    """

    line_clicked = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        """Start without code."""
        super().__init__(parent)
        self._script = Script((), ())
        self._marked: frozenset[int] = frozenset()
        self._different: Set[int] = frozenset()
        self._to_scroll = False
        self.setReadOnly(True)
        self.setUndoRedoEnabled(False)
        self.setLineWrapMode(QPlainTextEdit.LineWrapMode.NoWrap)
        self.setFont(QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont))
        self.setTextInteractionFlags(
            Qt.TextInteractionFlag.TextSelectableByMouse
            | Qt.TextInteractionFlag.TextSelectableByKeyboard
        )
        PythonHighlighter(self.document())
        theme.current().changed.connect(self.viewport().update)

    @property
    def marked(self) -> Set[int]:
        """The numbers of the marked lines, from 0."""
        return self._marked

    @property
    def script(self) -> Script:
        """What is shown."""
        return self._script

    def show_script(self, script: Script, different: Set[int] = frozenset()) -> None:
        """Show another script; what stays of it stays where it is.

        Args:
            script: What to show.
            different: The numbers of the lines that another script beside it doesn't have.
        """
        before, after = self._script.lines, script.lines
        self._script = script
        self._different = different
        if before and after:
            self._replace_lines(before, after)
        else:
            self.setPlainText("\n".join(after))

    def mark(self, origins: Set[str], scroll: bool) -> None:
        """Mark the lines of nodes, and scroll to the first where none of them is in sight."""
        lines = [at for at, origin in enumerate(self._script.origins) if origin in origins]
        self._marked = frozenset(lines)
        if scroll and lines and self._marked.isdisjoint(range(*self._visible())):
            self.verticalScrollBar().setValue(max(0, lines[0] - 2))
        self.viewport().update()

    def scroll_to_layers(self) -> None:
        """Scroll to the first line of a node: what comes before may be long."""
        first = next((at for at, found in enumerate(self._script.origins) if found), 0)
        self.verticalScrollBar().setValue(max(0, first - 1))
        # A view that is shown for the first time doesn't know its height yet.
        self._to_scroll = not self.isVisible()

    def _replace_lines(self, before: tuple[str, ...], after: tuple[str, ...]) -> None:
        """Replace only the lines that differ: the others keep their colours and the selection."""
        top = _shared(before, after)
        shorter = min(len(before), len(after)) - top
        bottom = min(_shared(before[::-1], after[::-1]), shorter)
        cursor = QTextCursor(self.document())
        lines = after[top : len(after) - bottom]
        end = self.document().findBlockByNumber(len(before) - bottom - (1 if top else 0))
        if top:
            above = self.document().findBlockByNumber(top - 1)
            cursor.setPosition(above.position() + above.length() - 1)
            cursor.setPosition(end.position() + end.length() - 1, _KEEP_ANCHOR)
            cursor.insertText("".join(f"\n{line}" for line in lines))
        elif bottom:
            cursor.setPosition(end.position(), _KEEP_ANCHOR)
            cursor.insertText("".join(f"{line}\n" for line in lines))
        else:
            self.setPlainText("\n".join(after))

    def _visible(self) -> tuple[int, int]:
        """Return the numbers of the first line in sight and of the one behind the last."""
        first = self.firstVisibleBlock().blockNumber()
        return first, first + self.viewport().height() // self.fontMetrics().lineSpacing()

    def _paint_marks(self, painter: QPainter, block: QTextBlock, place: QRectF) -> None:
        """Paint what is behind a line: it is refused, of a selected layer, or only here."""
        colours, number = theme.colours(), block.blockNumber()
        line = QRectF(0, place.top(), self.viewport().width(), place.height())
        bar = QRectF(0, place.top(), _BAR, place.height())
        background: QColor | None = None
        if number in self._script.refused:
            background = colours.tint(colours.refused, 0.2)
        elif number in self._marked:
            background = colours.tint(colours.accent)
        elif number in self._different:
            background = colours.tint(colours.text, 0.06)
        if background is not None:
            painter.fillRect(line, background)
        if number in self._marked:
            painter.fillRect(bar, colours.accent)
        elif number in self._script.refused:
            painter.fillRect(bar, colours.refused)

    # Qt overrides

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Scroll to where it should have been."""
        super().resizeEvent(event)
        if self._to_scroll:
            self.scroll_to_layers()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Tell which node the clicked line comes from, unless text was selected."""
        super().mouseReleaseEvent(event)
        if event.button() != Qt.MouseButton.LeftButton or self.textCursor().hasSelection():
            return
        line = self.cursorForPosition(event.position().toPoint()).blockNumber()
        origin = self._script.origins[line] if line < len(self._script.origins) else None
        if origin is not None:
            self.line_clicked.emit(origin)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the marks, and the text over them."""
        painter = QPainter(self.viewport())
        block = self.firstVisibleBlock()
        while block.isValid():
            place = self.blockBoundingGeometry(block).translated(self.contentOffset())
            if place.top() > event.rect().bottom():
                break
            self._paint_marks(painter, block, place)
            block = block.next()
        painter.end()
        super().paintEvent(event)


def _shared(one: tuple[str, ...], other: tuple[str, ...]) -> int:
    """Return how many entries two tuples share from their start on."""
    return sum(1 for _ in takewhile(bool, (a == b for a, b in zip(one, other, strict=False))))
