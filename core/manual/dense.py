"""The twin of `tf.layers.dense`."""

from collections.abc import Mapping
from functools import partial
from typing import Any

from core.manual.layer_inputs import single_tensor
from core.manual.layer_output import activate
from core.manual.layer_scope import layer_scope
from core.manual.layer_variable import ZEROS, layer_variable, variable_settings
from core.tf1 import tf


def dense(
    inputs: tf.Tensor,
    units: float,
    activation: Any = None,
    use_bias: bool = True,
    kernel_initializer: Any = None,
    bias_initializer: Any = ZEROS,
    kernel_regularizer: Any = None,
    bias_regularizer: Any = None,
    activity_regularizer: Any = None,
    kernel_constraint: Any = None,
    bias_constraint: Any = None,
    trainable: bool = True,
    name: str | None = None,
    reuse: bool | None = None,
    *,
    variables: Mapping[str, Mapping[str, Any]] | None = None,
) -> tf.Tensor:
    """Multiply inputs [batch, ..., channels] by a kernel and add a bias: [batch, ..., units].

    The twin of `tf.layers.dense`. Its variables are `kernel` [channels, units] and `bias` [units];
    `variables` holds arguments of `tf.get_variable` for each. Inputs may be sparse or ragged too.

    Raises:
        ValueError: The number of channels is unknown, units is negative, the rank is below 2, or
            reuse and the variables that exist don't agree.
        TypeError: The inputs are neither floating-point nor complex numbers, or units is a bool.
    """
    units = units if isinstance(units, int) else int(units)
    if units < 0:
        raise ValueError(f"units must not be negative, got {units}")
    settings = variable_settings(variables, roles=("kernel", "bias"))
    with layer_scope(name, "dense", reuse):
        inputs = with_dense_rows(single_tensor(inputs, least_rank=2))
        variable = partial(
            layer_variable, dtype=inputs.dtype, trainable=trainable, settings=settings
        )
        shape = [dense_channels(inputs), units]
        kernel = variable(
            "kernel", shape, kernel_initializer, kernel_regularizer, kernel_constraint
        )
        by_row = tf.ragged.map_flat_values  # of ragged inputs, takes all rows as one tensor
        outputs = by_row(matmul_last_axis, inputs, tf.cast(kernel, inputs.dtype))
        if use_bias:
            bias = variable("bias", [units], bias_initializer, bias_regularizer, bias_constraint)
            outputs = by_row(tf.nn.bias_add, outputs, tf.cast(bias, inputs.dtype))
        return activate(outputs, activation, activity_regularizer)


def with_dense_rows(inputs: tf.Tensor) -> tf.Tensor:
    """Return inputs whose last axis is dense, as it is unless all rows of ragged ones are alike.

    Rows of one length may be kept by that length, in a vector of all numbers.
    """
    if not isinstance(inputs, tf.RaggedTensor) or inputs.flat_values.shape.rank > 1:
        return inputs
    rows = inputs
    for _ in range(inputs.ragged_rank - 1):
        rows = rows.values
    return tf.RaggedTensor.from_nested_row_splits(rows.to_tensor(), inputs.nested_row_splits[:-1])


def dense_channels(inputs: tf.Tensor) -> int:
    """Return the size of the last axis of inputs that a dense layer can take."""
    shape = inputs.shape.with_rank_at_least(2)
    if not (inputs.dtype.is_floating or inputs.dtype.is_complex):
        raise TypeError(f"a dense layer needs floating-point inputs, got {inputs.dtype.name}")
    channels: int | None = shape.as_list()[-1]
    if channels is None:
        raise ValueError(f"the last axis of the inputs must be known, got {inputs.shape}")
    return channels


def matmul_last_axis(inputs: tf.Tensor, kernel: tf.Tensor) -> tf.Tensor:
    """Multiply [..., channels] by [channels, units]: [..., units]."""
    if inputs.shape.rank == 2:
        is_sparse = isinstance(inputs, tf.SparseTensor)
        return sparse_matmul(inputs, kernel) if is_sparse else tf.matmul(inputs, kernel)
    outputs = tf.tensordot(inputs, kernel, axes=1)
    outputs.set_shape(inputs.shape[:-1].concatenate(kernel.shape[-1:]))
    return outputs


def sparse_matmul(inputs: tf.SparseTensor, kernel: tf.Tensor) -> tf.Tensor:
    """Multiply [batch, channels] by [channels, units]: each output is a weighted sum of few rows.

    So its gradient says of those rows alone how they are to change.
    """
    inputs, _ = tf.sparse.fill_empty_rows(inputs, 0)  # the op wants a number in each
    columns = tf.SparseTensor(inputs.indices, inputs.indices[:, 1], inputs.dense_shape)
    return tf.nn.embedding_lookup_sparse(kernel, columns, inputs, combiner="sum")
