"""A program as lines, each with the node that it comes from."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Script:
    """A program.

    Attributes:
        lines: Its lines.
        origins: For each of them the id of the node it comes from, if any.
        refused: The numbers of the lines that TensorFlow refused, from 0.
        whole: Ids of the layers that could not be written as single calls.
    """

    lines: tuple[str, ...]
    origins: tuple[str | None, ...]
    refused: frozenset[int] = frozenset()
    whole: tuple[str, ...] = ()

    @property
    def text(self) -> str:
        """The program as one text."""
        return "\n".join(self.lines) + "\n"
