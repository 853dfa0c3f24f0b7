"""What the builder's thread does for each kind of task."""

from collections.abc import Callable, Container, Iterable, Iterator
from contextlib import closing
from dataclasses import replace
from itertools import groupby
from typing import TYPE_CHECKING, Any

from core.both_weights import both_weights
from core.built import Built
from core.checkpoint import CheckpointError
from core.comparison import compare, with_construction
from core.cutout import Cut, Cutout, cut_out
from core.devices import DeviceError, Target, list_devices
from core.events import Failed, Finished
from core.exports.format import ExportError
from core.exports.formats import FORMATS, export
from core.fixes import Fix, fix_of_hazard, fixes_of_refusal
from core.forecast import forecast
from core.graph import BuiltGraph, NotDrawnError
from core.name_mapping import suggestions_for
from core.progress import OnProgress
from core.renamed import Renamed
from core.restored import Restored, Restoring
from core.saved_values import UnwritableError, save_values
from core.script import ScriptError, part_script, script, write_script
from core.script_lines import Script
from core.sources import CheckpointValues, Selected, StackValues
from core.stack import Stack
from core.stack_proposal import propose
from core.stack_weights import stack_weights
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
    Result,
    SaveValues,
    SuggestMap,
    Summarize,
    SummarizeBoth,
    Task,
    WriteCode,
)
from core.undrawn import undrawn
from core.weights import Weights

if TYPE_CHECKING:
    from core.open_checkpoints import OpenCheckpoints


class Worker:
    """Does tasks, and keeps the graph that was built last for those that ask about it."""

    def __init__(self, target: Target, stop: Callable[[], bool]) -> None:
        """Work on a target's devices; `stop` tells whether what is done is no longer wanted."""
        self._target = target
        self._stop = stop
        self._graph: BuiltGraph | None = None
        self._checkpoints: OpenCheckpoints | None = None

    def ending(self, number: int, task: Task, on_progress: OnProgress) -> Finished | Failed:
        """Do a task; return what came of it, or an error that the user can do something about."""
        try:
            return Finished(number, task, self._result(task, on_progress))
        except (
            CheckpointError,
            DeviceError,
            ExportError,
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
        if self._checkpoints is not None:
            self._checkpoints.close()

    def _result(self, task: Task, on_progress: OnProgress) -> Result:
        match task:
            case Compare(stack, trusted):
                return compare(stack, self._target, on_progress, trusted)
            case BuildEach(stack, constructions, trusted):
                each = (with_construction(stack, found) for found in constructions)
                return tuple(self._undrawn(found, on_progress, trusted) for found in each)
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
                return self._open_checkpoints().open(path)
            case CompareCheckpoints(left, path):
                return self._open_checkpoints().compare(left, path, on_progress)
            case SuggestMap(mapping):
                return suggestions_for(mapping)
            case Rename():
                return self._renamed(task, on_progress)
            case ProposeStack(path):
                build = undrawn(list_devices(self._target), (), on_progress)
                opened = self._open_checkpoints().open(path)
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
                return self._graph_of(StackValues(stack, trusted), on_progress).built
            case Restore(source, restoring):
                return self._restore(self._graph_of(source, on_progress), restoring, on_progress)
            case Export(source, path, form, names):
                graph = self._graph_of(source, on_progress)
                if names is not None:
                    return graph.export(path, on_progress, names)
                return export(graph, FORMATS[form], path, on_progress)
            case WriteCode(stack, trusted=trusted):
                graph = self._graph_of_stack(StackValues(stack, trusted), on_progress)
                return Code(tuple(_scripts(task, graph, on_progress)))

    def _undrawn(self, stack: Stack, on_progress: OnProgress, trusted: Container[str]) -> Built:
        """Return what comes of a stack, whose values are not drawn."""
        with closing(BuiltGraph(stack, self._target, on_progress, trusted, draw=False)) as graph:
            return graph.built

    def _fixes(self, task: FindFixes, on_progress: OnProgress) -> tuple[Fix, ...]:
        def on_node(done: int, total: int, text: str) -> None:
            on_progress(0, 0, "trying fixes")

        build = undrawn(list_devices(self._target), task.trusted, on_node)
        if not task.hazards:
            return fixes_of_refusal(task.built, build)
        fixes = (fix_of_hazard(task.built, hazard, build) for hazard in task.hazards)
        return tuple(fix for fix in fixes if fix is not None)

    def _renamed(self, task: Rename, on_progress: OnProgress) -> Renamed:
        from core.checkpoint_rename import rename

        checkpoint = self._open_checkpoints().reader(task.source)
        on_progress(0, 0, "starting TensorFlow to write it")
        return rename(checkpoint, task.names, task.to, task.steps, on_progress)

    def _weights(self, task: Summarize, on_progress: OnProgress) -> Iterator[Weights]:
        count = len(task.selected)
        index = 0

        def tell_part(done: int, total: int, text: str) -> None:
            on_progress(index * total + done, count * total, text)

        for origin, group in groupby(task.selected, _origin):
            selected = tuple(group)
            if origin is None:
                found = self._open_checkpoints().weights(selected, task.bins, tell_part)
            else:
                graph = self._graph_for(selected, on_progress)
                found = stack_weights(graph, selected, task.bins, tell_part)
            for _ in selected:
                on_progress(index, count, f"summarizing {index:,} of {count:,}")
                yield next(found)
                index += 1

    def _cutout(self, selected: Selected, cut: Cut, on_progress: OnProgress) -> Cutout:
        source = selected.source
        if isinstance(source, CheckpointValues):
            found = self._open_checkpoints().cutout(source, selected.name, cut, on_progress)
            return replace(found, name=selected.title)
        return cut_out(selected.title, self._values(selected, on_progress), cut)

    def _values(self, selected: Selected, on_progress: OnProgress) -> Any:
        """Return the values of a variable, or what stands for them."""
        source, name = selected.source, selected.name
        if isinstance(source, CheckpointValues):
            return self._open_checkpoints().values(source, name, on_progress)
        graph = self._graph_for((selected,), on_progress)
        return graph.values_of([name], initial=source.restored is None).of(name)

    def _open_checkpoints(self) -> "OpenCheckpoints":
        if self._checkpoints is None:
            # Late: what reads checkpoints takes 0.06 s to import.
            from core.open_checkpoints import OpenCheckpoints

            self._checkpoints = OpenCheckpoints(self._stop)
        return self._checkpoints

    def _graph_for(self, selected: Iterable[Selected], on_progress: OnProgress) -> BuiltGraph:
        """Return a graph that holds the values of variables of one stack, or draws them again."""
        sources = [found.source for found in selected if isinstance(found.source, StackValues)]
        source = next((found for found in sources if found.restored is not None), sources[0])
        if source.restored is None:
            return self._graph_of_stack(source, on_progress)
        return self._graph_of(source, on_progress)

    def _graph_of_stack(self, source: StackValues, on_progress: OnProgress) -> BuiltGraph:
        """Return a stack's graph, whatever its variables hold."""
        if self._graph is not None and self._graph.built.stack == source.stack:
            return self._graph
        return self._graph_of(source, on_progress)

    def _graph_of(self, source: StackValues, on_progress: OnProgress) -> BuiltGraph:
        """Return a graph whose variables hold a source's values: the last one, or one made now."""
        graph = self._graph
        if graph is not None and graph.built.stack == source.stack:
            held = None if graph.restored is None else graph.restored.restoring
            if held == source.restored:
                return graph
        if source.restored is None:
            self._forget_graph()
            self._graph = graph = BuiltGraph(
                source.stack, self._target, on_progress, source.trusted
            )
            return graph
        graph = self._graph_of(replace(source, restored=None), on_progress)
        restored = self._restore(graph, source.restored, on_progress)
        if not restored.variables:
            raise CheckpointError(restored.sentence)
        return graph

    def _restore(
        self, graph: BuiltGraph, restoring: Restoring, on_progress: OnProgress
    ) -> Restored:
        from core.restore import restore  # late, as what reads checkpoints is

        try:
            return restore(graph, restoring, on_progress, self._stop)
        except BaseException:
            self._forget_graph()  # it may hold values of both
            raise

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


def _origin(selected: Selected) -> Stack | None:
    """Return the stack of which a variable is, whatever is restored into it; None of a tensor."""
    source = selected.source
    return source.stack if isinstance(source, StackValues) else None
