"""A comparison of both constructions as an item model over the rows in core."""

from enum import IntEnum
from typing import Any

from PySide6.QtCore import QAbstractItemModel, QModelIndex, QObject, QPersistentModelIndex, Qt
from PySide6.QtGui import QFont

from core.comparison_rows import Row
from core.kind import CONSTRUCTIONS
from gui import icons, theme

_Index = QModelIndex | QPersistentModelIndex
_TOP = -1


class Column(IntEnum):
    """The columns, from left to right."""

    WHAT = 0
    LAYERS = 1
    GET_VARIABLE = 2


_TITLES = ("Compared", *(found.label for found in CONSTRUCTIONS.values()))


class ComparisonModel(QAbstractItemModel):
    """Shows rows and the rows in them; an index's id is the number of its row in reading order."""

    def __init__(self, parent: QObject | None = None) -> None:
        """Start without rows."""
        super().__init__(parent)
        self._rows: list[Row] = []
        self._parents: list[int] = []
        self._places: list[int] = []
        self._children: dict[int, list[int]] = {_TOP: []}

    def show_rows(self, rows: tuple[Row, ...]) -> None:
        """Show other rows."""
        self.beginResetModel()
        self._rows, self._parents, self._places = [], [], []
        self._children = {_TOP: []}
        self._add(rows, _TOP)
        self.endResetModel()

    def row(self, index: _Index) -> Row | None:
        """Return an index's row, None for an invalid one."""
        return self._rows[index.internalId()] if index.isValid() else None

    def path(self, index: _Index) -> tuple[str, ...]:
        """Return the labels of a row and of those around it, by which it is known again."""
        labels = []
        while index.isValid():
            labels.append(self._rows[index.internalId()].label)
            index = self.parent(index)
        return tuple(reversed(labels))

    def _add(self, rows: tuple[Row, ...], parent: int) -> None:
        for place, row in enumerate(rows):
            number = len(self._rows)
            self._rows.append(row)
            self._parents.append(parent)
            self._places.append(place)
            self._children[parent].append(number)
            self._children[number] = []
            self._add(row.children, number)

    def _text(self, row: Row, column: int) -> str:
        return (row.label, row.left, row.right)[column]

    # Qt overrides

    def index(self, row: int, column: int, parent: _Index = QModelIndex()) -> QModelIndex:  # noqa: B008
        """Return the index of a cell."""
        children = self._children[parent.internalId() if parent.isValid() else _TOP]
        if not 0 <= row < len(children) or not 0 <= column < len(Column):
            return QModelIndex()
        return self.createIndex(row, column, children[row])

    def parent(self, index: _Index = QModelIndex()) -> QModelIndex:  # type: ignore[override]  # noqa: B008
        """Return the row around a row."""
        number = self._parents[index.internalId()] if index.isValid() else _TOP
        return (
            QModelIndex() if number == _TOP else self.createIndex(self._places[number], 0, number)
        )

    def rowCount(self, parent: _Index = QModelIndex()) -> int:  # noqa: B008
        """Return how many rows stand in one."""
        if parent.column() > 0:
            return 0
        return len(self._children[parent.internalId() if parent.isValid() else _TOP])

    def columnCount(self, parent: _Index = QModelIndex()) -> int:  # noqa: B008
        """Return the number of columns."""
        return len(Column)

    def data(self, index: _Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Return what a cell shows."""
        row = self.row(index)
        if row is None:
            return None
        match role:
            case Qt.ItemDataRole.DisplayRole | Qt.ItemDataRole.ToolTipRole:
                return self._text(row, index.column())
            case Qt.ItemDataRole.FontRole if not self.parent(index).isValid():
                font = QFont()
                font.setBold(index.column() == Column.WHAT)
                return font
            case Qt.ItemDataRole.ForegroundRole if row.differs:
                return theme.colours().warning
            case Qt.ItemDataRole.DecorationRole if row.differs and index.column() == Column.WHAT:
                return icons.icon("differs", theme.colours().warning)
            case Qt.ItemDataRole.AccessibleDescriptionRole if row.differs:
                return "differs"
        return None

    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> Any:
        """Return a column's title."""
        if orientation != Qt.Orientation.Horizontal or not 0 <= section < len(Column):
            return None
        return _TITLES[section] if role == Qt.ItemDataRole.DisplayRole else None
