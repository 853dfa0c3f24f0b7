"""Batch renormalization (Ioffe, 2017): a batch's own statistics, corrected toward the averages'."""

from collections.abc import Mapping
from typing import Any

from core.manual.batch_norm import BatchNorm
from core.manual.moving_averages import move_toward
from core.manual.training import if_training
from core.tf1 import tf


def checked_clipping(clipping: Mapping[str, Any] | None) -> Mapping[str, Any]:
    """Return the bounds of the correction, or raise ValueError at one that doesn't exist."""
    clipping = clipping or {}
    if unknown := set(clipping) - {"rmin", "rmax", "dmax"}:
        raise ValueError(f"renorm_clipping has no {unknown}")
    return clipping


def renorm_correction(
    norm: BatchNorm, mean: tf.Tensor, variance: tf.Tensor
) -> tuple[tf.Tensor, tf.Tensor, tf.Tensor, tf.Tensor]:
    """Return scale and offset of the correction, and the mean and variance to remember.

    In training, whatever depends on the returned mean or variance moves renorm's averages too.
    """
    averages = norm.averages
    stddev = tf.sqrt(variance + norm.epsilon)
    average_mean = tf.cast(averages.renorm_mean, mean.dtype)
    average_stddev = tf.cast(averages.renorm_stddev, mean.dtype)
    average_stddev = tf.maximum(average_stddev, tf.sqrt(norm.epsilon))  # it may be near 0 yet
    scale = stddev / average_stddev
    offset = (mean - average_mean) / average_stddev
    with tf.control_dependencies([scale, offset]):  # they read the averages before these move
        mean, stddev = tf.identity(mean), tf.identity(stddev)
    moved = if_training(
        norm.training,
        lambda: (
            move_toward(averages.renorm_mean, mean, 1.0 - norm.renorm_momentum),
            move_toward(averages.renorm_stddev, stddev, 1.0 - norm.renorm_momentum),
        ),
        lambda: (tf.identity(averages.renorm_mean), tf.identity(averages.renorm_stddev)),
    )
    scale, offset = if_training(
        norm.training,
        lambda: clipped_correction(scale, offset, norm.renorm_clipping),
        lambda: (tf.ones_like(scale), tf.zeros_like(offset)),
    )
    with tf.control_dependencies(moved):
        return scale, offset, tf.identity(mean), tf.identity(variance)


def clipped_correction(
    scale: tf.Tensor, offset: tf.Tensor, clipping: Mapping[str, Any]
) -> tuple[tf.Tensor, tf.Tensor]:
    """Return the correction within its bounds, as a constant to the gradient."""
    if clipping.get("rmin") is not None:
        scale = tf.maximum(scale, clipping["rmin"])
    if clipping.get("rmax") is not None:
        scale = tf.minimum(scale, clipping["rmax"])
    if clipping.get("dmax") is not None:
        offset = tf.minimum(tf.maximum(offset, -clipping["dmax"]), clipping["dmax"])
    return tf.stop_gradient(scale), tf.stop_gradient(offset)
