"""What the builder thread can be asked for, and what each request ends with.

`doing` is how the window says that a task is being done.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar, TypeAlias

from core.exports.formats import CHECKPOINT
from core.sources import CheckpointValues, Selected, StackValues
from core.stack import Stack

if TYPE_CHECKING:
    from core.built import Built
    from core.comparison import Comparison
    from core.cutout import Cut, Cutout
    from core.exports.format import Exported
    from core.fixes import Fix
    from core.forecast import Forecast
    from core.hazards.hazard import Hazard
    from core.name_mapping import NameMapping
    from core.name_suggestions import Suggestions
    from core.opened_checkpoint import ComparedCheckpoints, OpenedCheckpoint
    from core.renamed import Renamed
    from core.restored import Restored, Restoring
    from core.saved_values import SavedValues
    from core.script_lines import Script
    from core.shape_steps import AcceptedStep
    from core.stack_proposal import StackProposal
    from core.weights import Weights

MOST_BINS = 10_000


@dataclass(frozen=True, slots=True)
class Build:
    """Build a stack and draw its initial values; ends with a `Built`.

    As in the other tasks, code of custom layers is run only where its digest is trusted.
    """

    doing: ClassVar[str] = "building"

    stack: Stack
    trusted: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Summarize:
    """Summarize the values of variables; ends with a tuple of `Weights`.

    Attributes:
        bins: How many bins a histogram has, up to `MOST_BINS`; None leaves it to the values' count.
    """

    doing: ClassVar[str] = "summarizing"

    selected: tuple[Selected, ...]
    bins: int | None = None


@dataclass(frozen=True, slots=True)
class Export:
    """Write what was built into a file; ends with an `Exported`.

    Attributes:
        path: The file, or the prefix of a checkpoint.
        format: The id of its format.
        names: For a checkpoint: the variables that it is to hold, with other names for them.
    """

    doing: ClassVar[str] = "exporting"

    source: StackValues
    path: Path
    format: str = CHECKPOINT
    names: Mapping[str, str] | None = None


@dataclass(frozen=True, slots=True)
class Compare:
    """Build a stack by both constructions; ends with a `Comparison`."""

    doing: ClassVar[str] = "comparing"

    stack: Stack
    trusted: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class BuildEach:
    """Build a stack by each of some constructions, without values; ends with a tuple of `Built`."""

    doing: ClassVar[str] = "building"

    stack: Stack
    constructions: tuple[str | None, ...]
    trusted: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Foresee:
    """Find the names that nodes of a stack would have; ends with a `Forecast`."""

    doing: ClassVar[str] = "foreseeing names"

    stack: Stack
    ids: tuple[str, ...]
    trusted: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class FindFixes:
    """Try the edits that may mend what was built; ends with a tuple of `Fix`.

    Attributes:
        built: What was built.
        hazards: What to mend; none stands for its refusal.
    """

    doing: ClassVar[str] = "trying fixes"

    built: "Built"
    hazards: "tuple[Hazard, ...]" = ()
    trusted: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class CutOut:
    """Give a part of a variable's values; ends with a `Cutout`."""

    doing: ClassVar[str] = "fetching values"

    selected: Selected
    cut: "Cut"


@dataclass(frozen=True, slots=True)
class WriteCode:
    """Write the program of a stack, or of some of its layers alone; ends with a `Code`.

    Attributes:
        layers: Ids of the layers; none for the whole stack.
        constructions: How to build the layers, None for as the stack has it; a script for each.
    """

    doing: ClassVar[str] = "writing code"

    stack: Stack
    layers: tuple[str, ...] = ()
    constructions: tuple[str | None, ...] = (None,)
    trusted: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Code:
    """What `WriteCode` ends with: a script for each construction."""

    scripts: "tuple[Script, ...]"


@dataclass(frozen=True, slots=True)
class ExportScript:
    """Write the program of a stack into a file; ends with the file's path."""

    doing: ClassVar[str] = "exporting"

    stack: Stack
    path: Path
    trusted: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class SaveValues:
    """Write a variable's values into a file, by its suffix; ends with `SavedValues`."""

    doing: ClassVar[str] = "writing values"

    selected: Selected
    path: Path


@dataclass(frozen=True, slots=True)
class Restore:
    """Put a checkpoint's values into a stack's variables; ends with a `Restored`.

    Attributes:
        source: The stack's initial values, in whose place they come.
    """

    doing: ClassVar[str] = "restoring"

    source: StackValues
    restoring: "Restoring"


@dataclass(frozen=True, slots=True)
class OpenCheckpoint:
    """Open a checkpoint and list what it holds; ends with an `OpenedCheckpoint`.

    Attributes:
        path: A prefix, a file or a folder.
    """

    doing: ClassVar[str] = "opening the checkpoint"

    path: Path


@dataclass(frozen=True, slots=True)
class ProposeStack:
    """Propose the stack that would create a checkpoint's variables; ends with a `StackProposal`.

    Attributes:
        path: A prefix, a file or a folder.
    """

    doing: ClassVar[str] = "proposing a stack"

    path: Path


@dataclass(frozen=True, slots=True)
class SummarizeBoth:
    """Summarize a variable as each construction makes it; ends with a tuple of `Weights`."""

    doing: ClassVar[str] = "building both ways"

    built: "Built"
    name: str
    bins: int | None = None
    trusted: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class SuggestMap:
    """Suggest which tensor of one side is which of the other; ends with `Suggestions`."""

    doing: ClassVar[str] = "suggesting a map"

    mapping: "NameMapping"


@dataclass(frozen=True, slots=True)
class Rename:
    """Write a checkpoint under other names; ends with a `Renamed`.

    Attributes:
        source: The checkpoint.
        names: Its names, and the new ones.
        steps: The steps to be taken with some of its tensors.
        to: The prefix of the new one.
    """

    doing: ClassVar[str] = "renaming"

    source: CheckpointValues
    names: Mapping[str, str]
    steps: "Mapping[str, AcceptedStep]"
    to: Path


@dataclass(frozen=True, slots=True)
class CompareCheckpoints:
    """Open another checkpoint and compare both; ends with `ComparedCheckpoints`.

    Attributes:
        left: The open one.
        path: The other: a prefix, a file or a folder.
    """

    doing: ClassVar[str] = "comparing checkpoints"

    left: CheckpointValues
    path: Path


Task = (
    Build
    | Summarize
    | Export
    | Compare
    | BuildEach
    | Foresee
    | FindFixes
    | WriteCode
    | ExportScript
    | CutOut
    | SaveValues
    | SummarizeBoth
    | Restore
    | OpenCheckpoint
    | SuggestMap
    | Rename
    | CompareCheckpoints
    | ProposeStack
)
# In words, as most of these come from modules that the window's start doesn't wait for.
Result: TypeAlias = (
    "Built | tuple[Weights, ...] | Exported | Comparison | Forecast | tuple[Fix, ...] | Code"
    " | Path | Cutout | SavedValues | Restored | OpenedCheckpoint | ComparedCheckpoints"
    " | Suggestions | Renamed | tuple[Built, ...] | StackProposal"
)
