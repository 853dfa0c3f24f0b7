"""Damaged and lying checkpoints, opened through the window with the real builder."""

import json
import random

import pytest

from core.tf1 import tf
from tests import checkpoints
from tests.gui.sitting import run
from tests.lying_checkpoints import entry_of, write_lying

# Opens each file that it is told, looks at all that is in it, and prints what came of it.
_SITTING = """
import json, sys
from pathlib import Path
from tests.gui.sitting import sitting, wait

def opened(window, path):
    messages, bridge = window.panels.checkpoint.messages, window.bridge
    window.checkpoints.close_checkpoint()
    window.dialogs.ask_open = lambda *asked: asked[-1](Path(path))
    open_ = window.action_table["open_checkpoint"].trigger
    wait(bridge.checkpoint_opened, open_, bridge.failed)
    if "open" in messages.texts:
        return messages.texts["open"]
    if window.checkpoints.opened.tensors:
        tree = window.panels.checkpoint.tensors
        wait(window.plotting.shown, tree.view.selectAll, bridge.failed)
        if "values" in messages.texts:
            return messages.texts["values"]
    return [(w.name, w.shape, repr(w.statistics), w.note) for w in window.plotting.weights]

with sitting() as window:
    for path in json.loads(Path(sys.argv[1]).read_text()):
        print(json.dumps(opened(window, path)), flush=True)
"""
_STATES = (
    *('model_checkpoint_path: "/etc/passwd"', 'model_checkpoint_path: "../good/m"'),
    *('model_checkpoint_path: "link/m"', 'model_checkpoint_path: "a\\000b"'),
    *("model_checkpoint_path: 7", "nonsense {", ""),
)
_ENTRIES = (
    *(entry_of(3), entry_of(2**40, 2**40), entry_of(-4), entry_of(4, offset=2**62, size=2**62)),
    *(entry_of(4, shard_id=7), entry_of(4, dtype=99), entry_of(4, crc32c=1)),
    entry_of(2**50, dtype=7),
)


def _model():
    checkpoints.model()
    tf.Variable(tf.constant([b"one", b"", b"three" * 50]), name="text")


def _damaged(data, choose):
    """Return bytes cut off somewhere, or with some bits of them flipped."""
    if choose.random() < 0.4:
        return data[: choose.randrange(len(data))]
    found = bytearray(data)
    for _ in range(choose.choice((1, 1, 3))):
        found[choose.randrange(len(found))] ^= 1 << choose.randrange(8)
    return bytes(found)


def _copies(good, folder, count, choose):
    """Yield copies of a checkpoint, each with damage in one of its files."""
    files = sorted(file for file in good.parent.iterdir() if file.name != "checkpoint")
    for number in range(count):
        place = folder / f"{good.parent.name}{number}"
        place.mkdir()
        for file in files:
            (place / file.name).write_bytes(file.read_bytes())
        victim = place / choose.choice([f.name for f in files if f.suffix != ".meta"])
        victim.write_bytes(_damaged(victim.read_bytes(), choose))
        yield place / good.name


def _elsewhere(folder):
    """Yield `checkpoint` files that name what is not in their folder, or nothing."""
    for number, state in enumerate(_STATES):
        place = folder / f"state{number}"
        place.mkdir()
        (place / "link").symlink_to(folder / "good")
        (place / "checkpoint").write_text(state)
        yield place / "checkpoint"


def _lies(folder):
    """Yield checkpoints whose index lies, and one with names that lead elsewhere."""
    odd = [(name, entry_of(4)) for name in (b"../../up", b"/abs", b"a\nb", b"\x1b[31m")]
    for number, rows in enumerate((*([(b"v", entry)] for entry in _ENTRIES), odd)):
        place = folder / f"lie{number}"
        place.mkdir()
        yield write_lying(place, *rows)


def _content(folder):
    return {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}


@pytest.mark.parametrize("seed", [11])
def test_the_window_shows_right_tensors_or_says_a_sentence(tmp_path, seed):
    folder = tmp_path / "files"
    for name in ("good", "single"):
        (folder / name).mkdir(parents=True)
    good = checkpoints.save(folder / "good" / "m", _model)
    single = checkpoints.save(folder / "single" / "m", _model, write_version=tf.train.SaverDef.V1)
    choose = random.Random(seed)
    damaged = [*_copies(good, folder, 24, choose), *_copies(single, folder, 6, choose)]
    lies, elsewhere = [*_lies(folder)], [*_elsewhere(folder)]
    paths = [good, single, *damaged, *lies, *elsewhere, good]
    (tmp_path / "paths.json").write_text(json.dumps(list(map(str, paths))))
    before = _content(folder)
    done = run(_SITTING, tmp_path / "paths.json")
    assert done.returncode == 0, done.stderr
    assert _content(folder) == before
    first, of_single, *found = map(json.loads, done.stdout.splitlines())
    assert [name for name, *_ in first] == [
        *("head/bias", "head/kernel", "hidden/bias", "hidden/kernel", "text")
    ]
    assert of_single == first
    assert found[-1] == first
    told = dict(zip(map(str, paths[2:-1]), found[:-1], strict=True))
    for path in damaged:
        answer = told[str(path)]
        assert _is_sentence(answer) or answer == first, (path, answer)
    assert sum(_is_sentence(told[str(path)]) for path in damaged) > len(damaged) / 2
    *refused, odd = lies
    assert all(_is_sentence(told[str(path)]) for path in (*refused, *elsewhere)), told
    assert len(told[str(odd)]) == 4
    assert not _is_sentence(told[str(odd)])


def _is_sentence(answer):
    return isinstance(answer, str) and answer.isprintable() and bool(answer)
