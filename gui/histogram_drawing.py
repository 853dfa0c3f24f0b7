"""How a histogram is drawn, with the density that its values come from."""

from typing import Any

import numpy as np
import pyqtgraph as pg
from numpy.typing import NDArray
from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QPen
from PySide6.QtWidgets import QWidget

from core.weights import Weights
from gui import theme
from gui.models.weights_model import number_text

_FILL = 50
# A histogram so narrow beside its own place on the axis has no ticks that could tell its ends.
_NARROW = 1e-9
# Beyond these the arithmetic of axes and pictures leaves the range of a float.
SMALLEST = 1e-290
_LARGEST = 1e300
# On a logarithmic axis an empty bin stands at half a value, which no bin can have.
_EMPTY_BIN = 0.5
# A density that rises without limit at its ends must not push the histogram down.
_HIGHEST_DENSITY = 2.5
_HIGHEST_SPIKE = 1.5
_HIGHEST = 1e6
# One whose ends are far outside, as those of an orthogonal matrix are, is seen in part.
_WIDEST_DENSITY = 1.6


def can_draw(weights: Weights) -> bool:
    """Tell whether there are finite values, in a range that an axis can show."""
    return weights.counts.size > 0 and bool(abs(weights.edges[[0, -1]]).max() < _LARGEST)


def is_spike(weights: Weights) -> bool:
    """Tell whether all values are one, or as good as one on an axis."""
    return _is_narrow(float(weights.edges[0]), float(weights.edges[-1]))


def middle(weights: Weights) -> float:
    """Return the place of a spike."""
    return float(weights.edges[0] / 2 + weights.edges[-1] / 2)


def spike_text(weights: Weights) -> str:
    """Return the value of a spike, or both its ends."""
    low, high = float(weights.edges[0]), float(weights.edges[-1])
    return number_text(low) if low == high else f"{low!r} to {high!r}"


def draw(
    plot: pg.PlotItem, weights: Weights, colour: QColor, density: QColor, *, log: bool
) -> None:
    """Draw a histogram, and over it how many values its density puts into bins as wide."""
    if is_spike(weights):
        _draw_spike(plot, middle(weights), int(weights.counts.sum()), colour, log=log)
    else:
        fill = QColor(colour)
        fill.setAlpha(_FILL)
        bars = pg.PlotCurveItem(
            weights.edges,
            height(weights.counts, log=log),
            stepMode="center",
            fillLevel=float(height(0, log=log)),
            brush=fill,
            pen=_pen(colour),
        )
        plot.addItem(bars)
    _draw_density(plot, weights, density, log=log)


def fit(plot: pg.PlotItem, drawn: list[Weights], *, log: bool) -> None:
    """Show the whole range of histograms, from count 0 on."""
    plot.getAxis("left").setLogMode(x=False, y=log)
    if not drawn:
        return
    ends = [_ends(found) for found in drawn]
    low, high = min(end for end, _ in ends), max(end for _, end in ends)
    around = 0.04 * (high - low)
    if _is_narrow(low, high):
        far = max(abs(low), abs(high))
        around = 0.5 * far if far > SMALLEST else 1
    span = high - low + 2 * around
    plot.setLimits(xMin=low - span, xMax=high + span, minXRange=span / 1000)
    plot.setXRange(low - around, high + around, padding=0)
    bottom, top = float(height(0, log=log)), float(height(_highest(drawn), log=log))
    plot.setYRange(bottom, top + 0.12 * (top - bottom), padding=0)


def height(counts: NDArray[Any] | float, *, log: bool) -> NDArray[np.float64]:
    """Return where counts stand on the axis."""
    if not log:
        return np.asarray(counts)
    return np.log10(np.maximum(counts, _EMPTY_BIN))


def expected_heights(
    weights: Weights,
) -> tuple[NDArray[np.float64], NDArray[np.float64]] | None:
    """Return places, and how many values the density puts into a bin as wide as these there."""
    if weights.curve is None or weights.curve[0].size == 0 or is_spike(weights):
        return None
    x, y = weights.curve
    width = float(weights.edges[1] - weights.edges[0])
    # A spike's worth of density in one bin would leave the range of a picture.
    return x, np.minimum(y * weights.finite * width, _HIGHEST * float(weights.counts.max()))


def read_out(weights: Weights, x: float) -> str:
    """Say what a histogram has at a place: the count, what is expected, the density, the bin."""
    edges, density = weights.edges, weights.density
    inside = edges.size > 0 and bool(edges[0] <= x <= edges[-1])
    parts = [f"{number_text(x)}: no values here"]
    if inside:
        at = bin_at(weights, x)
        parts = [f"{number_text(x)}: {int(weights.counts[at]):,} values in its bin"]
        if density is not None and density.known:
            limits = np.array([np.nextafter(edges[at], -np.inf), edges[at + 1]])
            foretold = float(np.diff(density.cdf(limits))[0]) * weights.finite
            parts.append(f"{foretold:,.4g} expected")
    if density is not None and density.pieces:
        parts.append(f"density {number_text(float(density.pdf(np.array([x]))[0]))}")
    if inside:
        parts.append(f"bin from {number_text(edges[at])} to {number_text(edges[at + 1])}")
    return ", ".join(parts)


def bin_at(weights: Weights, x: float) -> int:
    """Return the number of the bin that a place is in, or of the nearest."""
    return int(np.clip(np.searchsorted(weights.edges, x, "right") - 1, 0, weights.counts.size - 1))


def _draw_density(plot: pg.PlotItem, weights: Weights, colour: QColor, *, log: bool) -> None:
    foretold = expected_heights(weights)
    if foretold is not None:
        x, y = foretold
        pen = _pen(colour)
        # Wider than the bars' outline: with so few places it costs nothing.
        pen.setWidth(2)
        line = pg.PlotCurveItem(x, height(y, log=log), pen=pen, antialias=True)
        plot.addItem(line, ignoreBounds=True)
    if weights.density is None:
        return
    for spike in weights.density.spikes:
        if abs(spike.value) < _LARGEST:
            top = weights.finite * spike.share
            _draw_spike(plot, spike.value, top, colour, log=log, expected=True)


def _draw_spike(
    plot: pg.PlotItem, x: float, count: float, colour: QColor, *, log: bool, expected: bool = False
) -> None:
    """Draw a line up to a count, with a dot on it; what is only expected, dashed and hollow."""
    pen = _pen(colour, Qt.PenStyle.DashLine if expected else Qt.PenStyle.SolidLine)
    ends = [float(height(0, log=log)), float(height(count, log=log))]
    plot.addItem(pg.PlotCurveItem([x, x], ends, pen=pen), ignoreBounds=expected)
    dot = pg.ScatterPlotItem(
        [x],
        ends[1:],
        pen=_pen(colour),
        brush=None if expected else colour,
        size=11 if expected else 7,
        symbol="d" if expected else "o",
    )
    plot.addItem(dot, ignoreBounds=expected)


def _ends(weights: Weights) -> tuple[float, float]:
    """Return the range of a histogram, with that of its density where that is not much wider."""
    low, high = float(weights.edges[0]), float(weights.edges[-1])
    if weights.curve is not None and weights.curve[0].size:
        first, last = float(weights.curve[0][0]), float(weights.curve[0][-1])
        if last - first <= _WIDEST_DENSITY * (high - low):
            return min(low, first), max(high, last)
    return low, high


def _highest(drawn: list[Weights]) -> float:
    """Return the highest count; spikes, which hold all values, don't push histograms down."""
    spikes = [float(found.counts.sum()) for found in drawn if is_spike(found)]
    others = [_top(found) for found in drawn if not is_spike(found)]
    if not others:
        return max(spikes)
    return max(*others, *(min(spike, _HIGHEST_SPIKE * max(others)) for spike in spikes), 0)


def _top(weights: Weights) -> float:
    top = float(weights.counts.max())
    foretold = expected_heights(weights)
    if foretold is not None:
        top = max(top, min(float(foretold[1].max()), _HIGHEST_DENSITY * top))
    return top


def _pen(colour: QColor, style: Qt.PenStyle = Qt.PenStyle.SolidLine) -> QPen:
    # A pen wider than 1 takes ten times as long.
    pen = QPen(colour, 1, style)
    pen.setCosmetic(True)
    return pen


def _is_narrow(low: float, high: float) -> bool:
    return high - low <= max(_NARROW * max(abs(low), abs(high)), SMALLEST)


def own_menu(plot: pg.PlotItem, owner: QWidget) -> None:
    """Give a plot's menu an owner with which it dies.

    WORKAROUND: pyqtgraph makes a menu without a parent even where none is wanted.
    """
    plot.ctrlMenu.setParent(owner, plot.ctrlMenu.windowFlags())


def prepare_axes(plot: pg.PlotItem) -> None:
    """Give the axes their titles, with numbers as they are."""
    plot.hideButtons()
    plot.setMouseEnabled(x=True, y=False)
    plot.setLabel("bottom", "value")
    plot.setLabel("left", "count")
    for side in ("bottom", "left"):
        plot.getAxis(side).enableAutoSIPrefix(False)


def colour_axes(plot: pg.PlotItem) -> None:
    """Give the axes the colours of the theme."""
    colours = theme.colours()
    for side in ("bottom", "left"):
        axis = plot.getAxis(side)
        axis.setPen(pg.mkPen(colours.grid))
        axis.setTextPen(pg.mkPen(colours.text))
