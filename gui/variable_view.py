"""A tree view, of variables and the like, that keeps its state while the tree under it changes."""

from collections.abc import Iterable
from functools import partial

from PySide6.QtCore import (
    QItemSelection,
    QItemSelectionModel,
    QModelIndex,
    QPersistentModelIndex,
    QPoint,
    QRect,
    QSize,
    Qt,
)
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import (
    QAbstractItemView,
    QStyleOptionViewItem,
    QTreeView,
    QWidget,
)

from core.variable_tree import TOP, VariableTree, between, covering, runs
from gui import theme
from gui.column_menu import ColumnMenu
from gui.models.scope_tree_model import ScopeTreeModel
from gui.roomy_delegate import RoomyDelegate

# Scopes of larger trees are closed at first, and a search opens no more than this.
_OPEN_AT_FIRST = 300
_OPEN_FOUND = 2000
# Qt's selection compares every range of rows with every other, through the model's parent(): with
# 240 ranges, as in an open tree of 400 variables, a selection took 0.2 s, with 5,000 a minute.
_MOST_RUNS = 30
_MOST_ROWS = 100
_Flag = QItemSelectionModel.SelectionFlag
_Index = QModelIndex | QPersistentModelIndex


class VariableView(QTreeView):
    """Shows a `VariableTree`; which scopes are open outlives the rows, as it is kept by name."""

    def __init__(self, model: ScopeTreeModel, parent: QWidget | None = None) -> None:
        """Show a model, with columns that can be moved and hidden."""
        super().__init__(parent)
        self._model = model
        self._found = False
        self._open_at_first: bool | None = None
        self._opened: dict[str, bool] = {}
        self._marked: frozenset[int] = frozenset()
        self.setModel(model)
        self.setItemDelegate(RoomyDelegate(self))
        self.setUniformRowHeights(True)
        # All rows are as high as the first, be there an icon in it or not.
        height = self.fontMetrics().height()
        self.setIconSize(QSize(height, height))
        self.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setTextElideMode(Qt.TextElideMode.ElideMiddle)
        self.columns_menu = ColumnMenu(self.header())
        self.header().setStretchLastSection(False)
        character = self.fontMetrics().averageCharWidth()
        for column, width in enumerate(model.widths):
            self.header().resizeSection(column, width * character)
        self.selectionModel().selectionChanged.connect(self._on_selected)
        self.expanded.connect(partial(self._on_opened, True))
        self.collapsed.connect(partial(self._on_opened, False))
        theme.current().changed.connect(self._on_theme_changed)
        self._on_theme_changed()

    def show_tree(self, tree: VariableTree, found: bool) -> bool:
        """Show another tree with the same scopes open and the same row at the top.

        Args:
            tree: What to show.
            found: Whether a search found it: its scopes are then open, until the next tree.

        Returns:
            Whether there are other rows now, none of which is selected.
        """
        top = self._top_key()
        changed = self._model.show_tree(tree)
        self._found = found
        if changed:
            self._marked = frozenset()
            self._open_scopes()
            node = None if top is None else tree.numbers.get(top)
            if node is not None:
                self._scroll_to(node, QAbstractItemView.ScrollHint.PositionAtTop)
        return changed

    def highlight(self, keys: Iterable[str]) -> list[int]:
        """Select the rows of these keys, as far as they are shown, and return their nodes."""
        tree = self._model.tree
        nodes = sorted(tree.numbers[key] for key in keys if key in tree.numbers)
        found = runs(tree, nodes)
        if len(found) > _MOST_RUNS:
            found = runs(tree, covering(tree, nodes))[:_MOST_RUNS]
        self._select_runs(found, _Flag.ClearAndSelect | _Flag.Rows)
        self._mark(nodes)
        return nodes

    def reveal(self, nodes: list[int]) -> None:
        """Open the scopes around nodes and scroll to them, to the first where not all fit."""
        for node in nodes:
            for scope in self._model.tree.ancestors(node):
                self.expand(self._model.index_of(scope))
        for node in (*nodes[-1:], *nodes[:1]):
            self._scroll_to(node, QAbstractItemView.ScrollHint.EnsureVisible)

    def selected_nodes(self) -> list[int]:
        """Return the nodes whose rows are selected, in reading order."""
        nodes: set[int] = set()
        selection = self.selectionModel().selection()
        for chosen in map(selection.at, range(selection.size())):
            rows = self._model.tree.children(self._model.node(chosen.parent()))
            nodes.update(rows[chosen.top() : chosen.bottom() + 1])
        return sorted(nodes)

    def open_all(self) -> None:
        """Open all scopes, and those that come."""
        self._open_at_first = True
        self.expandAll()
        self._opened.clear()  # Qt tells of each scope

    def close_all(self) -> None:
        """Close all scopes, and those that come."""
        self._open_at_first = False
        self.collapseAll()
        self._opened.clear()

    def _open_scopes(self) -> None:
        tree = self._model.tree
        if self._found and len(tree) <= _OPEN_FOUND:
            self.expandAll()
            return
        open_at_first = self._open_at_first
        if open_at_first is None:
            open_at_first = len(tree) <= _OPEN_AT_FIRST
        if open_at_first:
            self.expandAll()
        for key, is_open in list(self._opened.items()):
            node = tree.numbers.get(key)
            if node is not None and is_open != open_at_first:
                self.setExpanded(self._model.index_of(node), is_open)

    def _top_key(self) -> str | None:
        """Return the row at the top of the view, where it is not the first of all."""
        if self.verticalScrollBar().value() == 0:
            return None
        node = self._model.node(self.indexAt(QPoint(0, 0)))
        return self._model.tree.keys[node] if node >= 0 else None

    def _scroll_to(self, node: int, hint: QAbstractItemView.ScrollHint) -> None:
        """Scroll to a row, and not sideways."""
        sideways = self.horizontalScrollBar().value()
        self.scrollTo(self._model.index_of(node), hint)
        self.horizontalScrollBar().setValue(sideways)

    def _select_runs(
        self, found: list[tuple[int, int]], command: QItemSelectionModel.SelectionFlag
    ) -> None:
        selection = QItemSelection()
        for first, last in found:
            selection.select(self._model.index_of(first), self._model.index_of(last))
        self.selectionModel().select(selection, command)

    def _mark(self, nodes: Iterable[int]) -> None:
        """Tint the rows of nodes and of all that is below them."""
        self._marked = frozenset(nodes)
        self.viewport().update()

    def _on_opened(self, is_open: bool, index: QModelIndex) -> None:
        if not self._found:
            self._opened[self._model.tree.keys[self._model.node(index)]] = is_open

    def _on_selected(self) -> None:
        self._mark(self.selected_nodes())

    def _on_theme_changed(self) -> None:
        colours = theme.colours()
        self._tint = colours.tint(colours.accent)
        self._model.refresh()

    # Qt overrides

    def selectAll(self) -> None:
        """Select all rows at the top, which stand for all that is below them."""
        tree = self._model.tree
        self._select_runs(runs(tree, tree.children(TOP)), _Flag.ClearAndSelect | _Flag.Rows)

    def setSelection(self, rect: QRect, command: QItemSelectionModel.SelectionFlag) -> None:
        """Select the rows that a rectangle touches; of very many, the scopes that hold them."""
        tree = self._model.tree
        first = self._model.node(self.indexAt(QPoint(0, min(rect.top(), rect.bottom()))))
        last = self._model.node(self.indexAt(QPoint(0, max(rect.top(), rect.bottom()))))
        if last == TOP:
            last = len(tree) - 1
        if last - max(first, 0) < _MOST_ROWS:
            super().setSelection(rect, command)
            return
        chosen = list(between(tree, max(first, 0), tree.ends[last]))
        self._select_runs(runs(tree, chosen), command)

    def drawRow(self, painter: QPainter, option: QStyleOptionViewItem, index: _Index) -> None:
        """Tint what a selected scope stands for."""
        node = self._model.node(index)
        if self._marked and node != TOP:
            around = self._model.tree.ancestors(node)
            if node in self._marked or any(scope in self._marked for scope in around):
                painter.fillRect(option.rect, self._tint)
        super().drawRow(painter, option, index)
