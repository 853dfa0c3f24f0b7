"""The twin of `tf.layers.flatten`."""

import math

from core.manual.layer_inputs import single_input
from core.manual.layer_scope import layer_scope
from core.manual.spatial import is_channels_first
from core.tf1 import tf


def flatten(
    inputs: tf.Tensor, name: str | None = None, data_format: str | None = "channels_last"
) -> tf.Tensor:
    """Lay all axes but the batch in one: [batch, a, b, ...] to [batch, a * b * ...].

    The twin of `tf.layers.flatten`. A vector [batch] becomes [batch, 1]. With data_format
    "channels_first" the channels move to the end before.

    Raises:
        ValueError: The inputs are a scalar, or the data format doesn't exist.
    """
    channels_first = is_channels_first(data_format)
    with layer_scope(None, name or "flatten"):
        inputs = single_input(inputs, least_rank=1)
        rank = inputs.shape.rank
        if rank == 1:
            return tf.expand_dims(inputs, axis=1)
        if rank and channels_first:
            inputs = tf.transpose(inputs, [0, *range(2, rank), 1])
        return tf.reshape(inputs, flat_shape(inputs))


def flat_shape(inputs: tf.Tensor) -> tf.Tensor | list[int | tf.Tensor]:
    """Return [batch, features], with as much of it known as there is to know."""
    if inputs.shape[1:].is_fully_defined():
        return tf.constant([-1, math.prod(inputs.shape.as_list()[1:])])
    if inputs.shape.rank and inputs.shape.as_list()[0] is not None:
        return tf.constant([inputs.shape.as_list()[0], -1])
    return [tf.shape(inputs)[0], -1]
