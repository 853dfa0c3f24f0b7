"""Why TensorFlow gave a node that has no name the name it has."""

from collections.abc import Iterator

from core.built import Built
from core.catalog import KINDS
from core.given_names import given_labels, given_names, wanted_name
from core.origin_labels import origin_labels


def scope_of(built: Built, layer_id: str) -> str | None:
    """Return the variable scope of a layer's own variables, None where it asked for none."""
    return next((found.scope for found in built.ledger if found.origin == layer_id), None)


def why_named(built: Built, node_id: str) -> str:
    """Return why a node has the name that TensorFlow gave it, empty where it gave none.

    Such as "dense_1, because dense is taken by encoder".
    """
    names = given_names(built).get(node_id)
    if names is None:
        return ""
    if len(names) > 1:
        return f"{given_labels(built)[node_id]}, another one each time it is built"
    node = built.stack.node(node_id)
    (name,), wanted = names, wanted_name(node)
    if name == wanted:
        whose = "the kind's own name" if name == node.kind else "its default name"
        return f"{name}, {whose}, as it was free"
    by = ", ".join(_takers(built, node_id, f"{_around(built, node_id)}{wanted}"))
    return f"{name}, because {wanted} is taken{by and f' by {by}'}"


def _around(built: Built, node_id: str) -> str:
    """Return the scope that a node's own is in, with a slash; empty at the top."""
    opened = [name for layer in built.layers if layer.id == node_id for name in layer.opened]
    scope = next(iter(opened), None) or scope_of(built, node_id) or ""
    depth = 1 + wanted_name(built.stack.node(node_id)).count("/")
    return "".join(f"{part}/" for part in scope.split("/")[:-depth])


def _takers(built: Built, node_id: str, wanted: str) -> Iterator[str]:
    """Yield what the other nodes are called that opened a scope of a name."""
    opened = [layer.id for layer in built.layers if wanted in layer.opened]
    asked = [found.origin for found in built.ledger if found.scope == wanted]
    labels = origin_labels(built)
    for taker in dict.fromkeys((*opened, *asked)):
        if taker != node_id:
            yield labels.get(taker, taker)


def names_text(built: Built, layer_id: str) -> str:
    """Return the variables that a layer asked for with their shapes, and why they are named so."""
    layer = next((found for found in built.layers if found.id == layer_id), None)
    if layer is None:
        return "not reached: a layer before it is refused"
    if layer.refusal is not None:
        return f"refused: {layer.refusal.message}"
    if not KINDS[layer.kind].reusable:
        return ""
    shapes = {variable.name: variable.shape for variable in built.variables}
    lines = [f"{name} {list(shapes[name])}" for name in layer.variables]
    why = why_named(built, layer_id)
    return "\n".join([*lines, *([why] if why else [])]) or "no variables"
