"""The exact sums and the exact histogram of a tensor, in two passes over blocks of it.

Blocks stay in the processor's cache: of 100 million float32 all of this takes a third of the
time of the numpy calls for the same, and five megabytes where those take 1.6 GB.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from core.stored_values import StoredValues

_BLOCK = 2**17
_MOST_AUTOMATIC_BINS = 200

_Floats = NDArray[np.float64]
_Index = Callable[[_Floats], NDArray[Any]]


@dataclass(frozen=True, slots=True)
class Summary:
    """What there is in a tensor; None where there is no finite value.

    Attributes:
        count: The number of values.
        zeros: How many are zero.
        nan: How many are not a number.
        infinite: How many are infinite.
        counts: How many finite values fall into each bin, as `numpy.histogram` has it.
        edges: The bins' limits; a constant tensor has one bin of width 0.
    """

    count: int
    zeros: int
    nan: int
    infinite: int
    minimum: float | None
    maximum: float | None
    mean: float | None
    std: float | None
    counts: NDArray[np.int64]
    edges: _Floats


def summary(values: "NDArray[Any] | StoredValues", bins: int | None = None) -> Summary:
    """Return what there is in a tensor of any numeric type, complex values by their magnitude.

    Args:
        values: The tensor, or what stands for one that is read in slices.
        bins: How many bins; None takes the square root of the count, at most 200.
    """
    flat = values.reshape(-1)
    spread = _Spread()
    for block in _blocks(flat):
        spread.add(_as_float(block))
    zeros = 0
    moments = _Moments()
    histogram = _Histogram(_edges(spread, bins), flat.dtype)
    buffer = np.empty(_BLOCK)
    for block in _blocks(flat):
        numbers = buffer[: block.size]
        np.copyto(numbers, _as_float(block), casting="unsafe")
        zeros += int(np.count_nonzero(numbers == 0))
        finite = numbers[np.isfinite(numbers)] if spread.odd else numbers
        moments.add(finite)
        histogram.add(finite)
    found = spread.finite > 0
    return Summary(
        count=flat.size,
        zeros=zeros,
        nan=spread.nan,
        infinite=flat.size - spread.finite - spread.nan,
        minimum=spread.low if found else None,
        maximum=spread.high if found else None,
        mean=moments.mean if found and np.isfinite(moments.mean) else None,
        std=moments.std if found and np.isfinite(moments.std) else None,
        counts=histogram.counts,
        edges=histogram.edges,
    )


def _blocks(flat: "NDArray[Any] | StoredValues") -> Iterator[NDArray[Any]]:
    for start in range(0, flat.size, _BLOCK):
        yield flat[start : start + _BLOCK]


def _as_float(block: NDArray[Any]) -> NDArray[Any]:
    """Return a block as real floats."""
    if np.iscomplexobj(block):
        block = np.abs(block)
    if block.dtype in (np.float32, np.float64):
        return block
    return block.astype(np.float64)


class _Spread:
    """The least and the largest finite value, and how many values are finite.

    Attributes:
        odd: Whether any is not finite.
    """

    def __init__(self) -> None:
        self.low, self.high = np.inf, -np.inf
        self.finite = 0
        self.nan = 0
        self.odd = False

    def add(self, numbers: NDArray[Any]) -> None:
        low, high = float(numbers.min()), float(numbers.max())
        # A block that holds a NaN has it as its minimum.
        if not (np.isfinite(low) and np.isfinite(high)):
            self.odd = True
            self.nan += int(np.count_nonzero(np.isnan(numbers)))
            numbers = numbers[np.isfinite(numbers)]
            if not numbers.size:
                return
            low, high = float(numbers.min()), float(numbers.max())
        self.low, self.high = min(self.low, low), max(self.high, high)
        self.finite += numbers.size


class _Moments:
    """Mean and deviation, each block's about its own mean (Chan, Golub and LeVeque, 1979)."""

    def __init__(self) -> None:
        self.mean = 0.0
        self._count = 0
        self._squares = 0.0
        self._buffer = np.empty(_BLOCK)

    @property
    def std(self) -> float:
        return float(np.sqrt(self._squares / max(self._count, 1)))

    def add(self, numbers: _Floats) -> None:
        if not numbers.size:
            return
        # Values near the largest float have no sum.
        with np.errstate(over="ignore", invalid="ignore"):
            mean = np.add.reduce(numbers) / numbers.size
            apart = self._buffer[: numbers.size]
            np.subtract(numbers, mean, out=apart)
            np.square(apart, out=apart)
            count = self._count + numbers.size
            between = mean - self.mean
            share = numbers.size / count
            self._squares += np.add.reduce(apart) + between * between * self._count * share
            self.mean += between * share
        self.mean = float(self.mean)
        self._count = count


class _Histogram:
    """Counts values between edges that are equally far apart.

    Attributes:
        counts: How many values are from one edge to below the next, the last one included.
        edges: The edges.
    """

    def __init__(self, edges: _Floats, dtype: np.dtype[Any]) -> None:
        """Count values that have come to be floats from this type."""
        self.edges = edges
        self.counts = np.zeros(max(edges.size - 1, 0), np.int64)
        self._buffer = np.empty(_BLOCK)
        self._places = np.empty(_BLOCK, np.int32)
        self._index = self._exact_index(dtype) if self.counts.size > 1 else None

    def add(self, numbers: _Floats) -> None:
        if self._index is None:
            self.counts += numbers.size
            return
        bins = self.counts.size
        # What is on the last edge has a bin of its own until here.
        counts = np.bincount(self._index(numbers), minlength=bins + 1)
        self.counts += counts[:bins]
        self.counts[-1] += counts[bins]

    def _exact_index(self, dtype: np.dtype[Any]) -> _Index:
        """Return a function that gives values the numbers of their bins, the fastest exact one."""
        first, last = self.edges[0], self.edges[-1]
        with np.errstate(over="ignore"):
            factor = self.counts.size / (last - first)
        if not np.isfinite(factor):
            return self._searched
        below, at = _neighbours(self.edges[1:-1], dtype)
        numbers = np.arange(1, self.counts.size)
        # The next larger factors take values on an edge to their side of it.
        for _ in range(3):
            self._factor = factor
            # Rounding keeps the order of values, so what is right beside the edges is right.
            if (self._scaled(at) >= numbers).all() and (self._scaled(below) < numbers).all():
                return self._scaled
            factor = np.nextafter(factor, np.inf)
        return self._corrected

    def _scaled(self, numbers: _Floats) -> NDArray[Any]:
        scaled, places = self._buffer[: numbers.size], self._places[: numbers.size]
        if numbers.size > _BLOCK:
            scaled, places = np.empty(numbers.size), np.empty(numbers.size, np.int32)
        np.subtract(numbers, self.edges[0], out=scaled)
        np.multiply(scaled, self._factor, out=scaled)
        # Eight times as fast as to int64, which processors have no instruction for.
        np.copyto(places, scaled, casting="unsafe")
        return places

    def _corrected(self, numbers: _Floats) -> NDArray[Any]:
        """Return what the scale gives, which is one bin off at most, and put that right."""
        bins = self.counts.size
        places: NDArray[Any] = np.minimum(self._scaled(numbers), bins - 1)
        places -= numbers < self.edges[places]
        places += (numbers >= self.edges[places + 1]) & (places < bins - 1)
        return places

    def _searched(self, numbers: _Floats) -> NDArray[Any]:
        places: NDArray[Any] = np.searchsorted(self.edges, numbers, "right") - 1
        return places


def _neighbours(edges: _Floats, dtype: np.dtype[Any]) -> tuple[_Floats, _Floats]:
    """Return the largest value below each edge that a type has, and the least one from it on."""
    if dtype != np.float32:
        return np.nextafter(edges, -np.inf), edges
    rounded = edges.astype(np.float32)
    lower = np.nextafter(rounded, np.float32(-np.inf))
    below = np.where(rounded < edges, rounded, lower)
    at = np.nextafter(below, np.float32(np.inf))
    return below.astype(np.float64), at.astype(np.float64)


def _edges(spread: _Spread, bins: int | None) -> _Floats:
    """Return the limits of equal bins over all finite values; none where there is no value."""
    if not spread.finite:
        return np.zeros(0)
    low, high = spread.low, spread.high
    number = bins or int(np.clip(np.sqrt(spread.finite), 5, _MOST_AUTOMATIC_BINS))
    # Limits that are too close have no bins between them, too far ones no distance.
    with np.errstate(over="ignore"):
        width = (high - low) / number
    if not np.isfinite(width) or low + width == low or high - width == high:
        return np.array([low, high])
    return np.linspace(low, high, number + 1)
