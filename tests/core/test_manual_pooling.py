"""The twins of the pooling functions against those of tf.layers."""

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.tf1 import tf
from tests.core.test_manual_comparison import assert_refused, assert_same, random_array

LENGTHS = {1: (7,), 2: (7, 6), 3: (5, 4, 6)}
NAMES = [f"{kind}_pooling{rank}d" for kind in ("max", "average") for rank in LENGTHS]


def spatial_rank(name: str) -> int:
    return int(name[-2])


@st.composite
def pooling(draw: st.DrawFn, name: str) -> dict[str, Any]:
    rank = spatial_rank(name)
    each = st.lists(st.integers(1, 3), min_size=rank, max_size=rank)
    sizes = st.one_of(st.integers(1, 3), each, each.map(tuple), each.map(np.array))
    optional = {
        "padding": st.sampled_from(["valid", "same", "Same"]),
        "data_format": st.sampled_from(["channels_last", "channels_first", None]),
        "name": st.sampled_from([None, "p", "p/q", ""]),
    }
    return draw(st.fixed_dictionaries({"pool_size": sizes, "strides": sizes}, optional=optional))


@given(
    st.data(),
    st.sampled_from(NAMES),
    st.sampled_from(["float32", "float64", "float16"]),
    st.sampled_from(["known", "unknown sizes", "unknown rank"]),
)
@settings(deadline=None, max_examples=30)
def test_any_arguments(data: Any, name: str, dtype: str, known: str) -> None:
    arguments = data.draw(pooling(name))
    x = random_array(2, *LENGTHS[spatial_rank(name)], 5, dtype=dtype)
    shapes = {"known": x.shape, "unknown sizes": [None] * x.ndim, "unknown rank": None}
    assert_same(
        lambda layers, x: [getattr(layers, name)(x, **arguments) for _ in range(2)],
        x,
        shapes=[shapes[known]],
    )


@pytest.mark.parametrize("data_format", ["channels_last", "channels_first"])
@pytest.mark.parametrize("name", NAMES)
def test_equal_inputs_give_equal_outputs(name: str, data_format: str) -> None:
    def network(layers: Any, x: Any) -> Any:
        return [
            getattr(layers, name)(x, size, strides, padding, data_format)
            for size, strides in ((2, 2), (3, 2), (2, 1))
            for padding in ("valid", "same")
        ]

    assert_same(network, random_array(2, *LENGTHS[spatial_rank(name)], 4))


@pytest.mark.parametrize("dtype", ["bfloat16", "int32", "uint8"])
@pytest.mark.parametrize("name", NAMES)
def test_other_types_are_judged_alike(name: str, dtype: str) -> None:
    x = (10 * random_array(1, *LENGTHS[spatial_rank(name)], 2)).astype(
        tf.as_dtype(dtype).as_numpy_dtype
    )
    assert_same(lambda layers, x: getattr(layers, name)(x, 2, 2), x)


def test_name_scopes_leave_variable_names_alike() -> None:
    def network(layers: Any, x: Any) -> Any:
        pooled = layers.max_pooling2d(layers.average_pooling2d(x, 2, 1), 2, 1, name="p")
        pooled = layers.max_pooling2d(pooled, 2, 1, name="p")
        return [layers.conv2d(pooled, 2, 2, name="p_2"), layers.conv2d(pooled, 2, 2)]

    assert_same(network, random_array(1, 6, 6, 2))


REFUSED: dict[str, Any] = {
    "one rank less": lambda layer, x: layer(x[0], 2, 2),
    "one rank more": lambda layer, x: layer(x[None], 2, 2),
    "two inputs": lambda layer, x: layer([x, x], 2, 2),
    "no inputs": lambda layer, x: layer(None, 2, 2),
    "one input in a list": lambda layer, x: layer([x], 2, 2),
    "no inputs in a list": lambda layer, x: layer([None], 2, 2),
    "a shape": lambda layer, x: layer(x.shape, 2, 2),
    "window of a tensor": lambda layer, x: layer(x, tf.constant(2), 2),
    "window of sizes None": lambda layer, x: layer(x, [None] * (x.shape.rank - 2), 2),
    "strides of lists": lambda layer, x: layer(x, 2, [[2]] * (x.shape.rank - 2)),
    "empty data format": lambda layer, x: layer(x, 2, 2, data_format=""),
    "window of too many sizes": lambda layer, x: layer(x, (2, 2, 2, 2), 2),
    "window 0": lambda layer, x: layer(x, 0, 2),
    "window by a word": lambda layer, x: layer(x, "abc"[: x.shape.rank - 2], 2),
    "stride 0": lambda layer, x: layer(x, 2, 0),
    "negative stride": lambda layer, x: layer(x, 2, -1),
    "window larger than the inputs": lambda layer, x: layer(x, 9, 1),
    "unknown padding": lambda layer, x: layer(x, 2, 2, "full"),
    "causal padding": lambda layer, x: layer(x, 2, 2, "causal"),
    "no padding": lambda layer, x: layer(x, 2, 2, None),
    "padding of a list": lambda layer, x: layer(x, 2, 2, ["same"]),
    "padding of a tuple": lambda layer, x: layer(x, 2, 2, (1, 1)),
    "sparse inputs": lambda layer, x: layer(tf.sparse.from_dense(x[0]), 2, 2),
    "ragged inputs": lambda layer, x: layer(tf.ragged.constant([[1.0], []]), 2, 2),
    "a word": lambda layer, x: layer(np.array(["a"]), 2, 2),
    "a number": lambda layer, x: layer(3, 2, 2),
    "unknown data format": lambda layer, x: layer(x, 2, 2, data_format="NHWC"),
    "booleans": lambda layer, x: layer(tf.cast(x, tf.bool), 2, 2),
    "bad name": lambda layer, x: layer(x, 2, 2, name="a b"),
    "strides None": lambda layer, x: layer(x, 2, None),
    "no strides": lambda layer, x: layer(x, 2),
}


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("case", REFUSED)
def test_refused(case: str, name: str) -> None:
    assert_refused(
        lambda layers, x: REFUSED[case](getattr(layers, name), x),
        random_array(1, *[5] * spatial_rank(name), 3),
    )
