"""How long a build takes, against the same calls in a bare loop.

``python -m benchmarks.build [LAYERS ...]`` prints a table; ``--json`` prints the figures instead.
Figures are the medians of several turns, taken in turn in one process.
"""

import argparse
import json
import statistics
import time

from core import manual
from core.graph import BuiltGraph
from core.stack import Layer, Stack
from core.tf1 import tf

_WIDTH = 32
_TURNS = 5
_MODULES = {"layers": tf.layers, "get_variable": manual}


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("layers", nargs="*", type=int, default=[20, 100])
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    rows = [measure(count, way) for count in options.layers for way in _MODULES]
    if options.json:
        print(json.dumps(rows))
        return
    for row in rows:
        print("  ".join(f"{key} {value}" for key, value in row.items()))


def measure(count: int, construction: str) -> dict[str, object]:
    """Return what the bare loop over `count` dense layers takes, and a build as a ratio to it."""
    stack = _stack(count, construction)
    turns = [(_bare(count, construction), *_built(stack)) for _ in range(_TURNS + 1)][1:]
    bare, built, whole = (statistics.median(column) for column in zip(*turns, strict=True))
    return {
        "layers": count,
        "construction": construction,
        "bare_seconds": round(bare, 4),
        "build_ratio": round(built / bare, 3),
        "with_values_ratio": round(whole / bare, 3),
    }


def _stack(count: int, construction: str) -> Stack:
    features = Layer("x", "input", arguments={"shape": (None, _WIDTH)})
    layers = (
        Layer(f"d{index}", "dense", None, construction, arguments={"units": _WIDTH})
        for index in range(count)
    )
    return Stack(seed=1, nodes=(features, *layers))


def _bare(count: int, construction: str) -> float:
    started = time.perf_counter()
    with tf.Graph().as_default():
        value = tf.placeholder(tf.float32, [None, _WIDTH])
        for _ in range(count):
            value = _MODULES[construction].dense(value, _WIDTH)
    return time.perf_counter() - started


def _built(stack: Stack) -> tuple[float, float]:
    started = time.perf_counter()
    graph = BuiltGraph(stack)
    whole = time.perf_counter() - started
    graph.close()
    return graph.built.seconds, whole


if __name__ == "__main__":
    main()
