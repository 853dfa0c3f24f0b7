"""The numbers of a text field's lines, beside them."""

from collections.abc import Callable

from PySide6.QtCore import QRect, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import QPlainTextEdit, QWidget

from gui import theme

_BAR = 3
_PADDING = 5


class LineMargin(QWidget):
    """Numbers the lines that are in sight; some have a colour and a bar of it."""

    def __init__(self, field: QPlainTextEdit, colour_of: Callable[[int], QColor | None]) -> None:
        """Number a field's lines; `colour_of` gives the colour of a line, from 1, if it has one."""
        super().__init__(field)
        self._field = field
        self._colour_of = colour_of
        field.updateRequest.connect(self._on_update_requested)

    @property
    def needed_width(self) -> int:
        """The width that the numbers need."""
        digits = max(2, len(str(self._field.blockCount())))
        return _BAR + 2 * _PADDING + digits * self._field.fontMetrics().horizontalAdvance("9")

    def _paint_number(self, painter: QPainter, line: int, place: QRect) -> None:
        colour = self._colour_of(line)
        if colour is not None:
            painter.fillRect(QRect(0, place.top(), _BAR, place.height()), colour)
        painter.setPen(colour or theme.colours().muted)
        place = QRect(0, place.top(), self.width() - _PADDING, place.height())
        painter.drawText(place, Qt.AlignmentFlag.AlignRight, str(line))

    def _on_update_requested(self, rectangle: QRect, scrolled: int) -> None:
        if scrolled:
            self.scroll(0, scrolled)
        else:
            self.update(0, rectangle.top(), self.width(), rectangle.height())

    # Qt overrides

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the numbers."""
        field, colours = self._field, theme.colours()
        painter = QPainter(self)
        painter.fillRect(event.rect(), colours.tint(colours.muted))
        painter.setFont(field.font())
        block = field.firstVisibleBlock()
        while block.isValid():
            place = field.blockBoundingGeometry(block).translated(field.contentOffset()).toRect()
            if place.top() > event.rect().bottom():
                break
            self._paint_number(painter, block.blockNumber() + 1, place)
            block = block.next()
        painter.end()
