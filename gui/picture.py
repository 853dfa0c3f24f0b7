"""A picture of the window, as the documentation shows it."""

import sys
import tempfile
from pathlib import Path

from PySide6.QtCore import QEventLoop, QObject, QTimer

from core.built import Built
from core.document import load
from core.json_file import DocumentError
from gui.application import create
from gui.bridge import Bridge
from gui.collection import Collection
from gui.editor import Editor
from gui.main_window import MainWindow
from gui.settings import Settings
from gui.state import Folders

_WIDTH, _HEIGHT = 1440, 900
_LONGEST_MS = 120_000


def save(path: Path, to: Path, trusted: frozenset[str] = frozenset()) -> int:
    """Draw the window on a stack into a PNG file; return the exit status.

    Code of the stack is run where its digest is trusted.
    """
    try:
        load(path)
    except DocumentError as error:
        print(f"{path}: {error}", file=sys.stderr)  # noqa: T201 - the answer of a command
        return 2
    application = create()
    with tempfile.TemporaryDirectory() as folder:
        bridge = Bridge()
        folders = Folders(Path(folder), Path(folder))
        window = MainWindow(Editor(), bridge, Settings(folders), folders)
        collection = Collection(window.working)
        window.resize(_WIDTH, _HEIGHT)
        picture = _Picture(window)
        window.show()
        window.late_plot.start()
        bridge.start()
        window.trust.grant(trusted)
        window.files.load(path)
        window.building.build()
        picture.wait()
        application.processEvents()
        saved = picture.done and window.grab().save(str(to), "PNG")
        window.close()
        collection.stop()
        bridge.close()
    if not saved:
        print(f"{to} can't be written, or the stack was not built", file=sys.stderr)  # noqa: T201
    return 0 if saved else 1


class _Picture(QObject):
    """Waits until the window shows what came of the stack, with the weights of a first kernel."""

    def __init__(self, window: MainWindow) -> None:
        super().__init__()
        self.done = False
        self._window = window
        self._loop = QEventLoop()
        window.building.built_changed.connect(self._on_built_changed)
        window.building.failed.connect(self._on_done)
        window.plotting.shown.connect(self._on_done)

    def wait(self) -> None:
        """Return when there is something to see, or after too long a time."""
        QTimer.singleShot(_LONGEST_MS, self._loop, self._loop.quit)
        self._loop.exec()

    def _on_built_changed(self, built: Built | None) -> None:
        if built is None:
            return
        kernels = [found for found in built.variables if found.name.endswith("kernel")]
        chosen = (kernels or list(built.variables))[:1]
        if built.undrawn is not None or not chosen:
            self._on_done()
        else:
            self._window.editor.select((chosen[0].created_by,))

    def _on_done(self) -> None:
        self.done = True
        self._loop.quit()
