"""What is restored from a checkpoint into a build, and what came of that: values for requests."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from core.arguments import printable
from core.quantities import show_bytes, show_count
from core.restore_check import Restore, RestoreCheck, RestoredVariable
from core.shape_steps import AcceptedStep

_MOST_NAMED = 5


@dataclass(frozen=True, slots=True)
class Restoring:
    """Which values the variables of a build are to have in place of their initial ones.

    Attributes:
        path: The checkpoint: a prefix, a file or a folder.
        names: What its tensors are called in the build; those left out keep their names.
        steps: The steps between shapes that are taken with tensors, by their names in it.
        partial: Whether variables that it doesn't fit may keep their initial values.
        only_named: Whether tensors that `names` leaves out are as if they were not there.
    """

    path: Path
    names: Mapping[str, str] = field(default_factory=dict)
    steps: Mapping[str, AcceptedStep] = field(default_factory=dict)
    partial: bool = False
    only_named: bool = False


@dataclass(frozen=True, slots=True)
class Restored:
    """What came of restoring.

    Attributes:
        label: What to call the checkpoint in a sentence.
        restoring: What was to be restored.
        check: What the checkpoint has for each variable.
        variables: Those that have its values now; none where it doesn't fit as a whole and that was
            asked for.
        bytes: The size of these values.
        seconds: How long it took.
    """

    label: str
    restoring: Restoring
    check: RestoreCheck = field(repr=False)
    variables: frozenset[str] = frozenset()
    bytes: int = 0
    seconds: float = 0.0

    @property
    def fitting(self) -> int:
        """How many variables the checkpoint has values for."""
        return self.check.counts.get(Restore.RESTORED, 0)

    @property
    def sentence(self) -> str:
        """What was done, for the user; or what is in the way of it."""
        if not self.variables:
            return f"{self.label} was not restored: {self.misfits}."
        left = f"; {self.misfits}" if self.misfits else ""
        return (
            f"Restored {show_count(len(self.variables), 'variable')} from {self.label}, "
            f"{show_bytes(self.bytes)} in {self.seconds:.1f} s{left}"
        )

    @property
    def misfits(self) -> str:
        """The first variables that the checkpoint doesn't fit, and why; empty where it fits all."""
        lines = self.misfit_lines
        if not self.check.variables:
            return "the stack has no variables"
        more = f"; and {len(lines) - _MOST_NAMED:,} more" if len(lines) > _MOST_NAMED else ""
        return "; ".join(lines[:_MOST_NAMED]) + more

    @property
    def misfit_lines(self) -> tuple[str, ...]:
        """Each variable that the checkpoint doesn't fit, and why."""
        rows = (row for row in self.check.variables if row.outcome is not Restore.RESTORED)
        return tuple(map(_misfit, rows))


def _misfit(row: RestoredVariable) -> str:
    words = "is missing in the checkpoint" if row.found is None else row.words
    return f'"{printable(row.wanted.name)}" {words}'
