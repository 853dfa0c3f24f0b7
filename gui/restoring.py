"""Restoring a checkpoint into what was built: which one, what came of it, and until when."""

from dataclasses import replace
from functools import partial
from pathlib import Path

from PySide6.QtCore import QObject, Signal

from core.events import Cancelled, Failed
from core.json_file import DocumentError
from core.restored import Restored
from core.restored import Restoring as Wanted
from core.tasks import Restore
from gui.bridge import Bridge
from gui.building import Building
from gui.checkpoints import Checkpoints
from gui.dialogs import Dialogs

_TITLE = "Restore a checkpoint: one of its files"
_MAPS = "Name maps (*.json);;All files (*)"
_FEW_LINES, _MOST_LINES = 5, 1000


class Restoring(QObject):
    """Has a method for each action of the owner ``restoring``.

    Signals:
        changed: Whether one of them can be done is another now.
        told: What was restored, in one sentence.
        drawn_anew: A build drew new values in place of the restored ones, in one sentence.
        refused: Why nothing was restored, in one sentence.
    """

    changed = Signal()
    told = Signal(str)
    drawn_anew = Signal(str)
    refused = Signal(str)

    def __init__(
        self,
        bridge: Bridge,
        building: Building,
        checkpoints: Checkpoints,
        dialogs: Dialogs,
        parent: QObject | None = None,
    ) -> None:
        """Follow the bridge, the builds and the open checkpoint."""
        super().__init__(parent)
        self._bridge = bridge
        self._building = building
        self._checkpoints = checkpoints
        self._dialogs = dialogs
        self._last: Restored | None = None
        self._holds = False
        building.changed.connect(self.changed)
        checkpoints.changed.connect(self.changed)
        building.built_changed.connect(self._on_built_changed)
        bridge.restored.connect(self._on_restored)
        bridge.failed.connect(self._on_failed)
        bridge.cancelled.connect(self._on_cancelled)

    def enabled(self, action_id: str) -> bool:
        """Tell whether an action can be done now."""
        return not self.why_not(action_id)

    def why_not(self, action_id: str) -> str:
        """Return why an action can't be done now, empty where it can."""
        built = self._building.built
        if built is None or self._building.pending or self._building.out_of_date:
            return "The stack is not built."
        if built.undrawn is not None:
            return built.undrawn
        if not any(variable.saved for variable in built.variables):
            return "The stack has no variables."
        if action_id == "restore_again" and self._last is None:
            return "Nothing was restored yet."
        if action_id == "restore_opened":
            return self._checkpoints.why_not(action_id)
        return ""

    def restore_checkpoint(self) -> None:
        """Ask for a checkpoint and restore it."""
        self._checkpoints.ask(_TITLE, self.restore_from)

    def restore_opened(self) -> None:
        """Restore the checkpoint that is open."""
        if self._checkpoints.opened is not None:
            self.restore_from(self._checkpoints.opened.source.path)

    def restore_with_map(self) -> None:
        """Ask for a checkpoint and for a name map, and restore it under the map's names."""
        self._checkpoints.ask(_TITLE, self._ask_for_map)

    def restore_again(self) -> None:
        """Restore what was restored last."""
        if self._last is not None:
            self.restore_as(self._last.restoring)

    def restore_from(self, path: Path) -> None:
        """Restore a checkpoint: a prefix, a file or a folder."""
        self.restore_as(Wanted(path))

    def restore_as(self, wanted: Wanted) -> None:
        """Restore a checkpoint under names, with steps between shapes."""
        built = self._building.built
        if built is not None and not self._building.pending:
            source = replace(self._building.values_of(built.stack), restored=None)
            self._bridge.ask(Restore(source, wanted))

    def _ask_for_map(self, path: Path) -> None:
        title = f"The name map of {path.name}"
        self._dialogs.ask_open(title, path.parent, _MAPS, partial(self._on_map_chosen, path))

    def _on_map_chosen(self, path: Path, map_path: Path) -> None:
        from core.map_file import load_map

        try:
            found = load_map(map_path)
        except DocumentError as error:
            self.refused.emit(f"{map_path.name} can't be used as a name map: {error}")
        else:
            self.restore_as(Wanted(path, found.names, found.steps))

    def _on_restored(self, restored: Restored) -> None:
        if restored.variables:
            self._last = restored
            self._holds = True
            self._building.set_restored(restored)
            self.told.emit(f"{restored.sentence}. The next build draws new initial values.")
        elif restored.fitting:
            lines = restored.misfit_lines
            one = restored.fitting == 1
            fit = "one that fits" if one else f"{restored.fitting:,} variables that fit"
            self._dialogs.ask_partly(
                f"{restored.label} doesn't fit the whole stack.",
                f"{restored.misfits}.",
                "\n".join(lines[:_MOST_LINES]) if len(lines) > _FEW_LINES else "",
                f"Restore the {fit}",
                partial(self.restore_as, replace(restored.restoring, partial=True)),
            )
        else:
            self.refused.emit(restored.sentence)

    def _on_built_changed(self) -> None:
        if self._building.built is None:
            self._last = None
        elif self._holds and self._last is not None:
            self.drawn_anew.emit(
                f"This build drew new initial values; those of {self._last.label} are gone."
            )
        self._holds = False

    def _on_failed(self, event: Failed) -> None:
        if isinstance(event.task, Restore):
            self.refused.emit(f"The checkpoint was not restored: {event.message}")

    def _on_cancelled(self, event: Cancelled) -> None:
        if isinstance(event.task, Restore):
            self.refused.emit("The checkpoint was not restored: it was cancelled")
