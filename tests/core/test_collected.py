"""What layers put into collections, and whether anything in the graph makes use of it."""

import pytest

from core.collected import LOSSES
from core.graph import BuiltGraph
from tests.stacks import dense, features, layer, scope, stack
from tests.tries import built

_L2 = {"kind": "l2", "scale": 0.1}
_FED = {"kind": "placeholder", "default": False}
_RUNS = """\
def runs(inputs):
    with tf.control_dependencies(tf.get_collection(tf.GraphKeys.UPDATE_OPS)):
        return tf.identity(inputs)
"""
_ADDS = "def adds(inputs):\n    return inputs + tf.losses.get_regularization_loss()\n"


def _normalization(**arguments):
    return layer("batch_normalization", "n", "n", **arguments)


def _custom(code):
    return layer("custom", "c", construction="get_variable", code=code)


def _found(*nodes):
    return {found.id: found for found in built(stack(features(), *nodes)).layers}


@pytest.mark.parametrize("way", ["layers", "get_variable"])
@pytest.mark.parametrize(("training", "count"), [(False, 0), (True, 2), (_FED, 2)])
def test_update_ops_belong_to_the_layer_that_made_them(way, training, count):
    found = _found(dense("a"), _normalization(construction=way, training=training))
    assert len(found["n"].update_ops) == count
    assert found["n"].idle == set(found["n"].update_ops)
    assert found["a"].update_ops == ()


@pytest.mark.parametrize("way", ["layers", "get_variable"])
def test_losses_belong_to_the_layer_that_made_them(way):
    found = _found(scope("s", dense("a", construction=way), regularizer=_L2), dense("b"))
    assert len(found["a"].losses) == 2
    assert found["a"].idle == set(found["a"].losses)
    assert found["b"].losses == ()


def test_what_an_op_waits_for_or_takes_is_not_idle():
    assert _found(_normalization(training=True), _custom(_RUNS))["n"].idle == set()
    assert _found(dense("a", kernel_regularizer=_L2), _custom(_ADDS))["a"].idle == set()


def test_looking_makes_no_collection():
    graph = BuiltGraph(stack(features(), dense("a")))
    graph.close()
    assert LOSSES not in graph.graph.get_all_collection_keys()
