"""The window with the real builder, for programs that tests run in a process of their own."""

import os
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import psutil
from PySide6.QtCore import QCoreApplication, QEvent, QEventLoop, QTimer, SignalInstance

from gui.application import create
from gui.bridge import Bridge
from gui.collection import Collection
from gui.editor import Editor
from gui.main_window import MainWindow
from gui.settings import Settings
from gui.state import folders

_ROOT = Path(__file__).parent.parent.parent
_TIMEOUT_MS = 60_000


def run(program: str, *arguments: object) -> subprocess.CompletedProcess:
    """Run a program to its end."""
    return subprocess.run(
        [sys.executable, "-c", program, *map(str, arguments)],
        capture_output=True,
        text=True,
        check=False,
        timeout=300,
        cwd=_ROOT,
        env=os.environ | {"PYTHONPATH": str(_ROOT), "TF_ENABLE_ONEDNN_OPTS": "0"},
    )


def wait(
    signal: SignalInstance, act: Callable[[], object] = lambda: None, *others: SignalInstance
) -> None:
    """Do something and wait until it is told by a signal, or by one of the others."""
    # Not QSignalSpy.wait: it keeps the interpreter from the builder's thread.
    loop, came = QEventLoop(), []

    def on(*told: object) -> None:
        came.append(told)
        loop.quit()

    for found in (signal, *others):
        found.connect(on)
    act()
    if not came:
        QTimer.singleShot(_TIMEOUT_MS, loop, loop.quit)
        loop.exec()
    for found in (signal, *others):
        found.disconnect(on)
    assert came, signal


@contextmanager
def sitting() -> Iterator[MainWindow]:
    """Give a shown window whose builder is ready; close it, and assert that nothing is left."""
    application = create()
    bridge = Bridge()
    window = MainWindow(Editor(), bridge, Settings(folders()), folders())
    collection = Collection(lambda: window.status.busy)
    wait(window.painted, window.show)
    window.late_plot.start()
    wait(bridge.ready, bridge.start)
    yield window
    wait(window.closed, window.close)
    bridge.close()
    collection.stop()
    assert threading.enumerate() == [threading.main_thread()]
    assert not psutil.Process().children()
    window.deleteLater()
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
    assert not application.topLevelWidgets()
