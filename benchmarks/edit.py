"""From an edit to the tree and the plot that show what came of it, in a window without a screen."""

import time
from collections.abc import Callable

from PySide6.QtCore import QEventLoop, QTimer

from benchmarks.dense_stack import WIDTH, dense_stack
from benchmarks.measure import Figure, percentile, report, seconds
from benchmarks.window import settle, wait_for, window
from core.commands import set_argument

_LAYERS = 20
_EDITS = 30
# A person looks at what came, and what may wait till then has its time: fixes, the trial run.
_PAUSE_MS = 700


def main() -> None:
    """Measure and report."""
    with window(building=True) as found:
        found.editor.open(dense_stack(_LAYERS))
        wait_for(lambda: found.building.built)
        found.editor.select(("d10",))
        wait_for(lambda: found.plotting.weights and not found.working())
        rows = [_edited(found, number) for number in range(_EDITS + 3)][3:]
    taken, processor = zip(*rows, strict=True)
    bare = [1000 * _after_pause(_bare) for _ in range(_EDITS)]
    details = {
        "median": round(percentile(taken, 0.5)),
        "worst": round(max(taken)),
        "processor time": round(percentile(processor, 0.5)),
        "bare loop alone, 95 %": round(percentile(bare, 0.95)),
        "median of it": round(percentile(bare, 0.5)),
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
    _pause()
    return taken, used


def _after_pause(work: Callable[[], object]) -> float:
    """Return the seconds of some work that starts as an edit does, on a processor that rested."""
    _pause()
    return seconds(work)


def _pause() -> None:
    loop = QEventLoop()
    QTimer.singleShot(_PAUSE_MS, loop.quit)
    loop.exec()


if __name__ == "__main__":
    main()
