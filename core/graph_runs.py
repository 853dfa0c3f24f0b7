"""The thread that waits for runs of graphs, so that neither the window nor the builder has to."""

import threading
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from core.built import Built
from core.comparison import Comparison, compare_numbers
from core.graph_runner import STOPPED, GraphRunner
from core.numbers import Feed, Numbers
from core.signals import Signals
from core.trial import Trial

# Most runs take less; ending the process costs three seconds of starting another.
_GRACE_SECONDS = 1.0


@dataclass(frozen=True, slots=True)
class NumbersWanted:
    """A comparison whose numbers are wanted, and what both are to be run on."""

    comparison: Comparison
    feed: Feed


@dataclass(frozen=True, slots=True)
class NumbersFound:
    """What came of it."""

    wanted: NumbersWanted
    numbers: Numbers


@dataclass(frozen=True, slots=True)
class SignalsWanted:
    """Builds whose signals are wanted, and the batch for all of them; each has its `forward`."""

    builds: tuple[Built, ...]
    feed: Feed


@dataclass(frozen=True, slots=True)
class SignalsFound:
    """What came of it, for each build."""

    wanted: SignalsWanted
    signals: tuple[Signals, ...]


# What can be asked for, and its ending: a built stack has a `Trial`.
Job = Built | NumbersWanted | SignalsWanted
Ending = Trial | NumbersFound | SignalsFound


class GraphRuns:
    """Runs graphs one at a time; a newer job takes the place of any of its kind that isn't done.

    Each has one ending, published in the thread. All methods may be called from any thread. The
    thread, and the process that it waits for, are started by the first job.
    """

    def __init__(
        self, publish: Callable[[Ending], None], runner: GraphRunner | None = None
    ) -> None:
        """Start nothing yet."""
        self._publish = publish
        self._runner = runner or GraphRunner()
        self._thread = threading.Thread(target=self._run, name="graph runs", daemon=True)
        self._changed = threading.Condition()
        self._waiting: dict[type[Job], Job] = {}
        self._dropped: deque[Job] = deque()
        self._running: Job | None = None
        self._stop_at: float | None = None
        self._closed = False

    def submit(self, job: Job) -> None:
        """Ask for a run: a trial of a stack whose graph can be run, a comparison's numbers, ..."""
        self._drop(type(job), _GRACE_SECONDS)
        with self._changed:
            self._waiting[type(job)] = job
            if not self._thread.is_alive() and not self._closed:
                self._thread.start()
            self._changed.notify()

    def cancel(self) -> None:
        """End what runs, and what waits."""
        for kind in (Built, NumbersWanted, SignalsWanted):
            self._drop(kind, 0.0)

    def close(self) -> None:
        """Take no more jobs, end the process, and wait until the thread has ended."""
        self.cancel()
        with self._changed:
            self._closed = True
            self._changed.notify()
        if self._thread.is_alive():
            self._thread.join()

    def _drop(self, kind: type[Job], grace: float) -> None:
        with self._changed:
            job = self._waiting.pop(kind, None)
            if job is not None:
                self._dropped.append(job)
            if isinstance(self._running, kind):
                stop_at = time.monotonic() + grace
                self._stop_at = min(stop_at, self._stop_at or stop_at)
            self._changed.notify()

    def _run(self) -> None:
        while (job := self._next()) is not None:
            self._publish(self._ending(job))
        self._runner.close()

    def _next(self) -> Job | None:
        """Wait for a job and return it, or None when no more will come."""
        while True:
            with self._changed:
                self._running = None
                self._changed.wait_for(lambda: self._waiting or self._dropped or self._closed)
                dropped = tuple(self._dropped)
                self._dropped.clear()
                kind = next(iter(self._waiting), None)
                job = None if kind is None else self._waiting.pop(kind)
                self._running = job
                self._stop_at = None
                closed = self._closed
            for other in dropped:
                self._publish(_skipped(other, STOPPED))
            if job is not None or closed:
                return job

    def _ending(self, job: Job) -> Ending:
        try:
            if isinstance(job, NumbersWanted):
                numbers = compare_numbers(job.comparison, self._runner, job.feed, self._is_to_stop)
                return NumbersFound(job, numbers)
            if isinstance(job, SignalsWanted):
                return SignalsFound(job, tuple(map(partial(self._signals, job.feed), job.builds)))
            assert job.forward is not None
            return self._runner.run(job.stack, job.forward, self._is_to_stop)
        except Exception as error:  # noqa: BLE001 - a bug must end the job, not the thread
            arguments = (type(error), error, error.__traceback__, self._thread)
            threading.excepthook(threading.ExceptHookArgs(arguments))
            self._runner.close()
            return _skipped(job, f"{type(error).__name__}: {error}")

    def _signals(self, feed: Feed, built: Built) -> Signals:
        assert built.forward is not None
        return self._runner.find_signals(built.forward, feed, self._is_to_stop)

    def _is_to_stop(self) -> bool:
        with self._changed:
            return self._stop_at is not None and time.monotonic() >= self._stop_at


def _skipped(job: Job, reason: str) -> Ending:
    if isinstance(job, NumbersWanted):
        return NumbersFound(job, Numbers(skipped=reason))
    if isinstance(job, SignalsWanted):
        return SignalsFound(job, tuple(Signals(skipped=reason) for _ in job.builds))
    return Trial(job.stack, skipped=reason)
