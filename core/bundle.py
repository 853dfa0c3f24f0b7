"""A checkpoint of TensorFlow's second version: an index, and files of data beside it.

TensorFlow's own reader tells names, shapes and values, but not where a tensor lies nor its
checksum, and these are what two checkpoints are compared by: 10,000 tensors a side take it 2.6 s.
So the index is read here. Nothing in it is believed that does not fit the files, and values are
never mapped into memory: a file that is cut off meanwhile would end the process.
"""

from collections.abc import Iterator, Mapping
from math import prod
from pathlib import Path
from typing import IO, Any, NamedTuple

import numpy as np
from google.protobuf.message import DecodeError
from numpy.typing import NDArray

from core.arguments import printable
from core.bundle_protos import Entry, Header
from core.checkpoint import CheckpointError
from core.crc32c import crc32c, masked
from core.quantities import show_bytes
from core.table_file import CompressedError, TableError, entries, varint
from core.tensor_types import STRING, numpy_type, type_name

_LARGEST_INDEX = 2**30
_MOST_DIMENSIONS = 254
_MOST_VALUES = 2**63 - 1
# Tensors up to this size are read together with what stands behind them.
_WINDOW = 4 * 2**20
_BIG_ENDIAN = 1
# What TensorFlow stores before the values of a tensor of texts, behind their lengths.
_LENGTHS_CHECKSUM_BYTES = 4


class CompressedIndexError(CheckpointError):
    """The index is compressed; only TensorFlow reads it."""


class Stored(NamedTuple):  # made in half the time of a frozen dataclass, and there are many
    """A tensor as the index has it.

    Attributes:
        shard: The number of the data file.
        offset: Where its bytes begin there.
        size: How many they are.
        checksum: Theirs, as TensorFlow stores it.
        in_parts: Whether it was saved in parts, which only TensorFlow puts together.
    """

    name: str
    shape: tuple[int, ...]
    dtype: str
    shard: int
    offset: int
    size: int
    checksum: int
    in_parts: bool

    @property
    def row_bytes(self) -> int:
        """How many bytes a step along the first dimension is."""
        return self.size // max(self.shape[0], 1) if self.shape else self.size


class Bundle:
    """The files of a checkpoint, opened for reading. It belongs to one thread.

    Attributes:
        prefix: The path of its files without their endings.
        shards: How many data files it has.
        stored: Its tensors by name, in the order of the index.
    """

    def __init__(self, prefix: Path) -> None:
        """Read the index, and nothing else. Raises CheckpointError."""
        self.prefix = prefix
        self._files: dict[int, _Shard] = {}
        index = prefix.with_name(f"{prefix.name}.index")
        try:
            self.shards, self.stored = self._read(_whole(index))
        except CompressedError as error:
            raise CompressedIndexError(f"{index} can't be read: {error}") from error
        except TableError as error:
            raise CheckpointError(f"{index} can't be read: {error}") from error
        except DecodeError as error:
            raise CheckpointError(f"{index} can't be read: an entry is no message") from error
        except OSError as error:
            raise CheckpointError(f"{prefix} can't be read: {error.strerror or error}") from error

    def close(self) -> None:
        """Close its files."""
        for shard in self._files.values():
            shard.close()
        self._files.clear()

    def blocks(self, name: str) -> Iterator[bytes]:
        """Yield a tensor's bytes, in blocks of limited size. Raises CheckpointError, KeyError."""
        found = self.stored[name]
        for start in range(0, found.size, _WINDOW):
            yield self._bytes(found, start, min(_WINDOW, found.size - start))

    def values(self, name: str) -> NDArray[Any]:
        """Return a tensor's values, and make sure of their checksum.

        Raises:
            CheckpointError: They are damaged, or only TensorFlow can read them.
            KeyError: There is no such tensor.
        """
        found = self.stored[name]
        data = self._bytes(found, 0, found.size)
        if found.dtype == STRING:
            return _texts(found, data)
        if masked(crc32c(data)) != found.checksum:
            raise _damaged(found)
        return self._array(found, data).reshape(found.shape)

    def arrays(self, name: str) -> Iterator[NDArray[Any]]:
        """Yield a tensor's values flat, in blocks of limited size, and check them in the end.

        Raises:
            CheckpointError: They are damaged, or texts.
            KeyError: There is no such tensor.
        """
        found = self.stored[name]
        checksum = 0
        for block in self.blocks(name):
            checksum = crc32c(block, checksum)
            yield self._array(found, block)
        if masked(checksum) != found.checksum:
            raise _damaged(found)

    def rows(self, name: str, start: int, stop: int) -> NDArray[Any]:
        """Return some steps of a tensor along its first dimension, without reading the others.

        The checksum is one of the whole tensor, so it is not looked at.
        """
        found = self.stored[name]
        if not found.shape or found.dtype == STRING:
            return self.values(name)[start:stop]
        start, stop, _ = slice(start, stop).indices(found.shape[0])
        count = max(stop - start, 0)
        data = self._bytes(found, start * found.row_bytes, count * found.row_bytes)
        return self._array(found, data).reshape(count, *found.shape[1:])

    def flat(self, name: str, start: int, stop: int) -> NDArray[Any]:
        """Return some values of a flat tensor of numbers, without reading the others.

        The checksum is one of the whole tensor, so it is not looked at.
        """
        found = self.stored[name]
        size = found.size // max(prod(found.shape), 1)
        data = self._bytes(found, start * size, (stop - start) * size, ahead=False)
        return self._array(found, data)

    def _array(self, found: Stored, data: bytes) -> NDArray[Any]:
        kind = numpy_type(found.dtype)
        if kind is None:
            raise CheckpointError(f"{_quoted(found)}: values of type {found.dtype} can't be shown")
        return np.frombuffer(data, kind)

    def _bytes(self, found: Stored, start: int, size: int, *, ahead: bool = True) -> bytes:
        if found.in_parts:
            raise CheckpointError(f"{_quoted(found)} was saved in parts")
        try:
            if found.shard not in self._files:
                self._files[found.shard] = _Shard(self._data_path(found.shard))
            data = self._files[found.shard].read(found.offset + start, size, ahead=ahead)
        except OSError as error:
            path = self._data_path(found.shard)
            raise CheckpointError(f"{path} can't be read: {error.strerror or error}") from error
        except MemoryError:
            raise CheckpointError(
                f"{_quoted(found)} takes {show_bytes(size)}, more than there is memory"
            ) from None
        if len(data) != size:
            raise CheckpointError(f"{self._data_path(found.shard)} has become shorter")
        return data

    def _data_path(self, shard: int) -> Path:
        return self.prefix.with_name(f"{self.prefix.name}.data-{shard:05d}-of-{self._count:05d}")

    def _read(self, data: bytes) -> tuple[int, Mapping[str, Stored]]:
        rows = entries(data)
        key, value = next(rows, (None, b""))
        header = Header.FromString(value)
        if key != b"" or header.num_shards < 1:
            raise TableError("it is an index of something else")
        if header.endianness == _BIG_ENDIAN:
            raise TableError("it was written by a big-endian machine")
        self._count = header.num_shards
        sizes: dict[int, int] = {}
        found: dict[str, Stored] = {}
        for key, value in rows:
            entry = Entry.FromString(value)
            name = _name(key)
            self._check_place(name, entry, sizes)
            if key[0]:  # TensorFlow's names for the parts of tensors begin with a zero
                found[name] = _stored(name, entry)
        return header.num_shards, found

    def _check_place(self, name: str, entry: Any, sizes: dict[int, int]) -> None:
        """Make sure that an entry's bytes lie within a data file."""
        shard = entry.shard_id
        if not 0 <= shard < self._count:
            raise TableError(f"{_quote(name)} is in file {shard} of {self._count}")
        if shard not in sizes:
            path = self._data_path(shard)
            if not path.is_file():
                raise CheckpointError(f"{path} is missing, which holds values of the checkpoint")
            sizes[shard] = path.stat().st_size
        offset, size = entry.offset, entry.size
        if offset < 0 or size < 0 or offset + size > sizes[shard]:
            path = self._data_path(shard)
            raise CheckpointError(
                f"{path} has {sizes[shard]:,} bytes, and {_quote(name)} is said to be at "
                f"{offset:,} with {size:,}: the file is cut off, or the index lies"
            )


class _Shard:
    """A data file, read in windows: tensors are mostly asked for in the order they lie in."""

    def __init__(self, path: Path) -> None:
        self._file: IO[bytes] = path.open("rb", buffering=0)
        self._start = 0
        self._window = b""

    def read(self, offset: int, size: int, *, ahead: bool) -> bytes:
        """Return the bytes at a place; fewer where the file ends.

        Args:
            offset: The place.
            size: How many.
            ahead: Whether to read what stands behind them, too.
        """
        at = offset - self._start
        if at < 0 or at + size > len(self._window):
            if not ahead:
                return self._read(offset, size)
            self._window = self._read(offset, max(size, _WINDOW))
            self._start, at = offset, 0
        found = self._window[at : at + size]
        if size > _WINDOW:
            self._window = b""  # it would be kept for nothing
        return found

    def close(self) -> None:
        self._file.close()

    def _read(self, offset: int, size: int) -> bytes:
        self._file.seek(offset)
        parts = []
        # A system reads 2 GB at once, at most.
        while size > 0 and (part := self._file.read(min(size, 2**30))):
            parts.append(part)
            size -= len(part)
        return b"".join(parts)


def _whole(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            data = file.read(_LARGEST_INDEX + 1)
    except OSError as error:
        raise CheckpointError(f"{path} can't be read: {error.strerror or error}") from error
    if len(data) > _LARGEST_INDEX:
        raise CheckpointError(f"{path} is larger than {show_bytes(_LARGEST_INDEX)}")
    return data


def _name(key: bytes) -> str:
    if key[:1] == b"\0":
        return repr(key)  # of a part: it is in TensorFlow's own coding, and never shown
    try:
        return key.decode()
    except UnicodeDecodeError:
        raise TableError("the name of a tensor in it is no text") from None


def _stored(name: str, entry: Any) -> Stored:
    shape = tuple([dimension.size for dimension in entry.shape.dim])
    dtype = type_name(entry.dtype)
    if dtype is None:
        raise TableError(f"{_quote(name)} has type {entry.dtype}, which is none that is saved")
    if (shape and min(shape) < 0) or len(shape) > _MOST_DIMENSIONS or entry.shape.unknown_rank:
        raise TableError(f"{_quote(name)} has no possible shape")
    in_parts = bool(entry.slices)
    size = entry.size
    if not in_parts:
        _check_size(name, dtype, shape, size)
    elif prod(shape) > _MOST_VALUES:
        raise TableError(f"{_quote(name)} has no possible shape")
    place = entry.shard_id, entry.offset, size, entry.crc32c
    return Stored(name, shape, dtype, *place, in_parts)


def _check_size(name: str, dtype: str, shape: tuple[int, ...], size: int) -> None:
    """Make sure that a tensor's bytes are as many as its shape and its type take."""
    kind = numpy_type(dtype)
    if kind is not None and prod(shape) * kind.itemsize != size:
        raise TableError(
            f"{_quote(name)} has {size:,} bytes, which shape {list(shape)} of {dtype} does not take"
        )
    if dtype == STRING and prod(shape) > size:
        raise TableError(f"{_quote(name)} has fewer bytes than texts")


def _texts(found: Stored, data: bytes) -> NDArray[Any]:
    """Return texts, which are stored as their lengths, a checksum of these, and their bytes."""
    count, at = prod(found.shape), 0
    lengths = []
    try:
        for _ in range(count):
            length, at = varint(data, at)
            lengths.append(length)
    except TableError:
        raise _damaged(found) from None
    start = at + _LENGTHS_CHECKSUM_BYTES
    if start + sum(lengths) != len(data):
        raise _damaged(found)
    fixed = b"".join(
        length.to_bytes(8 if length > 0xFFFFFFFF else 4, "little") for length in lengths
    )
    said = int.from_bytes(data[at:start], "little")
    if masked(crc32c(fixed)) != said or masked(crc32c(data[at:], crc32c(fixed))) != found.checksum:
        raise _damaged(found)
    values = np.empty(count, object)
    for index, length in enumerate(lengths):
        values[index] = data[start : start + length]
        start += length
    return values.reshape(found.shape)


def _damaged(found: Stored) -> CheckpointError:
    return CheckpointError(f"the values of {_quoted(found)} are damaged: their checksum is wrong")


def _quoted(found: Stored) -> str:
    return _quote(found.name)


def _quote(name: str) -> str:
    return f'"{printable(name)}"'
