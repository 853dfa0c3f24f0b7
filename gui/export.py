"""Writing a checkpoint or a script of the stack: where to, and what was written."""

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from core.atomic import write_text
from core.events import Failed
from core.quantities import show_bytes, show_count
from core.tasks import Export as ExportTask
from core.tasks import ExportScript
from gui.bridge import Bridge
from gui.building import Building
from gui.dialogs import Dialogs
from gui.editor import Editor
from gui.files import Files
from gui.settings import EXPORT_FOLDER, Settings
from gui.trust import Trust

if TYPE_CHECKING:
    from core.graph import Exported


class Export(QObject):
    """Asks where to, has the builder write, and tells what came of it.

    Signals:
        changed: Whether something can be exported is another now.
        told: What was written, in one sentence.
        refused: Why nothing was written, in one sentence.
    """

    changed = Signal()
    told = Signal(str)
    refused = Signal(str)

    def __init__(
        self,
        editor: Editor,
        bridge: Bridge,
        building: Building,
        files: Files,
        settings: Settings,
        trust: Trust,
        dialogs: Dialogs,
        parent: QObject | None = None,
    ) -> None:
        """Follow the bridge."""
        super().__init__(parent)
        self._editor = editor
        self._bridge = bridge
        self._building = building
        self._files = files
        self._settings = settings
        self._trust = trust
        self._dialogs = dialogs
        building.changed.connect(self.changed)
        bridge.exported.connect(self._on_exported)
        bridge.script_exported.connect(self._tell_written)
        bridge.failed.connect(self._on_failed)

    def enabled(self, action_id: str) -> bool:
        """Tell whether an action can be done now."""
        return not self.why_not(action_id)

    def why_not(self, action_id: str) -> str:
        """Return why an action can't be done now, empty where it can."""
        built = self._building.built
        if action_id != "export_checkpoint":
            return ""
        if built is None:
            return "Nothing is built yet."
        if built.refusal is not None:
            return "TensorFlow refused a layer, so there is no whole graph to export."
        if built.undrawn is not None:
            return built.undrawn
        return "" if built.variables else "The stack has no variables."

    def export_checkpoint(self) -> None:
        """Ask for the prefix and write a checkpoint of the stack as it is now."""
        self._dialogs.ask_save(
            "Export a checkpoint: the prefix of its files",
            self._folder() / self._stem(),
            "Checkpoint prefix (*)",
            "",
            self._on_prefix_chosen,
        )

    def export_script(self) -> None:
        """Ask for a file and write the program that builds the stack."""
        self._ask_script(self._stem(), self._on_script_chosen)

    def export_code(self, text: str) -> None:
        """Ask for a file and write this program, which builds some layers of the stack."""
        self._ask_script(f"{self._stem()}_layer", partial(self._on_code_chosen, text))

    def _ask_script(self, stem: str, chosen: Callable[[Path], None]) -> None:
        proposed = self._folder() / f"{stem}.py"
        self._dialogs.ask_save("Export the script", proposed, "Python (*.py)", "py", chosen)

    def _folder(self) -> Path:
        own = self._files.path.parent if self._files.path else Path.home()
        return self._settings.folder(EXPORT_FOLDER) or own

    def _stem(self) -> str:
        name = self._files.path.name if self._files.path else self._editor.stack.name
        return name.split(".")[0].replace("/", "_").replace("\\", "_").replace(" ", "_") or "stack"

    def _on_prefix_chosen(self, prefix: Path) -> None:
        self._settings.set(EXPORT_FOLDER, str(prefix.parent))
        stack = self._editor.stack
        export = partial(self._bridge.export, self._building.values_of(stack), prefix)
        # The file dialog asks by the name of the prefix, which is not that of any file.
        if prefix.with_name(f"{prefix.name}.index").exists():
            self._dialogs.ask_replace(prefix.name, export)
        else:
            export()

    def _on_script_chosen(self, path: Path) -> None:
        self._settings.set(EXPORT_FOLDER, str(path.parent))
        stack = self._editor.stack
        self._bridge.export_script(stack, path, self._trust.of(stack))

    def _on_code_chosen(self, text: str, path: Path) -> None:
        self._settings.set(EXPORT_FOLDER, str(path.parent))
        try:
            write_text(path, text)
        except OSError as error:
            self.refused.emit(f"{path.name} can't be written: {error.strerror or error}")
        else:
            self._tell_written(path)

    def _tell_written(self, path: Path) -> None:
        self.told.emit(f"Wrote {path.name} to {path.parent}")

    def _on_exported(self, exported: "Exported") -> None:
        self.told.emit(
            f"Wrote {exported.files} to {exported.prefix.parent}: "
            f"{show_count(exported.variables, 'variable')}, {show_bytes(exported.bytes)} "
            f"in {exported.seconds:.1f} s"
            + (f", as restored from {exported.restored.label}" if exported.restored else "")
        )

    def _on_failed(self, event: Failed) -> None:
        if isinstance(event.task, ExportTask):
            self.refused.emit(f"The checkpoint was not written: {event.message}")
        elif isinstance(event.task, ExportScript):
            self.refused.emit(event.message)
