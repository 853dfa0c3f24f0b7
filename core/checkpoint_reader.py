"""Any checkpoint, opened: its tensors at once, their values when they are looked at."""

import shutil
import tempfile
from collections.abc import Callable, Iterator, Mapping
from dataclasses import asdict
from pathlib import Path
from types import MappingProxyType
from typing import Any

from numpy.typing import NDArray

from core.arguments import printable
from core.bundle import Bundle, CompressedIndexError, Stored
from core.checkpoint import CheckpointError
from core.checkpoint_file import V2, CheckpointFile, find_checkpoint
from core.checkpoint_parts import OBJECT_GRAPH, keys_of_variables, with_parts
from core.graph_process import DiedError, StoppedError
from core.graph_runner import STOPPED, GraphRunner, never
from core.named_tensors import Part, TensorInfo, by_name
from core.progress import OnProgress, ignore_progress
from core.quantities import show_bytes
from core.shape_steps import AcceptedStep

# An object graph says a few hundred bytes of each object; one that is larger is not looked at.
_LARGEST_GRAPH = 256 * 2**20
_LIST_SECONDS = 60.0
# Slow disks read and write more than this in a second.
_SLOWEST_BYTES = 5 * 2**20
_LARGEST_VALUE = 16


class Checkpoint:
    """A checkpoint, opened for reading. It belongs to one thread; `close` gives its files back.

    What can be read from the files is; TensorFlow reads the rest, in a process of its own: all of
    the first version's format, and tensors that were saved in parts.

    Attributes:
        file: Where it is.
        shards: How many data files it has; 0 where only TensorFlow knows.
        tensors: What it holds, by name.
        keys: Their names by those of their variables, where TensorFlow 2 noted them.
    """

    def __init__(self, path: Path, runner: GraphRunner, stop: Callable[[], bool] = never) -> None:
        """Find it and read its index. Raises CheckpointError.

        Args:
            path: A prefix, a file, or a folder.
            runner: Has TensorFlow read what is not read here. It is started when that is needed.
            stop: Tells whether what TensorFlow reads is no longer wanted.
        """
        self.file: CheckpointFile = find_checkpoint(path)
        self.shards = 0
        self._runner = runner
        self._stop = stop
        self._bundle: Bundle | None = None
        self._extracted: Bundle | None = None
        self._checked: set[str] = set()
        if self.file.format == V2:
            try:
                self._bundle = Bundle(self.file.prefix)
            except CompressedIndexError:
                self._bundle = None
        graph = None
        if self._bundle is not None:
            self.shards = self._bundle.shards
            found = [TensorInfo(s.name, s.shape, s.dtype) for s in self._bundle.stored.values()]
            graph = self._object_graph(self._bundle)
        else:
            listed = _ask(runner, "list", _LIST_SECONDS, stop, prefix=str(self.file.prefix))
            found = [TensorInfo(name, tuple(shape), dtype) for name, shape, dtype in listed]
        self.tensors: Mapping[str, TensorInfo] = with_parts(by_name(found), graph)
        self.keys: Mapping[str, str] = {} if graph is None else keys_of_variables(graph)

    @property
    def label(self) -> str:
        """What to call it in a sentence."""
        return str(self.file.path)

    def variables(self) -> dict[str, TensorInfo]:
        """Return its tensors without those of optimizers, steps and bookkeeping."""
        return {n: found for n, found in self.tensors.items() if found.part is Part.VARIABLE}

    def stored(self, name: str) -> Stored:
        """Return where a tensor's bytes are. Raises CheckpointError, KeyError."""
        return self._holder(name).stored[name]

    def blocks(self, name: str) -> Iterator[bytes]:
        """Yield a tensor's bytes in blocks of limited size. Raises CheckpointError, KeyError."""
        return self._holder(name).blocks(name)

    def arrays(self, name: str) -> Iterator[NDArray[Any]]:
        """Yield a tensor's values flat, in blocks, checked. Raises CheckpointError, KeyError."""
        return self._holder(name).arrays(name)

    def values(self, name: str) -> NDArray[Any]:
        """Return a tensor's values, checked. Raises CheckpointError, KeyError."""
        return self._holder(name).values(name)

    def flat(self, name: str, start: int, stop: int) -> NDArray[Any]:
        """Return some values of a flat tensor of numbers, and read no others.

        Raises:
            CheckpointError: They can't be read.
            KeyError: There is no such tensor.
        """
        return self._holder(name).flat(name, start, stop)

    def check(self, name: str, on_progress: OnProgress = ignore_progress) -> None:
        """Make sure of the checksum of a tensor of numbers, which is done once.

        Args:
            name: The tensor.
            on_progress: Called between its blocks; what it raises ends it.

        Raises:
            CheckpointError: Its values are damaged, or can't be read.
            KeyError: There is no such tensor.
        """
        if name in self._checked:
            return
        size, done = self.stored(name).size, 0
        for block in self.arrays(name):
            on_progress(done, size, f"checking {show_bytes(done)} of {show_bytes(size)}")
            done += block.nbytes
        self._checked.add(name)

    def rows(self, name: str, start: int, stop: int) -> NDArray[Any]:
        """Return some steps of a tensor along its first dimension, and read no others.

        Raises:
            CheckpointError: They can't be read.
            KeyError: There is no such tensor.
        """
        return self._holder(name).rows(name, start, stop)

    def copy(
        self,
        names: Mapping[str, str],
        to: Path,
        *,
        replaces: Path | None = None,
        cut: bool = True,
        steps: Mapping[str, AcceptedStep] = MappingProxyType({}),
        on_progress: OnProgress = ignore_progress,
    ) -> int:
        """Have TensorFlow write tensors under other names, read them back and compare them.

        Args:
            names: The tensors to copy, with their new names.
            to: The prefix of the copy.
            replaces: The prefix that the copy will be moved to, if it will.
            cut: Whether a large tensor may be saved in parts.
            steps: The steps to be taken with some of them, by their old names.
            on_progress: Called now and then; what it raises ends the copying.

        Returns:
            How many were compared, byte for byte.

        Raises:
            CheckpointError: TensorFlow can't read or write it.
        """
        size = sum(self.tensors[name].parameters * _LARGEST_VALUE for name in names)
        compared: int = _ask(
            self._runner,
            "copy",
            _LIST_SECONDS + size / _SLOWEST_BYTES,
            self._stop,
            on_progress,
            prefix=str(self.file.prefix),
            names=dict(names),
            to=str(to),
            replaces=None if replaces is None else str(replaces),
            cut=cut,
            steps={name: asdict(step) for name, step in steps.items()},
        )
        return compared

    def close(self) -> None:
        """Close its files, and remove what TensorFlow put aside for it."""
        if self._bundle is not None:
            self._bundle.close()
        if self._extracted is not None:
            self._extracted.close()
            shutil.rmtree(self._extracted.prefix.parent, ignore_errors=True)
            self._extracted = None

    def _object_graph(self, bundle: Bundle) -> bytes | None:
        found = bundle.stored.get(OBJECT_GRAPH)
        if found is None or found.dtype != "string" or found.shape or found.size > _LARGEST_GRAPH:
            return None
        graph: bytes = bundle.values(OBJECT_GRAPH).item()
        return graph

    def _holder(self, name: str) -> Bundle:
        """Return the files that a tensor's bytes can be read from."""
        if self._bundle is not None and not self._bundle.stored[name].in_parts:
            return self._bundle
        if self._extracted is None:
            self._extracted = self._extract()
        return self._extracted

    def _extract(self) -> Bundle:
        """Have TensorFlow write all that is not read here in the form that is."""
        names = [
            name
            for name in self.tensors
            if self._bundle is None or self._bundle.stored[name].in_parts
        ]
        folder = Path(tempfile.mkdtemp(prefix="layerscope-"))
        try:
            self.copy({name: name for name in names}, folder / "copy", cut=False)
            return Bundle(folder / "copy")
        except BaseException:
            shutil.rmtree(folder, ignore_errors=True)
            raise


def _ask(
    runner: GraphRunner,
    task: str,
    seconds: float,
    stop: Callable[[], bool],
    on_progress: OnProgress = ignore_progress,
    **details: Any,
) -> Any:
    """Return what TensorFlow, in a process of its own, finds out about a checkpoint.

    Raises:
        CheckpointError: It can't, or its process ended by it.
    """
    try:
        said = runner.ask("checkpoint", seconds, stop, on_progress, task=task, **details)
    except DiedError as death:
        # An abort ends with the stack of calls, which says nothing to a person.
        last = "" if str(death).startswith("@") else printable(str(death))
        words = f": {last}" if last else ""
        raise CheckpointError(
            f"reading it ended TensorFlow's process with {death.cause}{words}"
        ) from death
    except StoppedError:
        raise CheckpointError(STOPPED) from None
    except TimeoutError:
        raise CheckpointError(f"TensorFlow takes longer than {seconds:.0f} s for it") from None
    except OSError as error:
        raise CheckpointError(f"no process can be started for it: {error.strerror}") from error
    match said:
        case {"checkpoint": {"found": found}}:
            return found
        case {"checkpoint": {"refused": reason}} | {"skipped": reason}:
            raise CheckpointError(reason)
    raise AssertionError(said)
