"""What a hazard is, and what is looked up in a build to find them."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cached_property

from core.built import Built, BuiltLayer, Request, Variable
from core.command import Command
from core.given_names import given_labels
from core.node_names import path_text
from core.stack import Layer, Node, Scope, Stack


@dataclass(frozen=True, slots=True)
class Hazard:
    """Something at a node that builds and that people did not expect.

    Attributes:
        kind: A key of `table.HAZARDS`.
        node: Id of the node.
        text: What it is, in two sentences.
        fix: An edit that may take it away; it has not been tried.
    """

    kind: str
    node: str
    text: str
    fix: Command | None = None


class Facts:
    """A build, with what several kinds of hazards look up in it."""

    def __init__(self, built: Built) -> None:
        self.built = built
        self.stack: Stack = built.stack

    @cached_property
    def layers(self) -> list[tuple[Layer, BuiltLayer]]:
        """The layers that were built, scopes left out, each with what came of it."""
        return [
            (node, found)
            for found in self.built.layers
            if found.refusal is None and isinstance(node := self.stack.node(found.id), Layer)
        ]

    @cached_property
    def variables(self) -> dict[str, Variable]:
        """All variables by name."""
        return {variable.name: variable for variable in self.built.variables}

    @cached_property
    def requests(self) -> dict[str, list[Request]]:
        """The requests of each origin."""
        found: dict[str, list[Request]] = {}
        for request in self.built.ledger:
            found.setdefault(request.origin, []).append(request)
        return found

    @cached_property
    def around(self) -> dict[str, tuple[Scope, ...]]:
        """The scopes around each node, the innermost first."""
        found: dict[str, tuple[Scope, ...]] = {}
        for node in self.stack.walk():
            parent = self.stack.place(node.id).scope
            if parent is None:
                found[node.id] = ()
            else:
                scope = self.stack.node(parent)
                assert isinstance(scope, Scope)
                found[node.id] = (scope, *found[parent])
        return found

    @cached_property
    def given(self) -> dict[str, str]:
        """The names that TensorFlow gave to nodes without one, by their ids."""
        return given_labels(self.built)

    @cached_property
    def names(self) -> frozenset[str]:
        """The names of all nodes, in lower case."""
        return frozenset((node.name or "").lower() for node in self.stack.walk())

    def name(self, node: Node) -> str:
        """Return a node's name, else the one that TensorFlow gave it, else its kind."""
        return node.name or self.given.get(node.id, node.kind)

    def called(self, node: Node) -> str:
        """Return what a node is called, with the scopes around it."""
        return path_text(self.stack, node, self.given)

    def part_of(self, name: str, scope: Scope) -> str:
        """Return the part of a variable's name that a variable scope around it stands for."""
        names: list[str | None] = [self.stack.root] if self.stack.root else []
        names += [found.name for found in self.around[scope.id] if found.kind == scope.kind]
        depth = sum(1 + (found or "").count("/") for found in names)
        return [*name.split("/"), *[""] * depth][depth]

    def own_scope(self, layer: Layer) -> str | None:
        """Return the last part of the variable scope that a layer opened, if it is always one."""
        parts = {
            request.scope.rpartition("/")[2]
            for request in self.requests.get(layer.id, ())
            if request.scope
        }
        return parts.pop() if len(parts) == 1 else None

    def created(self, layer: Layer) -> Iterator[Variable]:
        """Yield the variables that a layer made."""
        for request in self.requests.get(layer.id, ()):
            variable = self.variables.get(request.variable or "")
            if variable is not None and variable.created_by == layer.id:
                yield variable


def as_fix(command: Command | None, text: str) -> Command | None:
    """Return a command under other words, as one undo step of its own."""
    return None if command is None else replace(command, text=text, merges=None)
