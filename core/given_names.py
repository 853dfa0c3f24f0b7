"""Which names TensorFlow gave to nodes that have none."""

import re

from core.built import Built
from core.scopes import SCOPES
from core.stack import Node


def given_names(built: Built) -> dict[str, tuple[str, ...]]:
    """Return the names that TensorFlow gave to nodes without one, each once, by their ids.

    A scope's are known from what was opened, a layer's as far as its variables tell.
    """
    opened = [(layer.id, name) for layer in built.layers for name in layer.opened]
    asked = [(request.origin, request.scope) for request in built.ledger]
    names: dict[str, dict[str, None]] = {}
    for node_id, scope in dict.fromkeys((*opened, *asked)):
        node = built.stack.node(node_id)
        if node.name is None:
            wanted = wanted_name(node)
            name = "/".join(scope.split("/")[-1 - wanted.count("/") :])
            if node.kind in SCOPES or re.fullmatch(rf"{re.escape(wanted)}(_\d+)?", name):
                names.setdefault(node_id, {})[name] = None
    return {node_id: tuple(found) for node_id, found in names.items()}


def given_labels(built: Built) -> dict[str, str]:
    """Return the words for these names: the first and the last where a node has several."""
    return {node_id: _span(names) for node_id, names in given_names(built).items()}


def wanted_name(node: Node) -> str:
    """Return the name that TensorFlow gives to a node without one where that is free."""
    return str(node.arguments.get("default_name") or node.kind)


def _span(names: tuple[str, ...]) -> str:
    return names[0] if len(names) == 1 else f"{names[0]} to {names[-1]}"
