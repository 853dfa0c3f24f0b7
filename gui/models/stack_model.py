"""The stack as an item model: thin, over the editor's stack."""

from collections.abc import Sequence
from typing import Any

from PySide6.QtCore import (
    QAbstractItemModel,
    QMimeData,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    Qt,
    Signal,
)

from core import commands
from core.arguments import ValueRefusedError
from core.built import Built
from core.catalog import KINDS
from core.command import CommandRefusedError
from core.document import check_node_name
from core.edits import Edit, Insert, Move, Remove, Replace
from core.hazards.hazard import Hazard
from core.json_file import DocumentError
from core.node_names import path_text
from core.parcel import Parcel
from core.restore_check import RestoreCheck
from core.stack import Layer, Node, Place, Scope, Stack, new_id, subtree
from core.trial import Trial
from gui import theme
from gui.editor import Editor
from gui.models.stack_cells import Column, StackCells
from gui.stack_mime import MIME_TYPE, pack, unpack

# Whether a node has a hazard, for its mark in the last column.
HAZARD_ROLE = Qt.ItemDataRole.UserRole + 1
_Index = QModelIndex | QPersistentModelIndex
_COLUMNS = len(Column)
_Flag = Qt.ItemFlag
_EACH = _Flag.ItemIsEnabled | _Flag.ItemIsSelectable | _Flag.ItemIsDragEnabled
_LAYER, _SCOPE = _EACH | _Flag.ItemNeverHasChildren, _EACH | _Flag.ItemIsDropEnabled
# By whether a node is a scope, and whether it is its name that stands there. Made once: Qt asks
# for each row after each edit, and putting them together took a third of that time.
_FLAGS = ((_LAYER, _LAYER | _Flag.ItemIsEditable), (_SCOPE, _SCOPE | _Flag.ItemIsEditable))
_NOWHERE = _Flag.ItemIsDropEnabled
_ROLES = frozenset(
    {
        Qt.ItemDataRole.DisplayRole,
        Qt.ItemDataRole.EditRole,
        Qt.ItemDataRole.DecorationRole,
        Qt.ItemDataRole.ForegroundRole,
        Qt.ItemDataRole.FontRole,
        Qt.ItemDataRole.ToolTipRole,
        Qt.ItemDataRole.AccessibleDescriptionRole,
        HAZARD_ROLE,
    }
)
_TITLES = ("Layer", "Kind", "Built by", "Reuse", "Output", "")


class StackModel(QAbstractItemModel):
    """Shows the editor's stack; an index's id is a number that its node keeps for good.

    Signals:
        refused: Something could not be dropped or renamed; a sentence says why.
    """

    refused = Signal(str)

    def __init__(self, editor: Editor, parent: QObject | None = None) -> None:
        """Follow an editor."""
        super().__init__(parent)
        self._editor = editor
        self._token = new_id()
        self._ids: list[str] = []
        self._scopes: list[bool] = []  # whether it is a scope: a node stays what it is
        self._numbers: dict[str, int] = {}
        self._cells = StackCells()
        editor.step_starting.connect(self._on_step_starting)
        editor.step_applied.connect(self._on_step_applied)
        editor.stack_opened.connect(self._on_stack_opened)
        theme.current().changed.connect(self._on_theme_changed)

    def set_built(self, built: Built | None) -> None:
        """Show shapes, refusals and sharing of a build."""
        self._cells.status = self._cells.status.with_built(built)
        self._refresh(Column.LAYER, Column.STATE)

    def set_trial(self, trial: Trial | None) -> None:
        """Show which layers can't be run."""
        self._cells.status = self._cells.status.with_trial(trial)
        self._refresh(Column.LAYER, Column.STATE)

    def set_check(self, check: RestoreCheck | None) -> None:
        """Mark the nodes that the open checkpoint does not restore."""
        self._cells.status = self._cells.status.with_check(check)
        self._refresh(Column.STATE, Column.STATE)

    def set_hazards(self, hazards: Sequence[Hazard]) -> None:
        """Mark the nodes that build and still surprise."""
        found: dict[str, list[Hazard]] = {}
        for hazard in hazards:
            found.setdefault(hazard.node, []).append(hazard)
        if found != self._cells.hazards:
            self._cells.hazards = found
            self._refresh(Column.STATE, Column.STATE)

    def node(self, index: _Index) -> Node | None:
        """Return an index's node, None for an invalid one."""
        if not index.isValid():
            return None
        number = index.internalId()
        return self._editor.stack.find(self._ids[number]) if number < len(self._ids) else None

    def index_of(self, node_id: str, column: int = Column.LAYER) -> QModelIndex:
        """Return the index of a node, an invalid one where there is no such node."""
        stack = self._editor.stack
        if node_id not in stack:
            return QModelIndex()
        return self.createIndex(stack.place(node_id).index, column, self._number(node_id))

    def has_choices(self, index: _Index) -> bool:
        """Tell whether a cell stands for a choice that its node has."""
        node = self.node(index)
        match index.column():
            case Column.CONSTRUCTION if isinstance(node, Layer):
                return len(KINDS[node.kind].constructions) > 1
            case Column.REUSE if node is not None:
                return commands.has_reuse(node)
        return False

    def drop(self, data: QMimeData, action: Qt.DropAction, place: Place) -> bool:
        """Move the nodes of this stack to a place, or put copies of others there."""
        try:
            parcel = unpack(data)
            ids = [node.id for node in parcel.nodes]
            stack = self._editor.stack
            if self.moves(parcel, action):
                self._editor.do(commands.move(stack, ids, place))
            else:
                self._editor.do(commands.paste(stack, place, parcel.nodes, "Add"))
        except (DocumentError, CommandRefusedError) as refusal:
            self.refused.emit(f"This can't be dropped here: {refusal}.")
            return False
        return True

    def sharing_groups(self) -> list[tuple[str, ...]]:
        """Return the nodes that share variables, as far as they are still there."""
        stack = self._editor.stack
        groups = self._cells.status.sharing_groups
        kept = (tuple(found for found in group if found in stack) for group in groups)
        return list(dict.fromkeys(group for group in kept if len(group) > 1))

    def name(self, node: Node) -> str:
        """Return a node's name, else the one that TensorFlow gave it, else its kind."""
        return self._cells.name(node)

    def path(self, node: Node) -> str:
        """Return what a node is called, with the scopes around it."""
        return path_text(self._editor.stack, node, self._cells.status.names)

    def moves(self, parcel: Parcel, action: Qt.DropAction) -> bool:
        """Tell whether a drop of nodes moves them, and doesn't put copies there."""
        inside = all(node.id in self._editor.stack for node in parcel.nodes)
        return action == Qt.DropAction.MoveAction and parcel.source == self._token and inside

    def _number(self, node_id: str) -> int:
        number = self._numbers.get(node_id)
        if number is None:
            number = self._numbers[node_id] = len(self._ids)
            self._ids.append(node_id)
            self._scopes.append(isinstance(self._editor.stack.find(node_id), Scope))
        return number

    def _scope_index(self, scope: str | None) -> QModelIndex:
        return QModelIndex() if scope is None else self.index_of(scope)

    def _children(self, parent: _Index) -> tuple[Node, ...]:
        if not parent.isValid():
            return self._editor.stack.nodes
        node = self.node(parent)
        return node.nodes if parent.column() == 0 and isinstance(node, Scope) else ()

    def _place(self, row: int, parent: _Index) -> Place:
        """Return the place that Qt means by a row of a parent, -1 being the parent itself."""
        node = self.node(parent)
        if isinstance(node, Layer):
            return commands.after(self._editor.stack, node.id)
        count = len(self._children(parent))
        return Place(None if node is None else node.id, row if 0 <= row <= count else count)

    def _refresh(self, first: Column, last: Column) -> None:
        """Have the views ask for some columns of all rows again."""
        scopes = [node.id for node in self._editor.stack.walk() if isinstance(node, Scope)]
        for parent in map(self._scope_index, [None, *scopes]):
            count = self.rowCount(parent)
            if count:
                top = self.index(0, first, parent)
                self.dataChanged.emit(top, self.index(count - 1, last, parent))

    def _on_step_starting(self, edit: Edit) -> None:
        match edit:
            case Insert(place, nodes):
                last = place.index + len(nodes) - 1
                self.beginInsertRows(self._scope_index(place.scope), place.index, last)
            case Remove(place, count):
                last = place.index + count - 1
                self.beginRemoveRows(self._scope_index(place.scope), place.index, last)
            case Move(place, target, count) if edit.landing != place:
                source, goal = self._scope_index(place.scope), self._scope_index(target.scope)
                last = place.index + count - 1
                self.beginMoveRows(source, place.index, last, goal, target.index)

    def _on_step_applied(self, edit: Edit) -> None:
        match edit:
            case Insert():
                self.endInsertRows()
            case Remove():
                self.endRemoveRows()
            case Move(place) if edit.landing != place:
                self.endMoveRows()
            case Replace(nodes):
                for node in nodes:
                    first, last = self.index_of(node.id), self.index_of(node.id, Column.STATE)
                    self.dataChanged.emit(first, last)

    def _on_stack_opened(self, stack: Stack) -> None:
        self.beginResetModel()
        self._cells = StackCells()
        self.endResetModel()

    def _on_theme_changed(self) -> None:
        self._refresh(Column.LAYER, Column.STATE)

    # Qt overrides

    def index(self, row: int, column: int, parent: _Index = QModelIndex()) -> QModelIndex:  # noqa: B008
        """Return the index of a cell."""
        children = self._children(parent)
        if not 0 <= row < len(children) or not 0 <= column < _COLUMNS:
            return QModelIndex()
        return self.createIndex(row, column, self._number(children[row].id))

    def parent(self, index: _Index = QModelIndex()) -> QModelIndex:  # type: ignore[override]  # noqa: B008
        """Return the scope around a node."""
        node = self.node(index)
        if node is None:
            return QModelIndex()
        return self._scope_index(self._editor.stack.place(node.id).scope)

    def rowCount(self, parent: _Index = QModelIndex()) -> int:  # noqa: B008
        """Return how many nodes stand in a scope, or at the top."""
        return len(self._children(parent))

    def columnCount(self, parent: _Index = QModelIndex()) -> int:  # noqa: B008
        """Return the number of columns."""
        return _COLUMNS

    def data(self, index: _Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Return what a cell shows."""
        # Half of what a cell that is painted asks for is not here.
        node = self.node(index) if role in _ROLES else None
        if node is None:
            return None
        column = index.column()
        match role:
            case Qt.ItemDataRole.DisplayRole:
                return self._cells.text(node, column)
            case Qt.ItemDataRole.EditRole if column == Column.LAYER:
                return node.name or ""
            case Qt.ItemDataRole.DecorationRole:
                return self._cells.icon(node, column)
            case Qt.ItemDataRole.ForegroundRole:
                return self._cells.colour(node, column)
            case Qt.ItemDataRole.FontRole:
                return self._cells.font(node, column)
            case Qt.ItemDataRole.ToolTipRole:
                return self._cells.tip(node, column)
            case Qt.ItemDataRole.AccessibleDescriptionRole if column == Column.LAYER:
                return self._cells.status.fault_text(node.id) or None
            case _ if role == HAZARD_ROLE:
                return column == Column.STATE and node.id in self._cells.hazards
        return None

    def setData(self, index: _Index, value: Any, role: int = Qt.ItemDataRole.EditRole) -> bool:
        """Rename a node, unless TensorFlow takes no such name."""
        node = self.node(index)
        if node is None or role != Qt.ItemDataRole.EditRole or index.column() != Column.LAYER:
            return False
        name = str(value).strip() or None
        try:
            check_node_name(node.kind, name)
        except ValueRefusedError as refusal:
            self.refused.emit(refusal.sentence)
            return False
        self._editor.do(commands.rename(self._editor.stack, node.id, name))
        return True

    def flags(self, index: _Index) -> Qt.ItemFlag:
        """Tell that nodes can be dragged and renamed, and that scopes take drops."""
        if not index.isValid():
            return _NOWHERE
        return _FLAGS[self._scopes[index.internalId()]][index.column() == 0]

    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> Any:
        """Return a column's title."""
        if orientation != Qt.Orientation.Horizontal or not 0 <= section < len(Column):
            return None
        return _TITLES[section] if role == Qt.ItemDataRole.DisplayRole else None

    def mimeTypes(self) -> list[str]:
        """Return the one type that is dragged and dropped here."""
        return [MIME_TYPE]

    def mimeData(self, indexes: Sequence[QModelIndex]) -> QMimeData:
        """Return the nodes of some indexes, each once, in reading order."""
        stack = self._editor.stack
        ids = {node.id for node in map(self.node, indexes) if node is not None}
        nodes = tuple(stack.node(found) for found in commands.topmost(stack, ids))
        return pack(Parcel(nodes, self._token))

    def supportedDropActions(self) -> Qt.DropAction:
        """Move what comes from this stack, copy what comes from elsewhere."""
        return Qt.DropAction.MoveAction | Qt.DropAction.CopyAction

    def canDropMimeData(
        self, data: QMimeData, action: Qt.DropAction, row: int, column: int, parent: _Index
    ) -> bool:
        """Refuse what isn't ours, and a scope over itself."""
        if not data.hasFormat(MIME_TYPE):
            return False
        try:
            parcel = unpack(data)
        except DocumentError:
            return True  # dropMimeData tells why not
        inside = {node.id for top in parcel.nodes for node in subtree(top)}
        scope = self._place(row, parent).scope
        return not (self.moves(parcel, action) and scope in inside)

    def dropMimeData(
        self, data: QMimeData, action: Qt.DropAction, row: int, column: int, parent: _Index
    ) -> bool:
        """Do the move here; Qt's own removal of the rows finds nothing to do."""
        if action == Qt.DropAction.IgnoreAction:
            return True
        return self.drop(data, action, self._place(row, parent))
