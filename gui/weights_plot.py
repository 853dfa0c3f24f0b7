"""The initial values of the selected variables: histograms and statistics."""

from collections.abc import Iterator, Sequence
from html import escape

import pyqtgraph as pg
from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QGuiApplication, QPalette, QPen
from PySide6.QtWidgets import (
    QHeaderView,
    QLabel,
    QSplitter,
    QStackedLayout,
    QVBoxLayout,
    QWidget,
)

from core.weights import Weights
from gui import theme
from gui.copy_key import CopyKey
from gui.models.weights_model import INFINITE, NAN, WeightsModel, number_text
from gui.row_table import RowTable

MOST_CURVES = 8
# The colours of Okabe and Ito, told apart whatever one's colour vision; darker on white and lighter
# on black where they would be too faint there.
_LIGHT = ("#0072b2", "#d55e00", "#009e73", "#cc79a7", "#56b4e9", "#b8860b", "#6a3d9a", "#707070")
_DARK = ("#4aa8e8", "#ff8a45", "#2cc79a", "#e39cc4", "#a5dcff", "#f0e442", "#b99aee", "#b0b0b0")
_FILL = 50
_NAME_CHARACTERS = 36
# A histogram so narrow beside its own place on the axis has no ticks that could tell its ends.
_NARROW = 1e-9
# Beyond these the arithmetic of axes and pictures leaves the range of a float.
_SMALLEST = 1e-290
_LARGEST = 1e300
_CROWDED = 0.98
_EMPTY = "Select variables to see their initial values"


class WeightsPlot(QWidget):
    """Shows histograms of variables over each other, and a table of their statistics below.

    Attributes:
        plot: The histograms.
        legend: Which colour is whose.
        table: The statistics.
        note: What the plot doesn't show.
        message: What is shown in place of all of it.
    """

    def __init__(self, parent: QWidget | None = None) -> None:
        """Start without weights."""
        super().__init__(parent)
        self._weights: tuple[Weights, ...] = ()
        self._make_plot()
        self._make_table()
        self._lay_out()
        theme.current().changed.connect(self._draw)
        self._draw()
        self.set_message(_EMPTY)

    def set_weights(self, weights: Sequence[Weights]) -> None:
        """Show the weights of variables; none shows what to do to see some."""
        self._weights = tuple(weights)
        self._draw()
        if self._weights:
            self._pages.setCurrentWidget(self._shown)
        else:
            self.set_message(_EMPTY)

    def set_message(self, text: str) -> None:
        """Show a sentence in place of the plot."""
        self.message.setText(text)
        self._pages.setCurrentWidget(self.message)

    def copy_rows(self) -> None:
        """Put the selected rows of the table on the clipboard, or all, with tabs."""
        rows = {index.row() for index in self.table.selectionModel().selectedRows()}
        chosen = sorted(rows) or range(self._model.rowCount())
        QGuiApplication.clipboard().setText("\n".join(map(self._model.line, chosen)))

    def _make_plot(self) -> None:
        self.plot = pg.PlotWidget(enableMenu=False)
        # WORKAROUND: pyqtgraph makes a menu without a parent even where none is wanted.
        menu = self.plot.plotItem.ctrlMenu
        menu.setParent(self, menu.windowFlags())
        self.plot.setMouseEnabled(x=True, y=False)
        self.plot.setLabel("bottom", "value")
        self.plot.setLabel("left", "count")
        for side in ("bottom", "left"):
            self.plot.getAxis(side).enableAutoSIPrefix(False)

    def _make_table(self) -> None:
        self._model = WeightsModel(self)
        self.table = RowTable()
        self.table.setModel(self._model)
        header = self.table.horizontalHeader()
        header.setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)
        header.setMinimumSectionSize(50)
        header.setResizeContentsPrecision(100)
        CopyKey(self.table, self.copy_rows)

    def _lay_out(self) -> None:
        self.legend = QLabel(wordWrap=True, textFormat=Qt.TextFormat.RichText)
        self.legend.setMargin(4)
        self.note = QLabel(wordWrap=True, textFormat=Qt.TextFormat.PlainText)
        self.note.setForegroundRole(QPalette.ColorRole.PlaceholderText)
        self.message = QLabel(wordWrap=True, textFormat=Qt.TextFormat.PlainText)
        self.message.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.message.setMargin(16)
        self.message.setForegroundRole(QPalette.ColorRole.PlaceholderText)
        above = QWidget()
        layout = QVBoxLayout(above)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self.legend)
        layout.addWidget(self.plot, 1)
        layout.addWidget(self.note)
        self._shown = QSplitter(Qt.Orientation.Vertical)
        self._shown.addWidget(above)
        self._shown.addWidget(self.table)
        self._shown.setStretchFactor(0, 3)
        self._shown.setStretchFactor(1, 1)
        self._shown.setSizes([300, 100])
        self._pages = QStackedLayout(self)
        self._pages.addWidget(self._shown)
        self._pages.addWidget(self.message)

    def _draw(self) -> None:
        """Draw all anew, in the colours of the theme: a few milliseconds."""
        self._colour()
        self.plot.clear()
        palette = _DARK if theme.current().dark else _LIGHT
        drawn = [row for row, found in enumerate(self._weights) if _can_draw(found)][:MOST_CURVES]
        colours = {row: QColor(palette[at]) for at, row in enumerate(drawn)}
        # The lower ones over the higher, so that none hides another.
        for row in sorted(drawn, key=lambda row: -int(self._weights[row].counts.max())):
            self._draw_one(self._weights[row], colours[row])
        self._show_legend(colours)
        self._fit([self._weights[row] for row in drawn])
        self._name_spikes([self._weights[row] for row in drawn])
        self._show_table(colours)
        self.note.setText("\n".join(_notes(self._weights, len(drawn))))
        self.note.setVisible(bool(self.note.text()))

    def _colour(self) -> None:
        colours = theme.colours()
        self.plot.setBackground(colours.base)
        for side in ("bottom", "left"):
            axis = self.plot.getAxis(side)
            axis.setPen(pg.mkPen(colours.grid))
            axis.setTextPen(pg.mkPen(colours.text))

    def _draw_one(self, weights: Weights, colour: QColor) -> None:
        # A pen wider than 1 takes ten times as long.
        pen = QPen(colour, 1)
        pen.setCosmetic(True)
        if _is_spike(weights):
            height = int(weights.counts.sum())
            middle = _middle(weights)
            self.plot.addItem(pg.PlotCurveItem([middle, middle], [0, height], pen=pen))
            self.plot.addItem(pg.ScatterPlotItem([middle], [height], pen=pen, brush=colour, size=7))
            return
        fill = QColor(colour)
        fill.setAlpha(_FILL)
        curve = pg.PlotCurveItem(
            weights.edges, weights.counts, stepMode="center", fillLevel=0, brush=fill, pen=pen
        )
        self.plot.addItem(curve)

    def _name_spikes(self, drawn: list[Weights]) -> None:
        """Write beside each spike which value it stands at; those at the same place share it."""
        spikes: dict[str, list[Weights]] = {}
        for weights in filter(_is_spike, drawn):
            spikes.setdefault(_spike_text(weights), []).append(weights)
        for text, found in spikes.items():
            several = f" ({len(found)} variables)" if len(found) > 1 else ""
            place = _middle(found[0])
            left, right = self.plot.viewRange()[0]
            side = 1 if place - left > right - place else 0
            words = f" constant {text}{several} "
            label = pg.TextItem(words, color=theme.colours().text, anchor=(side, 0.5))
            label.setPos(place, max(int(each.counts.sum()) for each in found))
            self.plot.addItem(label, ignoreBounds=True)

    def _show_legend(self, colours: dict[int, QColor]) -> None:
        """Name the curves above the plot, where the names cover nothing."""
        metrics = self.legend.fontMetrics()
        width = _NAME_CHARACTERS * metrics.averageCharWidth()
        parts = []
        for row, colour in colours.items():
            name = self._weights[row].name
            shown = escape(metrics.elidedText(name, Qt.TextElideMode.ElideMiddle, width))
            square = f'<span style="color:{colour.name()}">&#9632;</span>'
            # A line must not break behind a slash, so a word joiner follows it.
            parts.append(f"{square}&nbsp;{shown.replace('/', '/&#8288;')}")
        self.legend.setText("&emsp; ".join(parts))
        self.legend.setVisible(bool(parts))

    def _fit(self, drawn: list[Weights]) -> None:
        """Show the whole range of all curves, from count 0 on."""
        if not drawn:
            return
        low = min(float(found.edges[0]) for found in drawn)
        high = max(float(found.edges[-1]) for found in drawn)
        around = 0.04 * (high - low)
        if _is_narrow(low, high):
            far = max(abs(low), abs(high))
            around = 0.5 * far if far > _SMALLEST else 1
        top = max(int(found.counts.max()) for found in drawn)
        span = high - low + 2 * around
        self.plot.setLimits(xMin=low - span, xMax=high + span, minXRange=span / 1000)
        self.plot.setXRange(low - around, high + around, padding=0)
        self.plot.setYRange(0, 1.12 * top, padding=0)

    def _show_table(self, colours: dict[int, QColor]) -> None:
        self._model.show(self._weights, colours)
        statistics = [found.statistics for found in self._weights]
        self.table.setColumnHidden(NAN, not any(found.nan for found in statistics))
        self.table.setColumnHidden(INFINITE, not any(found.infinite for found in statistics))
        for column in range(1, self._model.columnCount()):
            self.table.resizeColumnToContents(column)
        rows = max(2, len(self._weights)) * self.table.verticalHeader().defaultSectionSize()
        # The last pixels are the frame's and those of a horizontal scroll bar.
        self.table.setMaximumHeight(self.table.horizontalHeader().sizeHint().height() + rows + 20)


def _can_draw(weights: Weights) -> bool:
    """Tell whether there are finite values, in a range that an axis can show."""
    return weights.counts.size > 0 and bool(abs(weights.edges[[0, -1]]).max() < _LARGEST)


def _is_spike(weights: Weights) -> bool:
    """Tell whether all values are one, or as good as one on an axis."""
    return _is_narrow(float(weights.edges[0]), float(weights.edges[-1]))


def _is_narrow(low: float, high: float) -> bool:
    return high - low <= max(_NARROW * max(abs(low), abs(high)), _SMALLEST)


def _middle(weights: Weights) -> float:
    return float(weights.edges[0] / 2 + weights.edges[-1] / 2)


def _spike_text(weights: Weights) -> str:
    low, high = float(weights.edges[0]), float(weights.edges[-1])
    if low == high:
        return number_text(low)
    return f"{low!r} to {high!r}"


def _notes(weights: Sequence[Weights], drawn: int) -> Iterator[str]:
    """Yield what the plot doesn't show."""
    drawable = sum(map(_can_draw, weights))
    if drawn < drawable:
        yield f"{drawn} of {drawable} shown"
    for found in weights[:MOST_CURVES]:
        statistics = found.statistics
        if statistics.count == 0:
            yield f"{found.name} has no values."
        elif not found.counts.size:
            yield f"{found.name} has no finite value."
        elif not _can_draw(found):
            yield f"{found.name} is not drawn: its values are too large for an axis."
        elif statistics.nan or statistics.infinite:
            yield f"{found.name}: only the finite values are drawn."
        elif not _is_spike(found) and found.counts.max() > _CROWDED * found.counts.sum():
            bar = int(found.counts.argmax())
            share = 100 * found.counts[bar] / found.counts.sum()
            ends = f"{number_text(found.edges[bar])} to {number_text(found.edges[bar + 1])}"
            yield f"{found.name}: {share:.4g} % of the values are in one bar, {ends}."
