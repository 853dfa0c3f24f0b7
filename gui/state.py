"""Where the program keeps what it remembers, and which of that belongs to a running process."""

import os
import re
from dataclasses import dataclass
from pathlib import Path

import platformdirs
import psutil

_APPLICATION = "layerscope"
_OVERRIDE = "LAYERSCOPE_STATE_DIR"
_OWNER = re.compile(r"(\d+)-(\d+)(?:\.|$)")
# A process's start time follows the clock when that is set, so it may be off a little.
_TOLERANCE_MS = 2000


@dataclass(frozen=True, slots=True)
class Folders:
    """The folders of the program, made when they are asked for.

    Attributes:
        state: For what must survive a crash: autosaved stacks, logs, the window's layout.
        config: For the settings.
    """

    state: Path
    config: Path

    def autosaved(self) -> Path:
        """Return the folder of autosaved stacks."""
        return _made(self.state / "autosave")

    def logs(self) -> Path:
        """Return the folder of the log and of what a native crash left."""
        return _made(self.state / "logs")

    def settings_file(self) -> Path:
        """Return the path of the settings."""
        return _made(self.config) / "settings.ini"

    def trust_file(self) -> Path:
        """Return the path of what code may be run."""
        return _made(self.state) / "trusted_code.json"

    def layout_file(self) -> Path:
        """Return the path of the window's layout."""
        return _made(self.state) / "layout.ini"


def folders() -> Folders:
    """Return the user's folders, or the one named by LAYERSCOPE_STATE_DIR."""
    if override := os.environ.get(_OVERRIDE):
        return Folders(Path(override), Path(override))
    return Folders(
        platformdirs.user_state_path(_APPLICATION, appauthor=False),
        platformdirs.user_config_path(_APPLICATION, appauthor=False),
    )


def owner() -> str:
    """Return what the names of this process's files begin with: no other process has the same."""
    return f"{os.getpid()}-{_started_ms(psutil.Process())}"


def is_orphan(file: Path) -> bool:
    """Tell whether a file is named after a process that is no longer running."""
    match = _OWNER.match(file.name)
    if match is None:
        return False
    pid, started = int(match[1]), int(match[2])
    try:
        process = psutil.Process(pid)
        # A killed process stays in the table until its parent asks how it ended.
        if process.status() == psutil.STATUS_ZOMBIE:
            return True
        return abs(_started_ms(process) - started) > _TOLERANCE_MS
    except psutil.NoSuchProcess:
        return True
    except psutil.AccessDenied:
        return False


def _started_ms(process: psutil.Process) -> int:
    return round(process.create_time() * 1000)


def _made(folder: Path) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    return folder
