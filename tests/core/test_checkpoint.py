"""Checkpoints: TensorFlow reads what was written, and a failure leaves the old one whole."""

import errno
from pathlib import Path

import numpy as np
import pytest

from core import checkpoint
from core.checkpoint import CheckpointError, Tensor
from core.graph import BuiltGraph
from core.tf1 import tf
from tests.small_disks import fill, small_disk
from tests.stacks import dense, features, layer, stack


def _tensors(**arrays) -> list[Tensor]:
    return [
        Tensor(name, str(values.dtype), values.shape, values.nbytes, lambda values=values: values)
        for name, values in arrays.items()
    ]


def _read(prefix: Path) -> dict[str, np.ndarray]:
    reader = tf.train.load_checkpoint(str(prefix))
    return {name: reader.get_tensor(name) for name in reader.get_variable_to_shape_map()}


def _assert_equal(prefix: Path, **arrays) -> None:
    found = _read(prefix)
    assert found.keys() == arrays.keys()
    for name, values in arrays.items():
        assert found[name].dtype == values.dtype
        assert np.array_equal(found[name], values)


_OLD = {"a": np.arange(6.0).reshape(2, 3), "b": np.ones(2, np.int32)}
_NEW = {"a": np.zeros((5, 5), np.float32), "c": np.full(3, 7.0)}


def test_what_is_written_is_read(tmp_path):
    checkpoint.write(tmp_path / "model", _tensors(**_OLD))
    _assert_equal(tmp_path / "model", **_OLD)
    assert tf.train.latest_checkpoint(str(tmp_path)) == str(tmp_path / "model")


@pytest.mark.parametrize("times", [2, 3])
def test_writing_again_takes_the_place_of_the_old_one(tmp_path, times):
    for _ in range(times - 1):
        checkpoint.write(tmp_path / "model", _tensors(**_OLD))
    checkpoint.write(tmp_path / "model", _tensors(**_NEW))
    _assert_equal(tmp_path / "model", **_NEW)
    data = [path.name for path in tmp_path.iterdir() if ".data-" in path.name]
    assert len(data) == int(data[0][-5:])


def test_large_tensors_are_written_in_shards_with_progress(tmp_path, monkeypatch):
    monkeypatch.setattr(checkpoint, "_SHARD", 64)
    seen = []
    arrays = {f"v{index}": np.full(16, index, np.float32) for index in range(4)}
    checkpoint.write(tmp_path / "m", _tensors(**arrays), None, lambda *found: seen.append(found))
    _assert_equal(tmp_path / "m", **arrays)
    assert [done for done, _, _ in seen] == [0, 64, 128, 192]
    assert len(list(tmp_path.glob("m.data-*-of-00004"))) == 4


@pytest.mark.parametrize("shape", [(7, 5), (7,), (1, 40), (2, 3, 4), (0, 3), ()])
def test_a_tensor_larger_than_a_shard_is_cut_and_read_as_one(tmp_path, monkeypatch, shape):
    monkeypatch.setattr(checkpoint, "_SHARD", 48)
    reads = []
    values = np.random.default_rng(0).normal(size=shape)

    def read():
        reads.append(None)
        return values

    tensors = [Tensor("v", "float64", values.shape, values.nbytes, read), *_tensors(**_OLD)]
    checkpoint.write(tmp_path / "m", tensors)
    _assert_equal(tmp_path / "m", v=values, **_OLD)
    assert len(reads) == 1
    assert tf.train.list_variables(str(tmp_path / "m"))[-1] == ("v", list(shape))


class _StoppedError(Exception):
    pass


@pytest.mark.parametrize("moment", [0, 1, 2])
def test_a_stopped_export_leaves_the_old_checkpoint_whole(tmp_path, monkeypatch, moment):
    checkpoint.write(tmp_path / "m", _tensors(**_OLD))
    before = {path.name: path.read_bytes() for path in tmp_path.iterdir()}
    monkeypatch.setattr(checkpoint, "_SHARD", 1)
    steps = []

    def stop(*_):
        if len(steps) == moment:
            raise _StoppedError
        steps.append(None)

    arrays = {f"v{index}": np.zeros(4) for index in range(3)}
    with pytest.raises(_StoppedError):
        checkpoint.write(tmp_path / "m", _tensors(**arrays), None, stop)
    assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} == before


def test_between_any_two_moves_a_whole_checkpoint_stands_there(tmp_path, monkeypatch):
    checkpoint.write(tmp_path / "m", _tensors(**_OLD))
    move = Path.replace
    seen = []

    def watched(path, target):
        if path.parent.name.startswith(".m."):
            seen.append(_read(tmp_path / "m").keys())
        return move(path, target)

    monkeypatch.setattr(Path, "replace", watched)
    checkpoint.write(tmp_path / "m", _tensors(**_NEW))
    monkeypatch.undo()
    assert len(seen) >= 3
    assert all(keys in (_OLD.keys(), _NEW.keys()) for keys in seen)
    _assert_equal(tmp_path / "m", **_NEW)


def test_a_failed_move_is_told_and_leaves_no_traces(tmp_path, monkeypatch):
    checkpoint.write(tmp_path / "m", _tensors(**_OLD))

    def full(*_):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(Path, "replace", full)
    with pytest.raises(CheckpointError, match="No space left"):
        checkpoint.write(tmp_path / "m", _tensors(**_NEW))
    monkeypatch.undo()
    _assert_equal(tmp_path / "m", **_OLD)
    assert not [path for path in tmp_path.iterdir() if path.name.startswith(".")]


@pytest.mark.parametrize(
    ("prefix", "words"), [("nowhere/model", "there is no folder"), ("model", "no variables")]
)
def test_what_can_not_be_written_is_said(tmp_path, prefix, words):
    tensors = _tensors(**_OLD) if "nowhere" in prefix else []
    with pytest.raises(CheckpointError, match=words):
        checkpoint.write(tmp_path / prefix, tensors)


def test_a_checkpoint_larger_than_the_disk_is_refused(tmp_path):
    with pytest.raises(CheckpointError, match="are free there"):
        checkpoint.write(
            tmp_path / "m", [Tensor("v", "float32", (2**58,), 2**60, lambda: np.zeros(1))]
        )


@pytest.mark.parametrize("room", [0, 20_000, 900_000])
def test_a_full_disk_is_told_and_the_old_checkpoint_whole(tmp_path, monkeypatch, room):
    # Other programs take what was free when the room was measured.
    monkeypatch.setattr(checkpoint, "_check_room", lambda *_: None)
    with small_disk(tmp_path, 2 * 2**20) as disk:
        checkpoint.write(disk / "m", _tensors(**_OLD))
        fill(disk, leave=room)
        before = {path.name: path.read_bytes() for path in disk.iterdir()}
        new = _tensors(a=np.zeros(100_000), b=np.zeros(100_000))
        with pytest.raises(CheckpointError) as refused:
            checkpoint.write(disk / "m", new, tf.MetaGraphDef())
        assert str(refused.value) == f"{disk / 'm'} can't be written: No space left on device"
        assert {path.name: path.read_bytes() for path in disk.iterdir()} == before
        _assert_equal(disk / "m", **_OLD)


def test_a_killed_write_of_one_small_tensor_leaves_the_old_one(tmp_path, monkeypatch):
    old, new = np.float32([1, 2, 3]), np.float32([4, 5, 6])
    checkpoint.write(tmp_path / "m", _tensors(a=old))
    move, seen = Path.replace, []

    def watched(path, target):
        move(path, target)
        seen.append(tf.train.load_checkpoint(str(tmp_path / "m")).get_tensor("a").tolist())

    monkeypatch.setattr(Path, "replace", watched)
    checkpoint.write(tmp_path / "m", _tensors(a=new))
    assert seen[0] == old.tolist()
    assert seen[-1] == new.tolist()
    _assert_equal(tmp_path / "m", a=new)


def test_where_shards_can_not_differ_in_number_none_is_taken_for_another(tmp_path, monkeypatch):
    one, other = _tensors(a=np.float32(1)), _tensors(a=np.float32(2))
    checkpoint.write(tmp_path / "m", one)
    move = Path.replace

    def killed(path, target):
        move(path, target)
        raise KeyboardInterrupt

    monkeypatch.setattr(Path, "replace", killed)
    with pytest.raises(KeyboardInterrupt):
        checkpoint.write(tmp_path / "m", other)
    monkeypatch.undo()
    assert not (tmp_path / "m.index").exists()
    checkpoint.write(tmp_path / "m", other)
    _assert_equal(tmp_path / "m", a=np.float32(2))


def test_what_a_killed_write_left_is_not_taken_for_the_old_checkpoint(tmp_path):
    checkpoint.write(tmp_path / "m", _tensors(**_OLD))
    shards = len(list(tmp_path.glob("m.data-*")))
    for index in range(shards + 1):
        (tmp_path / f"m.data-{index:05d}-of-{shards + 1:05d}").write_bytes(b"scrap")
    new = {f"v{index}": np.full(3, float(index)) for index in range(4)}
    checkpoint.write(tmp_path / "m", _tensors(**new))
    _assert_equal(tmp_path / "m", **new)
    assert len(list(tmp_path.glob("m.data-*"))) == shards + 2


@pytest.fixture
def graph():
    nodes = (
        layer("input", "x", shape=(None, 8, 8, 3)),
        layer("batch_normalization", "n", "norm"),
        layer("flatten", "f"),
        dense("d", name="fc", construction="get_variable", variables={"kernel": {"name": "w"}}),
    )
    graph = BuiltGraph(stack(*nodes))
    yield graph
    graph.close()


def test_an_export_holds_the_values_that_were_drawn(graph, tmp_path):
    exported = graph.export(tmp_path / "model")
    names = [found.name for found in graph.built.variables]
    _assert_equal(tmp_path / "model", **{name: graph.values(name) for name in names})
    assert exported.variables == len(names) == 6
    assert exported.bytes == graph.built.totals.bytes


def test_a_meta_graph_restores_the_checkpoint(graph, tmp_path):
    for _ in range(2):
        graph.export(tmp_path / "model")
    with tf.Graph().as_default(), tf.Session() as session:
        saver = tf.train.import_meta_graph(str(tmp_path / "model.meta"))
        saver.restore(session, str(tmp_path / "model"))
        assert np.array_equal(session.run("fc/w:0"), graph.values("fc/w"))


def test_a_variable_outside_the_collection_is_not_saved_as_savers_do(tmp_path):
    nodes = (
        features(),
        dense(
            "d",
            name="d",
            construction="get_variable",
            variables={"bias": {"collections": ("mine",)}},
        ),
    )
    graph = BuiltGraph(stack(*nodes))
    graph.export(tmp_path / "m")
    assert list(_read(tmp_path / "m")) == ["d/kernel"]
    bias = graph.built.variables[1]
    assert set(bias.collections) == {"mine", "trainable_variables"}
    graph.close()


def test_a_stack_without_variables_has_no_checkpoint(tmp_path):
    graph = BuiltGraph(stack(features()))
    with pytest.raises(CheckpointError, match="no variables"):
        graph.export(tmp_path / "m")
    graph.close()
    assert list(tmp_path.iterdir()) == []
