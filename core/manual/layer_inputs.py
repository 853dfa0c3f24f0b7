"""What a layer of one input takes as its inputs."""

from typing import Any

from core.tf1 import tf


def single_tensor(inputs: Any) -> tf.Tensor:
    """Return the inputs as a tensor; a sparse one stays sparse.

    Raises:
        ValueError: They are a list, though the layer takes one tensor.
        TypeError: They are None.
    """
    if inputs is None:
        raise TypeError("a layer needs inputs, got None")
    if isinstance(inputs, (list, tuple)):
        raise ValueError(f"a layer takes one tensor, got a list of {len(inputs)}")
    return inputs if isinstance(inputs, tf.SparseTensor) else tf.convert_to_tensor(inputs)
