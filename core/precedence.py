"""Which of the builder's requests take the place of older ones, and which come first."""

from collections.abc import Mapping
from types import MappingProxyType

from core.sources import CheckpointValues
from core.tasks import (
    Build,
    BuildEach,
    Compare,
    CompareCheckpoints,
    CutOut,
    Export,
    ExportScript,
    FindFixes,
    Foresee,
    OpenCheckpoint,
    ProposeStack,
    Rename,
    Restore,
    SaveValues,
    SuggestMap,
    Summarize,
    SummarizeBoth,
    Task,
    WriteCode,
)

# The kinds of older tasks that a new one of a kind takes the place of.
_SUPERSEDED: Mapping[type[Task], tuple[type[Task], ...]] = MappingProxyType(
    {
        Build: (
            *(Build, Summarize, Compare, BuildEach, Foresee, FindFixes),
            *(WriteCode, CutOut, SummarizeBoth, Restore),
        ),
        Summarize: (Summarize, SummarizeBoth),
        CutOut: (CutOut,),
        SaveValues: (),
        SummarizeBoth: (Summarize, SummarizeBoth),
        Restore: (Restore,),
        OpenCheckpoint: (OpenCheckpoint, CompareCheckpoints),
        CompareCheckpoints: (CompareCheckpoints,),
        ProposeStack: (ProposeStack,),
        Compare: (Compare,),
        BuildEach: (BuildEach,),
        Foresee: (Foresee,),
        Export: (),
        FindFixes: (),
        WriteCode: (WriteCode,),
        ExportScript: (),
        SuggestMap: (SuggestMap,),
        Rename: (),
    }
)


def takes_place(task: Task, older: Task) -> bool:
    """Tell whether what an older task would tell is no longer wanted."""
    if isinstance(task, Build) and _looks_into_checkpoint(older):
        return False
    return isinstance(older, _SUPERSEDED[type(task)])


def gives_way(running: Task, task: Task) -> bool:
    """Tell whether what runs is set aside for another task, to be started anew behind it."""
    if isinstance(running, FindFixes):
        return not isinstance(task, FindFixes | Build)
    return isinstance(task, Build) and _looks_into_checkpoint(running)


def _looks_into_checkpoint(task: Task) -> bool:
    """Tell whether a task only reads from a checkpoint, which no build changes."""
    match task:
        case CompareCheckpoints():
            return True
        case CutOut(selected):
            return isinstance(selected.source, CheckpointValues)
        case Summarize(selected):
            return all(isinstance(found.source, CheckpointValues) for found in selected)
        case ProposeStack():
            return True
    return False
