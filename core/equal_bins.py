"""Histograms of one variable that are shown over each other, whose counts can be compared."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from math import ceil
from typing import TYPE_CHECKING, Any

from numpy.typing import NDArray

from core.summary import summary
from core.weights import Weights

if TYPE_CHECKING:
    from core.stored_values import StoredValues

_ROUNDING = 1e-6
_Values = Callable[[], "NDArray[Any] | StoredValues"]


def in_equal_bins(found: Sequence[tuple[Weights, _Values]]) -> Iterator[Weights]:
    """Yield weights with histograms whose bins are about as wide as the widest.

    Args:
        found: The weights that are shown over each other, and what returns the values they are of.
    """
    width = max(_width(weights) for weights, _ in found)
    for weights, values in found:
        count = _count(weights, width)
        if count == weights.counts.size:
            yield weights
        else:
            other = summary(values(), count)
            yield replace(weights, counts=other.counts, edges=other.edges)


def _count(weights: Weights, width: float) -> int:
    """Return how many bins of a width a histogram takes; all values at one place take one."""
    own = _width(weights) * weights.counts.size
    return max(1, ceil(own / width - _ROUNDING)) if own else weights.counts.size


def _width(weights: Weights) -> float:
    """Return the width of a histogram's bins; 0 where there are none, or all values are one."""
    return float(weights.edges[1] - weights.edges[0]) if weights.edges.size else 0.0
