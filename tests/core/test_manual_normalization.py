"""manual.batch_normalization against tf.layers.batch_normalization."""

from typing import Any

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from core import manual
from core.tf1 import tf
from tests.core.test_manual_comparison import (
    CALLS,
    CONSTRAINTS,
    REGULARIZERS,
    SCOPE_ARGUMENTS,
    assert_refused,
    assert_same,
    build,
    in_scopes,
    random_array,
)


def adjustment(shape: Any) -> Any:
    """Adjust each example by random numbers, as the documentation of tf.layers does."""
    ones = tf.ones_like(shape[1:])
    sizes = tf.concat([shape[:1], ones], axis=0)
    return tf.random_uniform(sizes, 0.9, 1.1, seed=1), tf.random_uniform(sizes, -0.1, 0.1, seed=2)


TRAINING: dict[str, Any] = {
    "False": lambda: False,
    "True": lambda: True,
    "None": lambda: None,
    "constant": lambda: tf.constant(False),
    "tensor true": lambda: tf.placeholder_with_default(True, ()),
    "tensor false": lambda: tf.placeholder_with_default(False, ()),
}
INITIALIZERS = st.sampled_from(
    [
        "zeros",
        "ones",
        tf.random_uniform_initializer(0.1, 1),
        tf.random_uniform_initializer(0.1, 1, seed=3),
        tf.ones_initializer,
    ]
)
VARIABLES = {
    "center": st.booleans(),
    "scale": st.booleans(),
    "beta_initializer": st.one_of(st.none(), INITIALIZERS),
    "gamma_initializer": st.one_of(st.none(), INITIALIZERS),
    "moving_mean_initializer": st.one_of(st.none(), INITIALIZERS),
    "moving_variance_initializer": INITIALIZERS,
    "beta_regularizer": REGULARIZERS,
    "gamma_regularizer": REGULARIZERS,
    "beta_constraint": CONSTRAINTS,
    "gamma_constraint": CONSTRAINTS,
    "trainable": st.booleans(),
    "name": st.sampled_from([None, "n", "n/m"]),
    "reuse": st.sampled_from([None, False, tf.AUTO_REUSE]),
}
NUMBERS = {
    "axis": st.sampled_from([-1, 1, [1], (-1,), [1, -1], 2, [-2, 1], 0]),
    "momentum": st.sampled_from([0.9, 0.0, 1.0]),
    "epsilon": st.sampled_from([1e-3, 0.1]),
    "center": st.booleans(),
    "scale": st.booleans(),
    "trainable": st.booleans(),
    "fused": st.sampled_from([None, True, False]),
}
VARIANTS = st.one_of(
    st.just({}),
    st.just({}),
    st.fixed_dictionaries(
        {"renorm": st.just(True)},
        optional={
            "renorm_clipping": st.sampled_from(
                [
                    None,
                    {"rmin": 0.7, "rmax": 1.3, "dmax": 0.2},
                    {"rmax": 1.1},
                ]
            ),
            "renorm_momentum": st.sampled_from([0.5, 0.99]),
            "virtual_batch_size": st.sampled_from([None, 2]),
        },
    ),
    st.fixed_dictionaries({"virtual_batch_size": st.sampled_from([1, 2, 4])}),
    st.fixed_dictionaries({"adjustment": st.just(adjustment)}, optional={"renorm": st.booleans()}),
)
SHAPES = st.sampled_from([(4, 3), (4, 2, 3), (4, 5, 2, 3), (4, 2, 3, 2, 3)])


@given(
    st.fixed_dictionaries({}, optional=NUMBERS),
    VARIANTS,
    st.sampled_from(sorted(TRAINING)),
    SHAPES,
    st.sampled_from(["float32", "float32", "float64", "float16"]),
    st.booleans(),
)
@settings(deadline=None, max_examples=50)
def test_any_numbers(
    numbers: Any, variant: Any, training: str, shape: Any, dtype: str, batch_known: bool
) -> None:
    assume(batch_known or numbers.get("axis") != 0)

    def network(layers: Any, x: Any) -> Any:
        return layers.batch_normalization(x, training=TRAINING[training](), **numbers, **variant)

    known = shape if batch_known else (None, *shape[1:])
    assert_same(network, random_array(*shape, dtype=dtype), shapes=[known])


@given(
    st.fixed_dictionaries({}, optional=VARIABLES),
    SCOPE_ARGUMENTS,
    st.booleans(),
    st.booleans(),
    st.sampled_from([(4, 6), (4, 2, 2, 6)]),
)
@settings(deadline=None, max_examples=20)
def test_any_variables(
    arguments: Any, scope: Any, renorm: bool, training: bool, shape: Any
) -> None:
    def network(layers: Any, x: Any) -> Any:
        with tf.variable_scope("s", **scope):
            first = layers.batch_normalization(x, training=training, renorm=renorm, **arguments)
        return [first, layers.batch_normalization(first, training=training)]

    assert_same(network, random_array(*shape))


@given(CALLS)
@settings(deadline=None, max_examples=20)
def test_names_and_reuse(calls: Any) -> None:
    def network(layers: Any, x: Any) -> Any:
        return in_scopes(
            calls, lambda **names: layers.batch_normalization(x, training=True, **names)
        )

    assert_same(network, random_array(4, 3))


GRID = [
    {"axis": axis, "center": center, "scale": scale, "fused": fused, "training": training}
    for axis in (-1, 1)
    for center in (True, False)
    for scale in (True, False)
    for fused in (None, False)
    for training in (True, False)
]


@pytest.mark.parametrize("arguments", GRID)
def test_equal_weights_give_equal_outputs(arguments: Any) -> None:
    def network(layers: Any, x: Any) -> Any:
        return [
            layers.batch_normalization(x, **arguments),
            layers.batch_normalization(x[0], **arguments),
        ]

    assert_same(network, random_array(3, 4, 4, 2))


VARIANT_GRID: dict[str, dict[str, Any]] = {
    "renorm": {"renorm": True, "moving_variance_initializer": tf.constant_initializer(0.25)},
    "renorm, rmin": {"renorm": True, "renorm_clipping": {"rmin": 0.9}},
    "renorm, rmax": {"renorm": True, "renorm_clipping": {"rmax": 1.1}},
    "renorm, dmax": {"renorm": True, "renorm_clipping": {"dmax": 0.1}},
    "renorm, axes": {"renorm": True, "axis": [1, 2]},
    "virtual batches": {"virtual_batch_size": 2},
    "virtual batches, renorm": {"virtual_batch_size": 2, "renorm": True},
    "virtual batches, axes": {"virtual_batch_size": 2, "axis": [1, 2]},
    "adjustment": {"adjustment": adjustment},
    "adjustment, renorm": {"adjustment": adjustment, "renorm": True},
    "no adjustment": {"adjustment": False},
    "adjustment of unknown shape": {
        "adjustment": lambda _: [tf.placeholder_with_default(np.float32(n), None) for n in (2, 1)]
    },
}


@pytest.mark.parametrize("spread", [0.1, 5.0])
@pytest.mark.parametrize("training", ["True", "tensor true", "tensor false"])
@pytest.mark.parametrize("case", VARIANT_GRID)
def test_variants_give_equal_outputs(case: str, training: str, spread: float) -> None:
    def network(layers: Any, x: Any) -> Any:
        return layers.batch_normalization(x, training=TRAINING[training](), **VARIANT_GRID[case])

    array = (1 + spread * random_array(4, 2, 3)).astype("float32")
    assert_same(network, array, shapes=[(None, 2, 3)])


REFUSED: dict[str, tuple[dict[str, Any], Any]] = {
    "axis by a word": ({"axis": "last"}, (2, 3)),
    "axis that doesn't exist": ({"axis": 2}, (2, 3)),
    "axis before the first": ({"axis": -3}, (2, 3)),
    "no axis": ({"axis": []}, (2, 3)),
    "no axis in a tuple": ({"axis": (), "training": True}, (2, 3, 4, 5)),
    "whole momentum of the fused op": ({"momentum": 1, "training": True}, (2, 3, 4, 5)),
    "momentum None": ({"momentum": None, "training": True}, (2, 3, 4, 5)),
    "momentum of an array": ({"momentum": np.array(1), "training": True}, (2, 3, 4, 5)),
    "axis of a fraction": ({"axis": [1.5]}, (2, 3)),
    "axis twice": ({"axis": [1, -1]}, (2, 3)),
    "unknown channels": ({}, (2, None)),
    "unknown rank": ({}, None),
    "scalar": ({}, ()),
    "clipping without names": ({"renorm": True, "renorm_clipping": [1, 2]}, (2, 3)),
    "unknown clipping": ({"renorm": True, "renorm_clipping": {"min": 1}}, (2, 3)),
    "virtual batches of 0": ({"virtual_batch_size": 0}, (2, 3)),
    "virtual batches on axis 0": ({"virtual_batch_size": 2, "axis": 0}, (2, 3)),
    "virtual batches with adjustment": (
        {"virtual_batch_size": 2, "adjustment": adjustment},
        (2, 3),
    ),
    "training by a word": ({"training": "yes"}, (2, 3)),
    "training a number": ({"training": 3}, (2, 3)),
    "unknown initializer": ({"gamma_initializer": "no such"}, (2, 3)),
    "unknown regularizer": ({"beta_regularizer": "no such"}, (2, 3)),
    "reuse of nothing": ({"reuse": True}, (2, 3)),
    "bad name": ({"name": "a b"}, (2, 3)),
    "unknown argument": ({"momentums": 0.9}, (2, 3)),
}


@pytest.mark.parametrize("case", REFUSED)
def test_refused(case: str) -> None:
    arguments, shape = REFUSED[case]
    array = random_array(*[size or 3 for size in shape or ()])
    assert_refused(
        lambda layers, x: layers.batch_normalization(x, **arguments), array, shapes=[shape]
    )


def test_reuse_with_other_channels_is_refused() -> None:
    def network(layers: Any, x: Any) -> Any:
        layers.batch_normalization(x, name="n")
        return layers.batch_normalization(x[:, :2], name="n", reuse=True)

    assert_refused(network, random_array(2, 3))


def test_integer_inputs_are_refused() -> None:
    assert_refused(
        lambda layers, x: layers.batch_normalization(tf.cast(x, tf.int32)), random_array(2, 3)
    )


@pytest.mark.parametrize("count", [1, 2])
def test_inputs_in_a_list_are_refused(count: int) -> None:
    assert_refused(lambda layers, x: layers.batch_normalization([x] * count), random_array(2, 3))


def test_array_and_variable_as_inputs() -> None:
    def network(layers: Any) -> Any:
        array = random_array(4, 3, dtype="float64")
        variable = tf.get_variable("inputs", initializer=array)
        return [layers.batch_normalization(inputs, training=True) for inputs in (array, variable)]

    assert_same(network)


@pytest.mark.parametrize("shape", [(4, 3), (4, 2, 2, 3)])
@pytest.mark.parametrize("training", [True, False])
@pytest.mark.parametrize("trainable", [True, False])
@pytest.mark.parametrize("momentum", [1, np.int32(1), np.float64(0.5), [0.5], True])
def test_momentum_of_other_types_is_judged_alike(
    shape: Any, training: bool, trainable: bool, momentum: Any
) -> None:
    def network(layers: Any, x: Any) -> Any:
        return layers.batch_normalization(
            x, momentum=momentum, training=training, trainable=trainable
        )

    assert_same(network, random_array(*shape))


def test_momentum_as_tensor() -> None:
    def network(layers: Any, x: Any) -> Any:
        momentum = tf.placeholder_with_default(0.3, ())
        return layers.batch_normalization(x, momentum=momentum, training=True)

    assert_same(network, random_array(4, 3))


def test_updates_move_the_averages_only_when_they_run() -> None:
    def network(layers: Any, x: Any) -> Any:
        return layers.batch_normalization(x, momentum=0.75, training=True, name="n")

    built = build(manual, network, [random_array(8, 3)])
    x = random_array(8, 3)
    with built.graph.as_default(), tf.Session() as session:
        session.run(tf.global_variables_initializer())
        session.run(built.outputs, {built.inputs[0]: x})
        np.testing.assert_array_equal(session.run("n/moving_mean:0"), np.zeros(3))
        session.run(tf.get_collection(tf.GraphKeys.UPDATE_OPS), {built.inputs[0]: x})
        np.testing.assert_allclose(
            session.run("n/moving_mean:0"), 0.25 * x.mean(axis=0), rtol=1e-5, atol=1e-6
        )


def test_settings_of_a_variable() -> None:
    def network(layers: Any, x: Any) -> Any:
        return layers.batch_normalization(
            x,
            training=True,
            variables={
                "gamma": {"name": "scale", "dtype": tf.float64},
                "moving_mean": {"name": "mean", "dtype": tf.float64, "collections": ["mine"]},
                "moving_variance": {"use_resource": True},
            },
        )

    built = build(manual, network, [random_array(8, 3)])
    scope = "batch_normalization"
    with built.graph.as_default(), tf.Session() as session:
        names = [v.op.name for v in tf.global_variables()]
        assert names == [f"{scope}/scale", f"{scope}/beta", f"{scope}/moving_variance"]
        (mean,) = tf.get_collection("mine")
        session.run([tf.global_variables_initializer(), mean.initializer])
        feed = {built.inputs[0]: random_array(8, 3)}
        session.run(tf.get_collection(tf.GraphKeys.UPDATE_OPS), feed)
        assert np.abs(session.run(mean)).min() > 0
        outputs = session.run(built.outputs[0], feed)
        np.testing.assert_allclose(outputs.mean(axis=0), np.zeros(3), atol=1e-5)


@pytest.mark.parametrize(
    "role",
    [
        "gamma",
        "beta",
        "moving_mean",
        "moving_variance",
        "moving_stddev",
        "renorm_mean",
        "renorm_stddev",
    ],
)
def test_each_role_takes_another_dtype(role: str) -> None:
    def network(layers: Any, x: Any) -> Any:
        changed = {role: {"name": "changed", "dtype": tf.float64}} if layers is manual else None
        return layers.batch_normalization(
            x, training=True, renorm=True, **({"variables": changed} if changed else {})
        )

    array = random_array(8, 3)
    ours, theirs = build(manual, network, [array]), build(tf.layers, network, [array])
    assert ours.outputs[0].dtype == tf.float32
    with ours.graph.as_default():
        dtypes = {v.op.name: v.dtype.base_dtype for v in tf.global_variables()}
    assert dtypes.pop("batch_normalization/changed") == tf.float64
    assert set(dtypes.values()) == {tf.float32}
    np.testing.assert_allclose(after_an_update(ours, array), after_an_update(theirs, array), 1e-4)


def after_an_update(built: Any, array: Any) -> Any:
    """Return the outputs after the moving averages took in one batch."""
    with built.graph.as_default(), tf.Session() as session:
        session.run(tf.global_variables_initializer())
        feed = {built.inputs[0]: array}
        session.run(tf.get_collection(tf.GraphKeys.UPDATE_OPS), feed)
        return session.run(built.outputs[0], feed)


def test_partitioned_average_is_refused() -> None:
    def network(layers: Any, x: Any) -> Any:
        split = {"partitioner": tf.fixed_size_partitioner(2)}
        return layers.batch_normalization(x, variables={"moving_mean": split})

    error = build(manual, network, [random_array(2, 3)]).error
    assert isinstance(error, ValueError)
    assert "moving_mean" in str(error)


def test_unknown_role_is_refused() -> None:
    def network(layers: Any, x: Any) -> Any:
        return layers.batch_normalization(x, variables={"kernel": {}})

    error = build(manual, network, [random_array(2, 3)]).error
    assert isinstance(error, ValueError)
    assert "kernel" in str(error)
