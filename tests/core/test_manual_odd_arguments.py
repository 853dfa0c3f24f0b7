"""Arguments of the wrong type: the twins take and refuse them as tf.layers does."""

import copy
import inspect
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core import manual
from core.tf1 import tf
from tests.core.test_manual_comparison import (
    assert_refused,
    assert_same,
    build,
    described,
    none,
    random_array,
)

NAMES = sorted(name for name in dir(tf.layers) if inspect.isfunction(getattr(tf.layers, name)))
ARGUMENTS = [
    (name, argument)
    for name in NAMES
    for argument in inspect.signature(getattr(tf.layers, name)).parameters
    if argument != "inputs"
]
REGULARIZER = tf.keras.regularizers.l2(0.1)  # one, so that it equals itself as `trainable`
ODD: dict[str, Any] = {
    **{repr(value): lambda value=value: value for value in (None, True, False, 0, -1, 2, 2.0)},
    **{repr(value): lambda value=value: value for value in (0.5, "2", "same", "a b", b"same", "")},
    **{repr(value): lambda value=value: value for value in ([2.0], [1.0, 1.0], [1, 2.0, 1])},
    **{repr(value): lambda value=value: value for value in (("same",), [[1, 1]] * 4)},
    **{repr(value): lambda value=value: value for value in ((), [], (2,), [2, 2], (1, None))},
    **{repr(value): lambda value=value: value for value in ({}, {"a": 1}, range(1, 3))},
    "dtype": lambda: tf.float32,
    "numpy integer": lambda: np.int64(2),
    "numpy float": lambda: np.float32(0.5),
    "array of no axes": lambda: np.array(2),
    "array": lambda: np.array([2, 2]),
    "tensor": lambda: tf.constant(2),
    "boolean tensor": lambda: tf.constant(True),
    "placeholder": lambda: tf.placeholder_with_default(True, []),
    "dimension": lambda: tf.Dimension(2),
    "shape": lambda: tf.TensorShape([2, 2]),
    "array of booleans": lambda: np.array([True, False]),
    "boolean array of no axes": lambda: np.array(True),
    "word of numpy": lambda: np.array(["2"]),
    "dimensions": lambda: [tf.Dimension(2), tf.Dimension(2)],
    "class that makes no function": lambda: ValueError,
    "function": lambda: none,
    "class": lambda: tf.zeros_initializer,
    "regularizer": lambda: REGULARIZER,
}
NEEDED = {"pool_size": 2, "strides": 2, "units": 3, "filters": 3, "kernel_size": 2}
BESIDE = {
    "renorm_clipping": {"renorm": True, "training": True},
    "renorm_momentum": {"renorm": True, "training": True},
    "momentum": {"training": True},
    "adjustment": {"training": True},
    "virtual_batch_size": {"training": True},
    "noise_shape": {"training": True},
    "rate": {"training": True},
    "reuse": {"name": "a"},
}


@given(st.sampled_from(ARGUMENTS), st.sampled_from(sorted(ODD)))
@settings(deadline=None, max_examples=200)
def test_odd_value_is_judged_alike(chosen: Any, odd: str) -> None:
    name, argument = chosen
    signature = inspect.signature(getattr(tf.layers, name))
    required = {key: NEEDED[key] for key in NEEDED if key in signature.parameters}
    others = {**required, **BESIDE.get(argument, {})}
    others.pop(argument, None)

    def network(layers: Any, x: Any) -> Any:
        return getattr(layers, name)(x, **others, **{argument: ODD[odd]()})

    assert_judged_alike(network, random_array(2, *[5] * spatial_axes(name), 4))


# Each argument that is judged by more than its own test draws, whatever else is given beside it.
JUDGED: dict[str, tuple[list[str], str, list[Any]]] = {
    "padding by numbers": (
        ["conv1d", "conv2d", "conv3d", "conv2d_transpose", "conv3d_transpose", "separable_conv1d"],
        "padding",
        [(), [], ("same",), ["same"], ((0, 0), (1, 1), (1, 1), (0, 0)), [[1, 1]] * 4],
    ),
    "strides that aren't whole": (
        ["conv1d", "conv2d", "conv3d", "conv2d_transpose", "separable_conv2d", "max_pooling2d"],
        "strides",
        [[1.0], [2.0], [1.5], [1.0, 1.0], [2.0, 1], [1, 2.5], [2.0] * 3],
    ),
    "dilation that isn't whole": (
        ["conv1d", "conv2d", "conv3d", "separable_conv1d", "separable_conv2d"],
        "dilation_rate",
        [[1.0], [2.0], [1.5], [1.0, 1.0], [2.0, 1], [1, 2.5], [2.0] * 3],
    ),
}
SIZES = {"known": lambda shape: shape, "unknown": lambda shape: [None] * (len(shape) - 1) + [4]}


@pytest.mark.parametrize("sizes", SIZES)
@pytest.mark.parametrize(
    ("name", "case"), [(name, case) for case, judged in JUDGED.items() for name in judged[0]]
)
def test_window_is_judged_alike(name: str, case: str, sizes: str) -> None:
    _, argument, values = JUDGED[case]
    signature = inspect.signature(getattr(tf.layers, name)).parameters
    required = {key: NEEDED[key] for key in NEEDED if key in signature} | {"strides": 1}
    x = random_array(2, *[5] * spatial_axes(name), 4)
    for value in values:
        assert_judged_alike(
            lambda layers, x, value=value: getattr(layers, name)(
                x, **{**required, argument: value}
            ),
            x,
            SIZES[sizes](x.shape),
        )


def test_strides_behind_two_batch_dimensions_are_judged_alike() -> None:
    """TensorFlow's op mistakes the axes there, and strides along the wrong ones."""
    assert_judged_alike(
        lambda layers, x: layers.conv2d(x, 3, 2, 2, data_format="channels_first"),
        random_array(1, 2, 5, 5, 4),
    )


TRAINING: dict[str, Any] = {
    "always": lambda: True,
    "by a tensor": lambda: tf.placeholder_with_default(True, []),
}
NORMALIZATION = {
    "momentum": [1, True, "0.9", np.float64(0.9), (), [], [0.9], [0.9, 0.9], {"a": 1}, (1, None)],
    "virtual_batch_size": [True, False, np.array(2), np.array([2]), np.bool_(True), 2.0, "2"],
    "axis": [[], [tf.Dimension(1)], (3, -1), [np.int64(3)], [1.0]],
}


@pytest.mark.parametrize("training", TRAINING)
@pytest.mark.parametrize("argument", NORMALIZATION)
def test_normalization_is_judged_alike(argument: str, training: str) -> None:
    for value in [*NORMALIZATION[argument], tf.Dimension(2)]:
        assert_judged_alike(
            lambda layers, x, value=value: layers.batch_normalization(
                x, training=TRAINING[training](), **{argument: value}
            ),
            random_array(2, 5, 5, 4),
        )


# What an initializer, regularizer or constraint is looked up by: each fits one of them or none.
FOR_A_VARIABLE: list[Any] = [
    *(3, 0, 0.5, True, False, [], (), [1.0], np.zeros(3, np.float32)),
    *("nonsense", "", b"zeros", "zeros", "l2", "non_neg", "relu"),
    *({}, {"a": 1}, {"class_name": "Nonsense"}, {"class_name": "Dense", "config": {"units": 1}}),
    none,
    tf.constant_initializer,  # a class that isn't made without arguments
]
MADE_BY = {"bias": "use_bias", "gamma": "scale", "beta": "center"}
FOR_OPTIONAL_VARIABLES = [
    (name, argument)
    for name, argument in ARGUMENTS
    if argument.endswith(("_initializer", "_regularizer", "_constraint"))
    and argument.partition("_")[0] in MADE_BY
]


@pytest.mark.parametrize("made", [True, False], ids=["made", "not made"])
@pytest.mark.parametrize(("name", "argument"), FOR_OPTIONAL_VARIABLES)
def test_nonsense_for_a_variable_is_judged_alike(name: str, argument: str, made: bool) -> None:
    signature = inspect.signature(getattr(tf.layers, name)).parameters
    others = {key: NEEDED[key] for key in NEEDED if key in signature}
    others[MADE_BY[argument.partition("_")[0]]] = made
    for value in FOR_A_VARIABLE:
        assert_judged_alike(
            lambda layers, x, value=value: getattr(layers, name)(x, **others, **{argument: value}),
            random_array(2, *[5] * spatial_axes(name), 4),
        )


@pytest.mark.parametrize("use_bias", [True, False])
@pytest.mark.parametrize("name", [name for name in NAMES if "conv" in name])
def test_class_that_makes_no_initializer_is_refused(name: str, use_bias: bool) -> None:
    assert_refused(
        lambda layers, x: getattr(layers, name)(
            x, 3, 2, use_bias=use_bias, bias_initializer=ValueError
        ),
        random_array(2, *[5] * spatial_axes(name), 4),
    )


SEEDS = [True, 2.5, "2", [2], (2,), np.array(2), np.array([2]), np.array(True), np.array([True])]


@pytest.mark.parametrize("seed", SEEDS, ids=repr)
def test_seed_is_judged_alike(seed: Any) -> None:
    assert_same(
        lambda layers, x: layers.dropout(x, seed=copy.copy(seed), training=True),
        random_array(2, 4),
    )


def test_seed_in_a_variable_is_judged_alike() -> None:
    assert_judged_alike(
        lambda layers, x: layers.dropout(x, seed=tf.Variable(2, use_resource=True), training=True),
        random_array(2, 4),
    )


def test_seed_in_an_array_stays_as_it_is() -> None:
    seed = np.array(2)
    with tf.Graph().as_default():
        manual.dropout(tf.ones([2]), seed=seed, training=True)
    assert seed == 2


@pytest.mark.parametrize("name", NAMES)
def test_variable_scope_as_name_is_judged_alike(name: str) -> None:
    signature = inspect.signature(getattr(tf.layers, name)).parameters
    required = {key: NEEDED[key] for key in NEEDED if key in signature}

    def network(layers: Any, x: Any) -> Any:
        with tf.variable_scope("s") as scope:
            pass
        named = getattr(layers, name)(x, name=scope, **required)
        return [named, layers.dense(x, 2), layers.dense(x, 2, name="s")]

    assert_judged_alike(network, random_array(2, *[5] * spatial_axes(name), 4))


def assert_judged_alike(network: Any, x: Any, shape: Any = None) -> None:
    """Check that the twin builds what tf.layers builds, or raises what it raises."""
    shapes = [x.shape if shape is None else shape]
    theirs, ours = (build(layers, network, [x], shapes) for layers in (tf.layers, manual))
    assert isinstance(ours.error, type(theirs.error)), (theirs.error, ours.error)
    if theirs.error is None:
        assert described(ours) == described(theirs)


def spatial_axes(name: str) -> int:
    return next((int(letter) for letter in name if letter.isdigit()), 2)
