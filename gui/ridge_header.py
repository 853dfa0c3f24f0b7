"""The heads of a ridge's columns; that of the distributions is their axis."""

from PySide6.QtCore import QRect, QSize, Qt
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import QHeaderView, QWidget

from core.signal_axis import Scale, SignalAxis
from gui import theme
from gui.models.signals_model import Column

# What a tick's text takes, at least, in characters.
_TICK_CHARACTERS = 9
_TICK = 4
_EDGE = 2


class RidgeHeader(QHeaderView):
    """Paints ticks where the distributions are.

    Attributes:
        axis: What the ticks are of.
    """

    def __init__(self, parent: QWidget | None = None) -> None:
        """Start with an axis from 0 to 1."""
        super().__init__(Qt.Orientation.Horizontal, parent)
        self.axis = SignalAxis(Scale.VALUES, 0.0, 1.0)
        self.setHighlightSections(False)
        self.setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)

    def set_axis(self, axis: SignalAxis) -> None:
        """Show another axis."""
        self.axis = axis
        self.viewport().update()

    # Qt overrides

    def sizeHint(self) -> QSize:
        """Leave room for the ticks below the texts."""
        return super().sizeHint() + QSize(0, _TICK)

    def paintSection(self, painter: QPainter, rect: QRect, section: int) -> None:
        """Paint a title, or the axis in its place."""
        if section != Column.DISTRIBUTION:
            super().paintSection(painter, rect, section)
            return
        painter.save()
        painter.fillRect(rect, self.palette().button())
        colours = theme.colours()
        area = rect.adjusted(_EDGE, 0, -_EDGE, 0)
        metrics = self.fontMetrics()
        most = max(area.width() // (_TICK_CHARACTERS * metrics.averageCharWidth()), 2)
        painter.setClipRect(rect)
        for place, text in self.axis.ticks(most):
            x = round(area.left() + self.axis.share(place) * area.width())
            painter.setPen(colours.muted)
            painter.drawLine(x, rect.bottom() - _TICK, x, rect.bottom())
            painter.setPen(colours.text)
            width = metrics.horizontalAdvance(text)
            left = min(max(x - width // 2, area.left()), area.right() - width)
            box = QRect(left, rect.top(), width + 1, rect.height() - _TICK)
            painter.drawText(box, Qt.AlignmentFlag.AlignCenter, text)
        painter.restore()
