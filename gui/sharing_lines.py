"""Lines beside the stack from each layer to those that read the same variables."""

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QPoint
from PySide6.QtGui import QColor, QPainter, QPen

_LANE = 5
_TICK = 4
_MOST_LANES = 4


@dataclass(frozen=True, slots=True)
class SharingLine:
    """A line beside the rows of a group: their middles, and whether one of them is selected."""

    middles: tuple[int, ...]
    strong: bool


def lanes(lines: Sequence[SharingLine]) -> list[int]:
    """Return for each line how far to the left it stands, so that lines don't cover each other."""
    found = [0] * len(lines)
    ends: list[int] = []
    for at in sorted(range(len(lines)), key=lambda at: lines[at].middles[0]):
        middles = lines[at].middles
        free = (lane for lane, end in enumerate(ends) if end < middles[0])
        lane = next(free, len(ends))
        if lane == len(ends):
            ends.append(0)
        ends[lane] = middles[-1]
        found[at] = min(lane, _MOST_LANES - 1)
    return found


def paint(painter: QPainter, lines: Sequence[SharingLine], right: int, colour: QColor) -> None:
    """Paint lines at the left of a position, those of selected rows strongly."""
    faint = QColor(colour)
    faint.setAlphaF(0.45)
    for line, lane in zip(lines, lanes(lines), strict=True):
        painter.setPen(QPen(colour if line.strong else faint, 2 if line.strong else 1))
        x = right - _LANE * lane - _TICK
        painter.drawLine(QPoint(x, line.middles[0]), QPoint(x, line.middles[-1]))
        for y in line.middles:
            painter.drawLine(QPoint(x, y), QPoint(x - _TICK, y))
