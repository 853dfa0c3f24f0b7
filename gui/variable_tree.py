"""Variables in a tree with a search line."""

from collections.abc import Iterable, Sequence

from PySide6.QtCore import QEvent, QObject, QPoint, Qt, QTimer, Signal
from PySide6.QtGui import QGuiApplication, QKeyEvent, QPalette
from PySide6.QtWidgets import QHBoxLayout, QLabel, QLineEdit, QMenu, QVBoxLayout, QWidget

from core.built import Built
from core.quantities import show_count
from core.stack import Layer, Stack
from core.variable_tree import Row, filtered, variable_tree
from core.variable_tree import VariableTree as Tree
from gui.copy_key import CopyKey
from gui.editor import Editor
from gui.empty_label import EmptyLabel
from gui.models.scope_tree_model import ScopeTreeModel
from gui.models.variable_model import VariableModel
from gui.variable_view import VariableView

# A search in more scopes and variables than this waits until the keys stop.
_SEARCH_AT_ONCE = 100_000
_SEARCH_DELAY_MS = 120
# How many of the variables of a selected layer are made visible by opening their scopes.
_REVEALED = 100


class VariableTree(QWidget):
    """Shows what variables a build made, and follows which layers are selected.

    With another model it shows other rows with names: the tensors of a checkpoint.

    Attributes:
        search: The line to search in.
        view: The tree of the variables found.

    Signals:
        variables_selected: Names of the variables that are selected now, in reading order.
    """

    variables_selected = Signal(object)

    def __init__(
        self,
        editor: Editor,
        model: ScopeTreeModel | None = None,
        noun: str = "variable",
        empty: str = "No variables yet",
        parent: QWidget | None = None,
    ) -> None:
        """Start without rows.

        Args:
            editor: Has the layers.
            model: Says what stands in the rows; without it, they are variables.
            noun: What a row is called.
            empty: What is said where there is none.
            parent: As for every widget.
        """
        super().__init__(parent)
        self._editor = editor
        self._noun = noun
        self._nothing = empty
        self._whole = Tree()
        self._used_by: dict[str, list[str]] = {}
        # Keys of the selected rows; they and the names stay while a search hides them.
        self._selected: tuple[str, ...] = ()
        self._names: tuple[str, ...] = ()
        self._follows_layers = True
        self._busy = False
        self._delay = QTimer(self, singleShot=True, interval=_SEARCH_DELAY_MS)
        self._delay.timeout.connect(self._show)
        self._model = model or VariableModel(self)
        self._make_search()
        self._make_view()
        self._lay_out()
        editor.selection_changed.connect(self._on_layers_selected)

    @property
    def selected_names(self) -> tuple[str, ...]:
        """Names of the selected variables, in reading order."""
        return self._names

    def set_built(self, built: Built | None) -> None:
        """Show the variables of another build; None shows none."""
        self.show_rows(() if built is None else built.variables, built)

    def show_rows(self, rows: Sequence[Row], built: Built | None) -> None:
        """Show other rows; a build tells what the layers are called that use them."""
        self._whole = variable_tree(rows)
        self._used_by = _used_by(rows)
        self._model.set_built(built)
        self._show()
        if self._follows_layers:
            self._select_layers(self._editor.selection)
        else:
            self._set_names(_below(self._whole, self._selected))

    def set_empty_text(self, text: str) -> None:
        """Set what is said where there is no row; the next rows come at once."""
        self._nothing = text

    def copy_names(self) -> None:
        """Put the names of the selected variables and scopes on the clipboard, one in a line."""
        nodes = self.view.selected_nodes()
        if nodes:
            names = map(self._model.copied_text, nodes)
            QGuiApplication.clipboard().setText("\n".join(names))

    def _make_search(self) -> None:
        self.search = QLineEdit(placeholderText=f"Find a {self._noun}", clearButtonEnabled=True)
        self.search.setToolTip("Part of a name; between slashes a regular expression: /conv[12]/")
        self.search.textChanged.connect(self._on_search_changed)
        self.search.installEventFilter(self)
        self._count = QLabel()
        self._count.setForegroundRole(QPalette.ColorRole.PlaceholderText)
        self._problem = QLabel(wordWrap=True, textFormat=Qt.TextFormat.PlainText)

    def _make_view(self) -> None:
        self.view = VariableView(self._model)
        self.view.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self.view.customContextMenuRequested.connect(self._on_menu_requested)
        CopyKey(self.view, self.copy_names)
        self.view.selectionModel().selectionChanged.connect(self._on_rows_selected)
        self._empty = EmptyLabel(self.view, self._nothing)
        self._menu = QMenu(self)
        self._menu.addAction("Copy names", self.copy_names)
        self._menu.addAction("Expand all", self.view.open_all)
        self._menu.addAction("Collapse all", self.view.close_all)

    def _lay_out(self) -> None:
        line = QHBoxLayout()
        line.addWidget(self.search)
        line.addWidget(self._count)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addLayout(line)
        layout.addWidget(self._problem)
        layout.addWidget(self.view)
        self._problem.hide()
        self.setFocusProxy(self.search)

    def _show(self) -> None:
        """Show what the search keeps; open scopes, selection and place stay as they are."""
        self._delay.stop()
        found = filtered(self._whole, self.search.text())
        self._problem.setText(found.problem or "")
        self._problem.setVisible(found.problem is not None)
        self._busy = True
        if self.view.show_tree(found.tree, found.tree is not self._whole):
            self.view.highlight(self._selected)
        self._busy = False
        self._count.setText(self._count_text(found.tree))
        self._empty.setText(f"No {self._noun} matches" if len(self._whole) else self._nothing)

    def _count_text(self, shown: Tree) -> str:
        whole = self._whole
        count = len(whole) - len(whole.scopes)
        if not count:
            return ""
        found = "" if shown is whole else f"{len(shown) - len(shown.scopes):,} of "
        return f"{found}{show_count(count, self._noun)}"

    def _select_layers(self, ids: tuple[str, ...]) -> None:
        """Select the variables that layers use, those of all layers in it for a scope."""
        self._follows_layers = True
        names = (self._used_by.get(layer, ()) for layer in _layers(self._editor.stack, ids))
        self._selected = tuple({name: None for found in names for name in found})
        self._busy = True
        nodes = self.view.highlight(self._selected)
        self.view.reveal(nodes[:_REVEALED])
        self._busy = False
        self._set_names(_below(self._whole, self._selected))

    def _set_names(self, names: tuple[str, ...]) -> None:
        if names != self._names:
            self._names = names
            self.variables_selected.emit(names)

    def _users(self, names: tuple[str, ...]) -> tuple[str, ...]:
        tree = self._whole
        variables = (tree.variables[tree.numbers[name]] for name in names)
        return tuple({user: None for found in variables if found for user in found.used_by})

    def _search_key(self, event: QKeyEvent) -> bool:
        """Escape clears the search, Down goes on to what it found."""
        if event.key() == Qt.Key.Key_Escape and self.search.text():
            self.search.clear()
            return True
        if event.key() == Qt.Key.Key_Down:
            self.view.setFocus(Qt.FocusReason.TabFocusReason)
            if not self.view.selectionModel().hasSelection():
                self.view.setCurrentIndex(self._model.index(0, 0))
            return True
        return False

    def _on_search_changed(self) -> None:
        if len(self._whole) > _SEARCH_AT_ONCE:
            self._delay.start()
        else:
            self._show()

    def _on_layers_selected(self, ids: tuple[str, ...]) -> None:
        if not self._busy:
            self._select_layers(ids)

    def _on_rows_selected(self) -> None:
        if self._busy:
            return
        tree = self._model.tree
        keys = tuple(tree.keys[node] for node in self.view.selected_nodes())
        names = _below(tree, keys)
        # In a scope stands more once the search is over than what was selected with it.
        self._selected = keys if tree is self._whole else names
        self._follows_layers = False
        self._busy = True
        self._editor.select(self._users(names))
        self._busy = False
        self._set_names(names)

    def _on_menu_requested(self, position: QPoint) -> None:
        self._menu.popup(self.view.viewport().mapToGlobal(position))

    # Qt overrides

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Take the keys by which the search line leads to the tree."""
        if watched is self.search and isinstance(event, QKeyEvent):
            return event.type() == QEvent.Type.KeyPress and self._search_key(event)
        return super().eventFilter(watched, event)


def _used_by(rows: Sequence[Row]) -> dict[str, list[str]]:
    """Return the names of the variables that each origin uses."""
    found: dict[str, list[str]] = {}
    for variable in rows:
        for user in variable.used_by:
            found.setdefault(user, []).append(variable.name)
    return found


def _layers(stack: Stack, ids: Iterable[str]) -> set[str]:
    """Return the ids of layers, and of all layers in scopes."""
    return {node.id for node in stack.inside(ids) if isinstance(node, Layer)}


def _below(tree: Tree, keys: Iterable[str]) -> tuple[str, ...]:
    """Return the names of the variables that keys stand for, each once, in reading order."""
    names: list[str] = []
    end = 0
    for node in sorted(tree.numbers[key] for key in keys if key in tree.numbers):
        if node >= end:
            names += (variable.name for variable in tree.below(node))
            end = tree.ends[node]
    return tuple(names)
