"""Exact quantiles and the exact distance of Kolmogorov and Smirnov, of large tensors too."""

from collections.abc import Callable, Iterator, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

Cdf = Callable[[NDArray[np.float64]], NDArray[np.float64]]

# Up to this many values are simply sorted: 0.05 s.
SORTED = 2**19
_BINS = 2**16
_CHUNK = 2**22


class Ranks:
    """Which place each value of a tensor has among them, by size.

    A large tensor is not sorted, which takes seconds and a copy of it: its values are counted in
    fine bins, and of these only the few are sorted in which an answer lies. The answers are exact.
    """

    def __init__(self, values: NDArray[Any]) -> None:
        """Take finite real values, flat, of which there is at least one."""
        self._values = values
        self._n = values.size
        low, high = float(values.min()), float(values.max())
        spread = high - low
        self._is_fine = self._n > SORTED and bool(np.isfinite(spread)) and spread > 0
        if self._is_fine:
            self._edges = np.linspace(low, high, _BINS + 1)
            self._is_fine = bool((np.diff(self._edges) > 0).all())
        if self._is_fine:
            self._below = np.concatenate([[0], np.cumsum(self._count())])
        else:
            self._sorted = np.sort(values)

    def quantiles(self, shares: Sequence[float]) -> tuple[float, ...]:
        """Return quantiles as `numpy.quantile` does: between two values, by their distance."""
        places = np.asarray(shares) * (self._n - 1)
        ranks = np.unique(np.concatenate([np.floor(places), np.ceil(places)]).astype(np.int64))
        at = dict(zip(ranks.tolist(), self._at(ranks), strict=True))
        found = []
        for place in places.tolist():
            lower, upper = at[int(np.floor(place))], at[int(np.ceil(place))]
            share = place % 1
            found.append(float(lower if lower == upper else lower * (1 - share) + upper * share))
        return tuple(found)

    def distance(self, cdf: Cdf) -> float:
        """Return the greatest distance between the values' distribution and a continuous one."""
        if not self._is_fine:
            return _distance(cdf, self._sorted, np.arange(self._n), self._n)
        at_edges = cdf(self._edges)
        below = self._below / self._n
        least = float(np.abs(at_edges[:-1] - below[:-1]).max())
        most = np.maximum(at_edges[1:] - below[:-1], below[1:] - at_edges[:-1])
        inside, ranks = self._inside(most > least)
        return max(least, _distance(cdf, inside, ranks, self._n))

    def _count(self) -> NDArray[np.int64]:
        """Return how many values fall into each fine bin."""
        counts = np.zeros(_BINS, np.int64)
        ends = float(self._edges[0]), float(self._edges[-1])
        for chunk in self._chunks():
            counts += np.histogram(chunk, _BINS, ends)[0]
        return counts

    def _chunks(self) -> Iterator[NDArray[np.float64]]:
        for start in range(0, self._n, _CHUNK):
            yield self._values[start : start + _CHUNK].astype(np.float64)

    def _at(self, ranks: NDArray[np.int64]) -> list[float]:
        """Return the values at ranks, counted from 0."""
        if not self._is_fine:
            return [float(value) for value in self._sorted[ranks]]
        wanted = np.zeros(_BINS, np.bool_)
        wanted[np.searchsorted(self._below, ranks, "right") - 1] = True
        inside, found = self._inside(wanted)
        return [float(value) for value in inside[np.searchsorted(found, ranks)]]

    def _inside(self, wanted: NDArray[np.bool_]) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
        """Return the values in the wanted bins, sorted, with their ranks among all."""
        # The quick way to the bin is off by one here and there: the neighbours come along.
        near = wanted.copy()
        near[1:] |= wanted[:-1]
        near[:-1] |= wanted[1:]
        low, high = self._edges[0], self._edges[-1]
        picked = []
        for chunk in self._chunks():
            quick = ((chunk - low) * (_BINS / (high - low))).astype(np.int64)
            picked.append(chunk[near[np.minimum(quick, _BINS - 1)]])
        values = np.sort(np.concatenate(picked))
        bins = np.minimum(np.searchsorted(self._edges, values, "right") - 1, _BINS - 1)
        kept = wanted[bins]
        values, bins = values[kept], bins[kept]
        first = np.searchsorted(bins, bins, "left")
        return values, self._below[bins] + np.arange(values.size) - first


def _distance(cdf: Cdf, values: NDArray[Any], ranks: NDArray[np.int64], n: int) -> float:
    """Return the greatest distance at these values, just before and at each of them."""
    if not values.size:
        return 0.0
    expected = cdf(values.astype(np.float64, copy=False))
    return float(max((expected - ranks / n).max(), ((ranks + 1) / n - expected).max()))
