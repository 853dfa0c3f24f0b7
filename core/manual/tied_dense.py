"""A dense layer on the transposed kernel of another layer. `tf.layers` has none."""

from collections.abc import Mapping
from typing import Any

from core.manual.dense import matmul_last_axis
from core.manual.layer_inputs import single_tensor
from core.manual.layer_output import activate
from core.manual.layer_scope import layer_scope
from core.manual.layer_variable import ZEROS, layer_variable, variable_settings
from core.tf1 import tf


def tied_dense(
    inputs: tf.Tensor,
    kernel: str,
    activation: Any = None,
    use_bias: bool = True,
    bias_initializer: Any = ZEROS,
    bias_regularizer: Any = None,
    activity_regularizer: Any = None,
    bias_constraint: Any = None,
    trainable: bool = True,
    name: str | None = None,
    reuse: bool | None = None,
    *,
    variables: Mapping[str, Mapping[str, Any]] | None = None,
) -> tf.Tensor:
    """Multiply inputs [batch, ..., units] by a transposed kernel: [batch, ..., channels].

    The decoder of an autoencoder turns its encoder round in this way, and the output of a language
    model its embedding. The kernel is said by the whole name of a variable [channels, units], such
    as "encoder/dense/kernel". The layer's own variable is `bias` [channels]; `variables` holds
    arguments of `tf.get_variable` for it.

    Raises:
        ValueError: There is no such variable, it is no matrix of this width, or reuse and the bias
            that exists don't agree.
    """
    settings = variable_settings(
        variables, bias=(bias_initializer, bias_regularizer, bias_constraint)
    )
    with layer_scope(name, "tied_dense", reuse):
        inputs = single_tensor(inputs)
        shared = existing_variable(kernel)
        transposed = tf.transpose(tf.cast(shared, inputs.dtype))
        outputs = matmul_last_axis(inputs, transposed)
        if use_bias:
            bias = layer_variable(
                "bias",
                [transposed.shape.as_list()[-1]],
                dtype=inputs.dtype,
                trainable=trainable,
                settings=settings,
            )
            outputs = tf.nn.bias_add(outputs, tf.cast(bias, inputs.dtype))
        return activate(outputs, activation, activity_regularizer)


def existing_variable(name: str) -> tf.Variable:
    """Return the variable of this whole name, whatever variable scope is open.

    `tf.get_variable` puts the open scope before a name. A scope without a name puts nothing there.

    Raises:
        ValueError: There is none.
    """
    scope = tf.get_variable_scope()
    nameless = tf.VariableScope(reuse=True, custom_getter=scope.custom_getter, dtype=scope.dtype)
    with tf.variable_scope(nameless, auxiliary_name_scope=False):
        return tf.get_variable(name)
