"""What only TensorFlow can do with a checkpoint, done in the process where it may crash."""

from collections.abc import Callable, Mapping
from functools import partial
from math import prod
from pathlib import Path
from types import MappingProxyType
from typing import Any

import numpy as np
from numpy.typing import NDArray

from core.arguments import printable
from core.checkpoint import CheckpointError, Tensor, write
from core.progress import OnProgress, ignore_progress
from core.quantities import show_bytes
from core.shape_steps import AcceptedStep


def answer(task: str, on_progress: OnProgress = ignore_progress, **details: Any) -> dict[str, Any]:
    """Return ``{"found": ...}``, or ``{"refused": a sentence}``.

    Args:
        task: A key of `TASKS`.
        on_progress: Called now and then.
        details: The other arguments of its function.
    """
    from core.tf1 import tf

    try:
        return {"found": TASKS[task](on_progress=on_progress, **details)}
    except CheckpointError as error:
        return {"refused": str(error)}
    except tf.errors.OpError as error:
        return {"refused": f"TensorFlow can't read it: {_line(error.message)}"}
    except (MemoryError, OverflowError, RuntimeError, TypeError, ValueError) as error:
        # What its reader raises for damaged files is of no one class.
        said = _line(str(error)) or type(error).__name__
        return {"refused": f"TensorFlow can't read it: {said}"}


def list_tensors(
    prefix: str, on_progress: OnProgress = ignore_progress
) -> list[tuple[str, list[int], str]]:
    """Return the name, shape and type of each tensor."""
    found = _Reader(prefix)
    return [
        (name, list(shape), found.types[name].name) for name, shape in sorted(found.shapes.items())
    ]


def copy(
    prefix: str,
    names: Mapping[str, str],
    to: str,
    replaces: str | None,
    cut: bool,
    steps: Mapping[str, Mapping[str, Any]] = MappingProxyType({}),
    on_progress: OnProgress = ignore_progress,
) -> int:
    """Write tensors of a checkpoint under other names, and read all of them back.

    Args:
        prefix: The checkpoint.
        names: The tensors to copy, with their new names.
        to: Where the copy is written.
        replaces: The prefix that the copy will be moved to, if it will.
        cut: Whether a large tensor may be saved in parts.
        steps: The fields of an `AcceptedStep` for those that get another shape, by old names.
        on_progress: Called now and then.

    Returns:
        How many tensors were compared, byte for byte.
    """
    source = _Source(_Reader(prefix), steps)
    tensors = [source.tensor(old, new) for old, new in names.items()]
    total = sum(tensor.bytes for tensor in tensors)

    def on_written(done: int, _: int, text: str) -> None:
        on_progress(done, 2 * total, text)

    write(
        Path(to),
        tensors,
        None,
        on_written,
        replaces=None if replaces is None else Path(replaces),
        cut=cut,
    )
    written = _Reader(to)
    found = written.shapes.keys()
    if found != set(names.values()):
        raise CheckpointError("what was written has other names than it should")
    done = 0
    for old, tensor in zip(names, tensors, strict=True):
        words = f"comparing {show_bytes(done)} of {show_bytes(total)}"
        on_progress(total + done, 2 * total, words)
        if not _same_bytes(tensor.read(), written.read(tensor.name)):
            raise CheckpointError(
                f'what was written as "{printable(tensor.name)}" is not what was read as '
                f'"{printable(old)}"'
            )
        done += tensor.bytes
    return len(found)


class _Source:
    """What is copied, some of it in another shape."""

    def __init__(self, reader: "_Reader", steps: Mapping[str, Mapping[str, Any]]) -> None:
        self._reader = reader
        self._steps = {
            name: AcceptedStep(step["words"], tuple(step["shape"])) for name, step in steps.items()
        }

    def tensor(self, old: str, new: str) -> Tensor:
        """Return a tensor to be written."""
        shape, kind = tuple(self._reader.shapes[old]), self._reader.types[old]
        size = prod(shape) * max(kind.size, 1)
        if old in self._steps:
            shape = self._steps[old].shape
        return Tensor(new, kind.name, shape, size, partial(self._read, old))

    def _read(self, name: str) -> NDArray[Any]:
        values = self._reader.read(name)
        if name not in self._steps:
            return values
        wanted = self._steps[name]
        found: NDArray[Any] = wanted.step(values.shape).apply(values, wanted.shape)
        return found


class _Reader:
    """Reads a checkpoint as TensorFlow does.

    Attributes:
        shapes: The shapes of its tensors by name.
        types: Their types.
    """

    def __init__(self, prefix: str) -> None:
        from core.tf1 import tf

        self._prefix = prefix
        # load_checkpoint would take a folder of the same name for it.
        self._reader = tf.train.NewCheckpointReader(prefix)
        self.shapes: dict[str, list[int]] = self._reader.get_variable_to_shape_map()
        self.types: dict[str, Any] = self._reader.get_variable_to_dtype_map()

    def read(self, name: str) -> NDArray[Any]:
        """Return a tensor's values, checked. Raises CheckpointError."""
        from core.tf1 import tf

        try:
            return self._read(name)
        except tf.errors.OpError as error:
            raise CheckpointError(
                f'TensorFlow can\'t read "{printable(name)}": {_line(error.message)}'
            ) from error

    def _read(self, name: str) -> NDArray[Any]:
        from core.tf1 import tf

        try:
            return np.asarray(self._reader.get_tensor(name))
        except tf.errors.UnimplementedError:
            # Its reader has no parts in the first version's format, and fewer types; its op has.
            with tf.Graph().as_default(), tf.Session() as session:
                restored = tf.raw_ops.RestoreV2(
                    prefix=self._prefix,
                    tensor_names=[name],
                    shape_and_slices=[""],
                    dtypes=[self.types[name]],
                )
                return np.asarray(session.run(restored[0]))


def _same_bytes(left: NDArray[Any], right: NDArray[Any]) -> bool:
    if left.dtype != right.dtype or left.shape != right.shape:
        return False
    if left.dtype == object:
        return bool(left.tolist() == right.tolist())
    return left.tobytes() == right.tobytes()


def _line(text: str) -> str:
    return printable(" ".join(text.split()))


TASKS: dict[str, Callable[..., Any]] = {"list": list_tensors, "copy": copy}
