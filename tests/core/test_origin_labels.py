"""What origins are called: by the person, else by TensorFlow, else by their kind."""

from core.graph import BuiltGraph
from core.origin_labels import origin_labels
from core.stack import Scope
from tests.stacks import dense, features, stack


def _labels(*nodes):
    graph = BuiltGraph(stack(features("x"), *nodes))
    graph.close()
    assert graph.built.refusal is None
    return origin_labels(graph.built)


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
