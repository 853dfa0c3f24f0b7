"""What the views call the nodes of a stack."""

from collections.abc import Mapping
from types import MappingProxyType

from core.stack import Layer, Node, Stack


def path_text(stack: Stack, node: Node, given: Mapping[str, str] = MappingProxyType({})) -> str:
    """Return what a node is called, with the scopes around it, such as ``encoder/conv1``.

    One that has no name is told from others of its kind by its row.

    Args:
        stack: Where the node is.
        node: What is to be called.
        given: The names that TensorFlow gave to nodes without one, by their ids.
    """
    scopes = [stack.node(found) for found in stack.ancestors(node.id)]
    return "/".join(
        given.get(found.id) or _name(stack, found) for found in (*reversed(scopes), node)
    )


def before_text(stack: Stack, layer_id: str) -> str:
    """Return the words for the layer before one, which may not be there."""
    layers = [node for node in stack.before(layer_id) if isinstance(node, Layer)]
    return f"the layer before: {path_text(stack, layers[-1])}" if layers else "the layer before"


def _name(stack: Stack, node: Node) -> str:
    return node.name or f"{node.kind} (row {stack.place(node.id).index + 1})"
