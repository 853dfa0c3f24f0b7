"""What `training` decides: at once if it's known while the graph is built, else in a tf.cond."""

from collections.abc import Callable
from typing import Any

from core.tf1 import tf


def training_or_phase(training: bool | tf.Tensor | None) -> bool | tf.Tensor:
    """Return training, or Keras's learning phase if it is None."""
    return tf.keras.backend.learning_phase() if training is None else training


def known_training(training: bool | tf.Tensor) -> bool | None:
    """Return training as a bool, or None if only a run of the graph can tell.

    Raises:
        TypeError: It is neither a bool nor a tensor.
    """
    if tf.is_tensor(training):
        value = tf.get_static_value(tf.convert_to_tensor(training))
        return None if value is None else bool(value)
    if training not in {False, True}:
        raise TypeError(f"training must be a bool or a boolean tensor, got {training!r}")
    return bool(training)


def if_training(
    training: bool | tf.Tensor, then: Callable[[], Any], otherwise: Callable[[], Any]
) -> Any:
    """Return what `then` builds if training is true, else what `otherwise` builds."""
    known = known_training(training)
    if known is None:
        return tf.cond(training, then, otherwise)
    return then() if known else otherwise()
