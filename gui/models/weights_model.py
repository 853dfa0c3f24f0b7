"""The statistics of weights as an item model: a variable in each row."""

from collections.abc import Sequence
from typing import Any

from PySide6.QtCore import QModelIndex, QObject, QPersistentModelIndex, Qt
from PySide6.QtGui import QColor

from core.weights import Weights
from gui.models.table_model import RIGHT, TableModel

_Index = QModelIndex | QPersistentModelIndex
_TITLES = ("Name", "Values", "Mean", "Std", "Min", "Max", "Zeros", "NaN", "Infinite")
NAN, INFINITE = 7, 8
_NONE = "\N{EN DASH}"


class WeightsModel(TableModel):
    """Shows the statistics of weights, with the colours of their curves."""

    titles = _TITLES
    numbers = range(1, len(_TITLES))

    def __init__(self, parent: QObject | None = None) -> None:
        """Start without weights."""
        super().__init__(parent)
        self._weights: tuple[Weights, ...] = ()
        self._colours: dict[int, QColor] = {}

    def show(self, weights: Sequence[Weights], colours: dict[int, QColor]) -> None:
        """Show other weights; `colours` are those of the rows that have a curve."""
        self.beginResetModel()
        self._weights = tuple(weights)
        self._colours = colours
        self.endResetModel()

    def text(self, row: int, column: int) -> str:
        """Return what a cell shows."""
        return _texts(self._weights[row])[column]

    def line(self, row: int) -> str:
        """Return a row as a line with tabs."""
        return "\t".join(_texts(self._weights[row]))

    def _tip(self, row: int, column: int) -> str:
        found = self._weights[row]
        if column == 0:
            return f"{found.name}  {list(found.shape)}  {found.dtype}"
        numbers = found.statistics
        exact = {2: numbers.mean, 3: numbers.std, 4: numbers.minimum, 5: numbers.maximum}
        value = exact.get(column)
        return self.text(row, column) if value is None else repr(value)

    # Qt overrides

    def rowCount(self, parent: _Index = QModelIndex()) -> int:  # noqa: B008
        """Return the number of variables."""
        return 0 if parent.isValid() else len(self._weights)

    def data(self, index: _Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Return what a cell shows."""
        row, column = index.row(), index.column()
        if not (0 <= row < len(self._weights) and 0 <= column < len(self.titles)):
            return None
        match role:
            case Qt.ItemDataRole.DisplayRole:
                return self.text(row, column)
            case Qt.ItemDataRole.ToolTipRole:
                return self._tip(row, column)
            case Qt.ItemDataRole.DecorationRole if column == 0:
                return self._colours.get(row)
            case Qt.ItemDataRole.TextAlignmentRole if column > 0:
                return RIGHT
        return None


def number_text(value: float | None) -> str:
    """Return a number in four digits; a dash for none."""
    return _NONE if value is None else f"{value:.4g}"


def _texts(weights: Weights) -> tuple[str, ...]:
    found = weights.statistics
    zeros = f"{100 * found.zeros:.4g} %" if found.count and not weights.note else _NONE
    numbers = (found.mean, found.std, found.minimum, found.maximum)
    return (
        weights.name,
        f"{found.count:,}",
        *map(number_text, numbers),
        zeros,
        f"{found.nan:,}",
        f"{found.infinite:,}",
    )
