"""A stack as the list of calls that build it.

The builder runs a plan and the script prints it, so both say the same.
"""

import builtins
import keyword
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from core.activations import ACTIVATIONS
from core.arguments import split_chosen
from core.catalog import CONSTRUCTIONS, KINDS, SCOPES, VARIABLE
from core.expression import Call, Entries, Expression, Items, Literal, Name
from core.stack import Layer, Node, Reuse, Scope, Stack
from core.twin_sources import names_in_use

# What a script uses itself, which no layer's result may be called.
_RESERVED = frozenset({"tf", "os", "manual", "SimpleNamespace", *dir(builtins)})


@dataclass(frozen=True, slots=True)
class Statement:
    """A call whose result gets a name in Python.

    Attributes:
        origin: Id of the node it comes from; None for the stack itself.
        target: The name; None where the result isn't needed.
    """

    origin: str | None
    target: str | None
    call: Call


@dataclass(frozen=True, slots=True)
class Block:
    """A `with` statement: what is called to open it, and the steps in it."""

    origin: str | None
    call: Call
    steps: tuple["Step", ...]


@dataclass(frozen=True, slots=True)
class Impossible:
    """A node for which there is no call, and why."""

    origin: str
    sentence: str


Step = Statement | Block | Impossible


@dataclass(frozen=True, slots=True)
class Plan:
    """The steps that build a stack, and the Python names of its layers' results by layer id."""

    steps: tuple[Step, ...]
    targets: Mapping[str, str]


def plan(stack: Stack) -> Plan:
    """Return the plan of a stack."""
    return _Planner().plan(stack)


def functions_used(steps: Iterable[Step]) -> Iterator[str]:
    """Yield the dotted names of all functions that steps call or refer to."""
    for step in steps:
        if isinstance(step, Statement | Block):
            yield from _names(step.call)
        if isinstance(step, Block):
            yield from functions_used(step.steps)


def _names(expression: Expression) -> Iterator[str]:
    match expression:
        case Name(path):
            yield path
        case Items(items):
            for item in items:
                yield from _names(item)
        case Entries(entries):
            for _, value in entries:
                yield from _names(value)
        case Call(function, positional, keywords):
            yield function.path
            for argument in (*positional, *(value for _, value in keywords)):
                yield from _names(argument)


class _ImpossibleError(Exception):
    """There is no call for this node; the text says why."""


class _Planner:
    """Walks a stack in reading order and remembers what each node's value is called."""

    def __init__(self) -> None:
        self._targets: dict[str, str] = {}
        self._scope_values: dict[str, str | None] = {}
        self._reserved = _RESERVED | names_in_use()
        self._taken: set[str] = set()
        self._previous: str | None = None

    def plan(self, stack: Stack) -> Plan:
        steps = self._steps(stack.nodes)
        if stack.device is not None:
            steps = (Block(None, _device(stack.device), steps),)
        if stack.seed is not None:
            seed = Call(Name("tf.set_random_seed"), (Literal(stack.seed),))
            steps = (Statement(None, None, seed), *steps)
        return Plan(steps, self._targets)

    def _steps(self, nodes: tuple[Node, ...]) -> tuple[Step, ...]:
        return tuple(map(self._step, nodes))

    def _step(self, node: Node) -> Step:
        step = self._scope(node) if isinstance(node, Scope) else self._layer(node)
        if node.device is None or isinstance(step, Impossible):
            return step
        return Block(node.id, _device(node.device), (step,))

    def _scope(self, scope: Scope) -> Step:
        before = self._previous
        steps = self._steps(scope.nodes)
        last = self._previous if self._previous != before else None
        self._scope_values[scope.id] = last
        name = _without_none(name=scope.name)
        function = SCOPES[scope.kind]
        keywords = (*function.keywords(scope.arguments), *_reuse(scope.reuse))
        if not name and "default_name" not in scope.arguments:
            keywords = (("default_name", Literal(scope.kind)), *keywords)
        call = Call(Name(function.path), (Literal(scope.name),), keywords)
        return Block(scope.id, call, steps)

    def _layer(self, layer: Layer) -> Step:
        target = self._target(layer)
        try:
            call = self._call(layer)
        except _ImpossibleError as error:
            return Impossible(layer.id, str(error))
        finally:
            self._targets[layer.id] = target
            self._previous = target
        return Statement(layer.id, target, call)

    def _call(self, layer: Layer) -> Call:
        kind = KINDS[layer.kind]
        inputs = self._inputs(layer)
        name = _without_none(name=layer.name)
        if layer.kind == "activation":
            return _activation(layer, inputs, name)
        keywords = kind.function.keywords(layer.arguments)
        path = kind.function.path
        if layer.construction is not None:
            construction = CONSTRUCTIONS[layer.construction]
            path = f"{construction.module}.{layer.kind}"
            name = (*name, *_reuse(layer.reuse))
            if construction.takes_variables:
                name = (*name, *_variables(layer))
        positional = (Items(inputs),) if kind.inputs[1] is None else inputs
        return Call(Name(path), positional, (*keywords, *name))

    def _inputs(self, layer: Layer) -> tuple[Name, ...]:
        if KINDS[layer.kind].inputs == (0, 0):
            return ()
        if layer.inputs is not None:
            return tuple(Name(self._value(found)) for found in layer.inputs)
        if self._previous is None:
            raise _ImpossibleError(
                f"{layer.kind} needs an input, and no layer stands before it; put an input above it"
            )
        return (Name(self._previous),)

    def _value(self, node_id: str) -> str:
        """Return the name of the value of an earlier node; a scope's is that of its last layer."""
        value = self._targets.get(node_id) or self._scope_values.get(node_id)
        if value is None:
            raise _ImpossibleError(
                f"its input {node_id} has no value before it; choose another input"
            )
        return value

    def _target(self, layer: Layer) -> str:
        """Return a Python name for the layer's result that is not taken yet."""
        stem = re.sub(r"\W", "_", layer.name or f"{layer.kind}_output", flags=re.ASCII)
        if stem[0].isdigit():
            stem = f"_{stem}"
        if keyword.iskeyword(stem) or stem in self._reserved:
            stem = f"{stem}_output"
        name, number = stem, 1
        while name in self._taken:
            number += 1
            name = f"{stem}_{number}"
        self._taken.add(name)
        return name


def _activation(
    layer: Layer, inputs: tuple[Name, ...], name: tuple[tuple[str, Expression], ...]
) -> Call:
    kind, _ = split_chosen(layer.arguments["function"])
    return Call(Name(ACTIVATIONS[kind].path), inputs, name)


def _device(device: str) -> Call:
    return Call(Name("tf.device"), (Literal(device),))


def _reuse(reuse: Reuse) -> tuple[tuple[str, Expression], ...]:
    if reuse is None:
        return ()
    return (("reuse", Name("tf.AUTO_REUSE") if reuse == "auto" else Literal(reuse)),)


def _variables(layer: Layer) -> tuple[tuple[str, Expression], ...]:
    """Return what a manual layer asks of get_variable beyond tf.layers' own arguments."""
    roles = tuple(
        (role, Entries(VARIABLE.keywords(settings)))
        for role, settings in layer.variables.items()
        if isinstance(settings, Mapping) and settings
    )
    return (("variables", Entries(roles)),) if roles else ()


def _without_none(**keywords: str | None) -> tuple[tuple[str, Expression], ...]:
    return tuple((key, Literal(value)) for key, value in keywords.items() if value is not None)
