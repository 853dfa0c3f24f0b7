"""A window without a screen (Qt's offscreen platform), as the benchmarks of the window use it."""

import os
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
# Read by `gui.state`: nothing of the person's own is read or written.
_STATE = tempfile.TemporaryDirectory()
os.environ["LAYERSCOPE_STATE_DIR"] = _STATE.name

from PySide6.QtCore import QCoreApplication, QEvent, QEventLoop, Qt, QTimer  # noqa: E402

from gui.application import create  # noqa: E402
from gui.bridge import Bridge  # noqa: E402
from gui.collection import Collection  # noqa: E402
from gui.editor import Editor  # noqa: E402
from gui.main_window import MainWindow  # noqa: E402
from gui.settings import Settings  # noqa: E402
from gui.state import folders  # noqa: E402


@contextmanager
def window(*, building: bool = False) -> Iterator[MainWindow]:
    """Give a window that is shown; with `building` its builder is there and ready."""
    application = create()
    bridge = Bridge()
    made = MainWindow(Editor(), bridge, Settings(folders()), folders())
    collection = Collection(made.working)
    bridge.started.connect(collection.note_work)
    bridge.ready.connect(collection.freeze)
    made.show()
    if building:
        plots = []
        made.late_plot.made.connect(plots.append)
        made.late_plot.start()
        wait_for(lambda: plots)
        bridge.start()
        wait_for(lambda: not made.loading)
    else:
        made.building.automatic_building(False)
    application.processEvents()
    yield made
    made.end()
    collection.stop()
    if building:
        bridge.close()
    made.hide()
    made.deleteLater()
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)


def settle() -> None:
    """Handle all events that wait, as the painting of what has changed."""
    QCoreApplication.sendPostedEvents()
    QCoreApplication.processEvents()


def wait_for(condition: Callable[[], object], seconds: float = 120.0, tick_ms: int = 2) -> None:
    """Run the event loop until something is so, which is looked at with each tick."""
    loop = QEventLoop()
    end = time.perf_counter() + seconds

    def look() -> None:
        if condition() or time.perf_counter() > end:
            loop.quit()

    timer = QTimer(timerType=Qt.TimerType.PreciseTimer, interval=tick_ms)
    timer.timeout.connect(look)
    timer.start()
    loop.exec()
    timer.stop()
    if time.perf_counter() > end:
        raise TimeoutError("this did not happen in the window")


def state_folder() -> Path:
    """Return where the window keeps its files."""
    return Path(_STATE.name)
