"""The initial values of 1,000 layers to numpy, against a default session that does the same.

Both do it on a graph that is already there and has not been run.
"""

import statistics

from benchmarks.dense_stack import WIDTH, dense_stack
from benchmarks.measure import Figure, report, seconds
from core.graph import BuiltGraph
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
    graph = BuiltGraph(dense_stack(_LAYERS), draw=False)
    variables = graph.built.variables
    names = [variable.name for variable in variables]

    def values() -> None:
        graph._draw(variables, lambda *progress: None)
        graph._session.run([graph._fetched(name) for name in names])

    taken = seconds(values)
    graph.close()
    return taken


if __name__ == "__main__":
    main()
