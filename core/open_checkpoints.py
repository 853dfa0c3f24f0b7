"""The checkpoints whose values are looked at, kept open between looks."""

import hashlib
from collections.abc import Callable, Iterable, Iterator
from functools import partial
from itertools import groupby
from pathlib import Path
from typing import Any

from numpy.typing import NDArray

from core.checkpoint import CheckpointError, escaped
from core.checkpoint_diff import diff
from core.checkpoint_file import V2, CheckpointFile
from core.checkpoint_reader import Checkpoint
from core.cutout import Cut, Cutout
from core.equal_bins import in_equal_bins
from core.graph_runner import GraphRunner
from core.opened_checkpoint import ComparedCheckpoints, OpenedCheckpoint
from core.progress import OnProgress
from core.sources import CheckpointValues, Selected
from core.stored_values import StoredValues, stored_cutout, stored_values, stored_weights
from core.weights import Weights

# Two that are compared, and one that is opened in the place of one of them.
_MOST_OPEN = 3


class OpenCheckpoints:
    """Opens checkpoints and keeps those used last. It belongs to one thread.

    What only TensorFlow can read is read in one process for all of them.
    """

    def __init__(self, stop: Callable[[], bool]) -> None:
        """Open nothing yet; `stop` tells whether what TensorFlow reads is no longer wanted."""
        self._runner = GraphRunner()
        self._stop = stop
        self._open: dict[CheckpointValues, Checkpoint] = {}

    def open(self, path: Path) -> OpenedCheckpoint:
        """Open a checkpoint and list what is in it. Raises CheckpointError."""
        checkpoint = Checkpoint(path, self._runner, self._stop)
        source = CheckpointValues(path, _identity(checkpoint.file))
        self._keep(source, checkpoint)
        return OpenedCheckpoint(
            source,
            checkpoint.file.format,
            checkpoint.file.prefix,
            checkpoint.shards,
            checkpoint.file.notes,
            checkpoint.tensors,
            checkpoint.keys,
        )

    def reader(self, source: CheckpointValues) -> Checkpoint:
        """Return the checkpoint of a source, opened anew where it was closed meanwhile.

        Raises:
            CheckpointError: Its files are others than when it was opened, or can't be read.
        """
        checkpoint = self._open.pop(source, None)
        if checkpoint is None:
            checkpoint = Checkpoint(source.path, self._runner, self._stop)
        if _identity(checkpoint.file) != source.identity:
            checkpoint.close()
            raise CheckpointError(f"{source.path} has changed since it was opened; reload it")
        self._keep(source, checkpoint)
        return checkpoint

    def compare(
        self, left: CheckpointValues, path: Path, on_progress: OnProgress
    ) -> ComparedCheckpoints:
        """Open another checkpoint and compare both.

        Args:
            left: The one.
            path: Where the other is.
            on_progress: Called between tensors; what it raises ends the comparison.

        Raises:
            CheckpointError: One of them can't be read, or is damaged.
        """
        right = self.open(path)
        found = diff(self.reader(left), self.reader(right.source), on_progress)
        return ComparedCheckpoints(left, right, found)

    def weights(
        self, selected: Iterable[Selected], bins: int | None, on_progress: OnProgress
    ) -> Iterator[Weights]:
        """Yield the statistics of tensors as `stored_weights` does.

        Where tensors of one name follow each other, they have equal bins. Raises CheckpointError.
        """
        for name, same in groupby(selected, lambda found: found.name):
            beside = []
            for found in same:
                source = found.source
                assert isinstance(source, CheckpointValues)
                reader = self.reader(source)
                weights = stored_weights(reader, name, found.title, bins, on_progress)
                beside.append((weights, partial(self.values, source, name, on_progress)))
            yield from in_equal_bins(beside)

    def cutout(
        self, source: CheckpointValues, name: str, cut: Cut, on_progress: OnProgress
    ) -> Cutout:
        """Return a part of a tensor's values. Raises CheckpointError."""
        return stored_cutout(self.reader(source), name, cut, on_progress)

    def values(
        self, source: CheckpointValues, name: str, on_progress: OnProgress
    ) -> NDArray[Any] | StoredValues:
        """Return a tensor's values, or what stands for them. Raises CheckpointError."""
        return stored_values(self.reader(source), name, on_progress)

    def close(self) -> None:
        """Close all files, and end the process."""
        for checkpoint in self._open.values():
            checkpoint.close()
        self._open.clear()
        self._runner.close()

    def _keep(self, source: CheckpointValues, checkpoint: Checkpoint) -> None:
        """Keep a checkpoint as the one that was used last."""
        earlier = self._open.pop(source, None)
        if earlier is not None:
            earlier.close()
        self._open[source] = checkpoint
        while len(self._open) > _MOST_OPEN:
            self._open.pop(next(iter(self._open))).close()


def _identity(file: CheckpointFile) -> str:
    """Return what tells a checkpoint's files from those that may take their place."""
    prefix = file.prefix
    pattern = f"{escaped(prefix.name)}.[id]*" if file.format == V2 else prefix.name
    digest = hashlib.blake2b(digest_size=16)
    try:
        for path in sorted(prefix.parent.glob(pattern)):
            found = path.stat()
            words = (path.name, found.st_size, found.st_mtime_ns, found.st_ino)
            digest.update(repr(words).encode(errors="surrogateescape"))
    except OSError as error:
        raise CheckpointError(f"{file.path} can't be read: {error.strerror or error}") from error
    return digest.hexdigest()
