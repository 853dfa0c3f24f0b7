"""Custom getters: what a variable scope does with each request for a variable in it.

A getter gets the function that it stands in front of, and the request. What it returns is what the
layer calculates with.
"""

from collections.abc import Callable
from typing import Any

from core.manual.moving_averages import move_toward
from core.tf1 import tf


def exponential_moving_average(decay: float = 0.999) -> Callable[..., tf.Variable]:
    """Return a getter that gives layers the moving averages of their variables.

    In a scope that reuses trained variables, the layers so evaluate their averages. An average has
    the name that `tf.train.ExponentialMovingAverage` gives it, starts at the variable's initial
    value, and is moved by an op in `tf.GraphKeys.UPDATE_OPS`. Of a variable in parts it raises
    ValueError.
    """

    def averaged(getter: Callable[..., tf.Variable], name: str, **request: Any) -> tf.Variable:
        variable = getter(name, **request)
        if not tf.is_tensor(variable):
            raise ValueError(
                f"{name} is in parts, and only a variable in one piece can have a moving average: "
                "take the partitioner or the moving average away"
            )
        graph = tf.get_default_graph()
        version = graph.version
        average = getter(
            f"{name}/ExponentialMovingAverage",
            **request
            | {
                "initializer": value_of(variable),
                "reuse": tf.AUTO_REUSE,
                "trainable": False,
                "regularizer": None,
            },
        )
        if graph.version > version:  # it is a new one: a variable that is reused adds no op
            moved = move_toward(average, variable, 1.0 - decay)
            tf.add_to_collection(tf.GraphKeys.UPDATE_OPS, moved.op)
            tf.add_to_collection(tf.GraphKeys.MOVING_AVERAGE_VARIABLES, variable)
        return average

    return averaged


def value_of(variable: tf.Variable) -> Callable[..., tf.Tensor]:
    """Return an initializer that makes what another variable holds, or is to hold at first."""

    def value_of_its_variable(shape: Any, dtype: Any = None, **_: Any) -> tf.Tensor:
        return tf.cond(
            tf.is_variable_initialized(variable),
            variable.read_value,
            lambda: variable.initial_value,
        )

    return value_of_its_variable


def stored_as(storage: tf.DType = tf.float32) -> Callable[..., tf.Tensor]:
    """Return a getter that keeps floating-point variables in one type and gives them in another.

    So weights are float32 while layers calculate in float16 (mixed precision).
    """

    def stored(
        getter: Callable[..., tf.Variable], name: str, dtype: tf.DType, **request: Any
    ) -> tf.Tensor:
        if dtype == storage or not dtype.is_floating:
            return getter(name, dtype=dtype, **request)
        return tf.cast(getter(name, dtype=storage, **request), dtype)

    return stored


def frozen() -> Callable[..., tf.Variable]:
    """Return a getter that makes variables which no optimizer changes."""

    def untrainable(getter: Callable[..., tf.Variable], name: str, **request: Any) -> tf.Variable:
        return getter(name, **request | {"trainable": False})

    return untrainable
