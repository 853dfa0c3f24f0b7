"""Edited name maps on disk: whatever is opened or closed, they are there when they are due."""

import hashlib
import json
import logging
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer, Signal

from core.atomic import write_text
from core.json_file import DocumentError
from core.named_tensors import NamedTensors
from gui.map_editor import MapEditor
from gui.state import Folders

if TYPE_CHECKING:
    from core.name_mapping import NameMapping

# From the first edit on, as with the stack.
_DELAY_MS = 500
_MOST = 200
_log = logging.getLogger(__name__)


class KeptMaps(QObject):
    """Writes the editor's map after each edit; a map belongs to the names of both its sides.

    Signals:
        failed: A map can't be written; a sentence says why.
    """

    failed = Signal(str)

    def __init__(self, editor: MapEditor, folders: Folders, parent: QObject | None = None) -> None:
        """Follow the editor."""
        super().__init__(parent)
        self._editor = editor
        self._folders = folders
        self._edited: NameMapping | None = None
        self._timer = QTimer(self, singleShot=True, interval=_DELAY_MS)
        self._timer.timeout.connect(self.write)
        editor.changed.connect(self._on_changed)

    def find(self, left: NamedTensors, right: NamedTensors) -> "NameMapping | None":
        """Return the map between these names as it was left, None where none was edited."""
        from core.map_file import load_map, mapping_of

        self.write()
        try:
            file = self._file(left, right)
            return mapping_of(load_map(file), left, right)[0] if file.exists() else None
        except (DocumentError, OSError):
            _log.exception("A kept name map can't be read")
            return None

    def write(self) -> None:
        """Write what was edited last, if that is not done yet."""
        from core.map_file import map_json

        self._timer.stop()
        edited, self._edited = self._edited, None
        if edited is None:
            return
        try:
            file = self._file(edited.left, edited.right)
            write_text(file, json.dumps(map_json(edited)))
            _remove_oldest(file.parent)
        except OSError as error:
            _log.exception("A name map can't be kept")
            self.failed.emit(
                "The name map can't be kept for when it is opened again; save it to a file: "
                f"{error.strerror or error}"
            )

    def _file(self, left: NamedTensors, right: NamedTensors) -> Path:
        names = json.dumps([sorted(left.tensors), sorted(right.tensors)])
        digest = hashlib.sha256(names.encode()).hexdigest()
        return self._folders.maps() / f"{digest}.json"

    def _on_changed(self) -> None:
        if self._editor.edited is not None:
            self._edited = self._editor.edited
            if not self._timer.isActive():
                self._timer.start()


def _remove_oldest(folder: Path) -> None:
    """Keep the maps that were edited last."""
    files = sorted(folder.glob("*.json"), key=lambda file: file.stat().st_mtime, reverse=True)
    for file in files[_MOST:]:
        file.unlink(missing_ok=True)
