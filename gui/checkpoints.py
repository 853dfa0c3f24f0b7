"""Which checkpoint is open, and what comes of it beside the open stack."""

from functools import partial
from pathlib import Path

from PySide6.QtCore import QObject, Signal

from core.events import Cancelled, Failed
from core.named_tensors import built_tensors
from core.opened_checkpoint import OpenedCheckpoint
from core.restore_check import check_restore
from core.sources import CheckpointValues
from core.tasks import CutOut, OpenCheckpoint, Summarize, Task
from gui.bridge import Bridge
from gui.building import Building
from gui.checkpoint_panel import CheckpointPanel
from gui.dialogs import Dialogs
from gui.message_bar import Level
from gui.settings import CHECKPOINT_FOLDER, Settings

FILTERS = "Checkpoints (*.index *.ckpt *.ckpt-* checkpoint saved_model.pb);;All files (*)"
_OPEN, _VALUES, _NOTES = "open", "values", "notes"


class Checkpoints(QObject):
    """Has a method for each action of the owner ``checkpoint``, and keeps the open one.

    Signals:
        changed: Another checkpoint is open, or none.
        asked: A checkpoint is to be seen.
    """

    changed = Signal()
    asked = Signal()

    def __init__(
        self,
        bridge: Bridge,
        building: Building,
        panel: CheckpointPanel,
        settings: Settings,
        dialogs: Dialogs,
        parent: QObject | None = None,
    ) -> None:
        """Follow the builds and the bridge; nothing is open."""
        super().__init__(parent)
        self.opened: OpenedCheckpoint | None = None
        self._bridge = bridge
        self._building = building
        self._panel = panel
        self._settings = settings
        self._dialogs = dialogs
        self._stale = False
        building.built_changed.connect(self._on_built_changed)
        panel.shown.connect(self._on_shown)
        bridge.checkpoint_opened.connect(self._on_opened)
        bridge.failed.connect(self._on_failed)
        bridge.cancelled.connect(self._on_cancelled)

    def enabled(self, action_id: str) -> bool:
        """Tell whether an action can be done now."""
        return not self.why_not(action_id)

    def why_not(self, action_id: str) -> str:
        """Return why an action can't be done now, empty where it can."""
        always = action_id in ("open_checkpoint", "open_checkpoint_folder")
        return "" if always or self.opened is not None else "No checkpoint is open."

    def open_checkpoint(self) -> None:
        """Ask for a checkpoint's file and open it."""
        self._dialogs.ask_open("Open a checkpoint", self._folder(), FILTERS, self.open_path)

    def open_checkpoint_folder(self) -> None:
        """Ask for a checkpoint's folder and open it."""
        self._dialogs.ask_folder("Open a checkpoint's folder", self._folder(), self.open_path)

    def open_path(self, path: Path) -> None:
        """Open the checkpoint at a path: a prefix, a file or a folder."""
        path = path.absolute()
        self._settings.set(CHECKPOINT_FOLDER, str(path.parent))
        self._panel.messages.clear(_OPEN)
        self._panel.show_state(f"Opening {path.name}...")
        self.asked.emit()
        self._bridge.open_checkpoint(path)

    def reload_checkpoint(self) -> None:
        """Read the open checkpoint's files again."""
        if self.opened is not None:
            self.open_path(self.opened.source.path)

    def close_checkpoint(self) -> None:
        """Show no checkpoint."""
        self._take(None)

    def _folder(self) -> Path:
        return self._settings.folder(CHECKPOINT_FOLDER) or Path.home()

    def _take(self, opened: OpenedCheckpoint | None) -> None:
        messages = self._panel.messages
        for topic in (_OPEN, _VALUES, _NOTES):
            messages.clear(topic)
        self.opened = opened
        if opened is not None and opened.notes:
            messages.tell(_NOTES, "; ".join(opened.notes), Level.ABOUT)
        self._show()
        self.changed.emit()

    def _show(self) -> None:
        """Show the checkpoint beside the last build."""
        self._stale = False
        built = self._building.built
        if self.opened is None or built is None:
            self._panel.show_checkpoint(self.opened)
        else:
            check = check_restore(built_tensors(built), self.opened)
            self._panel.show_checkpoint(self.opened, built, check)

    def _on_built_changed(self) -> None:
        if self._panel.isVisible():
            self._show()
        else:
            self._stale = True

    def _on_shown(self) -> None:
        if self._stale:
            self._show()

    def _on_opened(self, opened: OpenedCheckpoint) -> None:
        self._take(opened)

    def _on_failed(self, event: Failed) -> None:
        if isinstance(event.task, OpenCheckpoint):
            text = event.message[:1].upper() + event.message[1:]
            again = partial(self.open_path, event.task.path)
            self._panel.messages.tell(_OPEN, text, Level.REFUSED, "Try again", again)
            self._panel.show_state("")
        elif self.opened is not None and _source(event.task) == self.opened.source:
            text = event.message[:1].upper() + event.message[1:]
            messages = self._panel.messages
            messages.tell(_VALUES, text, Level.REFUSED, "Reload", self.reload_checkpoint)

    def _on_cancelled(self, event: Cancelled) -> None:
        if isinstance(event.task, OpenCheckpoint):
            self._panel.show_state("")


def _source(task: Task) -> CheckpointValues | None:
    """Return the checkpoint whose values a task looks at."""
    match task:
        case CutOut(selected):
            source = selected.source
        case Summarize((selected, *_)):
            source = selected.source
        case _:
            return None
    return source if isinstance(source, CheckpointValues) else None
