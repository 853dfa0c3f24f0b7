"""Initial values: whether they fit, their statistics and their histograms."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import psutil

from core.built import Variable
from core.quantities import show_bytes

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

# What a process needs beside its tensors while it draws them, at most.
_RESERVE = 256 * 2**20


@dataclass(frozen=True, slots=True)
class Statistics:
    """Sums over a tensor's values; None where there is no finite one.

    Attributes:
        count: The number of values.
        zeros: The share of zeros, from 0 to 1.
        nan: How many values are not a number.
        infinite: How many values are infinite.
    """

    count: int
    mean: float | None
    std: float | None
    minimum: float | None
    maximum: float | None
    zeros: float
    nan: int
    infinite: int


@dataclass(frozen=True, slots=True)
class Weights:
    """A variable's values, summarized.

    Attributes:
        counts: How many finite values fall into each bin, int64 [bins].
        edges: The bins' limits, float64 [bins + 1]; a constant tensor has one bin of width 0.
    """

    name: str
    shape: tuple[int, ...]
    dtype: str
    statistics: Statistics
    counts: "NDArray[np.int64]"
    edges: "NDArray[np.float64]"


def why_too_large(variables: tuple[Variable, ...]) -> str | None:
    """Return a sentence where the variables' values don't fit into free memory, else None.

    While a variable is drawn, its values exist a second time as the initializer's result.
    """
    values = sum(variable.bytes for variable in variables)
    largest = max((variable.bytes for variable in variables), default=0)
    needed = values + largest + min(values, _RESERVE)
    free = psutil.virtual_memory().available
    if needed <= free:
        return None
    return (
        f"The initial values were not drawn: they take {show_bytes(values)} "
        f"({show_bytes(needed)} while they are drawn), and {show_bytes(free)} of memory is free."
    )


def summarize(name: str, dtype: str, values: "NDArray[Any]", bins: int | None = None) -> Weights:
    """Return the statistics and the histogram of a tensor of any numeric type.

    Args:
        name: The variable's name.
        dtype: TensorFlow's name of its type.
        values: Its values.
        bins: How many bins; None takes the square root of the count, at most 200.
    """
    # Numpy is no part of the window's start, which waits for what is imported.
    from core.summary import summary

    found = summary(values, bins)
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
    return Weights(name, values.shape, dtype, statistics, found.counts, found.edges)
