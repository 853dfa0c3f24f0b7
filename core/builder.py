"""The builder thread: all TensorFlow work of the window goes through it, one request at a time."""

import threading
import time
from collections import deque
from collections.abc import Callable, Container, Iterator, Mapping
from types import MappingProxyType

from core import custom_code, tf1
from core.both_weights import both_weights
from core.built import Built
from core.checkpoint import CheckpointError
from core.comparison import compare, with_construction
from core.cutout import cut_out
from core.devices import DeviceError, Target, list_devices
from core.events import Cancelled, Event, Failed, Finished, Progress, Ready, Started
from core.fixes import Fix, fix_of_hazard, fixes_of_refusal
from core.forecast import forecast
from core.forward_variance import sum_of
from core.graph import BuiltGraph, NotDrawnError
from core.progress import OnProgress
from core.saved_values import UnwritableError, save_values
from core.script import Script, ScriptError, part_script, script, write_script
from core.stack import Stack
from core.tasks import (
    Build,
    BuildEach,
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

# A loop in custom code ends with its next line.
_PATIENCE_SECONDS = 2.0
# What else can't be cancelled is done sooner, unless TensorFlow's native code hangs.
_LONGEST_SECONDS = 20.0

# The kinds of older tasks that a new one of a kind takes the place of.
_SUPERSEDED: Mapping[type[Task], tuple[type[Task], ...]] = MappingProxyType(
    {
        Build: (
            *(Build, Summarize, Compare, BuildEach, Foresee, FindFixes),
            *(WriteCode, CutOut, SummarizeBoth),
        ),
        Summarize: (Summarize, SummarizeBoth),
        CutOut: (CutOut,),
        SaveValues: (),
        SummarizeBoth: (Summarize, SummarizeBoth),
        Compare: (Compare,),
        BuildEach: (BuildEach,),
        Foresee: (Foresee,),
        Export: (),
        FindFixes: (),
        WriteCode: (WriteCode,),
        ExportScript: (),
    }
)


class _CancelledError(BaseException):
    """The running request is to end; code that catches every Exception doesn't catch this."""


_OfOneStack = Build | Summarize | Export | WriteCode | CutOut | SaveValues


class Builder:
    """Works on requests in its own thread, in the order they came.

    A new task takes the place of older ones, waiting or running, as `_SUPERSEDED` has it: what they
    would tell is no longer wanted. Each other request comes before a `FindFixes`, which is set
    aside for it and started anew. Each request has one ending: finished, failed or cancelled. All
    methods may be called from any thread; events are published in the builder's.

    Attributes:
        progress: How far the running request is, None between requests.
    """

    def __init__(self, publish: Callable[[Event], None], target: Target | None = None) -> None:
        """Prepare; `start` starts the thread, which first imports TensorFlow."""
        self.progress: Progress | None = None
        self._publish = publish
        self._target = target or Target()
        self._thread = threading.Thread(target=self._run, name="builder", daemon=True)
        self._changed = threading.Condition()
        self._waiting: deque[tuple[int, Task]] = deque()
        self._dropped: deque[tuple[int, Task]] = deque()
        self._running: Task | None = None
        self._stop_running = threading.Event()
        self._set_aside = False
        self._closed = False
        self._number = 0
        self._graph: BuiltGraph | None = None
        self._unavailable: str | None = None

    def start(self) -> None:
        """Start the thread."""
        self._thread.start()

    def submit(self, task: Task) -> int:
        """Ask for work; return the number that its events will bear."""
        with self._changed:
            self._number += 1
            for kind in _SUPERSEDED[type(task)]:
                self._supersede(kind)
            if isinstance(self._running, FindFixes) and not isinstance(task, FindFixes | Build):
                self._set_aside = not self._stop_running.is_set() or self._set_aside
                self._stop_running.set()
            self._waiting.append((self._number, task))
            self._changed.notify()
            return self._number

    def cancel(self) -> None:
        """End the running request as soon as it can be, and those that wait."""
        with self._changed:
            self._dropped.extend(self._waiting)
            self._waiting.clear()
            self._set_aside = False
            self._stop_running.set()
            self._changed.notify()

    def close(self) -> bool:
        """Take no more requests, cancel, and wait until the thread has ended.

        Return whether it has: code of a custom layer that waits for something can't be ended, nor
        native code that hangs.
        """
        end = time.monotonic() + _LONGEST_SECONDS
        self.cancel()
        with self._changed:
            self._closed = True
            self._changed.notify()
        while self._thread.is_alive():
            self._thread.join(_PATIENCE_SECONDS)
            if custom_code.runs_in(self._thread) or time.monotonic() > end:
                return not self._thread.is_alive()
        return True

    def _supersede(self, kind: type[Task]) -> None:
        """Drop older requests of a kind."""
        older = [request for request in self._waiting if isinstance(request[1], kind)]
        self._dropped.extend(older)
        self._waiting = deque(request for request in self._waiting if request not in older)
        if isinstance(self._running, kind):
            self._set_aside = False
            self._stop_running.set()

    def _run(self) -> None:
        try:
            self._publish(self._import_tensorflow())
        except Exception as error:  # noqa: BLE001 - whatever it is, each request has to say it
            self._report(error)
            self._unavailable = f"TensorFlow can't be imported: {error}; install it again"
        while (request := self._next()) is not None:
            self._work(*request)
        if self._graph is not None:
            self._graph.close()

    def _import_tensorflow(self) -> Ready:
        tf1.preload()
        version: str = tf1.tf.__version__
        return Ready(version, list_devices(self._target))

    def _next(self) -> tuple[int, Task] | None:
        """Wait for a request and return it, or None when the builder is closed."""
        while True:
            with self._changed:
                self._changed.wait_for(lambda: self._waiting or self._dropped or self._closed)
                dropped = tuple(self._dropped)
                self._dropped.clear()
                request = self._take()
                self._running = request[1] if request else None
                self._stop_running.clear()
                self._set_aside = False
                closed = self._closed
            for number, task in dropped:
                self._publish(Cancelled(number, task))
            if request is not None or closed:
                return request

    def _take(self) -> tuple[int, Task] | None:
        """Take the first request that waits, and one to find fixes only where there is no other."""
        if not self._waiting:
            return None
        first = min(self._waiting, key=lambda request: isinstance(request[1], FindFixes))
        self._waiting.remove(first)
        return first

    def _work(self, number: int, task: Task) -> None:
        self._publish(Started(number, task))
        ending = self._ending(number, task)
        self.progress = None
        with self._changed:
            self._running = None
            if self._set_aside and isinstance(ending, Cancelled):
                self._waiting.append((number, task))
                return
        self._publish(ending)

    def _ending(self, number: int, task: Task) -> Event:
        def on_progress(done: int, total: int, text: str) -> None:
            if self._stop_running.is_set():
                raise _CancelledError
            self.progress = Progress(number, done, total, text)

        if self._unavailable is not None:
            return Failed(number, task, self._unavailable)
        try:
            return Finished(number, task, self._result(task, on_progress))
        except _CancelledError:
            return Cancelled(number, task)
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
        except Exception as error:  # noqa: BLE001 - a bug must end the request, not the thread
            self._report(error)
            return Failed(number, task, f"{type(error).__name__}: {error}")

    def _report(self, error: Exception) -> None:
        """Pass on an error that is nobody's request."""
        arguments = (type(error), error, error.__traceback__, self._thread)
        threading.excepthook(threading.ExceptHookArgs(arguments))

    def _result(self, task: Task, on_progress: OnProgress) -> Result:
        match task:
            case Compare(stack, trusted):
                return compare(stack, self._target, on_progress, trusted)
            case BuildEach(stack, constructions, trusted):
                each = (with_construction(stack, found) for found in constructions)
                return tuple(self._built(found, on_progress, trusted) for found in each)
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

    def _built(self, stack: Stack, on_progress: OnProgress, trusted: Container[str]) -> Built:
        """Return what comes of a stack, whose values are not drawn."""
        graph = BuiltGraph(stack, self._target, on_progress, trusted, draw=False)
        graph.close()
        return graph.built

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
    for index, name in enumerate(task.names):
        on_progress(index, len(task.names), f"summarizing {index:,} of {len(task.names):,}")
        why_not = why_not_summarized(variables[name])
        if why_not is not None:
            raise NotDrawnError(why_not)
        yield summarize(
            name,
            variables[name].dtype,
            graph.values(name),
            task.bins,
            graph.density(name),
            sum_of(graph.built, name),
        )
