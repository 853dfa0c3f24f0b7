"""How long the window's event loop stands still while 500 layers are built beside it."""

import time

from PySide6.QtCore import Qt, QTimer

from benchmarks.dense_stack import dense_stack
from benchmarks.measure import Figure, percentile, report
from benchmarks.window import settle, wait_for, window

_LAYERS = 500
_TURNS = 3


class _Ticks:
    """Times between the ticks of a timer that ticks each millisecond."""

    def __init__(self) -> None:
        self.taken: list[float] = []
        self._last = time.perf_counter()
        self._timer = QTimer(timerType=Qt.TimerType.PreciseTimer, interval=1)
        self._timer.timeout.connect(self._tick)
        self._timer.start()

    def stop(self) -> None:
        self._timer.stop()

    def _tick(self) -> None:
        now = time.perf_counter()
        self.taken.append(1000 * (now - self._last))
        self._last = now


def main() -> None:
    """Measure and report."""
    longest, most = [], []
    with window(building=True) as found:
        found.editor.open(dense_stack(20))
        wait_for(lambda: found.building.built and not found.working())
        for turn in range(_TURNS):
            found.editor.open(dense_stack(_LAYERS + turn))
            settle()
            ticks = _Ticks()
            wait_for(lambda: found.building.built and not found.working(), tick_ms=20)
            settle()
            ticks.stop()
            longest.append(max(ticks.taken))
            most.append(percentile(ticks.taken, 0.99))
    details = {"each": [round(value) for value in longest]}
    what = f"{_LAYERS} layers"
    report(
        "freeze",
        [
            Figure(
                f"{what}: longest freeze",
                percentile(longest, 0.5),
                "ms",
                50,
                None,
                details,
            ),
            Figure(f"{what}: 99 % of ticks", percentile(most, 0.5), "ms", 16),
        ],
    )


if __name__ == "__main__":
    main()
