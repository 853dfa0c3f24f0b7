"""The signals of a stack as an item model: a layer in each row."""

from collections.abc import Iterator
from enum import IntEnum
from typing import Any

from PySide6.QtCore import QModelIndex, QObject, QPersistentModelIndex, Qt

from core.kind import CONSTRUCTIONS
from core.signal_rows import Row, Side, signal_rows
from core.signal_verdict import layer_remarks
from core.signals import OUTPUT, LayerSignal
from gui import theme
from gui.models.table_model import RIGHT, TableModel

_Index = QModelIndex | QPersistentModelIndex
_NONE = "\N{EN DASH}"


class Column(IntEnum):
    """The columns, in their order."""

    LAYER = 0
    DEVIATION = 1
    GAIN = 2
    ZEROS = 3
    DISTRIBUTION = 4


_TITLES = {
    Column.LAYER: "Layer",
    Column.DEVIATION: "Std",
    Column.GAIN: "Gain",
    Column.ZEROS: "Zeros",
    Column.DISTRIBUTION: "Distribution",
}
_TIPS: dict[int, str] = {
    Column.DEVIATION: "The standard deviation",
    Column.GAIN: "The deviation, divided by the largest one of what the layer takes",
    Column.ZEROS: "The share of values that are 0",
    Column.DISTRIBUTION: "Each layer's histogram is as high as its own highest bin; "
    "a bin that holds many zeros is cut off. Point at it, or press Left and Right, to read it",
}


class SignalsModel(TableModel):
    """Shows how the outputs of layers are distributed, or their gradients.

    Attributes:
        sides: The builds whose signals are shown.
        rows: What is shown, a row each.
        way: Whether it is the outputs or the gradients.
    """

    titles = tuple(_TITLES[column] for column in Column)
    tips = _TIPS
    numbers = (Column.DEVIATION, Column.GAIN, Column.ZEROS)

    def __init__(self, parent: QObject | None = None) -> None:
        """Start without signals."""
        super().__init__(parent)
        self.sides: tuple[Side, ...] = ()
        self.rows: tuple[Row, ...] = ()
        self.way = OUTPUT

    def show(self, sides: tuple[Side, ...], way: str) -> None:
        """Show other signals, or another way of the same."""
        rows = signal_rows(sides)
        same = [row[:2] for row in rows] == [row[:2] for row in self.rows]
        if not same:
            self.beginResetModel()
        self.sides, self.rows, self.way = sides, rows, way
        if same:
            self.refresh()
        else:
            self.endResetModel()

    def line(self, row: int) -> str:
        """Return a row as a line with tabs."""
        texts = (self._text(row, column) for column in Column if column != Column.DISTRIBUTION)
        return "\t".join(texts)

    def remarks(self, row: int) -> list[str]:
        """Return what is remarkable about a row, a sentence each."""
        sentences: dict[str, None] = {}
        for side, layer in self._pairs(row):
            for sentence in layer_remarks(side.signals, layer, side.labels):
                sentences[sentence] = None
        return list(sentences)

    def _pairs(self, row: int) -> Iterator[tuple[Side, LayerSignal]]:
        for side, layer in zip(self.sides, self.rows[row].layers, strict=True):
            if layer is not None:
                yield side, layer

    def _text(self, row: int, column: int) -> str:
        if column == Column.LAYER:
            return self.rows[row].label
        if column == Column.DISTRIBUTION:
            return ""
        texts = [self._cell(side, layer, column) for side, layer in self._pairs(row)]
        if len(texts) < len(self.sides):
            texts.append(_NONE)
        return " / ".join(dict.fromkeys(texts))

    def _cell(self, side: Side, layer: LayerSignal, column: int) -> str:
        found = layer.distribution(self.way)
        if column == Column.DEVIATION and layer.fault is not None:
            return "can't run"
        if found is None:
            return _NONE
        match column:
            case Column.DEVIATION:
                return _number(found.statistics.std)
            case Column.GAIN if self.way == OUTPUT:
                return _number(side.signals.gain(layer))
            case Column.ZEROS:
                return _percent(found.statistics.zeros)
        return _NONE

    def _described(self, row: int) -> str:
        """Return the distribution of a row in words."""
        parts = [self.rows[row].label]
        for side, layer in self._pairs(row):
            head = CONSTRUCTIONS[side.construction].label + ": " if side.construction else ""
            parts.append(f"{head}{layer.tensor}, {layer.op}, {list(layer.shape)}")
            found = layer.distribution(self.way)
            if found is not None:
                numbers = found.statistics
                parts.append(
                    f"mean {_number(numbers.mean)}, std {_number(numbers.std)}, "
                    f"{_number(numbers.minimum)} to {_number(numbers.maximum)}, "
                    f"{_percent(numbers.zeros)} zeros, {numbers.nan:,} NaN, "
                    f"{numbers.infinite:,} infinite"
                )
        return "\n".join([*parts, *self.remarks(row)])

    # Qt overrides

    def rowCount(self, parent: _Index = QModelIndex()) -> int:  # noqa: B008
        """Return the number of tensors."""
        return 0 if parent.isValid() else len(self.rows)

    def data(self, index: _Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Return what a cell shows; of a distribution, what a person who can't see it needs."""
        row, column = index.row(), index.column()
        if not 0 <= row < len(self.rows):
            return None
        match role:
            case Qt.ItemDataRole.DisplayRole:
                return self._text(row, column)
            case Qt.ItemDataRole.ToolTipRole | Qt.ItemDataRole.AccessibleDescriptionRole:
                return self._described(row)
            case Qt.ItemDataRole.TextAlignmentRole if column in self.numbers:
                return RIGHT
            case Qt.ItemDataRole.ForegroundRole if column == Column.LAYER:
                if any(layer.fault is not None for _, layer in self._pairs(row)):
                    return theme.colours().refused
                return theme.colours().warning if self.remarks(row) else None
        return None


def _percent(share: float) -> str:
    return "< 0.1 %" if 0 < share < 0.001 else f"{100 * share:.3g} %"


def _number(value: float | None) -> str:
    return _NONE if value is None else f"{value:.3g}"
