"""Which checkpoint is open, and what comes of it beside the open stack."""

from collections.abc import Callable
from functools import partial
from pathlib import Path

from PySide6.QtCore import QObject, Signal

from core.events import Cancelled, Failed
from core.named_tensors import built_tensors
from core.opened_checkpoint import ComparedCheckpoints, OpenedCheckpoint
from core.restore_check import RestoreCheck, check_restore
from core.sources import CheckpointValues
from core.tasks import CompareCheckpoints, CutOut, OpenCheckpoint, Summarize, Task
from gui.bridge import Bridge
from gui.building import Building
from gui.checkpoint_panel import CheckpointPanel
from gui.dialogs import Dialogs
from gui.message_bar import Level
from gui.settings import CHECKPOINT_FOLDER, Settings

_FILTERS = "Checkpoints (*.index *.ckpt *.ckpt-* checkpoint saved_model.pb);;All files (*)"
_OPEN, _VALUES, _NOTES, _COMPARE = "open", "values", "notes", "compare"


class Checkpoints(QObject):
    """Has a method for each action of the owner ``checkpoint``, and keeps the open one.

    Attributes:
        opened: The open checkpoint, None where there is none.
        compared: It and another one, None where it is not compared.

    Signals:
        changed: Another checkpoint is open, or compared with it, or none.
        asked: A checkpoint is to be seen.
        checked: What the last build would restore of it (`RestoreCheck`), None without both.
    """

    changed = Signal()
    asked = Signal()
    checked = Signal(object)

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
        self.compared: ComparedCheckpoints | None = None
        self._other: Path | None = None
        self._check: RestoreCheck | None = None
        self._bridge = bridge
        self._building = building
        self._panel = panel
        self._settings = settings
        self._dialogs = dialogs
        self._stale = False
        building.built_changed.connect(self._on_built_changed)
        panel.shown.connect(self._on_shown)
        bridge.checkpoint_opened.connect(self._on_opened)
        bridge.checkpoints_compared.connect(self._on_compared)
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
        self.ask("Open a checkpoint", self.open_path)

    def open_checkpoint_folder(self) -> None:
        """Ask for a checkpoint's folder and open it."""
        chosen = partial(self._on_chosen, self.open_path)
        self._dialogs.ask_folder("Open a checkpoint's folder", self._folder(), chosen)

    def ask(self, title: str, chosen: Callable[[Path], None]) -> None:
        """Ask for a checkpoint's file, for whatever it is chosen."""
        chosen = partial(self._on_chosen, chosen)
        self._dialogs.ask_open(title, self._folder(), _FILTERS, chosen)

    def open_path(self, path: Path) -> None:
        """Open the checkpoint at a path: a prefix, a file or a folder."""
        path = path.absolute()
        if self.opened is None or self.opened.source.path != path:
            self._panel.show_tensors()
        self._panel.messages.clear(_OPEN)
        self._panel.show_state(f"Opening {path.name}...")
        self.asked.emit()
        self._bridge.ask(OpenCheckpoint(path))

    def reload_checkpoint(self) -> None:
        """Read the open checkpoint's files again."""
        if self.opened is not None:
            self.open_path(self.opened.source.path)

    def compare_checkpoint(self) -> None:
        """Ask for another checkpoint's file and compare both."""
        self.ask("Compare with", self.compare_with)

    def compare_with(self, path: Path) -> None:
        """Compare the open checkpoint with the one at a path."""
        if self.opened is None:
            return
        self._other = path.absolute()
        self._panel.show_page(self._panel.difference)
        self.asked.emit()
        self._compare(self.opened, self._other)

    def close_checkpoint(self) -> None:
        """Show no checkpoint."""
        self._take(None)

    def _on_chosen(self, chosen: Callable[[Path], None], path: Path) -> None:
        self._settings.set(CHECKPOINT_FOLDER, str(path.parent))
        chosen(path)

    def _folder(self) -> Path:
        return self._settings.folder(CHECKPOINT_FOLDER) or Path.home()

    def _take(self, opened: OpenedCheckpoint | None) -> None:
        messages = self._panel.messages
        for topic in (_OPEN, _VALUES, _NOTES, _COMPARE):
            messages.clear(topic)
        before, self.opened, self.compared = self.opened, opened, None
        if opened is not None and opened.notes:
            messages.tell(_NOTES, "; ".join(opened.notes), Level.ABOUT)
        self._check_restore()
        self._show()
        self.changed.emit()
        if before is None or opened is None or before.source.path != opened.source.path:
            self._other = None
        elif self._other is not None:
            self._compare(opened, self._other)

    def _compare(self, opened: OpenedCheckpoint, other: Path) -> None:
        self._panel.messages.clear(_COMPARE)
        self._panel.difference.show_state(f"Comparing with {other.name}...")
        self._bridge.ask(CompareCheckpoints(opened.source, other))

    def _show(self) -> None:
        """Show the checkpoint beside the last build."""
        self._stale = False
        built = self._building.built
        self._panel.show_checkpoint(self.opened, built, self._check)
        self._show_compared()

    def _show_compared(self) -> None:
        built = self._building.built
        self._panel.difference.show_compared(self.compared, self.opened, built)

    def _check_restore(self) -> None:
        """Find out what the last build would restore."""
        built, before = self._building.built, self._check
        self._check = None
        if self.opened is not None and built is not None:
            self._check = check_restore(built_tensors(built), self.opened)
        if before is not None or self._check is not None:
            self.checked.emit(self._check)

    def _on_built_changed(self) -> None:
        self._check_restore()
        if self._panel.isVisible():
            self._show()
        else:
            self._stale = True

    def _on_shown(self) -> None:
        if self._stale:
            self._show()

    def _on_opened(self, opened: OpenedCheckpoint) -> None:
        self._take(opened)

    def _on_compared(self, compared: ComparedCheckpoints) -> None:
        if self.opened is not None and compared.left == self.opened.source:
            self.compared = compared
            self._panel.messages.clear(_COMPARE)
            self._show_compared()
            self.changed.emit()

    def _on_failed(self, event: Failed) -> None:
        text = event.message[:1].upper() + event.message[1:]
        tell = partial(self._panel.messages.tell, text=text, level=Level.REFUSED)
        task = event.task
        if isinstance(task, OpenCheckpoint):
            tell(_OPEN, button="Try again", on_button=partial(self.open_path, task.path))
            self._panel.show_state("")
        elif isinstance(task, CompareCheckpoints):
            tell(_COMPARE, button="Reload", on_button=self.reload_checkpoint)
            self._show_compared()
        elif _source(task) in self._sources():
            tell(_VALUES, button="Reload", on_button=self.reload_checkpoint)

    def _sources(self) -> list[CheckpointValues]:
        """Return the checkpoints whose values are looked at."""
        found = [] if self.opened is None else [self.opened.source]
        return found if self.compared is None else [*found, self.compared.right.source]

    def _on_cancelled(self, event: Cancelled) -> None:
        if isinstance(event.task, OpenCheckpoint):
            self._panel.show_state("")
        elif isinstance(event.task, CompareCheckpoints):
            self._show_compared()


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
