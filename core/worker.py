"""What the builder's thread does for each kind of task."""

from collections.abc import Iterator
from functools import partial

from core.both_weights import both_weights
from core.checkpoint import CheckpointError
from core.comparison import compare
from core.cutout import cut_out
from core.devices import DeviceError, Target, list_devices
from core.events import Failed, Finished
from core.fixes import Fix, fix_of_hazard, fixes_of_refusal
from core.forecast import forecast
from core.forward_variance import sum_of
from core.graph import BuiltGraph, NotDrawnError
from core.progress import OnProgress
from core.saved_values import UnwritableError, save_values
from core.script import ScriptError, part_script, script, write_script
from core.script_lines import Script
from core.tasks import (
    Build,
    Code,
    Compare,
    CutOut,
    Export,
    ExportScript,
    FindFixes,
    Foresee,
    Result,
    SaveValues,
    Summarize,
    SummarizeBoth,
    Task,
    WriteCode,
)
from core.undrawn import undrawn
from core.weights import Weights, summarize, why_not_summarized

_OfOneStack = Build | Summarize | Export | WriteCode | CutOut | SaveValues


class Worker:
    """Does tasks, and keeps the graph that was built last for those that ask about it."""

    def __init__(self, target: Target) -> None:
        """Work on a target's devices."""
        self._target = target
        self._graph: BuiltGraph | None = None

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
        """Give back the memory of the last graph."""
        if self._graph is not None:
            self._graph.close()

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
        graph = self._graph_of(task, on_progress)
        match task:
            case Build():
                return graph.built
            case Summarize():
                return tuple(_weights(task, graph, on_progress))
            case Export(prefix=prefix, names=names):
                return graph.export(prefix, on_progress, names)
            case WriteCode():
                return Code(tuple(_scripts(task, graph, on_progress)))
            case CutOut(name=name, cut=cut):
                return cut_out(graph, name, cut)
            case SaveValues(name=name, path=path):
                return save_values(path, name, graph.values(name), on_progress)

    def _fixes(self, task: FindFixes, on_progress: OnProgress) -> tuple[Fix, ...]:
        def on_node(done: int, total: int, text: str) -> None:
            on_progress(0, 0, "trying fixes")

        build = undrawn(list_devices(self._target), task.trusted, on_node)
        if not task.hazards:
            return fixes_of_refusal(task.built, build)
        fixes = (fix_of_hazard(task.built, hazard, build) for hazard in task.hazards)
        return tuple(fix for fix in fixes if fix is not None)

    def _graph_of(self, task: _OfOneStack, on_progress: OnProgress) -> BuiltGraph:
        """Return the graph of the task's stack, built now unless that is what was built last."""
        graph = self._graph
        if graph is not None and not isinstance(task, Build) and graph.built.stack == task.stack:
            return graph
        if graph is not None:
            # Its values have to go first: two large stacks don't fit side by side.
            self._graph = None
            graph.close()
        self._graph = BuiltGraph(task.stack, self._target, on_progress, task.trusted)
        return self._graph


def _scripts(task: WriteCode, graph: BuiltGraph, on_progress: OnProgress) -> Iterator[Script]:
    for construction in task.constructions:
        if task.layers:
            yield part_script(graph, task.layers, construction, task.trusted)
        else:
            refusal = graph.built.refusal
            refused = None if refusal is None else refusal.origin
            yield script(task.stack, task.trusted, on_progress, refused)


def _weights(task: Summarize, graph: BuiltGraph, on_progress: OnProgress) -> Iterator[Weights]:
    variables = {variable.name: variable for variable in graph.built.variables}
    values = graph.initial_values(task.names)
    for index, name in enumerate(task.names):
        on_progress(index, len(task.names), f"summarizing {index:,} of {len(task.names):,}")
        why_not = why_not_summarized(variables[name])
        if why_not is not None:
            raise NotDrawnError(why_not)
        yield summarize(
            name,
            variables[name].dtype,
            values.of(name),
            task.bins,
            graph.density(name),
            sum_of(graph.built, name),
            partial(_tell_part, on_progress, index, len(task.names)),
        )


def _tell_part(
    on_progress: OnProgress, index: int, count: int, done: int, total: int, text: str
) -> None:
    """Tell how far one of several parts is."""
    on_progress(index * total + done, count * total, text)
