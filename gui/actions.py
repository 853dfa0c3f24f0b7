"""Every action once: its text, icon, shortcut and tip, where it stands, and who does it."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any, Protocol

from PySide6.QtCore import QObject, Qt
from PySide6.QtGui import QAction, QActionGroup, QKeySequence, QUndoStack

from core.catalog import KINDS, SCOPES
from gui import icons, theme


@dataclass(frozen=True, slots=True)
class Action:
    """What there is to say about an action.

    Attributes:
        id: Also the name of the method that does it.
        owner: Which of the objects given to `Actions` has that method.
        menu: Titles of the menus that lead to it, separated by slashes.
        shortcuts: In Qt's portable notation; the first one is shown.
        section: Actions of one menu are parted by a line where it changes.
        checkable: Whether it is on or off; its method is then given which.
        exclusive: The set of actions of which exactly one is on; the method of such a one is given
            nothing, as being chosen turns it on.
        local: Whether the shortcut works only with the keyboard focus in the stack, as other
            views have their own meaning for it.
        has_menu: Whether it stands for a menu that is filled when it opens.
    """

    id: str
    text: str
    owner: str
    menu: str
    icon: str = ""
    shortcuts: tuple[str, ...] = ()
    tip: str = ""
    section: int = 0
    checkable: bool = False
    exclusive: str = ""
    local: bool = False
    has_menu: bool = False

    @property
    def icon_name(self) -> str:
        """The name of its icon."""
        return self.icon or self.id


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


_FILE = (
    Action("new", "New", "files", "File", shortcuts=("Ctrl+N",), tip="Start with an empty stack"),
    Action("open", "Open...", "files", "File", shortcuts=("Ctrl+O",), tip="Open a stack file"),
    Action(
        "new_from_checkpoint",
        "New stack from checkpoint...",
        "proposing",
        "File",
        "new",
        tip="Propose a stack that creates the variables of a checkpoint: choose one of its files",
    ),
    Action("open_recent", "Open recent", "files", "File", "recent", has_menu=True),
    Action("open_example", "Open example", "files", "File", "example", has_menu=True),
    Action("save", "Save", "files", "File", shortcuts=("Ctrl+S",), section=1),
    Action("save_as", "Save as...", "files", "File", shortcuts=("Ctrl+Shift+S",), section=1),
    Action(
        "export_checkpoint",
        "Export checkpoint...",
        "export",
        "File",
        "export",
        ("Ctrl+E",),
        "Write the initial values as a checkpoint that any TensorFlow program can load",
        section=2,
    ),
    Action(
        "export_script",
        "Export script...",
        "export",
        "File",
        "script",
        ("Ctrl+Shift+E",),
        "Write the program that builds this stack",
        section=2,
    ),
    Action("quit", "Quit", "window", "File", shortcuts=("Ctrl+Q",), section=3),
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
_CHECKPOINT = (
    Action(
        "open_checkpoint",
        "Open checkpoint...",
        "checkpoint",
        "Checkpoint",
        "open",
        ("Ctrl+Shift+O",),
        "Show what any TensorFlow checkpoint holds: choose one of its files",
    ),
    Action(
        "open_checkpoint_folder",
        "Open checkpoint folder...",
        "checkpoint",
        "Checkpoint",
        "open",
        tip="Show the newest checkpoint in a folder, or that of a SavedModel",
    ),
    Action(
        "reload_checkpoint",
        "Reload checkpoint",
        "checkpoint",
        "Checkpoint",
        "reset",
        tip="Read the open checkpoint's files again",
    ),
    Action(
        "propose_stack",
        "New stack from this checkpoint",
        "proposing",
        "Checkpoint",
        "new",
        tip="Propose a stack that creates the variables of the open checkpoint",
    ),
    Action("close_checkpoint", "Close checkpoint", "checkpoint", "Checkpoint", "close"),
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
_WEIGHTS = (
    *(
        Action(
            f"show_{view}",
            text,
            "weights",
            "View/Weights",
            "histogram",
            (f"Alt+{key}",),
            tip,
            section=2,
        )
        for key, (view, text, tip) in enumerate(
            (
                ("histogram", "Histogram", "Show the histograms of the selected variables"),
                ("statistics", "Statistics", "Show statistics beside the expected ones"),
                ("heat_map", "Heat map", "Show a variable as a matrix in colours"),
                ("filters", "Filters", "Show the filters of a convolution as small pictures"),
                ("values", "Values", "Show a variable's values as a table"),
            ),
            start=1,
        )
    ),
    Action(
        "set_bins",
        "Number of bins",
        "weights",
        "View/Weights",
        "histogram",
        tip="Go to the number of bins of the histograms",
        section=3,
    ),
    Action(
        "stack_histograms",
        "Stacked histograms",
        "weights",
        "View/Weights",
        "histogram",
        tip="Draw the histograms below each other, or over each other",
        section=3,
    ),
    Action(
        "log_counts",
        "Logarithmic counts",
        "weights",
        "View/Weights",
        "histogram",
        tip="Put the counts of the histograms on a logarithmic axis, or on an even one",
        section=3,
    ),
    Action(
        "plot_both",
        "Plot both constructions",
        "weights",
        "View/Weights",
        "compare",
        tip="Show the variable as tf.layers and as get_variable make it, in one plot",
        section=4,
    ),
    *(
        Action(
            f"export_{what}", text, "weights", "File/Export weights", "export", tip=tip, section=2
        )
        for what, text, tip in (
            ("plot_png", "Picture as PNG...", "Write the view of the weights as a picture"),
            ("plot_svg", "Picture as SVG...", "Write the view of the weights as a drawing"),
            (
                "histogram_csv",
                "Histogram as CSV...",
                "Write the counts of the bins, with those expected",
            ),
            ("values_csv", "Values as CSV...", "Write the variable's values with their indices"),
            ("values_npy", "Values as .npy...", "Write the variable's values for numpy.load"),
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
    for action in (*_FILE, *_EDIT, *_LAYER, *_BUILD, *_CHECKPOINT, *_VIEW, *_WEIGHTS, *_HELP)
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
