"""What all benchmarks do: time calls in turn, hold them against a bar, print and store them."""

import gc
import json
import platform
import statistics
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from pathlib import Path

import psutil

OUT = Path(__file__).parent.parent / "out" / "benchmarks"


@dataclass(frozen=True)
class Figure:
    """One measured value and the bar that it has to reach.

    Attributes:
        most: The value is to be at most this.
        least: The value is to be at least this.
        details: What it was made of.
    """

    what: str
    value: float
    unit: str
    most: float | None = None
    least: float | None = None
    details: dict[str, object] = field(default_factory=dict)

    @property
    def met(self) -> bool | None:
        """Whether the bar is reached, None where there is none."""
        if self.most is not None:
            return self.value <= self.most
        return None if self.least is None else self.value >= self.least


def seconds(run: Callable[[], object]) -> float:
    """Return how long a call takes, with no garbage left for it and none collected in it.

    So does the program: it collects between two builds only.
    """
    return timed(run)[0]


def timed(run: Callable[[], object]) -> tuple[float, float]:
    """Return how long a call takes and its processor time, which others can't add to."""
    gc.collect()
    gc.disable()
    try:
        started, used = time.perf_counter(), time.process_time()
        run()
        return time.perf_counter() - started, time.process_time() - used
    finally:
        gc.enable()


def in_turn(turns: int, *runs: Callable[[], object]) -> list[float]:
    """Return the medians of several calls, which take turns so that all see the same machine."""
    for run in runs:
        run()
    columns = zip(*([seconds(run) for run in runs] for _ in range(turns)), strict=True)
    return [statistics.median(column) for column in columns]


def ratios(turns: int, base: Callable[[], object], *others: Callable[[], object]) -> list[float]:
    """Return how long calls take as multiples of the first, each the median over turns."""
    base()
    rows = []
    for _ in range(turns):
        before = seconds(base)
        found = [seconds(other) for other in others]
        # The machine may be slower now than it was: the mean of before and after allows for that.
        around = (before + seconds(base)) / 2
        rows.append([value / around for value in found])
    return [statistics.median(column) for column in zip(*rows, strict=True)]


@contextmanager
def peak_memory() -> Iterator[list[int]]:
    """Give a list that holds, after the block, by how many bytes the process grew within it."""
    import threading

    process = psutil.Process()
    start = process.memory_info().rss
    found = [0]
    over = threading.Event()

    def watch() -> None:
        while not over.wait(0.002):
            found[0] = max(found[0], process.memory_info().rss - start)

    thread = threading.Thread(target=watch)
    thread.start()
    try:
        yield found
    finally:
        over.set()
        thread.join()


def percentile(values: Iterable[float], share: float) -> float:
    """Return the value that a share of the values is not above."""
    ordered = sorted(values)
    return ordered[min(int(share * len(ordered)), len(ordered) - 1)]


def report(name: str, figures: list[Figure]) -> None:
    """Print a benchmark's figures as a table and store them as JSON."""
    OUT.mkdir(parents=True, exist_ok=True)
    machine = {"cpus": psutil.cpu_count(), "memory": psutil.virtual_memory().total}
    content = {
        "benchmark": name,
        "python": platform.python_version(),
        "machine": machine | {"load": psutil.getloadavg()[0]},
        "figures": [asdict(figure) | {"met": figure.met} for figure in figures],
    }
    (OUT / f"{name}.json").write_text(json.dumps(content, indent=2) + "\n", encoding="utf-8")
    print(f"\n{name}")
    for figure in figures:
        print(_line(figure))


def _line(figure: Figure) -> str:
    bar = ""
    if figure.most is not None:
        bar = f"at most {figure.most:g}"
    elif figure.least is not None:
        bar = f"at least {figure.least:g}"
    met = {True: "reached", False: "MISSED", None: ""}[figure.met]
    details = ", ".join(f"{key} {value}" for key, value in figure.details.items())
    value = f"{figure.value:.4g} {figure.unit}"
    return f"  {figure.what:<52} {value:>14}  {bar:<14} {met:<8} {details}".rstrip()
