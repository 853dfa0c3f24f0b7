"""Write TensorFlow checkpoints: all of one or nothing."""

import math
import shutil
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from core.atomic import scrap_folder
from core.native_words import native_words
from core.progress import OnProgress, ignore_progress
from core.quantities import show_bytes

if TYPE_CHECKING:
    from numpy.typing import NDArray

# A shard holds about this much, and a write can be cancelled between two shards.
_SHARD = 256 * 2**20


class CheckpointError(ValueError):
    """Why a checkpoint can't be written or read."""


@dataclass(frozen=True, slots=True)
class Tensor:
    """A tensor to be written; `read` returns its values when its turn comes."""

    name: str
    dtype: str
    shape: tuple[int, ...]
    bytes: int
    read: "Callable[[], NDArray[Any]]"


@dataclass(frozen=True, slots=True)
class _Piece:
    """The rows of a tensor from `start` to `stop`, or all of it where there are no rows to cut."""

    tensor: Tensor
    start: int
    stop: int

    @property
    def bytes(self) -> int:
        return self.tensor.bytes * (self.stop - self.start) // max(self._rows, 1)

    @property
    def slice_spec(self) -> str:
        """How TensorFlow says it: the whole shape, then a range or "-" for each dimension."""
        if self.stop - self.start == self._rows:
            return ""
        shape = self.tensor.shape
        ranges = [f"{self.start},{self.stop - self.start}", *("-" for _ in shape[1:])]
        return f"{' '.join(map(str, shape))} {':'.join(ranges)}"

    @property
    def _rows(self) -> int:
        return self.tensor.shape[0] if self.tensor.shape else 1

    def cut(self, values: "NDArray[Any]") -> "NDArray[Any]":
        return values[self.start : self.stop] if self.slice_spec else values


def write(
    prefix: Path,
    tensors: Sequence[Tensor],
    meta_graph: Any = None,
    on_progress: OnProgress = ignore_progress,
    *,
    replaces: Path | None = None,
    cut: bool = True,
) -> None:
    """Write a checkpoint in TensorFlow's own format.

    It is written into a directory beside its place and then moved. The index is moved last but
    for the old data: a reader sees the old checkpoint until then and the new one from then on,
    because the two have other numbers of shards. Where there are too few values for that, the old
    index is removed first: then there is no checkpoint for a moment, but never half of one.

    Args:
        prefix: The path of its files without their endings.
        tensors: What it holds.
        meta_graph: A MetaGraphDef to go with it as ``.meta``, or None.
        on_progress: Called between shards; what it raises ends the writing.
        replaces: The prefix that it will be moved to by the caller, if it will.
        cut: Whether a tensor larger than a shard is saved in parts.

    Raises:
        CheckpointError: There is nothing to write, or no such folder, or no room.
    """
    from core.tf1 import tf

    if not tensors:
        raise CheckpointError("there are no variables to write; add a layer that has some")
    if not prefix.parent.is_dir():
        raise CheckpointError(f"there is no folder {prefix.parent}; choose one that is there")
    if not prefix.name:
        raise CheckpointError("the name of a checkpoint must not be empty")
    try:
        with scrap_folder(prefix) as folder:
            _check_room(folder, tensors)
            shards = _shards(tensors, _shard_counts(replaces or prefix), cut=cut)
            _write_shards(folder / prefix.name, shards, on_progress)
            if meta_graph is not None:
                (folder / f"{prefix.name}.meta").write_bytes(
                    meta_graph.SerializeToString(deterministic=True)
                )
            _write_state(folder, prefix)
            move_into_place(folder, prefix)
    except OSError as error:
        raise CheckpointError(f"{prefix} can't be written: {error.strerror or error}") from error
    except tf.errors.OpError as error:
        # In front of its reason stands the file that it was about, which is gone by now.
        reason = native_words(error).rpartition("; ")[2]
        raise CheckpointError(f"{prefix} can't be written: {reason}") from error


def _check_room(folder: Path, tensors: Sequence[Tensor]) -> None:
    needed = sum(tensor.bytes for tensor in tensors)
    free = shutil.disk_usage(folder).free
    if needed > free:
        raise CheckpointError(
            f"the checkpoint takes {show_bytes(needed)}, and {show_bytes(free)} are free there; "
            "choose another disk"
        )


def _shard_counts(prefix: Path) -> set[int]:
    """Return the numbers of shards at a prefix: of the checkpoint there, and of killed writes."""
    found = prefix.parent.glob(f"{escaped(prefix.name)}.data-?????-of-?????")
    return {int(path.name[-5:]) for path in found}


def escaped(name: str) -> str:
    """Return a file's name as a pattern that matches it alone."""
    return "".join(f"[{letter}]" if letter in "*?[" else letter for letter in name)


def _shards(tensors: Sequence[Tensor], unlike: set[int], *, cut: bool) -> list[list[_Piece]]:
    """Return the tensors in shards of limited size, of a number not in `unlike` if possible."""
    pieces = [piece for tensor in tensors for piece in _pieces(tensor, cut=cut)]
    shards: list[list[_Piece]] = [[]]
    size = 0
    for piece in pieces:
        if shards[-1] and size + piece.bytes > _SHARD:
            shards.append([])
            size = 0
        shards[-1].append(piece)
        size += piece.bytes
    while len(shards) in unlike:
        largest = max(shards, key=len)
        if len(largest) == 1 and cut:
            largest[:] = _halves(largest[0])
        if len(largest) < 2:
            break
        shards.append(largest[math.ceil(len(largest) / 2) :])
        del largest[math.ceil(len(largest) / 2) :]
    return shards


def _pieces(tensor: Tensor, *, cut: bool) -> Iterator[_Piece]:
    """Yield a tensor in pieces that fit into a shard, as far as its rows can be told apart."""
    rows = tensor.shape[0] if tensor.shape else 1
    step = max(rows * _SHARD // max(tensor.bytes, 1), 1) if cut else max(rows, 1)
    for start in range(0, max(rows, 1), step):
        yield _Piece(tensor, start, min(start + step, rows))


def _halves(piece: _Piece) -> list[_Piece]:
    """Return a piece as two where it has two rows, else as it is."""
    middle = (piece.start + piece.stop) // 2
    if middle == piece.start:
        return [piece]
    return [replace(piece, stop=middle), replace(piece, start=middle)]


def _write_shards(prefix: Path, shards: list[list[_Piece]], on_progress: OnProgress) -> None:
    from core.tf1 import tf

    total = sum(piece.bytes for shard in shards for piece in shard)
    done = 0
    parts = []
    values = _Values()
    for index, shard in enumerate(shards):
        on_progress(done, total, f"writing {show_bytes(done)} of {show_bytes(total)}")
        part = f"{prefix}.part-{index:05d}"
        _save(part, shard, [piece.cut(values.of(piece.tensor)) for piece in shard])
        parts.append(part)
        done += sum(piece.bytes for piece in shard)
    with tf.Graph().as_default(), tf.Session() as session:
        merge = tf.raw_ops.MergeV2Checkpoints(
            checkpoint_prefixes=parts, destination_prefix=str(prefix)
        )
        session.run(merge)


class _Values:
    """Reads each tensor once, also where its pieces go into several shards."""

    def __init__(self) -> None:
        self._last: tuple[Tensor, NDArray[Any]] | None = None

    def of(self, tensor: Tensor) -> "NDArray[Any]":
        if self._last is None or self._last[0] is not tensor:
            self._last = None  # two large ones need not fit side by side
            self._last = tensor, tensor.read()
        return self._last[1]


def _save(prefix: str, pieces: list[_Piece], values: "list[NDArray[Any]]") -> None:
    from core.tf1 import tf

    with tf.Graph().as_default(), tf.Session() as session:
        fed = [
            tf.placeholder(piece.tensor.dtype, value.shape)
            for piece, value in zip(pieces, values, strict=True)
        ]
        save = tf.raw_ops.SaveV2(
            prefix=prefix,
            tensor_names=[piece.tensor.name for piece in pieces],
            shape_and_slices=[piece.slice_spec for piece in pieces],
            tensors=fed,
        )
        session.run(save, dict(zip(fed, values, strict=True)))


def _write_state(folder: Path, prefix: Path) -> None:
    """Write the `checkpoint` file, which names the newest checkpoint of a folder."""
    from core.tf1 import tf

    state = tf.train.generate_checkpoint_state_proto(str(prefix.parent), prefix.name)
    (folder / "checkpoint").write_text(str(state), encoding="utf-8")


def move_into_place(folder: Path, prefix: Path) -> None:
    """Move a checkpoint of the same name out of a folder, in the place of what is there.

    Raises:
        OSError: A file can't be moved or removed.
    """
    old = set(prefix.parent.glob(f"{escaped(prefix.name)}.data-?????-of-?????"))
    if any(path.name in {found.name for found in old} for path in folder.iterdir()):
        prefix.with_name(f"{prefix.name}.index").unlink(missing_ok=True)
    for name in _in_order(folder):
        target = prefix.parent / name
        (folder / name).replace(target)
        old.discard(target)
    for path in old:
        path.unlink()


def _in_order(folder: Path) -> Iterator[str]:
    """Yield the names of a checkpoint's files: data first, then the index that refers to it."""
    names = sorted(path.name for path in folder.iterdir())
    yield from (name for name in names if ".data-" in name)
    yield from (name for name in names if name.endswith(".index"))
    yield from (name for name in names if ".data-" not in name and not name.endswith(".index"))
