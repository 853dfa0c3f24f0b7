"""Gradients of what a graph puts out in the end."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np


def nearest(tensor: Any, made: Mapping[Any, Any]) -> Iterator[Any]:
    """Yield what is known of the nearest tensors before one that anything is known of."""
    seen: set[Any] = set()
    waiting = list(tensor.op.inputs)
    while waiting:
        found = waiting.pop()
        if found in seen:
            continue
        seen.add(found)
        if found in made:
            yield made[found]
        else:
            waiting += found.op.inputs


def last_outputs(outputs: Sequence[Any]) -> list[Any]:
    """Return the floating-point tensors that no other one of them depends on."""
    made = {tensor: tensor for tensor in outputs if tensor.dtype.is_floating}
    taken = {before for tensor in made for before in nearest(tensor, made)}
    return [tensor for tensor in made if tensor not in taken]


def gradients(
    last: Sequence[Any], shapes: Sequence[tuple[int, ...]], sources: Sequence[Any], seed: int
) -> tuple[list[Any], dict[Any, Any]]:
    """Return the gradients of a random weighted sum, and what to feed for its weights.

    Args:
        last: What is summed up, in the default graph.
        shapes: The shapes that these have when they are run.
        sources: What the gradients are for; of one without a gradient, None is returned.
        seed: Of the weights, which are normal with deviation 1, the same for the same shapes.

    Raises:
        LookupError: An op has no gradient.
    """
    from core.tf1 import tf

    random = np.random.default_rng(seed)
    # Fed, as a graph is no place for many values.
    weights = {
        tf.placeholder(tensor.dtype.base_dtype, shape): random.standard_normal(shape)
        for tensor, shape in zip(last, shapes, strict=True)
    }
    if not last or not sources:
        return [None] * len(sources), {}
    found = tf.gradients(last, sources, list(weights))
    return [None if each is None else tf.convert_to_tensor(each) for each in found], weights
