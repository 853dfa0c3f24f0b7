"""Values made up for tensors that nobody feeds."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from core.numbers import Feed


def made_up(tensor: Any, feed: Feed, random: np.random.Generator) -> NDArray[Any]:
    """Return values for a tensor: uniform ones for floats, whole numbers where ids may be meant."""
    dtype = tensor.dtype.base_dtype
    shape = made_up_shape(tensor, feed.batch, feed.size)
    if dtype.is_floating or dtype.is_complex:
        return random.uniform(feed.low, feed.high, shape).astype(dtype.as_numpy_dtype)
    if dtype.is_integer:
        values = random.integers(0, max(int(feed.high), 1), shape)
        return values.astype(dtype.as_numpy_dtype)
    return np.zeros(shape, dtype.as_numpy_dtype)


def made_up_shape(tensor: Any, batch: int, size: int) -> tuple[int, ...]:
    """Return the shape of a tensor with sizes for what is not known of it."""
    if tensor.shape.rank is None:
        return (batch, size)
    sizes = tensor.shape.as_list()
    unknown = [batch] + [size] * len(sizes)
    return tuple(
        found if known is None else known for known, found in zip(sizes, unknown, strict=False)
    )
