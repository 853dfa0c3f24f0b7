"""Checkpoints of every form, written by TensorFlow itself."""

from pathlib import Path

import numpy as np

from core.tf1 import tf
from tests.acceptance.program import run_python

DTYPES = (
    *("float32", "float64", "float16", "bfloat16", "int8", "uint8", "int16", "uint16"),
    *("int32", "int64", "uint32", "uint64", "bool", "complex64", "complex128"),
)

# A model and its optimizer, as TensorFlow 2 saves them: by objects and not by names.
_TF2 = """
import os, sys
os.environ["TF_USE_LEGACY_KERAS"] = "1"
os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
import tensorflow as tf
for name, optimizers in (("legacy", tf.keras.optimizers.legacy), ("new", tf.keras.optimizers)):
    model = tf.keras.Sequential([
        tf.keras.layers.Dense(3, name="hidden"), tf.keras.layers.Dense(2, name="head")
    ])
    optimizer = optimizers.Adam()
    with tf.GradientTape() as tape:
        loss = tf.reduce_sum(model(tf.ones([1, 4])))
    variables = model.trainable_variables
    optimizer.apply_gradients(zip(tape.gradient(loss, variables), variables))
    tf.train.Checkpoint(model=model, optimizer=optimizer).save(os.path.join(sys.argv[1], name))
"""


def save(prefix: Path, make, **saver) -> Path:
    """Write what `tf.train.Saver` writes for the variables that `make` makes."""
    with tf.Graph().as_default(), tf.Session() as session:
        tf.set_random_seed(1)
        make()
        session.run(tf.global_variables_initializer())
        return Path(tf.train.Saver(**saver).save(session, str(prefix)))


def save_arrays(prefix: Path, arrays) -> Path:
    """Write a checkpoint of some arrays."""

    def make():
        for name, value in arrays.items():
            text = np.asarray(value).dtype.kind in "OS"
            tf.Variable(tf.constant(value, tf.string) if text else value, name=name)

    return save(prefix, make)


def model() -> None:
    """Make two layers, a step, and what Adam and Momentum keep for them."""
    step = tf.train.get_or_create_global_step()
    value = tf.layers.dense(tf.ones([1, 4]), 3, name="hidden")
    loss = tf.reduce_sum(tf.layers.dense(value, 2, name="head"))
    tf.train.AdamOptimizer().minimize(loss, global_step=step)
    tf.train.MomentumOptimizer(0.1, 0.9).minimize(loss)


def all_types() -> None:
    """Make a variable of every type, and of every odd shape."""
    for name in DTYPES:
        tf.Variable(tf.cast(tf.constant([[0, 1, 3], [4, 5, 6]]), name), name=name)
    tf.Variable(tf.constant([b"one", b"", b"\x00three" * 50]), name="text")
    tf.Variable(tf.constant("alone"), name="lone_text")
    tf.Variable(5.0, name="scalar")
    tf.Variable(tf.zeros([0, 3]), name="empty")
    tf.get_variable("cut", [10, 4], partitioner=tf.fixed_size_partitioner(3))


def save_tf2(folder: Path) -> None:
    """Write what TensorFlow 2 writes, in a process where it behaves as such."""
    done = run_python("-c", _TF2, folder)
    assert done.returncode == 0, done.stderr


def read_all(prefix: Path) -> dict[str, np.ndarray]:
    """Return what TensorFlow restores."""
    types = tf.train.load_checkpoint(str(prefix)).get_variable_to_dtype_map()
    with tf.Graph().as_default(), tf.Session() as session:
        found = tf.raw_ops.RestoreV2(
            prefix=str(prefix),
            tensor_names=list(types),
            shape_and_slices=[""] * len(types),
            dtypes=list(types.values()),
        )
        return dict(zip(types, session.run(found), strict=True))
