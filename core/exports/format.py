"""What there is to say about a format that a built stack can be written in."""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING

from core.built import Built
from core.progress import OnProgress
from core.quantities import show_bytes, show_count

if TYPE_CHECKING:
    from core.graph import BuiltGraph
    from core.restored import Restored


class ExportError(ValueError):
    """Why something can't be exported."""


class Holds(StrEnum):
    """What of a built stack is in a file."""

    GRAPH = "graph"
    VALUES = "values"
    TABLE = "table"


@dataclass(frozen=True, slots=True)
class Format:
    """A format to export to.

    Attributes:
        id: Part of its action's id too.
        words: What it is called.
        suffix: How its files' names end, from the dot on; none for a checkpoint's prefix.
        holds: What is in the file.
        help: One sentence for those who choose.
        write: Writes the file, whole or not at all, and returns what is other in it than in the
            graph, or else an empty text; it may raise OSError, ExportError and NotDrawnError. None
            stands for `BuiltGraph.export`, which writes the files of a checkpoint.
    """

    id: str
    words: str
    suffix: str
    holds: Holds
    help: str
    write: "Callable[[BuiltGraph, Path, OnProgress], str] | None" = None

    def why_not(self, built: Built) -> str:
        """Return why a build can't be written in this format, empty where it can."""
        if built.refusal is not None:
            return "TensorFlow refused a layer, so there is no whole graph to export."
        if self.holds is Holds.VALUES and built.undrawn is not None:
            return built.undrawn
        if self.holds is not Holds.GRAPH and not built.variables:
            return "The stack has no variables; add a layer that has some."
        return ""


@dataclass(frozen=True, slots=True)
class Exported:
    """A file, or a checkpoint's files, that was written.

    Attributes:
        path: The file, or the prefix of a checkpoint.
        files: The files' names, as a message has them.
        variables: How many variables it speaks of.
        bytes: The size of the file; of a checkpoint, that of the values.
        seconds: How long it took.
        note: What is other in it than in the graph, else empty.
        restored: What its values were restored from, None where they are the initial ones.
    """

    path: Path
    files: str
    variables: int
    bytes: int
    seconds: float
    note: str = ""
    restored: "Restored | None" = None

    @property
    def sentence(self) -> str:
        """What was written, for the user."""
        held = f"{show_count(self.variables, 'variable')}, {show_bytes(self.bytes)}"
        restored = f", as restored from {self.restored.label}" if self.restored else ""
        note = f"; {self.note}" if self.note else ""
        wrote = f"Wrote {self.files} to {self.path.parent}"
        return f"{wrote}: {held} in {self.seconds:.1f} s{restored}{note}"
