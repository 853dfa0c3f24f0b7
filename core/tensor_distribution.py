"""The distribution of a tensor's values, exactly counted."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from core.distribution import BINS_OF_A_DECADE, Distribution, Histogram
from core.statistics import statistics_of
from core.summary import Summary, summary

# From the least to the largest float64.
_LOWEST, _HIGHEST = -324 * BINS_OF_A_DECADE, 309 * BINS_OF_A_DECADE
# Blocks of this size stay in the processor's cache.
_BLOCK = 2**17


def distribution(values: NDArray[Any]) -> Distribution:
    """Return the distribution of a tensor of any numeric type; complex values by magnitude."""
    found = summary(values)
    return Distribution(statistics_of(found), _histogram(found), _magnitudes(values))


def _histogram(found: Summary) -> Histogram | None:
    if not found.counts.size:
        return None
    low, high = float(found.edges[0]), float(found.edges[-1])
    return Histogram(tuple(found.counts.tolist()), low, high)


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
