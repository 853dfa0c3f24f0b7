"""Every action once: its text, icon, shortcut and tip, where it stands, and who does it."""

from collections.abc import Callable, Iterator, Mapping
from functools import partial
from typing import Any, Protocol

from PySide6.QtCore import QObject, Qt
from PySide6.QtGui import QAction, QActionGroup, QKeySequence, QUndoStack

from core.catalog import KINDS, SCOPES
from gui import icons, theme
from gui.action import Action
from gui.checkpoint_actions import CHECKPOINT
from gui.file_actions import FILE
from gui.signals_actions import SIGNALS
from gui.weights_actions import WEIGHTS


def _adding() -> Iterator[Action]:
    """Yield an action for each kind of node."""
    for kind, function in SCOPES.items():
        icon = icons.kind_icon_name(kind)
        yield Action(f"add_{kind}", f"Add {kind}", "stack", "Layer/Add", icon, tip=function.help)
    for layer in KINDS.values():
        yield Action(
            f"add_{layer.id}",
            f"Add {layer.id}",
            "stack",
            f"Layer/Add/{layer.group}",
            icons.kind_icon_name(layer.id),
            tip=layer.help,
        )


_EDIT = (
    Action("undo", "Undo", "undo", "Edit", shortcuts=("Ctrl+Z",)),
    Action("redo", "Redo", "undo", "Edit", shortcuts=("Ctrl+Shift+Z", "Ctrl+Y")),
    Action("cut", "Cut", "stack", "Edit", shortcuts=("Ctrl+X",), section=1, local=True),
    Action("copy", "Copy", "stack", "Edit", shortcuts=("Ctrl+C",), section=1, local=True),
    Action("paste", "Paste", "stack", "Edit", shortcuts=("Ctrl+V",), section=1, local=True),
    Action("duplicate", "Duplicate", "stack", "Edit", shortcuts=("Ctrl+D",), section=1),
    Action("delete", "Delete", "stack", "Edit", shortcuts=("Del",), section=1, local=True),
    Action("rename", "Rename", "stack", "Edit", shortcuts=("F2",), section=2, local=True),
    Action(
        "select_all", "Select all", "stack", "Edit", shortcuts=("Ctrl+A",), section=2, local=True
    ),
    Action(
        "find_variable",
        "Find variable",
        "window",
        "Edit",
        "find",
        ("Ctrl+F",),
        "Search among the variables",
        section=3,
    ),
)
_LAYER = (
    Action(
        "add_layer",
        "Insert a layer...",
        "window",
        "Layer",
        "add",
        ("Ins",),
        "Choose a kind of layer by typing",
    ),
    *_adding(),
    Action("move_up", "Move up", "stack", "Layer", shortcuts=("Alt+Up",), section=1),
    Action("move_down", "Move down", "stack", "Layer", shortcuts=("Alt+Down",), section=1),
    Action(
        "move_into_scope",
        "Move into scope",
        "stack",
        "Layer",
        shortcuts=("Alt+Right",),
        tip="Move into the variable scope beside it",
        section=1,
    ),
    Action(
        "move_out_of_scope",
        "Move out of scope",
        "stack",
        "Layer",
        shortcuts=("Alt+Left",),
        section=1,
    ),
    Action(
        "wrap_in_scope",
        "Wrap in scope",
        "stack",
        "Layer",
        "scope",
        ("Ctrl+G",),
        "Put the selected layers into a new variable scope",
        section=1,
    ),
    Action(
        "share_with",
        "Share with...",
        "stack",
        "Layer",
        "share",
        ("Ctrl+Shift+R",),
        "Have this layer read the variables of an earlier one",
        section=2,
    ),
    Action(
        "shared_copy",
        "Shared copy",
        "stack",
        "Layer",
        shortcuts=("Ctrl+Shift+D",),
        tip="Add a copy that reads the same variables",
        section=2,
    ),
    Action(
        "enter_again",
        "Enter scope again",
        "stack",
        "Layer",
        tip="Open the selected scope a second time, for layers that share its variables",
        section=2,
    ),
    Action(
        "confirm_guesses",
        "Confirm guesses",
        "stack",
        "Layer",
        "done",
        tip="Keep the guessed arguments of the selected layers as they are",
        section=2,
    ),
    Action(
        "use_tf_layers",
        "Build with tf.layers",
        "stack",
        "Layer/Construction",
        "layers",
        ("Ctrl+1",),
        section=3,
    ),
    Action(
        "use_get_variable",
        "Build with get_variable",
        "stack",
        "Layer/Construction",
        "get_variable",
        ("Ctrl+2",),
        section=3,
    ),
    Action(
        "reuse_inherit",
        "reuse=None: as the scope around it",
        "stack",
        "Layer/Reuse",
        section=3,
    ),
    Action(
        "reuse_false",
        "reuse=False: new variables",
        "stack",
        "Layer/Reuse",
        "reuse_none",
        section=3,
    ),
    Action(
        "reuse_true",
        "reuse=True: variables that are there",
        "stack",
        "Layer/Reuse",
        "reuse",
        section=3,
    ),
    Action(
        "reuse_auto",
        "AUTO_REUSE: those that are there, else new ones",
        "stack",
        "Layer/Reuse",
        section=3,
    ),
)
_BUILD = (
    Action("build", "Build", "building", "Build", shortcuts=("F5",), tip="Build the stack now"),
    Action(
        "cancel_build",
        "Cancel",
        "window",
        "Build",
        "cancel",
        ("Shift+F5", "Esc"),
        "Cancel what the builder does",
    ),
    Action(
        "automatic_building",
        "Build automatically",
        "building",
        "Build",
        "automatic",
        tip="Build after each edit",
        checkable=True,
    ),
    Action(
        "compare",
        "Compare constructions",
        "window",
        "Build",
        shortcuts=("F6",),
        tip="Build the stack with tf.layers and by hand, and show both side by side",
    ),
    Action(
        "show_signals",
        "Signals",
        "window",
        "Build",
        "histogram",
        ("F7",),
        "Run a random batch through the stack, and show each layer's outputs and gradients",
    ),
    Action(
        "draw_again",
        "Draw again",
        "building",
        "Build",
        shortcuts=("Ctrl+R",),
        tip="Take another seed, and so draw other initial values",
        section=1,
    ),
    Action(
        "choose_device",
        "Choose device",
        "window",
        "Build",
        "device",
        tip="Choose the device that the graph is built for",
        section=1,
    ),
    Action("set_seed", "Set seed", "window", "Build", "seed", tip="Go to the seed", section=1),
)
_VIEW = (
    Action("show_palette", "Palette", "window", "View", "layout", checkable=True),
    Action("show_inspector", "Inspector", "window", "View", "layout", checkable=True),
    Action("show_results", "Variables and weights", "window", "View", "layout", checkable=True),
    Action("show_lesson", "Lesson", "lessons", "View", "lessons", checkable=True),
    Action("reset_layout", "Reset layout", "window", "View", "reset"),
    Action(
        "unmute_hazards",
        "Mark all hazards again",
        "explaining",
        "View",
        "warning",
        tip="Mark the kinds of hazards again that were muted",
    ),
    *(
        Action(
            f"theme_{scheme}",
            text,
            "window",
            "View/Colours",
            icon,
            section=1,
            checkable=True,
            exclusive="theme",
        )
        for scheme, text, icon in (
            (theme.Scheme.SYSTEM, "Colours as the system has them", "theme"),
            (theme.Scheme.LIGHT, "Light colours", "light"),
            (theme.Scheme.DARK, "Dark colours", "dark"),
        )
    ),
)
_HELP = (
    Action(
        "command_list",
        "Command list",
        "window",
        "Help",
        shortcuts=("Ctrl+Shift+P",),
        tip="Search among all commands",
    ),
    Action("keyboard_shortcuts", "Keyboard shortcuts", "window", "Help", "keyboard", ("F1",)),
    Action(
        "lessons",
        "Lessons...",
        "lessons",
        "Help",
        tip="Choose a small stack with a question to answer before it is built",
        section=1,
    ),
    Action("next_lesson", "Next lesson", "lessons", "Help", section=1),
    Action(
        "write_lesson",
        "Write a lesson",
        "lessons",
        "Help",
        "rename",
        tip="Write a question about the open stack; it is saved in the stack's file",
        section=1,
    ),
    Action("about", "About Layerscope", "window", "Help", section=2),
)

ACTIONS: Mapping[str, Action] = {
    action.id: action
    for action in (
        *(*FILE, *_EDIT, *_LAYER, *_BUILD, *CHECKPOINT),
        *(*_VIEW, *WEIGHTS, *SIGNALS, *_HELP),
    )
}


class Owner(Protocol):
    """An object that has a method for each of its actions, and a signal `changed`.

    It may have `why_not(action_id)`, which says why an action can't be done.
    """

    changed: Any

    def enabled(self, action_id: str) -> bool:
        """Tell whether an action can be done now."""


class Actions(QObject):
    """The actions of a window as Qt has them, kept up to date with their owners."""

    def __init__(
        self, owners: Mapping[str, Owner], undo_stack: QUndoStack, parent: QObject | None = None
    ) -> None:
        """Make all actions of the table."""
        super().__init__(parent)
        self._owners = owners
        self._actions = {
            "undo": undo_stack.createUndoAction(self, "Undo"),
            "redo": undo_stack.createRedoAction(self, "Redo"),
        }
        groups: dict[str, QActionGroup] = {}
        for action in ACTIONS.values():
            made = self._actions.setdefault(action.id, QAction(action.text, self))
            _prepare(made, action)
            if action.owner in owners:
                made.triggered.connect(partial(self._on_triggered, action))
            if action.exclusive:
                groups.setdefault(action.exclusive, QActionGroup(self)).addAction(made)
        for name, owner in owners.items():
            owner.changed.connect(partial(self._update, name))
            self._update(name)
        self._draw_icons()
        theme.current().changed.connect(self._draw_icons)

    def __getitem__(self, action_id: str) -> QAction:
        """Return an action. Raises KeyError."""
        return self._actions[action_id]

    def all(self) -> Iterator[tuple[Action, QAction]]:
        """Yield all actions in the order of the table."""
        return ((action, self._actions[action.id]) for action in ACTIONS.values())

    def handler(self, action: Action) -> Callable[..., None]:
        """Return the method that does an action. Raises AttributeError."""
        found: Callable[..., None] = getattr(self._owners[action.owner], action.id)
        return found

    def _on_triggered(self, action: Action) -> None:
        if action.has_menu:
            return
        if action.checkable and not action.exclusive:
            self.handler(action)(self._actions[action.id].isChecked())
        else:
            self.handler(action)()

    def _update(self, owner_name: str) -> None:
        owner = self._owners[owner_name]
        why_not = getattr(owner, "why_not", None)
        for action in ACTIONS.values():
            if action.owner == owner_name:
                made = self._actions[action.id]
                made.setEnabled(owner.enabled(action.id))
                made.setToolTip(_tip(action, why_not(action.id) if why_not else ""))

    def _draw_icons(self) -> None:
        for action, made in self.all():
            made.setIcon(icons.icon(action.icon_name))


def _prepare(made: QAction, action: Action) -> None:
    made.setObjectName(action.id)
    made.setShortcuts([QKeySequence(keys) for keys in action.shortcuts])
    made.setCheckable(action.checkable)
    made.setToolTip(_tip(action))
    made.setMenuRole(
        {
            "quit": QAction.MenuRole.QuitRole,
            "about": QAction.MenuRole.AboutRole,
        }.get(action.id, QAction.MenuRole.NoRole)
    )
    if action.local:
        made.setShortcutContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)


def _tip(action: Action, why_not: str = "") -> str:
    """Return what an action does, its shortcut, and why it can't be done where it can't."""
    text = action.tip or action.text.rstrip(".")
    keys = keys_text(QKeySequence(action.shortcuts[0])) if action.shortcuts else ""
    first = f"{text} ({keys})" if keys else text
    return f"{first}\n{why_not}" if why_not else first


def keys_text(keys: QKeySequence) -> str:
    """Return a shortcut as this system writes it."""
    return keys.toString(QKeySequence.SequenceFormat.NativeText)
