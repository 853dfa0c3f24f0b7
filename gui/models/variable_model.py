"""The variables of a build as an item model over the tree in core."""

from collections import Counter
from collections.abc import Mapping
from enum import IntEnum
from typing import Any

from PySide6.QtCore import QAbstractItemModel, QModelIndex, QObject, QPersistentModelIndex, Qt

from core.built import Built, Variable
from core.catalog import CONSTRUCTIONS
from core.origin_labels import origin_labels
from core.quantities import show_bytes
from core.variable_tree import TOP, VariableTree
from gui import icons, theme

_Index = QModelIndex | QPersistentModelIndex


class Column(IntEnum):
    """The columns, in their first order."""

    NAME = 0
    SHAPE = 1
    USED_BY = 2
    DTYPE = 3
    PARAMETERS = 4
    INITIALIZER = 5
    TRAINABLE = 6
    MADE_BY = 7
    BYTES = 8
    DEVICE = 9
    RESOURCE = 10


TITLES = {
    Column.NAME: "Name",
    Column.SHAPE: "Shape",
    Column.DTYPE: "Type",
    Column.TRAINABLE: "Trainable",
    Column.PARAMETERS: "Parameters",
    Column.BYTES: "Bytes",
    Column.INITIALIZER: "Initializer",
    Column.DEVICE: "Device",
    Column.MADE_BY: "Made by",
    Column.USED_BY: "Used by",
    Column.RESOURCE: "Held as",
}
_TIPS = {
    Column.NAME: "The last part of the variable's name, which is its key in a checkpoint",
    Column.TRAINABLE: "Whether it is in the collection of trainable variables",
    Column.DEVICE: "Where the variable landed",
    Column.MADE_BY: "The layer whose request created it, and how that layer is built",
    Column.USED_BY: "All layers that asked for it",
    Column.RESOURCE: "A resource (use_resource) or a reference variable, as in TensorFlow 1",
}
_COLUMNS = len(Column)
_NUMBERS = (Column.PARAMETERS, Column.BYTES)


class VariableModel(QAbstractItemModel):
    """Shows a `VariableTree`; an index's id is the number of its node."""

    def __init__(self, parent: QObject | None = None) -> None:
        """Start without variables."""
        super().__init__(parent)
        self._tree = VariableTree()
        self._labels: Mapping[str, str] = {}
        self._constructions: Mapping[str, str | None] = {}

    @property
    def tree(self) -> VariableTree:
        """The tree that is shown."""
        return self._tree

    def set_built(self, built: Built | None) -> None:
        """Take the names of the layers from a build; its tree is to be shown next."""
        self._labels = {} if built is None else origin_labels(built)
        layers = () if built is None else built.layers
        self._constructions = {layer.id: layer.construction for layer in layers}

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

    def _text(self, node: int, column: int) -> str:
        variable = self._tree.variables[node]
        if variable is None:
            return self._scope_text(node, column)
        match column:
            case Column.NAME:
                return self._tree.name(node) + _asked_text(variable)
            case Column.SHAPE:
                return f"[{', '.join(map(str, variable.shape))}]"
            case Column.DTYPE:
                return variable.dtype
            case Column.TRAINABLE:
                return "yes" if variable.trainable else "no"
            case Column.PARAMETERS:
                return f"{variable.parameters:,}"
            case Column.BYTES:
                return show_bytes(variable.bytes)
            case Column.INITIALIZER:
                return variable.initializer
            case Column.DEVICE:
                return _device_text(variable)
            case Column.RESOURCE:
                return "resource" if variable.resource else "reference"
            case Column.MADE_BY:
                return self._made_by(variable)
            case Column.USED_BY:
                return self._used_by(variable)
        return ""

    def _scope_text(self, node: int, column: int) -> str:
        if column == Column.NAME:
            return self._tree.name(node) + "/"
        sums = self._tree.sums(node)
        match column:
            case Column.SHAPE:
                return "1 variable" if sums.variables == 1 else f"{sums.variables:,} variables"
            case Column.PARAMETERS:
                return f"{sums.parameters:,}"
            case Column.BYTES:
                return show_bytes(sums.bytes)
        return ""

    def _tip(self, node: int, column: int) -> str | None:
        variable = self._tree.variables[node]
        if column == Column.BYTES:
            return f"{self._tree.sums(node).bytes:,} bytes"
        if variable is None or column == Column.NAME:
            return self._name_tip(node, variable)
        if column == Column.USED_BY and len(variable.used_by) > 1:
            return f"Shared by {self._text(node, column)}"
        if column == Column.DEVICE and variable.requested_device:
            return f"Requested: {variable.requested_device}"
        return self._text(node, column)

    def _name_tip(self, node: int, variable: Variable | None) -> str:
        name = self.copied_text(node)
        if variable is None or variable.asked_name == name:
            return name
        return f"{name}\nIt was asked for as {variable.asked_name}, a name that was taken."

    def _label(self, origin: str) -> str:
        return self._labels.get(origin, origin)

    def _used_by(self, variable: Variable) -> str:
        """Return the names of the layers, those of one name together."""
        counts = Counter(self._label(origin) for origin in variable.used_by)
        return ", ".join(
            label if count == 1 else f"{label} \u00d7{count}" for label, count in counts.items()
        )

    def _made_by(self, variable: Variable) -> str:
        construction = CONSTRUCTIONS.get(self._constructions.get(variable.created_by) or "")
        label = self._label(variable.created_by)
        return label if construction is None else f"{label} · {construction.label}"

    # Qt overrides

    def index(self, row: int, column: int, parent: _Index = QModelIndex()) -> QModelIndex:  # noqa: B008
        """Return the index of a cell."""
        # A view that is laid out asks for each row, so this calls no more than it must. hasIndex()
        # comes back here for two counts: without it, opening all takes half as long.
        tree = self._tree
        node = parent.internalId() if parent.isValid() else TOP
        if node < len(tree.keys) and parent.column() <= 0 and 0 <= column < _COLUMNS:
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
        return _COLUMNS

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
        match role:
            case Qt.ItemDataRole.DisplayRole:
                return self._text(node, column)
            case Qt.ItemDataRole.ToolTipRole:
                return self._tip(node, column)
            case Qt.ItemDataRole.TextAlignmentRole if column in _NUMBERS:
                return Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
            case Qt.ItemDataRole.DecorationRole if column == Column.USED_BY:
                variable = self._tree.variables[node]
                shared = variable is not None and len(variable.used_by) > 1
                return icons.icon("share", theme.colours().reused) if shared else None
            case Qt.ItemDataRole.ForegroundRole if column and self._is_scope(node):
                return theme.colours().muted
        return None

    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> Any:
        """Return a column's title."""
        if orientation != Qt.Orientation.Horizontal or not 0 <= section < _COLUMNS:
            return None
        if role == Qt.ItemDataRole.DisplayRole:
            return TITLES[Column(section)]
        if role == Qt.ItemDataRole.ToolTipRole:
            return _TIPS.get(Column(section))
        if role == Qt.ItemDataRole.TextAlignmentRole and section in _NUMBERS:
            return Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        return None

    def _is_scope(self, node: int) -> bool:
        return self._tree.variables[node] is None


def _asked_text(variable: Variable) -> str:
    """Return by which name a variable was asked for, where it bears another."""
    asked, name = variable.asked_name, variable.name
    if asked == name:
        return ""
    scope = name[: name.rfind("/") + 1]
    return f"  (asked as {asked.removeprefix(scope)})"


def _device_text(variable: Variable) -> str:
    if _agrees(variable.device, variable.requested_device):
        return variable.device
    return f"{variable.device}  (requested {variable.requested_device})"


def _agrees(landed: str, requested: str) -> bool:
    """Tell whether a device is the one requested, which may leave parts of it open."""
    parts = landed.lower().split("/")
    return all(
        part in parts or f"device:{part}" in parts
        for part in requested.lower().split("/")
        if part and not part.endswith(":*")
    )
