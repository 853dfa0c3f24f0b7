"""The actions that concern the window itself."""

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtWidgets import QWidget

from gui import theme
from gui.actions import Actions
from gui.building import Building
from gui.command_list import CommandList
from gui.dialogs import Dialogs
from gui.panels import Panels
from gui.settings import THEME, Settings
from gui.shortcut_list import ShortcutList
from gui.status import Status
from gui.tool_bar import ToolBar

_LIST_TOP = 60


class WindowCommands(QObject):
    """Has a method for each action of the owner ``window``.

    Signals:
        changed: Whether one of them can be done is another now.
    """

    changed = Signal()

    def __init__(
        self,
        window: QWidget,
        panels: Panels,
        status: Status,
        building: Building,
        settings: Settings,
        dialogs: Dialogs,
    ) -> None:
        """Know what they act on; `set_up` gives the rest, which is made from the actions."""
        super().__init__(window)
        self._window = window
        self._panels = panels
        self._status = status
        self._building = building
        self._settings = settings
        self._dialogs = dialogs
        self._actions: Actions
        self._tool_bar: ToolBar
        self._tensorflow = ""
        status.busy_changed.connect(self.changed)
        building.changed.connect(self.changed)
        panels.signals.running_changed.connect(self.changed)

    def set_up(self, actions: Actions, tool_bar: ToolBar) -> None:
        """Give the actions, and set those that are on or off."""
        self._actions = actions
        self._tool_bar = tool_bar
        actions[f"theme_{theme.current().scheme}"].setChecked(True)
        actions["automatic_building"].setChecked(self._building.automatic)
        self.update_shown()

    def set_tensorflow(self, version: str) -> None:
        """Note TensorFlow's version, for who asks."""
        self._tensorflow = version

    def enabled(self, action_id: str) -> bool:
        """Tell whether an action can be done now."""
        works = self._status.busy or self._building.pending or self._panels.signals.running
        return action_id != "cancel_build" or works

    def quit(self) -> None:
        """Close the window."""
        self._window.close()

    def find_variable(self) -> None:
        """Go to the search among the variables."""
        self._panels.show_variables()
        self.update_shown()

    def compare(self) -> None:
        """Show both constructions side by side, compared anew."""
        self._panels.show_comparison()
        self._panels.comparison.asked.emit()
        self.update_shown()

    def show_signals(self) -> None:
        """Show how a batch goes through the stack, and run it if it was not run to its end."""
        self._panels.show_signals()
        self._panels.signals.wanted_changed.emit()
        self.update_shown()

    def cancel_build(self) -> None:
        """Cancel what the builder does, and say so until it confirms."""
        self._building.cancel()
        self._status.cancelling()

    def choose_device(self) -> None:
        """Open the choice of devices."""
        self._tool_bar.device.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self._tool_bar.device.showPopup()

    def set_seed(self) -> None:
        """Go to the seed."""
        self._tool_bar.seed.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self._tool_bar.seed.selectAll()

    def show_palette(self, on: bool) -> None:
        """Show the palette or hide it."""
        self._panels.palette_panel.setVisible(on)

    def show_inspector(self, on: bool) -> None:
        """Show the inspector or hide it."""
        self._panels.inspector.setVisible(on)

    def show_results(self, on: bool) -> None:
        """Show what was built or hide it."""
        self._panels.results.setVisible(on)

    def reset_layout(self) -> None:
        """Give each panel the size it has at first."""
        self._panels.reset_layout()
        self.update_shown()

    def theme_system(self) -> None:
        """Take the colours of the system."""
        self._use(theme.Scheme.SYSTEM)

    def theme_light(self) -> None:
        """Take the light colours."""
        self._use(theme.Scheme.LIGHT)

    def theme_dark(self) -> None:
        """Take the dark colours."""
        self._use(theme.Scheme.DARK)

    def command_list(self, query: str = "") -> None:
        """Open the list of all commands, with something typed already."""
        found = CommandList(self._actions, self._window)
        found.search.setText(query)
        corner = self._window.rect().center() - found.rect().center()
        corner.setY(_LIST_TOP)
        found.move(self._window.mapToGlobal(corner))
        self._dialogs.open(found)

    def add_layer(self) -> None:
        """Open the list of all commands at those that add a layer."""
        self.command_list("Add ")

    def keyboard_shortcuts(self) -> None:
        """Open the list of all shortcuts."""
        self._dialogs.open(ShortcutList(self._actions, self._window))

    def about(self) -> None:
        """Tell the versions and licences."""
        from gui.about import AboutDialog

        self._dialogs.open(AboutDialog(self._tensorflow, self._window))

    def update_shown(self) -> None:
        """Have the actions tell which panels are shown."""
        for name, panel in (
            ("show_palette", self._panels.palette_panel),
            ("show_inspector", self._panels.inspector),
            ("show_results", self._panels.results),
        ):
            self._actions[name].setChecked(not panel.isHidden())

    def _use(self, scheme: theme.Scheme) -> None:
        theme.current().use(scheme)
        self._settings.set(THEME, scheme)
