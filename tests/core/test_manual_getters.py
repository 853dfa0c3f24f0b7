"""The custom getters of scopes, with tf.layers and the twins alike."""

import numpy as np
import pytest

from core import manual
from core.tf1 import tf

BOTH = pytest.mark.parametrize("layers", [tf.layers, manual], ids=["tf.layers", "by hand"])


@pytest.fixture(autouse=True)
def graph():
    """Give each test a graph of its own."""
    with tf.Graph().as_default() as graph:
        yield graph


def names():
    """Return the names of all variables, as a checkpoint has them."""
    return [found.op.name for found in tf.global_variables()]


@BOTH
@pytest.mark.parametrize("resource", [False, True])
def test_averages_have_the_names_that_tensorflow_gives_them(layers, resource):
    x = tf.ones([2, 4])
    with tf.variable_scope("s", use_resource=resource):
        layers.dense(x, 3, name="d")
    average = manual.exponential_moving_average(0.9)
    for _ in range(2):
        with tf.variable_scope("s", reuse=True, custom_getter=average):
            layers.dense(x, 3, name="d")
    averages = ["s/d/kernel/ExponentialMovingAverage", "s/d/bias/ExponentialMovingAverage"]
    assert names() == ["s/d/kernel", "s/d/bias", *averages]
    with tf.Graph().as_default():
        theirs = tf.train.ExponentialMovingAverage(0.9)
        with tf.variable_scope("s"):
            tf.layers.dense(tf.ones([2, 4]), 3, name="d")
        assert list(map(theirs.average_name, tf.trainable_variables())) == averages
    assert len(tf.get_collection(tf.GraphKeys.UPDATE_OPS)) == 2


@BOTH
@pytest.mark.parametrize("resource", [False, True])
def test_a_layer_calculates_with_averages(layers, resource):
    with tf.variable_scope("s", use_resource=resource):
        getter = manual.exponential_moving_average(0.75)
        with tf.variable_scope("t", custom_getter=getter):
            outputs = layers.dense(tf.ones([1, 4]), 1, use_bias=False, name="d")
    kernel = tf.trainable_variables()[0]
    updates = tf.get_collection(tf.GraphKeys.UPDATE_OPS)
    with tf.Session() as session:
        session.run(tf.global_variables_initializer())
        first, values = session.run([outputs, kernel])
        assert first == pytest.approx(values.sum(), rel=1e-5)
        session.run(tf.assign(kernel, kernel + 1.0))
        assert session.run(outputs) == pytest.approx(first, rel=1e-5)
        session.run(updates)
        # A quarter of the way, for each of the four inputs.
        np.testing.assert_allclose(session.run(outputs), first + 1.0, rtol=1e-5)


@BOTH
def test_a_variable_in_parts_has_no_average(layers):
    getter = manual.exponential_moving_average()
    parts = tf.fixed_size_partitioner(2)
    says = pytest.raises(ValueError, match=r"s/d/kernel is in parts, .* take the partitioner")
    with tf.variable_scope("s", custom_getter=getter, partitioner=parts), says:
        layers.dense(tf.ones([2, 4]), 3, name="d")


@BOTH
def test_weights_can_be_stored_wider_than_they_are_used(layers):
    with tf.variable_scope("s", custom_getter=manual.stored_as(tf.float32)):
        outputs = layers.dense(tf.ones([2, 4], tf.float16), 3)
        layers.batch_normalization(outputs, training=True)
    assert outputs.dtype == tf.float16
    assert {found.dtype.base_dtype for found in tf.global_variables()} == {tf.float32}


def test_only_floating_point_variables_are_stored_in_another_type():
    with tf.variable_scope("s", custom_getter=manual.stored_as(tf.float16)):
        assert tf.get_variable("n", [], tf.int32).dtype.base_dtype == tf.int32
        assert tf.get_variable("x", [], tf.float32).dtype.base_dtype == tf.float32
    assert [v.dtype.base_dtype for v in tf.global_variables()] == [tf.int32, tf.float16]


@BOTH
def test_frozen_variables_are_not_trainable(layers):
    with tf.variable_scope("s", custom_getter=manual.frozen()):
        layers.dense(tf.ones([2, 4]), 3)
    assert len(tf.global_variables()) == 2
    assert tf.trainable_variables() == []
