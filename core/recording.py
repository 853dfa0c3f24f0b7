"""The steps of one layer, written down."""

from collections.abc import Mapping
from dataclasses import dataclass

from core.expression import Expression
from core.plan import Step


class UnrecordableError(Exception):
    """A twin did what can't be written down; the text says what."""


@dataclass(frozen=True, slots=True)
class Recording:
    """The steps of one layer. Their targets have numbers, such as ``$3``, in place of names.

    Attributes:
        steps: In the order in which they were done.
        result: What the layer returns; None where it was refused.
        stems: What the twin calls a target, where it gives it a name.
        items: How many items a target has; the second is ``$3:1``.
        idle: The targets of steps that left the graph as it was.
        failed: Whether the last step is one that TensorFlow refused.
    """

    steps: tuple[Step, ...]
    result: Expression | None
    stems: Mapping[str, str]
    items: Mapping[str, int]
    idle: frozenset[str]
    failed: bool = False
