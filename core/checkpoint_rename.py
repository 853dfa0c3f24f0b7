"""A checkpoint under other names: written, read back, compared, and only then put in its place."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from core.arguments import printable
from core.atomic import scrap_folder
from core.checkpoint import CheckpointError, move_into_place
from core.checkpoint_parts import OBJECT_GRAPH
from core.checkpoint_reader import Checkpoint
from core.named_tensors import Part


@dataclass(frozen=True, slots=True)
class RenamePlan:
    """What each tensor of a checkpoint will be called.

    Attributes:
        names: All names, old and new.
        renamed: Those that change, by the map.
        followed: The optimizer's slots that change with their variable, and are not in the map.
        left_out: What would be wrong under the new names.
    """

    names: Mapping[str, str]
    renamed: Mapping[str, str]
    followed: Mapping[str, str]
    left_out: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Renamed:
    """A checkpoint that was written under other names.

    Attributes:
        compared: How many tensors were read back and compared byte for byte: all.
    """

    prefix: Path
    plan: RenamePlan
    compared: int


def plan_rename(checkpoint: Checkpoint, names: Mapping[str, str]) -> RenamePlan:
    """Return what each tensor will be called; those that are not in the map keep their names.

    Raises:
        CheckpointError: The map has names that the checkpoint has not, or two become one.
    """
    unknown = [name for name in names if name not in checkpoint.tensors]
    if unknown:
        more = f" and {len(unknown) - 1} more of the map" if len(unknown) > 1 else ""
        raise CheckpointError(f"{checkpoint.label} has no {_quote(unknown[0])}{more}")
    followed = {}
    for name, tensor in checkpoint.tensors.items():
        owner = tensor.slot_of
        if tensor.part is not Part.SLOT or name in names or owner is None or owner not in names:
            continue
        new = _followed(name, owner, names[owner])
        if new != name:
            followed[name] = new
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
    return RenamePlan(all_names, changed, followed, tuple(left_out))


def rename(checkpoint: Checkpoint, names: Mapping[str, str], to: Path) -> Renamed:
    """Write a checkpoint under other names.

    It is written beside its place, read back by TensorFlow and compared with what it was made of,
    byte for byte; only then it is moved there. What stood there stays as it was until then.

    Raises:
        CheckpointError: It can't be done; nothing was changed.
    """
    plan = plan_rename(checkpoint, names)
    if not to.name:
        raise CheckpointError("the name of a checkpoint must not be empty")
    if not to.parent.is_dir():
        raise CheckpointError(f"there is no folder {to.parent}; choose one that is there")
    if to.is_dir():
        raise CheckpointError(f"{to} is a folder; name the checkpoint in it")
    try:
        with scrap_folder(to) as folder:
            copy = folder.resolve() / to.name
            compared = checkpoint.copy(plan.names, copy, replaces=to.absolute())
            move_into_place(folder, to)
    except OSError as error:
        raise CheckpointError(f"{to} can't be written: {error.strerror or error}") from error
    return Renamed(to, plan, compared)


def _followed(slot: str, owner: str, new: str) -> str:
    """Return a slot's name with that of its variable in it changed."""
    before, found, after = slot.rpartition(owner)
    return f"{before}{new}{after}" if found else slot


def _quote(name: str) -> str:
    return f'"{printable(name)}"'
