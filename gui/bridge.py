"""The one place where the events of core's threads enter Qt."""

from collections.abc import Mapping
from types import MappingProxyType

from PySide6.QtCore import QObject, Qt, Signal, SignalInstance

from core import tasks
from core.builder import Builder
from core.events import Cancelled, Event, Failed, Finished, Progress, Ready, Started
from core.graph_runs import Ending, GraphRuns, Job, NumbersFound, SignalsFound
from core.precedence import takes_place
from core.tasks import Task
from core.trial import Trial

# The signals that tell what came of tasks.
_SIGNALS: Mapping[type[Task], str] = MappingProxyType(
    {
        tasks.Build: "built",
        tasks.Summarize: "summarized",
        tasks.SummarizeBoth: "both_summarized",
        tasks.CutOut: "cut_out_found",
        tasks.SaveValues: "values_saved",
        tasks.OpenCheckpoint: "checkpoint_opened",
        tasks.CompareCheckpoints: "checkpoints_compared",
        tasks.ProposeStack: "stack_proposed",
        tasks.Restore: "restored",
        tasks.Export: "exported",
        tasks.SuggestMap: "map_suggested",
        tasks.Rename: "renamed",
        tasks.FindFixes: "fixes_found",
        tasks.WriteCode: "coded",
        tasks.ExportScript: "script_exported",
        tasks.Compare: "compared",
        tasks.BuildEach: "each_built",
        tasks.Foresee: "foreseen",
    }
)
# Those that tell of the task, too: with its result alone nobody knows what was asked.
_WITH_TASK = {tasks.FindFixes, tasks.WriteCode, tasks.BuildEach}


class Bridge(QObject):
    """Sends requests to core's threads and tells in the window's thread what came of them.

    What a newer request takes the place of ends without its result being told.

    Signals:
        ready: TensorFlow is imported (`Ready`).
        started: A request is being worked on (`Started`).
        built: The newest build is done (`Built`).
        summarized: The weights of the newest summary (tuple of `Weights`).
        both_summarized: The weights of a variable as each construction makes it (the same).
        cut_out_found: The part of a variable's values that was asked for last (`Cutout`).
        values_saved: The values of a variable are in a file (`SavedValues`).
        checkpoint_opened: What the newest checkpoint holds (`OpenedCheckpoint`).
        restored: A checkpoint is restored, or doesn't fit (`Restored`).
        checkpoints_compared: In what two checkpoints differ (`ComparedCheckpoints`).
        exported: What was built is written (`Exported`).
        map_suggested: A name map is suggested, the one asked for last (`Suggestions`).
        renamed: A checkpoint is written under other names (`Renamed`).
        stack_proposed: The stack for the newest checkpoint that one was asked for
            (`StackProposal`).
        fixes_found: Fixes were tried (`Finished`).
        coded: The newest code is written (`Finished`).
        script_exported: A script is written to this path.
        failed: A request failed (`Failed`).
        cancelled: A request was cancelled (`Cancelled`).
        tried: The trial run of a build has had its end (`Trial`).
        compared: Both constructions are compared (`Comparison`).
        foreseen: The names that nodes would have are known (`Forecast`).
        numbers_found: The numbers of a comparison are there (`NumbersFound`).
        each_built: The newest builds by each of some constructions are done (`Finished`).
        signals_found: The signals of builds are there (`SignalsFound`).
        ended: A request has had its end, whatever came of it (`Finished`, `Failed`, `Cancelled`).
    """

    ready = Signal(object)
    started = Signal(object)
    built = Signal(object)
    summarized = Signal(object)
    both_summarized = Signal(object)
    cut_out_found = Signal(object)
    values_saved = Signal(object)
    checkpoint_opened = Signal(object)
    restored = Signal(object)
    checkpoints_compared = Signal(object)
    stack_proposed = Signal(object)
    exported = Signal(object)
    map_suggested = Signal(object)
    renamed = Signal(object)
    fixes_found = Signal(object)
    coded = Signal(object)
    script_exported = Signal(object)
    failed = Signal(object)
    cancelled = Signal(object)
    tried = Signal(object)
    compared = Signal(object)
    numbers_found = Signal(object)
    each_built = Signal(object)
    signals_found = Signal(object)
    foreseen = Signal(object)
    ended = Signal(object)

    _event = Signal(object)

    def __init__(self, parent: QObject | None = None) -> None:
        """Make the builder; `start` starts its thread."""
        super().__init__(parent)
        self._event.connect(self._on_event, Qt.ConnectionType.QueuedConnection)
        self._builder = Builder(self._event.emit)
        self._runs = GraphRuns(self._event.emit)
        self._wanted: dict[int, Task] = {}

    def start(self) -> None:
        """Start the builder thread, which imports TensorFlow."""
        self._builder.start()

    def ask(self, task: Task) -> None:
        """Ask the builder for something; older requests may no longer be wanted then."""
        self._wanted = {
            number: older for number, older in self._wanted.items() if not takes_place(task, older)
        }
        self._wanted[self._builder.submit(task)] = task

    def run(self, job: Job) -> None:
        """Ask for a run of graphs, in place of any of its kind that isn't done."""
        self._runs.submit(job)

    def cancel(self) -> None:
        """Cancel what is being done and what waits."""
        self._builder.cancel()
        self._runs.cancel()

    @property
    def progress(self) -> Progress | None:
        """How far the running request is; to be polled."""
        return self._builder.progress

    def close(self) -> bool:
        """End the threads, and the process for graphs; no signal comes after this.

        Returns whether the builder thread has ended.
        """
        self._runs.close()
        ended = self._builder.close()
        self._event.disconnect(self._on_event)
        return ended

    def _on_event(self, event: Event | Ending) -> None:
        if isinstance(event, Finished) and event.number not in self._wanted:
            # It was done before the builder heard that it is no longer wanted.
            event = Cancelled(event.number, event.task)
        match event:
            case Ready():
                self.ready.emit(event)
            case Started():
                self.started.emit(event)
            case Finished(_, task, result):
                self._signal_of(task).emit(event if type(task) in _WITH_TASK else result)
            case Failed():
                self.failed.emit(event)
            case Cancelled():
                self.cancelled.emit(event)
            case Trial():
                self.tried.emit(event)
            case NumbersFound():
                self.numbers_found.emit(event)
            case SignalsFound():
                self.signals_found.emit(event)
        if isinstance(event, Finished | Failed | Cancelled):
            self._wanted.pop(event.number, None)
            self.ended.emit(event)

    def _signal_of(self, task: Task) -> SignalInstance:
        signal: SignalInstance = getattr(self, _SIGNALS[type(task)])
        return signal
