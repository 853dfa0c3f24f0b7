"""Models that were written for tf.layers run on the twins unchanged: the proof of the whole."""

from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pytest

from core import manual
from core.tf1 import tf
from tests.core.test_manual_comparison import SESSION, random_array

STEPS = 3


class Model(NamedTuple):
    """A model as TF1 code builds it: what to feed, the ops of one step in turn, and its loss."""

    feed: dict[Any, Any]
    steps: list[Any]
    loss: Any


def classifier() -> Model:
    """Classify images, with batch normalization, dropout and weight decay."""
    images = tf.placeholder(tf.float32, [None, 8, 8, 3])
    labels = tf.placeholder(tf.int64, [None])
    training = tf.placeholder_with_default(False, [])
    decay = tf.keras.regularizers.l2(1e-3)

    net = images
    for filters in (4, 8):
        net = tf.layers.conv2d(
            net, filters, 3, padding="same", use_bias=False, kernel_regularizer=decay
        )
        net = tf.layers.batch_normalization(net, training=training, momentum=0.9)
        net = tf.nn.relu(net)
        net = tf.layers.max_pooling2d(net, 2, 2)
    net = tf.layers.flatten(net)
    net = tf.layers.dropout(net, rate=0.3, training=training)
    net = tf.layers.dense(net, 16, activation=tf.nn.relu, kernel_regularizer=decay)
    logits = tf.layers.dense(net, 5, name="logits")

    loss = (
        tf.losses.sparse_softmax_cross_entropy(labels, logits) + tf.losses.get_regularization_loss()
    )
    with tf.control_dependencies(tf.get_collection(tf.GraphKeys.UPDATE_OPS)):
        step = tf.train.MomentumOptimizer(0.05, 0.9).minimize(loss)
    feed = {images: random_array(6, 8, 8, 3), labels: np.arange(6) % 5, training: True}
    return Model(feed, [step], loss)


def adversaries() -> Model:
    """Train a generator against a discriminator that sees real images, then drawn ones."""

    def generator(noise: Any) -> Any:
        with tf.variable_scope("generator"):
            net = tf.layers.dense(noise, 2 * 2 * 8)
            net = tf.reshape(net, [-1, 2, 2, 8])
            net = tf.layers.batch_normalization(net, training=True)
            net = tf.layers.conv2d_transpose(tf.nn.relu(net), 4, 3, 2, "same")
            return tf.layers.conv2d_transpose(net, 1, 3, 2, "same", activation=tf.nn.tanh)

    def discriminator(images: Any, reuse: bool) -> Any:
        with tf.variable_scope("discriminator", reuse=reuse):
            net = tf.layers.separable_conv2d(images, 4, 3, strides=2, activation=tf.nn.leaky_relu)
            net = tf.layers.average_pooling2d(net, 2, 1)
            return tf.layers.dense(tf.layers.flatten(net), 1, name="score")

    real = tf.placeholder(tf.float32, [4, 8, 8, 1])
    noise = tf.placeholder(tf.float32, [4, 3])
    on_real = discriminator(real, reuse=False)
    on_drawn = discriminator(generator(noise), reuse=True)
    criticism = tf.reduce_mean(tf.nn.softplus(-on_real) + tf.nn.softplus(on_drawn))
    deceit = tf.reduce_mean(tf.nn.softplus(-on_drawn))
    steps = [
        tf.train.GradientDescentOptimizer(0.1).minimize(
            loss, var_list=tf.trainable_variables(scope)
        )
        for loss, scope in ((criticism, "discriminator"), (deceit, "generator"))
    ]
    steps.append(tf.group(*tf.get_collection(tf.GraphKeys.UPDATE_OPS)))
    feed = {real: random_array(4, 8, 8, 1), noise: random_array(4, 3)}
    return Model(feed, steps, tf.stack([criticism, deceit]))


def siblings() -> Model:
    """Compare two sequences by one encoder that AUTO_REUSE shares, its weights from the scope."""

    def encode(sequence: Any) -> Any:
        with tf.variable_scope(
            "encoder", reuse=tf.AUTO_REUSE, initializer=tf.random_normal_initializer(stddev=0.1)
        ):
            net = tf.layers.conv1d(sequence, 4, 3, padding="causal", dilation_rate=2)
            net = tf.layers.separable_conv1d(net, 6, 2, activation="relu", name="mix")
            net = tf.layers.max_pooling1d(net, 2, 2)
            return tf.layers.dense(tf.reduce_mean(net, axis=1), 3, name="code")

    left = tf.placeholder(tf.float32, [None, 9, 2])
    right = tf.placeholder(tf.float32, [None, 9, 2])
    loss = tf.reduce_mean(tf.squared_difference(encode(left), encode(right)))
    step = tf.train.AdamOptimizer(0.01).minimize(loss)
    array = random_array(4, 9, 2)
    return Model({left: array, right: array[::-1]}, [step], loss)


MODELS = [classifier, adversaries, siblings]


class Run(NamedTuple):
    """What came of a model: its losses step by step, and the variables after the last one."""

    losses: list[Any]
    variables: dict[str, Any]


def run(
    model: Callable[[], Model], *, restored: Path | None = None, saved: Path | None = None
) -> Run:
    """Train a model from its initial values, or from those of a checkpoint."""
    with tf.Graph().as_default(), tf.Session(config=SESSION) as session:
        tf.set_random_seed(5)
        # Variables by reference would be read while the step changes them: a race.
        tf.get_variable_scope().set_use_resource(True)
        feed, steps, loss = model()
        saver = tf.train.Saver()
        session.run(tf.global_variables_initializer())
        if restored:
            saver.restore(session, str(restored))
        losses = []
        for _ in range(STEPS):
            losses.append(session.run(loss, feed))
            for step in steps:
                session.run(step, feed)
        if saved:
            saver.save(session, str(saved))
        return Run(losses, session.run({v.op.name: v for v in tf.global_variables()}))


def assert_same_run(ours: Run, theirs: Run) -> None:
    assert list(ours.variables) == list(theirs.variables)
    np.testing.assert_allclose(ours.losses, theirs.losses, rtol=1e-4)
    for name, value in theirs.variables.items():
        np.testing.assert_allclose(ours.variables[name], value, 1e-3, 1e-5, err_msg=name)


@pytest.mark.parametrize("model", MODELS)
def test_model_trains_alike(model: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    theirs = run(model)
    monkeypatch.setattr(tf, "layers", manual)
    assert_same_run(run(model), theirs)


@pytest.mark.parametrize("model", MODELS)
def test_checkpoint_of_tf_layers_trains_on(
    model: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    run(model, saved=tmp_path / "model")
    theirs = run(model, restored=tmp_path / "model")
    monkeypatch.setattr(tf, "layers", manual)
    assert_same_run(run(model, restored=tmp_path / "model"), theirs)
