"""Inputs that are no tensors, or odd ones: the twins take and refuse them as tf.layers does."""

import inspect
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from core.tf1 import tf
from tests.core.test_manual_comparison import random_array
from tests.core.test_manual_odd_arguments import (
    NAMES,
    NEEDED,
    TRAINING,
    assert_judged_alike,
    spatial_axes,
)


class ArrayLike:
    """What numpy makes an array of, and knows the shape and type of, but isn't one."""

    shape = (2, 5, 5, 4)
    dtype = np.dtype("float32")

    def __array__(self, dtype: Any = None, copy: Any = None) -> Any:
        return random_array(*self.shape)


class Convertible:
    """What numpy makes an array of, and knows nothing else of."""

    def __array__(self, dtype: Any = None, copy: Any = None) -> Any:
        return random_array(2, 5, 5, 4)


def ragged_value() -> Any:
    return tf.ragged.RaggedTensorValue(random_array(10, 5, 4), np.array([0, 5, 10]))


def of_another_graph(x: Any) -> Any:
    with tf.Graph().as_default():
        return tf.placeholder(x.dtype, x.shape)


def partitioned(x: Any) -> Any:
    return tf.get_variable("v", x.shape.as_list(), partitioner=tf.fixed_size_partitioner(2))


ODD: dict[str, Callable[[Any], Any]] = {
    "nothing": lambda x: None,
    "number": lambda x: 3.0,
    "number of numpy": lambda x: np.float32(3),
    "truth of numpy": lambda x: np.bool_(True),
    "word": lambda x: "abc",
    "array": lambda x: random_array(*x.shape),
    "array of words": lambda x: np.array(["a"]),
    "array-like": lambda x: ArrayLike(),
    "convertible": lambda x: Convertible(),
    "list of one": lambda x: [x],
    "list of numbers": lambda x: [1.0],
    "list of nothing": lambda x: [None],
    "list of nothing and a tensor": lambda x: [None, x],
    "list of a tensor and nothing": lambda x: [x, None],
    "empty list": lambda x: [],
    "empty dictionary": lambda x: {},
    "dictionary": lambda x: {"a": x},
    "range": lambda x: range(3),
    "function": lambda x: len,
    "class": lambda x: int,
    "object": lambda x: object(),
    "op": lambda x: x.op,
    "shape": lambda x: x.shape,
    "type": lambda x: x.dtype,
    "tensor array": lambda x: tf.TensorArray(tf.float32, 2),
    "variable": lambda x: tf.Variable(random_array(*x.shape)),
    "partitioned variable": partitioned,
    "sparse": tf.sparse.from_dense,
    "ragged": tf.RaggedTensor.from_tensor,
    "value of a ragged tensor": lambda x: ragged_value(),
    "short value of a ragged tensor": lambda x: tf.ragged.constant_value([[1.0, 2.0], [3.0]]),
    "slices": lambda x: tf.IndexedSlices(x, tf.constant([0, 1]), tf.constant(x.shape.as_list())),
    "slices of unknown sizes": lambda x: tf.IndexedSlices(
        x, tf.constant([0, 1]), tf.placeholder(tf.int32, [x.shape.rank])
    ),
    "slices without a shape": lambda x: tf.IndexedSlices(x, tf.constant([0, 1])),
    "slices by a list": lambda x: tf.IndexedSlices(x, [0, 1]),
    "another graph": of_another_graph,
    "list from another graph": lambda x: [of_another_graph(x)],
    "unknown rank": lambda x: tf.placeholder(x.dtype),
    "one rank more": lambda x: x[None],
}


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("odd", ODD)
def test_odd_inputs_are_judged_alike(odd: str, name: str) -> None:
    signature = inspect.signature(getattr(tf.layers, name)).parameters
    required = {key: NEEDED[key] for key in NEEDED if key in signature}
    assert_judged_alike(
        lambda layers, x: getattr(layers, name)(ODD[odd](x), **required),
        random_array(2, *[5] * spatial_axes(name), 4),
    )


@pytest.mark.parametrize("training", TRAINING)
@pytest.mark.parametrize("odd", ODD)
def test_odd_inputs_of_a_training_step_are_judged_alike(odd: str, training: str) -> None:
    kinds: list[dict[str, Any]] = [{}, {"renorm": True}, {"fused": False}]
    if odd != "value of a ragged tensor":  # see the docstring of core.manual
        kinds.append({"virtual_batch_size": 2})
    for arguments in kinds:
        assert_judged_alike(
            lambda layers, x, arguments=arguments: layers.batch_normalization(
                ODD[odd](x), training=TRAINING[training](), **arguments
            ),
            random_array(2, 5, 5, 4),
        )
