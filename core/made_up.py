"""Values made up for tensors that nobody feeds."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from core.numbers import Feed

_UNCHANGED = frozenset({"Identity", "Reshape", "ExpandDims", "Squeeze", "Cast", "StopGradient"})
_GATHERS = frozenset({"Gather", "GatherV2", "ResourceGather"})


def made_up(tensor: Any, feed: Feed, random: np.random.Generator) -> NDArray[Any]:
    """Return values for a tensor: uniform ones for floats, whole numbers where ids may be meant.

    Whole numbers that are to be no larger than 0 are rows of the smallest table that they choose
    from, where they choose from any.
    """
    dtype = tensor.dtype.base_dtype
    shape = made_up_shape(tensor, feed.batch, feed.size)
    if dtype.is_floating or dtype.is_complex:
        return random.uniform(feed.low, feed.high, shape).astype(dtype.as_numpy_dtype)
    if dtype.is_integer:
        largest = int(feed.high) if feed.high >= 2 else _rows(tensor)
        values = random.integers(0, max(largest, 1), shape)
        return values.astype(dtype.as_numpy_dtype)
    return np.zeros(shape, dtype.as_numpy_dtype)


def _rows(tensor: Any) -> int:
    """Return the number of rows of the smallest table that a tensor's values choose from, else 1.

    What chooses from it is found behind ops that leave values as they are.
    """
    found = []
    waiting = [tensor]
    while waiting:
        ids = waiting.pop()
        for op in ids.consumers():
            if op.type in _UNCHANGED:
                waiting.append(op.outputs[0])
            elif op.type in _GATHERS and op.inputs[1] is ids:
                found.append(_first_size(op.inputs[0]))
    return min(found, default=1)


def _first_size(table: Any) -> int:
    """Return the first size of a table, or of the one behind a handle; 1 where it isn't known."""
    from core.tf1 import tf

    shape = table.shape
    if table.dtype == tf.resource:
        if table.op.type != "VarHandleOp":
            return 1
        shape = tf.TensorShape(table.op.get_attr("shape"))
    return shape.as_list()[0] or 1 if shape.rank else 1


def made_up_shape(tensor: Any, batch: int, size: int) -> tuple[int, ...]:
    """Return the shape of a tensor with sizes for what is not known of it."""
    if tensor.shape.rank is None:
        return (batch, size)
    sizes = tensor.shape.as_list()
    unknown = [batch] + [size] * len(sizes)
    return tuple(
        found if known is None else known for known, found in zip(sizes, unknown, strict=False)
    )
