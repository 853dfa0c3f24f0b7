"""The actions that concern the weights: how to look at them, and what of them becomes a file."""

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Qt

from core.atomic import write_text
from core.events import Failed
from core.sources import CheckpointValues
from core.tasks import SaveValues
from gui.actions import Actions
from gui.bridge import Bridge
from gui.building import Building
from gui.dialogs import Dialogs
from gui.file_writer import FileWriter
from gui.files import Files
from gui.plotting import Plotting
from gui.settings import Settings

if TYPE_CHECKING:
    from core.saved_values import SavedValues
    from core.weights import Weights
    from gui.weights_plot import WeightsPlot

_PLOTS = ("export_plot_png", "export_plot_svg", "export_histogram_csv")
_IN_MENU = (*_PLOTS, "export_values_csv", "export_values_npy")
_OF_VALUES = ("plot_both", "export_values_csv", "export_values_npy")


class WeightsCommands(FileWriter):
    """Has a method for each action of the owner ``weights``."""

    def __init__(
        self,
        bridge: Bridge,
        building: Building,
        plotting: Plotting,
        files: Files,
        settings: Settings,
        dialogs: Dialogs,
        parent: QObject | None = None,
    ) -> None:
        """Follow the bridge; the plot comes late."""
        super().__init__(files, settings, dialogs, parent)
        self._bridge = bridge
        self._building = building
        self._plotting = plotting
        self._plot: WeightsPlot | None = None
        building.changed.connect(self.changed)
        bridge.values_saved.connect(self._on_values_saved)
        bridge.failed.connect(self._on_failed)

    def set_plot(self, actions: Actions, plot: "WeightsPlot") -> None:
        """Act on this plot from now on, and fill its menu."""
        self._plot = plot
        for action_id in _IN_MENU:
            plot.bar.export_menu.addAction(actions[action_id])
        plot.bar.export_menu.addSeparator()
        plot.bar.export_menu.addAction(actions["plot_both"])
        plot.shown.connect(self.changed)
        self.changed.emit()

    def enabled(self, action_id: str) -> bool:
        """Tell whether an action can be done now."""
        return not self.why_not(action_id)

    def why_not(self, action_id: str) -> str:
        """Return why an action can't be done now, empty where it can."""
        weights = self._current()
        if weights is None:
            return "No weights are shown."
        if action_id not in _OF_VALUES:
            return ""
        selected = self._plotting.selected(weights.name)
        if selected is not None and isinstance(selected.source, CheckpointValues):
            return "A checkpoint has no construction." if action_id == "plot_both" else ""
        built = self._building.built
        if built is None or self._building.pending:
            return "The stack is not built."
        if selected is None:
            return "Select the variable itself first."
        if action_id != "plot_both":
            return ""
        from core.both_weights import why_not_both

        return why_not_both(built, selected.name)

    def show_histogram(self) -> None:
        """Show the histograms."""
        self._show("histogram")

    def show_statistics(self) -> None:
        """Show the statistics of the current variable."""
        self._show("statistics")

    def show_heat_map(self) -> None:
        """Show the current variable as a matrix in colours."""
        self._show("heat_map")

    def show_filters(self) -> None:
        """Show the filters of the current variable."""
        self._show("filters")

    def show_values(self) -> None:
        """Show the values of the current variable."""
        self._show("values")

    def set_bins(self) -> None:
        """Go to the number of bins."""
        if self._plot is not None:
            self._show("histogram")
            self._plot.bar.bins.setFocus(Qt.FocusReason.ShortcutFocusReason)
            self._plot.bar.bins.selectAll()

    def stack_histograms(self) -> None:
        """Draw the histograms below each other, or over each other."""
        if self._plot is not None:
            self._show("histogram")
            self._plot.bar.stacked.toggle()

    def log_counts(self) -> None:
        """Put the counts on a logarithmic axis, or on an even one."""
        if self._plot is not None:
            self._show("histogram")
            self._plot.bar.log.toggle()

    def plot_both(self) -> None:
        """Show the current variable as each construction makes it."""
        weights = self._current()
        selected = weights and self._plotting.selected(weights.name)
        if selected is not None:
            self._show("histogram")
            self._plotting.show_both(selected.name)

    def export_plot_png(self) -> None:
        """Ask where to, and write the view as a picture in dots."""
        self._ask_where("Export the picture", ".png", "Pictures (*.png)", self._write_png)

    def export_plot_svg(self) -> None:
        """Ask where to, and write the view as a drawing."""
        self._ask_where("Export the picture", ".svg", "Drawings (*.svg)", self._write_svg)

    def export_histogram_csv(self) -> None:
        """Ask where to, and write the histograms that are shown."""
        self._ask_where("Export the histogram", ".csv", "Tables (*.csv)", self._write_histogram)

    def export_values_csv(self) -> None:
        """Ask where to, and have the values written with their indices."""
        self._ask_where("Export the values", ".csv", "Tables (*.csv)", self._save_values)

    def export_values_npy(self) -> None:
        """Ask where to, and have the values written for numpy."""
        self._ask_where("Export the values", ".npy", "NumPy arrays (*.npy)", self._save_values)

    def _current(self) -> "Weights | None":
        return None if self._plot is None else self._plot.current

    def _show(self, view: str) -> None:
        from gui.weights_bar import View

        if self._plot is not None:
            self._plot.bar.set_view(View(view))

    def _ask_where(
        self, title: str, suffix: str, filters: str, write: "Callable[[Weights, Path], None]"
    ) -> None:
        weights = self._current()
        if weights is not None:
            self._ask(title, _file_name(weights.name), filters, suffix, partial(write, weights))

    def _write_png(self, weights: "Weights", path: Path) -> None:
        from gui.picture_file import write_png

        if self._plot is not None:
            write_png(path, self._plot.pictured)
            self._tell_written(path)

    def _write_svg(self, weights: "Weights", path: Path) -> None:
        from gui.picture_file import write_svg

        if self._plot is not None:
            write_svg(path, self._plot.pictured, weights.name)
            self._tell_written(path)

    def _write_histogram(self, weights: "Weights", path: Path) -> None:
        from core.saved_values import histogram_csv

        if self._plot is not None:
            write_text(path, histogram_csv(self._plot.weights))
            self._tell_written(path)

    def _save_values(self, weights: "Weights", path: Path) -> None:
        selected = self._plotting.selected(weights.name)
        if selected is not None:
            self._bridge.ask(SaveValues(selected, path))

    def _on_values_saved(self, saved: "SavedValues") -> None:
        self.told.emit(saved.sentence)

    def _on_failed(self, event: Failed) -> None:
        if isinstance(event.task, SaveValues):
            self.refused.emit(f"The values were not written: {event.message}")


def _file_name(name: str) -> str:
    """Return a variable's name as a file may be called."""
    return "".join(letter if letter.isalnum() or letter in "-_." else "_" for letter in name)
