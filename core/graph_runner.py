"""Runs of built stacks, and the process they are made in."""

import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, replace
from typing import Any

from core.distribution import Distribution, distribution_from_json
from core.forward import Forward
from core.graph_process import DiedError, GraphProcess, StoppedError
from core.numbers import Feed, Numbers, Weight, numbers_from_json
from core.progress import OnProgress, ignore_progress
from core.signals import LayerSignal, Signals, layer_from_json
from core.stack import Stack
from core.trial import Fault, Trial

_RUN_SECONDS = 20.0
# Two graphs, forward and for gradients.
_NUMBERS_TIMES = 4
# One graph, likewise.
_SIGNALS_TIMES = 2
# Each costs another process.
_MOST_DEATHS = 3

STOPPED = "The run was cancelled."


def never() -> bool:
    """Tell that a result is still wanted."""
    return False


class GraphRunner:
    """Runs built stacks in a process that is started when it is first needed.

    It belongs to one thread.

    Attributes:
        process: What runs them; None before the first, and after it had to be ended.
    """

    def __init__(self, seconds: float = _RUN_SECONDS) -> None:
        """Start nothing yet; `seconds` is how long a run may take."""
        self.process: GraphProcess | None = None
        self._seconds = seconds

    def start(self) -> None:
        """Have a process import TensorFlow, and don't wait for it."""
        if self.process is None:
            self.process = GraphProcess()

    def run(self, stack: Stack, forward: Forward, stop: Callable[[], bool] = never) -> Trial:
        """Run a stack's graph.

        Args:
            stack: What the graph was built from.
            forward: The graph.
            stop: Tells whether the result is no longer wanted.
        """
        search = _Search("trial", forward, self._seconds)
        if not self._work(search, stop):
            return Trial(stack, skipped=STOPPED)
        return Trial(stack, search.faults(), search.skipped)

    def find_signals(
        self, forward: Forward, feed: Feed, stop: Callable[[], bool] = never
    ) -> Signals:
        """Return what a graph's layers put out for a batch, and the gradients that come back.

        Args:
            forward: The graph.
            feed: The batch that is made up for it.
            stop: Tells whether the result is no longer wanted.
        """
        seconds = self._seconds * _SIGNALS_TIMES
        search = _Search("signals", forward, seconds, feed=asdict(feed))
        if not self._work(search, stop):
            return Signals(skipped=STOPPED)
        return search.signals()

    def compare_numbers(
        self,
        left: Forward,
        right: Forward,
        weights: Sequence[Weight],
        feed: Feed,
        stop: Callable[[], bool] = never,
    ) -> Numbers:
        """Return how far two graphs are apart that shall calculate the same.

        Args:
            left: One graph, whose weights the other gets.
            right: The other.
            weights: The variables of both.
            feed: What is fed to both.
            stop: Tells whether the result is no longer wanted.
        """
        process = self._living_process()
        try:
            process.wait_until_ready(stop)
            details = {"weights": list(map(asdict, weights)), "feed": asdict(feed)}
            process.order("numbers", [left, right], **details)
            answer = process.receive(self._seconds * _NUMBERS_TIMES, stop)
            process.receive(self._seconds, stop)  # that it is done
        except DiedError as death:
            self.close()
            return Numbers(skipped=f"Running both ended their process with {death.cause}.")
        except StoppedError:
            self.close()
            return Numbers(skipped=STOPPED)
        except TimeoutError:
            self.close()
            return Numbers(
                skipped=f"Running both takes longer than {self._seconds * _NUMBERS_TIMES:g} s."
            )
        match answer:
            case {"numbers": numbers}:
                return numbers_from_json(numbers)
            case {"skipped": reason}:
                return Numbers(skipped=reason)
        raise AssertionError(answer)

    def ask(
        self,
        work: str,
        seconds: float,
        stop: Callable[[], bool] = never,
        on_progress: OnProgress = ignore_progress,
        **details: Any,
    ) -> dict[str, Any]:
        """Have work done that needs no graph; return what the process says of it.

        Args:
            work: What to do: a key of `core.graph_worker.WORK`.
            seconds: How long it may take.
            stop: Tells whether the result is no longer wanted.
            on_progress: Called with what the process tells of it; what it raises ends the process.
            details: What else there is to say, as JSON values.

        Raises:
            DiedError: The process ended by it.
            OSError: No process can be started.
            StoppedError: `stop` told so.
            TimeoutError: The seconds are over.
        """
        process = self._living_process()
        try:
            process.wait_until_ready(stop)
            process.order(work, [], **details)
            end = time.monotonic() + seconds
            while "progress" in (answer := process.receive(end - time.monotonic(), stop)):
                on_progress(*answer["progress"])
            process.receive(seconds, stop)  # that it is done
        except BaseException:
            self.close()
            raise
        return answer

    def close(self) -> None:
        """End the process at once, whatever it does."""
        if self.process is not None:
            self.process.kill()
        self.process = None

    def _living_process(self) -> GraphProcess:
        if self.process is not None and self.process.ready and not self.process.alive:
            self.close()  # it ended while it had nothing to do, so that is no layer's fault
        self.start()
        assert self.process is not None
        return self.process

    def _work(self, search: "_Search", stop: Callable[[], bool]) -> bool:
        """Find out all that is searched for, whatever ends its process; tell whether it was."""
        try:
            while True:
                process = self._living_process()
                try:
                    process.wait_until_ready(stop)
                    self._converse(process, search, stop)
                    break
                except DiedError as death:
                    self.close()
                    if not process.ready:
                        why = str(death) or death.cause
                        search.skipped = f"TensorFlow can't be imported once more: {why}"
                    if not process.ready or not search.goes_on_after(death):
                        break
        except StoppedError:
            # One that is still importing has nothing to stop, and the next run needs it.
            if process.ready:
                self.close()
            return False
        except TimeoutError:
            self.close()
            search.run_out()
        except OSError as error:
            search.skipped = f"No process can be started for it: {error.strerror}"
        return True

    def _converse(self, process: GraphProcess, search: "_Search", stop: Callable[[], bool]) -> None:
        """Have a process run a graph, and note all it says of it."""
        process.order(
            search.work,
            [search.forward],
            given=search.deadly,
            one_by_one=search.one_by_one,
            **search.details,
        )
        end = time.monotonic() + search.seconds
        while search.note(process.receive(end - time.monotonic(), stop)):
            pass


class _Search:
    """What is known of a graph, while it is looked at.

    Attributes:
        work: What is to be done with the graph: a key of `core.graph_worker.WORK`.
        forward: The graph.
        seconds: How long it may take.
        details: What else there is to say of the work.
        one_by_one: Whether the process is to tell which layer it runs: one has ended it.
        layer: Id of the layer that is being run, None where that is not known.
        deadly: Ids of the layers that have ended the process.
        skipped: Why not all of the graph is tried.
    """

    def __init__(self, work: str, forward: Forward, seconds: float, **details: Any) -> None:
        self.work = work
        self.forward = forward
        self.seconds = seconds
        self.details = details
        self.one_by_one = False
        self.layer: str | None = None
        self.deadly: list[str] = []
        self.skipped: str | None = None
        self._faults: dict[str, Fault] = {}
        self._signals: dict[tuple[str, str], LayerSignal] = {}
        self._gradients: dict[str, Distribution | None] = {}
        self._goes_back = False
        self._no_gradients: str | None = None

    def note(self, message: dict[str, Any]) -> bool:
        """Note what the process says; tell whether it will say more."""
        match message:
            case {"layer": layer}:
                self.layer = layer
            case {"fault": fault}:
                self._faults[fault["origin"]] = Fault(**fault)
            case {"signal": value}:
                signal = layer_from_json(value)
                self._signals[signal.origin, signal.tensor] = signal
            case {"forward": _}:
                self._goes_back = True
            case {"gradient": [tensor, found]}:
                self._gradients[tensor] = distribution_from_json(found)
            case {"no_gradients": reason}:
                self._no_gradients = reason
            case {"skipped": reason}:
                self.skipped = reason
            case {"done": _}:
                return False
        return True

    def faults(self) -> tuple[Fault, ...]:
        """Return the faults in reading order."""
        order = dict.fromkeys(origin for origin, _ in self.forward.outputs)
        return tuple(self._faults[origin] for origin in order if origin in self._faults)

    def signals(self) -> Signals:
        """Return the signals in reading order."""
        found = (self._signals.get(key) for key in dict.fromkeys(self.forward.outputs))
        layers = tuple(
            replace(
                signal,
                gradient=self._gradients.get(signal.tensor),
                fault=self._faults[signal.origin].message
                if signal.output is None and signal.origin in self._faults
                else None,
            )
            for signal in found
            if signal is not None
        )
        return Signals(layers, self.skipped, self._no_gradients)

    def run_out(self) -> None:
        """Note that the time is over."""
        message = f"A trial run may take {self.seconds:g} s; this one takes longer."
        if self._goes_back:
            self._no_gradients = message
        else:
            self.skipped = message

    def goes_on_after(self, death: DiedError) -> bool:
        """Note that the process ended; tell whether there is more to be found out with another."""
        words = f"Running this ended its process with {death.cause}"
        message = f"{words}: {death}" if str(death) else f"{words}."
        if self._goes_back:
            self._no_gradients = message
            return False
        if not self.one_by_one:
            self.one_by_one = True
            # It stands unless the layer is found.
            self.skipped = message
            return True
        if self.layer is None:
            self.skipped = message
            return False
        self._faults[self.layer] = Fault(self.layer, message, death.cause)
        self.deadly.append(self.layer)
        self.skipped = None
        self.layer = None
        if len(self.deadly) == _MOST_DEATHS:
            self.skipped = f"{_MOST_DEATHS} layers ended their process; no further ones were tried."
        return len(self.deadly) < _MOST_DEATHS
