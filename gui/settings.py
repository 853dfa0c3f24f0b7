"""What the user has chosen, kept from one start to the next."""

import logging
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Generic, TypeVar

from PySide6.QtCore import QSettings

from gui.state import Folders
from gui.theme import Scheme

_log = logging.getLogger(__name__)
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Setting(Generic[T]):
    """A setting: its key, its default, which also gives its type, and what it is for."""

    key: str
    default: T
    help: str


AUTOMATIC_BUILDING = Setting("building/automatic", True, "Build after each edit.")
THEME = Setting("window/theme", Scheme.SYSTEM, "Light, dark, or as the system has it.")
RECENT_FILES: Setting[tuple[str, ...]] = Setting(
    "files/recent", (), "The stack files that were opened or saved last, the newest first."
)
FILE_FOLDER = Setting("files/folder", "", "Where stacks were opened or saved last.")
EXPORT_FOLDER = Setting("export/folder", "", "Where a checkpoint or script was written last.")
CHECKPOINT_FOLDER = Setting("checkpoint/folder", "", "Where a checkpoint was opened last.")
MUTED_HAZARDS: Setting[tuple[str, ...]] = Setting(
    "hazards/muted", (), "The kinds of hazards that are not marked."
)

SETTINGS: tuple[Setting[Any], ...] = (
    AUTOMATIC_BUILDING,
    THEME,
    RECENT_FILES,
    FILE_FOLDER,
    EXPORT_FOLDER,
    CHECKPOINT_FOLDER,
    MUTED_HAZARDS,
)


class Settings:
    """The settings, in a file; what is bad in it falls back to the default."""

    def __init__(self, folders: Folders) -> None:
        self._stored = QSettings(str(folders.settings_file()), QSettings.Format.IniFormat)

    def get(self, setting: Setting[T]) -> T:
        """Return a setting's value."""
        self._stored.sync()
        stored = self._stored.value(setting.key)
        if stored is None:
            return setting.default
        try:
            return _read(stored, setting.default)
        except ValueError:
            _log.warning("%s is %r, which it can't be; taking the default", setting.key, stored)
            return setting.default

    def folder(self, setting: Setting[str]) -> Path | None:
        """Return a folder that was stored, None where there is none or it is gone."""
        stored = self.get(setting)
        return Path(stored) if stored and Path(stored).is_dir() else None

    def set(self, setting: Setting[T], value: T) -> None:
        """Store a setting's value."""
        self._stored.setValue(setting.key, list(value) if isinstance(value, tuple) else value)
        self._stored.sync()


def _read(stored: Any, default: T) -> T:
    """Return a value as its setting has it. Raises ValueError."""
    found: Any = stored
    match default:
        case bool():
            if str(stored).lower() not in {"true", "false"}:
                raise ValueError(stored)
            found = str(stored).lower() == "true"
        case Scheme():
            found = Scheme(stored)
        case tuple():
            # QSettings gives a list of one back as the one.
            found = tuple(map(str, stored if isinstance(stored, list) else [stored]))
        case str():
            if not isinstance(stored, str):
                raise ValueError(stored)
    return found  # type: ignore[no-any-return]
