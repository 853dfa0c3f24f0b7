"""What the views call the origins of variables."""

from core.built import Built, BuiltLayer


def origin_labels(built: Built) -> dict[str, str]:
    """Return for each origin its name; for one that TensorFlow named, the scope of its variables.

    One that was built several times under several names goes by the first and the last of them, one
    that has neither name nor variables by its kind.
    """
    return {layer.id: _label(layer) for layer in built.layers}


def _label(layer: BuiltLayer) -> str:
    if layer.name is not None:
        return layer.name
    scopes = [name.split("/")[-2] for name in layer.variables if "/" in name]
    if not scopes:
        return layer.kind
    first, last = scopes[0], scopes[-1]
    return first if first == last else f"{first} to {last}"
