"""manual.max_pooling2d against tf.layers.max_pooling2d."""

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.tf1 import tf
from tests.core.test_manual_comparison import assert_refused, assert_same, random_array

SIZES = st.sampled_from([1, 2, 3, (1, 2), [3, 2]])


@given(
    st.fixed_dictionaries(
        {"pool_size": SIZES, "strides": SIZES},
        optional={
            "padding": st.sampled_from(["valid", "same", "Same"]),
            "data_format": st.sampled_from(["channels_last", "channels_first", None]),
            "name": st.sampled_from([None, "p", "p/q", ""]),
        },
    ),
    st.sampled_from(["float32", "float64", "float16"]),
    st.booleans(),
)
@settings(deadline=None, max_examples=20)
def test_any_arguments(arguments: Any, dtype: str, sizes_known: bool) -> None:
    assert_same(
        lambda layers, x: [layers.max_pooling2d(x, **arguments) for _ in range(2)],
        random_array(2, 7, 6, 5, dtype=dtype),
        shapes=None if sizes_known else [(None, None, None, None)],
    )


def test_name_scopes_leave_variable_names_alike() -> None:
    def network(layers: Any, x: Any) -> Any:
        pooled = layers.max_pooling2d(layers.max_pooling2d(x, 2, 1), 2, 1, name="p")
        pooled = layers.max_pooling2d(pooled, 2, 1, name="p")
        return [layers.conv2d(pooled, 2, 2, name="p_2"), layers.conv2d(pooled, 2, 2)]

    assert_same(network, random_array(1, 6, 6, 2))


REFUSED: dict[str, Any] = {
    "rank 3": lambda layers, x: layers.max_pooling2d(x[0], 2, 2),
    "rank 5": lambda layers, x: layers.max_pooling2d(x[None], 2, 2),
    "window of one size": lambda layers, x: layers.max_pooling2d(x, (2,), 2),
    "window 0": lambda layers, x: layers.max_pooling2d(x, 0, 2),
    "window by a word": lambda layers, x: layers.max_pooling2d(x, "ab", 2),
    "stride 0": lambda layers, x: layers.max_pooling2d(x, 2, 0),
    "negative stride": lambda layers, x: layers.max_pooling2d(x, 2, -1),
    "window larger than the image": lambda layers, x: layers.max_pooling2d(x, 9, 1),
    "unknown padding": lambda layers, x: layers.max_pooling2d(x, 2, 2, "full"),
    "causal padding": lambda layers, x: layers.max_pooling2d(x, 2, 2, "causal"),
    "unknown data format": lambda layers, x: layers.max_pooling2d(x, 2, 2, data_format="NHWC"),
    "booleans": lambda layers, x: layers.max_pooling2d(tf.cast(x, tf.bool), 2, 2),
    "bad name": lambda layers, x: layers.max_pooling2d(x, 2, 2, name="a b"),
    "strides None": lambda layers, x: layers.max_pooling2d(x, 2, None),
    "no strides": lambda layers, x: layers.max_pooling2d(x, 2),
}


@pytest.mark.parametrize("case", REFUSED)
def test_refused(case: str) -> None:
    assert_refused(REFUSED[case], random_array(1, 5, 5, 3))
