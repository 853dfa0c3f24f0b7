"""What a person does to a stack: each a named edit, ready for the undo stack.

A command never leaves an input dangling: a layer whose explicit input is gone, or no longer stands
before it, takes the layer before it again.
"""

import itertools
from collections.abc import Container, Iterable, Mapping
from dataclasses import dataclass, replace

from core.catalog import KINDS, SCOPE
from core.document import DEEPEST_SCOPE
from core.edits import Batch, Configure, Edit, Insert, Move, Remove, Replace
from core.stack import Layer, Node, Place, Reuse, Scope, Stack, Value, new_id, subtree


class CommandRefusedError(ValueError):
    """A command that can't be done; its text is a sentence for the person."""


@dataclass(frozen=True, slots=True)
class Command:
    """An edit and the words for it in the menu.

    Attributes:
        text: Such as "Move 3 layers".
        edit: What it does.
        selects: Ids of the nodes to select when it is done.
        merges: Two commands that follow each other with the same value become one undo step.
    """

    text: str
    edit: Edit
    selects: tuple[str, ...] = ()
    merges: str | None = None


class _Recorder:
    """Collects edits, each made for the stack that those before it left."""

    def __init__(self, stack: Stack) -> None:
        self.stack = stack
        self._edits: list[Edit] = []

    def do(self, edit: Edit) -> None:
        self.stack = edit.apply(self.stack)
        self._edits.append(edit)

    def command(self, text: str, selects: Iterable[str] = (), merges: str | None = None) -> Command:
        """Return all edits as one, with dangling inputs mended.

        Raises CommandRefusedError where scopes would be nested too deeply for a stack file.
        """
        if _depth(self.stack.nodes) > DEEPEST_SCOPE:
            raise CommandRefusedError(f"scopes can't be nested more than {DEEPEST_SCOPE} deep")
        mended = tuple(_mended(self.stack))
        if mended:
            self.do(Replace(mended))
        edit = self._edits[0] if len(self._edits) == 1 else Batch(tuple(self._edits))
        return Command(text, edit, tuple(selects), merges)


def _depth(nodes: tuple[Node, ...]) -> int:
    """Return how many scopes stand in one another."""
    return max((1 + _depth(node.nodes) for node in nodes if isinstance(node, Scope)), default=0)


def _mended(stack: Stack) -> Iterable[Layer]:
    """Yield the layers whose inputs don't stand before them, with those inputs left out."""
    closed: set[str] = set()

    def visit(nodes: tuple[Node, ...]) -> Iterable[Layer]:
        for node in nodes:
            if isinstance(node, Scope):
                yield from visit(node.nodes)
            elif node.inputs is not None and not closed.issuperset(node.inputs):
                kept = tuple(found for found in node.inputs if found in closed)
                fewest, _ = KINDS[node.kind].inputs
                yield replace(node, inputs=kept if len(kept) >= max(fewest, 1) else None)
            closed.add(node.id)

    return visit(stack.nodes)


def new_node(kind: str) -> Node:
    """Return a new node of a kind as the palette gives it: unnamed, arguments that are needed set.

    Raises KeyError for a kind that isn't there.
    """
    if kind == SCOPE.kind:
        return Scope(new_id(), name="scope")
    needed = [found.name for found in KINDS[kind].function.arguments if found.required]
    return Layer(
        new_id(),
        kind,
        construction="layers" if KINDS[kind].constructions else None,
        arguments={name: _FIRST_SHAPES.get(kind) or _FIRST_VALUES[name] for name in needed},
    )


# What a new layer has for the arguments that have no default.
_FIRST_VALUES: Mapping[str, Value] = {
    "units": 10,
    "filters": 32,
    "kernel_size": 3,
    "pool_size": 2,
    "strides": 2,
    "function": "relu",
}
_FIRST_SHAPES: Mapping[str, Value] = {"input": (None, 10), "reshape": (-1, 10)}


def insert(stack: Stack, place: Place, nodes: tuple[Node, ...], text: str | None = None) -> Command:
    """Put new nodes at a place, each with a name that no neighbour has."""
    recorder = _Recorder(stack)
    nodes = tuple(_with_free_names(stack.children(place.scope), nodes))
    recorder.do(Insert(place, nodes))
    return recorder.command(text or f"Add {_count(nodes)}", (node.id for node in nodes))


def paste(stack: Stack, place: Place, nodes: tuple[Node, ...], text: str = "Paste") -> Command:
    """Put copies of nodes at a place; inputs among them follow, others stay where they can."""
    return insert(stack, place, copies(nodes), f"{text} {_count(nodes)}")


def duplicate(stack: Stack, ids: Iterable[str]) -> Command:
    """Put copies of nodes behind the last of them."""
    nodes = tuple(stack.node(found) for found in topmost(stack, ids))
    return paste(stack, after(stack, nodes[-1].id), nodes, "Duplicate")


def remove(stack: Stack, ids: Iterable[str], text: str = "Delete") -> Command:
    """Take nodes away, with all that is in them; the node next to the last is selected."""
    recorder = _Recorder(stack)
    chosen = topmost(stack, ids)
    for place, count in reversed(_runs(stack, chosen)):
        recorder.do(Remove(place, count))
    place = stack.place(chosen[-1])
    left = [node.id for node in stack.children(place.scope) if node.id in recorder.stack]
    behind = [
        node.id
        for node in stack.children(place.scope)[place.index + 1 :]
        if node.id in recorder.stack
    ]
    selects = behind[:1] or left[-1:] or ([] if place.scope is None else [place.scope])
    return recorder.command(f"{text} {_count(map(stack.node, chosen))}", selects)


def move(stack: Stack, ids: Iterable[str], target: Place) -> Command | None:
    """Move nodes to a place, in their reading order; None where that changes nothing.

    Raises CommandRefusedError where the place lies inside one of them.
    """
    chosen = topmost(stack, ids)
    inside = {node.id for found in chosen for node in subtree(stack.node(found))}
    if target.scope in inside:
        raise CommandRefusedError("a scope can't be moved into itself")
    recorder = _Recorder(stack)
    for place, count in _runs(stack, chosen):  # a target amid a run would tear it apart
        if place.scope == target.scope and place.index < target.index < place.index + count:
            target = place
    for first, count in _run_starts(stack, chosen):
        step = Move(recorder.stack.place(first), target, count)
        if step.landing != step.place:
            recorder.do(step)
        target = Place(step.landing.scope, step.landing.index + count)
    if recorder.stack == stack:
        return None
    return recorder.command(f"Move {_count(map(stack.node, chosen))}", chosen)


def wrap(stack: Stack, ids: Iterable[str]) -> Command:
    """Put nodes into a new variable scope that stands where the first of them stood."""
    chosen = topmost(stack, ids)
    recorder = _Recorder(stack)
    place = stack.place(chosen[0])
    (scope,) = _with_free_names(stack.children(place.scope), (new_node(SCOPE.kind),))
    recorder.do(Insert(place, (scope,)))
    target = Place(scope.id, 0)
    for first, count in _run_starts(stack, chosen):
        recorder.do(Move(recorder.stack.place(first), target, count))
        target = Place(scope.id, target.index + count)
    return recorder.command(f"Wrap {_count(map(stack.node, chosen))} in a scope", (scope.id,))


def rename(stack: Stack, node_id: str, name: str | None) -> Command | None:
    """Give a node another name; None lets TensorFlow choose."""
    return _replace(stack, "Rename", [replace(stack.node(node_id), name=name or None)])


def set_construction(stack: Stack, ids: Iterable[str], construction: str) -> Command | None:
    """Have layers built in another way, those that can be."""
    changed = [
        replace(layer, construction=construction)
        for layer in _layers(stack, ids)
        if KINDS[layer.kind].constructions
    ]
    return _replace(stack, "Change construction", changed)


def set_reuse(stack: Stack, ids: Iterable[str], reuse: Reuse) -> Command | None:
    """Set whether nodes reuse variables, those that have any."""
    changed = [
        replace(node, reuse=reuse)
        for node in (stack.node(found) for found in ids)
        if isinstance(node, Scope) or KINDS[node.kind].reusable
    ]
    return _replace(stack, "Change reuse", changed)


def set_device(stack: Stack, ids: Iterable[str], device: str | None) -> Command | None:
    """Have nodes built on a device; None means the one around them."""
    changed = [replace(stack.node(found), device=device or None) for found in ids]
    return _replace(stack, "Change device", changed)


def set_inputs(stack: Stack, layer_id: str, inputs: tuple[str, ...] | None) -> Command | None:
    """Have a layer take its input from other nodes; None means the layer before it.

    Raises CommandRefusedError where one doesn't stand before it, or they are too few or too many.
    """
    layer = stack.node(layer_id)
    assert isinstance(layer, Layer)
    if inputs is not None:
        before = {node.id for node in stack.before(layer_id)}
        if not before.issuperset(inputs):
            raise CommandRefusedError("an input must stand before the layer that takes it")
        fewest, most = KINDS[layer.kind].inputs
        if len(inputs) < fewest or (most is not None and len(inputs) > most):
            wanted = f"{fewest} or more" if most is None else str(fewest)
            raise CommandRefusedError(f"{layer.kind} takes {wanted} inputs, not {len(inputs)}")
    return _replace(stack, "Change input", [replace(layer, inputs=inputs)])


def set_argument(stack: Stack, ids: Iterable[str], name: str, value: Value) -> Command | None:
    """Give an argument of nodes of one kind a value."""
    changed = [
        replace(node, arguments={**node.arguments, name: value}) for node in map(stack.node, ids)
    ]
    return _replace(stack, f"Change {name}", changed, f"argument {name}")


def reset_argument(stack: Stack, ids: Iterable[str], name: str) -> Command | None:
    """Give an argument of nodes its default back."""
    changed = [
        replace(node, arguments=_without(node.arguments, name)) for node in map(stack.node, ids)
    ]
    return _replace(stack, f"Reset {name}", changed)


def set_variable(
    stack: Stack, ids: Iterable[str], role: str, name: str, value: Value
) -> Command | None:
    """Give a setting of one variable of manual layers a value; None takes it back."""
    changed = []
    for layer in _layers(stack, ids):
        settings = layer.variables.get(role, {})
        assert isinstance(settings, Mapping)
        kept = _without(settings, name)
        if value is not None:
            kept = {**kept, name: value}
        others = _without(layer.variables, role)
        variables = {**others, role: kept} if kept else others
        changed.append(replace(layer, variables=variables))
    return _replace(stack, f"Change {role} {name}", changed, f"variable {role} {name}")


def share_with(stack: Stack, layer_id: str, owner_id: str) -> Command:
    """Have a layer read the variables of an earlier one of its kind.

    It becomes a reusing copy of the owner on the inputs it has. Where the two stand in different
    scopes, the owner's scopes are opened again around it. An owner without a name gets one.
    Raises CommandRefusedError where the owner is not one of `shareable`.
    """
    layer = stack.node(layer_id)
    owners = {owner.id: owner for owner in shareable(stack, layer_id)}
    if not isinstance(layer, Layer) or owner_id not in owners:
        raise CommandRefusedError("a layer shares with an earlier one of its kind only")
    recorder = _Recorder(stack)
    owner = _named_layer(recorder, owners[owner_id])
    inputs = layer.inputs or _previous(stack, layer_id)
    _enter_scopes_of(recorder, layer.id, owner.id)
    if layer.inputs is None and inputs == _previous(recorder.stack, layer_id):
        inputs = None
    recorder.do(Replace((_sharing(owner, layer.id, inputs),)))
    return recorder.command(f"Share with {owner.name}", (layer_id,))


def shared_copy(
    stack: Stack, ids: Iterable[str], inputs: tuple[str, ...] | None = None
) -> Command | None:
    """Put a copy of each layer, reading the same variables, at the end of its scope.

    None where no layer among them has variables.
    """
    recorder = _Recorder(stack)
    copied = []
    for layer in list(_layers(stack, ids)):
        if not KINDS[layer.kind].reusable:
            continue
        owner = _named_layer(recorder, layer)
        copy = _sharing(owner, new_id(), inputs)
        place = recorder.stack.place(owner.id)
        end = len(recorder.stack.children(place.scope))
        recorder.do(Insert(Place(place.scope, end), (copy,)))
        copied.append(copy.id)
    return recorder.command("Shared copy", copied) if copied else None


def shareable(stack: Stack, layer_id: str) -> list[Layer]:
    """Return the earlier layers whose variables a layer could read: those of its kind."""
    layer = stack.node(layer_id)
    if not isinstance(layer, Layer) or not KINDS[layer.kind].reusable:
        return []
    return [
        node
        for node in stack.before(layer_id)
        if isinstance(node, Layer) and node.kind == layer.kind and node.reuse is not True
    ]


def configure(stack: Stack, text: str, **changes: object) -> Command:
    """Change the stack's name, seed or device."""
    settings = {"name": stack.name, "seed": stack.seed, "device": stack.device} | changes
    return Command(text, Configure(**settings), merges=text)  # type: ignore[arg-type]


def copies(nodes: tuple[Node, ...]) -> tuple[Node, ...]:
    """Return nodes under new ids, the inputs among them following."""
    ids = {node.id: new_id() for top in nodes for node in subtree(top)}

    def copy(node: Node) -> Node:
        if isinstance(node, Scope):
            return replace(node, id=ids[node.id], nodes=tuple(map(copy, node.nodes)))
        inputs = node.inputs and tuple(ids.get(found, found) for found in node.inputs)
        return replace(node, id=ids[node.id], inputs=inputs)

    return tuple(map(copy, nodes))


def topmost(stack: Stack, ids: Iterable[str]) -> tuple[str, ...]:
    """Return ids in reading order, without those that stand in another one's scope."""
    chosen = set(ids)
    return tuple(
        node.id
        for node in stack.walk()
        if node.id in chosen and chosen.isdisjoint(stack.ancestors(node.id))
    )


def place_for_new(stack: Stack, selection: Iterable[str]) -> Place:
    """Return where something new goes: at the end of a selected scope, behind a layer, or last."""
    chosen = list(selection)
    if not chosen:
        return Place(None, len(stack.nodes))
    last = stack.node(chosen[-1])
    if isinstance(last, Scope) and len(chosen) == 1:
        return Place(last.id, len(last.nodes))
    return after(stack, topmost(stack, chosen)[-1])


def after(stack: Stack, node_id: str) -> Place:
    """Return the place right behind a node."""
    place = stack.place(node_id)
    return Place(place.scope, place.index + 1)


def _with_free_names(neighbours: Iterable[Node], nodes: Iterable[Node]) -> Iterable[Node]:
    """Yield nodes with a number behind a name that a neighbour has, as TensorFlow refuses it twice.

    Those that reuse variables keep theirs, as it says which.
    """
    taken = {node.name for node in neighbours}
    for node in nodes:
        name = node.name
        if name is not None and node.reuse not in {True, "auto"}:
            name = _free_name(name, taken)
        taken.add(name)
        yield replace(node, name=name)


def _free_name(name: str, taken: Container[str | None]) -> str:
    """Return a name that isn't taken, with a number behind it where needed."""
    numbered = (f"{name}_{number}" for number in itertools.count(1))
    return next(found for found in itertools.chain([name], numbered) if found not in taken)


def _named(recorder: _Recorder, node: Node) -> Node:
    """Return a node with a name, given to it where it has none: an unnamed one can't be shared."""
    if node.name is not None:
        return node
    taken = {other.name for other in recorder.stack.walk()}
    named = replace(node, name=_free_name(f"shared_{node.kind}", taken))
    recorder.do(Replace((named,)))
    return named


def _named_layer(recorder: _Recorder, layer: Layer) -> Layer:
    named = _named(recorder, layer)
    assert isinstance(named, Layer)
    return named


def _sharing(owner: Layer, layer_id: str, inputs: tuple[str, ...] | None) -> Layer:
    """Return a layer that asks for the owner's variables, to be run on other inputs."""
    return replace(owner, id=layer_id, reuse=True, inputs=inputs)


def _previous(stack: Stack, node_id: str) -> tuple[str, ...] | None:
    """Return, as inputs, the layer before a node in reading order."""
    before = [node.id for node in stack.before(node_id) if isinstance(node, Layer)]
    return tuple(before[-1:]) or None


def _enter_scopes_of(recorder: _Recorder, layer_id: str, owner_id: str) -> None:
    """Open the scopes around the owner again around a layer that stands outside of them."""
    own = tuple(recorder.stack.ancestors(layer_id))
    owners = tuple(recorder.stack.ancestors(owner_id))
    left = [found for found in own if found not in owners]
    if left:
        place = recorder.stack.place(layer_id)
        recorder.do(Move(place, after(recorder.stack, left[-1])))
    wrapped = layer_id
    for found in (found for found in owners if found not in own):
        scope = _named(recorder, recorder.stack.node(found))
        again = Scope(new_id(), scope.name, arguments=scope.arguments)
        recorder.do(Insert(recorder.stack.place(wrapped), (again,)))
        recorder.do(Move(recorder.stack.place(wrapped), Place(again.id, 0)))
        wrapped = again.id


def _replace(
    stack: Stack, text: str, nodes: Iterable[Node], merges: str | None = None
) -> Command | None:
    """Return the command that gives nodes other fields; None where all are as they were."""
    nodes = tuple(node for node in nodes if node != stack.node(node.id))
    if not nodes:
        return None
    key = None if merges is None else " ".join((merges, *(node.id for node in nodes)))
    where = "" if len(nodes) < 2 else f" of {_count(nodes)}"
    return Command(text + where, Replace(nodes), merges=key)


def _layers(stack: Stack, ids: Iterable[str]) -> Iterable[Layer]:
    chosen = set(ids)
    return (layer for layer in stack.layers() if layer.id in chosen)


def _without(values: Mapping[str, Value], name: str) -> dict[str, Value]:
    return {key: value for key, value in values.items() if key != name}


def _runs(stack: Stack, ids: tuple[str, ...]) -> list[tuple[Place, int]]:
    """Return ids in reading order as runs of neighbours: where each starts, and its length."""
    runs: list[tuple[Place, int]] = []
    for place in map(stack.place, ids):
        start, size = runs[-1] if runs else (Place(None, -1), 0)
        if place == Place(start.scope, start.index + size):
            runs[-1] = start, size + 1
        else:
            runs.append((place, 1))
    return runs


def _run_starts(stack: Stack, ids: tuple[str, ...]) -> list[tuple[str, int]]:
    """Return for each run of neighbours the id of its first, which stays true when others move."""
    runs = _runs(stack, ids)
    return [(stack.children(place.scope)[place.index].id, count) for place, count in runs]


def _count(nodes: Iterable[Node]) -> str:
    """Return how a menu names these nodes."""
    nodes = tuple(nodes)
    if len(nodes) == 1:
        return nodes[0].name or nodes[0].kind
    return f"{len(nodes)} layers"
