"""Where values come from that are looked at: the build of a stack, or an open checkpoint."""

from dataclasses import dataclass
from pathlib import Path

from core.restored import Restoring
from core.stack import Stack


@dataclass(frozen=True, slots=True)
class StackValues:
    """The values of a stack's variables: drawn by its build, or restored into it.

    Attributes:
        stack: The stack.
        trusted: The digests of custom layers' code that may be run.
        restored: What takes the place of initial values; None for the initial values themselves.
    """

    stack: Stack
    trusted: frozenset[str] = frozenset()
    restored: Restoring | None = None


@dataclass(frozen=True, slots=True)
class CheckpointValues:
    """The values in a checkpoint, as its files were when it was opened.

    Attributes:
        path: What was asked for: a prefix, a file or a folder.
        identity: The names, sizes and times of its files; values of others are never shown as its.
    """

    path: Path
    identity: str


Source = StackValues | CheckpointValues


@dataclass(frozen=True, slots=True)
class Selected:
    """A variable that is looked at.

    Attributes:
        source: Where its values come from.
        name: Its name there.
        label: What to call it, where another of its name stands beside it.
    """

    source: Source
    name: str
    label: str = ""

    @property
    def title(self) -> str:
        """What to call it."""
        return self.label or self.name
