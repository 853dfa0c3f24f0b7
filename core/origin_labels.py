"""What the views call the origins of variables."""

from core.built import Built, BuiltLayer


def origin_labels(built: Built) -> dict[str, str]:
    """Return for each origin its name; for one that TensorFlow named, the scope of its variables.

    One that has neither goes by its kind.
    """
    return {layer.id: _label(layer) for layer in built.layers}


def _label(layer: BuiltLayer) -> str:
    if layer.name is not None:
        return layer.name
    scopes = [name.split("/")[-2] for name in layer.variables if "/" in name]
    return scopes[0] if scopes else layer.kind
