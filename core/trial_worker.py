"""A process in which graphs are run: ``python -m core.trial_worker``.

On its standard input come orders, each followed by a graph. JSON objects with one key go out on
its standard output: ``ready``, ``layer`` (about to be run), ``fault``, ``skipped``, ``done``.
"""

import contextlib
import json
import os
import queue
import sys
import threading
from dataclasses import asdict
from pathlib import Path
from typing import Any, BinaryIO

from core import frames
from core.forward import Forward
from core.forward_pass import ForwardPass, SkippedError

_NICE = 5


class _Worker:
    """Works on orders until nobody gives any."""

    def __init__(self, orders: BinaryIO, answers: BinaryIO) -> None:
        self._input = orders
        self._output = answers
        self._orders: queue.SimpleQueue[tuple[dict[str, Any], bytes]] = queue.SimpleQueue()

    def work(self) -> None:
        """Import TensorFlow, then answer."""
        # A thread of its own, so that the process ends with the program even while it runs a graph.
        threading.Thread(target=self._read, daemon=True).start()
        from core.tf1 import tf

        self._send(ready=tf.__version__)
        while True:
            self._answer(*self._orders.get())

    def _read(self) -> None:
        while (order := frames.read(self._input)) is not None:
            graph_def = frames.read(self._input)
            if graph_def is not None:
                self._orders.put((json.loads(order), graph_def))
        os._exit(0)

    def _answer(self, order: dict[str, Any], graph_def: bytes) -> None:
        forward = Forward(graph_def=graph_def, **order["forward"])
        on_layer = (lambda origin: self._send(layer=origin)) if order["one_by_one"] else None
        try:
            ForwardPass(forward, order["given"]).run(
                lambda fault: self._send(fault=asdict(fault)), on_layer
            )
        except SkippedError as reason:
            self._send(skipped=str(reason))
        except Exception as error:  # noqa: BLE001 - a bug must end the order, not the process
            self._send(skipped=f"{type(error).__name__}: {error}")
        self._send(done=True)

    def _send(self, **message: object) -> None:
        frames.write(self._output, json.dumps(message).encode())


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
