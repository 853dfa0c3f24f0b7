"""A checkpoint under other names: written, read back, compared, and only then put in its place."""

from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType

from core.arguments import printable
from core.atomic import scrap_folder
from core.checkpoint import CheckpointError, move_into_place
from core.checkpoint_parts import OBJECT_GRAPH
from core.checkpoint_reader import Checkpoint
from core.named_tensors import Part
from core.progress import OnProgress, ignore_progress
from core.renamed import Renamed, RenamePlan
from core.shape_steps import AcceptedStep, StepError


def plan_rename(
    checkpoint: Checkpoint,
    names: Mapping[str, str],
    steps: Mapping[str, AcceptedStep] = MappingProxyType({}),
) -> RenamePlan:
    """Return what each tensor will be called; those that are not in the map keep their names.

    Args:
        checkpoint: What is to be renamed.
        names: The map.
        steps: The steps to be taken with tensors of the map.

    Raises:
        CheckpointError: The map has names that the checkpoint has not, two become one, or a step
            doesn't lead from a tensor's shape.
    """
    unknown = [name for name in (*names, *steps) if name not in checkpoint.tensors]
    if unknown:
        more = f" and {len(unknown) - 1} more of the map" if len(unknown) > 1 else ""
        raise CheckpointError(f"{checkpoint.label} has no {_quote(unknown[0])}{more}")
    followed = {}
    taken_steps = dict(steps)
    for name, tensor in checkpoint.tensors.items():
        owner = tensor.slot_of
        if tensor.part is not Part.SLOT or name in names or owner is None or owner not in names:
            continue
        new = _followed(name, owner, names[owner])
        if new != name:
            followed[name] = new
        if owner in steps and tensor.shape == checkpoint.tensors[owner].shape:
            taken_steps[name] = steps[owner]
    _check_steps(checkpoint, taken_steps)
    all_names = {name: name for name in checkpoint.tensors} | dict(names) | followed
    changed = {old: new for old, new in names.items() if old != new}
    left_out = []
    if changed and OBJECT_GRAPH in all_names and OBJECT_GRAPH not in names:
        # It tells where each variable is, and would tell wrong.
        del all_names[OBJECT_GRAPH]
        left_out.append(OBJECT_GRAPH)
    taken: dict[str, str] = {}
    for old, new in all_names.items():
        if new in taken:
            raise CheckpointError(
                f"{_quote(taken[new])} and {_quote(old)} would both be {_quote(new)}"
            )
        taken[new] = old
    return RenamePlan(all_names, changed, followed, tuple(left_out), taken_steps)


def rename(
    checkpoint: Checkpoint,
    names: Mapping[str, str],
    to: Path,
    steps: Mapping[str, AcceptedStep] = MappingProxyType({}),
    on_progress: OnProgress = ignore_progress,
) -> Renamed:
    """Write a checkpoint under other names.

    It is written beside its place, read back by TensorFlow and compared with what it was made of,
    byte for byte; only then it is moved there. What stood there stays as it was until then.

    Args:
        checkpoint: What is to be renamed.
        names: The map.
        to: The prefix of the new one.
        steps: The steps to be taken with tensors of the map.
        on_progress: Called while it is written and compared; what it raises ends that.

    Raises:
        CheckpointError: It can't be done; nothing was changed.
    """
    plan = plan_rename(checkpoint, names, steps)
    if not to.name:
        raise CheckpointError("the name of a checkpoint must not be empty")
    if not to.parent.is_dir():
        raise CheckpointError(f"there is no folder {to.parent}; choose one that is there")
    if to.is_dir():
        raise CheckpointError(f"{to} is a folder; name the checkpoint in it")
    try:
        with scrap_folder(to) as folder:
            copy = folder.resolve() / to.name
            compared = checkpoint.copy(
                plan.names,
                copy,
                replaces=to.absolute(),
                steps=plan.steps,
                on_progress=on_progress,
            )
            move_into_place(folder, to)
    except OSError as error:
        raise CheckpointError(f"{to} can't be written: {error.strerror or error}") from error
    return Renamed(to, plan, compared)


def _followed(slot: str, owner: str, new: str) -> str:
    """Return a slot's name with that of its variable in it changed."""
    before, found, after = slot.rpartition(owner)
    return f"{before}{new}{after}" if found else slot


def _check_steps(checkpoint: Checkpoint, steps: Mapping[str, AcceptedStep]) -> None:
    for name, wanted in steps.items():
        try:
            wanted.step(checkpoint.tensors[name].shape)
        except StepError as error:
            raise CheckpointError(f"{_quote(name)}: {error}") from error


def _quote(name: str) -> str:
    return f'"{printable(name)}"'
