"""The weights of restored variables, each beside its initial ones."""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from math import ceil
from typing import Any

from numpy.typing import NDArray

from core.forward_variance import sum_of
from core.graph import BuiltGraph
from core.summary import summary
from core.weights import INITIAL, RESTORED, Weights, summarize

# Without a seed, nobody can draw the same values again.
_ANOTHER_DRAW = f"{INITIAL}, another draw"
_ROUNDING = 1e-6


def with_initial(
    graph: BuiltGraph, found: Iterable[Weights], bins: int | None
) -> Iterator[Weights]:
    """Yield weights, those of restored variables each followed by the initial ones.

    These are drawn again, one variable at a time: initial and restored values need not fit side by
    side. Both histograms have bins that are as wide as the larger range of the two asks for, so
    that their counts can be compared.

    Args:
        graph: What was restored into.
        found: The weights of what the variables hold.
        bins: How many bins were asked for.

    Raises:
        NotDrawnError: The initial values can't be drawn again.
    """
    assert graph.restored is not None
    variant = _ANOTHER_DRAW if graph.built.stack.seed is None else INITIAL
    with graph.drawn_again() as draw:
        for weights in found:
            if weights.name not in graph.restored.variables:
                yield weights
                continue
            # They were not drawn from anything.
            restored = replace(
                weights,
                density=None,
                expected=None,
                curve=None,
                fit=None,
                passed=None,
                variant=RESTORED,
            )
            values = draw(weights.name)
            density, summed = graph.density(weights.name), sum_of(graph.built, weights.name)
            initial = summarize(weights.name, weights.dtype, values, bins, density, summed)
            initial = replace(initial, variant=variant)
            wider = max(_width(restored), _width(initial))
            if _count(restored, wider) != restored.counts.size:
                restored = _in_bins(restored, wider, graph.values(weights.name))
            yield restored
            yield _in_bins(initial, wider, values)


def _in_bins(weights: Weights, width: float, values: NDArray[Any]) -> Weights:
    """Return weights with a histogram whose bins are about that wide."""
    found = summary(values, _count(weights, width))
    return replace(weights, counts=found.counts, edges=found.edges)


def _count(weights: Weights, width: float) -> int:
    """Return how many bins of a width a histogram takes; all values at one place take one."""
    own = _width(weights) * weights.counts.size
    return max(1, ceil(own / width - _ROUNDING)) if own else weights.counts.size


def _width(weights: Weights) -> float:
    """Return the width of a histogram's bins; 0 where there are none, or all values are one."""
    return float(weights.edges[1] - weights.edges[0]) if weights.edges.size else 0.0
