"""Arguments of the wrong type: the twins take and refuse them as tf.layers does."""

import inspect
from typing import Any

import numpy as np
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from core import manual
from core.tf1 import tf
from tests.core.test_manual_comparison import build, described, none, random_array

NAMES = sorted(name for name in dir(tf.layers) if inspect.isfunction(getattr(tf.layers, name)))
ARGUMENTS = [
    (name, argument)
    for name in NAMES
    for argument in inspect.signature(getattr(tf.layers, name)).parameters
    if argument != "inputs"
]
ODD: dict[str, Any] = {
    **{repr(value): lambda value=value: value for value in (None, True, False, 0, -1, 2, 2.0)},
    **{repr(value): lambda value=value: value for value in (0.5, "2", "same", "a b", b"same", "")},
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
    "function": lambda: none,
    "class": lambda: tf.zeros_initializer,
    "regularizer": lambda: tf.keras.regularizers.l2(0.1),
}
# What the docstring of core.manual lists.
DIFFERENT = {
    "padding": lambda value: isinstance(value, tuple),
    "virtual_batch_size": lambda value: isinstance(value, (np.ndarray, tf.Dimension)),
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
    assume(not DIFFERENT.get(argument, lambda _: False)(ODD[odd]()))

    signature = inspect.signature(getattr(tf.layers, name))
    required = {key: NEEDED[key] for key in NEEDED if key in signature.parameters}
    others = {**required, **BESIDE.get(argument, {})}
    others.pop(argument, None)

    def network(layers: Any, x: Any) -> Any:
        return getattr(layers, name)(x, **others, **{argument: ODD[odd]()})

    spatial_axes = next((int(letter) for letter in name if letter.isdigit()), 2)
    x = random_array(2, *[5] * spatial_axes, 4)
    theirs, ours = (build(layers, network, [x]) for layers in (tf.layers, manual))
    assert isinstance(ours.error, type(theirs.error)), (theirs.error, ours.error)
    if theirs.error is None:
        assert described(ours) == described(theirs)
