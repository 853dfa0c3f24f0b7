"""Stand-ins for what a window works with."""

from collections.abc import Mapping
from pathlib import Path

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QDialog

from core.built import Built, Variable
from core.cutout import Cut
from core.devices import Device
from core.events import Cancelled, Failed, Finished, Progress, Ready, Started
from core.exports.format import Exported
from core.fixes import Fix
from core.graph_runs import Job, NumbersWanted, SignalsWanted
from core.name_mapping import NameMapping, suggestions_for
from core.restored import Restoring
from core.script_lines import Script
from core.sources import CheckpointValues, Selected, StackValues
from core.stack import Stack
from core.tasks import (
    Build,
    BuildEach,
    Code,
    Compare,
    CompareCheckpoints,
    CutOut,
    Export,
    ExportScript,
    FindFixes,
    Foresee,
    OpenCheckpoint,
    ProposeStack,
    Rename,
    Restore,
    SaveValues,
    SuggestMap,
    Summarize,
    SummarizeBoth,
    Task,
    WriteCode,
)
from core.trial import Fault, Trial
from gui.dialogs import Answer, Dialogs


class FakeBridge(QObject):
    """Takes requests as the bridge does; the test says what comes of them.

    Attributes:
        builds: The stacks of the builds asked for.
        summaries: The names of the summaries asked for.
        selected: The same, with where their values come from.
        checkpoints: The checkpoints that were to be opened.
        pairs: The open checkpoints that others were to be compared with, and these.
        proposals: The checkpoints for which stacks were to be proposed.
        fixes_asked: The searches for fixes asked for.
        exports: The stacks and prefixes of the exports asked for.
        trusted: The digests that each request came with, builds, summaries and exports alike.
        trials: The builds of the trial runs asked for.
        comparisons: The stacks of the comparisons asked for.
        numbers: The comparisons whose numbers were asked for, and on what.
        each_asked: The builds by each of some constructions asked for.
        signals: The builds whose signals were asked for, and on what.
        bins: The bins of the summaries asked for.
        both: The variables that were asked for as each construction makes them.
        cuts: The parts of values that were asked for, by name.
        saves: The files of values that were asked for, by name.
        formats: The formats of the exports.
        names: The other names of the last export.
        restores: The checkpoints that were to be restored.
        restored_asked: What each request for a stack's values has restored.
        foreseen_asked: The stacks and nodes whose names were asked for.
        codes: The code asked for.
        scripts: The stacks and paths of the scripts asked for.
        maps: The name maps that suggestions were asked for.
        renames: The checkpoints under other names that were asked for.
        cancels: How often a cancel was asked for.
    """

    ready = Signal(object)
    started = Signal(object)
    built = Signal(object)
    summarized = Signal(object)
    both_summarized = Signal(object)
    cut_out_found = Signal(object)
    values_saved = Signal(object)
    checkpoint_opened = Signal(object)
    checkpoints_compared = Signal(object)
    stack_proposed = Signal(object)
    exported = Signal(object)
    map_suggested = Signal(object)
    renamed = Signal(object)
    restored = Signal(object)
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

    def __init__(self) -> None:
        super().__init__()
        self.builds: list[Stack] = []
        self.summaries: list[tuple[str, ...]] = []
        self.selected: list[tuple[Selected, ...]] = []
        self.checkpoints: list[Path] = []
        self.pairs: list[tuple[CheckpointValues, Path]] = []
        self.proposals: list[Path] = []
        self.exports: list[tuple[Stack, Path]] = []
        self.formats: list[str] = []
        self.bins: list[int | None] = []
        self.both: list[str] = []
        self.cuts: list[tuple[str, Cut]] = []
        self.saves: list[tuple[str, Path]] = []
        self.trusted: list[frozenset[str]] = []
        self.trials: list[Built] = []
        self.comparisons: list[Stack] = []
        self.numbers: list[NumbersWanted] = []
        self.each_asked: list[BuildEach] = []
        self.signals: list[SignalsWanted] = []
        self.foreseen_asked: list[tuple[Stack, tuple[str, ...]]] = []
        self.names: Mapping[str, str] | None = None
        self.restores: list[Restoring] = []
        self.restored_asked: list[Restoring | None] = []
        self.fixes_asked: list[FindFixes] = []
        self.codes: list[WriteCode] = []
        self.scripts: list[tuple[Stack, Path]] = []
        self.maps: list[NameMapping] = []
        self.renames: list[Rename] = []
        self.cancels = 0
        self.progress: Progress | None = None
        self._task: Task | None = None

    def start(self) -> None:
        """Start no thread."""

    def close(self) -> None:
        """End no thread."""

    def ask(self, task: Task) -> None:
        match task:
            case Build(stack):
                self.builds.append(stack)
            case Summarize(selected, bins):
                self.selected.append(selected)
                self.summaries.append(tuple(found.name for found in selected))
                self.bins.append(bins)
            case SummarizeBoth(_, name, bins):
                self.both.append(name)
                self.bins.append(bins)
            case CutOut(found, cut):
                self.cuts.append((found.name, cut))
            case SaveValues(found, path):
                self.saves.append((found.name, path))
            case OpenCheckpoint(path):
                self.checkpoints.append(path)
            case CompareCheckpoints(left, path):
                self.pairs.append((left, path))
            case ProposeStack(path):
                self.proposals.append(path)
            case Restore(_, restoring):
                self.restores.append(restoring)
            case Export(source, path, form, names):
                self.exports.append((source.stack, path))
                self.formats.append(form)
                self.names = names
            case ExportScript(stack, path):
                self.scripts.append((stack, path))
            case Compare(stack):
                self.comparisons.append(stack)
            case Foresee(stack, ids):
                self.foreseen_asked.append((stack, ids))
            case BuildEach():
                self.each_asked.append(task)
            case FindFixes():
                self.fixes_asked.append(task)
            case WriteCode():
                self.codes.append(task)
            case SuggestMap(mapping):
                self.maps.append(mapping)
            case Rename():
                self.renames.append(task)
        self._note_source(task)

    def run(self, job: Job) -> None:
        match job:
            case NumbersWanted():
                self.numbers.append(job)
            case SignalsWanted():
                self.signals.append(job)
            case Built():
                self.trials.append(job)

    def _note_source(self, task: Task) -> None:
        """Note which code is trusted, and what is restored."""
        match task:
            case Build() | Compare() | Foresee() | FindFixes() | ExportScript():
                self.trusted.append(task.trusted)
            case Restore(source):
                self.trusted.append(source.trusted)
            case (
                Summarize((Selected(StackValues() as source), *_))
                | CutOut(Selected(StackValues() as source))
                | SaveValues(Selected(StackValues() as source))
                | Export(source)
            ):
                self.trusted.append(source.trusted)
                self.restored_asked.append(source.restored)

    def cancel(self) -> None:
        self.cancels += 1

    # What the test says

    def load(self, *devices: str) -> None:
        """Be done with the import."""
        self.ready.emit(Ready("2.21.0", tuple(Device(name, "CPU", 0) for name in devices)))

    def begin(self, task: Task | None = None) -> None:
        """Begin to work on a request, else on the last build."""
        self._task = task or Build(self.builds[-1])
        self.started.emit(Started(1, self._task))

    def finish(self, **changes: object) -> Built:
        """End the last build with a result."""
        built = built_of(self.builds[-1], **changes)
        self.built.emit(built)
        if self._task is not None:
            self.ended.emit(Finished(1, self._task, built))
        return built

    def fail(self, message: str) -> None:
        """End what was begun with an error."""
        assert self._task is not None
        event = Failed(1, self._task, message)
        self.failed.emit(event)
        self.ended.emit(event)

    def confirm_cancel(self) -> None:
        """End what was begun as cancelled."""
        assert self._task is not None
        event = Cancelled(1, self._task)
        self.cancelled.emit(event)
        self.ended.emit(event)

    def finish_trial(self, *faults: Fault) -> None:
        """End the last trial run."""
        self.tried.emit(Trial(self.trials[-1].stack, faults))

    def find(self, *fixes: Fix) -> None:
        """End the last search for fixes."""
        self.fixes_found.emit(Finished(1, self.fixes_asked[-1], fixes))

    def finish_code(self, *scripts: Script) -> None:
        """End the last code that was asked for with these scripts."""
        self.coded.emit(Finished(1, self.codes[-1], Code(scripts)))

    def suggest(self) -> None:
        """End the last suggestion that was asked for."""
        self.map_suggested.emit(suggestions_for(self.maps[-1]))

    def finish_export(self) -> None:
        """End the last export."""
        files = "model.index, .data-*, .meta"
        self.exported.emit(Exported(self.exports[-1][1], files, 2, 440, 0.25))


class FakePlot(QObject):
    """Notes what the plot is to show: weights and sentences, the newest last."""

    bins_asked = Signal(object)
    cut_asked = Signal(str, object)

    def __init__(self, shown: list[object]) -> None:
        super().__init__()
        self.set_weights = shown.append
        self.set_message = shown.append


class FakeDialogs(Dialogs):
    """Answers at once with what the test has put there, or leaves the question open.

    Attributes:
        chosen: The file to choose next, None to choose none.
        answer: What to say of unsaved work, None to say nothing.
        replace: Whether to replace what is there already.
        partly: Whether to do in part what can't be done as a whole.
        asked: What was asked, by title or name.
        opened: The other dialogs that were opened.
    """

    chosen: Path | None = None
    answer: Answer | None = None
    replace = False
    partly = False

    def __init__(self) -> None:
        self.asked: list[str] = []
        self.proposed: list[Path] = []
        self.opened: list[QDialog] = []

    def ask_open(self, title, folder, filters, chosen) -> None:
        self.asked.append(title)
        self.proposed.append(folder)
        if self.chosen is not None:
            chosen(self.chosen)

    def ask_folder(self, title, folder, chosen) -> None:
        self.ask_open(title, folder, "", chosen)

    def ask_save(self, title, proposed, filters, suffix, chosen) -> None:
        self.asked.append(title)
        self.proposed.append(proposed)
        if self.chosen is not None:
            chosen(self.chosen)

    def ask_replace(self, name, confirmed) -> None:
        self.asked.append(f"replace {name}")
        if self.replace:
            confirmed()

    def ask_partly(self, question, why, details, button, confirmed) -> None:
        self.asked.append(f"{question} {why} [{button}]")
        if self.partly:
            confirmed()

    def ask_unsaved(self, name, answered) -> None:
        self.asked.append(name)
        if self.answer is not None:
            answered(self.answer)

    def open(self, dialog: QDialog) -> None:
        self.opened.append(dialog)
        super().open(dialog)


def built_of(stack: Stack, **changes: object) -> Built:
    """Return what a build of dense layers alone could have made, without TensorFlow."""
    variables = tuple(
        Variable(
            name=f"{layer.name or layer.kind}/kernel",
            asked_name=f"{layer.name or layer.kind}/kernel",
            shape=(10, 11),
            dtype="float32",
            itemsize=4,
            trainable=True,
            initializer="glorot_uniform",
            device="/device:CPU:0",
            requested_device="",
            collections=("variables",),
            resource=False,
            initializers=(),
            created_by=layer.id,
            used_by=(layer.id,),
        )
        for layer in stack.layers()
        if layer.kind == "dense"
    )
    fields = {
        "stack": stack,
        "layers": (),
        "variables": variables,
        "ledger": (),
        "refusal": None,
        "device": "/device:CPU:0",
        "ops": 17,
        "seconds": 0.25,
    }
    return Built(**(fields | changes))
