"""Two graphs with the same weights, run on the same values, forward and for gradients.

TensorFlow's native code can end the process here, so the program runs this in one of its own.
"""

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from core.forward import Forward
from core.forward_pass import check_bytes
from core.gradients import gradients, last_outputs
from core.made_up import made_up
from core.numbers import Distance, Feed, GradientNumbers, LayerNumbers, Numbers, Weight

# In units of the type's own precision: what a sum in another order may come to.
_ROUNDING = 300


def compare_numbers(
    left: Forward, right: Forward, weights: Sequence[Weight], feed: Feed
) -> Numbers:
    """Return how far two graphs are apart that shall calculate the same.

    The right one gets the weights of the left one.

    Raises:
        SkippedError: They are too large.
        tensorflow.errors.OpError: One can't be run.
    """
    check_bytes(left.variable_bytes + right.variable_bytes)
    one, other = _Graph(left, feed), _Graph(right, feed)
    values = one.initialize([weight.left for weight in weights])
    other.initialize([])
    other.assign({weight.right: value for weight, value in zip(weights, values, strict=True)})
    layers = [origin for origin, _ in left.outputs]
    return Numbers(
        tuple(
            LayerNumbers(layer, *_apart(ours, theirs))
            for layer, ours, theirs in zip(layers, one.outputs(), other.outputs(), strict=True)
        ),
        tuple(
            GradientNumbers(weight.layer, weight.role, *_apart(ours, theirs))
            for weight, ours, theirs in zip(
                weights,
                one.gradients([weight.left for weight in weights]),
                other.gradients([weight.right for weight in weights]),
                strict=True,
            )
            if ours is not None or theirs is not None
        ),
    )


class _Graph:
    """One of the graphs, its session and what is fed to it."""

    def __init__(self, forward: Forward, feed: Feed) -> None:
        from core.tf1 import tf

        self._forward = forward
        self._seed = feed.seed
        self._graph = tf.Graph()
        with self._graph.as_default():
            tf.import_graph_def(tf.GraphDef.FromString(forward.graph_def), name="")
        random = np.random.default_rng(feed.seed)
        self._fed = {
            op.outputs[0]: made_up(op.outputs[0], feed, random)
            for op in self._graph.get_operations()
            if op.type == "Placeholder"
        }
        options = tf.ConfigProto(
            device_count={"CPU": forward.cpu_devices}, allow_soft_placement=True
        )
        self._session = tf.Session(graph=self._graph, config=options)

    def initialize(self, names: Sequence[str]) -> list[NDArray[Any]]:
        """Initialize all variables; return the values that some initializers gave."""
        self._session.run(list(self._forward.initializers))
        return self._session.run([self._variable(name)[1] for name in names])  # type: ignore[no-any-return]

    def assign(self, values: dict[str, NDArray[Any]]) -> None:
        """Give variables values, each by feeding its initializer."""
        for name, value in values.items():
            op = self._graph.get_operation_by_name(name)
            self._session.run(op, {op.inputs[1]: value})

    def outputs(self) -> list[NDArray[Any]]:
        """Run all layers."""
        wanted = [name for _, name in self._forward.outputs]
        return self._session.run(wanted, self._fed)  # type: ignore[no-any-return]

    def gradients(self, names: Sequence[str]) -> Iterator[NDArray[Any] | None]:
        """Yield the gradients for variables of a weighted sum of what no other layer takes.

        The weights are random and the same for the same shapes.
        """
        outputs = [self._graph.get_tensor_by_name(name) for _, name in self._forward.outputs]
        last = last_outputs(outputs)
        shapes = [value.shape for value in self._session.run(last, self._fed)] if last else []
        variables = [self._variable(name)[0] for name in names]
        with self._graph.as_default():
            found, weights = gradients(last, shapes, variables, self._seed)
        present = [each for each in found if each is not None]
        values = iter(self._session.run(present, self._fed | weights))
        yield from (None if each is None else next(values) for each in found)

    def _variable(self, initializer: str) -> tuple[Any, Any]:
        """Return the variable that an op initializes, or its handle, and how it is read."""
        from core.tf1 import tf

        variable = self._graph.get_operation_by_name(initializer).inputs[0]
        if variable.dtype != tf.resource:
            return variable, variable
        readers = (op for op in variable.consumers() if op.type == "ReadVariableOp")
        return variable, next(readers).outputs[0]


def _apart(one: Any, other: Any) -> tuple[Distance, bool]:
    """Return how far two arrays are apart, and whether that is more than rounding."""
    if one is None or other is None or one.shape != other.shape or one.size == 0:
        same = one is not None and other is not None and one.shape == other.shape
        return (Distance(0.0, 0.0), False) if same else (Distance(np.inf, np.inf), True)
    precision = _precision(one)
    one, other = _wide(one), _wide(other)
    with np.errstate(invalid="ignore", over="ignore"):
        equal = (one == other) | (np.isnan(one) & np.isnan(other))
        difference = np.where(equal, 0.0, np.abs(one - other))
    largest = float(np.max(np.nan_to_num(difference, nan=np.inf, posinf=np.inf)))
    finite = np.concatenate([one[np.isfinite(one)], other[np.isfinite(other)]])
    scale = float(np.max(np.abs(finite))) if finite.size else 0.0
    relative = largest / scale if scale else (0.0 if largest == 0.0 else np.inf)
    return Distance(largest, relative), relative > _ROUNDING * precision


def _precision(values: NDArray[Any]) -> float:
    """Return the distance of 1 to the next number of a type, 0 for whole numbers."""
    if np.issubdtype(values.dtype, np.integer) or values.dtype == np.bool_:
        return 0.0
    return 2.0**-7 if values.dtype.name == "bfloat16" else float(np.finfo(values.dtype).eps)


def _wide(values: NDArray[Any]) -> NDArray[Any]:
    """Return values in a type in which they can be taken from each other."""
    return values if np.iscomplexobj(values) else values.astype(np.float64)
