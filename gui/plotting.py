"""Which variables' weights the plot shows, and when it asks for them."""

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from core.cutout import Cut, Cutout
from core.events import Failed
from core.tasks import CutOut, Summarize, SummarizeBoth
from core.weights import Weights
from gui.bridge import Bridge
from gui.building import Building
from gui.trust import Trust

if TYPE_CHECKING:
    from gui.weights_plot import WeightsPlot


# Fetching a value takes about 30 ms where the graph has a thousand layers.
_MOST = 50


class Plotting(QObject):
    """Has the selected variables of the last build summarized, and gives the plot what comes.

    Signals:
        shown: The plot shows the weights of variables.
        told: Not all that are selected are shown.
    """

    shown = Signal()
    told = Signal(str)

    def __init__(
        self, bridge: Bridge, building: Building, trust: Trust, parent: QObject | None = None
    ) -> None:
        """Start without a plot, which is imported late."""
        super().__init__(parent)
        self._bridge = bridge
        self._building = building
        self._trust = trust
        self._plot: WeightsPlot | None = None
        self._names: tuple[str, ...] = ()
        self._weights: tuple[Weights, ...] = ()
        self._bins: int | None = None
        self._both = ""
        self._waits = False
        building.built_changed.connect(self._update)
        building.restored_changed.connect(self._update)
        building.changed.connect(self._on_building_changed)
        bridge.summarized.connect(self._on_summarized)
        bridge.both_summarized.connect(self._on_both_summarized)
        bridge.cut_out_found.connect(self._on_cut_out_found)
        bridge.failed.connect(self._on_failed)

    @property
    def weights(self) -> tuple[Weights, ...]:
        """What the plot shows."""
        return self._weights

    def set_plot(self, plot: "WeightsPlot") -> None:
        """Show in this plot from now on."""
        self._plot = plot
        plot.bins_asked.connect(self._on_bins_asked)
        plot.cut_asked.connect(self._on_cut_asked)
        plot.set_weights(self._weights)
        self._update()

    def select(self, names: tuple[str, ...]) -> None:
        """Show the weights of these variables."""
        if names != self._names:
            self._names = names
            self._update()

    def show_both(self, name: str) -> None:
        """Show a variable as each construction makes it, until others are selected."""
        built = self._building.built
        if built is not None and not self._building.pending:
            self._both = name
            self._bridge.summarize_both(built, name, self._bins, self._trust.of(built.stack))

    def _update(self) -> None:
        built = self._building.built
        self._both = ""
        self._waits = False
        if self._plot is None or built is None:
            self._show(())
        elif built.undrawn is not None:
            self._say(built.undrawn)
        elif self._building.pending:
            # The builder keeps the last graph only: asked now, it would build the old one again.
            self._waits = True
        elif names := self._wanted():
            trusted = self._trust.of(built.stack)
            restoring = self._building.restoring_of(built.stack)
            self._bridge.summarize(built.stack, names, self._bins, trusted, restoring)
            if len(names) == _MOST < len(self._names):
                text = f"The weights of {_MOST} of the {len(self._names):,} variables are shown"
                self.told.emit(text)
        else:
            self._show(())

    def _show(self, weights: tuple[Weights, ...]) -> None:
        self._weights = weights
        if self._plot is not None:
            self._plot.set_weights(weights)

    def _on_building_changed(self) -> None:
        if self._waits and not self._building.pending:
            self._update()

    def _on_summarized(self, weights: tuple[Weights, ...]) -> None:
        # An answer may come late: after the selection went, or with the next stack open.
        names = tuple(dict.fromkeys(found.name for found in weights))
        if not self._both and names == self._wanted():
            self._show(weights)
            self.shown.emit()

    def _on_both_summarized(self, weights: tuple[Weights, ...]) -> None:
        if self._both:
            self._show(weights)
            self.shown.emit()

    def _on_bins_asked(self, bins: int | None) -> None:
        self._bins = bins
        if self._both:
            self.show_both(self._both)
        else:
            self._update()

    def _on_cut_asked(self, name: str, cut: Cut) -> None:
        built = self._building.built
        if built is None or self._plot is None or self._building.pending:
            return  # what is built next is shown anew, and asks again
        trusted, restoring = self._trust.of(built.stack), self._building.restoring_of(built.stack)
        self._bridge.cut_out(built.stack, name, cut, trusted, restoring)

    def _on_cut_out_found(self, cutout: Cutout) -> None:
        if self._plot is not None:
            self._plot.show_cutout(cutout)

    def _on_failed(self, event: Failed) -> None:
        if isinstance(event.task, CutOut) and self._plot is not None:
            self._plot.set_trouble(f"The values can't be shown: {event.message}")
        elif isinstance(event.task, SummarizeBoth) and event.task.name == self._both:
            self._both = ""
            self.told.emit(event.message)
        if isinstance(event.task, Summarize) and event.task.names == self._wanted():
            # The weights of what was selected before must not stand for these.
            self._say(f"The weights can't be shown: {event.message}")

    def _say(self, text: str) -> None:
        """Show a sentence in place of weights."""
        self._weights = ()
        if self._plot is not None:
            self._plot.set_message(text)

    def _wanted(self) -> tuple[str, ...]:
        built = self._building.built
        there = {variable.name for variable in built.variables} if built else set()
        return tuple(name for name in self._names if name in there)[:_MOST]
