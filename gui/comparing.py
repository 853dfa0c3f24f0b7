"""When both constructions are compared, and what can be made of it."""

from dataclasses import replace
from functools import partial
from pathlib import Path

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QGuiApplication

from core.atomic import write_text
from core.comparison import Comparison
from core.events import Cancelled, Failed, Started
from core.graph_runs import NumbersFound, NumbersWanted
from core.name_map import init_from_checkpoint_code, saver_code
from core.numbers import Numbers
from core.stack import Stack
from core.tasks import Compare
from core.tasks import Export as ExportTask
from gui.bridge import Bridge
from gui.building import Building
from gui.comparison_view import ComparisonView
from gui.dialogs import Dialogs
from gui.editor import Editor
from gui.settings import EXPORT_FOLDER, Settings
from gui.trust import Trust

_PAGES = "Web pages (*.html)"


class Comparing(QObject):
    """Asks for comparisons while their view can be seen, and keeps the last.

    Signals:
        changed: Another comparison is there.
        told: Something was made of it that is worth a word.
        refused: It could not be made; one sentence says why.
    """

    changed = Signal()
    told = Signal(str)
    refused = Signal(str)

    def __init__(
        self,
        editor: Editor,
        bridge: Bridge,
        building: Building,
        view: ComparisonView,
        settings: Settings,
        trust: Trust,
        dialogs: Dialogs,
        parent: QObject | None = None,
    ) -> None:
        """Follow the editor, the builds and the bridge."""
        super().__init__(parent)
        self.comparison: Comparison | None = None
        self._numbers: Numbers | None = None
        self._editor = editor
        self._bridge = bridge
        self._building = building
        self._view = view
        self._settings = settings
        self._trust = trust
        self._dialogs = dialogs
        self._asked: Stack | None = None
        self._fill_menu()
        view.asked.connect(self.compare)
        view.feed_entered.connect(self._ask_for_numbers)
        view.shown.connect(self._on_shown)
        editor.stack_opened.connect(self._on_stack_opened)
        editor.stack_changed.connect(self._show_state)
        building.built_changed.connect(self._on_built_changed)
        bridge.started.connect(self._on_started)
        bridge.compared.connect(self._on_compared)
        bridge.numbers_found.connect(self._on_numbers_found)
        bridge.failed.connect(self._on_failed)
        bridge.cancelled.connect(self._on_cancelled)

    def compare(self) -> None:
        """Compare both constructions of the open stack, unless a lesson's question is open."""
        if self._building.held:
            return
        # A copy, so that each request has a stack to know it by.
        self._asked = replace(self._editor.stack)
        self._bridge.ask(Compare(self._asked, self._trust.of(self._asked)))
        self._show_state()

    def copy_saver_code(self) -> None:
        """Put the name map on the clipboard, as code for a Saver."""
        self._copy(saver_code)

    def copy_init_code(self) -> None:
        """Put the name map on the clipboard, as code for init_from_checkpoint."""
        self._copy(init_from_checkpoint_code)

    def save_page(self) -> None:
        """Ask where to write the comparison as a page, and write it."""
        if self.comparison is not None:
            folder = self._settings.folder(EXPORT_FOLDER) or Path.home()
            name = self.comparison.stack.name.replace("/", "_").replace("\\", "_")
            proposed = folder / f"{name}-compared.html"
            self._dialogs.ask_save(
                "Save the comparison", proposed, _PAGES, "html", self._on_page_chosen
            )

    def export_renamed(self) -> None:
        """Ask where to write the checkpoint of tf.layers under the names by hand."""
        if self.comparison is not None:
            folder = self._settings.folder(EXPORT_FOLDER) or Path.home()
            self._dialogs.ask_save(
                "Export the renamed checkpoint",
                folder / "renamed",
                "Checkpoints (*)",
                "",
                partial(self._on_prefix_chosen, self.comparison),
            )

    def _fill_menu(self) -> None:
        for text, method in (
            ("Copy the name map as Saver code", self.copy_saver_code),
            ("Copy the name map for init_from_checkpoint", self.copy_init_code),
            ("Export tf.layers' checkpoint under the names by hand...", self.export_renamed),
            ("Save as a web page...", self.save_page),
        ):
            self._view.export_menu.addAction(text, method)

    def _copy(self, code: object) -> None:
        if self.comparison is not None:
            assert callable(code)
            QGuiApplication.clipboard().setText(code(self.comparison.name_map))
            names = len(self.comparison.name_map)
            self.told.emit(f"A map of {names:,} names is on the clipboard")

    def _on_page_chosen(self, path: Path) -> None:
        if self.comparison is None:
            return
        from core.comparison_page import comparison_page

        numbers = self._numbers or Numbers(skipped="They were still being computed.")
        try:
            write_text(path, comparison_page(self.comparison, numbers))
        except OSError as error:
            self.refused.emit(f"{path.name} can't be written: {error.strerror or error}")
        else:
            self.told.emit(f"Saved {path.name}")

    def _on_prefix_chosen(self, comparison: Comparison, prefix: Path) -> None:
        self._settings.set(EXPORT_FOLDER, str(prefix.parent))
        source = self._building.values_of(comparison.layers.built.stack)
        self._bridge.ask(ExportTask(source, prefix, names=dict(comparison.name_map)))

    def _ask_for_numbers(self) -> None:
        if self.comparison is not None:
            self._numbers = None
            self._bridge.run(NumbersWanted(self.comparison, self._view.feed.feed))
            self._view.show_comparison(self.comparison, None)

    def _on_shown(self) -> None:
        if self._building.automatic and not self._is_current():
            self.compare()

    def _on_built_changed(self, built: object) -> None:
        # After the build, which is what a person waits for.
        if built is not None and self._view.isVisible():
            self._on_shown()

    def _is_current(self) -> bool:
        wanted = self._editor.stack
        return wanted in (self._asked, self.comparison and self.comparison.stack)

    def _on_started(self, event: Started) -> None:
        if isinstance(event.task, Compare):
            self._show_state()

    def _on_compared(self, comparison: Comparison) -> None:
        if comparison.stack is not self._asked:
            return
        self._asked = None
        self.comparison = comparison
        self._ask_for_numbers()
        self._show_state()
        self.changed.emit()

    def _on_numbers_found(self, found: NumbersFound) -> None:
        if found.wanted.comparison is self.comparison:
            self._numbers = found.numbers
            self._view.show_comparison(self.comparison, found.numbers)

    def _on_failed(self, event: Failed) -> None:
        if isinstance(event.task, Compare) and event.task.stack is self._asked:
            self._asked = None
            self._show_state(event.message)

    def _on_cancelled(self, event: Cancelled) -> None:
        if isinstance(event.task, Compare) and event.task.stack is self._asked:
            self._asked = None
            self._show_state()

    def _on_stack_opened(self) -> None:
        self._asked = None
        self.comparison = self._numbers = None
        self._view.show_comparison(None, None)
        self._show_state()

    def _show_state(self, trouble: object = "") -> None:
        if isinstance(trouble, str) and trouble:
            self._view.show_state(trouble)
        elif self._asked is not None:
            self._view.show_state("comparing...")
        elif self.comparison is not None and self.comparison.stack != self._editor.stack:
            self._view.show_state("out of date")
        else:
            self._view.show_state("")
