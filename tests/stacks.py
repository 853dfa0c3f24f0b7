"""Short ways to write stacks in tests."""

from core.catalog import KINDS
from core.stack import Layer, Node, Scope, Stack


def layer(kind: str, layer_id: str, name: str | None = None, **fields) -> Layer:
    """Return a layer; keywords that aren't its fields are its arguments."""
    own = {key: fields.pop(key) for key in ("construction", "reuse", "inputs") if key in fields}
    own |= {key: fields.pop(key) for key in ("variables", "device") if key in fields}
    if KINDS[kind].constructions:
        own.setdefault("construction", "layers")
    return Layer(layer_id, kind, name, arguments=fields, **own)


def features(layer_id: str = "x", size: int = 4, name: str | None = None) -> Layer:
    """Return an input of shape [?, size]."""
    return layer("input", layer_id, name, shape=(None, size))


def dense(layer_id: str, units: int = 3, **fields) -> Layer:
    """Return a dense layer."""
    return layer("dense", layer_id, fields.pop("name", None), units=units, **fields)


def scope(scope_id: str, *nodes: Node, name: str | None = "s", **fields) -> Scope:
    """Return a scope; keywords that aren't its fields are its arguments."""
    own = {key: fields.pop(key) for key in ("reuse", "device", "kind", "repeat") if key in fields}
    return Scope(scope_id, name, arguments=fields, nodes=nodes, **own)


def stack(*nodes: Node, **fields) -> Stack:
    """Return a stack with a seed."""
    return Stack(nodes=nodes, **{"seed": 7, **fields})
