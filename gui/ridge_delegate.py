"""How the distributions of layers are painted: histograms one below the other, on one axis."""

from typing import TYPE_CHECKING

from PySide6.QtCore import QModelIndex, QObject, QPersistentModelIndex, QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPen, QPolygonF
from PySide6.QtWidgets import QStyle, QStyledItemDelegate, QStyleOptionViewItem

from core.distribution import Distribution, Histogram
from core.signal_axis import Scale, SignalAxis
from core.signal_rows import Side
from gui import theme
from gui.models.signals_model import SignalsModel

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    _Floats = NDArray[np.float64]

_Index = QModelIndex | QPersistentModelIndex
_FILL = 70
_SELECTED = 0.25
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
        """Paint the background, the histograms and the cursor."""
        model = index.model()
        assert isinstance(model, SignalsModel)
        cell = QRectF(option.rect)  # type: ignore[attr-defined]
        selected = QStyle.StateFlag.State_Selected in option.state  # type: ignore[attr-defined]
        area = cell.adjusted(_EDGE, 1, -_EDGE, -1)
        painter.save()
        painter.setClipRect(cell)
        _paint_background(painter, cell, selected)
        layers = model.rows[index.row()].layers
        for at, (side, layer) in enumerate(zip(model.sides, layers, strict=True)):
            found = None if layer is None else layer.distribution(model.way)
            if found is not None:
                part, direction = _part(area, at, len(layers))
                self._paint_histogram(painter, part, direction, found, side_colour(side))
        if self.cursor is not None:
            x = area.left() + self.axis.share(self.cursor) * area.width()
            painter.setPen(_pen(theme.colours().text))
            painter.drawLine(QPointF(x, cell.top()), QPointF(x, cell.bottom()))
        painter.restore()

    def _paint_histogram(
        self,
        painter: QPainter,
        area: QRectF,
        direction: int,
        found: Distribution,
        colour: QColor,
    ) -> None:
        histogram = self.axis.histogram(found)
        if histogram is None:
            return
        x = area.left() + area.width() * self.axis.shares(histogram)
        if x[-1] - x[0] < _EDGE:
            spike = QRectF(float(x.mean()) - 1, area.top(), _EDGE, area.height())
            painter.fillRect(spike, colour)
        else:
            base = area.bottom() if direction > 0 else area.top()
            tops = base - direction * area.height() * self._heights(histogram, found)
            fill = QColor(colour)
            fill.setAlpha(_FILL)
            painter.setPen(_pen(colour))
            painter.setBrush(fill)
            painter.drawPolygon(_steps(x, tops, base))
        for outside, place, inward in (
            (histogram.low < self.axis.low, area.left(), 1),
            (histogram.high > self.axis.high, area.right(), -1),
        ):
            if outside:
                _paint_arrow(painter, QPointF(place, area.center().y()), inward, colour)

    def _heights(self, histogram: Histogram, found: Distribution) -> "_Floats":
        """Return how high each bin is, as shares of the highest one that is not cut off."""
        import numpy as np

        counts = np.array(histogram.counts, np.float64)
        others = counts
        if self.axis.scale is Scale.VALUES and found.statistics.zeros > _MANY_ZEROS:
            at = histogram.bin_at(0.0)
            if at is not None and counts.size > 1:
                others = np.delete(counts, at)
        return np.minimum(counts / max(others.max(), 1.0), 1.0)


def _paint_background(painter: QPainter, cell: QRectF, selected: bool) -> None:
    """Tint a selected row: in the colour of a selection, curves would not be seen."""
    colours = theme.colours()
    colour = colours.tint(colours.accent, _SELECTED) if selected else colours.base
    painter.fillRect(cell, colour)


def _paint_arrow(painter: QPainter, tip: QPointF, inward: int, colour: QColor) -> None:
    """Point to where values are outside of the axis."""
    back = tip.x() + inward * _ARROW
    corners = [tip, QPointF(back, tip.y() - _ARROW), QPointF(back, tip.y() + _ARROW)]
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(colour)
    painter.drawPolygon(QPolygonF(corners))


def _part(area: QRectF, at: int, count: int) -> tuple[QRectF, int]:
    """Return the part of a row for one of its builds, and whether it grows up (1) or down (-1)."""
    if count == 1:
        return area, 1
    part = QRectF(area)
    part.setHeight(area.height() / 2)
    if at:
        part.moveBottom(area.bottom())
    return part, -1 if at else 1


def _steps(x: "_Floats", tops: "_Floats", base: float) -> QPolygonF:
    """Return the outline of bars between the places `x`, from the base to their tops."""
    points = [
        QPointF(float(place), float(top))
        for at, top in enumerate(tops)
        for place in (x[at], x[at + 1])
    ]
    return QPolygonF([QPointF(float(x[0]), base), *points, QPointF(float(x[-1]), base)])


def _pen(colour: QColor) -> QPen:
    pen = QPen(colour, 1, Qt.PenStyle.SolidLine)
    pen.setCosmetic(True)
    return pen
