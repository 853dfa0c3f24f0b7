"""A checkpoint under other names has the same bytes, or is not there at all."""

import itertools
import tempfile
from contextlib import closing
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core import checkpoint_work
from core.checkpoint import CheckpointError
from core.checkpoint_diff import diff, same_bytes
from core.checkpoint_reader import Checkpoint
from core.checkpoint_rename import plan_rename, rename
from core.graph_runner import GraphRunner
from core.shape_steps import AcceptedStep
from core.tf1 import tf
from tests import checkpoints


@pytest.fixture
def runner(runner_of_checkpoints):
    return runner_of_checkpoints


def _rename(prefix, names, to, runner):
    with closing(Checkpoint(prefix, runner)) as checkpoint:
        return rename(checkpoint, names, to)


@pytest.mark.parametrize("saver", [{}, {"write_version": 1}, {"sharded": True}], ids=str)
def test_every_tensor_keeps_its_bytes(tmp_path, runner, saver):
    prefix = checkpoints.save(tmp_path / "m", checkpoints.model, **saver)
    (tmp_path / "out").mkdir()
    names = {"hidden/kernel": "a/w", "head/bias": "hidden/kernel"}
    found = _rename(prefix, names, tmp_path / "out" / "n", runner)
    old, new = checkpoints.read_all(prefix), checkpoints.read_all(tmp_path / "out" / "n")
    assert found.compared == len(new) == len(old)
    assert found.plan.followed["hidden/kernel/Adam_1"] == "a/w/Adam_1"
    for before, after in found.plan.names.items():
        assert old[before].tobytes() == new[after].tobytes()
        assert old[before].dtype == new[after].dtype
    assert tf.train.latest_checkpoint(str(tmp_path / "out")) == str(tmp_path / "out" / "n")


def test_all_types_are_copied(tmp_path, runner):
    prefix = checkpoints.save(tmp_path / "m", checkpoints.all_types)
    _rename(prefix, {"text": "t", "bfloat16": "b", "cut": "whole"}, tmp_path / "n", runner)
    with (
        closing(Checkpoint(prefix, runner)) as left,
        closing(Checkpoint(tmp_path / "n", runner)) as right,
    ):
        found = diff(left, right)
    renamed = {(pair.left, pair.right) for pair in found.renamed}
    assert renamed == {("text", "t"), ("bfloat16", "b"), ("cut", "whole")}
    assert found.only_left == found.only_right == found.changed == ()


@pytest.mark.parametrize("cut", [True, False])
def test_a_tensor_larger_than_a_shard_may_be_cut(tmp_path, monkeypatch, runner, cut):
    monkeypatch.setattr("core.checkpoint._SHARD", 48)
    prefix = checkpoints.save_arrays(tmp_path / "m", {"v": np.arange(30.0), "w": np.arange(5.0)})
    to = tmp_path / "n"
    assert checkpoint_work.copy(str(prefix), {"v": "a", "w": "b"}, str(to), None, cut) == 2
    with closing(Checkpoint(prefix, runner)) as left, closing(Checkpoint(to, runner)) as right:
        assert right.shards > 2 if cut else right.shards == 2
        assert same_bytes(left, "v", right, "a")


_PARTS = st.lists(st.sampled_from(["a", "b", "c", "../x", "é"]), min_size=1, max_size=3)
_NEW = st.lists(_PARTS.map("/".join), min_size=4, max_size=4, unique=True)


@settings(max_examples=15)
@given(names=_NEW, order=st.permutations(range(4)))
def test_renaming_and_back_gives_the_same_bytes(runner_of_checkpoints, names, order):
    runner = runner_of_checkpoints
    arrays = {"a": np.arange(3.0), "b": np.float32([[1, 2]]), "c": np.int64(7), "d": [b"x", b""]}
    with tempfile.TemporaryDirectory() as folder:
        prefix = checkpoints.save_arrays(Path(folder) / "m", arrays)
        there = dict(zip(arrays, (names[index] for index in order), strict=True))
        back = {new: old for old, new in there.items()}
        _rename(prefix, there, Path(folder) / "n", runner)
        _rename(Path(folder) / "n", back, Path(folder) / "o", runner)
        data, again = (Path(folder) / f"{name}.data-00000-of-00001" for name in "mo")
        with (
            closing(Checkpoint(prefix, runner)) as left,
            closing(Checkpoint(Path(folder) / "o", runner)) as right,
        ):
            assert diff(left, right).same
        assert sorted(data.read_bytes()) == sorted(again.read_bytes())


def test_names_that_cannot_be_are_refused_before_anything_is_written(tmp_path, runner):
    prefix = checkpoints.save(tmp_path / "m", checkpoints.model)
    before = sorted(tmp_path.iterdir())
    for names, words in (
        ({"gone": "x"}, 'has no "gone"'),
        ({"gone": "x", "lost": "y"}, "and 1 more"),
        ({"hidden/bias": "head/bias"}, '"head/bias" and "hidden/bias" would both be "head/bias"'),
        ({"hidden/bias": "x", "head/bias": "x"}, "would both be"),
    ):
        with pytest.raises(CheckpointError, match=words):
            _rename(prefix, names, tmp_path / "n", runner)
    with pytest.raises(CheckpointError, match="no folder"):
        _rename(prefix, {}, tmp_path / "absent" / "n", runner)
    (tmp_path / "folder").mkdir()
    with pytest.raises(CheckpointError, match="is a folder"):
        _rename(prefix, {}, tmp_path / "folder", runner)
    assert sorted(tmp_path.iterdir()) == sorted([*before, tmp_path / "folder"])


def test_a_swap_is_no_clash(tmp_path, runner):
    prefix = checkpoints.save_arrays(tmp_path / "m", {"a": 1.0, "b": 2.0})
    _rename(prefix, {"a": "b", "b": "a"}, prefix, runner)  # onto itself
    assert checkpoints.read_all(prefix) == {"a": 2.0, "b": 1.0}


def test_slots_that_are_in_the_map_do_not_follow(tmp_path, runner):
    prefix = checkpoints.save(tmp_path / "m", checkpoints.model)
    with closing(Checkpoint(prefix, runner)) as checkpoint:
        plan = plan_rename(checkpoint, {"head/bias": "b", "head/bias/Adam": "mine"})
    assert plan.names["head/bias/Adam"] == "mine"
    assert plan.names["head/bias/Momentum"] == "b/Momentum"


def test_a_renamed_object_based_checkpoint_is_loaded_by_names(tmp_path, runner, tf2_checkpoints):
    with closing(Checkpoint(tf2_checkpoints / "legacy-1", runner)) as checkpoint:
        names = {key: found.variable for key, found in checkpoint.variables().items()}
        found = rename(checkpoint, names, tmp_path / "n")
        expected = {
            found.variable: checkpoint.values(k) for k, found in checkpoint.variables().items()
        }
    assert found.plan.left_out == ("_CHECKPOINTABLE_OBJECT_GRAPH",)
    with tf.Graph().as_default(), tf.Session() as session:
        tf.layers.dense(tf.layers.dense(tf.ones([1, 4]), 3, name="hidden"), 2, name="head")
        tf.train.Saver().restore(session, str(tmp_path / "n"))
        for variable in tf.global_variables():
            assert np.array_equal(session.run(variable), expected[variable.op.name])


def test_what_was_written_wrong_is_not_put_in_place(tmp_path, monkeypatch):
    prefix = checkpoints.save_arrays(tmp_path / "m", {"a": [1.0, 2.0]})
    reads = itertools.count()
    read = checkpoint_work._Reader.read

    def changing(self, name):
        return read(self, name) + (next(reads) == 1)

    monkeypatch.setattr(checkpoint_work._Reader, "read", changing)
    said = checkpoint_work.answer(
        "copy",
        prefix=str(prefix),
        names={"a": "b"},
        to=str(tmp_path / "n"),
        replaces=None,
        cut=True,
    )
    assert said == {"refused": 'what was written as "b" is not what was read as "a"'}


def test_a_refused_copy_leaves_nothing_behind(tmp_path, runner, monkeypatch):
    prefix = checkpoints.save_arrays(tmp_path / "m", {"a": [1.0, 2.0]})
    (tmp_path / "out").mkdir()

    def refuse(self, names, to, **_):
        to.write_text("half")
        raise CheckpointError("no")

    monkeypatch.setattr(Checkpoint, "copy", refuse)
    with pytest.raises(CheckpointError):
        _rename(prefix, {"a": "b"}, tmp_path / "out" / "n", runner)
    assert list((tmp_path / "out").iterdir()) == []


def test_a_step_is_taken_with_the_slots_and_compared_with_numpy(tmp_path, runner):
    prefix = checkpoints.save(tmp_path / "m", checkpoints.model)
    steps = {
        "hidden/kernel": AcceptedStep("transposed", (3, 4)),
        "head/bias": AcceptedStep("an added leading dimension", (1, 2)),
    }
    names = {"hidden/kernel": "h/w", "head/bias": "head/bias"}
    with closing(Checkpoint(prefix, runner)) as checkpoint:
        found = rename(checkpoint, names, tmp_path / "n", steps)
    old, new = checkpoints.read_all(prefix), checkpoints.read_all(tmp_path / "n")
    assert found.compared == len(old)
    assert set(found.plan.steps) == {
        f"{name}{slot}" for name in steps for slot in ("", "/Adam", "/Adam_1", "/Momentum")
    }
    for before, after in found.plan.names.items():
        expected = old[before]
        if before.startswith("hidden/kernel"):
            expected = np.ascontiguousarray(expected.T)
        elif before.startswith("head/bias"):
            expected = expected[np.newaxis]
        assert new[after].shape == expected.shape
        assert new[after].tobytes() == expected.tobytes()


def test_a_step_that_does_not_lead_from_there_is_refused(tmp_path, runner):
    prefix = checkpoints.save_arrays(tmp_path / "m", {"a": [[1.0, 2.0]]})
    with closing(Checkpoint(prefix, runner)) as checkpoint:
        for step in (AcceptedStep("transposed", (1, 2)), AcceptedStep("transposed", (2,))):
            with pytest.raises(CheckpointError, match=r'"a": the step .* lead from \[1, 2\]'):
                plan_rename(checkpoint, {"a": "b"}, {"a": step})
        with pytest.raises(CheckpointError, match='has no "c"'):
            plan_rename(checkpoint, {}, {"c": AcceptedStep("transposed", (1, 2))})


def test_progress_is_told_and_what_it_raises_leaves_nothing_behind(tmp_path, monkeypatch):
    monkeypatch.setattr("core.checkpoint._SHARD", 48)
    prefix = checkpoints.save_arrays(tmp_path / "m", {"v": np.arange(30.0), "w": np.arange(5.0)})
    (tmp_path / "out").mkdir()
    told = []
    names, to = {"v": "a", "w": "b"}, tmp_path / "out" / "n"
    checkpoint_work.copy(
        str(prefix), names, str(to), None, True, on_progress=lambda *it: told.append(it)
    )
    done = [it[0] for it in told]
    assert done == sorted(done)
    assert done[0] == 0
    assert {it[1] for it in told} == {2 * 280}
    assert [it[2].split()[0] for it in (told[0], told[-1])] == ["writing", "comparing"]


def test_a_rename_ends_when_its_progress_says_so(tmp_path):
    prefix = checkpoints.save_arrays(tmp_path / "m", {"v": np.arange(30.0)})
    (tmp_path / "out").mkdir()

    def stop(done, total, text):
        raise KeyboardInterrupt

    with closing(GraphRunner()) as own, closing(Checkpoint(prefix, own)) as checkpoint:
        with pytest.raises(KeyboardInterrupt):
            rename(checkpoint, {"v": "a"}, tmp_path / "out" / "n", {}, stop)
        assert own.process is None
    assert list((tmp_path / "out").iterdir()) == []
