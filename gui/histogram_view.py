"""Histograms of several variables, over each other or one below the other."""

from collections.abc import Iterator, Sequence

import pyqtgraph as pg
from pyqtgraph.GraphicsScene.mouseEvents import MouseClickEvent
from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QColor, QKeyEvent, QPalette, QResizeEvent
from PySide6.QtWidgets import (
    QGraphicsView,
    QLabel,
    QSizePolicy,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from core.weights import Weights
from gui import theme
from gui.histogram_drawing import (
    bin_at,
    can_draw,
    colour_axes,
    draw,
    fit,
    height,
    is_spike,
    middle,
    own_menu,
    prepare_axes,
    read_out,
    spike_text,
)
from gui.histogram_legend import HistogramLegend
from gui.models.weights_model import number_text

MOST_CURVES = 8
# The colours of Okabe and Ito, told apart whatever one's colour vision; darker on white and lighter
# on black where they would be too faint there.
_LIGHT = ("#0072b2", "#d55e00", "#009e73", "#cc79a7", "#56b4e9", "#b8860b", "#6a3d9a", "#707070")
_DARK = ("#4aa8e8", "#ff8a45", "#2cc79a", "#e39cc4", "#a5dcff", "#f0e442", "#b99aee", "#b0b0b0")
_CROWDED = 0.98
_AXIS_WIDTH = 56
_MARGIN = 4
# With the axis and its label, this leaves the curves some seventy pixels.
_LEAST_PLOT = 120
_IN_VIEW = 0.93
_HOW_TO_READ = (
    "Point at the plot, or press Left and Right in it, to read a bin; "
    "a double click, or Home, shows all again"
)


class HistogramView(QWidget):
    """Shows histograms, what their values are drawn from, and what is under the cursor.

    Attributes:
        plot: All in one plot.
        lanes: One plot for each, below each other, on one axis of values.
        legend: Which colour is whose.
        readout: What is at the cursor in the current histogram.
        formula: What the current one is drawn from.
        note: What the plot doesn't show.
        colours: Those of the histograms that are drawn, by row.
    """

    def __init__(self, parent: QWidget | None = None) -> None:
        """Start without weights."""
        super().__init__(parent)
        self._weights: tuple[Weights, ...] = ()
        self._current = 0
        self._log = False
        self.colours: dict[int, QColor] = {}
        self._lane_pool: list[pg.PlotItem] = []
        self._drawn: list[int] = []
        self._make_plots()
        self._make_labels()
        self._lay_out()

    def show_weights(self, weights: Sequence[Weights], current: int) -> None:
        """Show other weights, reading those of the current row."""
        self._weights = tuple(weights)
        self._current = current
        self.draw()

    def set_current(self, current: int) -> None:
        """Read the histogram of another row."""
        self._current = current
        self._hide_cursor()
        self._show_formula()

    @property
    def log(self) -> bool:
        """Whether the counts stand on a logarithmic axis."""
        return self._log

    def set_log(self, on: bool) -> None:
        """Put the counts on a logarithmic axis, or on an even one."""
        self._log = on
        self.draw()

    @property
    def stacked(self) -> bool:
        """Whether the histograms stand below each other."""
        return self._plots.currentWidget() is self.lanes

    def set_stacked(self, on: bool) -> None:
        """Draw the histograms below each other, or over each other."""
        self._plots.setCurrentWidget(self.lanes if on else self.plot)
        self.draw()

    def draw(self) -> None:
        """Draw all anew, in the colours of the theme: a few milliseconds."""
        palette = _DARK if theme.current().dark else _LIGHT
        self._drawn = [row for row, found in enumerate(self._weights) if can_draw(found)]
        self._drawn = self._drawn[:MOST_CURVES]
        self.colours = {row: QColor(palette[at]) for at, row in enumerate(self._drawn)}
        self.plot.clear()
        self.plot.setBackground(theme.colours().base)
        self._park_lanes()
        self.lanes.setBackground(theme.colours().base)
        self._cursors.clear()
        if self.stacked:
            self._draw_lanes()
        else:
            self._draw_over_each_other()
        names = [(self._weights[row].name, colour) for row, colour in self.colours.items()]
        self.legend.show_names(names)
        self._hide_cursor()
        self.note.setText("\n".join(_notes(self._weights, len(self._drawn))))
        self.note.setVisible(bool(self.note.text()))
        self._show_formula()

    def move_cursor(self, bins: int) -> None:
        """Move the cursor to another bin of the current histogram, from its highest at first."""
        if self._current not in self._drawn:
            return
        weights = self._weights[self._current]
        if self._at is None:
            number = int(weights.counts.argmax())
        else:
            number = bin_at(weights, self._at) + bins
        number = min(max(number, 0), weights.counts.size - 1)
        self._read(float(weights.edges[number] / 2 + weights.edges[number + 1] / 2))

    def _make_plots(self) -> None:
        self.plot = pg.PlotWidget(enableMenu=False)
        own_menu(self.plot.plotItem, self)
        prepare_axes(self.plot.plotItem)
        self.lanes = pg.GraphicsLayoutWidget()
        self.lanes.ci.setContentsMargins(0, 0, 0, 0)
        self.lanes.ci.setSpacing(0)
        self._cursors: list[pg.InfiniteLine] = []
        self._at: float | None = None
        for widget in (self.plot, self.lanes):
            # A cached background is a picture of dots in a drawing of lines.
            widget.setCacheMode(QGraphicsView.CacheModeFlag.CacheNone)
            widget.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
            widget.scene().sigMouseMoved.connect(self._on_mouse_moved)
            widget.scene().sigMouseClicked.connect(self._on_mouse_clicked)
            widget.installEventFilter(self)

    def _make_labels(self) -> None:
        self.legend = HistogramLegend()
        self.readout = QLabel(textFormat=Qt.TextFormat.PlainText)
        self.readout.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self.formula = QLabel(wordWrap=True, textFormat=Qt.TextFormat.PlainText)
        self.formula.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.note = QLabel(wordWrap=True, textFormat=Qt.TextFormat.PlainText)
        self.note.setForegroundRole(QPalette.ColorRole.PlaceholderText)
        for label in (self.readout, self.formula, self.note):
            label.setContentsMargins(_MARGIN, 0, _MARGIN, 0)

    def _lay_out(self) -> None:
        self._plots = QStackedWidget()
        self._plots.addWidget(self.plot)
        self._plots.addWidget(self.lanes)
        self._plots.setMinimumHeight(_LEAST_PLOT)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(1)
        layout.addWidget(self.legend)
        layout.addWidget(self._plots, 1)
        layout.addWidget(self.readout)
        layout.addWidget(self.formula)
        layout.addWidget(self.note)

    def _draw_over_each_other(self) -> None:
        item = self.plot.plotItem
        colour_axes(item)
        # The lower ones over the higher, so that none hides another.
        for row in sorted(self._drawn, key=lambda row: -int(self._weights[row].counts.max())):
            draw(
                item,
                self._weights[row],
                self.colours[row],
                self._density_colour(row),
                log=self._log,
            )
        drawn = [self._weights[row] for row in self._drawn]
        fit(item, drawn, log=self._log)
        self._name_spikes(item, drawn)
        self._add_cursor(item)

    def _draw_lanes(self) -> None:
        for at, row in enumerate(self._drawn):
            lane = self._lane(at)
            lane.clear()
            colour_axes(lane)
            weights = self._weights[row]
            draw(lane, weights, self.colours[row], self._density_colour(row), log=self._log)
            self.lanes.addItem(lane, row=at, col=0)
            lane.show()
            last = at == len(self._drawn) - 1
            lane.getAxis("bottom").setStyle(showValues=last)
            lane.showLabel("bottom", last)
            lane.getAxis("bottom").setHeight(None if last else 2)
            lane.setXLink(self._lane_pool[0] if at else None)
        everything = [self._weights[row] for row in self._drawn]
        for lane, weights in zip(self._lane_pool, everything, strict=False):
            fit(lane, everything, log=self._log)
            left, right = lane.viewRange()[0]
            fit(lane, [weights], log=self._log)
            lane.setLimits(xMin=2 * left - right, xMax=2 * right - left)
            lane.setXRange(left, right, padding=0)
            self._name_spikes(lane, [weights])
            self._add_cursor(lane)

    def _park_lanes(self) -> None:
        """Take all lanes out of the layout, but not out of the scene, with which they die."""
        for lane in list(self.lanes.ci.items):
            self.lanes.removeItem(lane)
            self.lanes.scene().addItem(lane)
            lane.hide()

    def _lane(self, at: int) -> pg.PlotItem:
        """Return a plot of the pool, which grows as needed."""
        while len(self._lane_pool) <= at:
            lane = pg.PlotItem(enableMenu=False)
            own_menu(lane, self)
            prepare_axes(lane)
            lane.getAxis("left").setWidth(_AXIS_WIDTH)
            self._lane_pool.append(lane)
        return self._lane_pool[at]

    def _density_colour(self, row: int) -> QColor:
        """Alone, a density has a colour of its own; among others, that of its histogram."""
        return theme.colours().density if len(self._drawn) == 1 else self.colours[row]

    def _add_cursor(self, plot: pg.PlotItem) -> None:
        line = pg.InfiniteLine(pen=pg.mkPen(theme.colours().muted))
        line.setVisible(False)
        plot.addItem(line, ignoreBounds=True)
        self._cursors.append(line)

    def _name_spikes(self, plot: pg.PlotItem, drawn: list[Weights]) -> None:
        """Write beside each spike which value it stands at; those at the same place share it."""
        spikes: dict[str, list[Weights]] = {}
        for weights in filter(is_spike, drawn):
            spikes.setdefault(spike_text(weights), []).append(weights)
        for at, (text, found) in enumerate(spikes.items()):
            several = f" ({len(found)} variables)" if len(found) > 1 else ""
            place = middle(found[0])
            left, right = plot.viewRange()[0]
            side = 1 if place - left > right - place else 0
            words = f"  constant {text}{several}  "
            top = max(int(each.counts.sum()) for each in found)
            # A spike beside histograms may be higher than the view.
            highest = plot.viewRange()[1][1]
            in_view = min(float(height(top, log=self._log)), _IN_VIEW * highest)
            # Names at one height would run into each other: each is a line nearer to the middle.
            lines = at if 2 * in_view > highest else -at
            anchor = (side, 0.5 - lines)
            label = pg.TextItem(words, color=theme.colours().text, anchor=anchor)
            label.setPos(place, in_view)
            plot.addItem(label, ignoreBounds=True)

    def _show_formula(self) -> None:
        # Restored values were drawn from nothing, but the initial ones behind them were.
        behind = self._weights[self._current :]
        weights = next((found for found in behind if found.density is not None), None)
        density = weights.density if weights else None
        words = ""
        if weights is not None and density is not None:
            whose = f"{weights.name}: " if len(self._weights) > 1 else ""
            head = "drawn from" if density.known else "no exact density"
            words = f"{whose}{head}: {density.formula}"
        self.formula.setToolTip(words)
        self.formula.setVisible(bool(words))
        self._fold()

    def _fold(self) -> None:
        """Leave the plot its least height: names and formula share what is left above it."""
        width, formula = self.width(), self.formula
        line = formula.fontMetrics().lineSpacing()
        least = 0 if formula.isHidden() else line
        note = 0 if self.note.isHidden() else self.note.heightForWidth(width)
        room = self.height() - _LEAST_PLOT - self.readout.sizeHint().height() - note
        self.legend.fold(width, room - least)
        words = formula.toolTip()
        formula.setText(words)
        if formula.heightForWidth(width) > max(room - self.legend.heightForWidth(width), line):
            middle_cut, shown = Qt.TextElideMode.ElideMiddle, width - 2 * _MARGIN
            formula.setText(formula.fontMetrics().elidedText(words, middle_cut, shown))

    def _on_mouse_moved(self, position: QPointF) -> None:
        for plot in self._lane_pool if self.stacked else [self.plot.plotItem]:
            if plot.isVisible() and plot.vb.sceneBoundingRect().contains(position):
                self._read(plot.vb.mapSceneToView(position).x())
                return
        self._hide_cursor()

    def _on_mouse_clicked(self, event: MouseClickEvent) -> None:
        if event.double():
            self.draw()

    def _read(self, x: float) -> None:
        if self._current not in self._drawn:
            return
        self._at = x
        for line in self._cursors:
            line.setPos(x)
            line.setVisible(True)
        words = read_out(self._weights[self._current], x)
        self.readout.setText(words)
        self.readout.setToolTip(words)

    def _hide_cursor(self) -> None:
        self._at = None
        for line in self._cursors:
            line.setVisible(False)
        words = ""
        if self._current in self._drawn:
            weights = self._weights[self._current]
            if is_spike(weights):
                words = "one value"
            else:
                width = number_text(float(weights.edges[1] - weights.edges[0]))
                words = f"{weights.counts.size:,} bins of width {width}"
        self.readout.setText(words)
        self.readout.setToolTip(_HOW_TO_READ)

    # Qt overrides

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Show more or less of the names and the formula."""
        super().resizeEvent(event)
        self._fold()

    def eventFilter(self, watched: object, event: object) -> bool:
        """Move the cursor by the arrow keys; show all again by Home."""
        if isinstance(event, QKeyEvent) and event.type() == QKeyEvent.Type.KeyPress:
            steps = {Qt.Key.Key_Left: -1, Qt.Key.Key_Right: 1}
            if event.key() == Qt.Key.Key_Home:
                self.draw()
                return True
            if event.key() in steps:
                self.move_cursor(steps[Qt.Key(event.key())])
                return True
        return False


def _notes(weights: Sequence[Weights], drawn: int) -> Iterator[str]:
    """Yield what the plot doesn't show."""
    drawable = sum(map(can_draw, weights))
    if drawn < drawable:
        yield f"{drawn} of {drawable} shown"
    for found in weights[:MOST_CURVES]:
        statistics = found.statistics
        if found.note:
            yield f"{found.name} has no numbers: {found.note}."
        elif statistics.count == 0:
            yield f"{found.name} has no values."
        elif not found.counts.size:
            yield f"{found.name} has no finite value."
        elif not can_draw(found):
            yield f"{found.name} is not drawn: its values are too large for an axis."
        elif statistics.nan or statistics.infinite:
            yield f"{found.name}: only the finite values are drawn."
        elif not is_spike(found) and found.counts.max() > _CROWDED * found.counts.sum():
            bar = int(found.counts.argmax())
            share = 100 * found.counts[bar] / found.counts.sum()
            ends = f"{number_text(found.edges[bar])} to {number_text(found.edges[bar + 1])}"
            yield f"{found.name}: {share:.4g} % of the values are in one bar, {ends}."
