"""Initial values: whether they fit, their statistics and their histograms."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import psutil
from numpy.typing import NDArray

from core.built import Variable
from core.quantities import show_bytes

_MOST_BINS = 200
# What a summary holds for each value beside the values: they and the finite ones as float64, and
# which are finite.
_SUMMARY_BYTES = 18
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
    counts: NDArray[np.int64]
    edges: NDArray[np.float64]


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
    count = variable.bytes // max(variable.itemsize, 1)
    needed = variable.bytes + count * _SUMMARY_BYTES
    free = psutil.virtual_memory().available
    if needed <= free:
        return None
    return (
        f"summarizing {variable.name} takes {show_bytes(needed)}, "
        f"and {show_bytes(free)} of memory is free"
    )


def summarize(name: str, dtype: str, values: NDArray[Any], bins: int | None = None) -> Weights:
    """Return the statistics and the histogram of a tensor of any numeric type.

    Args:
        name: The variable's name.
        dtype: TensorFlow's name of its type.
        values: Its values.
        bins: How many bins; None takes the square root of the count, at most 200.
    """
    numbers = _as_float(values)
    finite = numbers if np.isfinite(numbers).all() else numbers[np.isfinite(numbers)]
    counts, edges = _histogram(finite, bins)
    return Weights(name, values.shape, dtype, _statistics(numbers, finite), counts, edges)


def _as_float(values: NDArray[Any]) -> NDArray[Any]:
    """Return values flat and as real floats: complex ones by their magnitude."""
    flat = values.ravel()
    if np.iscomplexobj(flat):
        flat = np.abs(flat)
    if flat.dtype in (np.float32, np.float64):
        return flat
    return flat.astype(np.float64)


def _statistics(numbers: NDArray[Any], finite: NDArray[Any]) -> Statistics:
    found = finite.size > 0
    mean = std = np.nan
    if found:
        with np.errstate(over="ignore", invalid="ignore"):
            mean = float(finite.mean(dtype=np.float64))
            std = float(finite.std(dtype=np.float64))
    nan = int(np.isnan(numbers).sum()) if finite.size < numbers.size else 0
    return Statistics(
        count=numbers.size,
        mean=_finite(mean),
        std=_finite(std),
        minimum=float(finite.min()) if found else None,
        maximum=float(finite.max()) if found else None,
        zeros=float((numbers == 0).mean()) if numbers.size else 0.0,
        nan=nan,
        infinite=numbers.size - finite.size - nan,
    )


def _finite(value: float) -> float | None:
    """Return a sum, or None where there was nothing to sum up or it is too large for a float."""
    return float(value) if np.isfinite(value) else None


def _histogram(
    finite: NDArray[Any], bins: int | None
) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    if finite.size == 0:
        return np.zeros(0, np.int64), np.zeros(0)
    low, high = float(finite.min()), float(finite.max())
    if low == high:
        return np.array([finite.size]), np.array([low, high])
    number = bins or int(np.clip(np.sqrt(finite.size), 5, _MOST_BINS))
    # Limits that are too close have no bins between them, too far ones no distance.
    with np.errstate(over="ignore"):
        width = (high - low) / number
    if not np.isfinite(width) or low + width == low or high - width == high:
        return np.array([finite.size]), np.array([low, high])
    counts, edges = np.histogram(finite.astype(np.float64, copy=False), number, (low, high))
    return counts.astype(np.int64), edges.astype(np.float64)
