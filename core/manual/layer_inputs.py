"""What a layer takes as its inputs."""

from typing import Any

from core.tf1 import tf


def with_tensors(inputs: Any) -> Any:
    """Return the inputs with each number and array in them as a tensor."""
    return tf.nest.map_structure(
        lambda part: tf.convert_to_tensor(part) if is_array(part) else part, inputs
    )


def is_array(value: Any) -> bool:
    """Tell whether the value is a number or an array of them, such as numpy's, and no tensor."""
    is_like_numpy = isinstance(value, (int, float)) or hasattr(value, "__array__")
    return is_like_numpy and not tf.is_tensor(value)


def single_input(inputs: Any, rank: int | None = None) -> Any:
    """Return the inputs of a layer that takes one tensor, numbers and arrays as tensors.

    Raises:
        ValueError: They are more than one tensor, or none, or of another rank than this one.
        TypeError: They are no tensor.
    """
    inputs = with_tensors(inputs)
    parts = tf.nest.flatten(inputs)
    if len(parts) != 1:
        raise ValueError(f"a layer takes one tensor, got {len(parts)}")
    if not hasattr(parts[0], "shape"):
        raise TypeError(f"a layer takes a tensor, got {parts[0]!r}")
    if rank is not None:
        tf.TensorShape(parts[0].shape).assert_has_rank(rank)
    return inputs


def as_tensor(inputs: Any) -> tf.Tensor:
    """Return the inputs as a tensor; a sparse or ragged one stays what it is.

    Raises:
        TypeError: They are a list or something else that holds tensors, be it a single one.
    """
    if tf.nest.is_nested(inputs):
        raise TypeError(f"the inputs must be a tensor, got {inputs!r}")
    if isinstance(inputs, (tf.SparseTensor, tf.RaggedTensor)):
        return inputs
    return tf.convert_to_tensor(inputs)


def single_tensor(inputs: Any) -> tf.Tensor:
    """Return the inputs of a layer that takes one tensor as that tensor.

    Raises:
        ValueError: They are more than one tensor, or none.
        TypeError: They are no tensor, or a list with a single one.
    """
    return as_tensor(single_input(inputs))
