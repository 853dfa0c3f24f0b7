"""A billion parameters: drawn, summarized and exported, cancelled once in the middle of each.

It takes 10 GB of memory and 4 GB of disk (in TMPDIR). A thread that ticks each millisecond stands
in for the window: the longest time between two ticks is how long it would have stood still.
``python -m benchmarks.billion [PARAMETERS]`` takes fewer.
"""

import queue
import sys
import tempfile
import threading
import time
from pathlib import Path

import psutil

from benchmarks.measure import Figure, report
from core.builder import Builder
from core.events import Cancelled, Finished, Ready
from core.sources import Selected, StackValues
from core.stack import Layer, Stack
from core.tasks import Build, Export, Summarize

_VARIABLES = 8
_WAIT = 600


class _Heart:
    """Ticks, and knows the longest time between two ticks."""

    def __init__(self) -> None:
        self.longest = 0.0
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._beat)
        self._thread.start()

    def stop(self) -> None:
        self._over.set()
        self._thread.join()

    def _beat(self) -> None:
        last = time.perf_counter()
        while not self._over.wait(0.001):
            now = time.perf_counter()
            self.longest = max(self.longest, now - last)
            last = now


def main() -> None:
    """Measure and report."""
    parameters = int(sys.argv[1]) if sys.argv[1:] else 10**9
    rows = parameters // _VARIABLES // 1000
    words = Layer("x", "input", "x", arguments={"shape": (None,), "dtype": "int32"})
    size = {"input_dim": rows, "output_dim": 1000}
    tables = (
        Layer(f"v{n}", "embedding", f"v{n}", "get_variable", inputs=("x",), arguments=size)
        for n in range(_VARIABLES)
    )
    stack = Stack(seed=1, nodes=(words, *tables))
    figures = []
    most = 0
    with tempfile.TemporaryDirectory() as folder:
        events: queue.Queue = queue.Queue()
        builder = Builder(events.put)
        builder.start()
        assert isinstance(events.get(timeout=_WAIT), Ready)
        prefix = Path(folder) / "values"
        builder.submit(Build(stack))
        # What TensorFlow loads with its first run is not what is measured.
        built = _ending(events).result
        drawn = StackValues(stack)
        selected = tuple(Selected(drawn, variable.name) for variable in built.variables)
        assert len(selected) == _VARIABLES, built.refusal
        phases = (("draw", Build(stack)), ("summarize", Summarize(selected, 512)))
        for what, task in (*phases, ("export", Export(StackValues(stack), prefix))):
            taken, longest, ended = _run(builder, events, task)
            assert isinstance(ended, Finished), ended
            figures += [
                Figure(f"{what}", taken, "s"),
                Figure(f"{what}: longest freeze", 1000 * longest, "ms"),
                _cancelled(builder, events, task, taken),
            ]
            most = max(most, psutil.Process().memory_info().rss)
            if what == "draw":
                builder.submit(Build(stack))
                assert isinstance(_ending(events), Finished)
        size = sum(file.stat().st_size for file in Path(folder).iterdir())
        assert size > 4 * rows * 1000 * _VARIABLES, size
        builder.close()
    figures.append(Figure("memory", most / 2**30, "GB", 24))
    report("billion", figures)


def _run(builder: Builder, events: queue.Queue, task) -> tuple[float, float, object]:
    heart = _Heart()
    started = time.perf_counter()
    builder.submit(task)
    ended = _ending(events)
    taken = time.perf_counter() - started
    heart.stop()
    return taken, heart.longest, ended


def _cancelled(builder: Builder, events: queue.Queue, task, taken: float) -> Figure:
    """Cancel a task when half its time is over; return how long it takes to end."""
    builder.submit(task)
    time.sleep(taken / 2)
    started = time.perf_counter()
    builder.cancel()
    ended = _ending(events)
    what = type(task).__name__.lower()
    waited = time.perf_counter() - started
    return Figure(
        f"{what} cancelled: until it ended", waited, "s", None, None, {"as": _name(ended)}
    )


def _name(ended: object) -> str:
    return "cancelled" if isinstance(ended, Cancelled) else type(ended).__name__


def _ending(events: queue.Queue):
    while True:
        event = events.get(timeout=_WAIT)
        if hasattr(event, "number") and type(event).__name__ != "Started":
            return event


if __name__ == "__main__":
    main()
