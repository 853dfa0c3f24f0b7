"""The initial values of 1,000 layers to numpy, against a default session that does the same.

Both do it on a graph that is already there and has not been run.
"""

import statistics

from benchmarks.dense_stack import WIDTH, dense_stack
from benchmarks.measure import Figure, report, seconds
from core.graph import BuiltGraph
from core.stack import Stack
from core.tf1 import tf

_LAYERS = 1000
_TURNS = 3


def main() -> None:
    """Measure and report."""
    rows = [(_by_default(), _ours()) for _ in range(_TURNS)]
    default, ours = (statistics.median(column) for column in zip(*rows, strict=True))
    ratio = statistics.median(row[0] / row[1] for row in rows)
    details = {"seconds": round(ours, 2), "default session": round(default, 2)}
    what = f"initial values of {_LAYERS:,} layers: times as fast"
    report("initial_values", [Figure(what, ratio, "x", None, 4, details)])


def _by_default() -> float:
    with tf.Graph().as_default():
        value = tf.placeholder(tf.float32, [None, WIDTH])
        for _ in range(_LAYERS):
            value = tf.layers.dense(value, WIDTH)
        variables, initializer = tf.global_variables(), tf.global_variables_initializer()
        with tf.Session() as session:
            return seconds(lambda: (session.run(initializer), session.run(variables)))


def _ours() -> float:
    """Return what a build with values takes more than one without, and then their reading."""
    stack = dense_stack(_LAYERS)
    taken = {draw: _built_apart(stack, draw) for draw in (False, True)}
    return taken[True] - taken[False]


def _built_apart(stack: Stack, draw: bool) -> float:
    """Return how long all takes but the building."""
    found: list[BuiltGraph] = []

    def run() -> None:
        graph = BuiltGraph(stack, draw=draw)
        found.append(graph)
        if draw:
            names = [variable.name for variable in graph.built.variables]
            values = graph.values_of(names)
            assert len([values.of(name) for name in names]) == 2 * _LAYERS

    taken = seconds(run) - found[0].built.seconds
    found[0].close()
    return taken


if __name__ == "__main__":
    main()
