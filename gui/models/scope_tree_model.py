"""What is nested by the scopes in its names, as an item model over the tree in core."""

from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Any, ClassVar

from PySide6.QtCore import QAbstractItemModel, QModelIndex, QObject, QPersistentModelIndex, Qt
from PySide6.QtGui import QColor, QIcon

from core.built import Built
from core.origin_labels import origin_labels
from core.variable_tree import TOP, VariableTree
from gui import theme

_Index = QModelIndex | QPersistentModelIndex


class ScopeTreeModel(QAbstractItemModel):
    """Shows a `VariableTree`; an index's id is the number of its node.

    A kind of row says in a model of its own what stands in the columns. The first column has the
    names.

    Attributes:
        titles: The columns' titles.
        tips: What the columns mean, where there is something to say.
        numbers: The columns whose cells are numbers.
        widths: How many characters the columns have room for at first.
    """

    titles: ClassVar[tuple[str, ...]] = ()
    tips: ClassVar[Mapping[int, str]] = {}
    numbers: ClassVar[tuple[int, ...]] = ()
    widths: ClassVar[tuple[int, ...]] = ()

    def __init__(self, parent: QObject | None = None) -> None:
        """Start without rows."""
        super().__init__(parent)
        self._tree = VariableTree()
        self._labels: Mapping[str, str] = {}

    @property
    def tree(self) -> VariableTree:
        """The tree that is shown."""
        return self._tree

    def set_built(self, built: Built | None) -> None:
        """Take the names of the layers from a build; a tree is to be shown next."""
        self._labels = {} if built is None else origin_labels(built)

    def show_tree(self, tree: VariableTree) -> bool:
        """Show another tree; tell whether the rows are others, so that all indexes have changed."""
        same = tree.keys == self._tree.keys
        if same:
            self._tree = tree
            self.refresh()
        else:
            self.beginResetModel()
            self._tree = tree
            self.endResetModel()
        return not same

    def refresh(self) -> None:
        """Have the views ask for everything again."""
        # Views repaint as a whole for any range, so that of the top serves for what is below it.
        count = self.rowCount()
        if count:
            last = self.index(count - 1, self.columnCount() - 1)
            self.dataChanged.emit(self.index(0, 0), last)

    def node(self, index: _Index) -> int:
        """Return the number of an index's node, `TOP` for an invalid one."""
        return index.internalId() if index.isValid() else TOP

    def index_of(self, node: int, column: int = 0) -> QModelIndex:
        """Return the index of a node."""
        if not 0 <= node < len(self._tree):
            return QModelIndex()
        return self.createIndex(self._tree.row(node), column, node)

    def copied_text(self, node: int) -> str:
        """Return the name of a node as it is copied."""
        return self._tree.keys[node].removesuffix("/")

    def row_text(self, node: int, row: Any, column: int) -> str:
        """Return what a row says in a column."""
        raise NotImplementedError

    def scope_text(self, node: int, column: int) -> str:
        """Return what a scope says in a column behind the first."""
        raise NotImplementedError

    def tip(self, node: int, column: int) -> str | None:
        """Return what a cell says at length."""
        return self._text(node, column)

    def icon(self, row: Any, column: int) -> QIcon | None:
        """Return what stands before a row's text in a column."""
        return None

    def colour(self, row: Any, column: int) -> QColor | None:
        """Return a colour of its own for a row's text in a column."""
        return None

    def layers_text(self, origins: Iterable[str]) -> str:
        """Return the names of layers, those of one name together."""
        counts = Counter(map(self._label, origins))
        return ", ".join(
            label if count == 1 else f"{label} \u00d7{count}" for label, count in counts.items()
        )

    def _text(self, node: int, column: int) -> str:
        row = self._tree.variables[node]
        if row is not None:
            return self.row_text(node, row, column)
        return self.scope_text(node, column) if column else self._tree.name(node) + "/"

    def _label(self, origin: str) -> str:
        """Return what a layer is called."""
        return self._labels.get(origin, origin)

    # Qt overrides

    def index(self, row: int, column: int, parent: _Index = QModelIndex()) -> QModelIndex:  # noqa: B008
        """Return the index of a cell."""
        # A view that is laid out asks for each row, so this calls no more than it must. hasIndex()
        # comes back here for two counts: without it, opening all takes half as long.
        tree = self._tree
        node = parent.internalId() if parent.isValid() else TOP
        if node < len(tree.keys) and parent.column() <= 0 and 0 <= column < len(self.titles):
            children = tree.children(node)
            if 0 <= row < len(children):
                return self.createIndex(row, column, children[row])
        return QModelIndex()

    def parent(self, index: _Index = QModelIndex()) -> QModelIndex:  # type: ignore[override]  # noqa: B008
        """Return the scope around a node."""
        node = self.node(index)
        return self.index_of(self._tree.parents[node] if 0 <= node < len(self._tree) else TOP)

    def rowCount(self, parent: _Index = QModelIndex()) -> int:  # noqa: B008
        """Return how many nodes stand in a scope."""
        node = self.node(parent)
        if parent.column() > 0 or node >= len(self._tree):
            return 0
        return len(self._tree.children(node))

    def columnCount(self, parent: _Index = QModelIndex()) -> int:  # noqa: B008
        """Return the number of columns."""
        return len(self.titles)

    def hasChildren(self, parent: _Index = QModelIndex()) -> bool:  # noqa: B008
        """Tell whether a node is a scope, without looking at what is in it."""
        variables = self._tree.variables
        if not parent.isValid():
            return len(variables) > 0
        node = parent.internalId()
        return parent.column() == 0 and node < len(variables) and variables[node] is None

    def data(self, index: _Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Return what a cell shows."""
        node, column = self.node(index), index.column()
        if not 0 <= node < len(self._tree):
            return None
        row = self._tree.variables[node]
        match role:
            case Qt.ItemDataRole.DisplayRole:
                return self._text(node, column)
            case Qt.ItemDataRole.ToolTipRole:
                return self.tip(node, column)
            case Qt.ItemDataRole.TextAlignmentRole if column in self.numbers:
                return Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
            case Qt.ItemDataRole.DecorationRole if row is not None:
                return self.icon(row, column)
            case Qt.ItemDataRole.ForegroundRole if row is not None:
                return self.colour(row, column)
            case Qt.ItemDataRole.ForegroundRole if column:
                return theme.colours().muted
        return None

    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> Any:
        """Return a column's title."""
        if orientation != Qt.Orientation.Horizontal or not 0 <= section < len(self.titles):
            return None
        if role == Qt.ItemDataRole.DisplayRole:
            return self.titles[section]
        if role == Qt.ItemDataRole.ToolTipRole:
            return self.tips.get(section)
        if role == Qt.ItemDataRole.TextAlignmentRole and section in self.numbers:
            return Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        return None

    def _is_scope(self, node: int) -> bool:
        return self._tree.variables[node] is None
