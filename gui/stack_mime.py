"""Nodes of a stack as they are dragged and as they lie on the clipboard."""

from functools import lru_cache

from PySide6.QtCore import QMimeData

from core import parcel as parcels
from core.parcel import Parcel

MIME_TYPE = "application/x-layerscope-nodes"


def pack(parcel: Parcel, *, as_text: bool = False) -> QMimeData:
    """Return a parcel as data for a drag or, readable as text too, for the clipboard."""
    text = parcels.dumps(parcel, indent=2 if as_text else None)
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
        return _loads(bytes(data.data(MIME_TYPE).data()))
    return _loads(data.text().encode(errors="surrogatepass"))


@lru_cache(maxsize=1)  # A drag asks for the same parcel at each of its steps.
def _loads(content: bytes) -> Parcel:
    return parcels.loads(content)
