"""What the views call the origins of variables."""

from core.built import Built
from core.given_names import given_labels


def origin_labels(built: Built) -> dict[str, str]:
    """Return for each origin its name; for one that TensorFlow named, the name it was given.

    One that was built several times under several names goes by the first and the last of them, one
    whose name is not known by its kind.
    """
    given = given_labels(built)
    return {layer.id: layer.name or given.get(layer.id, layer.kind) for layer in built.layers}


def scoped_labels(built: Built) -> dict[str, str]:
    """Return the labels of origins with those of the scopes around them: `encoder/conv1`."""
    labels = origin_labels(built)
    return {
        node_id: "/".join(
            labels[found] for found in (*reversed(list(built.stack.ancestors(node_id))), node_id)
        )
        for node_id in labels
    }
