"""Nodes on their way from one stack to another, or within one: versioned JSON, never pickle."""

import json
from collections.abc import Mapping
from dataclasses import dataclass

from core import document
from core.document import LARGEST_FILE
from core.json_file import DocumentError, parse
from core.stack import Node, Value

_FORMAT = "layerscope-nodes"
_VERSION = 1
_KEYS = {"format", "version", "source", "nodes"}


@dataclass(frozen=True, slots=True)
class Parcel:
    """Nodes on their way.

    Attributes:
        nodes: What is dragged or copied.
        source: The token of the stack view in which a drag began, None for a copy.
    """

    nodes: tuple[Node, ...]
    source: str | None = None


def dumps(parcel: Parcel, *, indent: int | None = None) -> str:
    """Return a parcel as JSON."""
    content = {
        "format": _FORMAT,
        "version": _VERSION,
        "source": parcel.source,
        "nodes": document.nodes_to_json(parcel.nodes),
    }
    return json.dumps(content, indent=indent, ensure_ascii=False)


def loads(content: bytes) -> Parcel:
    """Return the parcel that JSON holds, be it a whole stack file. Raises DocumentError."""
    if len(content) > LARGEST_FILE:
        raise DocumentError(f"this is more than {LARGEST_FILE // 2**20} MB, so it is no layers")
    found = _parsed(content)
    if found.get("format") == document.FORMAT:
        return Parcel(document.loads(content.decode()).nodes)
    if found.get("format") != _FORMAT:
        raise DocumentError("this holds no layers")
    if found.get("version") != _VERSION or isinstance(found["version"], bool):
        raise DocumentError("these layers come from another version of Layerscope")
    source = found.get("source")
    if not _KEYS.issuperset(found) or not isinstance(source, str | None):
        raise DocumentError("these layers have something in them that does not belong there")
    nodes = document.read_nodes(found.get("nodes"))
    if not nodes:
        raise DocumentError("this holds no layers")
    return Parcel(nodes, source)


def _parsed(content: bytes) -> Mapping[str, Value]:
    try:
        found = parse(content.decode())
    except ValueError as error:
        raise DocumentError("this holds no layers") from error
    if not isinstance(found, Mapping):
        raise DocumentError("this holds no layers")
    return found
