"""What the steps of a batch normalization share."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple

from core.tf1 import tf

# Numbers of these types are averaged as float32: their squares would overflow or vanish.
HALF_TYPES = (tf.float16, tf.bfloat16)


class MovingAverages(NamedTuple):
    """What a batch normalization remembers of the batches.

    Attributes:
        mean: The mean that inference takes.
        variance: The variance that inference takes.
        stddev: The standard deviation, which renorm averages in place of the variance.
        renorm_mean: The mean that renorm corrects a batch toward.
        renorm_stddev: The standard deviation that renorm corrects a batch toward.
    """

    mean: tf.Variable
    variance: tf.Variable
    stddev: tf.Variable | None = None
    renorm_mean: tf.Variable | None = None
    renorm_stddev: tf.Variable | None = None


class BatchNorm(NamedTuple):
    """One batch normalization: its variables and how it is done.

    Attributes:
        axes: The axes that keep a mean and variance of their own, counted from the end.
        gamma: The learned scale, or None.
        beta: The learned offset, or None.
        averages: The moving averages.
        epsilon: What the variance is increased by.
        training: Whether to take the batch's own mean and variance.
        renorm_clipping: The bounds of renorm's correction.
        renorm_momentum: The momentum of renorm's own averages.
        virtual_batch_size: How many examples to normalize together; None for all.
        adjustment: A function of the shape that returns a scale and an offset, or None.
    """

    axes: Sequence[int]
    gamma: tf.Variable | None
    beta: tf.Variable | None
    averages: MovingAverages
    epsilon: float
    training: bool | tf.Tensor
    renorm_clipping: Mapping[str, Any]
    renorm_momentum: float | tf.Tensor
    virtual_batch_size: int | None
    adjustment: Callable[[tf.Tensor], tuple[tf.Tensor, tf.Tensor]] | None
