"""A process of its own, in which TensorFlow's native code may end."""

import contextlib
import json
import os
import queue
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict
from typing import Any

from core import frames
from core.forward import Forward

# How often it is looked whether what is waited for is still wanted.
_SLICE_SECONDS = 0.05
_START_SECONDS = 120.0
_END_SECONDS = 10.0


class DiedError(Exception):
    """The process ended by itself; the text is the last it said.

    Attributes:
        cause: Name of the signal that ended it, or its exit status.
    """

    def __init__(self, words: str, cause: str) -> None:
        super().__init__(words)
        self.cause = cause


class StoppedError(Exception):
    """What is waited for is no longer wanted."""


class GraphProcess:
    """A running `core.graph_worker`. It can be killed at any time, and ends with this process.

    Attributes:
        ready: Whether it is known to have imported TensorFlow.
    """

    def __init__(self) -> None:
        """Start it, and don't wait for it."""
        self.ready = False
        self._errors = tempfile.TemporaryFile()  # noqa: SIM115 - `kill` closes it
        try:
            self._process = subprocess.Popen(
                # -P: a file in the current folder must not stand in for one of Python's modules.
                [sys.executable, "-P", "-m", "core.graph_worker"],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=self._errors,
                # On Windows, a process without a console of its own would open one.
                creationflags=getattr(subprocess, "CREATE_NO_WINDOW", 0),
                env=os.environ | {"PYTHONPATH": os.pathsep.join(filter(None, sys.path))},
            )
        except BaseException:
            self._errors.close()
            raise
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._input = self._process.stdin
        self._output = self._process.stdout
        # Nothing but a thread can wait for a pipe and for something else on all systems.
        self._messages: queue.SimpleQueue[bytes | None] = queue.SimpleQueue()
        self._reader = threading.Thread(target=self._read, name="graph process", daemon=True)
        self._reader.start()

    @property
    def pid(self) -> int:
        """Its id."""
        return self._process.pid

    @property
    def alive(self) -> bool:
        """Whether it has not ended."""
        return self._process.poll() is None

    def wait_until_ready(self, stop: Callable[[], bool]) -> None:
        """Wait until it has imported TensorFlow.

        Raises:
            DiedError: It ended instead, or it takes too long.
            StoppedError: `stop` told so.
        """
        try:
            if not self.ready:
                self.receive(_START_SECONDS, stop)
        except TimeoutError:
            raise DiedError("it takes too long", "no exit status") from None
        self.ready = True

    def order(self, work: str, graphs: Sequence[Forward], **details: Any) -> None:
        """Have it do something with graphs.

        Args:
            work: What to do: a key of `core.graph_worker.WORK`.
            graphs: With what.
            details: What else there is to say, as JSON values.

        Raises:
            DiedError: It has ended.
        """
        fields = [
            {key: value for key, value in asdict(forward).items() if key != "graph_def"}
            for forward in graphs
        ]
        order = {"work": work, "graphs": fields, "details": details}
        try:
            frames.write(self._input, json.dumps(order).encode())
            for forward in graphs:
                frames.write(self._input, forward.graph_def)
        except OSError:
            raise self._death() from None

    def receive(self, seconds: float, stop: Callable[[], bool]) -> dict[str, Any]:
        """Return what it says next.

        Raises:
            DiedError: It ended instead.
            StoppedError: `stop` told so.
            TimeoutError: The seconds are over.
        """
        end = time.monotonic() + seconds
        while True:
            if stop():
                raise StoppedError
            if time.monotonic() > end:
                raise TimeoutError
            with contextlib.suppress(queue.Empty):
                message = self._messages.get(timeout=_SLICE_SECONDS)
                break
        if message is None:
            raise self._death()
        found: dict[str, Any] = json.loads(message)
        return found

    def kill(self) -> None:
        """End it at once."""
        self._process.kill()
        self._process.wait()
        self._reader.join()
        with contextlib.suppress(OSError):  # what it has not read can't be written any more
            self._input.close()
        self._output.close()
        self._errors.close()

    def _read(self) -> None:
        while (message := frames.read(self._output)) is not None:
            self._messages.put(message)
        self._messages.put(None)

    def _death(self) -> DiedError:
        try:
            status = self._process.wait(_END_SECONDS)
        except subprocess.TimeoutExpired:
            return DiedError("it closed its output", "no exit status")
        cause = signal.Signals(-status).name if status < 0 else f"exit status {status}"
        return DiedError(self._last_words(), cause)

    def _last_words(self) -> str:
        """Return the last line on its standard error: C++ says there what ended it."""
        self._errors.seek(0)
        lines = [line.strip() for line in self._errors.read().decode(errors="replace").split("\n")]
        said = [line for line in lines if line]
        return said[-1].removeprefix("what():").strip() if said else ""
