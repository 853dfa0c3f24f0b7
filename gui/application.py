"""The program with a window, from its start to its end."""

import logging
import os
import signal
import sys
from functools import partial
from pathlib import Path

from PySide6.QtCore import QCoreApplication, QEvent, Qt, QTimer
from PySide6.QtWidgets import QApplication

from gui import icons, theme
from gui.bridge import Bridge
from gui.collection import Collection
from gui.editor import Editor
from gui.error_dialog import ErrorDialog
from gui.errors import Errors, crash_reports, log_to_file, native_crashes_told
from gui.main_window import MainWindow
from gui.message_bar import Level
from gui.settings import THEME, Settings
from gui.state import folders


def run(path: Path | None) -> int:
    """Show the window and return the exit status when it is closed."""
    application = create()
    found = folders()
    log_to_file(found)
    # Python's own handler would wait for Python to run; the stack is safe without one.
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    errors = Errors()
    crashes = crash_reports(found)
    with native_crashes_told(found):
        theme.current().use(Settings(found).get(THEME))
        bridge = Bridge()
        window = MainWindow(Editor(), bridge, Settings(found), found)
        window.painted.connect(partial(QTimer.singleShot, 0, partial(_start, window, path)))
        _tell(window, crashes)
        _show(application, window)
        ended = not window.loading and bridge.close()
    errors.close()
    if not ended:
        # Neither the import nor custom code that waits can be interrupted, and Python can't end
        # cleanly below them; nothing is open.
        logging.shutdown()
        os._exit(0)
    window.deleteLater()
    QCoreApplication.sendPostedEvents(window, QEvent.Type.DeferredDelete)
    return 0


def create() -> QApplication:
    """Return the application, with its style and name."""
    QCoreApplication.setApplicationName("Layerscope")
    QApplication.setDesktopFileName("layerscope")
    application = QApplication.instance() or QApplication(sys.argv[:1])
    assert isinstance(application, QApplication)
    application.setStyle("Fusion")
    application.setWindowIcon(icons.icon("layers", theme.colours().accent))
    return application


def _show(application: QApplication, window: MainWindow) -> None:
    """Show the window until it is closed."""
    collection = Collection(window.working)
    window.bridge.started.connect(collection.note_work)
    window.bridge.ready.connect(collection.freeze)
    window.show()
    application.exec()
    collection.stop()


def _start(window: MainWindow, path: Path | None) -> None:
    """Do what may wait until the window is seen."""
    window.start(path)
    # One after the other: while TensorFlow's library is loaded, the system lets no other one be,
    # and a Python import that waits for it holds the interpreter.
    window.late_plot.imported.connect(window.bridge.start, Qt.ConnectionType.QueuedConnection)
    window.late_plot.start()


def _tell(window: MainWindow, crashes: list[str]) -> None:
    """Tell of native crashes of earlier windows."""
    if not crashes:
        return
    text = "Layerscope ended with a native crash the last time; the details say where."
    details = partial(_open_details, window, "\n\n".join(crashes))
    window.panels.messages.tell("crash", text, Level.WARNING, "Details", details)


def _open_details(window: MainWindow, details: str) -> None:
    dialog = ErrorDialog("What the native crash left:", window)
    dialog.add(details)
    window.dialogs.open(dialog)
