"""The deviation of all layers at a glance, along the depth of the stack."""

from collections.abc import Iterator
from math import ceil, floor, log10

from PySide6.QtCore import QPointF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QMouseEvent, QPainter, QPaintEvent, QPen, QPolygonF
from PySide6.QtWidgets import QWidget

from core.signal_rows import Side
from gui import theme
from gui.models.signals_model import SignalsModel
from gui.ridge_delegate import side_colour

_WIDTH = 96
_EDGE = 8
_DOT = 1.5
_MOST_DOTS = 60


class DepthStrip(QWidget):
    """Draws the common logarithm of each row's deviation from left to right, the rows downwards.

    Where they fit, its rows stand beside those of the table; else all of them share its height.

    Signals:
        row_chosen: A row was clicked.
    """

    row_chosen = Signal(int)

    def __init__(self, model: SignalsModel, parent: QWidget | None = None) -> None:
        """Show what a model has."""
        super().__init__(parent)
        self._model = model
        self._top = 0
        self._row_height = 1
        self._first, self._last = 0, -1
        self._current = -1
        self._series: list[tuple[Side, list[float | None]]] = []
        self.setFixedWidth(_WIDTH)
        self.setAccessibleName("Deviation along the stack")
        self.setToolTip("log10 of the standard deviation, from the first layer to the last")
        model.modelReset.connect(self._on_model_changed)
        model.dataChanged.connect(self._on_model_changed)

    def set_place(self, top: int, row_height: int, rows: tuple[int, int]) -> None:
        """Say where the table's rows begin, how high one is, and which of them can be seen."""
        self._top, self._row_height = top, row_height
        self._first, self._last = rows
        self.update()

    def set_current(self, row: int) -> None:
        """Mark a row, -1 for none."""
        self._current = row
        self.update()

    def _height_of_row(self) -> float:
        count = max(len(self._model.rows), 1)
        return min(float(self._row_height), (self.height() - self._top) / count)

    def _y(self, row: float) -> float:
        return self._top + (row + 0.5) * self._height_of_row()

    def _on_model_changed(self) -> None:
        self._series = list(self._read_series())
        self.update()

    def _read_series(self) -> Iterator[tuple[Side, list[float | None]]]:
        """Yield for each build the logarithm of each row's deviation, None where there is none."""
        for at, side in enumerate(self._model.sides):
            line: list[float | None] = []
            for row in self._model.rows:
                layer = row.layers[at]
                shown = layer is not None and layer.floating
                found = layer.deviation(self._model.way) if shown and layer is not None else None
                line.append(log10(found) if found else None)
            yield side, line

    # Qt overrides

    def sizeHint(self) -> QSize:
        """Return a size of no height: that is the table's."""
        return QSize(_WIDTH, 0)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Choose the row that was clicked."""
        row = int((event.position().y() - self._top) / self._height_of_row())
        if 0 <= row < len(self._model.rows):
            self.row_chosen.emit(row)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the decades, what the table shows of it, and a line for each build."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        colours = theme.colours()
        painter.fillRect(self.rect(), colours.base)
        known = [found for _, line in self._series for found in line if found is not None]
        if not known:
            return
        low, high = floor(min(known)), ceil(max(known))
        high = max(high, low + 1)
        self._paint_places(painter)
        self._paint_decades(painter, low, high)
        for side, line in self._series:
            self._paint_line(painter, side_colour(side), line, low, high)

    def _x(self, place: float, low: int, high: int) -> float:
        return _EDGE + (place - low) / (high - low) * (self.width() - 2 * _EDGE)

    def _paint_places(self, painter: QPainter) -> None:
        """Paint which rows the table shows, and the current one."""
        colours = theme.colours()
        height = self._height_of_row()
        if height < self._row_height and self._last >= self._first:
            top, bottom = self._y(self._first - 0.5), self._y(self._last + 0.5)
            shade = colours.tint(colours.muted, 0.18)
            painter.fillRect(0, round(top), self.width(), max(round(bottom - top), 2), shade)
        if self._current >= 0:
            painter.fillRect(
                0,
                round(self._y(self._current - 0.5)),
                self.width(),
                max(round(height), 2),
                colours.tint(colours.accent, 0.3),
            )

    def _paint_decades(self, painter: QPainter, low: int, high: int) -> None:
        colours = theme.colours()
        step = max(1, ceil((high - low) / 4))
        for place in range(low, high + 1):
            if (place - low) % step == 0:
                x = round(self._x(place, low, high)) + 0.5
                painter.setPen(QPen(colours.grid, 1))
                painter.drawLine(QPointF(x, self._top), QPointF(x, self.height()))
        painter.setPen(colours.text)
        texts = self.rect().adjusted(2, 0, -2, 0)
        texts.setHeight(max(self._top - 2, 0))
        painter.drawText(texts, _LEFT, _decade(low))
        painter.drawText(texts, _RIGHT, _decade(high))

    def _paint_line(
        self, painter: QPainter, colour: QColor, line: list[float | None], low: int, high: int
    ) -> None:
        painter.setPen(QPen(colour, 1.2))
        painter.setBrush(colour)
        run: list[QPointF] = []
        for row, found in enumerate([*line, None]):
            if found is not None:
                run.append(QPointF(self._x(found, low, high), self._y(row)))
                continue
            painter.drawPolyline(QPolygonF(run))
            if len(line) <= _MOST_DOTS:
                for point in run:
                    painter.drawEllipse(point, _DOT, _DOT)
            run = []


_LEFT = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
_RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter


def _decade(power: int) -> str:
    return "1" if power == 0 else f"1e{power}"
