"""The tool bar: what is needed all the time, with the device and the seed."""

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QLabel, QMenu, QSizePolicy, QToolButton, QWidget

from gui.actions import Actions, keys_text
from gui.device_box import DeviceBox
from gui.editor import Editor
from gui.folding_tool_bar import FoldingToolBar
from gui.seed_field import SeedField

_WITH_TEXT = ("build", "draw_again", "export_checkpoint")


class ToolBar(FoldingToolBar):
    """Build, cancel, device, seed, export, and the way to all other commands."""

    def __init__(self, editor: Editor, actions: Actions, parent: QWidget | None = None) -> None:
        """Take actions from the table."""
        super().__init__("Tool bar", parent)
        self.setObjectName("tool_bar")
        self.setMovable(False)
        self.setIconSize(QSize(20, 20))
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.PreventContextMenu)
        self.device = DeviceBox(editor)
        self.seed = SeedField(editor)
        for name in ("build", "cancel_build"):
            self.addAction(actions[name])
        self.addSeparator()
        self._add_labelled("Device", self.device)
        self.addSeparator()
        self._add_labelled("Seed", self.seed)
        self.addAction(actions["draw_again"])
        self.addSeparator()
        for name in ("undo", "redo"):
            self.addAction(actions[name])
        self.addSeparator()
        self.addAction(actions["export_checkpoint"])
        self._export = self._button(actions["export_checkpoint"])
        for name in _WITH_TEXT:
            self._show_text(actions[name])
        gap = QWidget()
        gap.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        self.addWidget(gap)
        search = actions["command_list"]
        search.setIconText(f"Search commands   {keys_text(search.shortcut())}")
        self.addAction(search)
        self._show_text(search)

    def set_export_menu(self, menu: QMenu) -> None:
        """Have this menu beside the checkpoint's button."""
        self._export.setMenu(menu)
        self._export.setPopupMode(QToolButton.ToolButtonPopupMode.MenuButtonPopup)

    def _show_text(self, action: QAction) -> None:
        button = self._button(action)
        button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)

    def _button(self, action: QAction) -> QToolButton:
        button = self.widgetForAction(action)
        assert isinstance(button, QToolButton)
        return button

    def _add_labelled(self, text: str, widget: QWidget) -> None:
        label = QLabel(text)
        label.setContentsMargins(4, 0, 4, 0)
        label.setBuddy(widget)
        self.addWidget(label)
        self.addWidget(widget)
