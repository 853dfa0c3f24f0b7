"""Layer normalization: each example by its own mean and variance. `tf.layers` has none."""

from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any

from core.manual.batch_norm import HALF_TYPES
from core.manual.layer_inputs import single_tensor
from core.manual.layer_scope import layer_scope
from core.manual.layer_variable import ONES, ZEROS, layer_variable, variable_settings
from core.manual.normalization import axes_from_the_end
from core.tf1 import tf


def layer_normalization(
    inputs: tf.Tensor,
    axis: int | Sequence[int] = -1,
    epsilon: float = 1e-3,
    center: bool = True,
    scale: bool = True,
    beta_initializer: Any = ZEROS,
    gamma_initializer: Any = ONES,
    beta_regularizer: Any = None,
    gamma_regularizer: Any = None,
    beta_constraint: Any = None,
    gamma_constraint: Any = None,
    trainable: bool = True,
    name: str | None = None,
    reuse: bool | None = None,
    *,
    variables: Mapping[str, Mapping[str, Any]] | None = None,
) -> tf.Tensor:
    """Bring the values along some axes to mean beta and deviation gamma: the same shape.

    The arguments and the numbers are those of `tf.keras.layers.LayerNormalization` (Ba, Kiros and
    Hinton 2016, "Layer Normalization"). Its variables are `gamma` and `beta`, each as long as the
    axes; `variables` holds arguments of `tf.get_variable` for them.

    Raises:
        ValueError: An axis doesn't exist or its size is unknown, or reuse and the variables that
            exist don't agree.
        TypeError: The axis is no integer or list of integers.
    """
    settings = variable_settings(
        variables,
        gamma=(gamma_initializer, gamma_regularizer, gamma_constraint),
        beta=(beta_initializer, beta_regularizer, beta_constraint),
    )
    with layer_scope(name, "layer_normalization", reuse):
        inputs = single_tensor(inputs)
        axes = sorted(axes_from_the_end(axis, inputs.shape))
        values = tf.cast(inputs, tf.float32) if inputs.dtype in HALF_TYPES else inputs
        variable = partial(
            layer_variable, dtype=values.dtype, trainable=trainable, settings=settings
        )
        shape = known_sizes(inputs.shape, axes)
        gamma = variable("gamma", shape) if scale else None
        beta = variable("beta", shape) if center else None
        mean, variance = tf.nn.moments(values, axes, keep_dims=True)
        offset, factor = along_axes(beta, axes, values), along_axes(gamma, axes, values)
        outputs = tf.nn.batch_normalization(values, mean, variance, offset, factor, epsilon)
        return tf.cast(outputs, inputs.dtype)


def known_sizes(shape: tf.TensorShape, axes: Sequence[int]) -> list[int]:
    """Return how long some axes are. Raises ValueError where one is not known."""
    sizes = [shape.as_list()[axis] for axis in axes]
    if None in sizes:
        raise ValueError(f"the sizes of the axes {axes} must be known, got the shape {shape}")
    return sizes


def along_axes(
    parameter: tf.Variable | None, axes: Sequence[int], values: tf.Tensor
) -> tf.Tensor | None:
    """Return a parameter as it broadcasts to the values, which have its axes and more."""
    if parameter is None:
        return None
    rank = values.shape.rank
    sizes = [values.shape.as_list()[axis] if axis in axes else 1 for axis in range(-rank, 0)]
    return tf.reshape(tf.cast(parameter, values.dtype), sizes)
