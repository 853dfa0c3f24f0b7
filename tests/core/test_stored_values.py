"""The values of a checkpoint's tensors: large ones in slices are what they are as a whole."""

from contextlib import closing

import ml_dtypes
import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from core import stored_values as module
from core.checkpoint import CheckpointError, Tensor, write
from core.checkpoint_reader import Checkpoint
from core.cutout import Cut, cut_out, every_nth
from core.saved_values import UnwritableError, save_values
from core.stored_values import stored_cutout, stored_values, stored_weights
from core.weights import summarize
from tests import checkpoints

_DRAW = np.random.default_rng(5)


def _odd(count: int) -> np.ndarray:
    values = _DRAW.normal(size=count).astype(np.float32)
    values[:: count // 7] = np.nan
    values[3 :: count // 5] = -np.inf
    return values


_ARRAYS = {
    "few": _DRAW.normal(size=(30, 40)).astype(np.float32),
    "many": _DRAW.normal(size=(700, 1000)).astype(np.float32),
    "many_odd": _odd(700_001),
    "constant": np.full(5000, 2.5, np.float32),
    "none_finite": np.full(300, np.nan, np.float32),
    "double": _DRAW.normal(size=9000),
    "short": _DRAW.normal(size=(40, 50)).astype(ml_dtypes.bfloat16),
    "whole": _DRAW.integers(-100, 100, 9000),
    "truth": _DRAW.integers(0, 2, 9000).astype(bool),
    "complex": (_DRAW.normal(size=900) + 1j).astype(np.complex64),
    "far": np.array([-3e38, 3e38] * 900, np.float32),
}


@pytest.fixture(scope="module")
def prefix(tmp_path_factory):
    found = tmp_path_factory.mktemp("values") / "model.ckpt"
    tensors = [
        Tensor(name, value.dtype.name, value.shape, value.nbytes, lambda value=value: value)
        for name, value in _ARRAYS.items()
    ]
    write(found, tensors)
    return found


@pytest.fixture
def checkpoint(prefix, runner_of_checkpoints):
    with closing(Checkpoint(prefix, runner_of_checkpoints)) as found:
        yield found


@pytest.fixture
def in_slices(monkeypatch):
    """Have every tensor read in slices, and small ones."""
    monkeypatch.setattr(module, "_WHOLE", -1)
    monkeypatch.setattr(module, "_PORTION", 1000)


@pytest.mark.parametrize("name", _ARRAYS)
def test_statistics_of_slices_are_those_of_the_whole(checkpoint, in_slices, name):
    values = _ARRAYS[name]
    found = stored_weights(checkpoint, name, "title", 7)
    whole = summarize("title", values.dtype.name, values, 7)
    assert (found.name, found.shape, found.dtype) == ("title", whole.shape, whole.dtype)
    assert found.statistics == whole.statistics
    assert np.array_equal(found.counts, whole.counts)
    assert np.array_equal(found.edges, whole.edges)


def test_truth_values_have_two_bins(checkpoint):
    found = stored_weights(checkpoint, "truth", "truth")
    trues = int(_ARRAYS["truth"].sum())
    assert found.counts.tolist() == [9000 - trues, trues]


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.data())
def test_a_cut_of_slices_is_that_of_the_whole(checkpoint, in_slices, data):
    values = _ARRAYS["many"]
    axes = []
    for side in values.shape:
        start = data.draw(st.integers(0, side - 1))
        stop = data.draw(st.integers(start + 1, side))
        axes.append((start, stop, data.draw(st.integers(1, side))))
    cut = Cut(tuple(axes), as_matrix=data.draw(st.booleans()))
    found = stored_cutout(checkpoint, "many", cut)
    assert found.shape == values.shape
    assert np.array_equal(found.values, cut_out("many", values, cut).values)


@pytest.mark.parametrize("name", ["few", "short", "whole", "complex"])
def test_every_nth_value_of_slices_is_that_of_the_whole(checkpoint, in_slices, name):
    cut = every_nth(_ARRAYS[name].shape, 9)
    found = stored_cutout(checkpoint, name, cut)
    assert np.array_equal(found.values, cut_out(name, _ARRAYS[name], cut).values)


@pytest.mark.parametrize("name", ["few", "double", "whole", "truth", "complex"])
def test_a_file_of_slices_is_that_of_the_whole(checkpoint, in_slices, tmp_path, name):
    save_values(tmp_path / "v.npy", name, stored_values(checkpoint, name))
    assert np.array_equal(np.load(tmp_path / "v.npy"), _ARRAYS[name])
    np.save(tmp_path / "numpy.npy", _ARRAYS[name])
    assert (tmp_path / "v.npy").read_bytes() == (tmp_path / "numpy.npy").read_bytes()
    save_values(tmp_path / "slices.csv", name, stored_values(checkpoint, name))
    save_values(tmp_path / "whole.csv", name, _ARRAYS[name])
    assert (tmp_path / "slices.csv").read_text() == (tmp_path / "whole.csv").read_text()


def test_what_is_read_in_slices_is_told_and_can_be_ended(checkpoint, in_slices):
    class EndedError(Exception):
        pass

    reads = []

    def on_progress(done, total, text):
        assert 0 <= done <= total
        if text.startswith("reading"):
            reads.append(text)
        if len(reads) == 2:
            raise EndedError

    with pytest.raises(EndedError):
        stored_weights(checkpoint, "many", "many", None, on_progress)


def test_damage_is_told_of_slices_too(prefix, runner_of_checkpoints, in_slices, tmp_path):
    copy = tmp_path / "model.ckpt"
    for file in prefix.parent.glob("model.ckpt.*"):
        (tmp_path / file.name).write_bytes(file.read_bytes())
    data = copy.with_name("model.ckpt.data-00000-of-00001")
    with closing(Checkpoint(copy, runner_of_checkpoints)) as checkpoint:
        at = checkpoint.stored("many").offset + 1_000_003
        whole = bytearray(data.read_bytes())
        whole[at] ^= 4
        data.write_bytes(bytes(whole))
        assert stored_weights(checkpoint, "few", "few").statistics.count == 1200
        with pytest.raises(CheckpointError, match='values of "many" are damaged'):
            stored_weights(checkpoint, "many", "many")


def test_texts_and_what_else_is_no_number_are_told_as_such(runner_of_checkpoints, tmp_path):
    texts = {"words": [b"one", b"", b"\xff\n", b"one"], "lone": b"abc", "none": np.zeros(0, "S1")}
    prefix = checkpoints.save_arrays(tmp_path / "texts", texts)
    with closing(Checkpoint(prefix, runner_of_checkpoints)) as checkpoint:
        notes = [stored_weights(checkpoint, name, name).note for name in texts]
        assert notes == [
            "4 texts of 0 to 3 bytes, 3 of them different",
            "1 text of 3 bytes",
            "no texts",
        ]
        cut = Cut(((1, 4, 1), (0, 1, 1)), as_matrix=True)
        assert stored_cutout(checkpoint, "words", cut).values.tolist() == [
            [""],
            ["\\xff\n"],
            ["one"],
        ]
        words = stored_values(checkpoint, "words")
        save_values(tmp_path / "w.csv", "words", words)
        assert (tmp_path / "w.csv").read_text().splitlines()[1] == '0,"one"'
        with pytest.raises(UnwritableError, match="write them as CSV"):
            save_values(tmp_path / "w.npy", "words", words)
        assert not (tmp_path / "w.npy").exists()
