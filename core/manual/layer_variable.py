"""The variables of a layer: asked for with `tf.get_variable`, each role with its own settings."""

import inspect
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from core.tf1 import tf

# The defaults of tf.layers: explicit, so that a scope's initializer doesn't reach these variables.
ZEROS = tf.zeros_initializer()
ONES = tf.ones_initializer()


def variable_settings(
    variables: Mapping[str, Mapping[str, Any]] | None, roles: Sequence[str]
) -> dict[str, Mapping[str, Any]]:
    """Return what `variables` says of each role: arguments for `tf.get_variable`.

    Raises:
        ValueError: The layer has no such role.
        TypeError: `tf.get_variable` has no such argument, or it is `custom_getter`.
    """
    variables = variables or {}
    arguments = set(inspect.signature(tf.get_variable).parameters) - {"custom_getter"}
    for role, settings in variables.items():
        if role not in roles:
            raise ValueError(f"no variable {role!r} here; the roles are {', '.join(roles)}")
        if unknown := sorted(set(settings) - arguments):
            raise TypeError(f"variable {role!r}: unknown setting {', '.join(unknown)}")
    return {role: variables.get(role, {}) for role in roles}


def layer_variable(
    role: str,
    shape: Sequence[int],
    initializer: Any = None,
    regularizer: Any = None,
    constraint: Any = None,
    *,
    settings: Mapping[str, Mapping[str, Any]],
    **request: Any,
) -> tf.Variable:
    """Create or reuse one variable of a layer in the current variable scope.

    Without an initializer the scope's applies. The regularizer comes on top of the scope's, as in
    `tf.layers`; one in the settings takes the place of both, as in `tf.get_variable`.

    Args:
        role: What the variable is to its layer, and its name unless the settings have another.
        shape: Its shape.
        initializer: An initializer, its class or its Keras name.
        regularizer: A function of the variable that returns its loss, or its Keras name.
        constraint: A projection that optimizers apply after an update, or its Keras name.
        settings: For each role, arguments of `tf.get_variable` that replace the layer's own.
        **request: Further arguments of `tf.get_variable`, such as dtype and trainable.

    Raises:
        ValueError: The variable exists or doesn't, against `reuse`, or has another shape.
    """
    request |= {
        "name": role,
        "shape": shape,
        "initializer": checked_initializer(initializer),
        "constraint": tf.keras.constraints.get(constraint),
    }
    request |= settings[role]
    if request["initializer"] is None:  # tf.layers takes a Keras name for the scope's own too
        scope_initializer = tf.get_variable_scope().initializer
        request["initializer"] = tf.keras.initializers.get(scope_initializer)
    if is_constant(request["initializer"]):
        request["initializer"] = tf.convert_to_tensor(request["initializer"], request["dtype"])
        request["shape"] = None  # a constant brings its own, and TensorFlow refuses a second one
    regularizer = tf.keras.regularizers.get(regularizer)
    graph = tf.get_default_graph()
    version = graph.version
    variable = tf.get_variable(**request)
    variable.shape.assert_is_compatible_with(shape)
    is_new = graph.version > version  # a variable that is reused adds no op to the graph
    if regularizer and is_new and "regularizer" not in settings[role]:
        add_regularization_losses(variable, regularizer, request["name"])
    return variable


def checked_initializer(initializer: Any) -> Callable[..., Any] | None:
    """Return an initializer by itself, its class or its Keras name.

    Raises:
        ValueError: It is nothing that can be called, or a class that makes none.
    """
    found: Callable[..., Any] | None = tf.keras.initializers.get(initializer)
    if is_constant(found):
        raise ValueError(f"an initializer is a function of the shape, got {initializer!r}")
    return found


def is_constant(initializer: Any) -> bool:
    """Tell whether the initializer is a value, and not a function that makes one."""
    return initializer is not None and not callable(initializer)


def add_regularization_losses(variable: tf.Variable, regularizer: Any, name: str) -> None:
    """Add the loss of a variable, or of each of its partitions, to the graph's losses."""
    for part in [variable] if tf.is_tensor(variable) else variable:
        with tf.name_scope(f"{name}/Regularizer"):
            loss = regularizer(part)
        if loss is not None:
            if not tf.is_tensor(loss):  # a number: as a float, to be added to the other losses
                loss = tf.convert_to_tensor(loss, tf.keras.backend.floatx())
            tf.add_to_collection(tf.GraphKeys.REGULARIZATION_LOSSES, loss)
