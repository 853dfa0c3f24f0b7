"""The name map: suggested, opened, saved, written as code, and applied to a checkpoint."""

import json
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from core.atomic import write_text
from core.built import Built
from core.events import Failed
from core.json_file import DocumentError
from core.name_map import init_from_checkpoint_code, saver_code
from core.named_tensors import NamedTensors, built_tensors
from core.opened_checkpoint import OpenedCheckpoint
from core.quantities import show_count
from core.restored import Restoring as Wanted
from core.sources import CheckpointValues, Selected
from core.tasks import Rename, SuggestMap
from gui.actions import Actions
from gui.bridge import Bridge
from gui.building import Building
from gui.checkpoint_panel import CheckpointPanel
from gui.checkpoints import Checkpoints
from gui.dialogs import Dialogs
from gui.kept_maps import KeptMaps
from gui.late_page import LatePage
from gui.map_editor import MapEditor
from gui.restoring import Restoring
from gui.settings import EXPORT_FOLDER, Settings
from gui.state import Folders

# What only a map needs is imported with the first one: the window's start doesn't wait for it.
if TYPE_CHECKING:
    from core.name_mapping import NameMapping
    from core.name_suggestions import Suggestions
    from core.renamed import Renamed
    from gui.map_view import MapView

_MAPS = "Name maps (*.json)"
_PYTHON = "Python (*.py)"
_IN_MENU = (
    *("open_map", "save_map", "", "restore_mapped", ""),
    *("export_saver_code", "export_init_code", "write_renamed"),
)
_MOST_TOLD = 3


class Mapping(QObject):
    """Has a method for each action of the owner ``mapping``.

    Attributes:
        editor: Holds the map.
        kept: Keeps the maps that were edited.
        page: Where it is shown, in the panel of the checkpoint.
        view: Shows it; None before it is first wanted.

    Signals:
        changed: Whether one of the actions can be done is another now.
        told: What was done, in one sentence.
        refused: Why something was not done, in one sentence.
    """

    changed = Signal()
    told = Signal(str)
    refused = Signal(str)

    def __init__(
        self,
        bridge: Bridge,
        building: Building,
        checkpoints: Checkpoints,
        restoring: Restoring,
        panel: CheckpointPanel,
        settings: Settings,
        folders: Folders,
        dialogs: Dialogs,
        parent: QObject | None = None,
    ) -> None:
        """Follow the open checkpoint, the builds, what can be restored, and the bridge."""
        super().__init__(parent)
        self.editor = MapEditor(self)
        self.kept = KeptMaps(self.editor, folders, self)
        self.page = LatePage()
        self.view: MapView | None = None
        self._bridge = bridge
        self._building = building
        self._checkpoints = checkpoints
        self._restoring = restoring
        self._panel = panel
        self._settings = settings
        self._dialogs = dialogs
        self._actions: Actions
        self._source: CheckpointValues | None = None
        self._left_out = ""
        # The paths of the checkpoint, and of the compared one where the map leads to that.
        self._between: tuple[Path, Path | None] | None = None
        self._to_compared = False
        panel.add_page("Names map", self.page)
        self.page.shown.connect(self._on_shown)
        self.editor.changed.connect(self.changed)
        self.kept.failed.connect(self.refused)
        restoring.changed.connect(self.changed)
        checkpoints.changed.connect(self._on_sides_changed)
        building.built_changed.connect(self._on_built_changed)
        bridge.map_suggested.connect(self._on_suggested)
        bridge.renamed.connect(self._on_renamed)
        bridge.failed.connect(self._on_failed)

    def set_up(self, actions: Actions) -> None:
        """Give the actions, which the view offers."""
        self._actions = actions

    def enabled(self, action_id: str) -> bool:
        """Tell whether an action can be done now."""
        return not self.why_not(action_id)

    def why_not(self, action_id: str) -> str:
        """Return why an action can't be done now, empty where it can."""
        if action_id == "map_names":
            return ""
        mapping = self.editor.mapping
        if self._checkpoints.opened is None:
            return "No checkpoint is open."
        if action_id == "map_compared":
            return "" if self._checkpoints.compared else "No other checkpoint is compared with it."
        if mapping is None:
            return "Nothing is mapped yet: choose Map names first."
        if action_id in {"suggest_map", "open_map", "save_map"}:
            return ""
        if action_id == "restore_mapped" and self._to_compared:
            return "The map leads to the names of another checkpoint."
        if all(mapping.problem(right) is not None for right in mapping.pairs):
            return "Nothing is paired that fits."
        return self._restoring.why_not(action_id) if action_id == "restore_mapped" else ""

    def map_names(self) -> None:
        """Show the map to the names of the stack, which is then suggested."""
        self._show_map(to_compared=False)

    def map_compared(self) -> None:
        """Show the map to the names of the compared checkpoint, which is then suggested."""
        self._show_map(to_compared=True)

    def suggest_map(self) -> None:
        """Have suggestions made anew for all that was not paired by hand or by a rule."""
        if self.editor.mapping is not None:
            self._bridge.ask(SuggestMap(self.editor.mapping))

    def open_map(self) -> None:
        """Ask for a map's file, and take what it says."""
        self._dialogs.ask_open("Open a name map", self._folder(), _MAPS, self._on_map_chosen)

    def save_map(self) -> None:
        """Ask for a file, and write the map into it."""
        self._ask_text("Save the name map", "map.json", _MAPS, _map_text)

    def export_saver_code(self) -> None:
        """Ask for a file, and write the map as the code of a Saver."""
        self._ask_text("Export the map as Saver code", "load.py", _PYTHON, _saver_text)

    def export_init_code(self) -> None:
        """Ask for a file, and write the map as code for init_from_checkpoint."""
        self._ask_text("Export the map for init_from_checkpoint", "init.py", _PYTHON, _init_text)

    def restore_mapped(self) -> None:
        """Restore the open checkpoint under the names of the map, with its accepted steps."""
        mapping = self.editor.mapping
        if mapping is not None and self._source is not None:
            wanted = Wanted(self._source.path, mapping.names, mapping.steps, only_named=True)
            self._restoring.restore_as(wanted)

    def write_renamed(self) -> None:
        """Ask where to, and have the checkpoint written under the names of the right side."""
        mapping = self.editor.mapping
        if mapping is not None:
            self._dialogs.ask_save(
                "Write the renamed checkpoint: the prefix of its files",
                self._folder() / "renamed",
                "Checkpoint prefix (*)",
                "",
                partial(self._on_prefix_chosen, mapping),
            )

    def _show_map(self, *, to_compared: bool) -> None:
        self._checkpoints.asked.emit()
        self._panel.show_page(self.page)
        self.page.setFocus()
        if to_compared != self._to_compared:
            self._to_compared = to_compared
            self.editor.open(None)
            self._on_sides_changed()

    def _folder(self) -> Path:
        return self._settings.folder(EXPORT_FOLDER) or Path.home()

    def _ask_text(
        self, title: str, name: str, filters: str, write: "Callable[[NameMapping], str]"
    ) -> None:
        mapping = self.editor.mapping
        if mapping is not None:
            suffix = name.rpartition(".")[2]
            chosen = partial(self._on_file_chosen, mapping, write)
            self._dialogs.ask_save(title, self._folder() / name, filters, suffix, chosen)

    def _on_file_chosen(
        self, mapping: "NameMapping", write: "Callable[[NameMapping], str]", path: Path
    ) -> None:
        self._settings.set(EXPORT_FOLDER, str(path.parent))
        try:
            write_text(path, write(mapping))
        except OSError as error:
            self.refused.emit(f"{path.name} can't be written: {error.strerror or error}")
        else:
            self.told.emit(f"Wrote {path.name} to {path.parent}: {_said(mapping)}")

    def _on_map_chosen(self, path: Path) -> None:
        from core.map_file import load_map, mapping_of

        mapping = self.editor.mapping
        if mapping is None:
            return
        self._settings.set(EXPORT_FOLDER, str(path.parent))
        try:
            found, lost = mapping_of(load_map(path), mapping.left, mapping.right)
        except DocumentError as error:
            self.refused.emit(f"{path.name}: {error}")
            return
        self.editor.do(found)
        if lost:
            shown = ", ".join(f"{left} \u2192 {right}" for left, right in lost[:_MOST_TOLD])
            more = f" and {len(lost) - _MOST_TOLD:,} more" if len(lost) > _MOST_TOLD else ""
            self.refused.emit(f"{path.name} has pairs whose names are not here: {shown}{more}")
        else:
            self.told.emit(f"Opened {path.name}: {_said(found)}")

    def _on_prefix_chosen(self, mapping: "NameMapping", prefix: Path) -> None:
        self._settings.set(EXPORT_FOLDER, str(prefix.parent))
        if self._source is None:
            return
        self._left_out = _left_out(mapping)
        task = Rename(self._source, mapping.names, mapping.steps, prefix)
        # The file dialog asks by the name of the prefix, which is not that of any file.
        if prefix.with_name(f"{prefix.name}.index").exists():
            self._dialogs.ask_replace(prefix.name, partial(self._bridge.ask, task))
        else:
            self._bridge.ask(task)

    def _on_shown(self) -> None:
        if self.view is None:
            from gui.map_view import MapView

            self.view = MapView(self.editor)
            others = [self._actions[name] if name else None for name in _IN_MENU]
            sides = [self._actions["map_names"], self._actions["map_compared"], None]
            self.view.set_actions(self._actions["suggest_map"], [*sides, *others])
            self.view.names_selected.connect(self._on_names_selected)
            self.page.fill(self.view)
        self._on_sides_changed()

    def _on_built_changed(self, built: Built | None) -> None:
        if built is None and not self._to_compared:  # another stack is opened
            self.editor.open(None)
        self._on_sides_changed()

    def _on_sides_changed(self) -> None:
        """Have the map between the checkpoint and the right side as they are now."""
        opened = self._checkpoints.opened
        if self._between is not None and (opened is None or opened.source.path != self._between[0]):
            self._to_compared = False
            self._between = None
            self.editor.open(None)
        # A map that nobody has seen doesn't cost each build the time to list its variables.
        if opened is not None and (self.editor.mapping is not None or self.page.isVisible()):
            right = self._right()
            if right is not None:
                self._map(opened, right)
        self.changed.emit()

    def _right(self) -> NamedTensors | None:
        """Return what the map leads to, None where it is not there."""
        compared, built = self._checkpoints.compared, self._building.built
        if self._to_compared:
            return None if compared is None else compared.right
        return None if built is None else built_tensors(built)

    def _map(self, opened: OpenedCheckpoint, right: NamedTensors) -> None:
        """Have the open map between these sides, or another one where it is of others."""
        other = right.source.path if isinstance(right, OpenedCheckpoint) else None
        between = opened.source.path, other
        mapping = self.editor.mapping
        if mapping is not None and between == self._between:
            if right.tensors == mapping.right.tensors:
                right = mapping.right
            self._source = opened.source
            self.editor.follow(opened, right)
        elif self.page.isVisible():
            self._source = opened.source
            self._between = between
            self._start(opened, right)
        elif mapping is not None:
            self.editor.open(None)

    def _start(self, opened: OpenedCheckpoint, right: NamedTensors) -> None:
        """Open the map as it was left, or a new one, which is then suggested."""
        from core.name_mapping import NameMapping

        kept = self.kept.find(opened, right)
        if kept is not None:
            self.editor.open(kept)
            self.told.emit(f"Opened the name map as you left it: {_said(kept)}")
        else:
            self.editor.open(NameMapping(opened, right))
            self.suggest_map()

    def _on_names_selected(self, lefts: tuple[str, ...]) -> None:
        source = self._source
        if source is not None:
            self._panel.select_on(self.page, tuple(Selected(source, name) for name in lefts))

    def _on_suggested(self, found: "Suggestions") -> None:
        mapping = self.editor.mapping
        if mapping is None:
            return
        suggested = mapping.with_suggestions(found)
        if mapping.pairs or self.editor.can_undo:
            self.editor.do(suggested)
        else:
            self.editor.open(suggested)  # there is nothing to go back to

    def _on_renamed(self, found: "Renamed") -> None:
        plan = found.plan
        parts = [f"{show_count(len(plan.renamed), 'tensor')} renamed"]
        if plan.followed:
            parts.append(f"{show_count(len(plan.followed), 'slot')} with them")
        if plan.steps:
            parts.append(f"{len(plan.steps):,} in another shape")
        if plan.left_out:
            parts.append(f"{', '.join(plan.left_out)} left out")
        if self._left_out:
            parts.append(self._left_out)
        self.told.emit(
            f"Wrote {found.prefix.name} to {found.prefix.parent}: {', '.join(parts)}; "
            f"{show_count(found.compared, 'tensor')} read back and compared byte for byte"
        )

    def _on_failed(self, event: Failed) -> None:
        if isinstance(event.task, Rename):
            self.refused.emit(f"The checkpoint was not written: {event.message}")


def _map_text(mapping: "NameMapping") -> str:
    from core.map_file import map_json

    return json.dumps(map_json(mapping), indent=2) + "\n"


def _saver_text(mapping: "NameMapping") -> str:
    return saver_code(mapping.as_they_are, mapping.stepwise)


def _init_text(mapping: "NameMapping") -> str:
    return init_from_checkpoint_code(mapping.as_they_are, mapping.stepwise)


def _said(mapping: "NameMapping") -> str:
    """Return how much a map says, and how much it leaves out."""
    parts = [show_count(len(mapping.names), "name")]
    if mapping.steps:
        parts.append(f"{len(mapping.steps):,} of them with a step")
    left_out = _left_out(mapping)
    if left_out:
        parts.append(left_out)
    missing = len(mapping.rights) - len(mapping.pairs)
    if missing:
        parts.append(f"{show_count(missing, 'name')} unmatched")
    return ", ".join(parts)


def _left_out(mapping: "NameMapping") -> str:
    """Return how many pairs are no part of what a map says, empty where all are."""
    misfits = sum(1 for right in mapping.pairs if mapping.problem(right) is not None)
    return f"left out {show_count(misfits, 'pair')} of another shape or type" if misfits else ""
