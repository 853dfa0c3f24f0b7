"""The variable scope that a layer opens around its variables and ops."""

from core.tf1 import tf


def layer_scope(
    name: str | tf.VariableScope | None,
    default_name: str | tf.VariableScope,
    reuse: bool | None = None,
) -> tf.variable_scope:
    """Return the variable scope of a layer, named as `tf.layers` names it.

    A layer without a name takes the next free one (`dense`, `dense_1`, ...). A layer that reuses
    can't take a free one, so without a name it goes back to the first (`dense`). The ops of a
    second call in the same variable scope get the next free name scope (`a_1/`).

    Raises:
        ValueError: reuse is none of None, False, True and `tf.AUTO_REUSE`.
    """
    if isinstance(default_name, tf.VariableScope):
        default_name = default_name.name
    if not name and reuse:
        name = default_name
    return tf.variable_scope(name or None, default_name=default_name, reuse=reuse)
