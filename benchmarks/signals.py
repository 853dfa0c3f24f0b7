"""From a built stack to the distributions of its outputs and gradients, in a process that is up."""

import statistics
from contextlib import closing

from benchmarks.dense_stack import WIDTH, dense_stack
from benchmarks.measure import Figure, report, seconds
from core.graph import BuiltGraph
from core.graph_runner import GraphRunner
from core.made_up import made_up
from core.numbers import SIGNAL_FEED

_TIMES = {100: 5, 1000: 3}
_MOST = {100: 2.0}


def main() -> None:
    """Measure and report."""
    with closing(GraphRunner()) as runner:
        figures = [_figure(runner, count) for count in _TIMES]
    report("signals", figures)


def _figure(runner: GraphRunner, count: int) -> Figure:
    graph = BuiltGraph(dense_stack(count), draw=False)
    graph.close()
    forward = graph.built.forward

    def run() -> None:
        found = runner.find_signals(forward, SIGNAL_FEED)
        assert all(layer.output and layer.gradient for layer in found.layers)
        assert len(found.layers) == count + 1

    run()  # the first one waits for the import
    taken = statistics.median(seconds(run) for _ in range(_TIMES[count]))
    bare = statistics.median(seconds(lambda: _bare(count)) for _ in range(_TIMES[count]))
    details = {"bare build, run and gradients": round(bare, 2)}
    what = f"outputs and gradients of {count:,} dense layers"
    return Figure(what, taken, "s", _MOST.get(count), None, details)


def _bare(count: int) -> None:
    """Do what TensorFlow has to do for the values alone, whoever asks."""
    import numpy as np

    from core.tf1 import tf

    with tf.Graph().as_default():
        layers = [tf.placeholder(tf.float32, [None, WIDTH])]
        for _ in range(count):
            layers.append(tf.layers.dense(layers[-1], WIDTH))
        gradients = tf.gradients(layers[-1], layers)
        batch = made_up(layers[0], SIGNAL_FEED, np.random.default_rng(0))
        with tf.Session() as session:
            session.run(tf.global_variables_initializer())
            session.run([layers, gradients], {layers[0]: batch})


if __name__ == "__main__":
    main()
