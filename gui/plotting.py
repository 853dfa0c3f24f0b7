"""Which variables' weights the plot shows, and when it asks for them."""

from dataclasses import replace
from itertools import chain
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from core.events import Failed
from core.sources import Selected, StackValues
from core.tasks import CutOut, Summarize, SummarizeBoth
from gui.bridge import Bridge
from gui.building import Building
from gui.trust import Trust

if TYPE_CHECKING:
    from core.cutout import Cut, Cutout
    from core.weights import Weights
    from gui.weights_plot import WeightsPlot


# Summarizing takes about 1.5 ms for each small variable; showing this many, 70 ms.
_MOST = 500
_NO_TENSOR = "Select tensors that the checkpoint has, to see their values"


class Plotting(QObject):
    """Has the selected variables summarized, and gives the plot what comes.

    They are variables of the last build, or tensors of the open checkpoint, whichever were looked
    at last.

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
        self._tensors: tuple[Selected, ...] | None = None
        self._at_tensors = False
        self._asked: tuple[Selected, ...] = ()
        self._weights: tuple[Weights, ...] = ()
        self._bins: int | None = None
        self._both = ""
        self._waits = False
        building.built_changed.connect(self._on_built_changed)
        building.restored_changed.connect(self._on_built_changed)
        building.changed.connect(self._on_building_changed)
        bridge.summarized.connect(self._on_summarized)
        bridge.both_summarized.connect(self._on_both_summarized)
        bridge.cut_out_found.connect(self._on_cut_out_found)
        bridge.failed.connect(self._on_failed)

    @property
    def weights(self) -> "tuple[Weights, ...]":
        """What the plot shows."""
        return self._weights

    def selected(self, title: str) -> Selected | None:
        """Return the variable that the plot calls so; None for what is none by itself."""
        return next((found for found in self._wanted() if found.title == title), None)

    def set_plot(self, plot: "WeightsPlot") -> None:
        """Show in this plot from now on."""
        self._plot = plot
        plot.bins_asked.connect(self._on_bins_asked)
        plot.cut_asked.connect(self._on_cut_asked)
        plot.set_weights(self._weights)
        self._update()

    def select(self, names: tuple[str, ...]) -> None:
        """Take these as the selected variables of the build."""
        if names != self._names:
            self._names = names
            if not self._shows_tensors:
                self._update()

    def select_tensors(self, tensors: tuple[Selected, ...] | None) -> None:
        """Take these as the selected tensors; None where no checkpoint is open."""
        if tensors != self._tensors:
            before = self._shows_tensors
            self._tensors = tensors
            if before or self._shows_tensors:
                self._update()

    def look_at_tensors(self, on: bool) -> None:
        """Show the selected tensors from now on, or the selected variables of the build."""
        before = self._shows_tensors
        self._at_tensors = on
        if before != self._shows_tensors:
            self._update()

    def show_both(self, name: str) -> None:
        """Show a variable as each construction makes it, until others are selected."""
        built = self._building.built
        if built is not None and not self._building.pending:
            self._both = name
            self._bridge.ask(SummarizeBoth(built, name, self._bins, self._trust.of(built.stack)))

    @property
    def _shows_tensors(self) -> bool:
        return self._at_tensors and self._tensors is not None

    def _update(self) -> None:
        built = self._building.built
        self._asked = ()
        self._both = ""
        self._waits = False
        if self._plot is None:
            self._show(())
        elif self._shows_tensors:
            self._ask(len(self._tensors or ()))
        elif built is None:
            self._show(())
        elif built.undrawn is not None:
            self._say(built.undrawn)
        elif self._building.pending:
            # The builder keeps the last graph only: asked now, it would build the old one again.
            self._waits = True
        else:
            self._ask(len(self._names))

    def _ask(self, count: int) -> None:
        """Ask for the weights of what is wanted, of which there may be more."""
        wanted = self._wanted()
        if not wanted and self._shows_tensors:
            self._say(_NO_TENSOR)
            return
        if not wanted:
            self._show(())
            return
        self._asked = wanted
        self._bridge.ask(Summarize(wanted, self._bins))
        if count > _MOST and len(wanted) >= _MOST:
            self.told.emit(f"The weights of {_MOST} of the {count:,} variables are shown")

    def _show(self, weights: "tuple[Weights, ...]") -> None:
        self._weights = weights
        if self._plot is not None:
            self._plot.set_weights(weights)

    def _on_built_changed(self) -> None:
        if not self._shows_tensors:
            self._update()

    def _on_building_changed(self) -> None:
        if self._waits and not self._building.pending:
            self._update()

    def _on_summarized(self, weights: "tuple[Weights, ...]") -> None:
        # An answer may come late: after the selection went, or with the next stack open.
        wanted = self._wanted() if not self._both else ()
        titles = [found.title for found in wanted]
        if self._asked == wanted and [found.name for found in weights] == titles:
            self._show(weights)
            self.shown.emit()

    def _on_both_summarized(self, weights: "tuple[Weights, ...]") -> None:
        if self._both:
            self._show(weights)
            self.shown.emit()

    def _on_bins_asked(self, bins: int | None) -> None:
        self._bins = bins
        if self._both:
            self.show_both(self._both)
        else:
            self._update()

    def _on_cut_asked(self, name: str, cut: "Cut") -> None:
        if self._plot is None or (self._building.pending and not self._shows_tensors):
            return  # what is built next is shown anew, and asks again
        selected = self.selected(name)
        if selected is not None:
            self._bridge.ask(CutOut(selected, cut))
        else:
            self._plot.set_trouble("Select the variable itself to see its values.")

    def _on_cut_out_found(self, cutout: "Cutout") -> None:
        if self._plot is not None:
            self._plot.show_cutout(cutout)

    def _on_failed(self, event: Failed) -> None:
        if isinstance(event.task, CutOut) and self._plot is not None:
            self._plot.set_trouble(f"The values can't be shown: {event.message}")
        elif isinstance(event.task, SummarizeBoth) and event.task.name == self._both:
            self._both = ""
            self.told.emit(event.message)
        if isinstance(event.task, Summarize) and event.task.selected == self._wanted():
            # The weights of what was selected before must not stand for these.
            self._say(f"The weights can't be shown: {event.message}")

    def _say(self, text: str) -> None:
        """Show a sentence in place of weights."""
        self._weights = ()
        if self._plot is not None:
            self._plot.set_message(text)

    def _wanted(self) -> tuple[Selected, ...]:
        if self._shows_tensors:
            return (self._tensors or ())[:_MOST]
        built = self._building.built
        if built is None:
            return ()
        there = {variable.name for variable in built.variables}
        names = [name for name in self._names if name in there][:_MOST]
        source = self._building.values_of(built.stack)
        return tuple(chain.from_iterable(self._values_of(source, name) for name in names))

    def _values_of(self, source: StackValues, name: str) -> tuple[Selected, ...]:
        """Return a variable of the build, where it is restored beside its initial values."""
        restored = self._building.restored
        if restored is None or name not in restored.variables:
            return (Selected(source, name),)
        initial = replace(source, restored=None)
        # Without a seed, nobody can draw the same values again.
        which = "another draw" if source.stack.seed is None else "initial"
        return (
            Selected(source, name, f"{name} (restored)"),
            Selected(initial, name, f"{name} ({which})"),
        )
