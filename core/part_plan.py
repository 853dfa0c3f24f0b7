"""The plan of some layers alone: they get placeholders for what other layers would give them."""

from collections.abc import Iterable, Iterator, Mapping, Set
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from core import commands
from core.built import Built
from core.expression import Call, Expression, Items, Literal, Name, names
from core.plan import Block, Impossible, Plan, Remark, Statement, Step, plan, statements
from core.stack import Layer

if TYPE_CHECKING:
    from core.graph import BuiltGraph

_MAKES = "This makes variables that are reused below."
_UNKNOWN = "what comes into this layer isn't known, as TensorFlow refused a layer before it"


def part_plan(graph: "BuiltGraph", ids: Iterable[str], construction: str | None = None) -> Plan:
    """Return the plan of some layers of a stack that was built, runnable by itself.

    The scopes around them are in it, and before them the layers whose variables they reuse. Of a
    scope that is repeated, it has the last repetition.

    Args:
        graph: What was built.
        ids: The layers, or scopes with layers in them.
        construction: How to build them where they can be; None for as the stack has it.
    """
    stack = graph.built.stack
    chosen = tuple(node.id for node in stack.inside(ids) if isinstance(node, Layer))
    owners = _owners(graph.built, chosen)
    if construction is not None:
        command = commands.set_construction(stack, chosen, construction)
        stack = stack if command is None else command.edit.apply(stack)
    planned = plan(stack)
    last = {step.origin: number for number, step in enumerate(_leaves(planned.steps))}
    kept = {last[origin] for origin in (*chosen, *owners)}
    leaves = enumerate(_leaves(planned.steps))
    steps = tuple(_kept(planned.steps, {id(step): n in kept for n, step in leaves}))
    own = {step.target for step in statements(steps)}
    values = {name: value for name, value in _values(graph, planned).items() if name not in own}
    targets = {step.target for step in statements(planned.steps)} - own
    steps = tuple(_completed(steps, owners, targets - values.keys()))
    asked = dict.fromkeys(name for step in statements(steps) for name in names(step.call))
    placeholders = (_placeholder(name, values[name]) for name in asked if name in values)
    definitions = tuple(found for found in planned.definitions if found.name in asked)
    return Plan(definitions, (*placeholders, *steps))


def _owners(built: Built, chosen: tuple[str, ...]) -> Set[str]:
    """Return the layers that made the variables which these reuse, or ask for in vain."""
    makers = {variable.name: variable.created_by for variable in built.variables}
    owners: set[str] = set()
    waiting = set(chosen)
    while waiting:
        asked = {
            request.variable or request.name
            for request in built.ledger
            if request.origin in waiting
        }
        waiting = {makers[name] for name in asked if name in makers} - owners - set(chosen)
        owners |= waiting
    return owners


def _leaves(steps: Iterable[Step]) -> Iterator[Step]:
    for step in steps:
        if isinstance(step, Block):
            yield from _leaves(step.steps)
        else:
            yield step


def _kept(steps: Iterable[Step], kept: Mapping[int, bool]) -> Iterator[Step]:
    """Yield the steps that are kept, by their identity, and the blocks around them."""
    for step in steps:
        if not isinstance(step, Block):
            if kept[id(step)]:
                yield step
        elif within := tuple(_kept(step.steps, kept)):
            yield replace(step, steps=within)


def _completed(steps: Iterable[Step], owners: Set[str], unknown: Set[str | None]) -> Iterator[Step]:
    """Yield steps with a word on those that are there for others, and on those that can't be."""
    for step in steps:
        match step:
            case Block(steps=within):
                yield replace(step, steps=tuple(_completed(within, owners, unknown)))
            case Statement(origin=str(origin)) if not unknown.isdisjoint(names(step.call)):
                yield Impossible(origin, _UNKNOWN)
            case _:
                if step.origin in owners:
                    yield Remark(step.origin, _MAKES)
                yield step


def _values(graph: "BuiltGraph", planned: Plan) -> dict[str, Any]:
    """Return the tensors that were built, by the names of the plan.

    Of a layer that is built several times, the last one stands for all.
    """
    built = {layer.id: layer.output_names for layer in graph.built.layers}
    return {
        step.target: graph.graph.get_tensor_by_name(names[0])
        for step in statements(planned.steps)
        if step.target is not None and (names := built.get(str(step.origin)))
    }


def _placeholder(name: str, value: Any) -> Statement:
    sizes = None if value.shape.rank is None else value.shape.as_list()
    shape: Expression = Literal(None)
    if sizes is not None:
        shape = Items(tuple(map(Literal, sizes)))
    # TensorFlow takes no name that begins so.
    keywords = () if name.startswith("_") else (("name", Literal(name)),)
    dtype = Name(f"tf.{value.dtype.base_dtype.name}")
    return Statement(None, name, Call(Name("tf.placeholder"), (dtype, shape), keywords))
