"""What the builder's thread does for each kind of task."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from itertools import groupby
from typing import Any

from core.both_weights import both_weights
from core.checkpoint import CheckpointError
from core.comparison import compare
from core.cutout import Cut, Cutout, cut_out
from core.devices import DeviceError, Target, list_devices
from core.events import Failed, Finished
from core.fixes import Fix, fix_of_hazard, fixes_of_refusal
from core.forecast import forecast
from core.forward_variance import sum_of
from core.graph import BuiltGraph, NotDrawnError
from core.open_checkpoints import OpenCheckpoints
from core.progress import OnProgress
from core.saved_values import UnwritableError, save_values
from core.script import ScriptError, part_script, script, write_script
from core.script_lines import Script
from core.sources import CheckpointValues, Selected
from core.stack import Stack
from core.stack_proposal import propose
from core.stored_values import stored_cutout, stored_values, stored_weights
from core.tasks import (
    Build,
    Code,
    Compare,
    CutOut,
    Export,
    ExportScript,
    FindFixes,
    Foresee,
    OpenCheckpoint,
    ProposeStack,
    Result,
    SaveValues,
    Summarize,
    SummarizeBoth,
    Task,
    WriteCode,
)
from core.undrawn import undrawn
from core.weights import Weights, summarize, why_not_summarized


class Worker:
    """Does tasks, and keeps the graph that was built last for those that ask about it."""

    def __init__(self, target: Target, stop: Callable[[], bool]) -> None:
        """Work on a target's devices; `stop` tells whether what is done is no longer wanted."""
        self._target = target
        self._graph: BuiltGraph | None = None
        self._checkpoints = OpenCheckpoints(stop)

    def ending(self, number: int, task: Task, on_progress: OnProgress) -> Finished | Failed:
        """Do a task; return what came of it, or an error that the user can do something about."""
        try:
            return Finished(number, task, self._result(task, on_progress))
        except (
            CheckpointError,
            DeviceError,
            NotDrawnError,
            ScriptError,
            UnwritableError,
        ) as error:
            return Failed(number, task, str(error))
        except MemoryError:
            return Failed(number, task, "there is not enough memory for it")

    def close(self) -> None:
        """Give back the memory of the last graph, and what checkpoints take."""
        self._forget_graph()
        self._checkpoints.close()

    def _result(self, task: Task, on_progress: OnProgress) -> Result:
        match task:
            case Compare(stack, trusted):
                return compare(stack, self._target, on_progress, trusted)
            case Foresee(stack, ids, trusted):
                return forecast(stack, ids, self._target, on_progress, trusted)
            case FindFixes():
                return self._fixes(task, on_progress)
            case ExportScript(stack, path, trusted):
                write_script(script(stack, trusted, on_progress), path)
                return path
            case SummarizeBoth(built, name, bins, trusted):
                return both_weights(built, name, bins, self._target, on_progress, trusted)
            case OpenCheckpoint(path):
                return self._checkpoints.open(path)
            case ProposeStack(path):
                build = undrawn(list_devices(self._target), (), on_progress)
                opened = self._checkpoints.open(path)
                return propose(opened, opened.prefix.name, build)
            case Summarize():
                return tuple(self._weights(task, on_progress))
            case CutOut(selected, cut):
                return self._cutout(selected, cut, on_progress)
            case SaveValues(selected, path):
                values = self._values(selected, on_progress)
                return save_values(path, selected.title, values, on_progress)
            case Build(stack, trusted):
                self._forget_graph()
                return self._graph_of(stack, trusted, on_progress).built
            case Export(stack, prefix, trusted, names):
                return self._graph_of(stack, trusted, on_progress).export(
                    prefix, on_progress, names
                )
            case WriteCode():
                graph = self._graph_of(task.stack, task.trusted, on_progress)
                return Code(tuple(_scripts(task, graph, on_progress)))

    def _fixes(self, task: FindFixes, on_progress: OnProgress) -> tuple[Fix, ...]:
        def on_node(done: int, total: int, text: str) -> None:
            on_progress(0, 0, "trying fixes")

        build = undrawn(list_devices(self._target), task.trusted, on_node)
        if not task.hazards:
            return fixes_of_refusal(task.built, build)
        fixes = (fix_of_hazard(task.built, hazard, build) for hazard in task.hazards)
        return tuple(fix for fix in fixes if fix is not None)

    def _weights(self, task: Summarize, on_progress: OnProgress) -> Iterator[Weights]:
        count = len(task.selected)
        index = 0
        for source, group in groupby(task.selected, lambda selected: selected.source):
            selected = tuple(group)
            if isinstance(source, CheckpointValues):
                found = self._stored_weights(source, selected, task.bins, on_progress)
            else:
                graph = self._graph_of(source.stack, source.trusted, on_progress)
                found = _drawn_weights(graph, selected, task.bins)
            for _ in selected:
                on_progress(index, count, f"summarizing {index:,} of {count:,}")
                index += 1
                yield next(found)

    def _stored_weights(
        self,
        source: CheckpointValues,
        selected: Iterable[Selected],
        bins: int | None,
        on_progress: OnProgress,
    ) -> Iterator[Weights]:
        reader = self._checkpoints.reader(source)
        for found in selected:
            yield stored_weights(reader, found.name, found.title, bins, on_progress)

    def _cutout(self, selected: Selected, cut: Cut, on_progress: OnProgress) -> Cutout:
        if isinstance(selected.source, CheckpointValues):
            reader = self._checkpoints.reader(selected.source)
            found = stored_cutout(reader, selected.name, cut, on_progress)
            return replace(found, name=selected.title)
        return cut_out(selected.title, self._values(selected, on_progress), cut)

    def _values(self, selected: Selected, on_progress: OnProgress) -> Any:
        """Return the values of a variable, or what stands for them."""
        source = selected.source
        if isinstance(source, CheckpointValues):
            return stored_values(self._checkpoints.reader(source), selected.name, on_progress)
        return self._graph_of(source.stack, source.trusted, on_progress).values(selected.name)

    def _graph_of(
        self, stack: Stack, trusted: frozenset[str], on_progress: OnProgress
    ) -> BuiltGraph:
        """Return a stack's graph, built now unless that is what was built last."""
        if self._graph is None or self._graph.built.stack != stack:
            self._forget_graph()
            self._graph = BuiltGraph(stack, self._target, on_progress, trusted)
        return self._graph

    def _forget_graph(self) -> None:
        """Give the values back first: those of two large stacks don't fit side by side."""
        graph, self._graph = self._graph, None
        if graph is not None:
            graph.close()


def _scripts(task: WriteCode, graph: BuiltGraph, on_progress: OnProgress) -> Iterator[Script]:
    for construction in task.constructions:
        if task.layers:
            yield part_script(graph, task.layers, construction, task.trusted)
        else:
            refusal = graph.built.refusal
            refused = None if refusal is None else refusal.origin
            yield script(task.stack, task.trusted, on_progress, refused)


def _drawn_weights(
    graph: BuiltGraph, selected: Sequence[Selected], bins: int | None
) -> Iterator[Weights]:
    variables = {variable.name: variable for variable in graph.built.variables}
    values = graph.initial_values([found.name for found in selected])
    for name in (found.name for found in selected):
        why_not = why_not_summarized(variables[name])
        if why_not is not None:
            raise NotDrawnError(why_not)
        yield summarize(
            name,
            variables[name].dtype,
            values.of(name),
            bins,
            graph.density(name),
            sum_of(graph.built, name),
        )
