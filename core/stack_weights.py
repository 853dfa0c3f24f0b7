"""The weights of a stack's variables: of what they hold, and of the initial values beside it."""

from collections.abc import Iterator, Sequence
from functools import partial
from itertools import groupby
from typing import Any

from numpy.typing import NDArray

from core.equal_bins import in_equal_bins
from core.forward_variance import sum_of
from core.graph import BuiltGraph, NotDrawnError
from core.progress import OnProgress, ignore_progress
from core.sources import Selected, StackValues
from core.weights import Weights, summarize, why_not_summarized


def stack_weights(
    graph: BuiltGraph,
    selected: Sequence[Selected],
    bins: int | None = None,
    on_progress: OnProgress = ignore_progress,
) -> Iterator[Weights]:
    """Yield the weights of variables in a graph.

    Where restored and initial values of a variable follow each other, they have equal bins.

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
            beside.append((weights, partial(_same, values)))
        yield from in_equal_bins(beside)


def _same(values: NDArray[Any]) -> NDArray[Any]:
    return values


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
