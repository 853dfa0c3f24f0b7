"""The variables of a build, nested by scope, as an item model."""

from collections.abc import Mapping
from enum import IntEnum
from typing import ClassVar

from PySide6.QtCore import QObject
from PySide6.QtGui import QIcon

from core.built import Built, Variable
from core.catalog import CONSTRUCTIONS
from core.quantities import show_bytes
from gui import icons, theme
from gui.models.scope_tree_model import ScopeTreeModel


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
_TIPS: Mapping[int, str] = {
    Column.NAME: "The last part of the variable's name, which is its key in a checkpoint",
    Column.TRAINABLE: "Whether it is in the collection of trainable variables",
    Column.DEVICE: "Where the variable landed",
    Column.MADE_BY: "The layer whose request created it, and how that layer is built",
    Column.USED_BY: "All layers that asked for it",
    Column.RESOURCE: "A resource (use_resource) or a reference variable, as in TensorFlow 1",
}
# In characters.
_WIDTHS = {
    Column.NAME: 32,
    Column.SHAPE: 15,
    Column.USED_BY: 22,
    Column.DTYPE: 9,
    Column.PARAMETERS: 14,
    Column.INITIALIZER: 30,
    Column.TRAINABLE: 11,
    Column.MADE_BY: 24,
    Column.BYTES: 11,
    Column.DEVICE: 18,
    Column.RESOURCE: 11,
}


class VariableModel(ScopeTreeModel):
    """Shows a tree of variables."""

    titles = tuple(TITLES[column] for column in Column)
    tips: ClassVar[Mapping[int, str]] = _TIPS
    numbers = (Column.PARAMETERS, Column.BYTES)
    widths = tuple(_WIDTHS[column] for column in Column)

    def __init__(self, parent: QObject | None = None) -> None:
        """Start without variables."""
        super().__init__(parent)
        self._constructions: Mapping[str, str | None] = {}

    def set_built(self, built: Built | None) -> None:
        """Take the names of the layers from a build; its tree is to be shown next."""
        super().set_built(built)
        layers = () if built is None else built.layers
        self._constructions = {layer.id: layer.construction for layer in layers}

    def row_text(self, node: int, variable: Variable, column: int) -> str:
        """Return what a variable says in a column."""
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
                return self.layers_text(variable.used_by)
        return ""

    def scope_text(self, node: int, column: int) -> str:
        """Return what a scope says in a column behind the first."""
        sums = self._tree.sums(node)
        match column:
            case Column.SHAPE:
                return "1 variable" if sums.variables == 1 else f"{sums.variables:,} variables"
            case Column.PARAMETERS:
                return f"{sums.parameters:,}"
            case Column.BYTES:
                return show_bytes(sums.bytes)
        return ""

    def tip(self, node: int, column: int) -> str | None:
        """Return what a cell says at length."""
        variable = self._tree.variables[node]
        assert variable is None or isinstance(variable, Variable)
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

    def icon(self, variable: Variable, column: int) -> QIcon | None:
        """Mark the variables that are shared."""
        shared = column == Column.USED_BY and len(variable.used_by) > 1
        return icons.icon("share", theme.colours().reused) if shared else None

    def _made_by(self, variable: Variable) -> str:
        construction = CONSTRUCTIONS.get(self._constructions.get(variable.created_by) or "")
        label = self._label(variable.created_by)
        return label if construction is None else f"{label} · {construction.label}"


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
