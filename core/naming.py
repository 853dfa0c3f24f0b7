"""Which name TensorFlow gave to a layer that has none, and why that one."""

import re

from core.built import Built
from core.catalog import KINDS
from core.origin_labels import origin_labels


def scope_of(built: Built, layer_id: str) -> str | None:
    """Return the variable scope of a layer's own variables, None where it asked for none."""
    return next((found.scope for found in built.ledger if found.origin == layer_id), None)


def given_names(built: Built) -> dict[str, str]:
    """Return the names that TensorFlow gave to layers without one, as far as variables tell."""
    names: dict[str, str] = {}
    for request in built.ledger:
        layer = built.stack.node(request.origin)
        if layer.name is None and request.origin not in names:
            name = request.scope.rpartition("/")[2]
            if re.fullmatch(rf"{layer.kind}(_\d+)?", name):
                names[request.origin] = name
    return names


def why_named(built: Built, layer_id: str) -> str:
    """Return why a layer has the name that TensorFlow gave it, empty where it gave none.

    Such as "dense_1, because dense is taken by encoder".
    """
    name = given_names(built).get(layer_id)
    if name is None:
        return ""
    kind = built.stack.node(layer_id).kind
    if name == kind:
        return f"{name}, the kind's own name, as it was free"
    parent = (scope_of(built, layer_id) or "").rpartition("/")[0]
    wanted = f"{parent}/{kind}" if parent else kind
    labels = origin_labels(built)
    takers = dict.fromkeys(
        found.origin for found in built.ledger if found.scope == wanted and found.origin != layer_id
    )
    by = f" by {', '.join(labels.get(taker, taker) for taker in takers)}" if takers else ""
    return f"{name}, because {kind} is taken{by}"


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
