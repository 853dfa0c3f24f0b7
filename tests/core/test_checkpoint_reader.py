"""Any checkpoint that TensorFlow writes is opened, with what TensorFlow's own reader finds."""

import shutil
from pathlib import Path

import numpy as np
import pytest

from core import checkpoint as writer
from core.checkpoint import CheckpointError, Tensor
from core.checkpoint_reader import Checkpoint
from core.named_tensors import Part
from core.tf1 import tf
from tests import checkpoints


@pytest.fixture
def runner(runner_of_checkpoints):
    return runner_of_checkpoints


@pytest.fixture
def tf2(tf2_checkpoints):
    return tf2_checkpoints


@pytest.fixture
def opened(runner):
    """Open checkpoints, and close them in the end."""
    found = []

    def open_(path: Path) -> Checkpoint:
        found.append(Checkpoint(path, runner))
        return found[-1]

    yield open_
    for checkpoint in found:
        checkpoint.close()


def _assert_as_tensorflow_reads(checkpoint: Checkpoint, prefix: Path) -> None:
    expected = checkpoints.read_all(prefix)
    types = tf.train.load_checkpoint(str(prefix)).get_variable_to_dtype_map()
    assert checkpoint.tensors.keys() == expected.keys()
    for name, values in expected.items():
        found = checkpoint.values(name)
        assert checkpoint.tensors[name].shape == np.shape(values)
        assert checkpoint.tensors[name].dtype == types[name].name
        assert found.dtype == np.asarray(values).dtype or found.dtype == object
        assert np.asarray(found).tolist() == np.asarray(values).tolist()


@pytest.mark.parametrize("make", [checkpoints.model, checkpoints.all_types])
@pytest.mark.parametrize(
    "saver", [{}, {"write_version": tf.train.SaverDef.V1}, {"sharded": True}], ids=str
)
def test_what_a_saver_wrote_is_read(tmp_path, opened, make, saver):
    if saver.get("write_version") and make is checkpoints.all_types:

        def make():  # the first version has fewer types
            tf.Variable([[1, 2], [3, 4]], name="int32")
            tf.Variable(np.float64([1.5]), name="float64")
            tf.Variable([True, False], name="bool")
            tf.get_variable("cut", [10, 4], partitioner=tf.fixed_size_partitioner(3))

    prefix = checkpoints.save(tmp_path / "m", make, **saver)
    checkpoint = opened(tmp_path)
    assert checkpoint.file.format == ("V1" if "write_version" in saver else "V2")
    _assert_as_tensorflow_reads(checkpoint, prefix)


def test_shards_are_read(tmp_path, opened, monkeypatch):
    monkeypatch.setattr(writer, "_SHARD", 64)
    arrays = {f"v{index}": np.full((4, 4), index, np.float32) for index in range(4)}
    arrays |= {"large": np.arange(90.0)}
    tensors = [
        Tensor(name, str(values.dtype), values.shape, values.nbytes, lambda values=values: values)
        for name, values in arrays.items()
    ]
    writer.write(tmp_path / "m", tensors)
    checkpoint = opened(tmp_path / "m")
    assert checkpoint.shards > 4
    _assert_as_tensorflow_reads(checkpoint, tmp_path / "m")


@pytest.mark.parametrize(
    "ending", ["", ".index", ".meta", ".data-00000-of-00001"], ids=lambda it: it or "prefix"
)
def test_any_file_of_a_checkpoint_names_it(tmp_path, opened, ending):
    prefix = checkpoints.save(tmp_path / "m-1.5[x]", checkpoints.model)
    assert opened(Path(f"{prefix}{ending}")).file.prefix == prefix


def test_a_single_file_and_its_shards_are_found(tmp_path, opened):
    first = tf.train.SaverDef.V1
    checkpoints.save(tmp_path / "odd[1]*", checkpoints.model, write_version=first)
    checkpoints.save(tmp_path / "s", checkpoints.model, write_version=first, sharded=True)
    single, sharded = opened(tmp_path / "odd[1]*"), opened(tmp_path / "s")
    again = opened(tmp_path / "s-00000-of-00001")
    assert single.tensors.keys() == sharded.tensors.keys() == again.tensors.keys() > {"head/bias"}
    assert single.values("head/kernel").shape == (3, 2)


def test_a_folder_means_its_newest_checkpoint(tmp_path, opened):
    def make():
        tf.Variable(1.0, name="v")

    with tf.Graph().as_default(), tf.Session() as session:
        make()
        session.run(tf.global_variables_initializer())
        saver = tf.train.Saver(max_to_keep=2)
        for step in range(4):
            saver.save(session, str(tmp_path / "m"), global_step=step)
    assert opened(tmp_path).file.prefix.name == "m-3"
    assert opened(tmp_path / "checkpoint").file.prefix.name == "m-3"
    (tmp_path / "checkpoint").unlink()
    with pytest.raises(CheckpointError, match=r"several checkpoints \(m-2, m-3\)"):
        opened(tmp_path)
    for path in tmp_path.glob("m-2.*"):
        path.unlink()
    assert opened(tmp_path).file.prefix.name == "m-3"


def test_a_folder_may_have_the_name_of_a_checkpoint(tmp_path, opened):
    prefix = checkpoints.save(tmp_path / "m", checkpoints.all_types)
    (tmp_path / "m").mkdir()
    assert opened(tmp_path / "m").values("cut").shape == (10, 4)
    checkpoints.save(tmp_path / "m" / "inner", checkpoints.model)
    assert opened(prefix).file.prefix.name == "inner"


def test_a_folder_that_was_moved_is_read_where_it_is(tmp_path, opened):
    (tmp_path / "old").mkdir()
    checkpoints.save(tmp_path / "old" / "m", checkpoints.model)
    state = tf.train.generate_checkpoint_state_proto("/", str(tmp_path / "old" / "m"))
    shutil.move(tmp_path / "old", tmp_path / "new")
    (tmp_path / "new" / "checkpoint").write_text(str(state))
    found = opened(tmp_path / "new").file
    assert found.prefix == tmp_path / "new" / "m"
    assert "old/m; the one of that name beside it was taken" in found.notes[0]


def test_a_saved_model_is_read(tmp_path, opened):
    with tf.Graph().as_default(), tf.Session() as session:
        value = tf.placeholder(tf.float32, [None, 4])
        result = tf.layers.dense(value, 2)
        session.run(tf.global_variables_initializer())
        tf.saved_model.simple_save(session, str(tmp_path / "s"), {"x": value}, {"y": result})
    prefix = tmp_path / "s" / "variables" / "variables"
    folder = tmp_path / "s"
    for path in (folder, folder / "saved_model.pb", folder / "variables", prefix):
        _assert_as_tensorflow_reads(opened(path), prefix)


def test_optimizer_slots_and_steps_are_told_from_variables(tmp_path, opened):
    found = opened(checkpoints.save(tmp_path / "m", checkpoints.model))
    assert list(found.variables()) == ["head/bias", "head/kernel", "hidden/bias", "hidden/kernel"]
    assert found.tensors["global_step"].part is Part.STEP
    assert found.tensors["beta1_power"].part is Part.BOOKKEEPING
    slot = found.tensors["head/kernel/Adam_1"]
    assert (slot.part, slot.slot, slot.slot_of) == (Part.SLOT, "Adam_1", "head/kernel")
    assert found.tensors["head/kernel/Momentum"].slot == "Momentum"


def test_slots_of_an_optimizer_with_its_own_name_and_scope_are_told(tmp_path, opened):
    def make():
        with tf.variable_scope("net"):
            tf.get_variable("w", [3])
            tf.get_variable("b", [2])
        for name in ("net/w", "net/b"):
            tf.get_variable(f"{name}/Mine", [3] if name == "net/w" else [2])
        tf.get_variable("train/net/w/Adam", [3])
        tf.get_variable("d", [4])
        tf.get_variable("d/b2", [4])

    found = opened(checkpoints.save(tmp_path / "m", make))
    assert list(found.variables()) == ["d", "d/b2", "net/b", "net/w"]
    assert found.tensors["net/w/Mine"].slot_of == "net/w"
    assert found.tensors["train/net/w/Adam"].slot_of == "net/w"


@pytest.mark.parametrize("name", ["legacy", "new"])
def test_an_object_based_checkpoint_tells_the_names_of_its_variables(tf2, opened, name):
    found = opened(tf2 / f"{name}-1")
    _assert_as_tensorflow_reads(found, tf2 / f"{name}-1")
    variables = found.variables()
    assert sorted(tensor.variable for tensor in variables.values()) == [
        *("head/bias", "head/kernel", "hidden/bias", "hidden/kernel")
    ]
    assert all(key.endswith(".ATTRIBUTES/VARIABLE_VALUE") for key in variables)
    slots = [tensor for tensor in found.tensors.values() if tensor.part is Part.SLOT]
    assert len(slots) == 8
    assert {tensor.slot_of for tensor in slots} == set(variables)
    assert {tensor.slot for tensor in slots} == (
        {"m", "v"} if name == "legacy" else {"Adam/m", "Adam/v"}
    )


def test_rows_are_read_without_the_others(tmp_path, opened):
    values = np.arange(60.0).reshape(10, 3, 2)
    found = opened(checkpoints.save_arrays(tmp_path / "m", {"v": values, "one": 1.0}))
    for start, stop in ((0, 2), (3, 7), (8, 99), (5, 5), (7, 2)):
        assert np.array_equal(found.rows("v", start, stop), values[start:stop])
    data = tmp_path / "m.data-00000-of-00001"
    data.write_bytes(data.read_bytes()[:-8] + b"\xff" * 8)  # the last of them, unseen
    assert np.array_equal(opened(tmp_path / "m").rows("v", 0, 2), values[:2])


def test_what_is_not_wanted_any_more_is_not_waited_for(tmp_path, runner):
    path = checkpoints.save(tmp_path / "m", checkpoints.model, write_version=1)
    with pytest.raises(CheckpointError, match="cancelled"):
        Checkpoint(path, runner, stop=lambda: True)


def test_what_tensorflow_put_aside_is_removed(tmp_path, runner, monkeypatch):
    monkeypatch.setenv("TMPDIR", str(tmp_path / "aside"))
    monkeypatch.setattr("tempfile.tempdir", None)
    (tmp_path / "aside").mkdir()
    path = checkpoints.save(tmp_path / "m", checkpoints.model, write_version=1)
    checkpoint = Checkpoint(path, runner)
    checkpoint.values("head/bias")
    assert len(list((tmp_path / "aside").iterdir())) == 1
    checkpoint.close()
    assert list((tmp_path / "aside").iterdir()) == []
