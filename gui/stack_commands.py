"""What the menus do to the stack: one method for each action."""

from collections.abc import Callable
from functools import partial

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QGuiApplication

from core import commands, moves, sharing
from core.catalog import KINDS, SCOPES
from core.json_file import DocumentError
from core.parcel import Parcel
from core.stack import Layer, Node, Place, Reuse, Scope, Stack
from gui.editor import Editor
from gui.share_menu import ShareMenu
from gui.stack_mime import may_hold_nodes, pack, unpack
from gui.stack_view import StackView

_Step = Callable[[Stack, tuple[str, ...]], Place | None]


class StackCommands(QObject):
    """Does the actions that concern the stack and its selection, `add_<kind>` among them.

    Attributes:
        share_menu: The menu that `share_with` opened last.

    Signals:
        changed: `enabled` may give other answers.
        told: A sentence on why something could not be pasted, dropped or renamed.
    """

    changed = Signal()
    told = Signal(str)

    def __init__(self, editor: Editor, view: StackView, parent: QObject | None = None) -> None:
        """Act on an editor's stack, as its view shows it."""
        super().__init__(parent)
        self._editor = editor
        self._view = view
        self.share_menu: ShareMenu | None = None
        self._tests = self._make_tests()
        for kind in (*SCOPES, *KINDS):
            setattr(self, f"add_{kind}", partial(self.add, kind))
        editor.selection_changed.connect(self.changed)
        editor.stack_changed.connect(self.changed)
        editor.stack_opened.connect(self.changed)
        QGuiApplication.clipboard().dataChanged.connect(self.changed)
        view.told.connect(self.told)

    def enabled(self, action_id: str) -> bool:
        """Tell whether an action can be done now."""
        if action_id.startswith("add"):
            return True
        test = self._tests.get(action_id)
        return bool(self._editor.selection) if test is None else test()

    def _make_tests(self) -> dict[str, Callable[[], bool]]:
        """Return what each action needs, those left out that need just a selection."""
        return {
            "paste": self._can_paste,
            "rename": lambda: len(self._selection) == 1,
            "select_all": lambda: bool(self._editor.stack.nodes),
            "move_up": partial(self._can_move, moves.up),
            "move_down": partial(self._can_move, moves.down),
            "move_into_scope": partial(self._can_move, moves.into_scope),
            "move_out_of_scope": partial(self._can_move, moves.out_of_scope),
            "share_with": lambda: bool(self._owners()),
            "enter_again": lambda: isinstance(self._only(), Scope),
            "shared_copy": lambda: any(
                isinstance(node, Layer) and KINDS[node.kind].reusable for node in self._nodes()
            ),
            "confirm_guesses": self._has_guesses,
            **dict.fromkeys(("use_tf_layers", "use_get_variable"), self._has_constructions),
            **dict.fromkeys(
                ("reuse_inherit", "reuse_false", "reuse_true", "reuse_auto"),
                lambda: any(map(commands.has_reuse, self._nodes())),
            ),
        }

    # The clipboard

    def cut(self) -> None:
        """Copy the selected nodes and take them away."""
        self.copy()
        self._editor.do(commands.remove(self._stack, self._selection, "Cut"))

    def copy(self) -> None:
        """Put the selected nodes on the clipboard."""
        nodes = tuple(map(self._stack.node, self._chosen()))
        QGuiApplication.clipboard().setMimeData(pack(Parcel(nodes), as_text=True))

    def paste(self) -> None:
        """Put what is on the clipboard behind the selected node, or into the selected scope."""
        try:
            parcel = unpack(QGuiApplication.clipboard().mimeData())
        except DocumentError as refusal:
            self.told.emit(f"The clipboard can't be pasted: {refusal}.")
            return
        place = commands.place_for_new(self._stack, self._selection)
        self._editor.attempt(partial(commands.paste, place=place, nodes=parcel.nodes))

    def duplicate(self) -> None:
        """Put copies of the selected nodes behind them."""
        self._editor.attempt(partial(commands.duplicate, ids=self._selection))

    # Nodes and their order

    def add(self, kind: str) -> None:
        """Add a new node behind the selected one, or into the selected scope."""
        self._editor.attempt(partial(commands.add, kind=kind, selection=self._selection))

    def delete(self) -> None:
        """Take the selected nodes away."""
        self._editor.do(commands.remove(self._stack, self._selection))

    def rename(self) -> None:
        """Let a person type another name for the selected node."""
        self._view.rename(self._selection[0])

    def select_all(self) -> None:
        """Select all nodes."""
        self._editor.select(tuple(node.id for node in self._stack.walk()))

    def move_up(self) -> None:
        """Move the selected nodes before the one above them."""
        self._move(moves.up)

    def move_down(self) -> None:
        """Move the selected nodes behind the one below them."""
        self._move(moves.down)

    def move_into_scope(self) -> None:
        """Move the selected nodes to the end of the scope right above them."""
        self._move(moves.into_scope)

    def move_out_of_scope(self) -> None:
        """Move the selected nodes behind the scope they stand in."""
        self._move(moves.out_of_scope)

    def wrap_in_scope(self) -> None:
        """Put the selected nodes into a new scope."""
        self._editor.attempt(partial(commands.wrap, ids=self._selection))

    def confirm_guesses(self) -> None:
        """Have the guessed arguments of the selected layers stay what they are."""
        self._editor.do(commands.confirm_guesses(self._stack, self._selection))

    # Sharing, construction and reuse

    def share_with(self) -> None:
        """Let a person choose the layer whose variables the selected one shall read."""
        layer = self._stack.node(self._selection[0])
        self.share_menu = menu = ShareMenu(self._editor, self._view)
        menu.fill(layer.id)
        menu.aboutToHide.connect(menu.deleteLater)
        self._view.show_menu(menu, layer)

    def shared_copy(self) -> None:
        """Add copies that read the selected layers' variables."""
        self._editor.attempt(partial(sharing.shared_copy, ids=self._selection))

    def enter_again(self) -> None:
        """Open the selected scope again behind it."""
        self._editor.attempt(partial(sharing.enter_again, scope_id=self._selection[0]))

    def use_tf_layers(self) -> None:
        """Build the selected layers with tf.layers."""
        self._editor.do(commands.set_construction(self._stack, self._selection, "layers"))

    def use_get_variable(self) -> None:
        """Build the selected layers with get_variable."""
        self._editor.do(commands.set_construction(self._stack, self._selection, "get_variable"))

    def reuse_inherit(self) -> None:
        """Have the selected nodes reuse as the scope around them does."""
        self._set_reuse(None)

    def reuse_false(self) -> None:
        """Have the selected nodes make new variables."""
        self._set_reuse(False)

    def reuse_true(self) -> None:
        """Have the selected nodes take variables that are there."""
        self._set_reuse(True)

    def reuse_auto(self) -> None:
        """Have the selected nodes take variables that are there, else make new ones."""
        self._set_reuse("auto")

    @property
    def _stack(self) -> Stack:
        return self._editor.stack

    @property
    def _selection(self) -> tuple[str, ...]:
        return self._editor.selection

    def _chosen(self) -> tuple[str, ...]:
        return commands.topmost(self._stack, self._selection)

    def _nodes(self) -> list[Node]:
        return [self._stack.node(found) for found in self._selection]

    def _only(self) -> Node | None:
        """Return the selected node, where it is one."""
        nodes = self._nodes()
        return nodes[0] if len(nodes) == 1 else None

    def _can_paste(self) -> bool:
        data = QGuiApplication.clipboard().mimeData()
        return data is not None and may_hold_nodes(data)

    def _has_constructions(self) -> bool:
        return any(
            isinstance(node, Layer) and len(KINDS[node.kind].constructions) > 1
            for node in self._nodes()
        )

    def _has_guesses(self) -> bool:
        nodes = self._stack.inside(self._chosen())
        return any(isinstance(node, Layer) and node.guesses for node in nodes)

    def _owners(self) -> list[Layer]:
        if len(self._selection) != 1:
            return []
        return sharing.shareable(self._stack, self._selection[0])

    def _can_move(self, step: _Step) -> bool:
        return step(self._stack, self._selection) is not None

    def _move(self, step: _Step) -> None:
        place = step(self._stack, self._selection)
        if place is not None:
            self._editor.attempt(partial(commands.move, ids=self._selection, target=place))

    def _set_reuse(self, reuse: Reuse) -> None:
        self._editor.do(commands.set_reuse(self._stack, self._selection, reuse))
