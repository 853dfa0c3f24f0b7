"""What is known of a checkpoint that was opened, without its values."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from core.named_tensors import TensorInfo
from core.sources import CheckpointValues

if TYPE_CHECKING:
    from core.checkpoint_diff import Diff


@dataclass(frozen=True, slots=True)
class OpenedCheckpoint:
    """A checkpoint's listing.

    Attributes:
        source: Where its values come from.
        format: Its format, `V1` or `V2`.
        prefix: The path of its files without their endings.
        shards: How many data files it has; 0 where only TensorFlow knows.
        notes: What a person should know of how it was found.
        tensors: What it holds, by name.
        keys: Their names by those of their variables, where TensorFlow 2 noted them.
    """

    source: CheckpointValues
    format: str
    prefix: Path
    shards: int
    notes: tuple[str, ...]
    tensors: Mapping[str, TensorInfo] = field(repr=False, hash=False)
    keys: Mapping[str, str] = field(default_factory=dict, repr=False, hash=False)

    @property
    def label(self) -> str:
        """What to call it in a sentence."""
        return str(self.source.path)


@dataclass(frozen=True, slots=True)
class ComparedCheckpoints:
    """Two checkpoints, and in what they differ.

    Attributes:
        left: The one.
        right: The other.
        diff: In what they differ.
    """

    left: CheckpointValues
    right: OpenedCheckpoint
    diff: "Diff" = field(repr=False)
