"""Garbage collection, which belongs to the main thread.

Python collects in whatever thread crosses the threshold: the builder's would destroy Qt objects,
which ends in a segmentation fault within seconds. So it is off, and a timer of the main thread
collects once the builder has rested for a moment: a collection holds up both, and what was built
is shown before.
"""

import gc
from collections.abc import Callable

from PySide6.QtCore import QObject, QTimer

from core import memory

_INTERVAL_MS = 400
# Where the builder never rests, its garbage must not fill the memory.
_MOST_YOUNG = 3_000_000
# What may stay with the process before it is worth stopping to give it back.
_WORTH_BYTES = 256 * 2**20


class Collection(QObject):
    """Collects now and then, in the thread that it lives in."""

    def __init__(self, busy: Callable[[], bool], parent: QObject | None = None) -> None:
        """Turn Python's own collection off.

        Args:
            busy: Tells whether the builder works.
            parent: Its owner.
        """
        super().__init__(parent)
        gc.disable()
        self._busy = busy
        self._worked = False
        self._resident = memory.resident_bytes()
        self._timer = QTimer(self, interval=_INTERVAL_MS)
        self._timer.timeout.connect(self.collect)
        self._timer.start()

    def note_work(self) -> None:
        """Note that the builder works, and so leaves garbage."""
        self._worked = True
        if self._timer.isActive() and gc.get_count()[0] < _MOST_YOUNG:
            self._timer.start()  # anew

    def freeze(self) -> None:
        """Leave all that is there now out of every collection to come: it stays anyway.

        It is not collected before: TensorFlow's import leaves a thousand objects of garbage among
        half a million, and finding them stops the window for 150 ms.
        """
        gc.freeze()

    def collect(self) -> None:
        """Collect what has to be; all generations once after the builder has worked."""
        young = gc.get_count()[0]
        busy = self._busy()
        if busy and young < _MOST_YOUNG:
            return
        if self._worked:
            # A graph is full of cycles, and those of earlier builds are as old as can be.
            gc.collect()
            self._worked = busy
            self._give_back()
        elif young > gc.get_threshold()[0]:
            gc.collect(1)

    def _give_back(self) -> None:
        if memory.resident_bytes() > self._resident + _WORTH_BYTES:
            memory.give_back()
            self._resident = memory.resident_bytes()

    def stop(self) -> None:
        """Collect no more."""
        self._timer.stop()
