"""Write TensorFlow checkpoints: all of one or nothing."""

import math
import shutil
import tempfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from numpy.typing import NDArray

from core.progress import OnProgress, ignore_progress
from core.quantities import show_bytes

# A shard holds about this much, and a write can be cancelled between two shards.
_SHARD = 256 * 2**20


class CheckpointError(ValueError):
    """Why a checkpoint can't be written."""


@dataclass(frozen=True, slots=True)
class Tensor:
    """A tensor to be written; `read` returns its values when its turn comes."""

    name: str
    dtype: str
    bytes: int
    read: Callable[[], NDArray[Any]]


def write(
    prefix: Path,
    tensors: Sequence[Tensor],
    meta_graph: Any = None,
    on_progress: OnProgress = ignore_progress,
) -> None:
    """Write a checkpoint in TensorFlow's own format.

    It is written into a directory beside its place and then moved. The index is moved last but
    for the old data: a reader sees the old checkpoint until then and the new one from then on,
    because the two never have the same number of shards unless there is one tensor only.

    Args:
        prefix: The path of its files without their endings.
        tensors: What it holds.
        meta_graph: A MetaGraphDef to go with it as ``.meta``, or None.
        on_progress: Called between shards; what it raises ends the writing.

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
        folder = Path(tempfile.mkdtemp(dir=prefix.parent, prefix=f".{prefix.name}."))
    except OSError as error:
        raise CheckpointError(f"{prefix.parent} can't be written to: {error.strerror}") from error
    try:
        shards = _shards(tensors, unlike=_shard_count(prefix))
        _check_room(folder, tensors)
        _write_shards(folder / prefix.name, shards, on_progress)
        if meta_graph is not None:
            (folder / f"{prefix.name}.meta").write_bytes(meta_graph.SerializeToString())
        _write_state(folder, prefix)
        _move_into_place(folder, prefix)
    except OSError as error:
        raise CheckpointError(f"{prefix} can't be written: {error.strerror or error}") from error
    except tf.errors.OpError as error:
        raise CheckpointError(f"{prefix} can't be written: {error.message}") from error
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _check_room(folder: Path, tensors: Sequence[Tensor]) -> None:
    needed = sum(tensor.bytes for tensor in tensors)
    free = shutil.disk_usage(folder).free
    if needed > free:
        raise CheckpointError(
            f"the checkpoint takes {show_bytes(needed)}, and {show_bytes(free)} are free there; "
            "choose another disk"
        )


def _shard_count(prefix: Path) -> int | None:
    """Return the number of shards of the checkpoint that stands at a prefix, if one does."""
    found = list(prefix.parent.glob(f"{_escaped(prefix.name)}.data-?????-of-?????"))
    return int(found[0].name[-5:]) if found else None


def _escaped(name: str) -> str:
    """Return a file's name as a pattern that matches it alone."""
    return "".join(f"[{letter}]" if letter in "*?[" else letter for letter in name)


def _shards(tensors: Sequence[Tensor], unlike: int | None) -> list[list[Tensor]]:
    """Return the tensors in shards of limited size, of another number than `unlike` if possible."""
    shards: list[list[Tensor]] = [[]]
    size = 0
    for tensor in tensors:
        if shards[-1] and size + tensor.bytes > _SHARD:
            shards.append([])
            size = 0
        shards[-1].append(tensor)
        size += tensor.bytes
    if len(shards) == unlike:
        largest = max(shards, key=len)
        if len(largest) > 1:
            shards.append(largest[math.ceil(len(largest) / 2) :])
            del largest[math.ceil(len(largest) / 2) :]
    return shards


def _write_shards(prefix: Path, shards: list[list[Tensor]], on_progress: OnProgress) -> None:
    from core.tf1 import tf

    total = sum(tensor.bytes for shard in shards for tensor in shard)
    done = 0
    parts = []
    for index, shard in enumerate(shards):
        on_progress(done, total, f"writing {show_bytes(done)} of {show_bytes(total)}")
        part = f"{prefix}.part-{index:05d}"
        _save(part, shard)
        parts.append(part)
        done += sum(tensor.bytes for tensor in shard)
    with tf.Graph().as_default(), tf.Session() as session:
        session.run(
            tf.raw_ops.MergeV2Checkpoints(checkpoint_prefixes=parts, destination_prefix=str(prefix))
        )


def _save(prefix: str, tensors: list[Tensor]) -> None:
    from core.tf1 import tf

    with tf.Graph().as_default(), tf.Session() as session:
        values = [tensor.read() for tensor in tensors]
        fed = [
            tf.placeholder(tensor.dtype, value.shape)
            for tensor, value in zip(tensors, values, strict=True)
        ]
        save = tf.raw_ops.SaveV2(
            prefix=prefix,
            tensor_names=[tensor.name for tensor in tensors],
            shape_and_slices=[""] * len(tensors),
            tensors=fed,
        )
        session.run(save, dict(zip(fed, values, strict=True)))


def _write_state(folder: Path, prefix: Path) -> None:
    """Write the `checkpoint` file, which names the newest checkpoint of a folder."""
    from core.tf1 import tf

    state = tf.train.generate_checkpoint_state_proto(str(prefix.parent), prefix.name)
    (folder / "checkpoint").write_text(str(state), encoding="utf-8")


def _move_into_place(folder: Path, prefix: Path) -> None:
    old = set(prefix.parent.glob(f"{_escaped(prefix.name)}.data-?????-of-?????"))
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
