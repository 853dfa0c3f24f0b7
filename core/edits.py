"""Edits as values: each gives a new stack, and has an inverse that gives the old one back."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any, Protocol

from core.stack import Node, Place, Scope, Stack


class Edit(Protocol):
    """What can be done to a stack and undone again."""

    def apply(self, stack: Stack) -> Stack:
        """Return the stack after this edit. Raises KeyError for a node that isn't there."""

    def inverse(self, stack: Stack) -> "Edit":
        """Return the edit that undoes this one, given the stack before it."""


@dataclass(frozen=True, slots=True)
class Insert:
    """Put nodes at a place, one behind the other."""

    place: Place
    nodes: tuple[Node, ...]

    def apply(self, stack: Stack) -> Stack:
        """Return the stack with the nodes in it."""
        siblings = stack.children(self.place.scope)
        index = self.place.index
        return stack.with_children(
            self.place.scope, (*siblings[:index], *self.nodes, *siblings[index:])
        )

    def inverse(self, stack: Stack) -> "Edit":
        """Return the removal of the same nodes."""
        return Remove(self.place, len(self.nodes))


@dataclass(frozen=True, slots=True)
class Remove:
    """Take `count` neighbouring nodes away, with all that is in them."""

    place: Place
    count: int = 1

    def apply(self, stack: Stack) -> Stack:
        """Return the stack without the nodes."""
        siblings = stack.children(self.place.scope)
        index = self.place.index
        return stack.with_children(
            self.place.scope, (*siblings[:index], *siblings[index + self.count :])
        )

    def inverse(self, stack: Stack) -> "Edit":
        """Return the insertion of the same nodes."""
        return Insert(self.place, self.nodes(stack))

    def nodes(self, stack: Stack) -> tuple[Node, ...]:
        """Return the nodes that are taken away."""
        siblings = stack.children(self.place.scope)
        return siblings[self.place.index : self.place.index + self.count]


@dataclass(frozen=True, slots=True)
class Move:
    """Move `count` neighbouring nodes; the target's index counts before they are taken away."""

    place: Place
    target: Place
    count: int = 1

    def apply(self, stack: Stack) -> Stack:
        """Return the stack with the nodes at their new place. Raises KeyError inside itself."""
        removal = Remove(self.place, self.count)
        nodes = removal.nodes(stack)
        return Insert(self.landing, nodes).apply(removal.apply(stack))

    def inverse(self, stack: Stack) -> "Edit":
        """Return the move back."""
        landing, back = self.landing, self.place
        if landing.scope == back.scope and back.index > landing.index:
            back = Place(back.scope, back.index + self.count)
        return Move(landing, back, self.count)

    @property
    def landing(self) -> Place:
        """Where the nodes stand once they are moved; a target among them leaves them there."""
        place, target = self.place, self.target
        if place.scope != target.scope or target.index <= place.index:
            return target
        return Place(target.scope, max(place.index, target.index - self.count))


@dataclass(frozen=True, slots=True)
class Replace:
    """Give the nodes of the same ids other fields; a scope keeps what is in it."""

    nodes: tuple[Node, ...]

    def apply(self, stack: Stack) -> Stack:
        """Return the stack with the new fields."""
        changed = {node.id: node for node in self.nodes}
        for node_id in changed:
            stack.node(node_id)  # raises KeyError
        return replace(stack, nodes=_replaced(stack.nodes, changed))

    def inverse(self, stack: Stack) -> "Edit":
        """Return the replacement by the nodes that were there."""
        return Replace(tuple(stack.node(node.id) for node in self.nodes))


def _replaced(nodes: tuple[Node, ...], changed: Mapping[str, Node]) -> tuple[Node, ...]:
    """Return nodes with those that have a changed one in its place, and the same within them."""

    def visit(node: Node) -> Node:
        found = changed.get(node.id, node)
        if isinstance(node, Scope) and isinstance(found, Scope):
            return replace(found, nodes=_replaced(node.nodes, changed))
        return found

    return tuple(map(visit, nodes))


@dataclass(frozen=True, slots=True)
class Configure:
    """Give the stack as a whole other settings: any of its fields but the nodes."""

    settings: Mapping[str, Any]

    def apply(self, stack: Stack) -> Stack:
        """Return the stack with these settings."""
        return replace(stack, **self.settings)

    def inverse(self, stack: Stack) -> "Edit":
        """Return the settings that were there."""
        return Configure({name: getattr(stack, name) for name in self.settings})


@dataclass(frozen=True, slots=True)
class Batch:
    """Several edits as one, each applied to what the one before it left."""

    edits: tuple[Edit, ...]

    def apply(self, stack: Stack) -> Stack:
        """Return the stack after the last edit."""
        for edit in self.edits:
            stack = edit.apply(stack)
        return stack

    def inverse(self, stack: Stack) -> "Edit":
        """Return the inverses in reverse order."""
        inverses = []
        for edit in self.edits:
            inverses.append(edit.inverse(stack))
            stack = edit.apply(stack)
        return Batch(tuple(reversed(inverses)))


def steps(edit: Edit) -> Iterator[Edit]:
    """Yield the edits that an edit is made of, none of them a batch."""
    if isinstance(edit, Batch):
        for inner in edit.edits:
            yield from steps(inner)
    else:
        yield edit
