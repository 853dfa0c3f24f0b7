"""The document: a stack of layers and scopes, as immutable values."""

import os
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from types import MappingProxyType
from typing import Literal

from core.lesson import Lesson

Value = bool | int | float | str | None | tuple["Value", ...] | Mapping[str, "Value"]
Reuse = bool | Literal["auto"] | None
# Scopes are nested up to 64 deep, two levels each.
_MOST_LEVELS = 250


def freeze(value: object, levels: int = _MOST_LEVELS) -> Value:
    """Return a JSON value as an immutable one: lists become tuples, dicts read-only.

    Raises RecursionError where it is nested so deeply that others would fail on it.
    """
    if not levels:
        raise RecursionError(f"nested more than {_MOST_LEVELS} levels deep")
    match value:
        case None | bool() | int() | float() | str():
            return value
        case list() | tuple():
            return tuple(freeze(item, levels - 1) for item in value)
        case Mapping():
            return MappingProxyType(
                {str(key): freeze(item, levels - 1) for key, item in value.items()}
            )
    raise TypeError(f"{type(value).__name__} is not a value of a stack")


def new_id() -> str:
    """Return an id that no other node has."""
    return os.urandom(4).hex()


def _frozen(arguments: Mapping[str, object]) -> Mapping[str, Value]:
    return MappingProxyType({key: freeze(value) for key, value in arguments.items()})


@dataclass(frozen=True, slots=True)
class Layer:
    """One layer of a stack.

    Attributes:
        id: What the rest of the stack calls it by.
        kind: A key of `catalog.KINDS`.
        name: The name given to TensorFlow; None lets TensorFlow choose.
        construction: A key of `catalog.CONSTRUCTIONS`, or None for kinds built in one way only.
        reuse: Whether it takes variables that are there already; None inherits.
        inputs: Ids of earlier nodes; None means the layer before it in reading order.
        arguments: By TensorFlow's argument names; one left out has TensorFlow's default.
        variables: For a manual layer, by role, what get_variable is asked for beyond that.
        device: A TensorFlow device name, or None for the one around it.
        guesses: The arguments whose values are a guess; nothing is built otherwise for it.
    """

    id: str
    kind: str
    name: str | None = None
    construction: str | None = None
    reuse: Reuse = None
    inputs: tuple[str, ...] | None = None
    arguments: Mapping[str, Value] = field(default_factory=dict)
    variables: Mapping[str, Value] = field(default_factory=dict)
    device: str | None = None
    guesses: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        object.__setattr__(self, "arguments", _frozen(self.arguments))
        object.__setattr__(self, "variables", _frozen(self.variables))

    def with_arguments(self, changes: Mapping[str, Value]) -> "Layer":
        """Return the layer with some arguments changed, which are no guess then."""
        guesses = tuple(found for found in self.guesses if found not in changes)
        return replace(self, arguments={**self.arguments, **changes}, guesses=guesses)


@dataclass(frozen=True, slots=True)
class Scope:
    """A scope of a stack and the nodes in it; the fields are those of `Layer`.

    Attributes:
        kind: A key of `catalog.SCOPES`: a variable scope or a name scope.
        name: `{i}` in it stands for the number of the repetition, from 0.
        repeat: How many times it is built, one behind the other: what comes out of one goes into
            the next.
    """

    id: str
    name: str | None = None
    reuse: Reuse = None
    arguments: Mapping[str, Value] = field(default_factory=dict)
    device: str | None = None
    nodes: tuple["Node", ...] = ()
    kind: str = "scope"
    repeat: int = 1

    def __post_init__(self) -> None:
        object.__setattr__(self, "arguments", _frozen(self.arguments))


Node = Layer | Scope


@dataclass(frozen=True, slots=True)
class Place:
    """Where a node stands: before position `index` in a scope, or at the top (None)."""

    scope: str | None
    index: int


@dataclass(frozen=True)
class Stack:
    """What a person builds: nodes in reading order, and what holds for all of them.

    Attributes:
        seed: The graph's seed.
        device: A TensorFlow device name, or None for TensorFlow's choice.
        root: The name of a variable scope around all nodes, or None for none.
        use_resource: Whether variables are resources; None leaves it to TensorFlow.
        lesson: What the stack teaches, if it was made for that; it changes nothing in the build.
    """

    name: str = "untitled"
    seed: int | None = None
    device: str | None = None
    root: str | None = None
    use_resource: bool | None = None
    nodes: tuple[Node, ...] = ()
    lesson: Lesson | None = None

    @cached_property
    def _index(self) -> dict[str, tuple[Node, Place]]:
        """Every node and its place, by id, in reading order."""
        found: dict[str, tuple[Node, Place]] = {}

        def visit(nodes: tuple[Node, ...], scope: str | None) -> None:
            for index, node in enumerate(nodes):
                found[node.id] = node, Place(scope, index)
                if isinstance(node, Scope):
                    visit(node.nodes, node.id)

        visit(self.nodes, None)
        return found

    def __contains__(self, node_id: object) -> bool:
        """Tell whether the stack has a node of this id."""
        return node_id in self._index

    def walk(self) -> Iterator[Node]:
        """Yield all nodes in reading order, a scope before what is in it."""
        return (node for node, _ in self._index.values())

    def layers(self) -> Iterator[Layer]:
        """Yield all layers in reading order."""
        return (node for node in self.walk() if isinstance(node, Layer))

    def node(self, node_id: str) -> Node:
        """Return the node of this id. Raises KeyError."""
        return self._index[node_id][0]

    def find(self, node_id: str) -> Node | None:
        """Return the node of this id, None where there is none."""
        found = self._index.get(node_id)
        return None if found is None else found[0]

    def place(self, node_id: str) -> Place:
        """Return where a node stands. Raises KeyError."""
        return self._index[node_id][1]

    def children(self, scope: str | None) -> tuple[Node, ...]:
        """Return the nodes of a scope, or those at the top for None. Raises KeyError."""
        if scope is None:
            return self.nodes
        node = self.node(scope)
        if not isinstance(node, Scope):
            raise KeyError(scope)
        return node.nodes

    def inside(self, ids: Iterable[str]) -> Iterator[Node]:
        """Yield nodes, and all nodes in them. Raises KeyError."""
        for found in ids:
            yield from subtree(self.node(found))

    def with_children(self, scope: str | None, nodes: tuple[Node, ...]) -> "Stack":
        """Return the stack with other nodes in a scope, or at the top for None."""
        while scope is not None:
            parent = self.node(scope)
            assert isinstance(parent, Scope)
            place = self.place(scope)
            siblings = self.children(place.scope)
            changed = replace(parent, nodes=nodes)
            nodes = (*siblings[: place.index], changed, *siblings[place.index + 1 :])
            scope = place.scope
        return replace(self, nodes=nodes)

    def in_order(self, ids: Iterable[str]) -> Iterator[Node]:
        """Yield the nodes that have one of these ids, in reading order."""
        chosen = set(ids)
        if len(chosen) > 1:
            return (node for node in self.walk() if node.id in chosen)
        return iter([node for node in map(self.find, chosen) if node is not None])

    def ancestors(self, node_id: str) -> Iterator[str]:
        """Yield the ids of the scopes around a node, the innermost first."""
        scope = self.place(node_id).scope
        while scope is not None:
            yield scope
            scope = self.place(scope).scope

    def before(self, node_id: str) -> Iterator[Node]:
        """Yield the nodes that a node may take its input from, in reading order.

        A scope counts once it is closed, so the scopes around the node are left out.
        """
        around = set(self.ancestors(node_id))
        for node in self.walk():
            if node.id == node_id:
                return
            if node.id not in around:
                yield node


def size(nodes: Iterable[Node]) -> int:
    """Return how many nodes are built for these, each as often as the scopes around it repeat."""
    return sum(
        1 + (node.repeat * size(node.nodes) if isinstance(node, Scope) else 0) for node in nodes
    )


def subtree(node: Node) -> Iterator[Node]:
    """Yield a node and all nodes in it, in reading order."""
    yield node
    if isinstance(node, Scope):
        for child in node.nodes:
            yield from subtree(child)
