"""Two checkpoints side by side."""

from contextlib import closing

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays_of

from core.checkpoint_diff import diff, distance, same_bytes
from core.checkpoint_reader import Checkpoint
from core.checkpoint_report import diff_json, diff_lines
from core.named_tensors import BuiltTensors, TensorInfo, by_name
from core.tf1 import tf
from tests import checkpoints


@pytest.fixture
def runner(runner_of_checkpoints):
    return runner_of_checkpoints


@pytest.fixture
def differ(tmp_path, runner):
    """Write two checkpoints and compare them."""

    def compare(left, right):
        prefixes = [tmp_path / name for name in ("left", "right")]
        for prefix, arrays in zip(prefixes, (left, right), strict=True):
            checkpoints.save_arrays(prefix, arrays)
        one, other = (Checkpoint(prefix, runner) for prefix in prefixes)
        with closing(one), closing(other):
            return diff(one, other)

    return compare


@pytest.mark.parametrize("make", [checkpoints.model, checkpoints.all_types])
def test_a_checkpoint_has_no_difference_from_itself(tmp_path, runner, make):
    path = checkpoints.save(tmp_path / "m", make)
    with closing(Checkpoint(path, runner)) as one, closing(Checkpoint(path, runner)) as other:
        found = diff(one, other)
    assert found.same
    assert found.equal == tuple(one.tensors)


def test_formats_do_not_matter(tmp_path, runner):
    one = checkpoints.save(tmp_path / "one", checkpoints.model)
    other = checkpoints.save(
        tmp_path / "other", checkpoints.model, write_version=tf.train.SaverDef.V1
    )
    with closing(Checkpoint(one, runner)) as left, closing(Checkpoint(other, runner)) as right:
        assert diff(left, right).same


def test_what_differs_is_told_with_its_distance(differ):
    base = np.arange(6, dtype=np.float32).reshape(2, 3)
    left = {"same": base, "values": base, "shape": base, "dtype": base, "gone": base + 9}
    left |= {"text": [b"a", b"b"], "flag": np.array([True, False])}
    right = {"same": base, "values": base + np.float32([0, 0, 0.5]), "shape": base.reshape(3, 2)}
    right |= {"dtype": base.astype(np.float64), "new": base * 7}
    right |= {"text": [b"a", b"c"], "flag": np.array([True, True])}
    found = differ(left, right)
    assert (found.equal, found.only_left, found.only_right) == (("same",), ("gone",), ("new",))
    changed = {row.left.name: row for row in found.changed}
    assert changed.keys() == {"values", "shape", "dtype", "text", "flag"}
    assert changed["values"].why == ("values",)
    assert changed["values"].distance.max_abs == 0.5
    assert changed["values"].distance.count == 2
    assert changed["values"].distance.mean_abs == pytest.approx(1 / 6)
    assert changed["shape"].why == ("shape",)
    assert changed["dtype"].why == ("dtype",)
    assert changed["dtype"].distance.max_abs == 0
    assert changed["text"].distance is None
    assert changed["flag"].distance.count == 1
    lines = diff_lines(found)
    assert "! values: 2 of 6 values differ, at most by 0.5" in lines
    assert "! shape: shape [2, 3] and [3, 2]" in lines
    assert "! text: other values" in lines
    report = diff_json(found)
    assert report["equal"] == 1
    assert {row["name"]: row["why"] for row in report["changed"]}["dtype"] == "dtype"


def test_renames_are_found_by_content(differ):
    draw = np.random.default_rng(0).normal
    one, two, zeros = draw(size=(3, 4)), draw(size=(3, 4)), np.zeros(4)
    found = differ(
        {"a/kernel": one, "b/kernel": two, "a/bias": zeros, "b/bias": zeros, "kept": one},
        {"x/weights": two, "y/weights": one, "net/b/bias": zeros, "net/a/bias": zeros, "kept": one},
    )
    pairs = {(row.left, row.right): row.candidates for row in found.renamed}
    assert pairs == {
        ("a/kernel", "y/weights"): 1,
        ("b/kernel", "x/weights"): 1,
        ("a/bias", "net/a/bias"): 2,
        ("b/bias", "net/b/bias"): 2,
    }
    assert found.only_left == found.only_right == ()
    assert not found.same


def test_many_tensors_with_one_content_are_paired_in_order(differ):
    found = differ(
        {f"a{index:03}": np.zeros(2) for index in range(70)},
        {f"b{index:03}": np.zeros(2) for index in range(70)},
    )
    assert [(row.left[1:], row.candidates) for row in found.renamed] == [
        (row.right[1:], 70) for row in found.renamed
    ]


def test_large_tensors_are_compared_in_blocks(differ, monkeypatch):
    monkeypatch.setattr("core.bundle._WINDOW", 64)
    values = np.arange(1000, dtype=np.int64)
    other = values.copy()
    other[999] += 5
    found = differ({"v": values, "w": values}, {"v": other, "w": values})
    assert found.equal == ("w",)
    assert found.changed[0].distance.max_abs == 5


def test_equal_bytes_are_told_from_others(tmp_path, runner):
    values = np.float32([0.0, np.nan])
    path = checkpoints.save_arrays(tmp_path / "m", {"a": values, "b": values, "c": -values})
    with closing(Checkpoint(path, runner)) as found:
        assert same_bytes(found, "a", found, "b")
        assert not same_bytes(found, "a", found, "c")


_NUMBERS = arrays_of.arrays(np.float64, st.integers(0, 20), elements=st.floats(width=32))


@given(_NUMBERS, st.data())
def test_the_distance_is_what_numpy_says(left, data):
    right = data.draw(
        arrays_of.arrays(np.float64, len(left), elements=st.floats(width=32) | st.just(1.0))
    )
    cut = data.draw(st.integers(0, len(left)))
    found = distance([(left[:cut], right[:cut]), (left[cut:], right[cut:])])
    both_nan = np.isnan(left) & np.isnan(right)
    assert found.count == int(((left != right) & ~both_nan).sum())
    if np.isfinite(left).all() and np.isfinite(right).all():
        assert found.max_abs == np.abs(left - right).max(initial=0)


def test_numbers_that_are_not_finite_have_no_distance():
    one = distance([(np.array([1.0, np.nan]), np.array([1.0, 2.0]))])
    assert (one.max_abs, one.count) == (None, 1)
    assert distance([(np.array([np.nan, np.inf]), np.array([np.nan, np.inf]))]).max_abs == 0
    assert distance([(np.array([1 + 1j]), np.array([1 - 1j]))]).max_abs == 2


def test_without_values_only_forms_are_compared():
    def side(*tensors):
        return BuiltTensors("side", by_name(TensorInfo(*tensor) for tensor in tensors))

    found = diff(
        side(("a", (2,), "float32"), ("b", (2,), "float32")),
        side(("a", (2,), "float32"), ("b", (3,), "int32"), ("c", (), "bool")),
    )
    assert not found.with_values
    assert (found.equal, found.only_right) == (("a",), ("c",))
    assert found.changed[0].why == ("shape", "dtype")
