"""The last steps of a layer: its activation and the loss on what comes out."""

from typing import Any

from core.tf1 import tf


def activate(outputs: tf.Tensor, activation: Any, activity_regularizer: Any) -> tf.Tensor:
    """Apply a layer's activation and add the loss on its activity.

    The loss is divided by the batch size, so that its strength doesn't depend on it.

    Args:
        outputs: [batch, ...].
        activation: A function of a tensor, its Keras name, or None for none.
        activity_regularizer: A function of the outputs that returns a loss, or its Keras name.

    Raises:
        TypeError: The activation isn't callable.
        ValueError: No activation or regularizer has this name, or the activation returns None.
    """
    outputs = tf.keras.activations.get(activation)(outputs)
    if outputs is None:
        raise ValueError(f"the activation {activation!r} returned nothing")
    regularizer = tf.keras.regularizers.get(activity_regularizer)
    if regularizer:
        with tf.name_scope("ActivityRegularizer"):
            loss = tf.convert_to_tensor(regularizer(outputs))
            loss /= tf.cast(tf.shape(outputs)[0], loss.dtype)
        tf.add_to_collection(tf.GraphKeys.REGULARIZATION_LOSSES, loss)
    return outputs
