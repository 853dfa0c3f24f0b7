"""The name of a tensor as it is dragged from the list of those that are free, or from a row."""

import json

from PySide6.QtCore import QMimeData

MIME_TYPE = "application/x-layerscope-tensor"
_VERSION = 1
_LARGEST = 2**20


def pack(left: str) -> QMimeData:
    """Return a name of the left side as data for a drag."""
    data = QMimeData()
    text = json.dumps({"version": _VERSION, "left": left})
    data.setData(MIME_TYPE, text.encode())
    return data


def unpack(data: QMimeData) -> str | None:
    """Return the name that is dragged, None where something else is."""
    content = bytes(data.data(MIME_TYPE).data())
    if not content or len(content) > _LARGEST:
        return None
    try:
        found = json.loads(content)
    except (ValueError, RecursionError):
        return None
    match found:
        case {"version": 1, "left": str(left)}:
            return left
    return None
