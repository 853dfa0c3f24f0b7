"""manual.dropout against tf.layers.dropout."""

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core import manual
from core.tf1 import tf
from tests.core.test_manual_comparison import assert_refused, assert_same, random_array

TRAINING: dict[str, Any] = {
    "False": lambda: False,
    "True": lambda: True,
    "1": lambda: 1,
    "None": lambda: None,
    "constant": lambda: tf.constant(True),
    "tensor true": lambda: tf.placeholder_with_default(True, ()),
    "tensor false": lambda: tf.placeholder_with_default(False, ()),
}


@given(
    st.fixed_dictionaries(
        {},
        optional={
            "rate": st.sampled_from([0, 0.0, 0.3, 0.9, 1, 1.0]),
            "noise_shape": st.sampled_from([None, (2, 1, 4), [None, 1, None], [None, None, 1]]),
            "seed": st.sampled_from([None, 5]),
            "name": st.sampled_from([None, "d", ""]),
        },
    ),
    st.sampled_from(sorted(TRAINING)),
    st.sampled_from([(2, 3, 4), (None, None, 4)]),
    st.sampled_from(["float32", "float64", "float16"]),
)
@settings(deadline=None, max_examples=25)
def test_any_arguments(arguments: Any, training: str, shape: Any, dtype: str) -> None:
    """The random ops before and after must keep their seeds, so a dense layer follows."""

    def network(layers: Any, x: Any) -> Any:
        dropped = layers.dropout(x, training=TRAINING[training](), **arguments)
        return [dropped, layers.dropout(dropped), layers.dense(dropped, 3)]

    assert_same(network, random_array(2, 3, 4, dtype=dtype), shapes=[shape])


def test_rate_as_tensor() -> None:
    assert_same(
        lambda layers, x: layers.dropout(x, tf.placeholder_with_default(0.4, ()), training=True),
        random_array(2, 3),
    )


def test_inputs_that_are_no_tensor() -> None:
    def network(layers: Any, x: Any) -> Any:
        array = random_array(2, 3)
        ragged = tf.RaggedTensor.from_row_lengths(x, [1, 3])
        return [
            layers.dropout(array, training=True),
            layers.dropout([x, x], training=True),
            layers.dropout([[1.0, 2.0], [3.0, 4.0]]),
            layers.dropout([array, array], training=True),
            layers.dropout(ragged, training=True).to_tensor(),
            tf.sparse.to_dense(layers.dropout(tf.sparse.from_dense(x))),
        ]

    assert_same(network, random_array(4, 3))


@pytest.mark.parametrize("value", [True, False])
def test_training_as_variable(value: bool) -> None:
    def network(layers: Any, x: Any) -> Any:
        training = tf.get_variable("training", initializer=value, trainable=False)
        return layers.dropout(x, 0.5, training=training)

    assert_same(network, random_array(2, 3))


def test_training_drops_and_scales() -> None:
    def network(layers: Any, x: Any) -> Any:
        return layers.dropout(tf.ones_like(x), 0.25, training=True)

    with tf.Graph().as_default(), tf.Session() as session:
        dropped = session.run(network(manual, tf.zeros([100, 100])))
    assert set(np.unique(dropped.round(4))) == {0.0, np.float32(1.3333)}
    assert np.mean(dropped == 0) == pytest.approx(0.25, abs=0.03)


REFUSED: dict[str, Any] = {
    "rate above 1": lambda layers, x: layers.dropout(x, 1.5),
    "negative rate": lambda layers, x: layers.dropout(x, -0.1),
    "rate by a word": lambda layers, x: layers.dropout(x, "half", training=True),
    "training by a word": lambda layers, x: layers.dropout(x, training="yes"),
    "training a number": lambda layers, x: layers.dropout(x, training=2),
    "training an integer tensor": lambda layers, x: layers.dropout(
        x, training=tf.placeholder_with_default(1, ())
    ),
    "integer inputs": lambda layers, x: layers.dropout(tf.cast(x, tf.int32), training=True),
    "noise shape a number": lambda layers, x: layers.dropout(x, noise_shape=3, training=True),
    "noise shape of dimensions": lambda layers, x: layers.dropout(
        x, noise_shape=tf.TensorShape([2, 1]), training=True
    ),
    "bad name": lambda layers, x: layers.dropout(x, name="a b"),
}


@pytest.mark.parametrize("case", REFUSED)
def test_refused(case: str) -> None:
    assert_refused(REFUSED[case], random_array(2, 3))
