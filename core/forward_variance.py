"""How much of its inputs' variance a layer passes forward with the initial values that it has."""

from dataclasses import dataclass
from math import prod

from core.built import Built, Outcome
from core.stack import Layer

_WINDOW = "conv1d", "conv2d", "conv3d"
_SEPARABLE = "separable_conv1d", "separable_conv2d"


@dataclass(frozen=True, slots=True)
class Sum:
    """What one output of a layer sums up with the values of a variable.

    Attributes:
        inputs: How many inputs, each times a value.
        words: Where the number comes from.
    """

    inputs: int
    words: str


@dataclass(frozen=True, slots=True)
class Passed:
    """The variance that the values of a variable pass forward.

    Of independent inputs of mean 0, n of them to each output y, Var[y] is n E[w^2] Var[x], and
    E[w^2] is Var[w] where the values' mean is 0.

    Attributes:
        factor: Of the values as they are.
        expected: Of the initializer, None where its density is not known.
    """

    sum: Sum
    factor: float | None
    expected: float | None


def passed(summed: Sum, mean: float | None, std: float | None, *expected: float | None) -> Passed:
    """Return the variance passed forward by means and deviations, those expected behind."""
    return Passed(summed, _factor(summed, mean, std), _factor(summed, *expected))


def sum_of(built: Built, name: str) -> Sum | None:
    """Return what an output sums up with a variable; None where that is no plain sum of inputs.

    It is what the layer does, not what TensorFlow reads in the shape: the fans that an initializer
    enters are another thing where a kernel is transposed or goes over each channel alone.
    """
    request = next(
        found
        for found in built.ledger
        if found.outcome is Outcome.CREATED and found.variable == name
    )
    node = built.stack.node(request.origin)
    variable = next(found for found in built.variables if found.name == name)
    if not isinstance(node, Layer):
        return None
    shape, role = variable.shape, request.role
    if node.kind == "dense" and role == "kernel" and len(shape) == 2:
        return Sum(shape[0], f"{shape[0]:,} inputs")
    if node.kind in _WINDOW and role == "kernel":
        return Sum(prod(shape[:-1]), f"{_times(shape[:-2])} places of {shape[-2]:,} channels")
    if node.kind in _SEPARABLE and role == "depthwise_kernel":
        return Sum(prod(shape[:-2]), f"{_times(shape[:-2])} places of one channel")
    if node.kind in _SEPARABLE and role == "pointwise_kernel":
        return Sum(prod(shape[:-1]), f"{shape[-2]:,} channels")
    return None


def _factor(summed: Sum, mean: float | None = None, std: float | None = None) -> float | None:
    return None if mean is None or std is None else summed.inputs * (std**2 + mean**2)


def _times(window: tuple[int, ...]) -> str:
    return " \N{MULTIPLICATION SIGN} ".join(map(str, window))
