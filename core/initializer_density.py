"""The exact density of what TensorFlow's own initializers draw."""

import functools
import inspect
import math
from collections.abc import Callable, Sequence
from math import prod
from typing import Any

import numpy as np

from core.density import Density, Piece, Spike, mixture
from core.fans import fans

# The deviation of a standard normal that is cut at two (init_ops, VarianceScaling).
CUT_DEVIATION = 0.87962566103423978
_CUT = 2.0
_MOST_SPIKES = 1000
# Between these a density can be computed with: its variance is a float, too.
_LEAST, _LARGEST = 1e-150, 1e150
_ROUNDED = frozenset({"float16", "bfloat16"})
_DEPENDENT = "the entries of one orthogonal matrix depend on each other"

_Shape = tuple[int, ...]
# From the initializer, the variable's type, its shape, and the shape of one of its parts.
_Finder = Callable[[Any, Any, _Shape, _Shape], Density]


def density_of(initializer: Any, dtype: Any, shape: _Shape, parts: Sequence[_Shape]) -> Density:
    """Return what a variable was drawn from.

    An initializer of a partitioned variable is called for each part. Those that scale by fans, and
    identity, are told the whole shape; an orthogonal one makes each part a matrix of its own.

    Args:
        initializer: What `tf.get_variable` was given, in the end by a scope; None for its default.
        dtype: TensorFlow's type of the variable.
        shape: Its shape.
        parts: The shapes of its parts; of itself where it isn't partitioned.
    """
    from core.tf1 import tf

    if initializer is None:
        initializer = (
            tf.initializers.glorot_uniform() if dtype.is_floating else tf.zeros_initializer()
        )
    elif inspect.isclass(initializer):
        initializer = initializer()
    if not callable(initializer):
        return Density("the values were given as they are, so there is no density")
    # What draws is the method: a class derived from TensorFlow's may have one of its own.
    finder = _finders().get(type(initializer).__call__)
    if finder is None:
        name = getattr(initializer, "__name__", type(initializer).__name__)
        return Density(f"{name} is a function of its own, whose density is not known")
    total = prod(shape)
    try:
        found = [
            (
                prod(part) / total if total else 1 / len(parts),
                finder(initializer, dtype, shape, part),
            )
            for part in parts
        ]
    except (TypeError, ValueError, OverflowError):
        return Density(
            "a parameter of the initializer is no number to compute with: no density is known"
        )
    return mixture(found)


@functools.cache
def _finders() -> dict[Any, _Finder]:
    from core.tf1 import tf

    of = tf.initializers
    return {
        of.zeros.__call__: _zeros,
        of.ones.__call__: _ones,
        of.constant.__call__: _constant,
        of.random_uniform.__call__: _random_uniform,
        of.random_normal.__call__: _random_normal,
        of.truncated_normal.__call__: _truncated_normal,
        of.variance_scaling.__call__: _variance_scaling,
        of.uniform_unit_scaling.__call__: _uniform_unit_scaling,
        of.orthogonal.__call__: _orthogonal,
        of.identity.__call__: _identity,
    }


def _zeros(_: Any, dtype: Any, shape: _Shape, part: _Shape) -> Density:
    return Density("all zeros", spikes=(Spike(0.0, 1.0),))


def _ones(_: Any, dtype: Any, shape: _Shape, part: _Shape) -> Density:
    return Density("all ones", spikes=(Spike(1.0, 1.0),))


def _constant(initializer: Any, dtype: Any, shape: _Shape, part: _Shape) -> Density:
    """A list fills the tensor in its order; the last value stands for what is missing."""
    with np.errstate(over="ignore"):
        given = np.asarray(initializer.value).astype(dtype.as_numpy_dtype).ravel()
    values = np.abs(given) if np.iscomplexobj(given) else given
    values = values.astype(np.float64)
    if values.size == 1 and np.isfinite(values[0]):
        return Density(f"{_number(values[0])} everywhere", spikes=(Spike(float(values[0]), 1.0),))
    size = prod(part)
    distinct, counts = np.unique(values[:size], return_counts=True)
    if size > values.size:
        counts[np.searchsorted(distinct, values[-1])] += size - values.size
    if not distinct.size or distinct.size > _MOST_SPIKES or not np.isfinite(distinct).all():
        return Density("the values are those of a list, so there is no density")
    _check(*distinct.tolist())
    return Density(
        f"{values.size:,} values of a list, of which {distinct.size:,} differ",
        spikes=tuple(
            Spike(float(value), count / counts.sum())
            for value, count in zip(distinct, counts, strict=True)
        ),
    )


def _random_uniform(initializer: Any, dtype: Any, shape: _Shape, part: _Shape) -> Density:
    low = float(initializer.minval)
    high = 1.0 if initializer.maxval is None else float(initializer.maxval)
    if dtype.is_integer:
        from scipy import stats

        formula = f"whole numbers from {low:.0f} to {high - 1:.0f}, each as likely"
        return Density(formula, pieces=(Piece(1.0, stats.randint(int(low), int(high))),))
    return _uniform(
        f"uniform from minval = {_number(low)} to maxval = {_number(high)}", low, high, dtype
    )


def _random_normal(initializer: Any, dtype: Any, shape: _Shape, part: _Shape) -> Density:
    mean, stddev = float(initializer.mean), float(initializer.stddev)
    words = f"normal of mean = {_number(mean)} and stddev = {_number(stddev)}"
    return _normal(words, mean, stddev, dtype)


def _truncated_normal(initializer: Any, dtype: Any, shape: _Shape, part: _Shape) -> Density:
    mean, stddev = float(initializer.mean), float(initializer.stddev)
    words = f"normal of mean = {_number(mean)} and stddev = {_number(stddev)}"
    return _cut_normal(words, mean, stddev, dtype)


def _variance_scaling(initializer: Any, dtype: Any, shape: _Shape, part: _Shape) -> Density:
    """Source: tensorflow.python.ops.init_ops, VarianceScaling.__call__."""
    scale, mode = float(initializer.scale), initializer.mode
    found = fans(shape)
    if mode == "fan_avg":
        n = (found.fan_in + found.fan_out) / 2
        below = f"(fan_in {found.fan_in:,} + fan_out {found.fan_out:,})"
    else:
        n = found.fan_in if mode == "fan_in" else found.fan_out
        below = f"{mode} {n:,}"
    if n < 1:
        below = f"max(1, {mode} {_number(n)})"
    # The mean of the two fans puts a 2 into the numerator, unless it was too small to be taken.
    twice = 2 if mode == "fan_avg" and n >= 1 else 1
    variance = scale / max(1.0, n)
    if initializer.distribution == "uniform":
        limit = math.sqrt(3 * variance)
        words = f"uniform within \N{PLUS-MINUS SIGN}sqrt({_above(3 * twice, scale)} / {below})"
        return _uniform(f"{words} = \N{PLUS-MINUS SIGN}{_number(limit)}", -limit, limit, dtype)
    root = f"sqrt({_above(twice, scale)} / {below})"
    stddev = math.sqrt(variance)
    if initializer.distribution == "untruncated_normal":
        return _normal(f"normal of stddev = {root} = {_number(stddev)}", 0.0, stddev, dtype)
    stddev /= CUT_DEVIATION
    words = f"normal of stddev = {root} / {CUT_DEVIATION:.4f} = {_number(stddev)}"
    return _cut_normal(words, 0.0, stddev, dtype)


def _uniform_unit_scaling(initializer: Any, dtype: Any, shape: _Shape, part: _Shape) -> Density:
    """Source: tensorflow.python.ops.init_ops, UniformUnitScaling.__call__."""
    factor = float(initializer.factor)
    inputs = max(1, prod(shape[:-1]))
    limit = math.sqrt(3 / inputs) * factor
    sign = "\N{PLUS-MINUS SIGN}"
    words = f"uniform within {sign}factor {_number(factor)} \N{MULTIPLICATION SIGN} "
    formula = f"{words}sqrt(3 / input size {inputs:,}) = {sign}{_number(abs(limit))}"
    return _uniform(formula, -limit, limit, dtype)


def _orthogonal(initializer: Any, dtype: Any, shape: _Shape, part: _Shape) -> Density:
    """An entry of a matrix with orthonormal columns that has no preferred direction.

    Each column is a random point of the unit sphere in n dimensions, n the number of rows, so that
    (x + 1) / 2 of an entry x has the Beta distribution of (n - 1) / 2 and (n - 1) / 2.

    Source: Fang, Kotz and Ng, Symmetric Multivariate and Related Distributions, 1990, section 2.5;
    the matrix as tensorflow.python.ops.init_ops, Orthogonal, makes it.
    """
    from scipy import stats

    gain = abs(float(initializer.gain))
    _check(gain)
    rows, columns = prod(part[:-1]), part[-1]
    n = max(rows, columns)
    words = f"an entry of an orthogonal matrix [{rows:,}, {columns:,}] times gain {_number(gain)}"
    if gain == 0:
        return Density(words, spikes=(Spike(0.0, 1.0),))
    if n == 1:
        return Density(
            f"{words}: \N{PLUS-MINUS SIGN}gain, either as likely",
            spikes=(Spike(-gain, 0.5), Spike(gain, 0.5)),
        )
    half = (n - 1) / 2
    law = stats.beta(half, half, loc=-gain, scale=2 * gain)
    number = _number(half)
    return Density(
        f"{words}: (x / gain + 1) / 2 is Beta({number}, {number}) by the longer side n = {n:,}, "
        f"deviation gain / sqrt(n) = {_number(gain / math.sqrt(n))}",
        pieces=(Piece(1.0, law),),
        untestable=_DEPENDENT,
    )


def _identity(initializer: Any, dtype: Any, shape: _Shape, part: _Shape) -> Density:
    gain = float(initializer.gain)
    _check(gain)
    rows, columns = shape
    ones, total = min(rows, columns), rows * columns
    words = f"gain {_number(gain)} on the diagonal, {ones:,} of {total:,} values, and 0 elsewhere"
    if ones == total or gain == 0:
        return Density(words, spikes=(Spike(gain, 1.0),))
    share = ones / total
    spikes = sorted((Spike(gain, share), Spike(0.0, 1 - share)), key=lambda spike: spike.value)
    return Density(words, spikes=tuple(spikes))


def _uniform(formula: str, low: float, high: float, dtype: Any) -> Density:
    from scipy import stats

    low, high = min(low, high), max(low, high)
    _check(low, high, high - low)
    if low == high:
        return Density(formula, spikes=(Spike(low, 1.0),))
    law = stats.uniform(low, high - low)
    return Density(formula, pieces=(Piece(1.0, law),), untestable=_rounded(dtype))


def _normal(formula: str, mean: float, stddev: float, dtype: Any) -> Density:
    from scipy import stats

    _check(mean, stddev)
    if stddev == 0:
        return Density(formula, spikes=(Spike(mean, 1.0),))
    law = stats.norm(mean, abs(stddev))
    return Density(formula, pieces=(Piece(1.0, law),), untestable=_rounded(dtype))


def _cut_normal(formula: str, mean: float, stddev: float, dtype: Any) -> Density:
    from scipy import stats

    _check(mean, stddev)
    if stddev == 0:
        return Density(formula, spikes=(Spike(mean, 1.0),))
    stddev = abs(stddev)
    low, high = mean - _CUT * stddev, mean + _CUT * stddev
    law = stats.truncnorm(-_CUT, _CUT, mean, stddev)
    ends = (
        f"\N{PLUS-MINUS SIGN}{_number(high)}" if mean == 0 else f"{_number(low)} to {_number(high)}"
    )
    words = (
        f"{formula}, cut at two deviations: {ends}; "
        f"the cut leaves a deviation of {_number(CUT_DEVIATION * stddev)}"
    )
    return Density(words, pieces=(Piece(1.0, law),), untestable=_rounded(dtype))


def _check(*parameters: float) -> None:
    """Raise ValueError for numbers whose squares leave the range of a float."""
    for found in parameters:
        if found != 0 and not _LEAST < abs(found) < _LARGEST:
            raise ValueError(found)


def _rounded(dtype: Any) -> str:
    return f"the values are rounded to {dtype.name}" if dtype.name in _ROUNDED else ""


def _above(factor: int, scale: float) -> str:
    """Return a numerator: the factor times the scale, where they aren't 1."""
    if scale == 1:
        return str(factor)
    named = f"scale {_number(scale)}"
    return named if factor == 1 else f"{factor} \N{MULTIPLICATION SIGN} {named}"


def _number(value: float) -> str:
    return f"{value:.4g}"
