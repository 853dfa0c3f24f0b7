"""manual.conv2d against tf.layers.conv2d."""

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core import manual
from core.tf1 import tf
from tests.core.test_manual_comparison import (
    ACTIVATIONS,
    CALLS,
    CONSTRAINTS,
    INITIALIZERS,
    REGULARIZERS,
    SCOPE_ARGUMENTS,
    assert_refused,
    assert_same,
    build,
    in_scopes,
    random_array,
)

LAST, FIRST = "channels_last", "channels_first"
SIZES = st.sampled_from([1, 2, 3, (1, 2), [3, 2], np.array([2, 3]), (tf.Dimension(2), np.int8(1))])
FILTERS = st.sampled_from([1, 2, 4, 2.5, tf.Dimension(3), np.int64(2)])
STEPS = st.fixed_dictionaries({}, optional={"strides": st.sampled_from([1, 2, (2, 1), [1, 3]])})
HOLES = st.fixed_dictionaries({}, optional={"dilation_rate": st.sampled_from([1, 2, (1, 3)])})
WINDOWS = st.builds(
    lambda steps_or_holes, rest: {**steps_or_holes, **rest},
    st.one_of(STEPS, HOLES),
    st.fixed_dictionaries(
        {"filters": FILTERS, "kernel_size": SIZES},
        optional={
            "padding": st.sampled_from(["valid", "same", "SAME"]),
            "data_format": st.sampled_from([LAST, FIRST, "Channels_Last"]),
        },
    ),
)
VARIABLES = st.fixed_dictionaries(
    {},
    optional={
        "activation": ACTIVATIONS,
        "use_bias": st.booleans(),
        "kernel_initializer": INITIALIZERS,
        "bias_initializer": INITIALIZERS.filter(lambda i: i is not tf.orthogonal_initializer),
        "kernel_regularizer": REGULARIZERS,
        "bias_regularizer": REGULARIZERS,
        "activity_regularizer": REGULARIZERS,
        "kernel_constraint": CONSTRAINTS,
        "bias_constraint": CONSTRAINTS,
        "trainable": st.booleans(),
        "name": st.sampled_from([None, "c", "c/d"]),
        "reuse": st.sampled_from([None, False, tf.AUTO_REUSE]),
    },
)


@given(
    WINDOWS,
    st.sampled_from([(2, 7, 6, 3), (1, 9, 9, 4), (1, 2, 7, 7, 3)]),
    st.sampled_from(["float32", "float64", "float16"]),
    st.booleans(),
)
@settings(deadline=None, max_examples=40)
def test_any_window(arguments: Any, shape: Any, dtype: str, sizes_known: bool) -> None:
    channels = 1 - 3 if arguments.get("data_format") == FIRST else -1
    x = np.moveaxis(random_array(*shape, dtype=dtype), -1, {-1: -1, -2: -3}[channels])
    unknown = [None] * x.ndim
    unknown[{-1: -1, -2: -3}[channels]] = shape[-1]
    assert_same(
        lambda layers, x: layers.conv2d(x, **arguments),
        x,
        shapes=[x.shape if sizes_known else unknown],
    )


@given(VARIABLES, SCOPE_ARGUMENTS, st.sampled_from([LAST, FIRST]))
@settings(deadline=None, max_examples=40)
def test_any_variables(arguments: Any, scope: Any, data_format: str) -> None:
    def network(layers: Any, x: Any) -> Any:
        with tf.variable_scope("s", **scope):
            first = layers.conv2d(x, 4, 2, data_format=data_format, **arguments)
        return [first, layers.conv2d(first, 2, 1, data_format=data_format)]

    assert_same(network, random_array(2, 4, 4, 4))


@given(CALLS)
@settings(deadline=None, max_examples=30)
def test_names_and_reuse(calls: Any) -> None:
    def network(layers: Any, x: Any) -> Any:
        return in_scopes(calls, lambda **names: layers.conv2d(x, 2, 2, **names))

    assert_same(network, random_array(1, 3, 3, 2))


GRID = [
    {"kernel_size": size, "padding": padding, "use_bias": use_bias, **steps}
    for size in (1, (2, 3))
    for padding in ("valid", "same")
    for use_bias in (True, False)
    for steps in ({"strides": 2}, {"dilation_rate": 2}, {})
]


@pytest.mark.parametrize("data_format", [LAST, FIRST])
@pytest.mark.parametrize("arguments", GRID)
def test_equal_weights_give_equal_outputs(arguments: Any, data_format: str) -> None:
    assert_same(
        lambda layers, x: layers.conv2d(x, 3, data_format=data_format, **arguments),
        random_array(2, 6, 6, 6),
    )


def two(layers: Any, x: Any, **second: Any) -> Any:
    """Call conv2d twice under one name, with other arguments the second time."""
    first = layers.conv2d(x, 2, 3, name="a")
    return [first, layers.conv2d(x, **{"filters": 2, "kernel_size": 3, "name": "a", **second})]


REFUSED: dict[str, Any] = {
    "rank 3": lambda layers, x: layers.conv2d(x[0], 2, 3),
    "unknown channels": lambda layers, x: layers.conv2d(
        tf.placeholder(tf.float32, [1, 5, 5, None]), 2, 3
    ),
    "unknown channels first": lambda layers, x: layers.conv2d(
        tf.placeholder(tf.float32, [1, None, 5, 5]), 2, 3, data_format=FIRST
    ),
    "unknown rank": lambda layers, x: layers.conv2d(tf.placeholder(tf.float32), 2, 3),
    "boolean inputs": lambda layers, x: layers.conv2d(tf.cast(x, tf.bool), 2, 3),
    "two inputs": lambda layers, x: layers.conv2d([x, x], 2, 3),
    "one input in a list": lambda layers, x: layers.conv2d([x], 2, 3),
    "kernel of a tensor": lambda layers, x: layers.conv2d(x, 2, tf.constant([2, 2])),
    "dilation of sizes None": lambda layers, x: layers.conv2d(x, 2, 3, dilation_rate=(1, None)),
    "dilation by words": lambda layers, x: layers.conv2d(x, 2, 3, dilation_rate="11"),
    "padding in a list": lambda layers, x: layers.conv2d(x, 2, 3, padding=["same"]),
    "padding by numbers": lambda layers, x: layers.conv2d(x, 2, 3, padding=[[1, 1]] * 4),
    "empty data format": lambda layers, x: layers.conv2d(x, 2, 3, data_format=""),
    "kernel of floats": lambda layers, x: layers.conv2d(x, 2, (2.0, 2.0)),
    "filters None": lambda layers, x: layers.conv2d(x, None, 3),
    "no filters": lambda layers, x: layers.conv2d(x, 0, 3),
    "negative filters": lambda layers, x: layers.conv2d(x, -2, 3),
    "filters by a word": lambda layers, x: layers.conv2d(x, "two", 3),
    "kernel of one size": lambda layers, x: layers.conv2d(x, 2, (3,)),
    "kernel of three sizes": lambda layers, x: layers.conv2d(x, 2, (3, 3, 3)),
    "kernel of size 0": lambda layers, x: layers.conv2d(x, 2, 0),
    "kernel by a word": lambda layers, x: layers.conv2d(x, 2, "ab"),
    "kernel of half a size": lambda layers, x: layers.conv2d(x, 2, 2.5),
    "no kernel": lambda layers, x: layers.conv2d(x, 2, None),
    "stride 0": lambda layers, x: layers.conv2d(x, 2, 3, strides=0),
    "negative stride": lambda layers, x: layers.conv2d(x, 2, 3, strides=(1, -1)),
    "dilation 0": lambda layers, x: layers.conv2d(x, 2, 3, dilation_rate=0),
    "strides with dilation": lambda layers, x: layers.conv2d(
        x, 2, 3, strides=(2, 1), dilation_rate=(1, 2)
    ),
    "unknown padding": lambda layers, x: layers.conv2d(x, 2, 3, padding="full"),
    "causal padding": lambda layers, x: layers.conv2d(x, 2, 3, padding="causal"),
    "no padding": lambda layers, x: layers.conv2d(x, 2, 3, padding=None),
    "unknown data format": lambda layers, x: layers.conv2d(x, 2, 3, data_format="NHWC"),
    "shrinks to less than nothing": lambda layers, x: layers.conv2d(x, 2, 7),
    "shrinks by dilation": lambda layers, x: layers.conv2d(x, 2, 3, dilation_rate=4),
    "twice the same name": two,
    "reuse with other filters": lambda layers, x: two(layers, x, filters=3, reuse=True),
    "reuse with another kernel": lambda layers, x: two(layers, x, kernel_size=2, reuse=True),
    "reuse with another dtype": lambda layers, x: two(
        layers, x, inputs=tf.cast(x, tf.float64), reuse=True
    ),
    "reuse of nothing": lambda layers, x: layers.conv2d(x, 2, 3, reuse=True),
    "unknown activation": lambda layers, x: layers.conv2d(x, 2, 3, activation="no such"),
}


@pytest.mark.parametrize("case", REFUSED)
def test_refused(case: str) -> None:
    assert_refused(REFUSED[case], random_array(1, 5, 5, 3))


@pytest.mark.parametrize("two", [tf.Dimension(2), np.int64(2), 2.5, True])
@pytest.mark.parametrize("argument", ["filters", "kernel_size", "strides", "dilation_rate"])
def test_number_of_another_type_is_judged_alike(argument: str, two: Any) -> None:
    x = random_array(1, 5, 5, 3)
    arguments = {"filters": 2, "kernel_size": 2}
    assert_same(lambda layers, x: layers.conv2d(x, **{**arguments, argument: two}), x)
    if two != 2.5:  # as one of two strides, tf.layers refuses it only if the sizes are known
        pair = {**arguments, argument: (two, two)}
        assert_same(lambda layers, x: layers.conv2d(x, **pair), x)


def test_shrinking_to_nothing_is_judged_alike() -> None:
    assert_same(lambda layers, x: layers.conv2d(x, 2, 6), random_array(1, 5, 5, 3))


def test_settings_of_a_variable() -> None:
    def network(layers: Any, x: Any) -> Any:
        partitioner = tf.fixed_size_partitioner(2, axis=3)
        return layers.conv2d(
            x,
            4,
            2,
            variables={
                "kernel": {"name": "weights", "partitioner": partitioner},
                "bias": {"dtype": tf.float64, "initializer": tf.ones_initializer()},
            },
        )

    built = build(manual, network, [random_array(1, 3, 3, 2)])
    with built.graph.as_default():
        assert [(v.op.name, v.dtype.base_dtype) for v in tf.global_variables()] == [
            ("conv2d/weights/part_0", tf.float32),
            ("conv2d/weights/part_1", tf.float32),
            ("conv2d/bias", tf.float64),
        ]
    assert built.outputs[0].dtype == tf.float32
    assert built.outputs[0].shape.as_list() == [1, 2, 2, 4]


def test_unknown_role_is_refused() -> None:
    def network(layers: Any, x: Any) -> Any:
        return layers.conv2d(x, 4, 2, variables={"gamma": {}})

    error = build(manual, network, [random_array(1, 3, 3, 2)]).error
    assert isinstance(error, ValueError)
    assert "gamma" in str(error)
