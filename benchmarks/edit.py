"""From an edit to the tree and the plot that show what came of it, in a window without a screen."""

import time

from benchmarks.dense_stack import WIDTH, dense_stack
from benchmarks.measure import Figure, percentile, report
from benchmarks.window import settle, wait_for, window
from core.commands import set_argument

_LAYERS = 20
_EDITS = 40


def main() -> None:
    """Measure and report."""
    with window(building=True) as found:
        found.editor.open(dense_stack(_LAYERS))
        wait_for(lambda: found.building.built)
        found.editor.select(("d10",))
        wait_for(lambda: found.plotting.weights and not found.working())
        taken = [_edited(found, number) for number in range(_EDITS + 3)][3:]
    details = {"median": round(percentile(taken, 0.5)), "worst": round(max(taken))}
    what = f"edit to tree and plot, {_LAYERS} layers, 95 %"
    report("edit", [Figure(what, percentile(taken, 0.95), "ms", 250, None, details)])


def _edited(found, number: int) -> float:
    """Change a layer's width, and its neighbour's input with it; return the milliseconds."""
    shown = []
    connection = found.plotting.shown.connect(lambda: shown.append(True))
    started = time.perf_counter()
    units = WIDTH + number % 7 + 1
    found.editor.do(set_argument(found.editor.stack, ("d10",), "units", units))
    wait_for(lambda: shown)
    settle()
    taken = 1000 * (time.perf_counter() - started)
    found.plotting.shown.disconnect(connection)
    kernel = found.plotting.weights[0]
    assert kernel.shape == (WIDTH, units), kernel.shape
    wait_for(lambda: not found.working())
    return taken


if __name__ == "__main__":
    main()
