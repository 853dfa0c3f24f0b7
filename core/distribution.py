"""How the values of a tensor are distributed, as plain values that can leave a process."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from core.summary import Summary, summary
from core.weights import Statistics

BINS_OF_A_DECADE = 20
# From the least to the largest float64.
_LOWEST, _HIGHEST = -324 * BINS_OF_A_DECADE, 309 * BINS_OF_A_DECADE
# Blocks of this size stay in the processor's cache.
_BLOCK = 2**17


@dataclass(frozen=True, slots=True)
class Histogram:
    """Exact counts of values in bins that are equally wide.

    Attributes:
        counts: How many values fall into each bin, as `numpy.histogram` has it.
        low: The lower limit of the first bin.
        high: The upper limit of the last; the same as `low` where all values are one.
    """

    counts: tuple[int, ...]
    low: float
    high: float

    @property
    def edges(self) -> NDArray[np.float64]:
        """The limits of the bins, float64 [bins + 1]."""
        return np.linspace(self.low, self.high, len(self.counts) + 1)

    @property
    def total(self) -> int:
        """How many values there are in all bins."""
        return sum(self.counts)

    def bin_at(self, place: float) -> int | None:
        """Return the number of the bin that a place is in, None outside of all of them."""
        if not self.low <= place <= self.high:
            return None
        found = int(np.searchsorted(self.edges, place, "right")) - 1
        return min(found, len(self.counts) - 1)


@dataclass(frozen=True, slots=True)
class Distribution:
    """What there is in a tensor.

    Attributes:
        statistics: The sums over its values; the quantiles are left out.
        values: The histogram of its finite values, None where there are none.
        magnitudes: That of the common logarithm of what is finite and not 0, in bins of a
            `BINS_OF_A_DECADE`th, so that those of several tensors can be laid side by side; None
            where all is 0.
    """

    statistics: Statistics
    values: Histogram | None
    magnitudes: Histogram | None


def distribution(values: NDArray[Any]) -> Distribution:
    """Return the distribution of a tensor of any numeric type; complex values by magnitude."""
    found = summary(values)
    statistics = Statistics(
        count=found.count,
        mean=found.mean,
        std=found.std,
        minimum=found.minimum,
        maximum=found.maximum,
        zeros=found.zeros / max(found.count, 1),
        nan=found.nan,
        infinite=found.infinite,
    )
    return Distribution(statistics, _histogram(found), _magnitudes(values))


def distribution_from_json(value: Mapping[str, Any] | None) -> Distribution | None:
    """Return what `dataclasses.asdict` made of a distribution, read from JSON."""
    if value is None:
        return None
    statistics = {**value["statistics"], "quantiles": tuple(value["statistics"]["quantiles"])}
    return Distribution(
        Statistics(**statistics),
        _histogram_from_json(value["values"]),
        _histogram_from_json(value["magnitudes"]),
    )


def _histogram(found: Summary) -> Histogram | None:
    if not found.counts.size:
        return None
    low, high = float(found.edges[0]), float(found.edges[-1])
    return Histogram(tuple(found.counts.tolist()), low, high)


def _histogram_from_json(value: Mapping[str, Any] | None) -> Histogram | None:
    return None if value is None else Histogram(**{**value, "counts": tuple(value["counts"])})


def _magnitudes(values: NDArray[Any]) -> Histogram | None:
    """Return the histogram of the common logarithm of magnitudes, of finite ones other than 0."""
    flat = values.reshape(-1)
    counts = np.zeros(_HIGHEST - _LOWEST, np.int64)
    for start in range(0, flat.size, _BLOCK):
        block = np.abs(flat[start : start + _BLOCK]).astype(np.float64)
        block = block[np.isfinite(block) & (block > 0)]
        places = np.floor(np.log10(block) * BINS_OF_A_DECADE).astype(np.int64) - _LOWEST
        counts += np.bincount(places, minlength=counts.size)
    (there,) = np.nonzero(counts)
    if not there.size:
        return None
    first, last = int(there[0]), int(there[-1]) + 1
    low, high = ((_LOWEST + at) / BINS_OF_A_DECADE for at in (first, last))
    return Histogram(tuple(counts[first:last].tolist()), low, high)
