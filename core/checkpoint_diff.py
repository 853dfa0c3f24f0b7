"""Two sets of named tensors, side by side: what is equal, changed, renamed, on one side only."""

import hashlib
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from difflib import SequenceMatcher
from functools import partial
from itertools import zip_longest
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from core.bundle import Stored
from core.checkpoint_reader import Checkpoint
from core.named_tensors import NamedTensors, TensorInfo
from core.progress import OnProgress, ignore_progress
from core.tensor_types import STRING

SHAPE, DTYPE, VALUES = "shape", "dtype", "values"
# Renames among more tensors with the same content are told by their order alone.
_MOST_COMPARED = 64
# Of longer names only the ends are compared.
_LONGEST = 200
_TOLD_EVERY = 256
# Tensors of two types are compared in one piece.
_MOST_CONVERTED = 2**26

_Block = TypeVar("_Block")
_Tell = Callable[[], None]


@dataclass(frozen=True, slots=True)
class Distance:
    """How far the values of two tensors are apart; None where a value is not finite.

    Attributes:
        max_abs: The largest difference.
        mean_abs: Their mean.
        max_rel: The largest, relative to the larger of both values.
        count: How many values differ.
    """

    max_abs: float | None
    mean_abs: float | None
    max_rel: float | None
    count: int


@dataclass(frozen=True, slots=True)
class Changed:
    """A tensor of one name that both sides have, and in which they differ.

    Attributes:
        why: Those of `SHAPE`, `DTYPE` and `VALUES` that differ.
        distance: How far the values are apart, where they can be compared.
    """

    left: TensorInfo
    right: TensorInfo
    why: tuple[str, ...]
    distance: Distance | None = None

    @property
    def words(self) -> str:
        """In what they differ, and how far the values are apart."""
        parts = []
        if SHAPE in self.why:
            parts.append(f"shape {list(self.left.shape)} and {list(self.right.shape)}")
        if DTYPE in self.why:
            parts.append(f"{self.left.dtype} and {self.right.dtype}")
        if self.distance is not None:
            far = self.distance.max_abs
            apart = "not finite" if far is None else f"{far:.3g}"
            of = max(self.left.parameters, 1)
            parts.append(f"{self.distance.count:,} of {of:,} values differ, at most by {apart}")
        elif VALUES in self.why:
            parts.append("other values")
        return "; ".join(parts)


@dataclass(frozen=True, slots=True)
class Renamed:
    """Tensors of two names with the same content.

    Attributes:
        candidates: How many tensors of the right side have this content and no partner of the same
            name; one that is alone is certain.
    """

    left: str
    right: str
    candidates: int


@dataclass(frozen=True, slots=True)
class Diff:
    """What two sets of tensors have in common and what not.

    Attributes:
        equal: The names of the tensors that both have, equal in all that was compared.
        with_values: Whether values were compared; a stack that is not trained has none to compare.
    """

    equal: tuple[str, ...]
    only_left: tuple[str, ...]
    only_right: tuple[str, ...]
    changed: tuple[Changed, ...]
    renamed: tuple[Renamed, ...]
    with_values: bool

    @property
    def same(self) -> bool:
        """Whether there is no difference."""
        return not (self.only_left or self.only_right or self.changed or self.renamed)


def diff(
    left: NamedTensors, right: NamedTensors, on_progress: OnProgress = ignore_progress
) -> Diff:
    """Compare two sets of tensors; their values too where both are checkpoints.

    Args:
        left: One side.
        right: The other.
        on_progress: Called now and then; what it raises ends the comparison.

    Raises:
        CheckpointError: Values can't be read, or are damaged.
    """
    both: tuple[Checkpoint, Checkpoint] | None = None
    if isinstance(left, Checkpoint) and isinstance(right, Checkpoint):
        both = left, right
    equal, changed = [], []
    common = [name for name in left.tensors if name in right.tensors]
    for index, name in enumerate(common):
        words = f"comparing {index:,} of {len(common):,} tensors"
        tell = partial(on_progress, index, len(common), words)
        if index % _TOLD_EVERY == 0:
            tell()
        found = _compared(left.tensors[name], right.tensors[name], both, tell)
        if found is None:
            equal.append(name)
        else:
            changed.append(found)
    only_left = [name for name in left.tensors if name not in right.tensors]
    only_right = [name for name in right.tensors if name not in left.tensors]
    tell = partial(on_progress, len(common), len(common), "finding renamed tensors")
    renamed = [] if both is None else list(_renamed(*both, only_left, only_right, tell))
    gone, come = {found.left for found in renamed}, {found.right for found in renamed}
    return Diff(
        equal=tuple(equal),
        only_left=tuple(name for name in only_left if name not in gone),
        only_right=tuple(name for name in only_right if name not in come),
        changed=tuple(changed),
        renamed=tuple(renamed),
        with_values=both is not None,
    )


def same_bytes(
    left: Checkpoint,
    left_name: str,
    right: Checkpoint,
    right_name: str,
    tell: _Tell = lambda: None,
) -> bool:
    """Tell whether two tensors have the same bytes, without holding all of them in memory.

    Args:
        left: Where one is.
        left_name: Its name.
        right: Where the other is.
        right_name: Its name.
        tell: Called between blocks; what it raises ends the comparison.
    """
    if left.stored(left_name).size != right.stored(right_name).size:
        return False
    blocks = zip_longest(left.blocks(left_name), right.blocks(right_name))
    return all(one == other for one, other in _told(blocks, tell))


def _told(blocks: Iterable[_Block], tell: _Tell) -> Iterator[_Block]:
    """Yield blocks, and call something between them."""
    for at, block in enumerate(blocks):
        if at:
            tell()
        yield block


def _compared(
    left: TensorInfo,
    right: TensorInfo,
    both: tuple[Checkpoint, Checkpoint] | None,
    tell: _Tell,
) -> Changed | None:
    why = [SHAPE] if left.shape != right.shape else []
    why += [DTYPE] if left.dtype != right.dtype else []
    if both is None:
        return Changed(left, right, tuple(why)) if why else None
    if not why:
        if same_bytes(both[0], left.name, both[1], right.name, tell):
            return None
        why = [VALUES]
    if SHAPE in why:
        return Changed(left, right, tuple(why))
    return Changed(left, right, tuple(why), _distance(left, right, *both, tell))


def _distance(
    left: TensorInfo, right: TensorInfo, one: Checkpoint, other: Checkpoint, tell: _Tell
) -> Distance | None:
    if not {STRING, "variant"}.isdisjoint((left.dtype, right.dtype)):
        for checkpoint, tensor in ((one, left), (other, right)):
            if tensor.dtype == STRING:
                checkpoint.values(tensor.name)  # which tells damage from difference
        return None
    if left.dtype == right.dtype:
        blocks = zip(one.arrays(left.name), other.arrays(right.name), strict=True)
        return distance(_told(blocks, tell))
    if left.parameters > _MOST_CONVERTED:
        return None
    return distance([(one.values(left.name).ravel(), other.values(right.name).ravel())])


def distance(blocks: Iterable[tuple[NDArray[Any], NDArray[Any]]]) -> Distance:
    """Return how far numbers are apart, given in blocks of the same length."""
    largest = largest_relative = total = 0.0
    differing = size = 0
    for left, right in blocks:
        one, other = _numbers(left), _numbers(right)
        with np.errstate(invalid="ignore", over="ignore", divide="ignore"):
            differs = (one != other) & ~(np.isnan(one) & np.isnan(other))
            one, other = one[differs], other[differs]
            apart = np.abs(one - other)
            relative = apart / np.maximum(np.abs(one), np.abs(other))
            total += float(apart.sum())
        # numpy's maximum keeps what is not a number; Python's would drop it.
        largest = float(np.maximum(largest, apart.max(initial=0.0)))
        largest_relative = float(np.maximum(largest_relative, relative.max(initial=0.0)))
        differing += one.size
        size += left.size
    return Distance(
        max_abs=_finite(largest),
        mean_abs=_finite(total / max(size, 1)),
        max_rel=_finite(largest_relative),
        count=differing,
    )


def _numbers(values: NDArray[Any]) -> NDArray[Any]:
    return values if np.iscomplexobj(values) else values.astype(np.float64)


def _finite(value: float) -> float | None:
    return value if np.isfinite(value) else None


_Key = tuple[Any, ...]


def _renamed(
    left: Checkpoint,
    right: Checkpoint,
    only_left: list[str],
    only_right: list[str],
    tell: _Tell,
) -> Iterator[Renamed]:
    """Yield the tensors that have the same content under another name.

    Candidates are found by the checksums in both indices, and then compared byte for byte.
    """
    groups = _by_key(right, only_right, _checksum)
    wanted = _by_key(left, only_left, _checksum)
    for key, names in wanted.items():
        tell()
        if key in groups:
            others = groups[key]
            if len(names) == len(others) == 1:
                if same_bytes(left, names[0], right, others[0], tell):
                    yield Renamed(names[0], others[0], 1)
                continue
            digest = partial(_digest, tell)
            yield from _within(_by_key(left, names, digest), _by_key(right, others, digest))


def _within(left: Mapping[_Key, list[str]], right: Mapping[_Key, list[str]]) -> Iterator[Renamed]:
    """Yield pairs of several tensors with the same content: by likeness, else by order."""
    for key, names in left.items():
        others = list(right.get(key, ()))
        count = len(others)
        if max(len(names), count) <= _MOST_COMPARED:
            pairs = _most_alike(names, others)
        else:
            pairs = list(zip(names, others, strict=False))
        for name, other in pairs:
            yield Renamed(name, other, count)


def _most_alike(names: list[str], others: list[str]) -> list[tuple[str, str]]:
    scores = sorted(
        (
            (
                -SequenceMatcher(None, name[-_LONGEST:], other[-_LONGEST:], autojunk=False).ratio(),
                at,
                index,
            )
            for at, name in enumerate(names)
            for index, other in enumerate(others)
        ),
    )
    taken_left: dict[int, int] = {}
    taken_right: set[int] = set()
    for _, at, index in scores:
        if at not in taken_left and index not in taken_right:
            taken_left[at] = index
            taken_right.add(index)
    return [(names[at], others[index]) for at, index in sorted(taken_left.items())]


def _by_key(
    checkpoint: Checkpoint, names: list[str], key: Callable[[Checkpoint, str], _Key]
) -> dict[_Key, list[str]]:
    found = defaultdict(list)
    for name in names:
        found[key(checkpoint, name)].append(name)
    return found


def _checksum(checkpoint: Checkpoint, name: str) -> _Key:
    stored: Stored = checkpoint.stored(name)
    return *checkpoint.tensors[name].form, stored.size, stored.checksum


def _digest(tell: _Tell, checkpoint: Checkpoint, name: str) -> _Key:
    digest = hashlib.blake2b()
    for block in _told(checkpoint.blocks(name), tell):
        digest.update(block)
    return (digest.digest(),)
