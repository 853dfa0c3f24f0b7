"""manual.flatten against tf.layers.flatten."""

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.tf1 import tf
from tests.core.test_manual_comparison import assert_refused, assert_same, random_array


@given(
    st.lists(st.integers(1, 4), min_size=1, max_size=5),
    st.lists(st.booleans(), min_size=5, max_size=5),
    st.sampled_from(["channels_last", "channels_first", "Channels_First", None]),
    st.sampled_from([None, "f"]),
)
@settings(deadline=None, max_examples=20)
def test_any_shape(shape: list[int], known: list[bool], data_format: Any, name: Any) -> None:
    static = [size if sure else None for size, sure in zip(shape, known, strict=False)]
    assert_same(
        lambda layers, x: [layers.flatten(x, name, data_format) for _ in range(2)],
        random_array(*shape),
        shapes=[static],
    )


@pytest.mark.parametrize("data_format", ["channels_last", "channels_first"])
@pytest.mark.parametrize("shape", [(3,), (2, 3), (2, 3, 4), (2, 3, 4, 5), (1, 2, 3, 4, 5)])
def test_equal_outputs(shape: Any, data_format: str) -> None:
    assert_same(lambda layers, x: layers.flatten(x, data_format=data_format), random_array(*shape))


@pytest.mark.parametrize("data_format", ["channels_last", "channels_first"])
def test_unknown_rank(data_format: str) -> None:
    assert_same(
        lambda layers, x: layers.flatten(x, data_format=data_format),
        random_array(2, 3, 4),
        shapes=[None],
    )


def test_array_variable_and_ragged_tensor_as_inputs() -> None:
    def network(layers: Any) -> Any:
        array = random_array(4, 3, 2)
        ragged = tf.RaggedTensor.from_tensor(tf.constant(array))
        variable = tf.get_variable("inputs", initializer=array)
        return [layers.flatten(inputs) for inputs in (array, variable, ragged)]

    assert_same(network)


def test_any_dtype() -> None:
    assert_same(
        lambda layers, x: tf.cast(layers.flatten(tf.as_string(x)) != "1", tf.float32),
        random_array(2, 3, 4),
    )


REFUSED: dict[str, Any] = {
    "scalar": lambda layers, x: layers.flatten(x[0, 0]),
    "two inputs": lambda layers, x: layers.flatten([x, x]),
    "one input in a list": lambda layers, x: layers.flatten([x]),
    "numbers in a list": lambda layers, x: layers.flatten([[1.0, 2.0], [3.0, 4.0]]),
    "no inputs": lambda layers, x: layers.flatten(None),
    "a shape": lambda layers, x: layers.flatten(x.shape),
    "empty data format": lambda layers, x: layers.flatten(x, data_format=""),
    "unknown data format": lambda layers, x: layers.flatten(x, data_format="NHWC"),
    "bad name": lambda layers, x: layers.flatten(x, name="a b"),
}


@pytest.mark.parametrize("case", REFUSED)
def test_refused(case: str) -> None:
    assert_refused(REFUSED[case], random_array(2, 3))
