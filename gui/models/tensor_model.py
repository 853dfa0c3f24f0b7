"""The tensors of a checkpoint, nested by scope, as an item model."""

from collections.abc import Mapping
from enum import IntEnum
from typing import ClassVar

from PySide6.QtGui import QColor, QIcon

from core.arguments import printable
from core.named_tensors import Part, TensorInfo
from core.quantities import show_bytes, show_count
from core.restore_check import UNEXPECTED, Restore
from core.tensor_rows import TensorRow
from gui import icons, theme
from gui.models.scope_tree_model import ScopeTreeModel


class Column(IntEnum):
    """The columns, in their first order."""

    NAME = 0
    SHAPE = 1
    STATE = 2
    VARIABLE = 3
    PART = 4
    DTYPE = 5
    PARAMETERS = 6
    BYTES = 7
    LAYER = 8


_NONE = "\N{EN DASH}"
_PARTS = {Part.STEP: "step", Part.BOOKKEEPING: "bookkeeping"}


class TensorModel(ScopeTreeModel):
    """Shows a tree of `TensorRow`."""

    titles = (
        *("Name", "Shape", "Will it load?", "Variable", "Part"),
        *("Type", "Parameters", "Bytes", "Layer"),
    )
    tips: ClassVar[Mapping[int, str]] = {
        Column.NAME: "The last part of the tensor's key",
        Column.STATE: "What becomes of it when the open stack restores this checkpoint",
        Column.PART: "What it is to the checkpoint where it is no variable of a model",
        Column.VARIABLE: "The variable's own name, where the key follows TensorFlow 2's objects",
        Column.LAYER: "The layers of the open stack that use it",
    }
    numbers = (Column.PARAMETERS, Column.BYTES)
    widths = (32, 15, 29, 20, 24, 9, 14, 11, 20)

    def copied_text(self, node: int) -> str:
        """Return a tensor's key, or the name of a scope."""
        row = self._tree.variables[node]
        return row.tensor.name if isinstance(row, TensorRow) else super().copied_text(node)

    def row_text(self, node: int, row: TensorRow, column: int) -> str:
        """Return what a tensor says in a column."""
        tensor = row.tensor
        match column:
            case Column.NAME:
                return printable(self._tree.name(node))
            case Column.SHAPE:
                return str(list(tensor.shape))
            case Column.STATE:
                return f"{row.state}: {row.wanted} here" if row.wanted else row.state
            case Column.DTYPE:
                return tensor.dtype
            case Column.PARAMETERS:
                return f"{tensor.parameters:,}"
            case Column.BYTES:
                return show_bytes(tensor.bytes) if tensor.itemsize else _NONE
            case Column.PART:
                return _part_text(tensor)
            case Column.VARIABLE:
                return printable(tensor.variable or "")
            case Column.LAYER:
                return self.layers_text(row.used_by)
        return ""

    def scope_text(self, node: int, column: int) -> str:
        """Return what a scope says in a column behind the first."""
        sums = self._tree.sums(node)
        match column:
            case Column.SHAPE:
                return show_count(sums.variables, "tensor")
            case Column.PARAMETERS:
                return f"{sums.parameters:,}"
            case Column.BYTES:
                return show_bytes(sums.bytes)
        return ""

    def tip(self, node: int, column: int) -> str | None:
        """Return what a cell says at length."""
        if column == Column.NAME:
            return printable(self.copied_text(node))
        if column == Column.BYTES:
            return f"{self._tree.sums(node).bytes:,} bytes"
        row = self._tree.variables[node]
        if column == Column.STATE and isinstance(row, TensorRow):
            return row.words
        return self._text(node, column)

    def icon(self, row: TensorRow, column: int) -> QIcon | None:
        """Mark what becomes of a variable."""
        name = _ICONS.get(row.state) if column == Column.STATE else None
        return icons.icon(name, self._state_colour(row)) if name else None

    def colour(self, row: TensorRow, column: int) -> QColor | None:
        """Colour what becomes of a variable, and mute what is not there."""
        if column == Column.STATE:
            return self._state_colour(row)
        return None if row.there and column != Column.PART else theme.colours().muted

    def _state_colour(self, row: TensorRow) -> QColor:
        colours = theme.colours()
        match row.state:
            case Restore.RESTORED:
                return colours.created
            case "":
                return colours.muted
            case other if other == UNEXPECTED:
                return colours.warning
        return colours.refused


_ICONS = {
    Restore.RESTORED.value: "done",
    Restore.MISSING.value: "refused",
    Restore.OTHER_SHAPE.value: "refused",
    Restore.OTHER_DTYPE.value: "refused",
    UNEXPECTED: "warning",
}


def _part_text(tensor: TensorInfo) -> str:
    """Return what a tensor is, where it is no variable."""
    if tensor.part is Part.SLOT:
        of = f" of {tensor.slot_of}" if tensor.slot_of else ""
        return printable(f"{tensor.slot or 'slot'}{of}")
    return _PARTS.get(tensor.part, "")
