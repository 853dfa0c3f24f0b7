"""Where the program keeps what it remembers."""

import os
from dataclasses import dataclass
from pathlib import Path

import platformdirs

_APPLICATION = "layerscope"
_OVERRIDE = "LAYERSCOPE_STATE_DIR"


@dataclass(frozen=True, slots=True)
class Folders:
    """The folders of the program, made when they are asked for.

    Attributes:
        state: For what must survive: autosaved stacks, edited name maps, logs, the window's layout.
        config: For the settings.
    """

    state: Path
    config: Path

    def autosaved(self) -> Path:
        """Return the folder of autosaved stacks."""
        return _made(self.state / "autosave")

    def maps(self) -> Path:
        """Return the folder of edited name maps."""
        return _made(self.state / "maps")

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


def _made(folder: Path) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    return folder
