"""A change of scale and bias in training, for the adjustment of batch normalization."""

from collections.abc import Callable

from core.tf1 import tf


def uniform_adjustment(
    scale: float = 0.1, bias: float = 0.1
) -> Callable[[tf.Tensor], tuple[tf.Tensor, tf.Tensor]]:
    """Return an adjustment that draws a scale and a bias for each example and channel.

    The adjustment takes the shape of the inputs, an int32 tensor, and returns two tensors
    [batch, 1, ..., channels]: scales from 1 - scale to 1 + scale, biases from -bias to bias.
    """

    def adjustment(shape: tf.Tensor) -> tuple[tf.Tensor, tf.Tensor]:
        ones = tf.ones([tf.size(shape) - 2], tf.int32)
        drawn = tf.concat([shape[:1], ones, shape[-1:]], axis=0)
        return (
            tf.random_uniform(drawn, 1 - scale, 1 + scale),
            tf.random_uniform(drawn, -bias, bias),
        )

    return adjustment
