"""The ledger: where each setting of a variable request came from."""

import pytest

from core.graph import BuiltGraph
from tests.stacks import dense, features, layer, scope, stack

_HALF = {"kind": "constant", "value": 0.5}
_L2 = {"kind": "l2", "scale": 0.1}


def _ledger(*nodes):
    """Build nodes; return (name asked for, setting) -> [(value, source, scope), ...]."""
    graph = BuiltGraph(stack(features(), *nodes))
    graph.close()
    assert graph.built.refusal is None
    found = {}
    for request in graph.built.ledger:
        for setting in request.settings:
            rows = found.setdefault((request.name, setting.name), [])
            rows.append((setting.value, setting.source.value, setting.scope))
    return found


@pytest.mark.parametrize(("way", "source"), [("layers", "layer"), ("get_variable", "tensorflow")])
def test_a_layer_with_nothing_said_has_defaults(way, source):
    # tf.layers asks for glorot_uniform itself where no scope says anything else.
    ledger = _ledger(dense("a", name="d", construction=way))
    assert ledger["d/kernel", "initializer"] == [("glorot_uniform", source, None)]
    assert ledger["d/bias", "initializer"] == [("zeros", "layer", None)]
    assert ledger["d/kernel", "dtype"] == [("float32", "layer", None)]
    assert ledger["d/kernel", "trainable"] == [("true", "layer", None)]
    assert ledger["d/kernel", "regularizer"] == [("none", "tensorflow", None)]
    assert ledger["d/kernel", "use_resource"] == [("none", "tensorflow", None)]
    assert ledger["d/kernel", "partitioner"] == [("none", "tensorflow", None)]


@pytest.mark.parametrize("way", ["layers", "get_variable"])
def test_an_argument_is_named_as_the_source(way):
    arguments = {"kernel_initializer": "he_normal", "bias_initializer": _HALF, "trainable": False}
    ledger = _ledger(dense("a", name="d", construction=way, **arguments))
    assert ledger["d/kernel", "initializer"] == [("he_normal", "argument", None)]
    assert ledger["d/bias", "initializer"] == [("constant(value=0.5)", "argument", None)]
    assert ledger["d/kernel", "trainable"] == [("false", "argument", None)]


def test_the_surprise_of_a_scope_s_initializer_is_visible():
    by_hand = dense("b", name="e", construction="get_variable", bias_initializer=None, variables={})
    ledger = _ledger(scope("s", dense("a", name="d"), by_hand, initializer=_HALF))
    assert ledger["s/d/kernel", "initializer"] == [("constant(value=0.5)", "scope", "s")]
    assert ledger["s/d/bias", "initializer"] == [("zeros", "layer", None)]
    assert ledger["s/e/bias", "initializer"] == [("constant(value=0.5)", "scope", "s")]


def test_the_scope_that_set_it_is_named_and_not_one_within():
    inner = scope("inner", dense("a", name="d"), name="i", regularizer=_L2)
    ledger = _ledger(scope("outer", inner, name="o", initializer=_HALF, regularizer=_L2))
    assert ledger["o/i/d/kernel", "initializer"][0][2] == "outer"
    assert ledger["o/i/d/kernel", "regularizer"] == [("l2(l2=0.1)", "scope", "inner")]


@pytest.mark.parametrize("way", ["layers", "get_variable"])
def test_a_regularizer_of_the_layer_comes_on_top_of_the_scope_s(way):
    own = dense("a", name="d", construction=way, kernel_regularizer={"kind": "l1", "scale": 0.2})
    ledger = _ledger(scope("s", own, regularizer=_L2))
    assert ledger["s/d/kernel", "regularizer"] == [
        ("l2(l2=0.1)", "scope", "s"),
        ("l1(l1=0.2)", "argument", None),
    ]
    assert ledger["s/d/bias", "regularizer"] == [("l2(l2=0.1)", "scope", "s")]


def test_what_only_get_variable_can_do_is_an_argument():
    settings = {"kernel": {"name": "weights", "dtype": "float64", "use_resource": True}}
    ledger = _ledger(dense("a", name="d", construction="get_variable", variables=settings))
    assert ledger["d/weights", "dtype"] == [("float64", "argument", None)]
    assert ledger["d/weights", "use_resource"] == [("true", "argument", None)]
    assert ledger["d/bias", "use_resource"] == [("none", "tensorflow", None)]


def test_a_partitioner_is_told_in_one_line():
    cut = {"kind": "min_max", "max_partitions": 2, "min_slice_size": 4}
    cut["bytes_per_string_element"] = 8
    hand = dense("b", construction="get_variable", variables={"kernel": {"partitioner": cut}})
    ledger = _ledger(scope("s", dense("a", name="d"), partitioner=cut), hand)
    told = (
        "min_max_variable_partitioner(max_partitions=2, min_slice_size=4, "
        "bytes_per_string_element=8)"
    )
    assert ledger["s/d/kernel", "partitioner"] == [(told, "scope", "s")]
    assert ledger["dense/kernel", "partitioner"] == [(told, "argument", None)]


def test_a_scope_s_resources_are_seen():
    ledger = _ledger(scope("s", dense("a", name="d"), use_resource=True))
    assert ledger["s/d/kernel", "use_resource"] == [("true", "scope", "s")]


def test_moving_averages_are_not_made_trainable_by_the_argument():
    ledger = _ledger(layer("batch_normalization", "n", "n", trainable=True))
    assert ledger["n/gamma", "trainable"] == [("true", "argument", None)]
    assert ledger["n/moving_mean", "trainable"] == [("false", "layer", None)]


def test_a_refused_request_has_its_settings_too():
    nodes = (features(), dense("a", 3, name="d"), dense("b", 4, name="d", reuse=True))
    graph = BuiltGraph(stack(*nodes))
    graph.close()
    refused = graph.built.ledger[-1]
    assert refused.outcome.value == "refused"
    assert "initializer" in [setting.name for setting in refused.settings]


def test_a_bare_variable_has_its_role_and_its_arguments_as_sources():
    bare = layer(
        "variable", "v", "positions", construction="get_variable", shape=(4,), initializer="ones"
    )
    graph = BuiltGraph(stack(features(), scope("s", bare, regularizer=_L2)))
    graph.close()
    (request,) = graph.built.ledger
    assert (request.name, request.role) == ("s/positions", "variable")
    found = {setting.name: (setting.value, setting.source) for setting in request.settings}
    assert found["initializer"] == ("ones", "argument")
    assert found["regularizer"] == ("l2(l2=0.1)", "scope")
    assert found["dtype"] == ("float32", "layer")


def test_a_variable_with_a_name_of_its_own_keeps_its_role():
    by_hand = dense("d", construction="get_variable", variables={"kernel": {"name": "weights"}})
    graph = BuiltGraph(stack(features(), by_hand))
    graph.close()
    assert [(found.name, found.role) for found in graph.built.ledger] == [
        ("dense/weights", "kernel"),
        ("dense/bias", "bias"),
    ]


def test_a_variable_in_too_many_parts_is_refused_before_they_are_made():
    parts = {"kind": "variable_axis_size", "max_shard_bytes": 1}
    settings = {"variable": {"partitioner": parts}}
    fields = {"construction": "get_variable", "variables": settings}
    cut = layer("variable", "v", "v", shape=(2**31 - 1,), **fields)
    graph = BuiltGraph(stack(features(), cut))
    graph.close()
    assert graph.built.refusal.origin == "v"
    assert "cuts v into 2,147,483,647 parts" in graph.built.refusal.message
    assert len(graph.graph.get_operations()) < 10
