"""The twin of `tf.layers.batch_normalization`."""

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any

from core.manual.batch_norm import HALF_TYPES, BatchNorm
from core.manual.fused_normalization import fused_format, fused_normalization
from core.manual.layer_inputs import as_tensor, with_tensors
from core.manual.layer_scope import layer_scope
from core.manual.layer_variable import ONES, ZEROS, layer_variable, variable_settings
from core.manual.moving_averages import get_moving_averages, moving_average_updates
from core.manual.plain_normalization import plain_normalization
from core.manual.renormalization import checked_clipping
from core.manual.training import if_training, known_training, training_or_phase
from core.tf1 import tf

BATCH_NORM_ROLES = (
    "gamma",
    "beta",
    "moving_mean",
    "moving_variance",
    "moving_stddev",
    "renorm_mean",
    "renorm_stddev",
)


def batch_normalization(
    inputs: tf.Tensor,
    axis: int | Sequence[int] = -1,
    momentum: float | tf.Tensor = 0.99,
    epsilon: float = 1e-3,
    center: bool = True,
    scale: bool = True,
    beta_initializer: Any = ZEROS,
    gamma_initializer: Any = ONES,
    moving_mean_initializer: Any = ZEROS,
    moving_variance_initializer: Any = ONES,
    beta_regularizer: Any = None,
    gamma_regularizer: Any = None,
    beta_constraint: Any = None,
    gamma_constraint: Any = None,
    training: bool | tf.Tensor | None = False,
    trainable: bool = True,
    name: str | None = None,
    reuse: bool | None = None,
    renorm: bool = False,
    renorm_clipping: Mapping[str, Any] | None = None,
    renorm_momentum: float | tf.Tensor = 0.99,
    fused: bool | None = None,
    virtual_batch_size: int | None = None,
    adjustment: Callable[[tf.Tensor], tuple[tf.Tensor, tf.Tensor]] | None = None,
    *,
    variables: Mapping[str, Mapping[str, Any]] | None = None,
) -> tf.Tensor:
    """Shift and scale each channel to mean beta and standard deviation gamma: the same shape.

    The twin of `tf.layers.batch_normalization`. While training, the mean and variance are the
    batch's own, and two ops that move `moving_mean` and `moving_variance` toward them go into
    `tf.GraphKeys.UPDATE_OPS`: nothing runs them unless the training step depends on them.
    Otherwise the moving averages stand in for the batch. Variables have the shape [channels]; with
    several axes, that of the inputs with 1 for every other axis.

    Raises:
        ValueError: An axis doesn't exist or its size is unknown, an argument isn't in its range,
            or reuse and the variables that exist don't agree.
        TypeError: The axis is no integer or list of integers, training is neither bool nor tensor,
            or momentum is an integer and the fused op trains.
        IndexError: The axis is an empty list.
    """
    clipping = checked_clipping(renorm_clipping) if renorm else {}
    settings = variable_settings(variables, BATCH_NORM_ROLES)
    with layer_scope(name, "batch_normalization", reuse):
        given = with_tensors(inputs)
        inputs = as_tensor(given)
        axes = axes_from_the_end(axis, inputs.shape)
        refuse_odd_virtual_batches(virtual_batch_size, inputs.shape.rank, axes, adjustment)
        shape = parameter_shape(inputs.shape, axes, virtual_batch_size)
        dtype = tf.float32 if inputs.dtype in HALF_TYPES else inputs.dtype
        variable = partial(layer_variable, dtype=dtype, settings=settings)
        learned = partial(variable, trainable=trainable)
        gamma = beta = None
        if scale:
            gamma = learned("gamma", shape, gamma_initializer, gamma_regularizer, gamma_constraint)
        if center:
            beta = learned("beta", shape, beta_initializer, beta_regularizer, beta_constraint)
        averages = get_moving_averages(
            variable, shape, moving_mean_initializer, moving_variance_initializer, renorm
        )
        norm = BatchNorm(
            axes=axes,
            gamma=gamma,
            beta=beta,
            averages=averages,
            epsilon=epsilon,
            training=training_or_phase(training),
            renorm_clipping=clipping,
            renorm_momentum=renorm_momentum,
            virtual_batch_size=virtual_batch_size,
            adjustment=adjustment,
        )
        if known_training(norm.training) is not False and not tf.is_tensor(given):
            raise TypeError(f"to train, the inputs must be a single tensor, got {given!r}")
        is_fused = (fused is None or fused) and fused_format(inputs, norm) is not None
        normalize = fused_normalization if is_fused else plain_normalization
        outputs, mean, variance = normalize(inputs, norm)
        if known_training(norm.training) is not False:
            if is_fused:
                momentum = if_training(norm.training, lambda: momentum, lambda: 1.0)
                momentum = tf.convert_to_tensor(momentum)
            fraction = 1.0 - momentum  # of the way from each average to the batch's
            if trainable:
                for update in moving_average_updates(norm, mean, variance, fraction):
                    tf.add_to_collection(tf.GraphKeys.UPDATE_OPS, update)
        return outputs


def axes_from_the_end(axis: int | Sequence[int], shape: tf.TensorShape) -> list[int]:
    """Return the axes as negative numbers, -1 for the last; each must exist, and once.

    Raises:
        TypeError: It is neither an integer nor a list or tuple.
        ValueError: An axis doesn't exist or comes twice, or the rank is unknown or 0.
        IndexError: The list is empty.
    """
    if not isinstance(axis, (int, list, tuple)):
        raise TypeError(f"axis must be an integer or a list of integers, got {axis!r}")
    if not shape.rank:
        raise ValueError(f"the inputs must have axes, got the shape {shape}")
    axes = [axis] if isinstance(axis, int) else axis
    if not axes:
        raise IndexError("axis is an empty list: no axis would keep its own mean and variance")
    axes = [number + shape.rank if number < 0 else number for number in axes]
    if min(axes) < 0 or max(axes) >= shape.rank or len(set(axes)) != len(axes):
        raise ValueError(f"axis {axis!r} doesn't fit inputs of the shape {shape}")
    return [number - shape.rank for number in axes]


def refuse_odd_virtual_batches(
    size: int | None, rank: int, axes: Sequence[int], adjustment: Any
) -> None:
    """Raise ValueError if a batch can't be normalized in smaller ones of this size."""
    if size is None:
        return
    if size <= 0:
        raise ValueError(f"virtual_batch_size must be positive, got {size}")
    if -rank in axes:
        raise ValueError("with virtual_batch_size, axis can't be 0: that is the batch")
    if adjustment is not None:
        raise ValueError("virtual_batch_size and adjustment can't go together")


def parameter_shape(
    shape: tf.TensorShape, axes: Sequence[int], virtual_batch_size: int | None
) -> list[int]:
    """Return the shape of the variables: [channels], or as many axes as the inputs.

    Raises:
        ValueError: The size of an axis is unknown.
    """
    sizes = shape.as_list()
    if None in [sizes[axis] for axis in axes]:
        raise ValueError(f"the sizes of the axes {axes} must be known, got the shape {shape}")
    if len(axes) == 1 and virtual_batch_size is None:
        return [sizes[axes[0]]]
    broad = [sizes[axis] if axis in axes else 1 for axis in range(-shape.rank, 0)]
    return broad if virtual_batch_size is None else [1, *broad]
