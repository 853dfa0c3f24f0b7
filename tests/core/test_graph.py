"""What a build tells of the graph that TensorFlow made."""

import numpy as np
import psutil
import pytest

from core.built import Outcome
from core.devices import DeviceError, Target
from core.graph import BuiltGraph, NotDrawnError
from core.tf1 import tf
from tests.stacks import dense, features, layer, scope, stack


@pytest.fixture
def build():
    """Build stacks that are closed when the test is over."""
    graphs = []

    def _build(*nodes, target=None, on_progress=lambda *_: None, **fields):
        graphs.append(BuiltGraph(stack(*nodes, **fields), target, on_progress))
        return graphs[-1]

    yield _build
    for graph in graphs:
        graph.close()


def _names(graph):
    return [variable.name for variable in graph.built.variables]


def test_variables_stand_under_their_scopes(build):
    graph = build(features(), scope("s", dense("a"), dense("b"), name="net"))
    assert _names(graph) == [
        *("net/dense/kernel", "net/dense/bias"),
        *("net/dense_1/kernel", "net/dense_1/bias"),
    ]
    kernel, bias = graph.built.variables[:2]
    assert (kernel.shape, kernel.dtype, kernel.trainable) == ((4, 3), "float32", True)
    assert (kernel.initializer, bias.initializer) == ("glorot_uniform", "zeros")
    assert (kernel.parameters, kernel.bytes) == (12, 48)
    assert kernel.created_by == "a"
    assert graph.built.totals.variables == 4
    assert graph.built.totals.parameters == 12 + 3 + 9 + 3


def test_a_name_scope_stands_before_ops_and_not_before_variables(build):
    graph = build(
        features(),
        scope(
            "s",
            dense("a", name="d"),
            dense("b", name="e", construction="get_variable"),
            kind="name_scope",
            name="ns",
        ),
    )
    assert _names(graph) == ["d/kernel", "d/bias", "e/kernel", "e/bias"]
    assert [found.output_names for found in graph.built.layers[2:]] == [
        ("ns/d/BiasAdd:0",),
        ("ns/e/BiasAdd:0",),
    ]


def test_layers_have_the_shapes_that_tensorflow_infers(build):
    graph = build(
        layer("input", "x", shape=(None, 9, 9, 2)),
        layer("conv2d", "c", filters=5, kernel_size=3),
        layer("flatten", "f"),
        layer("input", "unknown", shape=None),
    )
    assert [found.outputs for found in graph.built.layers] == [
        ((None, 9, 9, 2),),
        ((None, 7, 7, 5),),
        ((None, 245),),
        (None,),
    ]


def test_a_shared_variable_stands_once_and_names_all_its_layers(build):
    graph = build(
        features("x"),
        features("y"),
        dense("a", name="d", inputs=("x",), construction="get_variable"),
        dense("b", name="d", inputs=("y",), construction="get_variable", reuse=True),
    )
    assert [found.used_by for found in graph.built.variables] == [("a", "b"), ("a", "b")]
    outcomes = [(found.origin, found.outcome) for found in graph.built.ledger]
    assert outcomes == [
        *(("a", Outcome.CREATED), ("a", Outcome.CREATED)),
        *(("b", Outcome.REUSED), ("b", Outcome.REUSED)),
    ]
    layers = {found.id: found for found in graph.built.layers}
    assert layers["a"].variables == layers["b"].variables


def test_a_variable_shows_the_name_it_got_and_the_one_asked_for(build):
    graph = build(features(name="d/kernel"), dense("a", name="d"))
    kernel = graph.built.variables[0]
    assert (kernel.asked_name, kernel.name) == ("d/kernel", "d/kernel_1")
    assert graph.values("d/kernel_1").shape == (4, 3)


@pytest.mark.parametrize(
    ("nodes", "origin", "words"),
    [
        ((dense("a", name="d"), dense("b", name="d")), "b", "already exists"),
        ((dense("a", name="d", reuse=True),), "a", "does not exist"),
        (
            (dense("a", 4, name="d"), dense("b", 5, name="d", reuse=True)),
            "b",
            "Trying to share variable d/kernel",
        ),
        ((layer("conv2d", "c", filters=2, kernel_size=3),), "c", "incompatible with the layer"),
        ((scope("s", dense("a"), name=None, reuse=True),), "s", "reuse=True cannot be used"),
        ((layer("reshape", "r", shape=(3, 5)),), "r", "4"),
    ],
)
def test_a_refusal_stands_at_its_layer_in_tensorflows_words(build, nodes, origin, words):
    built = build(features(), *nodes, dense("after")).built
    assert built.refusal.origin == origin
    assert words in built.refusal.message
    assert built.layers[-1].refusal == built.refusal
    assert "after" not in [found.id for found in built.layers]


def test_a_refusal_names_no_python_files(build):
    built = build(features(), dense("a", name="d"), dense("b", name="d")).built
    assert built.refusal.message == (
        "Variable d/kernel already exists, disallowed. "
        "Did you mean to set reuse=True or reuse=tf.AUTO_REUSE in VarScope?"
    )


def test_nothing_of_a_refused_call_is_left(build):
    # This convolution makes its kernel before TensorFlow finds that its output would be empty.
    refused = layer("conv2d", "c", filters=2, kernel_size=3, strides=2, construction="get_variable")
    images = layer("input", "x", shape=(None, 2, 2, 1))
    whole, broken = build(images), build(images, refused)
    assert broken.built.refusal.origin == "c"
    assert broken.built.variables == ()
    assert broken.graph_def == whole.graph_def
    assert broken.built.ops == whole.built.ops


def test_the_ledger_keeps_the_request_that_was_refused(build):
    built = build(features(), dense("a", name="d"), dense("b", name="d")).built
    assert [(found.name, found.outcome.value) for found in built.ledger] == [
        ("d/kernel", "created"),
        ("d/bias", "created"),
        ("d/kernel", "refused"),
    ]


def test_a_layer_without_an_input_says_so(build):
    refusal = build(dense("a")).built.refusal
    assert refusal.origin == "a"
    assert "needs an input" in refusal.message


def test_the_same_seed_draws_the_same_values(build):
    nodes = (features(), dense("a", name="d"))
    first, again, other = build(*nodes), build(*nodes), build(*nodes, seed=8)
    assert np.array_equal(first.values("d/kernel"), again.values("d/kernel"))
    assert not np.array_equal(first.values("d/kernel"), other.values("d/kernel"))


def test_without_a_seed_each_draw_is_new(build):
    nodes = (features(), dense("a", name="d"))
    first, second = build(*nodes, seed=None), build(*nodes, seed=None)
    assert not np.array_equal(first.values("d/kernel"), second.values("d/kernel"))


def test_both_constructions_draw_the_same_values(build):
    first, second = (
        build(features(), *(dense(f"{index}", construction=way) for index in range(3)))
        for way in ("layers", "get_variable")
    )
    assert _names(first) == _names(second)
    for name in _names(first):
        assert np.array_equal(first.values(name), second.values(name))


def test_a_variable_shows_where_it_landed(build):
    graph = build(
        features(),
        dense("a", name="a", device="/device:CPU:2"),
        scope("s", dense("b", name="b"), dense("c", name="c", device="/cpu:0"), device="/cpu:1"),
        target=Target(cpu_devices=3),
    )
    landed = {found.name: found.device for found in graph.built.variables}
    assert landed["a/kernel"] == "/device:CPU:2"
    assert landed["s/b/kernel"] == "/device:CPU:1"
    assert landed["s/c/kernel"] == "/device:CPU:0"


def test_the_device_of_the_stack_holds_for_all(build):
    graph = build(features(), dense("a"), device="/device:CPU:1", target=Target(cpu_devices=2))
    assert graph.built.device == "/device:CPU:1"
    assert {found.device for found in graph.built.variables} == {"/device:CPU:1"}


@pytest.mark.parametrize("device", ["/device:GPU:7", "/device:CPU:1", "nonsense", "/job:ps/cpu:0"])
def test_a_device_that_is_not_there_is_an_error_that_lists_those_that_are(build, device):
    with pytest.raises(DeviceError, match=r'no device ".*"; TensorFlow has: /device:CPU:0'):
        build(features(), device=device)


def test_a_layer_on_a_device_that_is_not_there_is_refused(build):
    built = build(features(), dense("a"), dense("b", device="/device:GPU:0")).built
    assert built.refusal.origin == "b"
    assert "TensorFlow has: /device:CPU:0" in built.refusal.message
    assert len(built.variables) == 2


def test_what_can_not_fit_is_built_but_not_drawn(build):
    free = psutil.virtual_memory().total
    units = free // (4 * 1024) + 1
    graph = build(features(size=1024), dense("a", units, name="d"))
    assert graph.built.variables[0].shape == (1024, units)
    assert "not drawn" in graph.built.undrawn
    assert "GB" in graph.built.undrawn
    with pytest.raises(NotDrawnError, match="not drawn"):
        graph.values("d/bias")


def test_an_initializer_that_fails_when_it_is_run_is_told(build):
    initializer = {"kind": "random_uniform", "minval": 2, "maxval": 1}
    graph = build(
        layer("input", "x", shape=(None, 4)),
        dense(
            "a",
            construction="get_variable",
            variables={"kernel": {"dtype": "int32", "initializer": initializer}},
        ),
    )
    assert "Need minval < maxval" in graph.built.undrawn


def test_progress_goes_layer_by_layer_and_can_stop_the_build(build):
    class StopError(Exception):
        pass

    seen = []

    def on_progress(done, total, text):
        seen.append((done, total))
        if done == 2:
            raise StopError

    with pytest.raises(StopError):
        build(features(), *(dense(f"{index}") for index in range(5)), on_progress=on_progress)
    assert seen == [(0, 6), (1, 6), (2, 6)]


def test_the_scopes_initializer_reaches_only_who_asks_for_none(build):
    three = {"kind": "constant", "value": 0.5}
    graph = build(features(), scope("s", dense("a", name="d"), initializer=three))
    kernel, bias = graph.built.variables
    assert (kernel.initializer, bias.initializer) == ("constant(value=0.5)", "zeros")
    assert np.all(graph.values("s/d/kernel") == 0.5)


@pytest.mark.parametrize(
    ("initializer", "shown"),
    [
        ({"kind": "he_normal"}, "he_normal"),
        ({"kind": "he_uniform", "seed": 3}, "he_uniform(seed=3)"),
        ({"kind": "lecun_normal"}, "lecun_normal"),
        ({"kind": "random_normal", "stddev": 0.1}, "random_normal(stddev=0.1)"),
        ({"kind": "truncated_normal", "mean": 1.0}, "truncated_normal(mean=1.0)"),
        ({"kind": "orthogonal", "gain": 2.0}, "orthogonal(gain=2.0)"),
        ({"kind": "variance_scaling", "mode": "fan_out"}, "variance_scaling(mode=fan_out)"),
        ({"kind": "ones"}, "ones"),
    ],
)
def test_an_initializer_is_shown_as_it_was_chosen(build, initializer, shown):
    graph = build(features(), dense("a", kernel_initializer=initializer))
    assert graph.built.variables[0].initializer == shown


def test_a_large_variable_has_the_same_values_and_leaves_no_trace_in_a_checkpoint(
    build, monkeypatch, tmp_path
):
    plain = build(features(), dense("a"), seed=1)
    monkeypatch.setattr("core.graph.PORTION", 0)
    large = build(features(), dense("a"), seed=1)
    for name in _names(plain):
        for _ in range(2):
            np.testing.assert_array_equal(large.values(name), plain.values(name))
    written = []
    for graph in (plain, large):
        graph.export(tmp_path / "m")
        written.append(tf.MetaGraphDef.FromString((tmp_path / "m.meta").read_bytes()))
    assert written[0] == written[1]


def test_a_small_stack_is_drawn_on_a_machine_that_is_almost_full(build, monkeypatch):
    memory = psutil.virtual_memory()._replace(available=2**20)
    monkeypatch.setattr(psutil, "virtual_memory", lambda: memory)
    assert build(features(), dense("a")).built.undrawn is None
    assert "1.0 MB of memory is free" in build(features(), dense("a", 10**5)).built.undrawn


def test_what_native_code_says_of_a_drawing_is_told_without_traces():
    kernel = {"caching_device": "/job:worker"}
    by_hand = dense("d", name="d", construction="get_variable", variables={"kernel": kernel})
    graph = BuiltGraph(stack(features("x"), by_hand))
    graph.close()
    assert graph.built.undrawn.startswith(
        "The initial values were not drawn: Cannot assign a device for operation d/kernel/read: "
    )
    assert graph.built.undrawn.isprintable()
