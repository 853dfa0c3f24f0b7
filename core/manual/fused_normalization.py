"""Batch normalization by TensorFlow's one op for it."""

from functools import partial

from core.manual.batch_norm import HALF_TYPES, BatchNorm
from core.manual.training import if_training
from core.tf1 import tf

# What the op calls the order of the dimensions, by their number and the axis of the channels.
FUSED_FORMATS = {(4, -3): "NCHW", (4, -1): "NHWC", (5, -4): "NCDHW", (5, -1): "NDHWC"}


def fused_format(inputs: tf.Tensor, norm: BatchNorm) -> str | None:
    """Return what the op calls the order of the inputs' dimensions, or None if it can't do them."""
    is_renorm = norm.averages.stddev is not None
    if is_renorm or norm.virtual_batch_size is not None or norm.adjustment is not None:
        return None
    if len(norm.axes) != 1 or inputs.dtype not in {tf.float32, *HALF_TYPES}:
        return None
    return FUSED_FORMATS.get((inputs.shape.rank, norm.axes[0]))


def fused_normalization(
    inputs: tf.Tensor, norm: BatchNorm
) -> tuple[tf.Tensor, tf.Tensor, tf.Tensor]:
    """Return the outputs, and the mean and variance to remember.

    The variance of a training batch of n values is n / (n - 1) times the plain one.
    """
    shape = norm.averages.mean.shape
    normalize = partial(
        tf.nn.fused_batch_norm,
        inputs,
        tf.ones(shape) if norm.gamma is None else tf.cast(norm.gamma, tf.float32),
        tf.zeros(shape) if norm.beta is None else tf.cast(norm.beta, tf.float32),
        epsilon=norm.epsilon,
        data_format=fused_format(inputs, norm),
    )
    moving_mean = tf.cast(norm.averages.mean, tf.float32)
    moving_variance = tf.cast(norm.averages.variance, tf.float32)
    outputs, mean, variance = if_training(
        norm.training,
        lambda: normalize(is_training=True),
        lambda: normalize(mean=moving_mean, variance=moving_variance, is_training=False),
    )
    return outputs, mean, variance
