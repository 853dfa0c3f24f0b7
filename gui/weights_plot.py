"""The initial values of the selected variables, looked at in several ways."""

from collections.abc import Sequence

from PySide6.QtCore import QModelIndex, QSignalBlocker, Qt, Signal
from PySide6.QtGui import QGuiApplication, QPalette
from PySide6.QtWidgets import (
    QHeaderView,
    QLabel,
    QSplitter,
    QStackedLayout,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from core.cutout import Cut, Cutout
from core.weights import Weights
from gui import theme
from gui.copy_key import CopyKey
from gui.cutout_view import CutoutView
from gui.filters_view import FiltersView
from gui.heat_map import HeatMap
from gui.histogram_view import MOST_CURVES, HistogramView
from gui.models.weights_model import INFINITE, NAN, WeightsModel
from gui.row_table import RowTable
from gui.statistics_view import StatisticsView
from gui.values_view import ValuesView
from gui.weights_bar import View, WeightsBar

__all__ = ["MOST_CURVES", "WeightsPlot"]
_EMPTY = "Select variables to see their values"


class WeightsPlot(QWidget):
    """Shows variables' values: histograms of several, and more of the current one.

    Attributes:
        bar: The ways to look at them.
        histogram: The histograms.
        table: The statistics of all of them.
        message: What is shown in place of all of it.

    Signals:
        bins_asked: Another number of bins is wanted, None for the automatic one.
        cut_asked: A part of a variable's values is wanted: its name, and a `Cut`.
        shown: Something can be exported, or not, that could not be before, or could.
    """

    bins_asked = Signal(object)
    cut_asked = Signal(str, object)
    shown = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        """Start without weights."""
        super().__init__(parent)
        self._weights: tuple[Weights, ...] = ()
        self._asked: tuple[str, Cut] | None = None
        self.bar = WeightsBar()
        self.histogram = HistogramView()
        self.statistics = StatisticsView()
        self.heat_map = HeatMap()
        self.filters = FiltersView()
        self.values = ValuesView()
        self._make_table()
        self._lay_out()
        self._connect()
        self.set_message(_EMPTY)

    @property
    def weights(self) -> tuple[Weights, ...]:
        """What is shown; nothing while a message stands in its place."""
        return self._weights if self._pages.currentWidget() is self._shown else ()

    @property
    def current(self) -> Weights | None:
        """The variable of which more is shown."""
        row = self.bar.current
        return self.weights[row] if 0 <= row < len(self.weights) else None

    @property
    def pictured(self) -> QWidget:
        """What a picture shows: the view without the table below it."""
        return self._views[self.bar.view]

    @property
    def plot(self) -> QWidget:
        """The histograms over each other."""
        return self.histogram.plot

    @property
    def legend(self) -> QLabel:
        """Which colour is whose."""
        return self.histogram.legend

    @property
    def note(self) -> QLabel:
        """What the histograms don't show."""
        return self.histogram.note

    def set_weights(self, weights: Sequence[Weights]) -> None:
        """Show the weights of variables; none shows what to do to see some."""
        kept = self.current.name if self.current else None
        self._weights = tuple(weights)
        names = [found.name for found in weights]
        self._asked = None
        if not names:
            self.set_message(_EMPTY)
            return
        self.bar.set_names(names, names.index(kept) if kept in names else 0)
        self.histogram.show_weights(self._weights, self.bar.current)
        self._show_table()
        self._pages.setCurrentWidget(self._shown)
        self._show_current()

    def set_message(self, text: str) -> None:
        """Show a sentence in place of all views."""
        self._asked = None
        self.message.setText(text)
        self._pages.setCurrentWidget(self.message)
        self.shown.emit()

    def show_cutout(self, cutout: Cutout) -> None:
        """Show the values that were asked for; others come too late."""
        if self._asked == (cutout.name, cutout.cut) and self.bar.view in self._by_values:
            view = self._by_values[self.bar.view]
            view.show_cutout(cutout)
            self._places.setCurrentWidget(view)

    def set_trouble(self, text: str) -> None:
        """Say why the values that were asked for are not there."""
        if self._asked is not None:
            self._say(text)

    def copy_rows(self) -> None:
        """Put the selected rows of the table on the clipboard, or all, with tabs."""
        rows = {index.row() for index in self.table.selectionModel().selectedRows()}
        chosen = sorted(rows) or range(self._model.rowCount())
        QGuiApplication.clipboard().setText("\n".join(map(self._model.line, chosen)))

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
        self.message = QLabel(wordWrap=True, textFormat=Qt.TextFormat.PlainText)
        self.message.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.message.setMargin(16)
        self.message.setForegroundRole(QPalette.ColorRole.PlaceholderText)
        self._trouble = QLabel(wordWrap=True, textFormat=Qt.TextFormat.PlainText)
        self._trouble.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._trouble.setMargin(16)
        self._trouble.setForegroundRole(QPalette.ColorRole.PlaceholderText)
        split = QSplitter(Qt.Orientation.Vertical, childrenCollapsible=False)
        split.addWidget(self.histogram)
        split.addWidget(self.table)
        split.setStretchFactor(0, 3)
        split.setStretchFactor(1, 1)
        split.setSizes([300, 100])
        self._by_values: dict[View, CutoutView] = {
            View.HEAT_MAP: self.heat_map,
            View.FILTERS: self.filters,
            View.VALUES: self.values,
        }
        self._views: dict[View, QWidget] = {
            View.HISTOGRAM: self.histogram,
            View.STATISTICS: self.statistics,
            **self._by_values,
        }
        self._places = QStackedWidget()
        for widget in (split, self.statistics, *self._by_values.values(), self._trouble):
            self._places.addWidget(widget)
        self._shown = QWidget()
        column = QVBoxLayout(self._shown)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.bar)
        column.addWidget(self._places, 1)
        self._split = split
        self._pages = QStackedLayout(self)
        self._pages.addWidget(self._shown)
        self._pages.addWidget(self.message)

    def _connect(self) -> None:
        theme.current().changed.connect(self._on_theme_changed)
        self.bar.view_changed.connect(self._show_current)
        self.bar.current_changed.connect(self._on_current_changed)
        self.bar.bins_changed.connect(self.bins_asked)
        self.bar.log_changed.connect(self.histogram.set_log)
        self.bar.stacked_changed.connect(self._on_stacked_changed)
        self.table.selectionModel().currentRowChanged.connect(self._on_row_changed)
        for view in self._by_values.values():
            view.cut_changed.connect(self._show_current)

    def _show_current(self) -> None:
        """Show the current variable in the current view, once its values are there."""
        weights, view = self.current, self.bar.view
        self._asked = None
        if weights is None:
            return
        if view in self._by_values:
            self._ask_for_values(weights)
        elif view == View.STATISTICS:
            self.statistics.show_weights(weights)
            self._places.setCurrentWidget(self.statistics)
        else:
            self.histogram.set_current(self.bar.current)
            self._places.setCurrentWidget(self._split)
        self.shown.emit()

    def _ask_for_values(self, weights: Weights) -> None:
        view = self._by_values[self.bar.view]
        why_not = view.why_not(weights)
        if why_not:
            self._say(why_not)
            return
        cut = view.cut(weights)
        self._asked = weights.name, cut
        self.cut_asked.emit(weights.name, cut)

    def _say(self, text: str) -> None:
        self._trouble.setText(text)
        self._places.setCurrentWidget(self._trouble)

    def _show_table(self) -> None:
        with QSignalBlocker(self.table.selectionModel()):
            self._model.show(self._weights, self.histogram.colours)
        statistics = [found.statistics for found in self._weights]
        self.table.setColumnHidden(NAN, not any(found.nan for found in statistics))
        self.table.setColumnHidden(INFINITE, not any(found.infinite for found in statistics))
        for column in range(1, self._model.columnCount()):
            self.table.resizeColumnToContents(column)
        row = self.table.verticalHeader().defaultSectionSize()
        # The last pixels are the frame's and those of a horizontal scroll bar.
        around = self.table.horizontalHeader().sizeHint().height() + 20
        self.table.setMinimumHeight(row + around)
        self.table.setMaximumHeight(max(1, len(self._weights)) * row + around)

    def _on_current_changed(self) -> None:
        self._show_current()

    def _on_row_changed(self, index: QModelIndex) -> None:
        if index.isValid():
            self.bar.set_current(index.row())

    def _on_stacked_changed(self, on: bool) -> None:
        self.histogram.set_stacked(on)

    def _on_theme_changed(self) -> None:
        self.histogram.draw()
        self._show_table()
        self.heat_map.picture.colour()
        self.filters.picture.colour()
