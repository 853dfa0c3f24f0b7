"""The actions that concern the signals: what of them becomes a file."""

from collections.abc import Callable
from functools import partial
from pathlib import Path

from PySide6.QtCore import QObject

from core.atomic import write_text
from core.kind import CONSTRUCTIONS
from core.signals_report import Named, histograms_csv, statistics_csv
from gui.actions import Actions
from gui.dialogs import Dialogs
from gui.editor import Editor
from gui.file_writer import FileWriter
from gui.files import Files
from gui.settings import Settings
from gui.signals_view import SignalsView

_IN_MENU = (
    *("export_signals_png", "export_signals_svg"),
    *("export_signals_csv", "export_signal_histograms_csv"),
)


class SignalsCommands(FileWriter):
    """Has a method for each action of the owner ``signals``."""

    def __init__(
        self,
        editor: Editor,
        view: SignalsView,
        files: Files,
        settings: Settings,
        dialogs: Dialogs,
        parent: QObject | None = None,
    ) -> None:
        """Act on a view."""
        super().__init__(files, settings, dialogs, parent)
        self._editor = editor
        self._view = view
        view.shown_changed.connect(self.changed)

    def set_up(self, actions: Actions) -> None:
        """Fill the view's menu."""
        for action_id in _IN_MENU:
            self._view.export_menu.addAction(actions[action_id])

    def enabled(self, action_id: str) -> bool:
        """Tell whether an action can be done now."""
        return not self.why_not(action_id)

    def why_not(self, action_id: str) -> str:
        """Return why an action can't be done now, empty where it can."""
        return "" if self._view.sides else "No signals are shown."

    def export_signals_png(self) -> None:
        """Ask where to, and write all rows as a picture in dots."""
        self._ask_where("Export the picture", ".png", "Pictures (*.png)", self._write_png)

    def export_signals_svg(self) -> None:
        """Ask where to, and write all rows as a drawing."""
        self._ask_where("Export the picture", ".svg", "Drawings (*.svg)", self._write_svg)

    def export_signals_csv(self) -> None:
        """Ask where to, and write the statistics of all layers."""
        self._ask_where("Export the statistics", ".csv", "Tables (*.csv)", self._write_statistics)

    def export_signal_histograms_csv(self) -> None:
        """Ask where to, and write the histograms of all layers."""
        self._ask_where("Export the histograms", ".csv", "Tables (*.csv)", self._write_histograms)

    def _ask_where(
        self, title: str, suffix: str, filters: str, write: Callable[[Path], None]
    ) -> None:
        name = self._editor.stack.name.replace("/", "_").replace("\\", "_")
        self._ask(title, f"{name}-signals", filters, suffix, partial(self._write_and_tell, write))

    def _write_and_tell(self, write: Callable[[Path], None], path: Path) -> None:
        write(path)
        self._tell_written(path)

    def _write_png(self, path: Path) -> None:
        from gui.picture_file import write_png

        write_png(path, self._view.picture())

    def _write_svg(self, path: Path) -> None:
        from gui.picture_file import write_svg

        write_svg(path, self._view.picture(), f"Signals of {self._editor.stack.name}")

    def _write_statistics(self, path: Path) -> None:
        write_text(path, statistics_csv(self._named()))

    def _write_histograms(self, path: Path) -> None:
        write_text(path, histograms_csv(self._named()))

    def _named(self) -> list[Named]:
        return [
            (
                CONSTRUCTIONS[side.construction].label if side.construction else "as in the stack",
                side.signals,
                side.labels,
            )
            for side in self._view.sides
        ]
