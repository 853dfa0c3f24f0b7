"""A process in which graphs are run: ``python -m core.graph_worker``.

On its standard input come orders, each followed by its graphs. JSON objects with one key go out on
its standard output: ``ready``, ``layer`` (about to be run), ``fault``, ``signal``, ``forward`` (all
outputs are done), ``gradient``, ``no_gradients``, ``numbers``, ``progress``, ``checkpoint``,
``skipped``, ``done``.
"""

import contextlib
import json
import os
import queue
import sys
import threading
import time
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from typing import Any, BinaryIO

from core import checkpoint_work, frames
from core.forward import Forward
from core.forward_pass import ForwardPass, SkippedError
from core.numbers import Feed, Weight
from core.numbers_pass import compare_numbers
from core.signals_pass import SignalsPass

_NICE = 5
_TELL_SECONDS = 0.05


class _Worker:
    """Works on orders until nobody gives any."""

    def __init__(self, orders: BinaryIO, answers: BinaryIO) -> None:
        self._input = orders
        self._output = answers
        self._told = 0.0
        self._orders: queue.SimpleQueue[tuple[dict[str, Any], list[Forward]]] = queue.SimpleQueue()

    def work(self) -> None:
        """Import TensorFlow, then answer."""
        # A thread of its own, so that the process ends with the program even while it runs a graph.
        threading.Thread(target=self._read, daemon=True).start()
        from core.tf1 import tf

        self._send(ready=tf.__version__)
        while True:
            self._answer(*self._orders.get())

    def _read(self) -> None:
        while (message := frames.read(self._input)) is not None:
            order = json.loads(message)
            graph_defs = [frames.read(self._input) for _ in order["graphs"]]
            graphs = [
                Forward(graph_def=graph_def, **fields)
                for graph_def, fields in zip(graph_defs, order["graphs"], strict=True)
                if graph_def is not None
            ]
            if len(graphs) == len(graph_defs):
                self._orders.put((order, graphs))
        os._exit(0)

    def _answer(self, order: dict[str, Any], graphs: list[Forward]) -> None:
        try:
            WORK[order["work"]](self, *graphs, **order["details"])
        except SkippedError as reason:
            self._send(skipped=str(reason))
        except Exception as error:  # noqa: BLE001 - a bug must end the order, not the process
            self._send(skipped=f"{type(error).__name__}: {error}")
        self._send(done=True)

    def try_out(self, forward: Forward, *, given: list[str], one_by_one: bool) -> None:
        """Tell of each layer that can't be run."""
        on_layer = (lambda origin: self._send(layer=origin)) if one_by_one else None
        ForwardPass(forward, given).run(lambda fault: self._send(fault=fault), on_layer)

    def find_signals(
        self, forward: Forward, *, feed: dict[str, Any], given: list[str], one_by_one: bool
    ) -> None:
        """Tell how each layer's output and gradient are distributed."""
        on_layer = (lambda origin: self._send(layer=origin)) if one_by_one else None
        SignalsPass(forward, Feed(**feed), given).find(self._send, on_layer)

    def compare_numbers(
        self,
        left: Forward,
        right: Forward,
        *,
        weights: list[dict[str, str]],
        feed: dict[str, Any],
    ) -> None:
        """Tell how far two graphs are apart."""
        both = [Weight(**weight) for weight in weights]
        self._send(numbers=compare_numbers(left, right, both, Feed(**feed)))

    def checkpoint(self, *, task: str, **details: Any) -> None:
        """Tell what TensorFlow says of a checkpoint, and meanwhile how far it is."""
        self._send(checkpoint=checkpoint_work.answer(task, self._tell_progress, **details))

    def _tell_progress(self, done: int, total: int, text: str) -> None:
        if time.monotonic() - self._told > _TELL_SECONDS:
            self._told = time.monotonic()
            self._send(progress=[done, total, text])

    def _send(self, **message: object) -> None:
        frames.write(self._output, json.dumps(message, default=asdict).encode())


WORK: dict[str, Callable[..., None]] = {
    "trial": _Worker.try_out,
    "signals": _Worker.find_signals,
    "numbers": _Worker.compare_numbers,
    "checkpoint": _Worker.checkpoint,
}


def _be_modest() -> None:
    """Leave no core file, yield to the program, and be the first to go when memory is short."""
    with contextlib.suppress(ImportError, ValueError, OSError):
        import resource

        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    with contextlib.suppress(AttributeError, OSError):
        os.nice(_NICE)
    with contextlib.suppress(OSError):
        Path("/proc/self/oom_score_adj").write_text("1000", encoding="ascii")


def _own_output() -> BinaryIO:
    """Return the standard output, and send to the errors what anything else prints there."""
    output = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    return output


if __name__ == "__main__":
    _be_modest()
    _Worker(sys.stdin.buffer, _own_output()).work()
