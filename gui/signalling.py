"""When the signals of a stack are asked for, and what of them is shown."""

from PySide6.QtCore import QObject

from core.built import Built
from core.events import Cancelled, Failed, Finished
from core.graph_runner import STOPPED
from core.graph_runs import SignalsFound, SignalsWanted
from core.numbers import Feed
from core.signal_rows import side
from core.tasks import BuildEach
from gui.bridge import Bridge
from gui.building import Building
from gui.signals_view import Shown, SignalsView
from gui.trust import Trust

_NO_BUILD = "The signals are shown once the stack is built"
_ELSEWHERE = "The stack is built for another machine's devices, so it can't be run here"
_NOTHING = "The stack has no layer that was built"
_CANCELLED = "The run was cancelled; F7 runs it again"
_Wanted = tuple[Built, Shown, Feed]


class Signalling(QObject):
    """Has each build run on a batch, while its signals can be seen, and gives them to the view."""

    def __init__(
        self,
        bridge: Bridge,
        building: Building,
        view: SignalsView,
        trust: Trust,
        parent: QObject | None = None,
    ) -> None:
        """Follow a view and what is built."""
        super().__init__(parent)
        self._bridge = bridge
        self._building = building
        self._view = view
        self._trust = trust
        self._wanted: _Wanted | None = None
        self._task: BuildEach | None = None
        self._run: SignalsWanted | None = None
        self._waits = False
        building.built_changed.connect(self._update)
        building.changed.connect(self._on_building_changed)
        view.wanted_changed.connect(self._update)
        bridge.each_built.connect(self._on_each_built)
        bridge.signals_found.connect(self._on_signals_found)
        bridge.failed.connect(self._on_failed)
        bridge.cancelled.connect(self._on_cancelled)

    def _update(self) -> None:
        built = self._building.built
        self._waits = False
        if built is None:
            self._say(_NO_BUILD)
        elif not self._view.isVisible():
            return
        elif self._building.pending:
            # The next build's signals are what is wanted then.
            self._waits = True
        elif built.undrawn is not None:
            self._say(built.undrawn)
        else:
            self._ask(built)

    def _ask(self, built: Built) -> None:
        constructions, feed = self._view.constructions, self._view.feed.feed
        if _same(self._wanted, (built, constructions, feed)):
            return
        self._wanted = built, constructions, feed
        self._task = self._run = None
        self._view.set_running(True)
        if constructions == (None,):
            self._ask_to_run((built,))
        else:
            self._task = BuildEach(built.stack, constructions, self._trust.of(built.stack))
            self._bridge.ask(self._task)

    def _ask_to_run(self, builds: tuple[Built, ...]) -> None:
        assert self._wanted is not None
        if any(built.forward is None for built in builds):
            self._give_up(_ELSEWHERE)
        elif not any(built.forward and built.forward.outputs for built in builds):
            self._give_up(_NOTHING)
        else:
            self._run = SignalsWanted(builds, self._wanted[2])
            self._bridge.run(self._run)

    def _say(self, text: str) -> None:
        """Show a sentence until somebody asks again, and expect nothing that was asked for."""
        self._wanted = None
        self._give_up(text)

    def _give_up(self, text: str) -> None:
        """Show a sentence until something else is wanted."""
        self._task = self._run = None
        self._view.show_message(text)
        self._view.set_running(False)

    def _on_building_changed(self) -> None:
        if self._waits and not self._building.pending:
            self._update()

    def _on_each_built(self, event: Finished) -> None:
        if event.task is self._task and isinstance(event.result, tuple):
            self._task = None
            self._ask_to_run(event.result)  # type: ignore[arg-type]

    def _on_signals_found(self, found: SignalsFound) -> None:
        # An answer may come late: after another choice, or with the next stack open.
        if found.wanted is not self._run or self._wanted is None:
            return
        self._run = None
        builds, constructions = found.wanted.builds, self._wanted[1]
        sides = tuple(
            side(construction, built, signals)
            for construction, built, signals in zip(
                constructions, builds, found.signals, strict=True
            )
        )
        if any(each.signals.layers for each in sides):
            self._view.show_signals(sides)
            self._view.set_running(False)
        else:
            skipped = found.signals[0].skipped or _NOTHING
            self._say(_CANCELLED if skipped == STOPPED else skipped)

    def _on_failed(self, event: Failed) -> None:
        if event.task is self._task and self._task is not None:
            self._give_up(f"The stack can't be built for this: {event.message}")

    def _on_cancelled(self, event: Cancelled) -> None:
        if event.task is self._task and self._task is not None:
            self._say(_CANCELLED)


def _same(one: _Wanted | None, other: _Wanted) -> bool:
    """Tell whether two ask for the same; builds are compared by identity, as they are large."""
    return one is not None and one[0] is other[0] and one[1:] == other[1:]
