"""Asking where to write a file, and telling what came of it."""

from collections.abc import Callable
from functools import partial
from pathlib import Path

from PySide6.QtCore import QObject, Signal

from gui.dialogs import Dialogs
from gui.files import Files
from gui.settings import EXPORT_FOLDER, Settings


class FileWriter(QObject):
    """Asks for a place beside the file that was written last, or beside the stack's own.

    Signals:
        changed: Whether something can be written is another now.
        told: What was written, in one sentence.
        refused: Why nothing was written, in one sentence.
    """

    changed = Signal()
    told = Signal(str)
    refused = Signal(str)

    def __init__(
        self, files: Files, settings: Settings, dialogs: Dialogs, parent: QObject | None = None
    ) -> None:
        """Ask by means of these dialogs."""
        super().__init__(parent)
        self._files = files
        self._settings = settings
        self._dialogs = dialogs

    def _ask(
        self, title: str, stem: str, filters: str, suffix: str, write: Callable[[Path], None]
    ) -> None:
        """Ask where to, and have it written; a suffix that is missing is added."""
        own = self._files.path.parent if self._files.path else Path.home()
        folder = self._settings.folder(EXPORT_FOLDER) or own
        chosen = partial(self._on_chosen, write, suffix)
        self._dialogs.ask_save(title, folder / f"{stem}{suffix}", filters, suffix[1:], chosen)

    def _on_chosen(self, write: Callable[[Path], None], suffix: str, path: Path) -> None:
        self._settings.set(EXPORT_FOLDER, str(path.parent))
        if path.name.lower().endswith(suffix):
            self._write(write, path)
            return
        path = path.with_name(f"{path.name}{suffix}")
        write_it = partial(self._write, write, path)
        if path.exists():  # the file dialog asked by another name
            self._dialogs.ask_replace(path.name, write_it)
        else:
            write_it()

    def _write(self, write: Callable[[Path], None], path: Path) -> None:
        try:
            write(path)
        except OSError as error:
            self.refused.emit(f"{path.name} can't be written: {error.strerror or error}")

    def _tell_written(self, path: Path) -> None:
        self.told.emit(f"Wrote {path.name} to {path.parent}")
