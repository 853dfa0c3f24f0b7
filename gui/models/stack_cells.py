"""What the cells of the stack show: their texts, colours, icons, fonts and tips."""

from enum import IntEnum
from typing import Any

from PySide6.QtGui import QFont, QIcon

from core import commands
from core.catalog import CONSTRUCTIONS, KINDS, function_of
from core.hazards.hazard import Hazard
from core.stack import Layer, Node, Reuse, Scope
from core.stack_status import StackStatus
from gui import icons, theme

REUSES: dict[Reuse, str] = {None: "inherit", False: "new", True: "reuse", "auto": "AUTO_REUSE"}
_REUSE_TIPS: dict[Reuse, str] = {
    None: "As the scope around it has it.",
    False: "New variables, unless a scope around it reuses: that can't be switched off.",
    True: "Only variables that are there already.",
    "auto": "Variables that are there already, else new ones.",
}
_MOST_VARIABLES = 12


class Column(IntEnum):
    """The columns, from left to right."""

    LAYER = 0
    KIND = 1
    CONSTRUCTION = 2
    REUSE = 3
    OUTPUT = 4
    STATE = 5


class StackCells:
    """What is known of the nodes of a stack, and what a cell shows of it.

    Attributes:
        status: What came of the nodes.
        hazards: What builds and still surprises, by the ids of the nodes.
    """

    def __init__(self) -> None:
        """Know nothing yet."""
        self.status = StackStatus()
        self.hazards: dict[str, list[Hazard]] = {}

    def name(self, node: Node) -> str:
        """Return a node's name, else the one that TensorFlow gave it, else its kind."""
        return node.name or self.status.names.get(node.id, node.kind)

    def text(self, node: Node, column: int) -> str:
        """Return what stands in a cell."""
        match column:
            case Column.LAYER:
                return self.name(node)
            case Column.KIND if isinstance(node, Scope) and node.repeat > 1:
                return f"{node.kind} \u00d7{node.repeat:,}"
            case Column.KIND:
                return node.kind
            case Column.CONSTRUCTION if isinstance(node, Layer) and node.construction is not None:
                return CONSTRUCTIONS[node.construction].label
            case Column.REUSE if commands.has_reuse(node):
                return REUSES[node.reuse]
            case Column.OUTPUT:
                return self.status.output(node.id)
            case Column.STATE if self.status.refusal_of(node.id):
                return "refused"
            case Column.STATE if self.status.fault_text(node.id):
                return "can't run"
            case Column.STATE if self.status.unrestored_text(node.id):
                return "not restored"
            case Column.STATE if self.status.shared(node.id):
                return "shared"
            case Column.STATE if _guesses(node):
                return "guess"
        return ""

    def colour(self, node: Node, column: int) -> Any:
        """Return the colour of its text, None for the usual one."""
        colours = theme.colours()
        if column == Column.STATE and self.status.refusal_of(node.id):
            return colours.refused
        if column == Column.STATE and self.status.fault_text(node.id):
            return colours.warning
        if column == Column.STATE and self.status.unrestored_text(node.id):
            return colours.refused
        if self.status.unreached(node.id) or column in {Column.KIND, Column.OUTPUT}:
            return colours.muted
        match column:
            case Column.STATE if not self.status.shared(node.id):
                return colours.muted
            case Column.LAYER:
                return colours.muted if node.name is None else None
            case Column.CONSTRUCTION if isinstance(node, Layer) and node.construction is not None:
                return {"layers": colours.layers, "get_variable": colours.get_variable}.get(
                    node.construction
                )
            case Column.REUSE:
                return colours.muted if node.reuse is None else colours.reused
            case Column.STATE:
                return colours.reused
        return None

    def icon(self, node: Node, column: int) -> QIcon | None:
        """Return its icon, None where it has none."""
        if column == Column.LAYER:
            return icons.kind_icon(node.kind)
        if column == Column.STATE and self.status.refusal_of(node.id):
            return icons.icon("refused", theme.colours().refused)
        if column == Column.STATE and self.status.fault_text(node.id):
            return icons.icon("warning", theme.colours().warning)
        if column == Column.STATE and self.status.shared(node.id):
            return icons.icon("share", theme.colours().reused)
        return None

    def font(self, node: Node, column: int) -> QFont | None:
        """Return its font, None for the usual one."""
        if column == Column.LAYER and (node.name is None or self.status.unreached(node.id)):
            font = QFont()
            font.setItalic(True)
            return font
        return None

    def tip(self, node: Node, column: int) -> str | None:
        """Return what is told of it under the mouse, None where that is nothing."""
        refusal = self.status.refusal_of(node.id)
        if refusal is not None and column in {Column.LAYER, Column.STATE}:
            return refusal.message
        if self.status.unreached(node.id):
            return "Not built: a layer before it was refused."
        fault = self.status.fault_text(node.id)
        if fault and column in {Column.LAYER, Column.STATE}:
            return fault
        if column == Column.STATE:
            surprises = [hazard.text for hazard in self.hazards.get(node.id, ())]
            unrestored = self.status.unrestored_text(node.id)
            texts = [unrestored, self.status.sharing_text(node.id), *surprises, _guesses(node)]
            return "\n\n".join(filter(None, texts)) or None
        if column == Column.LAYER:
            return self._layer_tip(node)
        if column == Column.KIND:
            return function_of(node.kind).help
        if column == Column.CONSTRUCTION and self.text(node, column):
            return _only_way(node) or self.text(node, column)
        if column == Column.REUSE and commands.has_reuse(node):
            return _REUSE_TIPS[node.reuse]
        return self.text(node, column) or None

    def _layer_tip(self, node: Node) -> str | None:
        """Return the variables of a node, and who gave it its name and why."""
        lines = list(self.status.variables(node.id))
        more = len(lines) - _MOST_VARIABLES
        if more > 0:
            lines[_MOST_VARIABLES:] = [f"and {more:,} more"]
        if node.name is None:
            why = self.status.naming_text(node.id)
            lines.append(f"TensorFlow names it: {why}." if why else "TensorFlow names it.")
        return "\n".join(lines) or node.name


def _guesses(node: Node) -> str:
    """Return which arguments of a layer are a guess, empty where none is."""
    guesses = node.guesses if isinstance(node, Layer) else ()
    return f"A guess, to be checked in the inspector: {', '.join(guesses)}" if guesses else ""


def _only_way(node: Node) -> str:
    """Return why a layer's construction can't be changed, empty where it can."""
    single = isinstance(node, Layer) and len(KINDS[node.kind].constructions) == 1
    return f"tf.layers has no {node.kind}; only get_variable can build it." if single else ""
