"""Initial values: whether they fit, their statistics and their histograms."""

from dataclasses import dataclass, replace
from math import prod
from typing import Any

import numpy as np
import psutil
from numpy.typing import NDArray

from core.blocks import Passes
from core.built import Variable
from core.density import Density, Expected, expected
from core.fit import Fit, fit
from core.forward_variance import Passed, Sum, passed
from core.progress import OnProgress, ignore_progress
from core.quantities import show_bytes
from core.ranks import Ranks
from core.statistics import Statistics, statistics_of
from core.summary import Summary, summary

# The quantiles that are told of each tensor.
QUANTILES = (0.01, 0.25, 0.5, 0.75, 0.99)
# Values of other types are copied as float64 to be summarized; beside them there are only blocks.
_AS_THEY_ARE = frozenset({"float32", "float64"})
_FLOAT64 = 8
_BUFFERS = 32 * 2**20
# Two for the sums, and for the ranks one and one for each question.
_PASSES = 5
# What a process needs beside its tensors while it draws them, at most.
_RESERVE = 256 * 2**20


@dataclass(frozen=True, slots=True)
class Weights:
    """A variable's values, summarized.

    Attributes:
        counts: How many finite values fall into each bin, int64 [bins].
        edges: The bins' limits, float64 [bins + 1]; a constant tensor has one bin of width 0.
        density: What the values were drawn from, None where nobody said.
        expected: What the density foretells, None where that is None.
        curve: Places and the density there, probability per unit; empty for spikes alone.
        fit: How well the values fit their density, None where that is None.
        passed: The variance that they pass forward, None where they are no factors of inputs.
        note: What there is to say of values that are no numbers; empty for numbers.
    """

    name: str
    shape: tuple[int, ...]
    dtype: str
    statistics: Statistics
    counts: NDArray[np.int64]
    edges: NDArray[np.float64]
    density: Density | None = None
    expected: Expected | None = None
    curve: tuple[NDArray[np.float64], NDArray[np.float64]] | None = None
    fit: Fit | None = None
    passed: Passed | None = None
    note: str = ""

    @property
    def finite(self) -> int:
        """The number of finite values."""
        found = self.statistics
        return found.count - found.nan - found.infinite


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


def why_not_summarized(variable: Variable) -> str | None:
    """Return a sentence where a variable's summary doesn't fit into free memory, else None.

    A system that hands out more memory than there is would end the process.
    """
    copied = 0 if variable.dtype in _AS_THEY_ARE else variable.parameters * _FLOAT64
    needed = variable.bytes + copied + _BUFFERS
    free = psutil.virtual_memory().available
    if needed <= free:
        return None
    return (
        f"summarizing {variable.name} takes {show_bytes(needed)}, "
        f"and {show_bytes(free)} of memory is free"
    )


def summarize(
    name: str,
    dtype: str,
    values: NDArray[Any],
    bins: int | None = None,
    density: Density | None = None,
    summed: Sum | None = None,
    on_progress: OnProgress = ignore_progress,
) -> Weights:
    """Return the statistics and the histogram of a tensor of any numeric type.

    Args:
        name: The variable's name.
        dtype: TensorFlow's name of its type.
        values: Its values.
        bins: How many bins; None takes the square root of the count, at most 200.
        density: What they were drawn from.
        summed: What an output of the layer sums up with them.
        on_progress: Called between parts of a large one; what it raises ends it.
    """
    passes = Passes(_PASSES, on_progress, f"summarizing {name}")
    found = summary(values, bins, passes)
    finite = finite_floats(values, found.nan + found.infinite)
    ranks = Ranks(finite, passes) if finite.size else None
    quantiles = ranks.quantiles(QUANTILES) if ranks else ()
    plain = weights_of(name, values.shape, dtype, found, quantiles)
    statistics = plain.statistics
    if density is None:
        return plain
    foretold = expected(density, QUANTILES)
    passing = (statistics.mean, statistics.std, foretold.mean, foretold.std)
    return replace(
        plain,
        density=density,
        expected=foretold,
        curve=density.curve(),
        fit=fit(density, ranks, finite.size, found.count),
        passed=passed(summed, *passing) if summed else None,
    )


def weights_of(
    name: str,
    shape: tuple[int, ...],
    dtype: str,
    found: Summary,
    quantiles: tuple[float, ...],
) -> Weights:
    """Return what a tensor's summary comes to.

    Args:
        name: What to call it.
        shape: Its shape.
        dtype: TensorFlow's name of its type.
        found: The summary.
        quantiles: Those of `QUANTILES`, none where there is no finite value.
    """
    statistics = statistics_of(found, quantiles)
    return Weights(name, shape, dtype, statistics, found.counts, found.edges)


def unnumbered(name: str, shape: tuple[int, ...], dtype: str, note: str) -> Weights:
    """Return what there is to say of a tensor whose values are no numbers."""
    statistics = Statistics(prod(shape), None, None, None, None, 0.0, 0, 0)
    counts, edges = np.zeros(0, np.int64), np.zeros(0)
    return Weights(name, shape, dtype, statistics, counts, edges, note=note)


def finite_floats(values: NDArray[Any], others: int) -> NDArray[Any]:
    """Return the finite values flat and as real floats: complex ones by their magnitude.

    Args:
        values: The tensor.
        others: How many of its values are not finite.
    """
    flat = values.ravel()
    if np.iscomplexobj(flat):
        flat = np.abs(flat)
    if flat.dtype not in (np.float32, np.float64):
        flat = flat.astype(np.float64)
    return flat[np.isfinite(flat)] if others else flat
