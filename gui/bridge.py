"""The one place where the events of core's threads enter Qt."""

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Qt, Signal

from core.builder import Builder
from core.built import Built
from core.comparison import Comparison
from core.events import Cancelled, Event, Failed, Finished, Progress, Ready, Started
from core.exports.formats import CHECKPOINT
from core.graph_runs import (
    Ending,
    GraphRuns,
    NumbersFound,
    NumbersWanted,
    SignalsFound,
    SignalsWanted,
)
from core.hazards.hazard import Hazard
from core.numbers import Feed
from core.restored import Restoring
from core.sources import CheckpointValues, Selected, StackValues
from core.stack import Stack
from core.tasks import (
    Build,
    BuildEach,
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
    WriteCode,
)
from core.trial import Trial

if TYPE_CHECKING:
    from core.cutout import Cut
    from core.name_mapping import NameMapping

_NOTHING: frozenset[str] = frozenset()


class Bridge(QObject):
    """Sends requests to core's threads and tells in the window's thread what came of them.

    Each request says which code of the stack is trusted, by its digests; other code is not run.

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
        self._newest: dict[type, int] = {}

    def start(self) -> None:
        """Start the builder thread, which imports TensorFlow."""
        self._builder.start()

    def build(self, stack: Stack, trusted: frozenset[str] = _NOTHING) -> None:
        """Ask for a build, in place of any that isn't done."""
        self._newest[Build] = self._builder.submit(Build(stack, trusted))

    def summarize(self, selected: tuple[Selected, ...], bins: int | None = None) -> None:
        """Ask for the weights of variables, in place of any summary that isn't done."""
        self._newest[Summarize] = self._builder.submit(Summarize(selected, bins))

    def summarize_both(
        self, built: Built, name: str, bins: int | None, trusted: frozenset[str] = _NOTHING
    ) -> None:
        """Ask for the weights of a variable as each construction makes it."""
        task = SummarizeBoth(built, name, bins, trusted)
        self._newest[Summarize] = self._builder.submit(task)

    def cut_out(self, selected: Selected, cut: "Cut") -> None:
        """Ask for a part of a variable's values, in place of any that isn't there yet."""
        self._newest[CutOut] = self._builder.submit(CutOut(selected, cut))

    def save_values(self, selected: Selected, path: Path) -> None:
        """Ask for a file of a variable's values."""
        self._builder.submit(SaveValues(selected, path))

    def restore(self, source: StackValues, restoring: Restoring) -> None:
        """Ask for a checkpoint's values in a stack's variables, in place of any other's."""
        self._newest[Restore] = self._builder.submit(Restore(source, restoring))

    def open_checkpoint(self, path: Path) -> None:
        """Ask for what a checkpoint holds, in place of any that isn't open yet."""
        self._newest[OpenCheckpoint] = self._builder.submit(OpenCheckpoint(path))

    def compare_checkpoints(self, left: CheckpointValues, path: Path) -> None:
        """Ask in what two checkpoints differ, in place of any comparison that isn't done."""
        task = CompareCheckpoints(left, path)
        self._newest[CompareCheckpoints] = self._builder.submit(task)

    def propose_stack(self, path: Path) -> None:
        """Ask for the stack of a checkpoint, in place of any that isn't there yet."""
        self._newest[ProposeStack] = self._builder.submit(ProposeStack(path))

    def export(
        self,
        source: StackValues,
        path: Path,
        format_id: str = CHECKPOINT,
        names: Mapping[str, str] | None = None,
    ) -> None:
        """Ask for a file in a format, or for a checkpoint under other names."""
        self._builder.submit(Export(source, path, format_id, names))

    def compare(self, stack: Stack, trusted: frozenset[str] = _NOTHING) -> None:
        """Ask for a comparison of both constructions, in place of any that isn't done."""
        self._newest[Compare] = self._builder.submit(Compare(stack, trusted))

    def foresee(
        self, stack: Stack, ids: tuple[str, ...], trusted: frozenset[str] = _NOTHING
    ) -> None:
        """Ask what nodes of a stack would be called, in place of any such question before."""
        self._newest[Foresee] = self._builder.submit(Foresee(stack, ids, trusted))

    def compare_numbers(self, comparison: Comparison, feed: Feed) -> None:
        """Ask for the numbers of a comparison, in place of any that aren't done."""
        self._runs.submit(NumbersWanted(comparison, feed))

    def build_each(self, task: BuildEach) -> None:
        """Ask for builds by each of some constructions, in place of any that aren't done."""
        self._newest[BuildEach] = self._builder.submit(task)

    def find_signals(self, wanted: SignalsWanted) -> None:
        """Ask for the signals of builds, in place of any that aren't there yet."""
        self._runs.submit(wanted)

    def try_out(self, built: Built) -> None:
        """Ask for a trial run of a build, in place of any that isn't done."""
        self._runs.submit(built)

    def find_fixes(
        self,
        built: Built,
        hazards: tuple[Hazard, ...] = (),
        trusted: frozenset[str] = _NOTHING,
    ) -> None:
        """Ask for edits that mend a build's hazards, or without these its refusal."""
        self._builder.submit(FindFixes(built, hazards, trusted))

    def write_code(self, task: WriteCode) -> None:
        """Ask for code, in place of any that isn't written."""
        self._newest[WriteCode] = self._builder.submit(task)

    def export_script(self, stack: Stack, path: Path, trusted: frozenset[str] = _NOTHING) -> None:
        """Ask for a script."""
        self._builder.submit(ExportScript(stack, path, trusted))

    def suggest_map(self, mapping: "NameMapping") -> None:
        """Ask for suggestions for a name map, in place of any that aren't there yet."""
        self._newest[SuggestMap] = self._builder.submit(SuggestMap(mapping))

    def rename(self, task: Rename) -> None:
        """Ask for a checkpoint under other names."""
        self._builder.submit(task)

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
        match event:
            case Ready():
                self.ready.emit(event)
            case Started():
                self.started.emit(event)
            case Finished(number, Build(), result) if number == self._newest[Build]:
                self.built.emit(result)
            case Finished(number, Summarize(), result) if number == self._newest[Summarize]:
                self.summarized.emit(result)
            case Finished(number, SummarizeBoth(), result) if number == self._newest[Summarize]:
                self.both_summarized.emit(result)
            case Finished(number, CutOut(), result) if number == self._newest[CutOut]:
                self.cut_out_found.emit(result)
            case Finished(_, SaveValues(), result):
                self.values_saved.emit(result)
            case Finished(number, OpenCheckpoint(), result) if (
                number == self._newest[OpenCheckpoint]
            ):
                self.checkpoint_opened.emit(result)
            case Finished(number, Restore(), result) if number == self._newest[Restore]:
                self.restored.emit(result)
            case Finished(number, CompareCheckpoints(), result) if (
                number == self._newest[CompareCheckpoints]
            ):
                self.checkpoints_compared.emit(result)
            case Finished(number, ProposeStack(), result) if number == self._newest[ProposeStack]:
                self.stack_proposed.emit(result)
            case Finished(number, Compare(), result) if number == self._newest[Compare]:
                self.compared.emit(result)
            case Finished(number, BuildEach()) if number == self._newest[BuildEach]:
                self.each_built.emit(event)
            case Finished(number, Foresee(), result) if number == self._newest[Foresee]:
                self.foreseen.emit(result)
            case Finished(_, Export(), result):
                self.exported.emit(result)
            case Finished(number, SuggestMap(), result) if number == self._newest[SuggestMap]:
                self.map_suggested.emit(result)
            case Finished(_, Rename(), result):
                self.renamed.emit(result)
            case Finished(_, FindFixes()):
                self.fixes_found.emit(event)
            case Finished(number, WriteCode()) if number == self._newest[WriteCode]:
                self.coded.emit(event)
            case Finished(_, ExportScript(), result):
                self.script_exported.emit(result)
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
            self.ended.emit(event)
