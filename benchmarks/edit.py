"""From an edit to the tree and the plot that show what came of it, in a window without a screen."""

import statistics
import time

from PySide6.QtCore import QEventLoop

from benchmarks.dense_stack import WIDTH, dense_stack
from benchmarks.measure import Figure, percentile, report, seconds
from benchmarks.window import settle, wait_for, window
from core.commands import set_argument

_LAYERS = 20
_EDITS = 30


def main() -> None:
    """Measure and report."""
    with window(building=True) as found:
        found.editor.open(dense_stack(_LAYERS))
        wait_for(lambda: found.building.built)
        found.editor.select(("d10",))
        wait_for(lambda: found.plotting.weights and not found.working())
        rows = [_edited(found, number) for number in range(_EDITS + 3)][3:]
    taken, processor = zip(*rows, strict=True)
    bare = 1000 * statistics.median(seconds(_bare) for _ in range(9))
    details = {
        "median": round(percentile(taken, 0.5)),
        "worst": round(max(taken)),
        "processor time": round(percentile(processor, 0.5)),
        "bare loop alone": round(bare),
    }
    what = f"edit to tree and plot, {_LAYERS} layers, 95 %"
    report("edit", [Figure(what, percentile(taken, 0.95), "ms", 250, None, details)])


def _bare() -> None:
    """Do what TensorFlow has to do for it, whoever asks."""
    from core.tf1 import tf

    with tf.Graph().as_default():
        value = tf.placeholder(tf.float32, [None, WIDTH])
        for _ in range(_LAYERS):
            value = tf.layers.dense(value, WIDTH)


def _edited(found, number: int) -> tuple[float, float]:
    """Change a layer's width; return the milliseconds, and those of all processors."""
    loop = QEventLoop()
    found.plotting.shown.connect(loop.quit)
    started, used = time.perf_counter(), time.process_time()
    units = WIDTH + number % 7 + 1
    found.editor.do(set_argument(found.editor.stack, ("d10",), "units", units))
    loop.exec()
    settle()
    taken = 1000 * (time.perf_counter() - started)
    used = 1000 * (time.process_time() - used)
    found.plotting.shown.disconnect(loop.quit)
    kernel = found.plotting.weights[0]
    assert kernel.shape == (WIDTH, units), kernel.shape
    wait_for(lambda: not found.working())
    return taken, used


if __name__ == "__main__":
    main()
