"""Will it load? What a checkpoint has for each variable of a build, before any session."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property

from core.named_tensors import NamedTensors, Part, TensorInfo

# What a variable is that only the checkpoint has.
UNEXPECTED = "unexpected"


class Restore(StrEnum):
    """What becomes of a variable when a checkpoint is restored."""

    RESTORED = "restored"
    MISSING = "missing"
    OTHER_SHAPE = "other shape"
    OTHER_DTYPE = "other dtype"


@dataclass(frozen=True, slots=True)
class RestoredVariable:
    """A variable, and what there is for it.

    Attributes:
        wanted: The variable.
        found: The tensor for it in the checkpoint, None where there is none.
    """

    wanted: TensorInfo
    found: TensorInfo | None

    @property
    def outcome(self) -> Restore:
        """What becomes of it; a saver stops at the first that is not restored."""
        if self.found is None:
            return Restore.MISSING
        if self.found.shape != self.wanted.shape:
            return Restore.OTHER_SHAPE
        if self.found.dtype != self.wanted.dtype:
            return Restore.OTHER_DTYPE
        return Restore.RESTORED

    @property
    def words(self) -> str:
        """The outcome in words, with what is at odds."""
        if self.found is None or self.outcome is Restore.RESTORED:
            return self.outcome.value
        if self.outcome is Restore.OTHER_SHAPE:
            return (
                f"has shape {list(self.wanted.shape)} here and {list(self.found.shape)} "
                "in the checkpoint"
            )
        return f"is {self.wanted.dtype} here and {self.found.dtype} in the checkpoint"


@dataclass(frozen=True)
class RestoreCheck:
    """What a checkpoint has for the variables of a build.

    Attributes:
        variables: Each variable, in the order of creation.
        unexpected: The variables that only the checkpoint has, which a saver ignores.
        folded: How many slots, steps and the like only the checkpoint has.
    """

    variables: tuple[RestoredVariable, ...]
    unexpected: tuple[TensorInfo, ...]
    folded: Mapping[Part, int]

    @property
    def loads(self) -> bool:
        """Whether `tf.train.Saver().restore` gives each variable a value of its own shape.

        It also takes values of another shape into resource variables, whose ops then fail.
        """
        return self.counts.keys() <= {Restore.RESTORED}

    @cached_property
    def counts(self) -> Mapping[Restore, int]:
        """How many variables there are of each outcome."""
        return Counter(found.outcome for found in self.variables)

    @property
    def verdict(self) -> str:
        """Whether it will load, and the counts."""
        counts = [f"{number:,} {outcome}" for outcome, number in self.counts.items()]
        if self.unexpected:
            counts.append(f"{len(self.unexpected):,} {UNEXPECTED}")
        verdict = "it will load" if self.loads else "it will not load"
        return f"{verdict}: {', '.join(counts) or 'nothing is asked for'}"


def check_restore(wanted: NamedTensors, checkpoint: NamedTensors) -> RestoreCheck:
    """Return what a checkpoint has for each of the variables that a saver would restore.

    A saver looks for their names among the keys. Where one is not there, it looks for all of them
    among the names that TensorFlow 2 notes beside its keys (`object_graph_key_mapping`).
    """
    keys: Mapping[str, str] = {name: name for name in wanted.tensors}
    if checkpoint.keys and not wanted.tensors.keys() <= checkpoint.tensors.keys():
        keys = checkpoint.keys
    rows = tuple(
        RestoredVariable(tensor, checkpoint.tensors.get(keys.get(name, "")))
        for name, tensor in wanted.tensors.items()
    )
    taken = {row.found.name for row in rows if row.found is not None}
    others = [found for name, found in checkpoint.tensors.items() if name not in taken]
    return RestoreCheck(
        rows,
        tuple(found for found in others if found.part is Part.VARIABLE),
        Counter(found.part for found in others if found.part is not Part.VARIABLE),
    )
