"""Putting a checkpoint's values into the variables of a build, as `tf.train.Saver` would."""

import time
from collections.abc import Callable, Mapping
from contextlib import closing
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import psutil
from numpy.typing import NDArray

from core.arguments import printable
from core.checkpoint import CheckpointError
from core.checkpoint_file import V2
from core.checkpoint_reader import Checkpoint
from core.checkpoint_rename import plan_rename
from core.graph import BuiltGraph, NotDrawnError
from core.graph_runner import GraphRunner, never
from core.named_tensors import TensorInfo, built_tensors
from core.progress import OnProgress, ignore_progress
from core.quantities import show_bytes
from core.renamed import RenamePlan
from core.restore_check import Restore, check_restore
from core.restored import Restored, Restoring
from core.tensor_types import STRING, numpy_type
from core.variable_values import PORTION, portions

# TensorFlow takes an array that starts at such an address as it is, and copies any other while all
# of Python waits.
_ALIGNMENT = 64
_BUFFERS = 8 * 2**20


@dataclass(frozen=True, slots=True)
class _Renamed:
    """The tensors of a checkpoint under the names that they have in a build."""

    label: str
    tensors: Mapping[str, TensorInfo]
    keys: Mapping[str, str]


def restore(
    graph: BuiltGraph,
    restoring: Restoring,
    on_progress: OnProgress = ignore_progress,
    stop: Callable[[], bool] = never,
) -> Restored:
    """Put a checkpoint's values into a build's variables; nothing is added to its graph.

    Where it doesn't fit, no value is changed, unless a partial restore is asked for. What is raised
    amid the loading leaves the graph with values of both: it is to be closed then.

    Args:
        graph: The build, with its initial values.
        restoring: The checkpoint.
        on_progress: Called between blocks of values; what it raises ends the restore.
        stop: Tells whether what TensorFlow reads of the checkpoint is no longer wanted.

    Raises:
        CheckpointError: It can't be read, or the names are not those of its tensors.
        NotDrawnError: The build has no values, or a value has no room beside them.
    """
    if graph.built.undrawn is not None:
        raise NotDrawnError(graph.built.undrawn)
    started = time.perf_counter()
    with (
        closing(GraphRunner()) as runner,
        closing(Checkpoint(restoring.path, runner, stop)) as checkpoint,
    ):
        file = checkpoint.file
        # TensorFlow takes the prefix of the older format as a pattern, with marks in it.
        label = printable((file.prefix if file.format == V2 else file.path).name)
        plan = plan_rename(checkpoint, restoring.names, restoring.steps)
        wanted = restoring.names if restoring.only_named else plan.names
        sources = {new: old for old, new in plan.names.items() if old in wanted}
        tensors = {new: _as_renamed(checkpoint, plan, old) for new, old in sources.items()}
        # A map says what each tensor is called: what TensorFlow 2 noted doesn't count then.
        keys = {} if plan.renamed or restoring.only_named else checkpoint.keys
        renamed = _Renamed(checkpoint.label, tensors, keys)
        check = check_restore(built_tensors(graph.built), renamed)
        fitting = {
            row.wanted.name: row.found
            for row in check.variables
            if row.found is not None and row.outcome is Restore.RESTORED
        }
        if not fitting or not (check.loads or restoring.partial):
            return Restored(label, restoring, check)
        loading = _Loading(sum(tensor.bytes for tensor in fitting.values()), on_progress)
        variables = (each for each in graph.built.variables if each.name in fitting)
        for portion in portions(variables, PORTION):
            stored = {each.name: sources[fitting[each.name].name] for each in portion}
            graph.load({n: loading.values(checkpoint, plan, old) for n, old in stored.items()})
        seconds = time.perf_counter() - started
        found = frozenset(fitting)
        graph.restored = Restored(label, restoring, check, found, loading.total, seconds)
        return graph.restored


def _as_renamed(checkpoint: Checkpoint, plan: RenamePlan, name: str) -> TensorInfo:
    tensor, step = checkpoint.tensors[name], plan.steps.get(name)
    shape = tensor.shape if step is None else step.shape
    return replace(tensor, name=plan.names[name], shape=shape)


class _Loading:
    """Reads values one after the other, and tells how far it is.

    Attributes:
        total: How many bytes all of them are.
    """

    def __init__(self, total: int, on_progress: OnProgress) -> None:
        self.total = total
        self._done = 0
        self._on_progress = on_progress

    def values(self, checkpoint: Checkpoint, plan: RenamePlan, name: str) -> NDArray[Any]:
        """Return a tensor's values in their new shape. Raises CheckpointError, NotDrawnError."""
        values = self._stored(checkpoint, name)
        step = plan.steps.get(name)
        if step is None:
            return values
        taken: NDArray[Any] = step.step(values.shape).apply(values, step.shape)
        return np.ascontiguousarray(taken)

    def _stored(self, checkpoint: Checkpoint, name: str) -> NDArray[Any]:
        found = checkpoint.tensors[name]
        self._tell()
        if found.dtype == STRING:
            return checkpoint.values(name)
        kind = numpy_type(found.dtype)
        if kind is None:
            raise CheckpointError(f"values of type {found.dtype} can't be restored")
        needed = found.bytes + _BUFFERS
        free = psutil.virtual_memory().available
        if needed > free:
            raise NotDrawnError(
                f"restoring {name} takes {show_bytes(needed)}, "
                f"and {show_bytes(free)} of memory is free"
            )
        flat = _aligned(found.parameters, kind)
        at = 0
        for block in checkpoint.arrays(name):
            flat[at : at + block.size] = block
            at += block.size
            self._done += block.nbytes
            self._tell()
        return flat.reshape(found.shape)

    def _tell(self) -> None:
        words = f"restoring {show_bytes(self._done)} of {show_bytes(self.total)}"
        self._on_progress(self._done, self.total, words)


def _aligned(count: int, kind: "np.dtype[Any]") -> NDArray[Any]:
    """Return an array of values that are not set yet."""
    size = count * kind.itemsize
    whole = np.empty(size + _ALIGNMENT, np.uint8)
    start = -whole.ctypes.data % _ALIGNMENT
    return whole[start : start + size].view(kind)
