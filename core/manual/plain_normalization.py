"""Batch normalization step by step, for whatever the fused op can't do."""

from functools import partial

from core.manual.batch_norm import HALF_TYPES, BatchNorm
from core.manual.renormalization import renorm_correction
from core.manual.training import if_training, known_training
from core.tf1 import tf


def plain_normalization(
    inputs: tf.Tensor, norm: BatchNorm
) -> tuple[tf.Tensor, tf.Tensor, tf.Tensor]:
    """Return the outputs, and the mean and variance to remember."""
    batch = tf.cast(inputs, tf.float32) if inputs.dtype in HALF_TYPES else inputs
    if norm.virtual_batch_size is not None:
        batch = in_virtual_batches(batch, norm.virtual_batch_size)
    wide = partial(widened, norm=norm, batch=batch)
    scale, offset = wide(norm.gamma), wide(norm.beta)
    mean = tf.cast(norm.averages.mean, batch.dtype)
    variance = tf.cast(norm.averages.variance, batch.dtype)
    new_mean, new_variance = mean, variance
    if known_training(norm.training) is not False:
        if norm.adjustment:
            adjustment = norm.adjustment(tf.shape(batch))
            scale, offset = composed(in_training(norm, adjustment), (scale, offset))
        batch_mean, batch_variance = batch_moments(norm, batch)
        mean = if_training(norm.training, lambda: batch_mean, lambda: mean)
        variance = if_training(norm.training, lambda: batch_variance, lambda: variance)
        new_mean, new_variance = remembered(norm, mean), remembered(norm, variance)
        if norm.averages.stddev is not None:
            r, d, new_mean, new_variance = renorm_correction(norm, new_mean, new_variance)
            scale, offset = composed((wide(r), wide(d)), (scale, offset))
    outputs = tf.nn.batch_normalization(
        batch, wide(mean), wide(variance), offset, scale, norm.epsilon
    )
    outputs.set_shape(batch.shape)
    if norm.virtual_batch_size is not None:
        outputs = tf.reshape(outputs, tf.concat([[-1], tf.shape(inputs)[1:]], axis=0))
    return tf.cast(outputs, inputs.dtype), new_mean, new_variance


def in_virtual_batches(batch: tf.Tensor, size: int) -> tf.Tensor:
    """Reshape [batch, ...] to [size, batch / size, ...]: each column is one virtual batch."""
    return tf.reshape(batch, tf.concat([tf.constant([size, -1]), tf.shape(batch)[1:]], axis=0))


def widened(values: tf.Tensor | None, norm: BatchNorm, batch: tf.Tensor) -> tf.Tensor | None:
    """Return values as they broadcast to the batch: a vector lies along the channels."""
    if values is None:
        return None
    values = tf.cast(values, batch.dtype)
    if len(values.shape) == len(batch.shape) or norm.axes == [-1]:
        return values
    axes = range(-batch.shape.rank, 0)
    return tf.reshape(values, [-1 if axis in norm.axes else 1 for axis in axes])


def in_training(
    norm: BatchNorm, adjustment: tuple[tf.Tensor, tf.Tensor]
) -> tuple[tf.Tensor, tf.Tensor]:
    """Return the scale and offset of an adjustment if it trains, else 1 and 0."""
    scale, offset = adjustment
    scale, offset = if_training(
        norm.training,
        lambda: (scale, offset),
        lambda: (tf.ones_like(scale), tf.zeros_like(offset)),
    )
    return scale, offset


def batch_moments(norm: BatchNorm, batch: tf.Tensor) -> tuple[tf.Tensor, tf.Tensor]:
    """Return mean and variance of each channel, in the shape of their variables.

    Of virtual batches they have one more for each.
    """
    rank = batch.shape.rank
    reduced = [axis for axis in range(rank) if axis - rank not in norm.axes]
    if norm.virtual_batch_size is not None:
        reduced.remove(1)
    is_wide = norm.averages.mean.shape.rank > 1
    mean, variance = tf.nn.moments(batch, reduced, keep_dims=is_wide)
    return mean, variance


def remembered(norm: BatchNorm, moment: tf.Tensor) -> tf.Tensor:
    """Return a moment in its variable's shape: of virtual batches, their mean."""
    if norm.virtual_batch_size is None:
        return moment
    return tf.reduce_mean(moment, axis=1, keepdims=True)


def composed(
    first: tuple[tf.Tensor, tf.Tensor], then: tuple[tf.Tensor | None, tf.Tensor | None]
) -> tuple[tf.Tensor, tf.Tensor]:
    """Return scale and offset of two steps x * scale + offset in one; None is left out."""
    scale, offset = first
    then_scale, then_offset = then
    if then_scale is not None:
        scale, offset = scale * then_scale, offset * then_scale
    if then_offset is not None:
        offset += then_offset
    return scale, offset
