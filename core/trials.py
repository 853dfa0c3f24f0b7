"""The thread that waits for trial runs, so that neither the window nor the builder has to."""

import threading
import time
from collections import deque
from collections.abc import Callable

from core.built import Built
from core.graph_runner import STOPPED, GraphRunner
from core.trial import Trial

# Most runs take less; ending the process costs three seconds of starting another.
_GRACE_SECONDS = 1.0


class Trials:
    """Tries built stacks one at a time; a newer one takes the place of any that isn't done.

    Each has one ending, a `Trial`, published in the thread. All methods may be called from any
    thread. The thread, and the process that it waits for, are started by the first stack.
    """

    def __init__(self, publish: Callable[[Trial], None], runner: GraphRunner | None = None) -> None:
        """Start nothing yet."""
        self._publish = publish
        self._runner = runner or GraphRunner()
        self._thread = threading.Thread(target=self._run, name="trials", daemon=True)
        self._changed = threading.Condition()
        self._waiting: Built | None = None
        self._dropped: deque[Built] = deque()
        self._running = False
        self._stop_at: float | None = None
        self._closed = False

    def submit(self, built: Built) -> None:
        """Ask for the trial of a stack whose graph can be run."""
        self._drop(_GRACE_SECONDS)
        with self._changed:
            self._waiting = built
            if not self._thread.is_alive() and not self._closed:
                self._thread.start()
            self._changed.notify()

    def cancel(self) -> None:
        """End what runs, and what waits."""
        self._drop(0.0)

    def close(self) -> None:
        """Take no more stacks, end the process, and wait until the thread has ended."""
        self.cancel()
        with self._changed:
            self._closed = True
            self._changed.notify()
        if self._thread.is_alive():
            self._thread.join()

    def _drop(self, grace: float) -> None:
        with self._changed:
            if self._waiting is not None:
                self._dropped.append(self._waiting)
                self._waiting = None
            if self._running:
                stop_at = time.monotonic() + grace
                self._stop_at = min(stop_at, self._stop_at or stop_at)
            self._changed.notify()

    def _run(self) -> None:
        while (built := self._next()) is not None:
            self._publish(self._trial(built))
        self._runner.close()

    def _next(self) -> Built | None:
        """Wait for a stack and return it, or None when no more will come."""
        while True:
            with self._changed:
                self._running = False
                self._changed.wait_for(lambda: self._waiting or self._dropped or self._closed)
                dropped = tuple(self._dropped)
                self._dropped.clear()
                built, self._waiting = self._waiting, None
                self._running = built is not None
                self._stop_at = None
                closed = self._closed
            for other in dropped:
                self._publish(Trial(other.stack, skipped=STOPPED))
            if built is not None or closed:
                return built

    def _trial(self, built: Built) -> Trial:
        assert built.forward is not None
        try:
            return self._runner.run(built.stack, built.forward, self._is_to_stop)
        except Exception as error:  # noqa: BLE001 - a bug must end the trial, not the thread
            arguments = (type(error), error, error.__traceback__, self._thread)
            threading.excepthook(threading.ExceptHookArgs(arguments))
            self._runner.close()
            return Trial(built.stack, skipped=f"{type(error).__name__}: {error}")

    def _is_to_stop(self) -> bool:
        with self._changed:
            return self._stop_at is not None and time.monotonic() >= self._stop_at
