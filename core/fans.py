"""The number of inputs and outputs that TensorFlow takes a variable to have."""

from dataclasses import dataclass
from math import prod


@dataclass(frozen=True, slots=True)
class Fans:
    """How many values one output sums up, and how many outputs one value goes into.

    Attributes:
        fan_in: By TensorFlow's reading of the shape.
        fan_out: The same.
    """

    fan_in: int
    fan_out: int


def fans(shape: tuple[int, ...]) -> Fans:
    """Return the fans of a variable's shape.

    The last dimension is taken for the outputs and the one before it for the inputs, whatever the
    layer does with them: a transposed convolution has them the other way round.

    Source: tensorflow.python.ops.init_ops, _compute_fans.
    """
    match shape:
        case ():
            return Fans(1, 1)
        case (only,):
            return Fans(only, only)
        case (*window, inputs, outputs):
            return Fans(inputs * prod(window), outputs * prod(window))
    raise AssertionError(shape)
