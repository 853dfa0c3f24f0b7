"""manual.dense against tf.layers.dense."""

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
    absolute,
    assert_refused,
    assert_same,
    build,
    in_scopes,
    none,
    random_array,
)

ARGUMENTS = st.fixed_dictionaries(
    {"units": st.sampled_from([1, 3, 4, 2.5, tf.Dimension(3), np.int64(2), "2"])},
    optional={
        "activation": ACTIVATIONS,
        "use_bias": st.sampled_from([True, False, 1, None]),
        "kernel_initializer": INITIALIZERS.filter(lambda i: i is not tf.orthogonal_initializer),
        "bias_initializer": INITIALIZERS.filter(lambda i: i is not tf.orthogonal_initializer),
        "kernel_regularizer": REGULARIZERS,
        "bias_regularizer": REGULARIZERS,
        "activity_regularizer": REGULARIZERS,
        "kernel_constraint": CONSTRAINTS,
        "bias_constraint": CONSTRAINTS,
        "trainable": st.booleans(),
        "name": st.sampled_from([None, "d", "d/e"]),
        "reuse": st.sampled_from([None, False, tf.AUTO_REUSE]),
    },
)


@given(
    ARGUMENTS,
    SCOPE_ARGUMENTS,
    st.sampled_from([(2, 4), (2, 3, 4), (1, 2, 2, 4)]),
    st.sampled_from(["float32", "float64", "float16"]),
)
@settings(deadline=None, max_examples=30)
def test_any_arguments(arguments: Any, scope: Any, shape: Any, dtype: str) -> None:
    def network(layers: Any, x: Any) -> Any:
        with tf.variable_scope("s", **scope):
            first = layers.dense(x, **arguments)
        return [first, layers.dense(first, 2)]

    unknown_batch = [(None, *shape[1:])]
    assert_same(network, random_array(*shape, dtype=dtype), shapes=unknown_batch)


@given(CALLS, st.booleans())
@settings(deadline=None, max_examples=30)
def test_names_and_reuse(calls: Any, regularized: bool) -> None:
    def network(layers: Any, x: Any) -> Any:
        loss = absolute if regularized else None
        return in_scopes(
            calls, lambda **names: layers.dense(x, 3, kernel_regularizer=loss, **names)
        )

    assert_same(network, random_array(2, 3))


GRID = [
    {"units": units, "activation": activation, "use_bias": use_bias}
    for units in (1, 5)
    for activation in (None, "relu", tf.nn.softmax)
    for use_bias in (True, False)
]


@pytest.mark.parametrize("arguments", GRID)
@pytest.mark.parametrize("shape", [(3, 4), (2, 3, 4)])
def test_equal_weights_give_equal_outputs(arguments: Any, shape: Any) -> None:
    assert_same(lambda layers, x: layers.dense(x, **arguments), random_array(*shape))


REFUSED: dict[str, Any] = {
    "rank 1": lambda layers, x: layers.dense(x[0], 3),
    "unknown channels": lambda layers, x: layers.dense(tf.placeholder(tf.float32, [2, None]), 3),
    "unknown rank": lambda layers, x: layers.dense(tf.placeholder(tf.float32), 3),
    "integer inputs": lambda layers, x: layers.dense(tf.cast(x, tf.int32), 3),
    "two inputs": lambda layers, x: layers.dense([x, x], 3),
    "one input in a list": lambda layers, x: layers.dense([x], 3),
    "an empty list": lambda layers, x: layers.dense([], 3),
    "numbers in a list": lambda layers, x: layers.dense([[1.0, 2.0], [3.0, 4.0]], 3),
    "no inputs": lambda layers, x: layers.dense(None, 3),
    "no inputs in a list": lambda layers, x: layers.dense([None], 3),
    "a shape": lambda layers, x: layers.dense(x.shape, 3),
    "a whole number": lambda layers, x: layers.dense(3, 3),
    "a word": lambda layers, x: layers.dense(tf.constant("word"), 3),
    "units True": lambda layers, x: layers.dense(x, True),
    "units False": lambda layers, x: layers.dense(x, False),
    "sparse inputs of rank 3": lambda layers, x: layers.dense(tf.sparse.from_dense(x[None]), 3),
    "sparse inputs of rank 1": lambda layers, x: layers.dense(tf.sparse.from_dense(x[0]), 3),
    "ragged last axis": lambda layers, x: layers.dense(tf.ragged.constant([[1.0], []]), 3),
    "activity loss of ragged outputs": lambda layers, x: layers.dense(
        tf.RaggedTensor.from_row_lengths(x, [2]), 3, activity_regularizer="l2"
    ),
    "negative units": lambda layers, x: layers.dense(x, -1),
    "no units": lambda layers, x: layers.dense(x, None),
    "units by a word": lambda layers, x: layers.dense(x, "three"),
    "unknown activation": lambda layers, x: layers.dense(x, 3, "no such"),
    "activation that returns nothing": lambda layers, x: layers.dense(x, 3, none),
    "activation not callable": lambda layers, x: layers.dense(x, 3, 7),
    "unknown initializer": lambda layers, x: layers.dense(x, 3, kernel_initializer="no such"),
    "constant initializer": lambda layers, x: layers.dense(x, 3, kernel_initializer=0.5),
    "unknown regularizer": lambda layers, x: layers.dense(x, 3, kernel_regularizer="no such"),
    "regularizer not callable": lambda layers, x: layers.dense(x, 3, bias_regularizer=0.1),
    "activity regularizer not callable": lambda layers, x: layers.dense(
        x, 3, activity_regularizer=0.1
    ),
    "constraint not callable": lambda layers, x: layers.dense(x, 3, bias_constraint=1.0),
    "reuse by a tensor": lambda layers, x: layers.dense(x, 3, name="a", reuse=tf.constant(True)),
    "unnamed reuse by a tensor": lambda layers, x: layers.dense(x, 3, reuse=tf.constant(True)),
    "unknown reuse": lambda layers, x: layers.dense(x, 3, name="a", reuse="yes"),
    "bad name": lambda layers, x: layers.dense(x, 3, name="a b"),
    "reuse of nothing": lambda layers, x: layers.dense(x, 3, name="a", reuse=True),
    "twice the same name": lambda layers, x: [
        layers.dense(x, 3, name="a"),
        layers.dense(x, 3, name="a"),
    ],
    "reuse with other units": lambda layers, x: [
        layers.dense(x, 3, name="a"),
        layers.dense(x, 4, name="a", reuse=True),
    ],
    "reuse with another dtype": lambda layers, x: [
        layers.dense(x, 3, name="a"),
        layers.dense(tf.cast(x, tf.float64), 3, name="a", reuse=True),
    ],
    "reuse with a new bias": lambda layers, x: [
        layers.dense(x, 3, name="a", use_bias=False),
        layers.dense(x, 3, name="a", reuse=True),
    ],
    "complex inputs and no initializer": lambda layers, x: layers.dense(
        tf.cast(x, tf.complex64), 3
    ),
    "unknown argument": lambda layers, x: layers.dense(x, 3, unit=4),
}


@pytest.mark.parametrize("case", REFUSED)
def test_refused(case: str) -> None:
    assert_refused(REFUSED[case], random_array(2, 4))


def test_array_and_variable_as_inputs() -> None:
    def network(layers: Any) -> Any:
        array = random_array(2, 4, dtype="float64")
        variable = tf.get_variable("inputs", [2, 4])
        return [layers.dense(array, 3), layers.dense(variable, 3)]

    assert_same(network)


@pytest.mark.parametrize("batch", [4, None])
@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_sparse_inputs(batch: int | None, dtype: str) -> None:
    def network(layers: Any, x: Any) -> Any:
        outputs = layers.dense(tf.sparse.from_dense(x), 3, "tanh")
        return [outputs, layers.dense(outputs, 2)]

    x = random_array(4, 5, dtype=dtype)
    x[1] = 0
    assert_same(network, np.where(x > 0, x, 0), shapes=[(batch, 5)])


@pytest.mark.parametrize("use_resource", [False, True])
def test_gradient_of_sparse_inputs_is_sparse(use_resource: bool) -> None:
    """An optimizer then updates only those rows of the kernel that the inputs took part in."""

    def network(layers: Any, x: Any) -> Any:
        with tf.variable_scope("s", use_resource=use_resource):
            outputs = layers.dense(tf.sparse.from_dense(x), 3, use_bias=False)
        (kernel,) = tf.trainable_variables()
        (gradient,) = tf.gradients(outputs, kernel)
        assert isinstance(gradient, tf.IndexedSlices)
        return gradient.indices

    assert_same(network, np.where(np.eye(4, 5) > 0, random_array(4, 5), 0))


@pytest.mark.parametrize("shape", [(5, 4), (5, 2, 4)])
@pytest.mark.parametrize("activation", [None, "relu", "softmax"])
def test_ragged_inputs(shape: Any, activation: Any) -> None:
    def network(layers: Any, x: Any) -> Any:
        ragged = tf.RaggedTensor.from_row_lengths(x, [3, 0, 2])
        outputs = layers.dense(ragged, 3, activation)
        assert isinstance(outputs, tf.RaggedTensor)
        return outputs.to_tensor()

    assert_same(network, random_array(*shape))


@pytest.mark.parametrize("bounds", [[], [[3, 0, 2]], [[2, 0, 1], [4, 0, 1]]])
@pytest.mark.parametrize("activation", [None, "softmax"])
def test_ragged_inputs_with_rows_of_one_length(bounds: Any, activation: Any) -> None:
    def network(layers: Any, x: Any) -> Any:
        ragged = tf.RaggedTensor.from_uniform_row_length(x, 4)
        for lengths in reversed(bounds):
            ragged = tf.RaggedTensor.from_row_lengths(ragged, lengths)
        outputs = layers.dense(ragged, 3, activation)
        assert isinstance(outputs, tf.RaggedTensor) is bool(bounds)
        return tf.nest.flatten(outputs, expand_composites=True)

    assert_same(network, random_array(20))


def test_ragged_inputs_with_all_rows_of_one_length() -> None:
    def network(layers: Any, x: Any) -> Any:
        rows = tf.RaggedTensor.from_uniform_row_length(x, 4)
        outputs = layers.dense(tf.RaggedTensor.from_uniform_row_length(rows, 3), 2)
        return [outputs.to_tensor(), outputs.bounding_shape()]

    assert_same(network, random_array(24))


@pytest.mark.parametrize("initializer", ["ones", {"class_name": "HeNormal", "config": {}}])
def test_initializer_of_the_scope_by_its_keras_name(initializer: Any) -> None:
    def network(layers: Any, x: Any) -> Any:
        with tf.variable_scope("s", initializer=initializer):
            return layers.dense(x, 3, bias_initializer=None if initializer == "ones" else "zeros")

    assert_same(network, random_array(2, 4))


@pytest.mark.parametrize("number", [1, 0.5, np.float64(2)])
def test_regularizer_that_returns_a_number(number: Any) -> None:
    def network(layers: Any, x: Any) -> Any:
        outputs = layers.dense(
            x, 3, kernel_regularizer=lambda _: number, bias_regularizer=tf.nn.l2_loss
        )
        return [outputs, tf.losses.get_regularization_loss()]

    assert_same(network, random_array(2, 4))


def test_variable_scope_as_name() -> None:
    def network(layers: Any, x: Any) -> Any:
        with tf.variable_scope("outer") as outer:
            pass
        with tf.variable_scope("elsewhere"):
            return layers.dense(x, 3, name=outer)

    assert_same(network, random_array(2, 4))


def test_ops_of_a_second_call_have_their_own_name_scope() -> None:
    def network(layers: Any, x: Any) -> Any:
        first = layers.dense(x, 3, name="a")
        return [first, layers.dense(x, 3, name="a", reuse=True)]

    for layers in (tf.layers, manual):
        first, second = build(layers, network, [random_array(2, 4)]).outputs
        assert first.op.name.startswith("a/")
        assert second.op.name.startswith("a_1/")


def built_with(variables: Any, *, calls: int = 1, **arguments: Any) -> Any:
    """Build manual.dense with settings per variable; return its graph."""

    def network(layers: Any, x: Any) -> Any:
        return [
            layers.dense(x, 3, name="a", reuse=tf.AUTO_REUSE, variables=variables, **arguments)
            for _ in range(calls)
        ]

    built = build(manual, network, [random_array(2, 4)])
    if built.error:
        raise built.error
    return built


def test_settings_of_a_variable() -> None:
    built = built_with(
        {
            "kernel": {"name": "weights", "collections": ["mine"], "dtype": tf.float64},
            "bias": {"name": "biases", "trainable": False, "use_resource": True},
        }
    )
    with built.graph.as_default():
        (weights,) = tf.get_collection("mine")
        assert weights.op.name == "a/weights"
        assert weights.dtype.base_dtype == tf.float64
        assert [v.op.name for v in tf.global_variables()] == ["a/biases"]
        assert [v.op.name for v in tf.trainable_variables()] == ["a/weights"]
    assert built.outputs[0].dtype == tf.float32


def test_settings_replace_the_arguments() -> None:
    built = built_with(
        {"kernel": {"initializer": tens_of_4_by_3(), "regularizer": absolute}},
        kernel_initializer="zeros",
        kernel_regularizer="l2",
        calls=2,
    )
    with built.graph.as_default(), tf.Session() as session:
        session.run(tf.global_variables_initializer())
        (loss,) = tf.get_collection(tf.GraphKeys.REGULARIZATION_LOSSES)
        assert session.run(tf.convert_to_tensor(loss)) == pytest.approx(120.0)
        np.testing.assert_array_equal(session.run("a/kernel:0"), tens_of_4_by_3())


def tens_of_4_by_3() -> Any:
    return np.full((4, 3), 10, np.float32)


def test_own_regularizer_adds_one_loss_for_a_shared_constant() -> None:
    settings_ = {"kernel": {"initializer": tens_of_4_by_3(), "collections": ["mine"]}}
    built = built_with(settings_, kernel_regularizer="l2", calls=3)
    assert len(built.graph.get_collection(tf.GraphKeys.REGULARIZATION_LOSSES)) == 1


def test_partitioned_kernel_computes_the_same() -> None:
    partitioned = built_with({"kernel": {"partitioner": tf.fixed_size_partitioner(2)}})
    with partitioned.graph.as_default(), tf.Session() as session:
        names = [v.op.name for v in tf.trainable_variables()]
        assert names == ["a/kernel/part_0", "a/kernel/part_1", "a/bias"]
        session.run(tf.global_variables_initializer())
        x = random_array(2, 4)
        parts = session.run(tf.trainable_variables()[:2])
        outputs = session.run(partitioned.outputs[0], {partitioned.inputs[0]: x})
        np.testing.assert_allclose(outputs, x @ np.concatenate(parts), rtol=1e-5)


@pytest.mark.parametrize(
    ("variables", "error", "words"),
    [
        ({"kernal": {}}, ValueError, "kernal"),
        ({"gamma": {}}, ValueError, "gamma"),
        ({"kernel": {"initialiser": "zeros"}}, TypeError, "initialiser"),
        ({"bias": {"custom_getter": print}}, TypeError, "custom_getter"),
        ({"kernel": {"initializer": np.zeros((2, 2), np.float32)}}, ValueError, "incompatible"),
    ],
)
def test_settings_that_do_not_exist(variables: Any, error: Any, words: str) -> None:
    with pytest.raises(error, match=words):
        built_with(variables)
