"""The twin of `tf.layers.dropout`."""

from collections.abc import Sequence
from typing import Any

from numpy import ndarray

from core.manual.layer_inputs import with_tensors
from core.manual.layer_scope import layer_scope
from core.manual.training import if_training, training_or_phase
from core.tf1 import tf


def dropout(
    inputs: tf.Tensor,
    rate: float | tf.Tensor = 0.5,
    noise_shape: Sequence[int | None] | None = None,
    seed: int | None = None,
    training: bool | tf.Tensor | None = False,
    name: str | None = None,
) -> tf.Tensor:
    """Set a fraction of the inputs to zero while training and scale up the rest: the same shape.

    The twin of `tf.layers.dropout`. Where noise_shape is 1, a whole axis is dropped or kept
    together; where it is None, it is as long as the inputs.

    Raises:
        ValueError: The rate isn't between 0 and 1.
        TypeError: Training is neither a bool nor a tensor.
    """
    if isinstance(rate, (int, float)) and not 0 <= rate <= 1:
        raise ValueError(f"rate must be between 0 and 1, got {rate}")
    with layer_scope(None, name or "dropout"):
        inputs = with_tensors(inputs)
        if isinstance(rate, (int, float)) and rate == 0:
            return tf.identity(inputs)
        return if_training(
            training_or_phase(training),
            lambda: tf.nn.dropout(
                inputs,
                rate=rate,
                noise_shape=full_noise_shape(inputs, noise_shape),
                seed=counted_seed(seed),
            ),
            lambda: tf.identity(inputs),
        )


def counted_seed(seed: Any) -> Any:
    """Return the seed that the op takes in `tf.layers`, which counts on for a next op.

    An array counts in place, so the op takes one that has counted already.

    Raises:
        TypeError: The seed can't be counted on.
        RuntimeError: It is a variable.
    """
    taken = seed.copy() if isinstance(seed, ndarray) else seed
    if taken is not None:
        following = taken
        following += 1
    return taken


def full_noise_shape(
    inputs: tf.Tensor, noise_shape: Sequence[int | None] | None
) -> tf.Tensor | None:
    """Return the noise shape with the inputs' own size wherever it says None."""
    if noise_shape is None:
        return None
    sizes = tf.shape(inputs)
    full = [sizes[i] if size is None else size for i, size in enumerate(noise_shape)]
    return tf.convert_to_tensor(full)
