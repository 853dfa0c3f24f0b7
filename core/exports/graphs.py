"""A built graph as TensorFlow's own files: with its variables, or with constants in their place."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

from core.atomic import written_whole
from core.exports.format import ExportError
from core.progress import OnProgress
from core.quantities import show_bytes

if TYPE_CHECKING:
    from core.graph import BuiltGraph

# A protocol buffer can't be larger, and TensorFlow's constants stand in one.
MOST_BYTES = 2**31 - 1
# What a graph has beside its constants, with room to spare.
_BESIDE = 16 * 2**20


def write_meta_graph(graph: "BuiltGraph", path: Path, on_progress: OnProgress) -> str:
    """Write the graph with its collections, as `tf.train.import_meta_graph` reads it."""
    on_progress(0, 0, "writing the graph")
    _write(path, _checked(graph.meta_graph))
    return ""


def write_graph_def(graph: "BuiltGraph", path: Path, on_progress: OnProgress) -> str:
    """Write the GraphDef, in bytes or as text by the path's suffix."""
    on_progress(0, 0, "writing the graph")
    if path.suffix.lower() == ".pbtxt":
        _write(path, _text(_parsed(graph.graph_def)))
    else:
        _write(path, graph.graph_def)
    return ""


def write_frozen_graph(graph: "BuiltGraph", path: Path, on_progress: OnProgress) -> str:
    """Write a GraphDef with constants for variables, that has all that layers' outputs need."""
    outputs = [name for layer in graph.built.layers for name in layer.output_names]
    if not outputs:
        raise ExportError("no layer has an output, so a frozen graph would be empty; add a layer")
    size = graph.built.totals.bytes
    if size + len(graph.graph_def) + _BESIDE > MOST_BYTES:
        raise ExportError(
            f"the variables hold {show_bytes(size)}, and a GraphDef can't be larger than 2 GB; "
            "export a checkpoint and the plain graph instead"
        )
    on_progress(0, 0, "freezing the graph")
    frozen = graph.frozen([name.partition(":")[0] for name in outputs])
    on_progress(0, 0, "writing the graph")
    _write(path, _text(frozen) if path.suffix.lower() == ".pbtxt" else _checked(frozen))
    return ""


def _parsed(graph_def: bytes) -> Any:
    from core.tf1 import tf

    return tf.GraphDef.FromString(graph_def)


def _text(message: Any) -> bytes:
    from google.protobuf import text_format

    text: str = text_format.MessageToString(message)
    return text.encode()


def _checked(message: Any) -> bytes:
    """Return a message's bytes."""
    if message.ByteSize() > MOST_BYTES:
        raise ExportError(
            f"the graph takes {show_bytes(message.ByteSize())}, and a file of it can't be "
            "larger than 2 GB"
        )
    found: bytes = message.SerializeToString(deterministic=True)
    return found


def _write(path: Path, data: bytes) -> None:
    with written_whole(path) as file:
        file.write(data)
