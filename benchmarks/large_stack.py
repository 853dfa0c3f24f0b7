"""Stacks of 100, 1,000 and 10,000 layers: opening a file, edits in the middle, and undo.

The window is shown without a screen, with all that follows an edit in it but the builder; each
step ends when what has changed is painted.
"""

import statistics
from collections.abc import Callable
from functools import partial

from benchmarks.dense_stack import scoped_stack
from benchmarks.measure import Figure, report, timed
from benchmarks.window import settle, state_folder, window
from core import commands, document
from core.stack import Place, Stack

_COUNTS = (100, 1000, 10_000)
_TURNS = 3
_NO_WAIT = 0.25
# Ten times as many layers: linear, with room for the noise of small figures.
_LINEAR = 15


def main() -> None:
    """Measure and report."""
    with window() as found:
        columns = {count: _measured(found, scoped_stack(count)) for count in _COUNTS}
    figures = []
    for step in columns[_COUNTS[0]]:
        hundred, thousand, most = (columns[count][step][0] for count in _COUNTS)
        used = columns[_COUNTS[-1]][step][1], columns[_COUNTS[-2]][step][1]
        details = {
            "processor time": round(1000 * used[0], 1),
            "100": round(1000 * hundred, 1),
            "1,000": round(1000 * thousand, 1),
        }
        bar = None if step == "open" else 1000 * _NO_WAIT
        figures.append(Figure(f"10,000 layers: {step}", 1000 * most, "ms", bar, None, details))
        growth = used[0] / used[1]
        figures.append(Figure(f"  {step}: growth from 1,000", growth, "x", _LINEAR))
    report("large_stack", figures)


def _measured(found, stack: Stack) -> dict[str, tuple[float, ...]]:
    path = state_folder() / f"large{document.SUFFIX}"
    document.save(stack, path)
    turns = [_turn(found, path) for _ in range(_TURNS)]
    return {
        step: tuple(map(statistics.median, zip(*(turn[step] for turn in turns), strict=True)))
        for step in turns[0]
    }


def _turn(found, path) -> dict[str, tuple[float, float]]:
    editor = found.editor
    taken = {"open": _painted(partial(found.files.load, path))}
    middle = _middle(editor.stack)
    taken["select"] = _painted(partial(editor.select, (middle,)))
    edits: dict[str, Callable[[Stack], object]] = {
        "insert": partial(commands.add, kind="dense", selection=(middle,)),
        "rename": partial(commands.rename, node_id=middle, name="renamed"),
        "change units": partial(commands.set_argument, ids=(middle,), name="units", value=7),
        "move": partial(commands.move, ids=(middle,), target=Place(None, 1)),
        "delete": partial(commands.remove, ids=(middle,)),
    }
    for name, edit in edits.items():
        taken[name] = _painted(lambda edit=edit: editor.attempt(edit))
        taken[f"undo {name}"] = _painted(editor.undo_stack.undo)
    editor.attempt(edits["rename"])
    taken["autosave"] = timed(found.autosave.write)
    editor.undo_stack.setClean()
    return taken


def _middle(stack: Stack) -> str:
    layers = [layer.id for layer in stack.layers()]
    return layers[len(layers) // 2]


def _painted(step: Callable[[], object]) -> tuple[float, float]:
    def run() -> None:
        step()
        settle()

    return timed(run)


if __name__ == "__main__":
    main()
