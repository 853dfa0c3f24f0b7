"""The formats that a built stack can be exported to, and the export itself."""

import time
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from core.exports.events import write_events
from core.exports.format import Exported, ExportError, Format, Holds
from core.exports.graphs import write_frozen_graph, write_graph_def, write_meta_graph
from core.exports.tables import write_csv, write_json, write_markdown
from core.exports.values import write_npz, write_safetensors
from core.native_words import native_words
from core.progress import OnProgress, ignore_progress

if TYPE_CHECKING:
    from core.graph import BuiltGraph

CHECKPOINT = "checkpoint"

FORMATS: Mapping[str, Format] = {
    form.id: form
    for form in (
        Format(
            CHECKPOINT,
            "checkpoint",
            "",
            Holds.VALUES,
            "Write the initial values as a checkpoint that any TensorFlow program can load",
        ),
        Format(
            "meta_graph",
            "graph with collections",
            ".meta",
            Holds.GRAPH,
            "Write the graph as tf.train.import_meta_graph reads it",
            write_meta_graph,
        ),
        Format(
            "graph_def",
            "GraphDef",
            ".pb",
            Holds.GRAPH,
            "Write the graph alone, with its variables and without their values",
            write_graph_def,
        ),
        Format(
            "graph_def_text",
            "GraphDef as text",
            ".pbtxt",
            Holds.GRAPH,
            "Write the graph alone, to be read by people",
            write_graph_def,
        ),
        Format(
            "frozen_graph",
            "frozen GraphDef",
            ".frozen.pb",
            Holds.VALUES,
            "Write what the outputs need, with constants in the place of variables",
            write_frozen_graph,
        ),
        Format(
            "frozen_graph_text",
            "frozen GraphDef as text",
            ".frozen.pbtxt",
            Holds.VALUES,
            "Write what the outputs need, with constants for variables, to be read by people",
            write_frozen_graph,
        ),
        Format(
            "events",
            "TensorBoard events",
            ".tfevents",
            Holds.GRAPH,
            "Write the graph, and the histograms of its variables, for TensorBoard",
            write_events,
        ),
        Format(
            "npz",
            "NumPy archive",
            ".npz",
            Holds.VALUES,
            "Write the initial values for numpy.load, an array for each variable",
            write_npz,
        ),
        Format(
            "safetensors",
            "safetensors",
            ".safetensors",
            Holds.VALUES,
            "Write the initial values as safetensors, which other frameworks load",
            write_safetensors,
        ),
        Format(
            "table_csv",
            "variable table as CSV",
            ".csv",
            Holds.TABLE,
            "Write a row for each variable, for spreadsheets",
            write_csv,
        ),
        Format(
            "table_json",
            "variable table as JSON",
            ".json",
            Holds.TABLE,
            "Write what there is to say about each variable, for programs",
            write_json,
        ),
        Format(
            "table_markdown",
            "variable table as Markdown",
            ".md",
            Holds.TABLE,
            "Write the variables as a table for a README or an issue",
            write_markdown,
        ),
    )
}


def format_of(path: Path) -> Format:
    """Return the format that a file's name asks for by how it ends. Raises ExportError."""
    suffixed = [form for form in FORMATS.values() if form.suffix]
    found = [form for form in suffixed if path.name.lower().endswith(form.suffix)]
    if not found:
        known = ", ".join(form.suffix for form in suffixed)
        raise ExportError(f"{path.name} must end with one of {known}, which says the format")
    return max(found, key=lambda form: len(form.suffix))


def export(
    graph: "BuiltGraph", form: Format, path: Path, on_progress: OnProgress = ignore_progress
) -> Exported:
    """Write a built graph into a file, whole or not at all.

    Raises:
        ExportError: It can't be written; what stood there is as it was.
        CheckpointError: The same, of a checkpoint.
        NotDrawnError: There are no values.
    """
    from core.tf1 import tf

    why_not = form.why_not(graph.built)
    if why_not:
        raise ExportError(why_not)
    if form.write is None:
        return graph.export(path, on_progress)
    started = time.perf_counter()
    try:
        note = form.write(graph, path, on_progress)
        size = path.stat().st_size
    except OSError as error:
        raise ExportError(f"{path.name} can't be written: {error.strerror or error}") from error
    except tf.errors.OpError as error:  # in front of its reason stands a file that is gone by now
        reason = native_words(error).rpartition("; ")[2]
        raise ExportError(f"{path.name} can't be written: {reason}") from error
    seconds = time.perf_counter() - started
    restored = graph.restored if form.holds is Holds.VALUES else None
    return Exported(path, path.name, len(graph.built.variables), size, seconds, note, restored)
