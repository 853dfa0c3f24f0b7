"""Killing the program while it is edited and exports, and what must be there afterwards."""

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from random import Random

from core import document
from core.stack import Stack
from gui.autosave import orphans
from gui.state import Folders
from tests.driven_window import digest

_ROOT = Path(__file__).parent.parent
_LOST_SECONDS = 1.0
_PATIENCE_SECONDS = 120.0
_LONGEST_RUN = 3.0


@dataclass(frozen=True, slots=True)
class Left:
    """What a killed program left.

    Attributes:
        edits: How many it had done.
        lost_seconds: How old the oldest edit is that was lost, 0 where none was.
        checkpoints: How many whole checkpoints there are.
        scraps: Names of files and folders of writes that were cut short.
    """

    edits: int
    lost_seconds: float
    checkpoints: int
    scraps: tuple[str, ...]


def kill_once(folder: Path, seed: str, *, exporting: bool) -> Left:
    """Run the program, kill it at a random moment, and check what it left.

    Checkpoints in the folder are those of earlier runs and are written again.

    Args:
        folder: For all that it writes.
        seed: Says what it does, and when it is killed.
        exporting: Whether it is killed once it writes checkpoints, or while TensorFlow is imported.

    Raises:
        AssertionError: More than the last second is lost, or something is not whole.
    """
    log = folder / "log"
    log.unlink(missing_ok=True)
    document.save(Stack(name=f"opened {seed}"), folder / "saved.stack.json")
    began = time.time()
    with subprocess.Popen(
        [sys.executable, "-m", "tests.driven_window", str(folder), seed],
        cwd=_ROOT,
        env=os.environ | {"LAYERSCOPE_STATE_DIR": str(folder / "state")},
    ) as process:
        try:
            _wait(process, log.exists)
            if exporting:
                _wait(process, lambda: _newest_index(folder) > began)
            end = time.monotonic() + Random(seed).uniform(0.0, _LONGEST_RUN)
            _wait(process, lambda: time.monotonic() > end)
            killed = time.monotonic()
        finally:
            process.kill()
    return _check(folder, killed)


def _wait(process: subprocess.Popen, until: Callable[[], bool]) -> None:
    end = time.monotonic() + _PATIENCE_SECONDS
    while not until():
        assert process.poll() is None, f"it ended by itself: {process.returncode}"
        assert time.monotonic() < end, "it takes too long"
        os.sched_yield()


def _newest_index(folder: Path) -> float:
    return max((path.stat().st_mtime for path in folder.glob("*.index")), default=0.0)


def _check(folder: Path, killed: float) -> Left:
    lines = (folder / "log").read_bytes().split(b"\n")[:-1]
    edits = [json.loads(line) for line in lines]
    numbers = {edit["digest"]: number for number, edit in enumerate(edits, 1)}
    found = [document.load(folder / "saved.stack.json")]
    for orphan in orphans(Folders(folder / "state", folder / "state")):
        found.append(orphan.load())
        orphan.discard()
    last = max(numbers.get(digest(stack), 0) for stack in found)
    lost = [killed - edit["time"] for edit in edits[last:]]
    assert max(lost, default=0.0) < _LOST_SECONDS, f"edits of {max(lost):.2f} s are lost"
    scraps = tuple(path.name for path in folder.iterdir() if path.name.startswith("."))
    left = [path.name for path in (folder / "state" / "autosave").iterdir()]
    assert not left, f"{left} are left"
    return Left(len(edits), max(lost, default=0.0), _whole_checkpoints(folder), scraps)


def _whole_checkpoints(folder: Path) -> int:
    """Return how many checkpoints there are; each must be readable to its last value."""
    from core.tf1 import tf

    indices = list(folder.glob("*.index"))
    for index in indices:
        reader = tf.train.load_checkpoint(str(index.with_suffix("")))
        shapes = reader.get_variable_to_shape_map()
        assert shapes
        for name, shape in shapes.items():
            assert list(reader.get_tensor(name).shape) == shape
    return len(indices)
