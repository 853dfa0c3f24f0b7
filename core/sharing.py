"""Making one layer read the variables of another, as named edits."""

from collections.abc import Iterable
from dataclasses import replace

from core.catalog import KINDS
from core.command import Command, CommandRefusedError, Recorder
from core.commands import after, layers_among, named
from core.edits import Insert, Move, Replace
from core.stack import Layer, Place, Scope, Stack, new_id


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
    recorder = Recorder(stack)
    owner = _named_layer(recorder, owners[owner_id])
    given = owner.inputs if _takes_several(owner) else _previous(stack, layer_id)
    inputs = layer.inputs or given
    _enter_scopes_of(recorder, layer.id, owner.id)
    if layer.inputs is None and inputs == _previous(recorder.stack, layer_id):
        inputs = None
    recorder.do(Replace((_sharing(owner, layer.id, inputs),)))
    return recorder.command(f"Share with {owner.name}", (layer_id,))


def shared_copy(
    stack: Stack, ids: Iterable[str], inputs: tuple[str, ...] | None = None
) -> Command | None:
    """Put a copy of each layer, reading the same variables, at the end of its scope.

    Without `inputs` it takes an input that no layer takes yet, as that of a second tower, else
    the layer before. None where no layer among them has variables.
    """
    recorder = Recorder(stack)
    copied = []
    for layer in list(layers_among(stack, ids)):
        if not KINDS[layer.kind].reusable:
            continue
        owner = _named_layer(recorder, layer)
        copy = _sharing(owner, new_id(), owner.inputs if _takes_several(owner) else inputs)
        place = recorder.stack.place(owner.id)
        end = len(recorder.stack.children(place.scope))
        recorder.do(Insert(Place(place.scope, end), (copy,)))
        free = None if copy.inputs else _free_input(recorder.stack, copy.id)
        if free is not None:
            recorder.do(Replace((replace(copy, inputs=free),)))
        copied.append(copy.id)
    return recorder.command("Shared copy", copied) if copied else None


def enter_again(stack: Stack, scope_id: str) -> Command:
    """Open a scope again right behind it, empty, for layers that share its variables or join them.

    Raises CommandRefusedError for a node that is no scope.
    """
    if not isinstance(stack.node(scope_id), Scope):
        raise CommandRefusedError("only a scope can be entered again")
    recorder = Recorder(stack)
    again = _again(recorder, scope_id)
    recorder.do(Insert(after(recorder.stack, scope_id), (again,)))
    return recorder.command(f"Enter {again.name} again", (again.id,))


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


def _free_input(stack: Stack, layer_id: str) -> tuple[str, ...] | None:
    """Return, as inputs, the first `input` before a layer that no other layer takes."""
    taken: set[str] = set()
    previous: tuple[str, ...] = ()
    for layer in stack.layers():
        if layer.id != layer_id and KINDS[layer.kind].inputs != (0, 0):
            taken.update(layer.inputs or previous)
        previous = (layer.id,)
    for node in stack.before(layer_id):
        if node.kind == "input" and node.id not in taken:
            return None if _previous(stack, layer_id) == (node.id,) else (node.id,)
    return None


def _named_layer(recorder: Recorder, layer: Layer) -> Layer:
    found = named(recorder, layer)
    assert isinstance(found, Layer)
    return found


def _sharing(owner: Layer, layer_id: str, inputs: tuple[str, ...] | None) -> Layer:
    """Return a layer that asks for the owner's variables, to be run on other inputs."""
    return replace(owner, id=layer_id, reuse=True, inputs=inputs)


def _takes_several(layer: Layer) -> bool:
    fewest, _ = KINDS[layer.kind].inputs
    return fewest > 1


def _previous(stack: Stack, node_id: str) -> tuple[str, ...] | None:
    """Return, as inputs, the layer before a node in reading order."""
    before = [node.id for node in stack.before(node_id) if isinstance(node, Layer)]
    return tuple(before[-1:]) or None


def _again(recorder: Recorder, scope_id: str) -> Scope:
    """Return a scope that enters another one again; that one gets a name where it has none."""
    scope = named(recorder, recorder.stack.node(scope_id))
    return Scope(new_id(), scope.name, arguments=scope.arguments, kind=scope.kind)


def _enter_scopes_of(recorder: Recorder, layer_id: str, owner_id: str) -> None:
    """Open the scopes around the owner again around a layer that stands outside of them."""
    own = tuple(recorder.stack.ancestors(layer_id))
    owners = tuple(recorder.stack.ancestors(owner_id))
    left = [found for found in own if found not in owners]
    if left:
        place = recorder.stack.place(layer_id)
        recorder.do(Move(place, after(recorder.stack, left[-1])))
    wrapped = layer_id
    for found in (found for found in owners if found not in own):
        again = _again(recorder, found)
        recorder.do(Insert(recorder.stack.place(wrapped), (again,)))
        recorder.do(Move(recorder.stack.place(wrapped), Place(again.id, 0)))
        wrapped = again.id
