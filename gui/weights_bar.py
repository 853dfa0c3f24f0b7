"""The ways to look at weights: which view, which variable, how its histogram is drawn."""

from collections.abc import Sequence
from enum import StrEnum

from PySide6.QtCore import QSignalBlocker, QSize, Qt, Signal
from PySide6.QtWidgets import (
    QHBoxLayout,
    QMenu,
    QSizePolicy,
    QSpinBox,
    QTabBar,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from core.tasks import MOST_BINS
from gui.check_box import CheckBox
from gui.elided_combo_box import ElidedComboBox


class View(StrEnum):
    """A way to look at weights, in the order of the tabs."""

    HISTOGRAM = "histogram"
    STATISTICS = "statistics"
    HEAT_MAP = "heat_map"
    FILTERS = "filters"
    VALUES = "values"


_TITLES = {
    View.HISTOGRAM: "Histogram",
    View.STATISTICS: "Statistics",
    View.HEAT_MAP: "Heat map",
    View.FILTERS: "Filters",
    View.VALUES: "Values",
}


class WeightsBar(QWidget):
    """Tabs for the views, and below them what there is to choose in the one that is open.

    Attributes:
        tabs: The views.
        names: The variables, of which one is current.
        bins: The number of bins; 0 leaves it to the count of values.
        stacked: Whether histograms stand below each other.
        log: Whether the counts stand on a logarithmic axis.
        export_menu: What can be written to a file; filled by who knows how.

    Signals:
        view_changed: Another view is open.
        current_changed: Another variable is current.
        bins_changed: Another number of bins, None for the automatic one.
        stacked_changed: Whether histograms stand below each other.
        log_changed: Whether the counts stand on a logarithmic axis.
    """

    view_changed = Signal()
    current_changed = Signal()
    bins_changed = Signal(object)
    stacked_changed = Signal(bool)
    log_changed = Signal(bool)

    def __init__(self, parent: QWidget | None = None) -> None:
        """Start with the histogram."""
        super().__init__(parent)
        self.tabs = QTabBar(documentMode=True, drawBase=False, expanding=False)
        for title in _TITLES.values():
            self.tabs.addTab(title)
        self.names = ElidedComboBox()
        self.names.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self.names.setToolTip("The variable that the cursor reads, and that the other views show")
        self.bins = QSpinBox()
        self.bins.setKeyboardTracking(False)
        self.bins.setMaximum(MOST_BINS)
        self.bins.setSpecialValueText("Automatic bins")
        self.bins.setSuffix(" bins")
        self.bins.setToolTip(
            f"The number of bins of each histogram, up to {MOST_BINS:,}; "
            "0 takes the square root of the number of values, at most 200"
        )
        self.stacked = CheckBox("Stacked")
        self.stacked.setToolTip("Draw the histograms below each other, on one axis of values")
        self.log = CheckBox("Log")
        self.log.setToolTip("Put the counts on a logarithmic axis")
        self.export_menu = QMenu(self)
        self._export = QToolButton()
        self._export.setText("Export")
        self._export.setAutoRaise(True)
        self._export.setMenu(self.export_menu)
        self._export.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self._export.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self._lay_out()
        self._connect()

    @property
    def view(self) -> View:
        """The view that is open."""
        return tuple(View)[self.tabs.currentIndex()]

    def set_view(self, view: View) -> None:
        """Open a view."""
        self.tabs.setCurrentIndex(tuple(View).index(view))

    @property
    def current(self) -> int:
        """The row of the current variable."""
        return self.names.currentIndex()

    def set_current(self, row: int) -> None:
        """Make another variable current."""
        self.names.setCurrentIndex(row)

    def set_names(self, names: Sequence[str], current: int) -> None:
        """Offer other variables."""
        with QSignalBlocker(self.names):
            self.names.clear()
            self.names.addItems(list(names))
            self.names.setCurrentIndex(current)
        self.stacked.setEnabled(len(names) > 1)

    def _lay_out(self) -> None:
        upper = QHBoxLayout()
        upper.setContentsMargins(0, 0, 4, 0)
        upper.addWidget(self.tabs, 1)
        upper.addWidget(self._export)
        lower = QHBoxLayout()
        lower.setContentsMargins(4, 2, 4, 2)
        lower.addWidget(self.names, 1)
        for field in (self.bins, self.stacked, self.log):
            lower.addWidget(field)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(upper)
        column.addLayout(lower)

    def _connect(self) -> None:
        self.tabs.currentChanged.connect(self._on_tab_changed)
        self.names.currentIndexChanged.connect(self._on_name_changed)
        self.bins.valueChanged.connect(self._on_bins_changed)
        self.stacked.toggled.connect(self.stacked_changed)
        self.log.toggled.connect(self.log_changed)

    def _on_tab_changed(self) -> None:
        for field in (self.bins, self.stacked, self.log):
            field.setVisible(self.view == View.HISTOGRAM)
        self.view_changed.emit()

    def _on_name_changed(self) -> None:
        self.current_changed.emit()

    def _on_bins_changed(self, number: int) -> None:
        self.bins_changed.emit(number or None)

    # Qt overrides

    def minimumSizeHint(self) -> QSize:
        """Let the window be narrower than all that the bar has."""
        return QSize(180, super().minimumSizeHint().height())
