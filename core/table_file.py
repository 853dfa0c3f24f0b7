"""The file format of a checkpoint's index: a sorted table of keys and values in blocks.

It is LevelDB's table format as TensorFlow has it (tensorflow/core/lib/io/table_format.txt). Each
block ends with a checksum, so a damaged file is told from a whole one; nothing in it is believed
before that.
"""

from collections.abc import Iterator

from core.crc32c import crc32c, masked

MAGIC = 0xDB4775248B80FB57.to_bytes(8, "little")
FOOTER_BYTES = 48
# A type, and a checksum of the block and its type.
_TRAILER_BYTES = 5
_NOT_COMPRESSED = 0
_MOST_VARINT_BYTES = 10
# A few bytes can say that a key begins as the one before it, so a small file can hold endless keys.
_MOST_KEY_BYTES = 2**28


class TableError(ValueError):
    """What is wrong with a table."""


class CompressedError(TableError):
    """The table is in a form that only TensorFlow reads."""


def entries(data: bytes) -> Iterator[tuple[bytes, bytes]]:
    """Yield the keys and values of a table, in the order of the keys. Raises TableError."""
    if len(data) < FOOTER_BYTES or not data.endswith(MAGIC):
        raise TableError("it doesn't end as an index does, so it is cut off or something else")
    footer = data[-FOOTER_BYTES:]
    _, at = _handle(footer, 0)  # the block of what nobody reads
    handle, _ = _handle(footer, at)
    previous, key_bytes = None, 0
    for _, value in _block(data, handle):
        for key, found in _block(data, _handle(value, 0)[0]):
            if previous is not None and key <= previous:
                raise TableError("its keys are not in order")
            previous = key
            key_bytes += len(key)
            if key_bytes > _MOST_KEY_BYTES:
                raise TableError("its keys are too long")
            yield key, found


def varint(data: bytes, at: int) -> tuple[int, int]:
    """Return the number at a place, and the place behind it. Raises TableError."""
    if at < len(data) and data[at] < 0x80:  # most are so short
        return data[at], at + 1
    value = 0
    for shift in range(0, 7 * _MOST_VARINT_BYTES, 7):
        if at >= len(data):
            break
        byte = data[at]
        at += 1
        value |= (byte & 0x7F) << shift
        if byte < 0x80:
            return value, at
    raise TableError("a number in it has no end")


def _handle(data: bytes, at: int) -> tuple[tuple[int, int], int]:
    """Return where a block is and how large, and the place behind that."""
    offset, at = varint(data, at)
    size, at = varint(data, at)
    return (offset, size), at


def _block(data: bytes, handle: tuple[int, int]) -> Iterator[tuple[bytes, bytes]]:
    """Yield what is in a block: each key is told as what differs from the one before it."""
    block = _checked(data, *handle)
    count = int.from_bytes(block[-4:], "little")
    end = len(block) - 4 * (count + 1)
    if end < 0:
        raise TableError("a block of it is shorter than it says")
    key, at = b"", 0
    while at < end:
        shared, at = varint(block, at)
        fresh, at = varint(block, at)
        length, at = varint(block, at)
        if shared > len(key) or at + fresh + length > end:
            raise TableError("an entry in it reaches beyond its block")
        key = key[:shared] + block[at : at + fresh]
        at += fresh
        yield key, block[at : at + length]
        at += length


def _checked(data: bytes, offset: int, size: int) -> bytes:
    stop = offset + size
    if size < 4 or stop + _TRAILER_BYTES > len(data) - FOOTER_BYTES:
        raise TableError("a block of it lies outside the file")
    said = int.from_bytes(data[stop + 1 : stop + _TRAILER_BYTES], "little")
    if masked(crc32c(data[offset : stop + 1])) != said:
        raise TableError("it is damaged: a checksum in it is wrong")
    if data[stop] != _NOT_COMPRESSED:
        raise CompressedError("it is compressed")
    return data[offset:stop]
