"""Exact quantiles and the exact distance of Kolmogorov and Smirnov, of large tensors too."""

from collections.abc import Callable, Sequence
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from core.blocks import Flat, Passes, blocks

Cdf = Callable[[NDArray[np.float64]], NDArray[np.float64]]


class Values(Flat, Protocol):
    """Values to be ranked: an array, or what stands for a large one that is read in slices."""

    def min(self) -> Any:
        """Return the least of them."""

    def max(self) -> Any:
        """Return the largest of them."""


# Up to this many values are simply sorted: 0.05 s.
SORTED = 2**19
_BINS = 2**16


class Ranks:
    """Which place each value of a tensor has among them, by size.

    A large tensor is not sorted, which takes seconds and a copy of it: its values are counted in
    fine bins, and of these only the few are sorted in which an answer lies. The answers are exact.
    """

    def __init__(self, values: Values, passes: Passes | None = None) -> None:
        """Take finite real values, flat, of which there is at least one.

        `passes` goes over them: once for itself, and once for each question.
        """
        self._values = values
        self._passes = passes or Passes()
        self._n = values.size
        self._low, self._high = float(values.min()), float(values.max())
        self._scale = _bins_per_unit(self._low, self._high) if self._n > SORTED else None
        if self._scale is None:
            self._sorted = np.sort(values[:])
        else:
            self._below = np.concatenate([[0], np.cumsum(self._count())])

    @property
    def sorts_all(self) -> bool:
        """Whether all values are sorted, since there are few, or they can't be told apart."""
        return self._scale is None

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
        if self.sorts_all:
            return _distance(cdf, self._sorted, np.arange(self._n), self._n)
        spread = self._high - self._low
        # The arithmetic may put a value that is this near to a limit into the next bin.
        near = 1e-12 * spread + 4 * float(np.spacing(max(abs(self._low), abs(self._high))))
        edges = np.linspace(self._low, self._high, _BINS + 1)
        first, last = cdf(edges[:-1] - near), cdf(edges[1:] + near)
        before, after = self._below[:-1] / self._n, self._below[1:] / self._n
        # A bin's least and greatest value are this far off at least, all its values at most.
        at_least = np.maximum(first - before, after - last)[after > before].max()
        at_most = np.maximum(last - before, after - first)
        return _distance(cdf, *self._inside(at_most >= at_least), self._n)

    def _count(self) -> NDArray[np.int64]:
        """Return how many values are in each fine bin."""
        counts = np.zeros(_BINS, np.int64)
        for found in self._passes.over(self._values, self._counted):
            counts += found
        return counts

    def _counted(self, chunk: NDArray[Any]) -> NDArray[np.int64]:
        counts = np.zeros(_BINS, np.int64)
        for block in blocks(chunk):
            counts += np.bincount(self._bins(block), minlength=_BINS)
        return counts

    def _bins(self, block: NDArray[Any]) -> NDArray[Any]:
        """Return the numbers of the bins of values, which never fall as values rise."""
        assert self._scale is not None
        places = block.astype(np.float64)
        places -= self._low
        places *= self._scale
        # By way of int32: processors have no instruction from floats to int64.
        return np.minimum(places.astype(np.int32), _BINS - 1).astype(np.intp)

    def _at(self, ranks: NDArray[np.int64]) -> list[float]:
        """Return the values at ranks, counted from 0."""
        if self.sorts_all:
            return [float(value) for value in self._sorted[ranks]]
        wanted = np.zeros(_BINS, np.bool_)
        wanted[np.searchsorted(self._below, ranks, "right") - 1] = True
        inside, found = self._inside(wanted)
        return [float(value) for value in inside[np.searchsorted(found, ranks)]]

    def _inside(self, wanted: NDArray[np.bool_]) -> tuple[NDArray[Any], NDArray[np.int64]]:
        """Return the values in the wanted bins, sorted, with their ranks among all."""

        def inside(chunk: NDArray[Any]) -> NDArray[Any]:
            return np.concatenate([block[wanted[self._bins(block)]] for block in blocks(chunk)])

        values = np.sort(np.concatenate(list(self._passes.over(self._values, inside))))
        filled = wanted & (np.diff(self._below) > 0)
        first, last = self._below[:-1][filled], self._below[1:][filled] - 1
        # Ranks go up by one within a bin, and at the next by what lies between. Such steps are
        # added up without holding the interpreter, as numpy.repeat would a second long.
        steps = np.ones(values.size, np.int64)
        lengths = last - first + 1
        steps[np.cumsum(lengths) - lengths] = first - np.concatenate([[0], last])[:-1]
        return values, np.cumsum(steps, out=steps)


def _bins_per_unit(low: float, high: float) -> float | None:
    """Return how many fine bins a distance of 1 has; None where there is no telling."""
    with np.errstate(over="ignore", divide="ignore"):
        scale = float(_BINS / np.float64(high - low))
    return scale if np.isfinite(scale) and scale > 0 else None


def _distance(cdf: Cdf, values: NDArray[Any], ranks: NDArray[np.int64], n: int) -> float:
    """Return the greatest distance at these values, just before and at each of them."""
    expected = cdf(values.astype(np.float64, copy=False))
    return float(max((expected - ranks / n).max(), ((ranks + 1) / n - expected).max()))
