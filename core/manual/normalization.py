"""The twin of `tf.layers.batch_normalization`."""

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any

from core.manual.layer_inputs import single_tensor
from core.manual.layer_scope import layer_scope
from core.manual.layer_variable import ONES, ZEROS, layer_variable, variable_settings
from core.manual.moving_averages import (
    MovingAverages,
    get_moving_averages,
    moving_average_updates,
)
from core.manual.renormalization import checked_clipping, renorm_correction
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

# What the fused op takes: the rank and the axis of the channels, and how it calls them.
FUSED_FORMATS = {(4, 1): "NCHW", (4, 3): "NHWC", (5, 1): "NCDHW", (5, 4): "NDHWC"}
HALF_TYPES = (tf.float16, tf.bfloat16)


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
        TypeError: The axis is no integer or list of integers, or training neither bool nor tensor.
    """
    clipping = checked_clipping(renorm_clipping) if renorm else {}
    settings = variable_settings(variables, BATCH_NORM_ROLES)
    training = training_or_phase(training)
    with layer_scope(name, "batch_normalization", reuse):
        inputs = single_tensor(inputs)
        axes = normalized_axes(axis, inputs.shape)
        check_virtual_batches(virtual_batch_size, axes, adjustment)
        shape = parameter_shape(inputs.shape, axes, virtual_batch_size)
        dtype = tf.float32 if inputs.dtype in HALF_TYPES else inputs.dtype
        variable = partial(layer_variable, dtype=dtype, settings=settings)
        gamma = beta = None
        if scale:
            gamma = variable(
                "gamma",
                shape,
                gamma_initializer,
                gamma_regularizer,
                gamma_constraint,
                trainable=trainable,
            )
        if center:
            beta = variable(
                "beta",
                shape,
                beta_initializer,
                beta_regularizer,
                beta_constraint,
                trainable=trainable,
            )
        averages = get_moving_averages(
            variable, shape, moving_mean_initializer, moving_variance_initializer, renorm
        )
        is_plain = renorm or virtual_batch_size is not None or adjustment is not None
        data_format = None if is_plain or fused is False else fused_format(inputs, axes)
        if data_format:
            outputs, mean, variance = fused_normalization(
                inputs, gamma, beta, averages, epsilon, training, data_format
            )
        else:
            correct = partial(
                renorm_correction,
                averages,
                epsilon=epsilon,
                clipping=clipping,
                momentum=renorm_momentum,
                training=training,
            )
            outputs, mean, variance = plain_normalization(
                inputs,
                axes,
                gamma,
                beta,
                averages,
                epsilon,
                training,
                correct if renorm else None,
                virtual_batch_size,
                adjustment,
            )
        if trainable and known_training(training) is not False:
            updates = moving_average_updates(averages, mean, variance, momentum, epsilon, training)
            for update in updates:
                tf.add_to_collection(tf.GraphKeys.UPDATE_OPS, update)
        return outputs


def normalized_axes(axis: int | Sequence[int], shape: tf.TensorShape) -> list[int]:
    """Return the axes counted from the front; each must exist, and once.

    Raises:
        TypeError: It is neither an integer nor a list or tuple.
        ValueError: An axis doesn't exist or comes twice, or the rank is unknown or 0.
    """
    if not isinstance(axis, (int, list, tuple)):
        raise TypeError(f"axis must be an integer or a list of integers, got {axis!r}")
    if not shape.rank:
        raise ValueError(f"the inputs must have axes, got the shape {shape}")
    axes = [axis] if isinstance(axis, int) else axis
    axes = [number + shape.rank if number < 0 else number for number in axes]
    if not set(axes) <= set(range(shape.rank)) or len(set(axes)) != len(axes):
        raise ValueError(f"axis {axis!r} doesn't fit inputs of the shape {shape}")
    return axes


def check_virtual_batches(size: int | None, axes: Sequence[int], adjustment: Any) -> None:
    """Raise ValueError if a batch can't be normalized in smaller ones of this size."""
    if size is None:
        return
    if size <= 0:
        raise ValueError(f"virtual_batch_size must be positive, got {size}")
    if 0 in axes:
        raise ValueError("with virtual_batch_size, axis can't be 0: that is the batch")
    if adjustment is not None:
        raise ValueError("virtual_batch_size and adjustment can't go together")


def parameter_shape(
    shape: tf.TensorShape, axes: Sequence[int], virtual_batch_size: int | None
) -> list[int]:
    """Return the shape of each variable, [channels] if it's one axis; else as broad as the inputs.

    Raises:
        ValueError: The size of an axis is unknown.
    """
    sizes = shape.as_list()
    if None in [sizes[axis] for axis in axes]:
        raise ValueError(f"the sizes of the axes {axes} must be known, got the shape {shape}")
    if virtual_batch_size is None and len(axes) == 1:
        return [sizes[axes[0]]]
    broad = [size if axis in axes else 1 for axis, size in enumerate(sizes)]
    return broad if virtual_batch_size is None else [1, *broad]


def fused_format(inputs: tf.Tensor, axes: Sequence[int]) -> str | None:
    """Return the fused op's name for the order of these dimensions, None if it can't do them."""
    if len(axes) != 1 or inputs.dtype not in {tf.float32, *HALF_TYPES}:
        return None
    return FUSED_FORMATS.get((inputs.shape.rank, axes[0]))


def fused_normalization(
    inputs: tf.Tensor,
    gamma: tf.Variable | None,
    beta: tf.Variable | None,
    averages: MovingAverages,
    epsilon: float,
    training: bool | tf.Tensor,
    data_format: str,
) -> tuple[tf.Tensor, tf.Tensor, tf.Tensor]:
    """Return the outputs and the mean and variance they are normalized by, all by one op.

    The variance of a training batch of n values is n / (n - 1) times the plain one.
    """
    shape = averages.mean.shape
    normalize = partial(
        tf.nn.fused_batch_norm,
        inputs,
        tf.ones(shape) if gamma is None else tf.cast(gamma, tf.float32),
        tf.zeros(shape) if beta is None else tf.cast(beta, tf.float32),
        epsilon=epsilon,
        data_format=data_format,
    )
    mean, variance = tf.cast(averages.mean, tf.float32), tf.cast(averages.variance, tf.float32)
    outputs, mean, variance = if_training(
        training,
        lambda: normalize(is_training=True),
        lambda: normalize(mean=mean, variance=variance, is_training=False),
    )
    return outputs, mean, variance


def plain_normalization(
    inputs: tf.Tensor,
    axes: Sequence[int],
    gamma: tf.Variable | None,
    beta: tf.Variable | None,
    averages: MovingAverages,
    epsilon: float,
    training: bool | tf.Tensor,
    correct: Callable[..., Any] | None,
    virtual_batch_size: int | None,
    adjustment: Callable[..., Any] | None,
) -> tuple[tf.Tensor, tf.Tensor, tf.Tensor]:
    """Return the outputs and the mean and variance to remember, with ops for each step.

    Args:
        inputs: [batch, ...].
        axes: The axes that keep a mean and variance of their own.
        gamma: The scale, or None.
        beta: The offset, or None.
        averages: What stands in for the batch's mean and variance in inference.
        epsilon: What the variance is increased by.
        training: Whether to take the batch's own mean and variance.
        correct: Batch renormalization, a function of mean and variance, or None.
        virtual_batch_size: The number of examples to normalize together, or None for all.
        adjustment: A function of the shape that returns a scale and an offset, or None.
    """
    batch = tf.cast(inputs, tf.float32) if inputs.dtype in HALF_TYPES else inputs
    is_virtual = virtual_batch_size is not None
    if virtual_batch_size is not None:
        batch = in_virtual_batches(batch, virtual_batch_size)
        axes = [axis + 1 for axis in axes]
    wide = partial(widened, axes=axes, like=batch)
    scale, offset, mean, variance = map(wide, (gamma, beta, averages.mean, averages.variance))
    new_mean, new_variance = mean, variance
    if known_training(training) is not False:
        if adjustment is not None:
            adjusted = training_adjustment(adjustment, batch, training)
            scale, offset = composed(adjusted, (scale, offset))
        mean, variance = batch_moments(batch, axes, is_virtual, (mean, variance), training)
        new_mean = remembered(mean, averages.mean.shape, is_virtual)
        new_variance = remembered(variance, averages.mean.shape, is_virtual)
        if correct is not None:
            r, d, new_mean, new_variance = correct(new_mean, new_variance)
            scale, offset = composed((wide(r), wide(d)), (scale, offset))
    outputs = tf.nn.batch_normalization(batch, mean, variance, offset, scale, epsilon)
    outputs.set_shape(batch.shape)
    if is_virtual:
        outputs = tf.reshape(outputs, tf.concat([[-1], tf.shape(inputs)[1:]], axis=0))
    return tf.cast(outputs, inputs.dtype), new_mean, new_variance


def in_virtual_batches(inputs: tf.Tensor, size: int) -> tf.Tensor:
    """Reshape [batch, ...] to [size, batch / size, ...]: each column is one virtual batch."""
    return tf.reshape(inputs, tf.concat([[size, -1], tf.shape(inputs)[1:]], axis=0))


def widened(values: tf.Tensor | None, axes: Sequence[int], like: tf.Tensor) -> tf.Tensor | None:
    """Return values so that they broadcast to a tensor: a vector lies along the one axis."""
    if values is None:
        return None
    values = tf.cast(values, like.dtype)
    if values.shape.rank == like.shape.rank:
        return values
    return tf.reshape(values, [-1 if axis in axes else 1 for axis in range(like.shape.rank)])


def batch_moments(
    batch: tf.Tensor,
    axes: Sequence[int],
    is_virtual: bool,
    otherwise: tuple[tf.Tensor, tf.Tensor],
    training: bool | tf.Tensor,
) -> tuple[tf.Tensor, tf.Tensor]:
    """Return mean and variance over all axes but these, as broad as the batch, if it trains."""
    kept = {1, *axes} if is_virtual else set(axes)
    reduced = [axis for axis in range(batch.shape.rank) if axis not in kept]
    moments = tf.nn.moments(batch, reduced, keep_dims=True)
    mean, variance = if_training(training, lambda: tuple(moments), lambda: otherwise)
    return mean, variance


def remembered(moment: tf.Tensor, shape: tf.TensorShape, is_virtual: bool) -> tf.Tensor:
    """Return a moment in its variable's shape: of virtual batches, the mean."""
    if is_virtual:
        moment = tf.reduce_mean(moment, axis=1, keepdims=True)
    return tf.reshape(moment, shape)


def training_adjustment(
    adjustment: Callable[..., Any], batch: tf.Tensor, training: bool | tf.Tensor
) -> tuple[tf.Tensor, tf.Tensor]:
    """Return the scale and offset that the adjustment draws, if it trains; else 1 and 0."""
    scale, offset = adjustment(tf.shape(batch))
    scale, offset = if_training(
        training, lambda: (scale, offset), lambda: (tf.ones_like(scale), tf.zeros_like(offset))
    )
    return scale, offset


def composed(
    first: tuple[tf.Tensor, tf.Tensor], then: tuple[tf.Tensor | None, tf.Tensor | None]
) -> tuple[tf.Tensor, tf.Tensor]:
    """Return scale and offset of two affine steps in one; None is a step left out."""
    scale, offset = first
    then_scale, then_offset = then
    if then_scale is not None:
        scale, offset = scale * then_scale, offset * then_scale
    if then_offset is not None:
        offset += then_offset
    return scale, offset
