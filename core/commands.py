"""What a person does to a stack: each a named edit, ready for the undo stack."""

import itertools
from collections.abc import Container, Iterable, Mapping
from dataclasses import replace

from core.catalog import KINDS, SCOPE, SCOPES
from core.command import Command, CommandRefusedError, Recorder
from core.custom_code import FIRST_CODE
from core.document import MOST_BUILT
from core.edits import Configure, Insert, Move, Remove, Replace
from core.kinds_core import TIED
from core.stack import Layer, Node, Place, Reuse, Scope, Stack, Value, new_id, size, subtree


def new_node(kind: str) -> Node:
    """Return a new node of a kind as the palette gives it: unnamed, arguments that are needed set.

    Raises KeyError for a kind that isn't there.
    """
    if kind in SCOPES:
        return Scope(new_id(), name=kind, kind=kind)
    needed = [found.name for found in KINDS[kind].function.arguments if found.required]
    return Layer(
        new_id(),
        kind,
        construction=next(iter(KINDS[kind].constructions), None),
        arguments={name: _FIRST_OF_KIND.get(kind) or _FIRST_VALUES[name] for name in needed},
    )


# What a new layer has for the arguments that have no default.
_FIRST_VALUES: Mapping[str, Value] = {
    "units": 10,
    "filters": 32,
    "kernel_size": 3,
    "pool_size": 2,
    "strides": 2,
    "function": "relu",
    "input_dim": 1000,
    "output_dim": 32,
    "factor": 0.5,
    "code": FIRST_CODE,
}
_FIRST_OF_KIND: Mapping[str, Value] = {
    "input": (None, 10),
    "reshape": (-1, 10),
    "variable": (1,),
}


def insert(stack: Stack, place: Place, nodes: tuple[Node, ...], text: str | None = None) -> Command:
    """Put new nodes at a place, each with a name that no neighbour has.

    A layer that takes several inputs, and has none yet, gets what stands before it.
    """
    recorder = Recorder(stack)
    nodes = tuple(_with_free_names(stack.children(place.scope), nodes))
    recorder.do(Insert(place, nodes))
    for layer in [found for top in nodes for found in subtree(top) if isinstance(found, Layer)]:
        inputs = _first_inputs(recorder.stack, layer)
        if inputs is not None:
            recorder.do(Replace((replace(layer, inputs=inputs),)))
            _name_owner(recorder, layer.id)
    return recorder.command(text or f"Add {_count(nodes)}", (node.id for node in nodes))


def add(stack: Stack, kind: str, selection: Iterable[str]) -> Command:
    """Put a new node of a kind behind the selected ones, or into the selected scope."""
    return insert(stack, place_for_new(stack, selection), (new_node(kind),))


def paste(stack: Stack, place: Place, nodes: tuple[Node, ...], text: str = "Paste") -> Command:
    """Put copies of nodes at a place; inputs among them follow, others stay where they can."""
    return insert(stack, place, copies(nodes), f"{text} {_count(nodes)}")


def duplicate(stack: Stack, ids: Iterable[str]) -> Command:
    """Put copies of nodes behind the last of them."""
    nodes = tuple(stack.node(found) for found in topmost(stack, ids))
    return paste(stack, after(stack, nodes[-1].id), nodes, "Duplicate")


def remove(stack: Stack, ids: Iterable[str], text: str = "Delete") -> Command:
    """Take nodes away, with all that is in them; the node next to the last is selected."""
    recorder = Recorder(stack)
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
    if target.scope in {node.id for node in stack.inside(chosen)}:
        raise CommandRefusedError("a scope can't be moved into itself")
    recorder = Recorder(stack)
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
    recorder = Recorder(stack)
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
        for layer in layers_among(stack, ids)
        if construction in KINDS[layer.kind].constructions
    ]
    return _replace(stack, "Change construction", changed)


def set_reuse(stack: Stack, ids: Iterable[str], reuse: Reuse) -> Command | None:
    """Set whether nodes reuse variables, those that have any."""
    changed = [
        replace(node, reuse=reuse)
        for node in (stack.node(found) for found in ids)
        if has_reuse(node)
    ]
    return _replace(stack, "Change reuse", changed)


def has_reuse(node: Node) -> bool:
    """Tell whether `reuse` means anything to a node."""
    return node.kind == SCOPE.kind if isinstance(node, Scope) else KINDS[node.kind].reusable


def set_repeat(stack: Stack, ids: Iterable[str], repeat: int) -> Command | None:
    """Have scopes built so many times, one behind the other.

    A name without a number in it gets one, `{i}`, as the same name would be taken the second time.
    Raises CommandRefusedError where the stack would have too many layers.
    """
    changed = [
        replace(scope, repeat=repeat, name=_numbered(scope) if repeat > 1 else scope.name)
        for scope in map(stack.node, ids)
        if isinstance(scope, Scope)
    ]
    command = _replace(stack, "Change repeat", changed, "repeat")
    if command is not None and size(command.edit.apply(stack).nodes) > MOST_BUILT:
        raise CommandRefusedError(f"a stack can't have more than {MOST_BUILT:,} layers")
    return command


def _numbered(scope: Scope) -> str | None:
    """Return a scope's name as it can be repeated; one that reuses may keep the same."""
    if scope.name is None or "{i}" in scope.name or scope.reuse in {True, "auto"}:
        return scope.name
    return f"{scope.name}_{{i}}"


def set_device(stack: Stack, ids: Iterable[str], device: str | None) -> Command | None:
    """Have nodes built on a device; None means the one around them."""
    changed = [replace(stack.node(found), device=device or None) for found in ids]
    return _replace(stack, "Change device", changed)


def _first_inputs(stack: Stack, layer: Layer) -> tuple[str, ...] | None:
    """Return inputs for a layer that can't do with the layer before it; None where there are none.

    They are the nearest layers before it; for a tied one the nearest, and the nearest with a
    kernel to share.
    """
    count, _ = KINDS[layer.kind].inputs
    if layer.inputs is not None or count < 2:
        return None
    before = [node for node in stack.before(layer.id) if isinstance(node, Layer)]
    if layer.kind == TIED:
        owners = [node for node in before if KINDS[node.kind].shared_kernel]
        chosen = [*before[-1:], *owners[-1:]]
    else:
        chosen = before[-count:]
    return tuple(node.id for node in chosen) if len(chosen) == count else None


def _name_owner(recorder: Recorder, layer_id: str) -> None:
    """Give the layer whose kernel a tied one shares a name, as it is found by that."""
    layer = recorder.stack.node(layer_id)
    if isinstance(layer, Layer) and layer.kind == TIED and layer.inputs is not None:
        named(recorder, recorder.stack.node(layer.inputs[-1]))


def named(recorder: Recorder, node: Node) -> Node:
    """Return a node with a name, given to it where it has none: an unnamed one can't be shared."""
    if node.name is not None:
        return node
    taken = {other.name for other in recorder.stack.walk()}
    found = replace(node, name=free_name(f"shared_{node.kind}", taken))
    recorder.do(Replace((found,)))
    return found


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
    changed = replace(layer, inputs=inputs)
    if changed == layer:
        return None
    recorder = Recorder(stack)
    recorder.do(Replace((changed,)))
    _name_owner(recorder, layer_id)
    return recorder.command("Change input")


def set_argument(stack: Stack, ids: Iterable[str], name: str, value: Value) -> Command | None:
    """Give an argument of nodes of one kind a value."""
    changed = [
        replace(_told(node, name), arguments={**node.arguments, name: value})
        for node in map(stack.node, ids)
    ]
    return _replace(stack, f"Change {name}", changed, f"argument {name}")


def reset_argument(stack: Stack, ids: Iterable[str], name: str) -> Command | None:
    """Give an argument of nodes its default back."""
    changed = [
        replace(_told(node, name), arguments=_without(node.arguments, name))
        for node in map(stack.node, ids)
    ]
    return _replace(stack, f"Reset {name}", changed)


def confirm_guess(stack: Stack, ids: Iterable[str], name: str) -> Command | None:
    """Have the value of an argument stay what it is, no longer as a guess."""
    changed = [_told(stack.node(found), name) for found in ids]
    return _replace(stack, f"Confirm {name}", changed)


def confirm_guesses(stack: Stack, ids: Iterable[str]) -> Command | None:
    """Have all guessed values of layers, and of those in scopes, stay what they are."""
    layers = (node for node in stack.inside(topmost(stack, ids)) if isinstance(node, Layer))
    return _replace(stack, "Confirm guesses", [replace(layer, guesses=()) for layer in layers])


def _told(node: Node, argument: str) -> Node:
    """Return a node of which an argument is no guess."""
    if not isinstance(node, Layer) or argument not in node.guesses:
        return node
    return replace(node, guesses=tuple(found for found in node.guesses if found != argument))


def set_variable(
    stack: Stack, ids: Iterable[str], role: str, name: str, value: Value
) -> Command | None:
    """Give a setting of one variable of manual layers a value; None takes it back."""
    changed = []
    for layer in layers_among(stack, ids):
        settings = layer.variables.get(role, {})
        assert isinstance(settings, Mapping)
        kept = _without(settings, name)
        if value is not None:
            kept = {**kept, name: value}
        others = _without(layer.variables, role)
        variables = {**others, role: kept} if kept else others
        changed.append(replace(layer, variables=variables))
    return _replace(stack, f"Change {role} {name}", changed, f"variable {role} {name}")


def configure(stack: Stack, text: str, **changes: object) -> Command:
    """Change what holds for the stack as a whole, such as its seed."""
    return Command(text, Configure(changes), merges=text)


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
        node.id for node in stack.in_order(chosen) if chosen.isdisjoint(stack.ancestors(node.id))
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
            name = free_name(name, taken)
        taken.add(name)
        yield replace(node, name=name)


def free_name(name: str, taken: Container[str | None]) -> str:
    """Return a name that isn't taken, with a number behind it where needed."""
    numbered = (f"{name}_{number}" for number in itertools.count(1))
    return next(found for found in itertools.chain([name], numbered) if found not in taken)


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


def layers_among(stack: Stack, ids: Iterable[str]) -> Iterable[Layer]:
    """Return the layers that have one of these ids, in reading order."""
    return (node for node in stack.in_order(ids) if isinstance(node, Layer))


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
