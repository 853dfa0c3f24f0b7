"""Checkpoints that the builder keeps open, and its requests about them."""

import os
import queue
import shutil
import threading
from contextlib import closing

import numpy as np
import pytest

from core import stored_values
from core.builder import Builder
from core.checkpoint import CheckpointError
from core.cutout import Cut
from core.events import Cancelled, Failed, Finished, Started
from core.open_checkpoints import OpenCheckpoints
from core.sources import CheckpointValues, Selected
from core.tasks import (
    Build,
    CompareCheckpoints,
    CutOut,
    OpenCheckpoint,
    ProposeStack,
    SaveValues,
    Summarize,
)
from tests import checkpoints
from tests.stacks import dense, features, stack

_ENDINGS = (Finished, Failed, Cancelled)
_SMALL = stack(features(), dense("a", name="d"))


@pytest.fixture(scope="module")
def written(tmp_path_factory):
    folder = tmp_path_factory.mktemp("written")
    values = {"a/kernel": np.arange(6, dtype=np.float32).reshape(2, 3), "b": np.float32(7)}
    checkpoints.save_arrays(folder / "model.ckpt", values)
    return folder


@pytest.fixture
def folder(written, tmp_path):
    return shutil.copytree(written, tmp_path / "copy")


@pytest.fixture
def opened():
    with closing(OpenCheckpoints(lambda: False)) as found:
        yield found


def test_what_was_opened_tells_what_there_is(opened, folder):
    found = opened.open(folder)
    assert (found.format, found.prefix, found.shards) == ("V2", folder / "model.ckpt", 1)
    assert list(found.tensors) == ["a/kernel", "b"]
    assert found.label == str(folder)
    reader = opened.reader(found.source)
    assert reader.values("b") == 7
    assert opened.reader(found.source) is reader


def _touch(path):
    os.utime(path, ns=(1, 1))


@pytest.mark.parametrize(
    "change",
    [
        lambda folder: _touch(folder / "model.ckpt.index"),
        lambda folder: _touch(folder / "model.ckpt.data-00000-of-00001"),
        lambda folder: (folder / "model.ckpt.index").unlink(),
        lambda folder: (folder / "model.ckpt.data-00000-of-00001").write_bytes(b""),
    ],
    ids=["index touched", "data touched", "index gone", "data cut off"],
)
def test_files_that_changed_are_told(opened, folder, change):
    found = opened.open(folder)
    change(folder)
    with pytest.raises(CheckpointError, match="has changed since it was opened; reload it"):
        opened.reader(found.source)


def test_one_that_was_not_used_for_long_is_opened_anew(opened, folder, tmp_path):
    first = opened.open(folder)
    reader = opened.reader(first.source)
    for number in range(5):
        opened.open(shutil.copytree(folder, tmp_path / str(number)))
    again = opened.reader(first.source)
    assert again is not reader
    assert again.values("b") == 7
    _touch(folder / "model.ckpt.index")
    for number in range(5):
        opened.open(tmp_path / str(number))
    with pytest.raises(CheckpointError, match="has changed"):
        opened.reader(first.source)


# Requests


class _Builder:
    """A builder whose events can be waited for."""

    def __init__(self):
        self.events = queue.Queue()
        self.builder = Builder(self.events.put)
        self.builder.start()
        self.seen = []

    def submit(self, task):
        return self.builder.submit(task)

    def until(self, number, *kinds):
        while True:
            event = self.events.get(timeout=60)
            self.seen.append(event)
            if getattr(event, "number", None) == number and isinstance(event, kinds):
                return event

    def ending(self, task):
        return self.until(self.submit(task), *_ENDINGS)

    def close(self):
        self.builder.close()


@pytest.fixture(scope="module")
def builder():
    found = _Builder()
    yield found
    found.close()


def test_a_checkpoint_is_opened_and_looked_at(builder, folder, tmp_path):
    source = builder.ending(OpenCheckpoint(folder)).result.source
    kernel = Selected(source, "a/kernel", "a/kernel (left)")
    weights = builder.ending(Summarize((kernel, Selected(source, "b")), 3)).result
    assert [found.name for found in weights] == ["a/kernel (left)", "b"]
    assert weights[0].statistics.mean == 2.5
    assert weights[0].density is None
    cut = Cut(((1, 2, 1), (0, 3, 2)), as_matrix=True)
    found = builder.ending(CutOut(kernel, cut)).result
    assert (found.name, found.values.tolist()) == ("a/kernel (left)", [[3.0, 5.0]])
    saved = builder.ending(SaveValues(kernel, tmp_path / "k.npy")).result
    assert saved.values == 6
    assert np.load(tmp_path / "k.npy").shape == (2, 3)


def test_two_checkpoints_are_compared(builder, folder, tmp_path):
    left = builder.ending(OpenCheckpoint(folder)).result.source
    values = {"a/kernel": np.zeros((2, 3), np.float32), "c": np.float32(7)}
    other = checkpoints.save_arrays(tmp_path / "other", values)
    found = builder.ending(CompareCheckpoints(left, other)).result
    assert (found.left, found.right.source.path) == (left, other)
    assert [changed.left.name for changed in found.diff.changed] == ["a/kernel"]
    assert [(pair.left, pair.right) for pair in found.diff.renamed] == [("b", "c")]
    weights = builder.ending(Summarize((Selected(left, "b"), Selected(found.right.source, "c"))))
    assert [found.statistics.mean for found in weights.result] == [7, 7]
    _touch(folder / "model.ckpt.index")
    assert "has changed" in builder.ending(CompareCheckpoints(left, other)).message


def test_what_can_not_be_opened_is_said_in_a_sentence(builder, tmp_path):
    ending = builder.ending(OpenCheckpoint(tmp_path / "nothing"))
    assert isinstance(ending, Failed)
    assert ending.message == f"{tmp_path / 'nothing'}: there is no checkpoint"


def test_values_of_other_files_are_never_shown(builder, folder):
    source = builder.ending(OpenCheckpoint(folder)).result.source
    _touch(folder / "model.ckpt.index")
    ending = builder.ending(Summarize((Selected(source, "b"),)))
    assert ending.message == f"{folder} has changed since it was opened; reload it"
    other = CheckpointValues(folder, "of other files")
    assert "has changed" in builder.ending(CutOut(Selected(other, "b"), Cut(()))).message


def test_the_first_version_is_read_by_another_process(builder, tmp_path):
    prefix = checkpoints.save(
        tmp_path / "old", checkpoints.model, write_version=checkpoints.tf.train.SaverDef.V1
    )
    found = builder.ending(OpenCheckpoint(prefix)).result
    assert found.format == "V1"
    (weights,) = builder.ending(Summarize((Selected(found.source, "hidden/kernel"),))).result
    assert weights.shape == (4, 3)


def test_a_build_comes_before_a_look_into_a_checkpoint(builder, folder, monkeypatch):
    source = builder.ending(OpenCheckpoint(folder)).result.source
    builder.ending(Build(_SMALL))
    begun, seen = threading.Event(), []
    original = stored_values.stored_weights

    def slow(checkpoint, name, title, bins, on_progress):
        begun.set()
        while not seen:
            on_progress(0, 0, "reading")  # ends by what it raises
        return original(checkpoint, name, title, bins, on_progress)

    monkeypatch.setattr("core.open_checkpoints.stored_weights", slow)
    look = builder.submit(Summarize((Selected(source, "b"),)))
    assert begun.wait(60)
    build = builder.submit(Build(_SMALL))
    assert isinstance(builder.until(build, *_ENDINGS), Finished)
    seen.append(True)
    assert isinstance(builder.until(look, *_ENDINGS), Finished)
    endings = [event for event in builder.seen if isinstance(event, _ENDINGS)]
    assert [event.number for event in endings if event.number in (look, build)] == [build, look]


def test_a_look_that_is_no_longer_wanted_is_cancelled(builder, folder, monkeypatch):
    source = builder.ending(OpenCheckpoint(folder)).result.source
    begun = threading.Event()

    def endless(checkpoint, name, title, bins, on_progress):
        begun.set()
        while True:
            on_progress(0, 0, "reading")

    monkeypatch.setattr("core.open_checkpoints.stored_weights", endless)
    look = builder.submit(Summarize((Selected(source, "b"),)))
    builder.until(look, Started)
    assert begun.wait(60)
    monkeypatch.undo()
    newer = builder.submit(Summarize((Selected(source, "a/kernel"),)))
    assert isinstance(builder.until(newer, *_ENDINGS), Finished)
    assert [type(e) for e in builder.seen if getattr(e, "number", 0) == look][-1] is Cancelled


def test_a_stack_is_proposed_for_a_checkpoint(builder, tmp_path):
    prefix = checkpoints.save(tmp_path / "model.ckpt", checkpoints.model)
    proposal = builder.ending(ProposeStack(prefix)).result
    assert proposal.whole
    assert proposal.stack.name == "model.ckpt"
    ending = builder.ending(ProposeStack(tmp_path / "nothing"))
    assert ending.message == f"{tmp_path / 'nothing'}: there is no checkpoint"


def test_a_damaged_checkpoint_gives_no_stack(builder, folder):
    index = folder / "model.ckpt.index"
    index.write_bytes(index.read_bytes()[:-9])
    assert isinstance(builder.ending(ProposeStack(folder)), Failed)


def test_tensors_that_are_shown_over_each_other_have_equal_bins(opened, tmp_path):
    random = np.random.default_rng(3)
    narrow, wide = (scale * random.normal(size=5000).astype(np.float32) for scale in (1, 10))
    sources = [
        opened.open(checkpoints.save_arrays(tmp_path / name, {"k": values, "s": name})).source
        for name, values in (("narrow", narrow), ("wide", wide))
    ]
    selected = [
        Selected(source, name, f"{name} ({where})")
        for name in ("k", "s")
        for source, where in zip(sources, ("left", "right"), strict=True)
    ]
    left, right, *texts = opened.weights(selected, None, lambda *_: None)
    widths = [found.edges[1] - found.edges[0] for found in (left, right)]
    assert widths[0] == pytest.approx(widths[1], rel=0.1)
    assert np.array_equal(left.counts, np.histogram(narrow, left.edges)[0])
    assert right.counts.sum() == 5000
    assert [found.name for found in texts] == ["s (left)", "s (right)"]
    assert all(found.note for found in texts)
