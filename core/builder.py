"""The builder thread: all TensorFlow work of the window goes through it, one request at a time."""

import threading
import time
from collections import deque
from collections.abc import Callable
from typing import TYPE_CHECKING

from core import custom_code, tf1
from core.devices import Target, list_devices
from core.events import Cancelled, Event, Failed, Progress, Ready, Started
from core.precedence import gives_way, takes_place
from core.tasks import FindFixes, Task

if TYPE_CHECKING:
    from core.worker import Worker

# A loop in custom code ends with its next line.
_PATIENCE_SECONDS = 2.0
# What else can't be cancelled is done sooner, unless TensorFlow's native code hangs.
_LONGEST_SECONDS = 20.0


class _CancelledError(BaseException):
    """The running request is to end; code that catches every Exception doesn't catch this."""


class Builder:
    """Works on requests in its own thread, in the order they came.

    A new task takes the place of older ones, waiting or running, as `core.precedence` has it: what
    they would tell is no longer wanted. Each other request comes before a `FindFixes`, which is
    set aside for it and started anew, and so does a build before what looks into a checkpoint.
    Each request has one ending: finished, failed or cancelled. All methods may be called from any
    thread; events are published in the builder's.

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
        self._worker: Worker | None = None
        self._unavailable: str | None = None

    def start(self) -> None:
        """Start the thread."""
        self._thread.start()

    def submit(self, task: Task) -> int:
        """Ask for work; return the number that its events will bear."""
        with self._changed:
            self._number += 1
            self._supersede(task)
            if self._running is not None and gives_way(self._running, task):
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

    def _supersede(self, task: Task) -> None:
        """Drop the older requests that a task takes the place of."""
        older = [request for request in self._waiting if takes_place(task, request[1])]
        self._dropped.extend(older)
        self._waiting = deque(request for request in self._waiting if request not in older)
        if self._running is not None and takes_place(task, self._running):
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
        if self._worker is not None:
            self._worker.close()

    def _import_tensorflow(self) -> Ready:
        # With numpy and others, which the window doesn't wait for.
        from core.worker import Worker

        self._worker = Worker(self._target, self._stop_running.is_set)
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

        if self._worker is None or self._unavailable is not None:
            return Failed(number, task, self._unavailable or "")
        try:
            ending = self._worker.ending(number, task, on_progress)
            # That it is no longer wanted may be why it failed.
            stopped = isinstance(ending, Failed) and self._stop_running.is_set()
            return Cancelled(number, task) if stopped else ending
        except _CancelledError:
            return Cancelled(number, task)
        except Exception as error:  # noqa: BLE001 - a bug must end the request, not the thread
            self._report(error)
            return Failed(number, task, f"{type(error).__name__}: {error}")

    def _report(self, error: Exception) -> None:
        """Pass on an error that is nobody's request."""
        arguments = (type(error), error, error.__traceback__, self._thread)
        threading.excepthook(threading.ExceptHookArgs(arguments))
