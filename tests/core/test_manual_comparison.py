"""One network built with `tf.layers` and with the twins, side by side: what tests of twins use.

The tests in this file ask whether the comparison notices a difference at all.
"""

import functools
import warnings
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

import numpy as np
import pytest
from hypothesis import strategies as st

from core import manual
from core.tf1 import tf

Network = Callable[..., Any]

# Graphs here live for one run: the optimizer would take longer than what it saves.
SESSION = tf.ConfigProto(
    graph_options=tf.GraphOptions(optimizer_options=tf.OptimizerOptions(opt_level=-1)),
    inter_op_parallelism_threads=1,
    intra_op_parallelism_threads=1,
)
SESSION.graph_options.rewrite_options.disable_meta_optimizer = True
CANNOT_RUN = (
    tf.errors.UnimplementedError,
    tf.errors.InvalidArgumentError,
    tf.errors.AbortedError,
)


class Built(NamedTuple):
    """A network as one construction built it."""

    graph: Any
    inputs: list[Any]
    outputs: list[Any]
    error: BaseException | None


def build(layers: Any, network: Network, arrays: Sequence[Any], shapes: Any = None) -> Built:
    """Build the network in a fresh graph, from `tf.layers` or from the twins."""
    graph = tf.Graph()
    with graph.as_default():
        tf.set_random_seed(7)
        shapes = shapes or [np.shape(array) for array in arrays]
        inputs = [
            tf.placeholder(array.dtype, shape) for array, shape in zip(arrays, shapes, strict=True)
        ]
        try:
            with warnings.catch_warnings():
                warnings.filterwarnings("ignore", message="`tf.layers")
                outputs = network(layers, *inputs)
        except Exception as error:  # noqa: BLE001 - whatever it is, both must raise it
            return Built(graph, inputs, [], error)
    outputs = list(outputs) if isinstance(outputs, (list, tuple)) else [outputs]
    return Built(graph, inputs, outputs, None)


def build_both(network: Network, arrays: Sequence[Any], shapes: Any = None) -> list[Built]:
    """Build the network by both constructions: tf.layers first, the twins second."""
    return [build(layers, network, arrays, shapes) for layers in (tf.layers, manual)]


def assert_same(network: Network, *arrays: Any, shapes: Any = None) -> None:
    """Check that both constructions build the same variables and compute the same numbers."""
    theirs, ours = build_both(network, arrays, shapes)
    if theirs.error or ours.error:
        assert type(ours.error) is type(theirs.error), (theirs.error, ours.error)
        return
    assert described(ours) == described(theirs)
    numbers_ours, numbers_theirs = numbers(ours, arrays), numbers(theirs, arrays)
    assert list(numbers_ours) == list(numbers_theirs)
    for key, value in numbers_theirs.items():
        exact = key.startswith("initial")
        assert_close(numbers_ours[key], value, key, tolerance=0.0 if exact else 2e-5)


def assert_refused(network: Network, *arrays: Any, shapes: Any = None) -> None:
    """Check that both constructions refuse the network with the same type of exception."""
    theirs, ours = build_both(network, arrays, shapes)
    assert theirs.error is not None, "tf.layers takes this"
    assert type(ours.error) is type(theirs.error), (theirs.error, ours.error)


def described(built: Built) -> dict[str, Any]:
    """Return all that can be compared without running the graph."""
    with built.graph.as_default():
        keys = [key for key in built.graph.get_all_collection_keys() if isinstance(key, str)]
        keys = [key for key in keys if key not in {"cond_context", "while_context"}]
        trainable = tf.trainable_variables()
        return {
            "variables": [described_variable(v) for v in tf.global_variables()],
            "trainable": [v.op.name for v in trainable],
            "collections": {key: n for key in sorted(keys) if (n := len(tf.get_collection(key)))},
            "outputs": [
                (o.shape.as_list() if o.shape.rank else None, o.dtype.name) for o in built.outputs
            ],
        }


def described_variable(variable: Any) -> tuple[Any, ...]:
    return (
        variable.op.name,
        variable.shape.as_list(),
        variable.dtype.name,
        type(variable).__name__,
        variable.trainable,
        described_function(variable.constraint),
        variable.synchronization,
        variable.aggregation,
        variable.device,
    )


def described_function(function: Any) -> Any:
    """Return a function as it is, an object of a class by its class: by name each is a new one."""
    return function if function is None or hasattr(function, "__name__") else type(function)


def numbers(built: Built, arrays: Sequence[Any]) -> dict[str, Any]:
    """Return what the graph computes: before and after it gets other weights and its updates.

    A network that this machine can't run (channels first without oneDNN, or a type for which an op
    has no program) yields its error's type.
    """
    found: dict[str, Any] = {}
    with built.graph.as_default(), tf.Session(config=SESSION) as session:
        feed = dict(zip(built.inputs, arrays, strict=True))
        fetches = fetched(built)
        updates = tf.get_collection(tf.GraphKeys.UPDATE_OPS)
        try:
            session.run(tf.global_variables_initializer())
            found |= {f"initial {k}": v for k, v in values_of_variables(session).items()}
            set_weights(session)
            found |= {f"run {k}": v for k, v in session.run(fetches, feed).items()}
            session.run(updates, feed)
        except CANNOT_RUN as error:
            return found | {f"cannot run: {type(error).__name__}": 0}
        found |= {f"updated {k}": v for k, v in values_of_variables(session).items()}
        found |= {f"rerun {k}": v for k, v in session.run(fetches, feed).items()}
        return found


def fetched(built: Built) -> dict[str, Any]:
    """Return outputs, losses and gradients, each under a name."""
    fetches = {f"output {i}": output for i, output in enumerate(built.outputs)}
    losses = tf.get_collection(tf.GraphKeys.REGULARIZATION_LOSSES)
    fetches |= {f"loss {i}": tf.convert_to_tensor(loss) for i, loss in enumerate(losses)}
    loss = sum(tf.reduce_sum(tf.cast(o, tf.float64) * wave(o)) for o in built.outputs)
    sources = [*tf.trainable_variables(), *built.inputs]
    for source, gradient in zip(sources, tf.gradients(loss, sources), strict=True):
        if gradient is not None:
            fetches[f"gradient {source.op.name}"] = tf.convert_to_tensor(gradient)
    return fetches


def wave(output: Any) -> Any:
    """Return weights that differ between the elements of an output, so that gradients do too."""
    count = tf.cast(tf.range(tf.size(output)), tf.float64)
    return tf.reshape(tf.cos(count), tf.shape(output))


def set_weights(session: Any) -> None:
    """Give each real variable values that follow from its name and shape alone, all positive."""
    variables = [v for v in tf.global_variables() if v.dtype.is_floating]
    weights = {}
    for variable in variables:
        random = np.random.default_rng(len(variable.op.name))
        weights[variable.initial_value] = random.uniform(0.2, 1.5, variable.shape.as_list())
    session.run([variable.initializer for variable in variables], weights)


def values_of_variables(session: Any) -> dict[str, Any]:
    return session.run({variable.op.name: variable for variable in tf.global_variables()})


def assert_close(ours: Any, theirs: Any, key: str, tolerance: float) -> None:
    half = np.asarray(theirs).dtype.itemsize == 2
    tolerance = tolerance and (2e-2 if half else tolerance)
    np.testing.assert_allclose(
        np.asarray(ours, np.float64),
        np.asarray(theirs, np.float64),
        rtol=tolerance,
        atol=tolerance * (1.0 + np.max(np.abs(np.asarray(theirs, np.float64)), initial=0.0)),
        err_msg=key,
    )


def random_array(*shape: int, dtype: str = "float32") -> Any:
    """Return numbers that are the same for a shape in each run."""
    return np.random.default_rng(len(shape)).normal(size=shape).astype(dtype)


def absolute(variable: Any) -> Any:
    return tf.reduce_sum(tf.abs(variable))


def halved(variable: Any) -> Any:
    return variable / 2


def none(variable: Any) -> None:
    """Regularize nothing."""


def frozen(getter: Any, *args: Any, **kwargs: Any) -> Any:
    """Get a variable that isn't trained, whatever was asked for."""
    return getter(*args, **{**kwargs, "trainable": False})


def doubled(getter: Any, *args: Any, **kwargs: Any) -> Any:
    """Get what is no variable any more, as weight normalization and the like do."""
    return getter(*args, **kwargs) * 2


def tens(shape: Any, dtype: Any = None, partition_info: Any = None) -> Any:
    """Initialize with a bare function, as get_variable takes it."""
    return tf.fill(shape, tf.constant(10, dtype))


# What tf.layers takes for each kind of argument: objects, classes, functions and names.
INITIALIZERS = st.sampled_from(
    [
        None,
        "zeros",
        "glorot_normal",
        tens,
        tf.orthogonal_initializer,
        tf.random_normal_initializer(stddev=0.1),
        tf.random_uniform_initializer(-1, 1, seed=3),
        tf.keras.initializers.he_normal(),
        {"class_name": "RandomUniform", "config": {"minval": 0.1, "maxval": 1, "seed": 2}},
        functools.partial(tens, partition_info=None),
        tf.constant_initializer(0.3),
    ]
)
REGULARIZERS = st.sampled_from(
    [
        None,
        None,
        absolute,
        "l2",
        tf.keras.regularizers.l1(0.1),
        {"class_name": "L1", "config": {"l1": 0.2}},
        none,
    ]
)
CONSTRAINTS = st.sampled_from(
    [
        None,
        None,
        halved,
        "non_neg",
        tf.keras.constraints.max_norm(1),
        {"class_name": "UnitNorm", "config": {}},
    ]
)
ACTIVATIONS = st.sampled_from(
    [None, "relu", tf.nn.tanh, tf.keras.activations.elu, tf.keras.layers.LeakyReLU()]
)
SCOPE_ARGUMENTS = st.fixed_dictionaries(
    {},
    optional={
        "initializer": st.sampled_from(
            [tens, tf.random_normal_initializer, tf.ones_initializer(), "lecun_normal"]
        ),
        "regularizer": st.sampled_from([absolute]),
        "dtype": st.sampled_from([tf.float64, tf.float16]),
        "reuse": st.sampled_from([None, False, tf.AUTO_REUSE]),
        "partitioner": st.sampled_from([None, tf.fixed_size_partitioner(2)]),
        "use_resource": st.booleans(),
        "constraint": st.sampled_from([halved]),
        "caching_device": st.sampled_from(["/cpu:0"]),
        "custom_getter": st.sampled_from([frozen, doubled]),
    },
)


class Call(NamedTuple):
    """One call of a layer, and the variable scope around it."""

    scope: str | None
    scope_reuse: Any
    name: str | None
    reuse: Any


REUSE = [None, None, False, True, tf.AUTO_REUSE]
CALLS = st.lists(
    st.builds(
        Call,
        scope=st.sampled_from([None, "s", "t/u"]),
        scope_reuse=st.sampled_from(REUSE),
        name=st.sampled_from([None, "a", "A", "a/b", ""]),
        reuse=st.sampled_from(REUSE),
    ),
    min_size=1,
    max_size=4,
)


def in_scopes(calls: Sequence[Call], layer: Callable[..., Any]) -> list[Any]:
    """Call a layer several times, each time in its scope: layer(name=..., reuse=...)."""
    outputs = []
    for call in calls:
        if call.scope is None:
            outputs.append(layer(name=call.name, reuse=call.reuse))
        else:
            with tf.variable_scope(call.scope, reuse=call.scope_reuse):
                outputs.append(layer(name=call.name, reuse=call.reuse))
    return outputs


DIFFERENCES: dict[str, tuple[dict[str, Any], dict[str, Any]]] = {
    "name": ({"name": "a"}, {"name": "b"}),
    "trainable": ({}, {"trainable": False}),
    "initial values": ({}, {"kernel_initializer": "ones"}),
    "loss": ({}, {"kernel_regularizer": "l2"}),
    "output": ({}, {"activation": "tanh"}),
    "constraint": ({}, {"kernel_constraint": tf.abs}),
    "no bias": ({}, {"use_bias": False}),
}


@pytest.mark.parametrize("case", DIFFERENCES)
def test_comparison_notices(case: str) -> None:
    theirs, ours = DIFFERENCES[case]

    def network(layers: Any, x: Any) -> Any:
        return layers.dense(x, 3, **(ours if layers is manual else theirs))

    with pytest.raises(AssertionError):
        assert_same(network, random_array(2, 4))


def test_comparison_notices_a_twin_that_refuses() -> None:
    def network(layers: Any, x: Any) -> Any:
        return layers.dense(x, -1 if layers is manual else 3)

    with pytest.raises(AssertionError):
        assert_same(network, random_array(2, 4))
