"""Checkpoints whose index is whole, and says what it likes."""

from pathlib import Path

from core.bundle_protos import Entry, Header
from core.crc32c import crc32c, masked
from core.table_file import MAGIC


def varint(value: int) -> bytes:
    """Return a number as protocol buffers write it."""
    found = b""
    while value >= 0x80:
        found += bytes([value & 0x7F | 0x80])
        value >>= 7
    return found + bytes([value])


def _block(rows) -> bytes:
    body = b"".join(
        varint(0) + varint(len(key)) + varint(len(value)) + key + value for key, value in rows
    )
    body += bytes(4) + (1).to_bytes(4, "little")
    return body + b"\0" + masked(crc32c(body + b"\0")).to_bytes(4, "little")


def table_of(block: bytes) -> bytes:
    """Return a table of one block."""
    handle = varint(0) + varint(len(block) - 5)
    index = _block([(b"\xff", handle)])
    footer = handle + varint(len(block)) + varint(len(index) - 5)
    return block + index + footer.ljust(40, b"\0") + MAGIC


def write_lying(folder: Path, *rows, data=bytes(64), shards=1, **header) -> Path:
    """Write an index that is whole, and says what it likes."""
    first = (b"", Header(num_shards=shards, **header).SerializeToString())
    block = _block([first, *sorted((k, v.SerializeToString()) for k, v in rows)])
    (folder / "m.index").write_bytes(table_of(block))
    (folder / "m.data-00000-of-00001").write_bytes(data)
    return folder / "m"


def entry_of(*shape, dtype=1, **fields) -> Entry:
    """Return an entry of 16 zero bytes, or what the fields say."""
    entry = Entry(dtype=dtype, **{"size": 16, "crc32c": masked(crc32c(bytes(16))), **fields})
    for size in shape:
        entry.shape.dim.add(size=size)
    return entry
