"""What becomes of a checkpoint that is written under other names."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from core.shape_steps import AcceptedStep


@dataclass(frozen=True, slots=True)
class RenamePlan:
    """What each tensor of a checkpoint will be called.

    Attributes:
        names: All names, old and new.
        renamed: Those that change, by the map.
        followed: The optimizer's slots that change with their variable, and are not in the map.
        left_out: What would be wrong under the new names.
        steps: The steps that are taken with tensors, by their old names: those that are asked for,
            and the same for the slots that follow.
    """

    names: Mapping[str, str]
    renamed: Mapping[str, str]
    followed: Mapping[str, str]
    left_out: tuple[str, ...] = ()
    steps: Mapping[str, AcceptedStep] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Renamed:
    """A checkpoint that was written under other names.

    Attributes:
        compared: How many tensors were read back and compared byte for byte: all. With those that
            get another shape, the step taken in numpy is what they are compared with.
    """

    prefix: Path
    plan: RenamePlan
    compared: int
