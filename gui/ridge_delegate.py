"""How the distributions of layers are painted: histograms one below the other, on one axis."""

from collections.abc import Sequence

import numpy as np
from PySide6.QtCore import QModelIndex, QObject, QPersistentModelIndex, QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPen, QPolygonF
from PySide6.QtWidgets import QStyledItemDelegate, QStyleOptionViewItem

from core.distribution import Distribution, Histogram
from core.signal_axis import Scale, SignalAxis
from core.signal_rows import Side
from gui import theme
from gui.models.signals_model import SignalsModel

_Index = QModelIndex | QPersistentModelIndex
_FILL = 70
_EDGE = 2
# From this share of zeros on, the bin that holds them is cut off, so that the others can be seen.
_MANY_ZEROS = 0.1
_ARROW = 4.0


def side_colour(side: Side) -> QColor:
    """Return the colour of a build's signals."""
    colours = theme.colours()
    if side.construction is None:
        return colours.histogram
    found: QColor = getattr(colours, side.construction)
    return found


class RidgeDelegate(QStyledItemDelegate):
    """Paints a row's histogram; those of two builds are mirrored at the row's middle.

    Attributes:
        axis: What the histograms stand on.
        cursor: The place on the axis that is being read, None where none is.
    """

    def __init__(self, parent: QObject | None = None) -> None:
        """Start with an axis from 0 to 1."""
        super().__init__(parent)
        self.axis = SignalAxis(Scale.VALUES, 0.0, 1.0)
        self.cursor: float | None = None

    # Qt overrides

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: _Index) -> None:
        """Paint the background as every cell has it, then the histograms."""
        super().paint(painter, option, index)
        model = index.model()
        assert isinstance(model, SignalsModel)
        area = QRectF(option.rect).adjusted(_EDGE, 1, -_EDGE, -1)  # type: ignore[attr-defined]
        painter.save()
        painter.setClipRect(area.adjusted(-_EDGE, 0, _EDGE, 0))
        layers = model.rows[index.row()].layers
        for at, (side, layer) in enumerate(zip(model.sides, layers, strict=True)):
            found = None if layer is None else layer.distribution(model.way)
            if found is not None:
                self._paint(painter, _half(area, at, len(layers)), found, side_colour(side))
        if len(layers) > 1:
            painter.setPen(_pen(theme.colours().muted))
            painter.drawLine(QPointF(area.left(), area.center().y()), _right(area))
        if self.cursor is not None:
            x = area.left() + self.axis.share(self.cursor) * area.width()
            painter.setPen(_pen(theme.colours().text))
            painter.drawLine(QPointF(x, area.top() - 1), QPointF(x, area.bottom() + 1))
        painter.restore()

    def _paint(
        self, painter: QPainter, half: tuple[QRectF, int], found: Distribution, colour: QColor
    ) -> None:
        area, direction = half
        histogram = self.axis.histogram(found)
        if histogram is None:
            return
        base = area.bottom() if direction > 0 else area.top()
        fill = QColor(colour)
        fill.setAlpha(_FILL)
        painter.setPen(_pen(colour))
        painter.setBrush(fill)
        x = (
            area.left()
            + self.axis.share(1.0) * 0
            + area.width()
            * np.clip(
                [self.axis.share(float(edge)) for edge in (histogram.low, histogram.high)], -1, 2
            )
        )
        if x[1] - x[0] < _EDGE:
            painter.fillRect(
                QRectF(float(x.mean()) - 1, area.top(), 2, area.height()), QColor(colour)
            )
        else:
            tops = base - direction * area.height() * self._heights(histogram, found)
            painter.drawPolygon(_steps(np.linspace(x[0], x[1], tops.size + 1), tops, base))
        self._mark_ends(painter, area, histogram, colour)

    def _heights(self, histogram: Histogram, found: Distribution) -> "np.ndarray":
        counts = np.array(histogram.counts, np.float64)
        others = counts
        if self.axis.scale is Scale.VALUES and found.statistics.zeros > _MANY_ZEROS:
            at = histogram.bin_at(0.0)
            if at is not None and counts.size > 1:
                others = np.delete(counts, at)
        return np.minimum(counts / max(others.max(), 1.0), 1.0)

    def _mark_ends(
        self, painter: QPainter, area: QRectF, histogram: Histogram, colour: QColor
    ) -> None:
        """Point to where values are outside of the axis."""
        painter.setBrush(colour)
        middle = area.center().y()
        ends = (
            (histogram.low < self.axis.low, area.left(), 1),
            (histogram.high > self.axis.high, area.right(), -1),
        )
        for outside, x, inward in ends:
            if outside:
                tip, back = QPointF(x, middle), x + inward * _ARROW
                painter.drawPolygon(
                    QPolygonF([tip, QPointF(back, middle - _ARROW), QPointF(back, middle + _ARROW)])
                )


def _half(area: QRectF, at: int, count: int) -> tuple[QRectF, int]:
    """Return the part of a row for one of its builds, and whether it grows up (1) or down (-1)."""
    if count == 1:
        return area, 1
    half = QRectF(area)
    half.setHeight(area.height() / 2)
    if at:
        half.moveBottom(area.bottom())
    return half, -1 if at else 1


def _right(area: QRectF) -> QPointF:
    return QPointF(area.right(), area.center().y())


def _steps(x: "np.ndarray", tops: "np.ndarray", base: float) -> QPolygonF:
    """Return the outline of bars between the places `x`, from the base to their tops."""
    points: Sequence[QPointF] = [
        QPointF(float(place), float(top))
        for at, top in enumerate(tops)
        for place in (x[at], x[at + 1])
    ]
    return QPolygonF([QPointF(float(x[0]), base), *points, QPointF(float(x[-1]), base)])


def _pen(colour: QColor) -> QPen:
    pen = QPen(colour, 1, Qt.PenStyle.SolidLine)
    pen.setCosmetic(True)
    return pen
