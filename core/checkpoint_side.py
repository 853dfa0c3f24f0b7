"""A side of a comparison: a checkpoint, or what a stack's build would put into one."""

from collections.abc import Container
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from core.checkpoint_diff import Diff, diff
from core.checkpoint_reader import Checkpoint
from core.graph_runner import GraphRunner
from core.named_tensors import BuiltTensors, built_tensors
from core.restore_check import RestoreCheck, check_restore
from core.stack import Stack


@dataclass(frozen=True, slots=True)
class Side:
    """A side.

    Attributes:
        tensors: Its tensors.
        refusal: What TensorFlow refused of the stack, in a line; empty where it took all.
    """

    tensors: Checkpoint | BuiltTensors
    refusal: str = ""

    def close(self) -> None:
        """Give its files back."""
        if isinstance(self.tensors, Checkpoint):
            self.tensors.close()


def is_stack_file(path: Path) -> bool:
    """Tell whether a path is that of a stack; no checkpoint's file has this ending."""
    return path.suffix == ".json"


def checkpoint_side(path: Path, runner: GraphRunner) -> Side:
    """Open a checkpoint. Raises CheckpointError."""
    return Side(Checkpoint(path, runner))


def stack_side(stack: Stack, path: Path, trusted: Container[str]) -> Side:
    """Build a stack without drawing values. Raises DeviceError."""
    from core.graph import BuiltGraph
    from core.report_lines import refusal_line

    with closing(BuiltGraph(stack, trusted=trusted, draw=False)) as graph:
        return Side(built_tensors(graph.built, str(path)), refusal_line(graph.built))


def compare_sides(left: Side, right: Side) -> tuple[Diff, RestoreCheck | None]:
    """Return how two sides differ, and what a stack would restore where one side is one.

    Raises:
        CheckpointError: Values can't be read.
    """
    found = diff(left.tensors, right.tensors)
    if isinstance(left.tensors, BuiltTensors):
        return found, check_restore(left.tensors, right.tensors)
    if isinstance(right.tensors, BuiltTensors):
        return found, check_restore(right.tensors, left.tensors)
    return found, None


def refusals(*sides: Side) -> tuple[str, ...]:
    """Return what TensorFlow refused of the sides that are stacks."""
    return tuple(side.refusal for side in sides if side.refusal)
