"""The values of a part of a variable as an item model."""

from collections.abc import Iterable
from typing import Any

import numpy as np
from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt

from core.arguments import printable
from core.cutout import Cutout

_Index = QModelIndex | QPersistentModelIndex
# How many characters of a text are shown, which may have any number.
_CELL, _TIP = 200, 2000


class ValuesModel(QAbstractTableModel):
    """Shows a cutout of a matrix, with the indices of the whole variable."""

    def __init__(self, parent: QObject | None = None) -> None:
        """Start without values."""
        super().__init__(parent)
        self._cutout: Cutout | None = None

    def show(self, cutout: Cutout | None) -> None:
        """Show other values."""
        self.beginResetModel()
        self._cutout = cutout
        self.endResetModel()

    def lines(self, rows: Iterable[int], columns: Iterable[int]) -> str:
        """Return the values of rows and columns in full, as lines with tabs."""
        if self._cutout is None:
            return ""
        values = self._cutout.values[np.ix_(list(rows), list(columns))]
        return "\n".join("\t".join(map(_in_full, row)) for row in values)

    # Qt overrides

    def rowCount(self, parent: _Index = QModelIndex()) -> int:  # noqa: B008
        """Return the number of rows of the part."""
        return 0 if parent.isValid() or self._cutout is None else self._cutout.values.shape[0]

    def columnCount(self, parent: _Index = QModelIndex()) -> int:  # noqa: B008
        """Return the number of columns of the part."""
        return 0 if parent.isValid() or self._cutout is None else self._cutout.values.shape[1]

    def data(self, index: _Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Return a value: short in the cell, in full in its tip."""
        row, column = index.row(), index.column()
        if not (0 <= row < self.rowCount() and 0 <= column < self.columnCount()):
            return None
        assert self._cutout is not None
        value = self._cutout.values[row, column]
        match role:
            case Qt.ItemDataRole.DisplayRole:
                return f"{value:.6g}" if isinstance(value, np.inexact) else _in_full(value)[:_CELL]
            case Qt.ItemDataRole.ToolTipRole:
                return _in_full(value)[:_TIP]
            case Qt.ItemDataRole.TextAlignmentRole:
                return Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        return None

    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> Any:
        """Return the indices of a row or a column in the whole variable."""
        if role != Qt.ItemDataRole.DisplayRole or self._cutout is None:
            return None
        rows, columns = self._cutout.cut.axes
        if orientation == Qt.Orientation.Horizontal:
            return f"{columns[0] + section:,}" if section < self.columnCount() else None
        if section >= self.rowCount():
            return None
        shape = self._cutout.shape
        outer = shape[:-1] if len(shape) > 1 else shape
        if not outer:
            return "[]"
        return str([int(at) for at in np.unravel_index(rows[0] + section, outer)])


def _in_full(value: object) -> str:
    """Return a value as text in one line."""
    return printable(value) if isinstance(value, str) else str(value)
