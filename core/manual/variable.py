"""A bare variable that joins its inputs. `tf.layers` has none."""

from collections.abc import Mapping, Sequence
from typing import Any

from core.manual.layer_inputs import single_tensor
from core.manual.layer_variable import layer_variable, variable_settings
from core.tf1 import tf


def variable(
    inputs: tf.Tensor,
    shape: Sequence[int],
    combine: str = "add",
    axis: int = -1,
    initializer: Any = None,
    regularizer: Any = None,
    constraint: Any = None,
    trainable: bool = True,
    name: str | None = None,
    reuse: bool | None = None,
    *,
    variables: Mapping[str, Mapping[str, Any]] | None = None,
) -> tf.Tensor:
    """Add a variable to the inputs, multiply them by it, or put it behind them along an axis.

    So positions are embedded and scales are learned. The variable bears the layer's name itself,
    without a scope, and has the variable scope's dtype: it is what `tf.get_variable` alone makes.
    No number is put behind a name that is taken: without reuse, a second one is refused. Its shape
    must broadcast to the inputs'; with combine "concat", in all axes but the one it is put behind.
    `variables` holds further arguments of `tf.get_variable`, for the role `variable`.

    Raises:
        ValueError: The shapes don't fit, there is no such way to combine, or reuse and the variable
            that exists don't agree.
    """
    settings = variable_settings(variables, variable=(initializer, regularizer, constraint))
    scope = tf.get_variable_scope()
    with tf.variable_scope(scope, reuse=reuse, auxiliary_name_scope=False):
        inputs = single_tensor(inputs)
        value = layer_variable(
            "variable",
            shape,
            name=name or "variable",
            dtype=scope.dtype,
            trainable=trainable,
            settings=settings,
        )
        value = tf.cast(value, inputs.dtype)
        match combine:
            case "add":
                return tf.add(inputs, value)
            case "multiply":
                return tf.multiply(inputs, value)
            case "concat":
                return concat_broadcast(inputs, value, axis)
        raise ValueError(f"combine must be add, multiply or concat, got {combine!r}")


def concat_broadcast(inputs: tf.Tensor, value: tf.Tensor, axis: int) -> tf.Tensor:
    """Put a value behind inputs along an axis; it is repeated along all others."""
    rank = inputs.shape.with_rank_at_least(1).rank
    from_the_end = axis - rank if axis >= 0 else axis
    has_axis = value.shape.rank >= -from_the_end
    sizes = tf.unstack(tf.shape(inputs), num=rank)
    sizes[from_the_end] = value.shape.as_list()[from_the_end] if has_axis else 1
    return tf.concat([inputs, tf.broadcast_to(value, tf.stack(sizes))], axis)
