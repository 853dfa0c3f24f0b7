"""How long it takes to list and to compare checkpoints, against TensorFlow's own reader.

``python -m benchmarks.checkpoints [TENSORS]`` prints a table; ``--json`` prints figures instead.
They are the medians of several turns, taken in turn in one process. What is counted begins with
opening the files and ends with the result; no import is counted, neither of TensorFlow (which takes
seconds, and which listing and comparing don't need here) nor of this program.
"""

import argparse
import json
import statistics
import tempfile
import time
from contextlib import closing
from pathlib import Path

import numpy as np

from core.checkpoint import Tensor, write
from core.checkpoint_diff import diff
from core.checkpoint_reader import Checkpoint
from core.graph_runner import GraphRunner
from core.name_suggestions import suggest
from core.tf1 import tf

_TURNS = 7


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("tensors", nargs="?", type=int, default=10_000)
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    figures = measure(options.tensors)
    if options.json:
        print(json.dumps(figures))
        return
    for name, value in figures.items():
        print(f"{name:45} {value}")


def measure(count: int) -> dict[str, float]:
    """Return the seconds for checkpoints of `count` tensors."""
    draw = np.random.default_rng(0)
    arrays = [
        draw.normal(size=(16, 16) if index % 2 else 16).astype(np.float32) for index in range(count)
    ]
    with tempfile.TemporaryDirectory() as folder:
        left, right, renamed = (Path(folder) / name for name in ("left", "right", "renamed"))
        for prefix, scope in ((left, "net"), (right, "net"), (renamed, "model")):
            write(prefix, list(_tensors(arrays, scope)))
        works = {
            "list": lambda: _opened(left),
            "list, by tf.train.load_checkpoint": lambda: _listed(left),
            "diff, equal": lambda: _same(left, right),
            "diff, equal, by tf.train.load_checkpoint": lambda: _same_by_tensorflow(left, right),
            "diff, all renamed": lambda: _all_renamed(left, renamed),
            "suggest a map, all renamed": lambda: _all_suggested(left, renamed),
        }
        turns = [{name: _seconds(work) for name, work in works.items()} for _ in range(_TURNS)]
    medians = {
        name: round(statistics.median(turn[name] for turn in turns[1:]), 3) for name in works
    }
    return {"tensors": count, **medians}


def _tensors(arrays, scope):
    for index, values in enumerate(arrays):
        name = f"{scope}/block{index // 20}/layer{index // 2}/{'kernel' if index % 2 else 'bias'}"
        yield Tensor(name, "float32", values.shape, values.nbytes, lambda values=values: values)


def _seconds(work) -> float:
    started = time.perf_counter()
    work()
    return time.perf_counter() - started


def _opened(prefix):
    with closing(Checkpoint(prefix, GraphRunner())) as checkpoint:
        return checkpoint.tensors


def _listed(prefix):
    reader = tf.train.load_checkpoint(str(prefix))
    return reader.get_variable_to_shape_map(), reader.get_variable_to_dtype_map()


def _same(left, right) -> None:
    assert _diff(left, right).same


def _all_renamed(left, right) -> None:
    found = _diff(left, right)
    assert found.renamed
    assert not found.only_left
    assert not found.only_right


def _diff(left, right):
    runner = GraphRunner()
    with closing(Checkpoint(left, runner)) as one, closing(Checkpoint(right, runner)) as other:
        return diff(one, other)


def _all_suggested(left, right) -> None:
    runner = GraphRunner()
    with closing(Checkpoint(left, runner)) as one, closing(Checkpoint(right, runner)) as other:
        assert len(suggest(one, other).pairs) == len(one.tensors)


def _same_by_tensorflow(left, right) -> None:
    one, other = (tf.train.load_checkpoint(str(prefix)) for prefix in (left, right))
    for name in one.get_variable_to_shape_map():
        assert one.get_tensor(name).tobytes() == other.get_tensor(name).tobytes()


if __name__ == "__main__":
    main()
