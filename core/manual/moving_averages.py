"""The moving averages of a batch normalization, and the ops that move them."""

from collections.abc import Callable, Sequence
from typing import Any

from core.manual.batch_norm import BatchNorm, MovingAverages
from core.manual.training import if_training
from core.tf1 import tf


def get_moving_averages(
    variable: Callable[..., tf.Variable], shape: Sequence[int], renorm: bool
) -> MovingAverages:
    """Create or reuse the moving averages, which are neither trained nor partitioned.

    Args:
        variable: `layer_variable` with all but the role and shape filled in.
        shape: The shape of each.
        renorm: Whether to make the three that batch renormalization needs.

    Raises:
        ValueError: One was asked for in partitions.
    """

    def average(role: str) -> tf.Variable:
        found = variable(
            role,
            shape,
            trainable=False,
            synchronization=tf.VariableSynchronization.ON_READ,
            aggregation=tf.VariableAggregation.MEAN,
        )
        if not tf.is_tensor(found):
            raise ValueError(f"{role} can't be partitioned: one op moves all of it")
        return found

    tf.get_variable_scope().set_partitioner(None)
    mean = average("moving_mean")
    variance = average("moving_variance")
    if not renorm:
        return MovingAverages(mean, variance)
    return MovingAverages(
        mean,
        variance,
        average("moving_stddev"),
        average("renorm_mean"),
        average("renorm_stddev"),
    )


def sqrt_initializer(initializer: Any) -> Callable[..., tf.Tensor]:
    """Return an initializer that makes the square roots of what another one makes."""
    initializer = tf.keras.initializers.get(initializer)

    # Named as tf.layers names its own, so that both read the same where variables are listed.
    def moving_stddev_initializer(*args: Any, **kwargs: Any) -> tf.Tensor:
        return tf.sqrt(initializer(*args, **kwargs))

    return moving_stddev_initializer


def moving_average_updates(
    norm: BatchNorm, mean: tf.Tensor, variance: tf.Tensor, fraction: float | tf.Tensor
) -> list[tf.Operation]:
    """Return the two ops that move mean and variance toward a batch's, if it trains."""
    averages = norm.averages

    def move_variance() -> tf.Tensor:
        if averages.stddev is None:
            return move_toward(averages.variance, variance, fraction)
        stddev = move_toward(averages.stddev, tf.sqrt(variance + norm.epsilon), fraction)
        moved = tf.nn.relu(stddev * stddev - norm.epsilon)
        return tf.assign(averages.variance, tf.cast(moved, averages.variance.dtype.base_dtype))

    return [
        if_training(
            norm.training,
            lambda: move_toward(averages.mean, mean, fraction),
            lambda: tf.identity(averages.mean),
        ).op,
        if_training(norm.training, move_variance, lambda: tf.identity(averages.variance)).op,
    ]


def move_toward(variable: tf.Variable, value: tf.Tensor, fraction: float | tf.Tensor) -> tf.Tensor:
    """Return the variable after it moved this fraction of the way to the value."""
    dtype = variable.dtype.base_dtype
    value = tf.cast(value, dtype)
    with tf.name_scope("AssignMovingAvg"):
        return tf.assign_sub(variable, (variable - value) * tf.cast(fraction, dtype))
