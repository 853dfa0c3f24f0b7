"""A layer that is any function of its inputs."""

from collections.abc import Callable

from core.manual.layer_scope import layer_scope
from core.tf1 import tf


def custom(
    function: Callable[..., tf.Tensor],
    *inputs: tf.Tensor,
    name: str | None = None,
    reuse: bool | None = None,
) -> tf.Tensor:
    """Return what a function makes of the inputs, in a variable scope as other layers have.

    Raises:
        TypeError: The function takes another number of inputs, or returns no tensor.
    """
    with layer_scope(name, "custom", reuse):
        outputs = function(*inputs)
        if outputs is None:
            raise TypeError("the function returns nothing; return a tensor")
        return tf.convert_to_tensor(outputs)
