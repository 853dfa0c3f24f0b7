"""What origins are called: by the person, else by TensorFlow, else by their kind."""

from core.graph import BuiltGraph
from core.origin_labels import origin_labels, scoped_labels
from core.stack import Scope
from tests.stacks import dense, features, layer, scope, stack


def _built(*nodes):
    graph = BuiltGraph(stack(features("x"), *nodes))
    graph.close()
    assert graph.built.refusal is None
    return graph.built


def _by_hand(*asked, **arguments):
    return layer(*asked, construction="get_variable", **arguments)


def _labels(*nodes):
    return origin_labels(_built(*nodes))


def test_a_layer_goes_by_its_name_else_by_tensorflow_s_else_by_its_kind():
    labels = _labels(dense("a", name="own"), dense("b"), dense("c"))
    assert labels == {"x": "input", "a": "own", "b": "dense", "c": "dense_1"}


def test_a_repeated_layer_goes_by_the_first_and_the_last_name_that_tensorflow_gave_it():
    twice = (dense("a", 4), dense("b", 4))
    labels = _labels(Scope("s", "block_{i}", kind="name_scope", nodes=twice, repeat=3))
    assert (labels["a"], labels["b"]) == ("dense to dense_4", "dense_1 to dense_5")


def test_a_repeated_layer_in_scopes_of_their_own_has_one_name():
    labels = _labels(Scope("s", "block_{i}", nodes=(dense("a", 4),), repeat=3))
    assert labels["a"] == "dense"


def test_a_scope_goes_by_the_name_that_tensorflow_gave_it():
    labels = _labels(Scope("s", None, arguments={"default_name": "enc"}, repeat=2))
    assert labels["s"] == "enc to enc_1"


def test_a_bare_variable_does_not_go_by_the_scope_around_it():
    labels = _labels(scope("s", _by_hand("variable", "v", shape=(4,)), name="enc"))
    assert labels["v"] == "variable"


def test_layers_of_one_name_are_told_apart_by_their_scopes():
    named = scope("s", dense("a"), name="left")
    unnamed = scope("t", dense("b", name="dense"), name=None, default_name="right")
    labels = scoped_labels(_built(named, unnamed))
    assert (labels["a"], labels["b"], labels["x"]) == ("left/dense", "right/dense", "input")
