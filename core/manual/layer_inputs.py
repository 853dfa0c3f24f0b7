"""What a layer takes as its inputs."""

from typing import Any

from numpy import ndarray

from core.tf1 import tf

NUMERIC = (int, float, ndarray)
# Kinds of tensors that stay what they are: made dense, they would have another shape or none.
NOT_DENSE = (tf.SparseTensor, tf.RaggedTensor, tf.IndexedSlices)


def with_tensors(inputs: Any) -> Any:
    """Return the inputs with each Python number and each array in them as a tensor.

    Raises:
        AttributeError: A tensor that is made of others holds lists in their place.
    """
    tf.nest.flatten(inputs, expand_composites=True)
    return tf.nest.map_structure(
        lambda part: tf.convert_to_tensor(part) if isinstance(part, NUMERIC) else part, inputs
    )


def single_input(inputs: Any, rank: int | None = None, least_rank: int = 0) -> Any:
    """Return the inputs of a layer that takes one tensor, numbers and arrays as tensors.

    Raises:
        ValueError: They are more than one tensor, or none, or of another rank than this one, or of
            a smaller one than this least.
        TypeError: They are no tensor.
        AttributeError: Their shape is no TensorShape but a tuple, where any rank will do.
    """
    inputs = with_tensors(inputs)
    parts = tf.nest.flatten(inputs)
    if parts and not hasattr(parts[0], "shape"):
        raise TypeError(f"a layer takes a tensor, got {parts[0]!r}")
    if len(parts) != 1:
        raise ValueError(f"a layer takes one tensor, got {len(parts)}")
    shape = tf.TensorShape(parts[0].shape)
    if rank is not None:
        shape.assert_has_rank(rank)
    elif shape.rank is not None:
        parts[0].shape.with_rank_at_least(least_rank)
    return inputs


def as_tensor(inputs: Any) -> tf.Tensor:
    """Return the inputs as a tensor; a sparse or ragged one stays what it is.

    Raises:
        ValueError: Nothing in them has a shape.
        TypeError: They are a list or something else that holds tensors, be it a single one.
    """
    if not any(hasattr(part, "shape") for part in tf.nest.flatten(inputs)):
        raise ValueError(f"the inputs must be a tensor, got {inputs!r}")
    if tf.nest.is_nested(inputs):
        raise TypeError(f"the inputs must be a tensor, got {inputs!r}")
    if isinstance(inputs, tf.ragged.RaggedTensorValue):
        return tf.cast(inputs, inputs.dtype)  # a ragged tensor
    return inputs if isinstance(inputs, NOT_DENSE) else tf.convert_to_tensor(inputs)


def single_tensor(inputs: Any, least_rank: int = 0) -> tf.Tensor:
    """Return the inputs of a layer that takes one tensor as that tensor.

    Raises:
        ValueError: They are more than one tensor, or none, or of a smaller rank than this.
        TypeError: They are no tensor, or a list with a single one.
    """
    return as_tensor(single_input(inputs, least_rank=least_rank))
