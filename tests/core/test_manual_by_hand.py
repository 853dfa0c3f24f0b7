"""The layers that tf.layers doesn't have, on real TensorFlow."""

from typing import Any

import numpy as np
import pytest

from core import manual
from core.tf1 import tf


@pytest.fixture(autouse=True)
def graph():
    """Give each test a graph of its own."""
    with tf.Graph().as_default() as graph:
        tf.set_random_seed(3)
        yield graph


def run(*fetched: Any, feed: Any = None) -> Any:
    """Return values after initialization."""
    with tf.Session() as session:
        session.run(tf.global_variables_initializer())
        values = session.run(list(fetched), feed)
    return values[0] if len(values) == 1 else values


def names() -> list[str]:
    """Return the names of all variables, as a checkpoint has them."""
    return [found.op.name for found in tf.global_variables()]


def test_an_embedding_returns_rows_of_its_table():
    rows = manual.embedding(tf.constant([[3, 1], [0, 3]]), 5, 2, name="words")
    assert names() == ["words/embeddings"]
    table, found = run(tf.global_variables()[0], rows)
    assert np.array_equal(found, table[[[3, 1], [0, 3]]])


@pytest.mark.parametrize("parts", [2, 3])
def test_an_embedding_in_parts_has_the_rows_of_the_checkpoint(parts, tmp_path):
    with tf.variable_scope("s", partitioner=tf.fixed_size_partitioner(parts)):
        rows = manual.embedding(tf.range(7), 7, 2, name="words")
    saver = tf.train.Saver()
    with tf.Session() as session:
        session.run(tf.global_variables_initializer())
        found = session.run(rows)
        prefix = saver.save(session, str(tmp_path / "m"))
    assert np.array_equal(tf.train.load_variable(prefix, "s/words/embeddings"), found)


def test_an_embedding_takes_the_settings_of_the_scope_and_of_the_variable():
    with tf.variable_scope("s", initializer=tf.initializers.constant(2.0), dtype=tf.float64):
        rows = manual.embedding(
            tf.constant([1]), 3, 2, variables={"embeddings": {"name": "table", "trainable": False}}
        )
    assert names() == ["s/embedding/table"]
    assert rows.dtype == tf.float64
    assert tf.trainable_variables() == []
    assert np.array_equal(run(rows), [[2.0, 2.0]])


def test_an_embedding_refuses_numbers_that_are_not_whole():
    with pytest.raises(TypeError):
        manual.embedding(tf.constant([0.5]), 3, 2)


def test_a_tied_layer_multiplies_by_the_transposed_kernel():
    x = tf.constant(np.random.default_rng(1).normal(size=(2, 4)).astype(np.float32))
    with tf.variable_scope("encoder"):
        hidden = tf.layers.dense(x, 3, name="code")
    with tf.variable_scope("decoder"):
        back = manual.tied_dense(hidden, "encoder/code/kernel", name="out")
    assert names() == ["encoder/code/kernel", "encoder/code/bias", "decoder/out/bias"]
    assert back.op.name == "decoder/out/BiasAdd"
    assert back.shape.as_list() == [2, 4]
    kernel, code, found = run(tf.global_variables()[0], hidden, back)
    np.testing.assert_allclose(found, code @ kernel.T, rtol=1e-5)


def test_a_tied_layer_turns_an_embedding_round_for_every_position():
    states = tf.ones([2, 6, 3])
    manual.embedding(tf.constant([0]), 10, 3, name="words")
    logits = manual.tied_dense(states, "words/embeddings", use_bias=False)
    assert logits.shape.as_list() == [2, 6, 10]
    table, found = run(tf.global_variables()[0], logits)
    np.testing.assert_allclose(found, np.ones([2, 6, 3]) @ table.T, rtol=1e-5)


def test_a_tied_layer_refuses_a_kernel_that_is_not_there():
    with tf.variable_scope("s"), pytest.raises(ValueError, match="Variable a/kernel does not"):
        manual.tied_dense(tf.ones([2, 3]), "a/kernel")


def test_a_bare_variable_has_the_name_itself():
    with tf.variable_scope("s"):
        manual.variable(tf.ones([2, 6, 3]), [6, 3], name="positions")
    assert names() == ["s/positions"]
    with tf.variable_scope("s"), pytest.raises(ValueError, match="already exists"):
        manual.variable(tf.ones([2, 6, 3]), [6, 3], name="positions")
    with tf.variable_scope("s"):
        manual.variable(tf.ones([2, 6, 3]), [6, 3], name="positions", reuse=True)
    assert names() == ["s/positions"]


@pytest.mark.parametrize("combine", ["add", "multiply"])
def test_a_bare_variable_is_broadcast(combine):
    x = np.random.default_rng(1).normal(size=(2, 6, 3)).astype(np.float32)
    result = manual.variable(tf.constant(x), [6, 1], combine)
    value, found = run(tf.global_variables()[0], result)
    expected = x + value if combine == "add" else x * value
    np.testing.assert_allclose(found, expected, rtol=1e-6)


@pytest.mark.parametrize(("shape", "axis"), [([1, 1, 3], 1), ([3], 1), ([6, 2], -1), ([2], 2)])
def test_a_bare_variable_is_put_behind(shape, axis):
    x = tf.placeholder(tf.float32, [None, 6, 3])
    result = manual.variable(x, shape, "concat", axis=axis)
    fed = np.random.default_rng(1).normal(size=(2, 6, 3)).astype(np.float32)
    value, found = run(tf.global_variables()[0], result, feed={x: fed})
    size = list(fed.shape)
    size[axis] = np.broadcast_to(value, [1] * (3 - value.ndim) + list(value.shape)).shape[axis]
    expected = np.concatenate([fed, np.broadcast_to(value, size)], axis)
    assert np.array_equal(found, expected)


def test_a_bare_variable_refuses_another_way_to_combine():
    with pytest.raises(ValueError, match="combine"):
        manual.variable(tf.ones([2]), [2], "divide")


@pytest.mark.parametrize("dtype", ["float16", "float32", "float64"])
@pytest.mark.parametrize("axis", [-1, 1, [1, 2], (2, 1), [-1]])
@pytest.mark.parametrize("scaled", [True, False])
def test_layer_normalization_gives_the_numbers_of_keras(dtype, axis, scaled):
    x = np.random.default_rng(1).normal(3, 2, size=(2, 5, 4)).astype(dtype)
    options = {"scale": scaled, "gamma_initializer": "ones", "beta_initializer": "ones"}
    keras = tf.keras.layers.LayerNormalization(
        list(axis) if isinstance(axis, tuple) else axis, dtype=dtype, **options
    )
    theirs = keras(tf.constant(x))
    ours = manual.layer_normalization(tf.constant(x), axis, name="norm", **options)
    assert ours.dtype == theirs.dtype
    ours, theirs = run(ours, theirs)
    tolerance = 0.01 if dtype == "float16" else 1e-5
    np.testing.assert_allclose(ours, theirs, rtol=tolerance, atol=tolerance)


def test_layer_normalization_makes_gamma_and_beta():
    manual.layer_normalization(tf.ones([2, 5, 4], tf.float16), [1, 2], name="norm")
    assert names() == ["norm/gamma", "norm/beta"]
    assert [found.shape.as_list() for found in tf.global_variables()] == [[5, 4], [5, 4]]
    assert {found.dtype.base_dtype for found in tf.global_variables()} == {tf.float32}


def test_layer_normalization_needs_to_know_its_axes():
    with pytest.raises(ValueError, match="must be known"):
        manual.layer_normalization(tf.placeholder(tf.float32, [None, None]))


def test_a_custom_layer_has_a_scope_for_its_variables():
    def scaled(inputs: tf.Tensor) -> tf.Tensor:
        return inputs * tf.get_variable("scale", [3], initializer=tf.initializers.ones())

    one = manual.custom(scaled, tf.ones([2, 3]), name="mine")
    manual.custom(scaled, tf.ones([2, 3]), name="mine", reuse=True)
    manual.custom(scaled, tf.ones([2, 3]))
    assert names() == ["mine/scale", "custom/scale"]
    assert one.op.name == "mine/mul"


def test_a_custom_layer_must_return_something():
    with pytest.raises(TypeError, match="returns nothing"):
        manual.custom(lambda inputs: None, tf.ones([2]))
