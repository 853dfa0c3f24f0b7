"""The values of a checkpoint's tensors, looked at: those of a large one are read in slices."""

from collections.abc import Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray

from core.checkpoint_reader import Checkpoint
from core.cutout import Cut, Cutout, cut_out, matrix_shape, plain
from core.named_tensors import TensorInfo
from core.progress import OnProgress, ignore_progress
from core.quantities import show_bytes, show_count
from core.ranks import SORTED, Ranks
from core.summary import Summary, summary
from core.tensor_types import STRING, numpy_type
from core.weights import QUANTILES, Weights, finite_floats, summarize, unnumbered, weights_of

# Tensors up to this size are read at once.
_WHOLE = 64 * 2**20
# How much of a larger one is read at a time where only some of its rows are wanted.
_PORTION = 4 * 2**20
_BLOCK = 2**17


class StoredValues:
    """A tensor's values, in the order they lie in: a slice is read when it is asked for.

    It stands for a flat array, in what reads one in blocks.

    Attributes:
        shape: The tensor's shape.
        dtype: The type that numpy has for them.
        size: How many they are.
    """

    def __init__(
        self, checkpoint: Checkpoint, name: str, on_progress: OnProgress = ignore_progress
    ) -> None:
        """Read nothing yet, and make sure of the checksum. Raises CheckpointError."""
        tensor = checkpoint.tensors[name]
        kind = numpy_type(tensor.dtype)
        assert kind is not None
        self.shape = tensor.shape
        self.dtype = kind
        self.size = tensor.parameters
        self._checkpoint = checkpoint
        self._name = name
        self._on_progress = on_progress
        checkpoint.check(name, on_progress)

    def reshape(self, _: int) -> "StoredValues":
        """Return itself: the values are flat."""
        return self

    def __getitem__(self, part: slice) -> NDArray[Any]:
        """Read a slice, without a step. Raises CheckpointError."""
        start, stop, _ = part.indices(self.size)
        done, whole = start * self.dtype.itemsize, self.size * self.dtype.itemsize
        self._on_progress(done, whole, f"reading {show_bytes(done)} of {show_bytes(whole)}")
        return self._checkpoint.flat(self._name, start, stop)


def stored_weights(
    checkpoint: Checkpoint,
    name: str,
    title: str,
    bins: int | None = None,
    on_progress: OnProgress = ignore_progress,
) -> Weights:
    """Return the statistics and the histogram of a tensor, or what else there is to say of it.

    Args:
        checkpoint: Where it is.
        name: The tensor.
        title: What to call it.
        bins: How many bins; None takes two for truth values, else as `core.weights` has it.
        on_progress: Called while a large tensor is read; what it raises ends that.

    Raises:
        CheckpointError: The values are damaged, or can't be read.
        KeyError: There is no such tensor.
    """
    tensor = checkpoint.tensors[name]
    if tensor.dtype == STRING:
        return unnumbered(title, tensor.shape, tensor.dtype, _told(checkpoint.values(name)))
    if numpy_type(tensor.dtype) is None:
        note = f"values of type {tensor.dtype} can't be shown"
        return unnumbered(title, tensor.shape, tensor.dtype, note)
    if bins is None and tensor.dtype == "bool":
        bins = 2
    if tensor.bytes <= _WHOLE:
        return summarize(
            title, tensor.dtype, checkpoint.values(name), bins, on_progress=on_progress
        )
    values = StoredValues(checkpoint, name, on_progress)
    found = summary(values, bins)
    return weights_of(title, tensor.shape, tensor.dtype, found, _quantiles(values, found))


def stored_cutout(
    checkpoint: Checkpoint, name: str, cut: Cut, on_progress: OnProgress = ignore_progress
) -> Cutout:
    """Return a part of a tensor's values, of a large one without reading the others.

    Raises:
        CheckpointError: The values are damaged, or can't be read.
        KeyError: There is no such tensor.
    """
    tensor = checkpoint.tensors[name]
    if tensor.bytes <= _WHOLE:
        return cut_out(name, checkpoint.values(name), cut)
    shape = matrix_shape(tensor.shape) if cut.as_matrix else tensor.shape
    parts = [
        checkpoint.flat(name, start, stop)[places]
        for start, stop, places in _reads(shape, cut, tensor.itemsize, on_progress)
    ]
    sides = [len(range(*axis)) for axis in cut.axes]
    return Cutout(name, tensor.shape, cut, plain(np.concatenate(parts).reshape(sides)))


def stored_values(
    checkpoint: Checkpoint, name: str, on_progress: OnProgress = ignore_progress
) -> NDArray[Any] | StoredValues:
    """Return a tensor's values, those of a large one to be read in slices.

    Raises:
        CheckpointError: The values are damaged, or can't be read.
        KeyError: There is no such tensor.
    """
    tensor: TensorInfo = checkpoint.tensors[name]
    if tensor.bytes <= _WHOLE:
        return checkpoint.values(name)
    return StoredValues(checkpoint, name, on_progress)


def _told(texts: NDArray[Any]) -> str:
    """Return what there is to say of texts."""
    sizes = [len(text) for text in texts.ravel()]
    if not sizes:
        return "no texts"
    least, most = min(sizes), max(sizes)
    words = show_count(most, "byte") if least == most else f"{least:,} to {most:,} bytes"
    different = len(set(texts.ravel().tolist()))
    others = "" if len(sizes) == 1 else f", {different:,} of them different"
    return f"{show_count(len(sizes), 'text')} of {words}{others}"


def _quantiles(values: StoredValues, found: Summary) -> tuple[float, ...]:
    if found.minimum is None or found.maximum is None:
        return ()
    if found.minimum == found.maximum:
        return (found.minimum,) * len(QUANTILES)
    if not np.isfinite(found.maximum - found.minimum):
        return ()  # they are too far apart to be counted, and too many to be sorted
    finite = _FiniteValues(values, found)
    return Ranks(finite.whole() if finite.size <= SORTED else finite).quantiles(QUANTILES)


class _FiniteValues:
    """The finite values of a stored tensor as floats, which stand for a flat array.

    Attributes:
        size: How many they are.
    """

    def __init__(self, values: StoredValues, found: Summary) -> None:
        self._values = values
        self._found = found
        self._others = found.nan + found.infinite
        self.size = found.count - self._others
        self._starts = np.zeros(1, np.int64)
        if self._others:
            counts = [block.size for block in self._blocks(0)]
            self._starts = np.concatenate([[0], np.cumsum(counts)])

    def min(self) -> float:
        """Return the least of them."""
        assert self._found.minimum is not None
        return self._found.minimum

    def max(self) -> float:
        """Return the largest of them."""
        assert self._found.maximum is not None
        return self._found.maximum

    def whole(self) -> NDArray[Any]:
        """Return all of them."""
        return np.concatenate(list(self._blocks(0)))

    def __getitem__(self, part: slice) -> NDArray[Any]:
        start, stop, _ = part.indices(self.size)
        if not self._others:
            return finite_floats(self._values[start:stop], 0)
        first = int(np.searchsorted(self._starts, start, "right")) - 1
        found: list[NDArray[Any]] = []
        left = int(self._starts[first])
        for block in self._blocks(first):
            found.append(block[max(start - left, 0) : stop - left])
            left += block.size
            if left >= stop:
                break
        return np.concatenate(found)

    def _blocks(self, first: int) -> Iterator[NDArray[Any]]:
        for start in range(first * _BLOCK, self._values.size, _BLOCK):
            yield finite_floats(self._values[start : start + _BLOCK], self._others)


_Read = tuple[int, int, NDArray[np.int64]]


def _reads(
    shape: tuple[int, ...], cut: Cut, itemsize: int, on_progress: OnProgress
) -> Iterator[_Read]:
    """Yield which values of a flat tensor to read at once, and which of these are wanted."""
    *outer, width = shape
    ranges = [np.arange(*axis) for axis in cut.axes]
    columns = ranges[-1]
    if outer:
        rows = np.ravel_multi_index(np.ix_(*ranges[:-1]), tuple(outer)).ravel()
    else:
        rows = np.zeros(1, np.int64)
    most = max(_PORTION // itemsize, 1)
    done = 0
    while done < rows.size:
        on_progress(done, rows.size, f"reading row {done:,} of {rows.size:,}")
        first = int(rows[done])
        end = max(int(np.searchsorted(rows, first + max(most // width, 1))), done + 1)
        if width <= most:
            places = ((rows[done:end, None] - first) * width + columns).ravel()
            yield first * width, (int(rows[end - 1]) + 1) * width, places
        else:
            yield from _parts_of_row(first * width, columns, most)
        done = end


def _parts_of_row(start: int, columns: NDArray[np.int64], most: int) -> Iterator[_Read]:
    done = 0
    while done < columns.size:
        first = int(columns[done])
        end = int(np.searchsorted(columns, first + most))
        places = columns[done:end] - first
        yield start + first, start + int(columns[end - 1]) + 1, places
        done = end
