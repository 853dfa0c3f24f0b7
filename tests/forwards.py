"""Graphs to be run in tests."""

from core.built import Built
from core.forward import Forward
from core.graph import BuiltGraph
from core.stack import Stack
from core.tf1 import tf


def built_with_forward(stack: Stack) -> Built:
    """Build a stack; return what came of it, without its values."""
    graph = BuiltGraph(stack)
    graph.close()
    assert graph.built.refusal is None
    return graph.built


def endless() -> Forward:
    """Return a graph with a layer that never ends."""
    with tf.Graph().as_default() as graph:
        name = tf.while_loop(lambda at: at >= 0, lambda at: at * 0, [tf.constant(0)]).name
    return Forward(graph.as_graph_def().SerializeToString(), (), (("loop", name),), 0)
