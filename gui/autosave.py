"""The open stack on disk, so that a crash costs a second of work at most."""

import json
import logging
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from PySide6.QtCore import QObject, QTimer, Signal

from core import document
from core.atomic import write_text
from core.processes import is_orphan, owner
from core.stack import Stack
from gui.editor import Editor
from gui.state import Folders

# From the first edit on, not from the last: with the writing it must stay below a second.
_DELAY_MS = 500
_ORIGIN = ".origin.json"
_log = logging.getLogger(__name__)


class Autosave(QObject):
    """Writes the stack of this window while it has edits that are in no file.

    Signals:
        failed: The stack can't be written; a sentence says why.
        worked: It was written, or there is nothing to write.
    """

    failed = Signal(str)
    worked = Signal()

    def __init__(self, editor: Editor, folders: Folders, parent: QObject | None = None) -> None:
        """Follow the editor."""
        super().__init__(parent)
        self._editor = editor
        folder = folders.autosaved()
        self._file = folder / f"{owner()}{document.SUFFIX}"
        self._origin = folder / f"{owner()}{_ORIGIN}"
        self._belongs_to: Path | None = None
        self._timer = QTimer(self, singleShot=True, interval=_DELAY_MS)
        self._timer.timeout.connect(self.write)
        editor.stack_changed.connect(self._on_stack_changed)
        editor.undo_stack.cleanChanged.connect(self._on_clean_changed)

    def set_path(self, path: Path | None) -> None:
        """Note which file the open stack belongs to."""
        self._belongs_to = path

    def write(self) -> None:
        """Write the stack now, if it has edits that are in no file."""
        self._timer.stop()
        if self._editor.undo_stack.isClean():
            return
        origin = {"file": str(self._belongs_to) if self._belongs_to else None}
        try:
            write_text(self._origin, json.dumps(origin))
            # Nobody reads it, and of 10,000 layers the indented text takes four times as long.
            document.save(self._editor.stack, self._file, indent=None)
        except OSError as error:
            _log.exception("The stack can't be saved for recovery")
            self.failed.emit(
                "A crash would cost the changes to this stack, which can't be kept in "
                f"{self._file.parent}: {error.strerror or error}"
            )
        else:
            self.worked.emit()

    def clear(self) -> None:
        """Take the file away: there is nothing to recover."""
        self._timer.stop()
        for file in (self._file, self._origin):
            file.unlink(missing_ok=True)
        self.worked.emit()

    def end(self) -> None:
        """Take the file away and write no other."""
        self._editor.stack_changed.disconnect(self._on_stack_changed)
        self._editor.undo_stack.cleanChanged.disconnect(self._on_clean_changed)
        self.clear()

    def _on_stack_changed(self) -> None:
        if not self._timer.isActive():
            self._timer.start()

    def _on_clean_changed(self, clean: bool) -> None:
        if clean:
            self.clear()


@dataclass(frozen=True, slots=True)
class Orphan:
    """A stack that a window left behind which did not end cleanly.

    Attributes:
        file: The autosaved stack.
        belongs_to: The file that it was opened from or saved to, if any.
        saved: When it was written.
    """

    file: Path
    belongs_to: Path | None
    saved: datetime

    @property
    def title(self) -> str:
        """What to call it."""
        return self.belongs_to.name if self.belongs_to else "unsaved stack"

    def load(self) -> Stack:
        """Return the stack. Raises DocumentError."""
        return document.load(self.file)

    def discard(self) -> None:
        """Take it away for good."""
        self.file.unlink(missing_ok=True)
        _origin_of(self.file).unlink(missing_ok=True)


def orphans(folders: Folders) -> list[Orphan]:
    """Return what windows of dead processes left, the newest first; take their scraps away."""
    return sorted(_find(folders.autosaved()), key=lambda found: found.saved, reverse=True)


def _find(folder: Path) -> Iterator[Orphan]:
    for file in folder.iterdir():
        # A write that was cut short leaves a hidden file named after the one it was for.
        if not is_orphan(file.with_name(file.name.lstrip("."))):
            continue
        if file.name.startswith("."):
            file.unlink(missing_ok=True)
        elif file.name.endswith(document.SUFFIX):
            saved = datetime.fromtimestamp(file.stat().st_mtime).astimezone()
            yield Orphan(file, _belongs_to(file), saved)
        elif not _stack_of(file).exists():
            file.unlink(missing_ok=True)


def _belongs_to(file: Path) -> Path | None:
    try:
        found = json.loads(_origin_of(file).read_text(encoding="utf-8"))["file"]
    except (OSError, ValueError, KeyError, TypeError):
        return None
    return Path(found) if isinstance(found, str) else None


def _origin_of(file: Path) -> Path:
    return file.with_name(file.name.removesuffix(document.SUFFIX) + _ORIGIN)


def _stack_of(origin: Path) -> Path:
    return origin.with_name(origin.name.removesuffix(_ORIGIN) + document.SUFFIX)
