"""A built graph and the histograms of its values, for TensorBoard."""

import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from core.atomic import named_whole
from core.built import Variable
from core.progress import OnProgress
from core.quantities import show_count

if TYPE_CHECKING:
    from core.graph import BuiltGraph

# The first event of each file says so; TensorBoard refuses others.
_VERSION = "brain.Event:2"


def write_events(graph: "BuiltGraph", path: Path, on_progress: OnProgress) -> str:
    """Write an event file: the graph, and where there are values a histogram of each variable.

    TensorBoard reads it in a folder, by any name with ``tfevents`` in it.
    """
    from core.tf1 import tf

    drawn = graph.built.variables if graph.built.undrawn is None else ()
    now = time.time()
    with named_whole(path) as scrap, tf.io.TFRecordWriter(str(scrap)) as writer:
        writer.write(tf.Event(wall_time=now, file_version=_VERSION).SerializeToString())
        writer.write(tf.Event(wall_time=now, graph_def=graph.graph_def).SerializeToString())
        counted = 0
        for summary in _histograms(graph, drawn, on_progress):
            writer.write(tf.Event(wall_time=now, step=0, summary=summary).SerializeToString())
            counted += 1
    if len(drawn) < len(graph.built.variables):
        return f"without histograms: {graph.built.undrawn}"
    left = show_count(len(drawn) - counted, "variable")
    why = "which TensorFlow can't make of texts, complex numbers or what is no number"
    return "" if counted == len(drawn) else f"without the histograms of {left}, {why}"


def _histograms(
    graph: "BuiltGraph", variables: Sequence[Variable], on_progress: OnProgress
) -> Iterator[Any]:
    """Yield TensorFlow's own histograms of the variables' values, where it can make one."""
    from core.tf1 import tf

    found = graph.values_of(variable.name for variable in variables)
    with tf.Graph().as_default(), tf.Session() as session:
        tag = tf.placeholder(tf.string, [])
        for at, variable in enumerate(variables):
            on_progress(at, len(variables), f"counting {at:,} of {len(variables):,} variables")
            values = found.of(variable.name)
            if values.dtype.kind in "bcO":
                continue
            fed, summary = _histogram_op(tag, values.dtype.name)
            try:
                made = session.run(summary, {tag: variable.name, fed: values})
            except tf.errors.InvalidArgumentError:  # some are infinite, or no numbers
                continue
            yield tf.Summary.FromString(made)


def _histogram_op(tag: Any, dtype: str) -> tuple[Any, Any]:
    """Return what to feed with values of a type, and what to fetch; made once for each type."""
    from core.tf1 import tf

    graph = tf.get_default_graph()
    if not graph.get_collection(dtype):
        fed = tf.placeholder(dtype)
        graph.add_to_collection(dtype, (fed, tf.raw_ops.HistogramSummary(tag=tag, values=fed)))
    ((fed, summary),) = graph.get_collection(dtype)
    return fed, summary
