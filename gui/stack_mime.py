"""Nodes of a stack as they are dragged and as they lie on the clipboard: versioned JSON."""

import json
from dataclasses import dataclass
from functools import lru_cache

from PySide6.QtCore import QMimeData

from core.document import (
    FORMAT,
    LARGEST_FILE,
    DocumentError,
    loads,
    nodes_to_json,
    parse_nodes,
)
from core.stack import Node

MIME_TYPE = "application/x-layerscope-nodes"
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


def pack(parcel: Parcel, *, as_text: bool = False) -> QMimeData:
    """Return a parcel as data for a drag or, readable as text too, for the clipboard."""
    content = {
        "format": _FORMAT,
        "version": _VERSION,
        "source": parcel.source,
        "nodes": nodes_to_json(parcel.nodes),
    }
    text = json.dumps(content, indent=2 if as_text else None, ensure_ascii=False)
    data = QMimeData()
    data.setData(MIME_TYPE, text.encode())
    if as_text:
        data.setText(text)
    return data


def may_hold_nodes(data: QMimeData) -> bool:
    """Tell whether it is worth unpacking; cheap, as drags and menus ask often."""
    return data.hasFormat(MIME_TYPE) or data.hasText()


def unpack(data: QMimeData) -> Parcel:
    """Return what a drop or the clipboard holds. Raises DocumentError."""
    if data.hasFormat(MIME_TYPE):
        return _parse(bytes(data.data(MIME_TYPE).data()))
    return _parse(data.text().encode(errors="surrogatepass"))


@lru_cache(maxsize=1)  # A drag asks for the same parcel at each of its steps.
def _parse(content: bytes) -> Parcel:
    if len(content) > LARGEST_FILE:
        raise DocumentError(f"this is more than {LARGEST_FILE // 2**20} MB, so it is no layers")
    try:
        text = content.decode()
        found = json.loads(text, object_pairs_hook=_without_repeats)
    except (ValueError, RecursionError) as error:
        raise DocumentError("this holds no layers") from error
    if isinstance(found, dict) and found.get("format") == FORMAT:
        return Parcel(loads(text).nodes)
    if not isinstance(found, dict) or found.get("format") != _FORMAT:
        raise DocumentError("this holds no layers")
    if found.get("version") != _VERSION or isinstance(found["version"], bool):
        raise DocumentError("these layers come from another version of Layerscope")
    source = found.get("source")
    if not _KEYS.issuperset(found) or not isinstance(source, str | None):
        raise DocumentError("these layers have something in them that does not belong there")
    nodes = parse_nodes(json.dumps(found.get("nodes")))
    if not nodes:
        raise DocumentError("this holds no layers")
    return Parcel(nodes, source)


def _without_repeats(pairs: list[tuple[str, object]]) -> dict[str, object]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise DocumentError("a key stands twice in one object")
    return found
