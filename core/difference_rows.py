"""The rows of a comparison of two checkpoints: their tensors, and in what they differ."""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from core.named_tensors import NamedTensors, TensorInfo, path_of

if TYPE_CHECKING:
    from core.checkpoint_diff import Diff, Distance


class Difference(StrEnum):
    """What there is to say of a tensor of two checkpoints."""

    CHANGED = "changed"
    ONLY_LEFT = "only left"
    ONLY_RIGHT = "only right"
    RENAMED = "renamed"
    EQUAL = "equal"


@dataclass(frozen=True, slots=True)
class DifferenceRow:
    """A tensor of the one checkpoint, of the other, or of both.

    Attributes:
        name: What it is nested by: its key, without the ending that all of TF2's have.
        left: The tensor of the left side, None where there is none.
        right: The tensor of the right side, None where there is none.
        difference: In what way they differ.
        words: The same at length.
        distance: How far the values are apart, where they were compared.
        used_by: Ids of the layers whose variable it is.
    """

    name: str
    left: TensorInfo | None
    right: TensorInfo | None
    difference: Difference
    words: str
    distance: "Distance | None" = None
    used_by: tuple[str, ...] = ()

    @property
    def tensor(self) -> TensorInfo:
        """The tensor of the left side, else of the right."""
        found = self.left or self.right
        assert found is not None
        return found

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


def difference_rows(
    diff: "Diff",
    left: NamedTensors,
    right: NamedTensors,
    users: Mapping[str, tuple[str, ...]],
) -> tuple[DifferenceRow, ...]:
    """Return a row for each tensor of both sides, in the order of the left side.

    Args:
        diff: In what they differ.
        left: The one side.
        right: The other.
        users: Ids of the layers that use the variables of the open stack, by name.
    """
    found = {row.tensor.name: row for row in _rows(diff, left, right, users)}
    names = [name for name in left.tensors if name in found]
    return tuple(found.pop(name) for name in names) + tuple(found.values())


def counts(rows: tuple[DifferenceRow, ...]) -> Mapping[Difference, int]:
    """Return how many rows there are of each difference."""
    return Counter(row.difference for row in rows)


def _rows(
    diff: "Diff",
    left: NamedTensors,
    right: NamedTensors,
    users: Mapping[str, tuple[str, ...]],
) -> Iterator[DifferenceRow]:
    def row(
        one: TensorInfo | None,
        other: TensorInfo | None,
        difference: Difference,
        words: str = "",
        distance: "Distance | None" = None,
    ) -> DifferenceRow:
        tensor = one or other
        assert tensor is not None
        path = path_of(tensor.name, left.tensors, right.tensors)
        used_by = users.get(tensor.name, ())
        return DifferenceRow(
            path, one, other, difference, words or difference.value, distance, used_by
        )

    for name in diff.only_right:
        yield row(None, right.tensors[name], Difference.ONLY_RIGHT)
    for name in diff.only_left:
        yield row(left.tensors[name], None, Difference.ONLY_LEFT)
    for name in diff.equal:
        yield row(left.tensors[name], right.tensors[name], Difference.EQUAL)
    for changed in diff.changed:
        yield row(changed.left, changed.right, Difference.CHANGED, changed.words, changed.distance)
    for pair in diff.renamed:
        several = f" (one of {pair.candidates} with this content)" if pair.candidates > 1 else ""
        words = f"is {pair.right} on the right{several}"
        yield row(left.tensors[pair.left], right.tensors[pair.right], Difference.RENAMED, words)
