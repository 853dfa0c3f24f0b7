"""The tensors of two checkpoints, nested by scope, as an item model."""

from collections.abc import Mapping
from enum import IntEnum
from typing import ClassVar

from PySide6.QtGui import QColor

from core.arguments import printable
from core.difference_rows import Difference, DifferenceRow
from core.named_tensors import TensorInfo
from core.quantities import show_count
from gui import theme
from gui.models.scope_tree_model import ScopeTreeModel


class Column(IntEnum):
    """The columns, in their first order."""

    NAME = 0
    DIFFERENCE = 1
    LEFT = 2
    RIGHT = 3
    LARGEST = 4
    MEAN = 5
    RELATIVE = 6
    COUNT = 7


_NONE = "\N{EN DASH}"


class DifferenceModel(ScopeTreeModel):
    """Shows a tree of `DifferenceRow`."""

    titles = (
        *("Name", "Difference", "Left", "Right"),
        *("Largest", "Mean", "Relative", "Values"),
    )
    tips: ClassVar[Mapping[int, str]] = {
        Column.NAME: "The last part of the tensor's key",
        Column.LEFT: "Shape and type in the open checkpoint",
        Column.RIGHT: "Shape and type in the other checkpoint",
        Column.LARGEST: "The largest difference of two values",
        Column.MEAN: "The mean difference over all values",
        Column.RELATIVE: "The largest difference, relative to the larger of both values",
        Column.COUNT: "How many values differ",
    }
    numbers = (Column.LARGEST, Column.MEAN, Column.RELATIVE, Column.COUNT)
    widths = (30, 24, 20, 20, 11, 11, 11, 11)

    def copied_text(self, node: int) -> str:
        """Return a tensor's key, or the name of a scope."""
        row = self._tree.variables[node]
        return row.tensor.name if isinstance(row, DifferenceRow) else super().copied_text(node)

    def row_text(self, node: int, row: DifferenceRow, column: int) -> str:
        """Return what a tensor says in a column."""
        distance = row.distance
        match column:
            case Column.NAME:
                return printable(self._tree.name(node))
            case Column.DIFFERENCE if row.difference is Difference.RENAMED and row.right:
                return f"{row.difference.value}: {printable(row.right.name)}"
            case Column.DIFFERENCE:
                return row.difference.value
            case Column.LEFT:
                return _form(row.left)
            case Column.RIGHT:
                return _form(row.right)
            case _ if distance is None:
                return ""
            case Column.LARGEST:
                return _number(distance.max_abs)
            case Column.MEAN:
                return _number(distance.mean_abs)
            case Column.RELATIVE:
                return _number(distance.max_rel)
            case Column.COUNT:
                return f"{distance.count:,}"
        return ""

    def scope_text(self, node: int, column: int) -> str:
        """Return what a scope says in a column behind the first."""
        if column != Column.DIFFERENCE:
            return ""
        return show_count(self._tree.sums(node).variables, "tensor")

    def tip(self, node: int, column: int) -> str | None:
        """Return what a cell says at length."""
        if column == Column.NAME:
            return printable(self.copied_text(node))
        row = self._tree.variables[node]
        if column == Column.DIFFERENCE and isinstance(row, DifferenceRow):
            return printable(row.words)
        return self._text(node, column)

    def colour(self, row: DifferenceRow, column: int) -> QColor | None:
        """Colour the difference."""
        colours = theme.colours()
        if column != Column.DIFFERENCE:
            return None
        return {
            Difference.CHANGED: colours.warning,
            Difference.ONLY_LEFT: colours.refused,
            Difference.ONLY_RIGHT: colours.created,
            Difference.RENAMED: colours.reused,
            Difference.EQUAL: colours.muted,
        }[row.difference]


def _form(tensor: TensorInfo | None) -> str:
    return _NONE if tensor is None else f"{list(tensor.shape)} {tensor.dtype}"


def _number(value: float | None) -> str:
    return "not finite" if value is None else f"{value:.4g}"
