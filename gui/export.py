"""Writing what was built, or the script of the stack: where to, and what was written."""

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject

from core.atomic import write_text
from core.events import Failed
from core.exports.formats import CHECKPOINT, FORMATS
from core.tasks import Export as ExportTask
from core.tasks import ExportScript
from gui.bridge import Bridge
from gui.building import Building
from gui.dialogs import Dialogs
from gui.editor import Editor
from gui.file_writer import FileWriter
from gui.files import Files
from gui.settings import Settings
from gui.trust import Trust

if TYPE_CHECKING:
    from core.exports.format import Exported, Format


class Export(FileWriter):
    """Has the builder write, `export_<format>` among its actions, and tells what came of it."""

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
        super().__init__(files, settings, dialogs, parent)
        self._editor = editor
        self._bridge = bridge
        self._building = building
        self._trust = trust
        self._formats = {f"export_{form.id}": form for form in FORMATS.values()}
        for action_id, form in self._formats.items():
            setattr(self, action_id, partial(self.export, form))
        building.changed.connect(self.changed)
        bridge.exported.connect(self._on_exported)
        bridge.script_exported.connect(self._tell_written)
        bridge.failed.connect(self._on_failed)

    def enabled(self, action_id: str) -> bool:
        """Tell whether an action can be done now."""
        return not self.why_not(action_id)

    def why_not(self, action_id: str) -> str:
        """Return why an action can't be done now, empty where it can."""
        form = self._formats.get(action_id)
        if form is None:
            return ""
        built = self._building.built
        return "Nothing is built yet." if built is None else form.why_not(built)

    def export(self, form: "Format") -> None:
        """Ask where to, and write the stack as it is now in a format."""
        if form.id == CHECKPOINT:
            title, filters = "Export a checkpoint: the prefix of its files", "Checkpoint prefix (*)"
        else:
            title, filters = f"Export: {form.words}", f"{form.words} (*{form.suffix})"
        self._ask(title, self._stem(), filters, form.suffix, partial(self._on_path_chosen, form))

    def export_script(self) -> None:
        """Ask for a file and write the program that builds the stack."""
        self._ask_script(self._stem(), self._on_script_chosen)

    def export_code(self, text: str) -> None:
        """Ask for a file and write this program, which builds some layers of the stack."""
        self._ask_script(f"{self._stem()}_layer", partial(self._on_code_chosen, text))

    def _ask_script(self, stem: str, write: Callable[[Path], None]) -> None:
        self._ask("Export the script", stem, "Python (*.py)", ".py", write)

    def _stem(self) -> str:
        name = self._files.path.name if self._files.path else self._editor.stack.name
        return name.split(".")[0].replace("/", "_").replace("\\", "_").replace(" ", "_") or "stack"

    def _on_path_chosen(self, form: "Format", path: Path) -> None:
        stack = self._editor.stack
        source = self._building.values_of(stack)
        export = partial(self._bridge.ask, ExportTask(source, path, form.id))
        # The file dialog asks by the name of the prefix, which is not that of any file.
        if form.id == CHECKPOINT and path.with_name(f"{path.name}.index").exists():
            self._dialogs.ask_replace(path.name, export)
        else:
            export()

    def _on_script_chosen(self, path: Path) -> None:
        stack = self._editor.stack
        self._bridge.ask(ExportScript(stack, path, self._trust.of(stack)))

    def _on_code_chosen(self, text: str, path: Path) -> None:
        write_text(path, text)
        self._tell_written(path)

    def _on_exported(self, exported: "Exported") -> None:
        self.told.emit(exported.sentence)

    def _on_failed(self, event: Failed) -> None:
        match event.task:
            case ExportTask(format=format_id):
                words = FORMATS[format_id].words
                self.refused.emit(f"The {words} was not written: {event.message}")
            case ExportScript():
                self.refused.emit(event.message)
