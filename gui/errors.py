"""Errors that nobody foresaw: logged, and shown without stopping the work."""

import faulthandler
import logging
import sys
import threading
import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from logging.handlers import RotatingFileHandler
from pathlib import Path
from types import TracebackType

from PySide6.QtCore import QObject, Signal

from core.processes import is_orphan, owner
from gui.error_dialog import ErrorDialog
from gui.state import Folders

_LARGEST_LOG = 2**20
_CRASH = ".crash.txt"
_log = logging.getLogger(__name__)


class Errors(QObject):
    """Catches what is raised and not handled, in any thread; `close` gives the hooks back.

    Signals:
        happened: The traceback of an error, in the window's thread.
    """

    happened = Signal(str)

    def __init__(self, parent: QObject | None = None) -> None:
        """Set the hooks."""
        super().__init__(parent)
        self._dialog: ErrorDialog | None = None
        self._hooks = sys.excepthook, threading.excepthook
        sys.excepthook = self._on_exception
        threading.excepthook = self._on_thread_exception
        self.happened.connect(self._on_happened)

    def close(self) -> None:
        """Take the hooks that were there before, and close the dialog."""
        sys.excepthook, threading.excepthook = self._hooks
        if self._dialog is not None:
            self._dialog.close()

    def _on_exception(
        self, kind: type[BaseException], error: BaseException, trace: TracebackType | None
    ) -> None:
        if not issubclass(kind, Exception):
            self._hooks[0](kind, error, trace)
            return
        self._report("An error", (kind, error, trace))

    def _on_thread_exception(self, arguments: threading.ExceptHookArgs) -> None:
        error = arguments.exc_value
        if not isinstance(error, Exception):
            self._hooks[1](arguments)
            return
        name = arguments.thread.name if arguments.thread else "unknown"
        found = type(error), error, arguments.exc_traceback
        self._report(f"An error in the thread {name}", found)

    def _report(
        self, what: str, found: tuple[type[BaseException], BaseException, TracebackType | None]
    ) -> None:
        _log.error(what, exc_info=found)
        # From another thread this is queued: the dialog belongs to the window's.
        self.happened.emit("".join(traceback.format_exception(*found)))

    def _on_happened(self, details: str) -> None:
        if self._dialog is None:
            self._dialog = ErrorDialog()
            self._dialog.finished.connect(self._on_dialog_finished)
            self._dialog.show()
        self._dialog.add(details)

    def _on_dialog_finished(self) -> None:
        if self._dialog is not None:
            self._dialog.deleteLater()
            self._dialog = None


def log_to_file(folders: Folders) -> None:
    """Have all that is logged from now on in a file."""
    handler = RotatingFileHandler(
        folders.logs() / "layerscope.log", maxBytes=_LARGEST_LOG, backupCount=1, encoding="utf-8"
    )
    handler.setFormatter(logging.Formatter("%(asctime)s %(process)d %(levelname)s %(message)s"))
    logging.getLogger().addHandler(handler)


@contextmanager
def native_crashes_told(folders: Folders) -> Iterator[None]:
    """Have a native crash leave its stack traces in a file, for the next start to tell."""
    path = folders.logs() / f"{owner()}{_CRASH}"
    with path.open("w", encoding="utf-8") as file:
        faulthandler.enable(file)
        try:
            yield
        finally:
            faulthandler.disable()
    path.unlink(missing_ok=True)


def crash_reports(folders: Folders) -> list[str]:
    """Return what native crashes of earlier windows left, and take it away into the log."""
    found = []
    for file in sorted(folders.logs().glob(f"*{_CRASH}")):
        if is_orphan(file) and (text := _taken(file)):
            _log.error("A native crash of an earlier window:\n%s", text)
            found.append(text)
    return found


def _taken(file: Path) -> str:
    """Return a report and remove it; empty where the process was killed, or another has it."""
    try:
        text = file.read_text(encoding="utf-8", errors="replace").strip()
        file.unlink()
    except OSError:
        return ""
    return text
