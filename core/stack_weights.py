"""The weights of a stack's variables: of what they hold, and of the initial values beside it."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import groupby
from math import ceil
from typing import Any

from numpy.typing import NDArray

from core.forward_variance import sum_of
from core.graph import BuiltGraph, NotDrawnError
from core.progress import OnProgress, ignore_progress
from core.sources import Selected, StackValues
from core.summary import summary
from core.weights import Weights, summarize, why_not_summarized

_ROUNDING = 1e-6


def stack_weights(
    graph: BuiltGraph,
    selected: Sequence[Selected],
    bins: int | None = None,
    on_progress: OnProgress = ignore_progress,
) -> Iterator[Weights]:
    """Yield the weights of variables in a graph.

    Where restored and initial values of a variable follow each other, their histograms have bins
    that are as wide as the larger range of the two asks for, so that their counts can be compared.

    Args:
        graph: What holds the values that are asked for, or draws them again.
        selected: The variables, from sources of one stack.
        bins: How many bins; None leaves it to the values' count.
        on_progress: Called between parts of a large variable; what it raises ends it.

    Raises:
        NotDrawnError: There is no memory for a summary, or values can't be drawn again.
    """
    readers = {
        initial: graph.values_of(
            [found.name for found in selected if _is_initial(found) is initial], initial=initial
        )
        for initial in (False, True)
    }
    variables = {variable.name: variable for variable in graph.built.variables}
    for name, same in groupby(selected, lambda found: found.name):
        why_not = why_not_summarized(variables[name])
        if why_not is not None:
            raise NotDrawnError(why_not)
        beside = []
        for found in same:
            values = readers[_is_initial(found)].of(name)
            weights = _summarized(graph, found, variables[name].dtype, values, bins, on_progress)
            beside.append((weights, values))
        yield from _in_equal_bins(beside)


def _is_initial(selected: Selected) -> bool:
    assert isinstance(selected.source, StackValues)
    return selected.source.restored is None


def _summarized(
    graph: BuiltGraph,
    selected: Selected,
    dtype: str,
    values: NDArray[Any],
    bins: int | None,
    on_progress: OnProgress,
) -> Weights:
    name, title = selected.name, selected.title
    restored = graph.restored is not None and name in graph.restored.variables
    if restored and not _is_initial(selected):
        # They were not drawn from anything.
        return summarize(title, dtype, values, bins, on_progress=on_progress)
    summed = sum_of(graph.built, name)
    return summarize(title, dtype, values, bins, graph.density(name), summed, on_progress)


def _in_equal_bins(found: list[tuple[Weights, NDArray[Any]]]) -> Iterator[Weights]:
    """Yield weights with histograms whose bins are about as wide as the widest."""
    width = max(_width(weights) for weights, _ in found)
    for weights, values in found:
        count = _count(weights, width)
        if count == weights.counts.size:
            yield weights
        else:
            other = summary(values, count)
            yield replace(weights, counts=other.counts, edges=other.edges)


def _count(weights: Weights, width: float) -> int:
    """Return how many bins of a width a histogram takes; all values at one place take one."""
    own = _width(weights) * weights.counts.size
    return max(1, ceil(own / width - _ROUNDING)) if own else weights.counts.size


def _width(weights: Weights) -> float:
    """Return the width of a histogram's bins; 0 where there are none, or all values are one."""
    return float(weights.edges[1] - weights.edges[0]) if weights.edges.size else 0.0
