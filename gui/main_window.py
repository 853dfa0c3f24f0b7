"""The main window: the panels, and the wires between them."""

from functools import partial
from pathlib import Path

from PySide6.QtCore import QMimeData, QSize, Qt, Signal
from PySide6.QtGui import QCloseEvent, QDragEnterEvent, QDropEvent, QPaintEvent
from PySide6.QtWidgets import QMainWindow

from core.built import Built
from core.document import SUFFIX
from core.events import Ready, Started
from core.fixes import Fix
from core.tasks import Export as ExportTask
from core.tasks import Rename, Restore, SaveValues
from gui.action import EXPORT_MENU
from gui.actions import Actions, Owner
from gui.autosave import Autosave, orphans
from gui.bridge import Bridge
from gui.building import Building
from gui.checkpoints import Checkpoints
from gui.coding import Coding
from gui.comparing import Comparing
from gui.dialogs import Dialogs
from gui.editor import Editor
from gui.explaining import Explaining
from gui.export import Export
from gui.files import Files
from gui.foreseeing import Foreseeing
from gui.late_plot import LatePlot
from gui.lesson_commands import LessonCommands
from gui.mapping import Mapping
from gui.menus import Menus
from gui.message_bar import Level
from gui.panels import Panels
from gui.plotting import Plotting
from gui.proposing import Proposing
from gui.recovery import Recovery
from gui.restoring import Restoring
from gui.settings import Settings
from gui.signalling import Signalling
from gui.signals_commands import SignalsCommands
from gui.stack_commands import StackCommands
from gui.state import Folders
from gui.status import Status
from gui.tab_order import field_beside
from gui.tool_bar import ToolBar
from gui.trust import Trust
from gui.trying import Trying
from gui.weights_commands import WeightsCommands
from gui.window_commands import WindowCommands

# There it goes without saying what is opened; the last ones fold away first.
_ON_CHECKPOINT_PANEL = {
    "Open": "open_checkpoint",
    "Restore": "restore_opened",
    "Compare": "compare_checkpoint",
    "New stack": "propose_stack",
    "Reload": "reload_checkpoint",
}
_FIRST_SIZE = QSize(1440, 900)
# What a window manager puts around a window, at most: no edge of it may start off the screen.
_FRAME = QSize(16, 48)


class MainWindow(QMainWindow):
    """Shows the editor's stack and what the bridge's builder makes of it.

    Attributes:
        loading: Whether TensorFlow is still to be imported.

    Signals:
        painted: The window has been painted for the first time.
        closed: The window is closed for good.
    """

    painted = Signal()
    closed = Signal()

    def __init__(
        self,
        editor: Editor,
        bridge: Bridge,
        settings: Settings,
        folders: Folders,
        dialogs: Dialogs | None = None,
    ) -> None:
        """Make the window; nothing is open or built yet."""
        super().__init__()
        self.editor = editor
        self.bridge = bridge
        self._folders = folders
        self.loading = True
        self._painted = False
        self._may_close = False
        self.dialogs = dialogs or Dialogs(self)
        self.trust = Trust(editor, folders, self.dialogs, self)
        self.building = Building(editor, bridge, settings, self.trust, self)
        self.trying = Trying(bridge, self.building, self)
        self.explaining = Explaining(editor, bridge, self.building, settings, self.trust, self)
        self.files = Files(editor, settings, self.dialogs, self)
        self.export = Export(
            editor, bridge, self.building, self.files, settings, self.trust, self.dialogs, self
        )
        self.autosave = Autosave(editor, folders, self)
        self.recovery = Recovery(self, self.files, self.autosave, self.dialogs)
        self.plotting = Plotting(bridge, self.building, self.trust, self)
        self.weights_commands = WeightsCommands(
            bridge,
            self.building,
            self.plotting,
            self.files,
            settings,
            self.dialogs,
            self,
        )
        self.late_plot = LatePlot(self)
        self.panels = Panels(editor)
        self.checkpoints = Checkpoints(
            bridge, self.building, self.panels.checkpoint, settings, self.dialogs, self
        )
        self.restoring = Restoring(bridge, self.building, self.checkpoints, self.dialogs, self)
        self.proposing = Proposing(
            editor,
            bridge,
            self.checkpoints,
            self.files,
            self.panels.messages,
            self,
        )
        self.setCentralWidget(self.panels)
        self.coding = Coding(editor, bridge, self.building, self.panels.code, self.trust, self)
        self.status = Status(bridge, self.building, self)
        self.setStatusBar(self.status)
        self.comparing = Comparing(
            editor,
            bridge,
            self.building,
            self.panels.comparison,
            settings,
            self.trust,
            self.dialogs,
            self,
        )
        self.mapping = Mapping(
            bridge,
            self.building,
            self.checkpoints,
            self.restoring,
            self.panels.checkpoint,
            settings,
            folders,
            self.dialogs,
            self,
        )
        self.signalling = Signalling(bridge, self.building, self.panels.signals, self.trust, self)
        self.signals_commands = SignalsCommands(
            editor, self.panels.signals, self.files, settings, self.dialogs, self
        )
        self.foreseeing = Foreseeing(
            editor, bridge, self.building, self.trust, self.panels.stack_view.tree, self
        )
        self.stack_commands = StackCommands(editor, self.panels.stack_view, self)
        self.commands = WindowCommands(
            self, self.panels, self.status, self.building, settings, self.dialogs
        )
        self.lesson_commands = LessonCommands(
            editor, self.panels.lesson, self.building, self.files, self.dialogs, self
        )
        self.action_table = self._make_actions()
        self._make_bars()
        self.panels.checkpoint.set_actions(
            {text: self.action_table[name] for text, name in _ON_CHECKPOINT_PANEL.items()}
        )
        self.setAcceptDrops(True)
        self.resize(_FIRST_SIZE.boundedTo(self.screen().availableSize() - _FRAME))
        self.panels.restore_layout(folders)
        self.panels.stack_view.setFocus()
        self.commands.set_up(self.action_table, self.tool_bar)
        self.lesson_commands.set_up(self.action_table)
        self.mapping.set_up(self.action_table)
        self.signals_commands.set_up(self.action_table)
        self._connect()
        self._update_title()

    def working(self) -> bool:
        """Tell whether the builder thread works, be it on the import, or is about to."""
        return self.loading or self.status.busy or self.building.awaited

    def end(self) -> None:
        """Stop everything that could still happen; the bridge is closed by who made it."""
        self.building.stop()
        self.foreseeing.stop()
        self.trying.stop()
        self.explaining.stop()
        self.status.stop()
        self.autosave.end()
        self.mapping.kept.write()
        self.late_plot.close()

    def start(self, path: Path | None) -> None:
        """Open the file that was asked for, else what there is to recover, else an example."""
        left = orphans(self._folders)
        if path is not None:
            self.files.load(path)
        elif not left:
            self.files.load_example()
        building = self.building
        if building.built is None and not building.pending and not building.held:
            building.build()
        if left:
            self.recovery.offer(left)

    def _make_actions(self) -> Actions:
        owners: dict[str, Owner] = {
            "files": self.files,
            "export": self.export,
            "building": self.building,
            "restoring": self.restoring,
            "explaining": self.explaining,
            "window": self.commands,
            "stack": self.stack_commands,
            "weights": self.weights_commands,
            "signals": self.signals_commands,
            "lessons": self.lesson_commands,
            "checkpoint": self.checkpoints,
            "mapping": self.mapping,
            "proposing": self.proposing,
        }
        actions = Actions(owners, self.editor.undo_stack, self)
        for action, made in actions.all():
            # A local shortcut works where its action is: in the stack.
            (self.panels.stack_view if action.local else self).addAction(made)
        return actions

    def _make_bars(self) -> None:
        self.tool_bar = ToolBar(self.editor, self.action_table)
        self.addToolBar(self.tool_bar)
        self.menus = Menus(self.menuBar(), self.action_table, self.files)
        self.tool_bar.set_export_menu(self.menus[EXPORT_MENU])
        self.panels.stack_view.set_context_actions(self.menus.in_context())

    def _connect(self) -> None:
        panels, messages = self.panels, self.panels.messages
        self.bridge.ready.connect(self._on_ready)
        self.building.built_changed.connect(self._on_built_changed)
        self.building.changed.connect(self._on_building_changed)
        self.explaining.changed.connect(self._on_explaining_changed)
        panels.stack_view.fix_asked.connect(self._on_fix_asked)
        panels.inspector.fix_asked.connect(self._on_fix_asked)
        panels.inspector.mute_asked.connect(self.explaining.mute)
        self.building.failed.connect(partial(messages.tell, "build", level=Level.REFUSED))
        self.building.succeeded.connect(partial(messages.clear, "build"))
        self.trying.changed.connect(panels.stack_view.set_trial)
        self.trying.changed.connect(panels.inspector.set_trial)
        self.trust.untrusted.connect(self._on_untrusted)
        panels.inspector.code_written.connect(self.trust.code_written)
        panels.stack_view.review_asked.connect(self.trust.review)
        self.files.changed.connect(self._on_files_changed)
        self.editor.stack_opened.connect(self._update_title)
        self.editor.undo_stack.cleanChanged.connect(self._on_clean_changed)
        self.files.refused.connect(partial(messages.tell, "file", level=Level.REFUSED))
        self.recovery.refused.connect(partial(messages.tell, "file", level=Level.REFUSED))
        self.files.done.connect(partial(messages.clear, "file"))
        self.autosave.failed.connect(partial(messages.tell, "autosave", level=Level.WARNING))
        self.autosave.worked.connect(partial(messages.clear, "autosave"))
        self.files.told.connect(self.status.tell)
        panels.code.save_asked.connect(self.export.export_script)
        panels.code.save_part_asked.connect(self.export.export_code)
        self.bridge.started.connect(self._on_started)
        self.editor.stack_opened.connect(self._on_stack_opened)
        self.export.refused.connect(partial(messages.tell, "export", level=Level.REFUSED))
        self.export.told.connect(partial(messages.tell, "export", level=Level.DONE))
        self.restoring.refused.connect(partial(messages.tell, "restore", level=Level.REFUSED))
        self.restoring.told.connect(partial(messages.tell, "restore", level=Level.DONE))
        self.restoring.drawn_anew.connect(self._on_drawn_anew)
        self.editor.refused.connect(self.status.tell)
        self.stack_commands.told.connect(self.status.tell)
        self.plotting.told.connect(self.status.tell)
        self.comparing.told.connect(self.status.tell)
        self.comparing.refused.connect(partial(messages.tell, "export", level=Level.REFUSED))
        self.mapping.told.connect(partial(messages.tell, "export", level=Level.DONE))
        self.mapping.refused.connect(partial(messages.tell, "export", level=Level.REFUSED))
        panels.variables.variables_selected.connect(self.plotting.select)
        panels.checkpoint.selected.connect(self.plotting.select_tensors)
        panels.tabs.currentChanged.connect(self._on_tab_changed)
        self.checkpoints.checked.connect(panels.stack_view.set_check)
        self.checkpoints.asked.connect(self._on_checkpoint_asked)
        self.late_plot.made.connect(panels.set_plot)
        self.late_plot.made.connect(self.plotting.set_plot)
        self.late_plot.made.connect(partial(self.weights_commands.set_plot, self.action_table))
        self.signals_commands.told.connect(partial(messages.tell, "export", level=Level.DONE))
        self.signals_commands.refused.connect(partial(messages.tell, "export", level=Level.REFUSED))
        self.weights_commands.told.connect(partial(messages.tell, "export", level=Level.DONE))
        self.weights_commands.refused.connect(partial(messages.tell, "export", level=Level.REFUSED))

    def _on_files_changed(self) -> None:
        self.autosave.set_path(self.files.path)
        self._update_title()

    def _update_title(self) -> None:
        self.setWindowTitle(f"{self.files.title}[*] - Layerscope")
        self.setWindowFilePath(str(self.files.path or ""))
        self._on_clean_changed(self.editor.undo_stack.isClean())

    def _on_clean_changed(self, clean: bool) -> None:
        self.setWindowModified(not clean)

    def _on_ready(self, event: Ready) -> None:
        self.loading = False
        devices = tuple(device.name for device in event.devices)
        self.tool_bar.device.set_devices(devices)
        self.panels.inspector.set_devices(devices)
        self.commands.set_tensorflow(event.version)

    def _on_started(self, event: Started) -> None:
        if isinstance(event.task, ExportTask | SaveValues | Rename):
            self.panels.messages.clear("export")  # it told of an earlier one
        elif isinstance(event.task, Restore):
            self.panels.messages.clear("restore")

    def _on_stack_opened(self) -> None:
        for topic in ("export", "restore"):
            self.panels.messages.clear(topic)

    def _on_drawn_anew(self, text: str) -> None:
        again = self._on_restore_again
        self.panels.messages.tell("restore", text, Level.ABOUT, "Restore again", again)

    def _on_restore_again(self) -> None:
        self.restoring.restore_again()
        self.panels.stack_view.setFocus()  # the button is gone, and the focus with it

    def _on_untrusted(self, text: str) -> None:
        messages = self.panels.messages
        if text:
            messages.tell("code", text, Level.WARNING, "Review...", self.trust.review)
        else:
            messages.clear("code")

    def _on_built_changed(self, built: Built | None) -> None:
        panels = self.panels
        for panel in (panels.stack_view, panels.inspector, panels.variables, panels.ledger):
            panel.set_built(built)
        panels.lesson.set_built(built)

    def _on_explaining_changed(self) -> None:
        for panel in (self.panels.stack_view, self.panels.inspector):
            panel.set_explained(self.explaining)

    def _on_fix_asked(self, fix: Fix) -> None:
        self.explaining.do(fix)
        self.panels.stack_view.setFocus()  # the button is gone, and the focus with it

    def _on_building_changed(self) -> None:
        self.panels.set_out_of_date(self.building.out_of_date)
        self.panels.set_held(self.building.held)

    def _on_tab_changed(self) -> None:
        """Plot what was selected in the tree that was seen last."""
        tab, panels = self.panels.tabs.currentWidget(), self.panels
        if tab in (panels.variables, panels.checkpoint):
            self.plotting.look_at_tensors(tab is panels.checkpoint)

    def _on_checkpoint_asked(self) -> None:
        self.panels.show_checkpoint()
        self.commands.update_shown()

    def _close_for_good(self) -> None:
        # Does nothing within `closeEvent`, which goes on by itself.
        self._may_close = True
        self.close()

    # Qt overrides

    def paintEvent(self, event: QPaintEvent) -> None:
        """Tell of the first time: what may wait until the window is seen starts then."""
        super().paintEvent(event)
        if not self._painted:
            self._painted = True
            self.painted.emit()

    def focusNextPrevChild(self, forward: bool) -> bool:
        """Have Tab go through the panels as they stand, whenever their parts were made."""
        field = field_beside(self, (self.tool_bar, *self.panels.in_order()), forward)
        if field is None:
            return super().focusNextPrevChild(forward)
        reasons = Qt.FocusReason
        field.setFocus(reasons.TabFocusReason if forward else reasons.BacktabFocusReason)
        return True

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        """Take a stack file or a checkpoint from a file manager."""
        if _dropped_path(event.mimeData()) is not None:
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        """Open the dropped file."""
        path = _dropped_path(event.mimeData())
        if path is None:
            return
        event.acceptProposedAction()
        if path.name.endswith(SUFFIX):
            self.files.open_path(path)
        else:
            self.checkpoints.open_path(path)

    def closeEvent(self, event: QCloseEvent) -> None:
        """Close once unsaved work is saved or given up."""
        if not self._may_close:
            self.files.when_saved(self._close_for_good)
        if not self._may_close:
            event.ignore()
            return
        self.panels.save_layout(self._folders)
        self.hide()
        self.end()
        event.accept()
        self.closed.emit()


def _dropped_path(mime: QMimeData) -> Path | None:
    """Return the one stack file that is dragged, or what may be a checkpoint; else None."""
    urls = mime.urls()
    if len(urls) != 1 or not urls[0].isLocalFile():
        return None
    path = Path(urls[0].toLocalFile())
    return path if path.exists() else None
