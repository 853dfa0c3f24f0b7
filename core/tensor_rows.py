"""The rows of a checkpoint's tree: its tensors, and what a stack would restore of them."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from core.built import Built
from core.named_tensors import NamedTensors, Part, TensorInfo, path_of
from core.restore_check import UNEXPECTED, Restore, RestoreCheck, RestoredVariable


@dataclass(frozen=True, slots=True)
class TensorRow:
    """A tensor of a checkpoint, or a variable that is missing there.

    Attributes:
        name: What it is nested by: its key, without the ending that all of TF2's have.
        tensor: The checkpoint's tensor; where it is missing, the stack's variable.
        there: Whether the checkpoint has it.
        state: What becomes of it when the stack restores the checkpoint; empty without a stack.
        words: The same at length.
        wanted: What the stack's variable has where it is another: its shape or its type.
        used_by: Ids of the layers whose variable it is.
    """

    name: str
    tensor: TensorInfo
    there: bool = True
    state: str = ""
    words: str = ""
    wanted: str = ""
    used_by: tuple[str, ...] = ()

    @property
    def parameters(self) -> int:
        """Its number of values."""
        return self.tensor.parameters

    @property
    def itemsize(self) -> int:
        """The size of a value in bytes."""
        return self.tensor.itemsize

    @property
    def bytes(self) -> int:
        """The size of its values."""
        return self.tensor.bytes


def tensor_rows(
    checkpoint: NamedTensors,
    built: Built | None = None,
    check: RestoreCheck | None = None,
    *,
    everything: bool = False,
    before: Iterable[TensorRow] = (),
) -> tuple[TensorRow, ...]:
    """Return the rows of a checkpoint's tree.

    Args:
        checkpoint: What it holds.
        built: The build of the open stack.
        check: What that would restore.
        everything: Whether the slots of optimizers, steps and bookkeeping are among them.
        before: Rows of this checkpoint beside another build: those that stay the same are taken
            from there, as there may be many and one build changes few.
    """
    known = {row.tensor.name: row for row in before if row.there}
    return tuple(_rows(checkpoint, built, check, everything, known))


def _rows(
    checkpoint: NamedTensors,
    built: Built | None,
    check: RestoreCheck | None,
    everything: bool,
    known: Mapping[str, TensorRow],
) -> Iterator[TensorRow]:
    users = {} if built is None else {found.name: found.used_by for found in built.variables}
    checks = () if check is None else check.variables
    checked = {row.found.name: row for row in checks if row.found is not None}
    missing = {row.wanted.name: row for row in checks if row.found is None}
    tensors = checkpoint.tensors
    for name, tensor in tensors.items():
        row = checked.get(name)
        if row is None and tensor.part is not Part.VARIABLE and not everything:
            continue
        state = words = wanted = ""
        if row is not None:
            outcome = row.outcome
            state = words = outcome.value
            if outcome is not Restore.RESTORED:
                words, wanted = row.words, _wanted(row)
        elif check is not None and tensor.part is Part.VARIABLE:
            state = words = UNEXPECTED
        path = path_of(name, tensors, missing)
        used_by = users.get(name if row is None else row.wanted.name, ())
        same = known.get(name)
        if same and (same.name, same.words, same.used_by) == (path, words, used_by):
            yield same
        else:
            yield TensorRow(path, tensor, True, state, words, wanted, used_by)
    for name, row in missing.items():
        state = row.outcome.value
        yield TensorRow(name, row.wanted, False, state, row.words, "", users.get(name, ()))


def _wanted(row: RestoredVariable) -> str:
    """Return what a variable has that its tensor in the checkpoint has not."""
    match row.outcome:
        case Restore.OTHER_SHAPE:
            return str(list(row.wanted.shape))
        case Restore.OTHER_DTYPE:
            return row.wanted.dtype
    return ""
