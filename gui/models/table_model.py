"""What the tables have in common: a title for each column, and numbers at the right."""

from collections.abc import Container, Mapping, Sequence
from types import MappingProxyType
from typing import Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, Qt

_Index = QModelIndex | QPersistentModelIndex
RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter


class TableModel(QAbstractTableModel):
    """A table; its subclass says how many rows it has, and what a cell shows.

    Attributes:
        titles: Those of the columns.
        tips: What there is to say of a column, by its number.
        numbers: The columns that hold numbers.
    """

    titles: Sequence[str] = ()
    tips: Mapping[int, str] = MappingProxyType({})
    numbers: Container[int] = ()

    def refresh(self) -> None:
        """Have the views ask for everything again."""
        if self.rowCount():
            last = self.index(self.rowCount() - 1, len(self.titles) - 1)
            self.dataChanged.emit(self.index(0, 0), last)

    # Qt overrides

    def columnCount(self, parent: _Index = QModelIndex()) -> int:  # noqa: B008
        """Return the number of columns."""
        return 0 if parent.isValid() else len(self.titles)

    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> Any:
        """Return a column's title."""
        if orientation != Qt.Orientation.Horizontal or not 0 <= section < len(self.titles):
            return None
        match role:
            case Qt.ItemDataRole.DisplayRole:
                return self.titles[section]
            case Qt.ItemDataRole.ToolTipRole:
                return self.tips.get(section)
            case Qt.ItemDataRole.TextAlignmentRole if section in self.numbers:
                return RIGHT
        return None
