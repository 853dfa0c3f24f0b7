"""Whether a checkpoint will load: what is told before is what TensorFlow does."""

from contextlib import closing

import pytest

from core.checkpoint_reader import Checkpoint
from core.checkpoint_report import restore_lines
from core.checkpoint_side import Side, compare_sides
from core.graph import BuiltGraph
from core.graph_runner import GraphRunner
from core.named_tensors import Part, built_tensors
from core.restore_check import Restore, check_restore
from core.tf1 import tf
from tests import checkpoints
from tests.stacks import dense, features, stack

_SAME = stack(features(), dense("a", 3, name="hidden"), dense("b", 2, name="head"))


def _other(units=2, name="head", **fields):
    return stack(features(), dense("a", 3, name="hidden"), dense("b", units, name=name), **fields)


@pytest.fixture(scope="module")
def trained(tmp_path_factory):
    return checkpoints.save(tmp_path_factory.mktemp("trained") / "m", checkpoints.model)


def _check(value, prefix):
    with closing(BuiltGraph(value, draw=False)) as graph:
        wanted = built_tensors(graph.built)
        loads = True
        with graph.graph.as_default(), tf.Session() as session:
            try:
                tf.train.Saver().restore(session, str(prefix))
            except (ValueError, tf.errors.OpError):
                loads = False
    with closing(Checkpoint(prefix, GraphRunner())) as checkpoint:
        check = check_restore(wanted, checkpoint)
        found, same_check = compare_sides(Side(wanted), Side(checkpoint))
        assert same_check == check
        assert compare_sides(Side(checkpoint), Side(wanted))[1] == check
    assert check.loads == loads
    return check, found


def test_the_same_model_loads_with_its_optimizer_folded_away(trained):
    check, found = _check(_SAME, trained)
    assert check.counts == {Restore.RESTORED: 4}
    assert check.unexpected == ()
    assert check.folded == {Part.SLOT: 12, Part.STEP: 1, Part.BOOKKEEPING: 2}
    assert restore_lines(check) == ["it will load: 4 restored"]
    assert len(found.equal) == 4
    assert len(found.only_right) == 15


def test_what_is_missing_unexpected_or_has_another_shape_is_told(trained):
    check, _ = _check(_other(name="fc"), trained)
    assert check.counts == {Restore.RESTORED: 2, Restore.MISSING: 2}
    assert [found.name for found in check.unexpected] == ["head/bias", "head/kernel"]
    check, found = _check(_other(units=5), trained)
    assert check.counts == {Restore.RESTORED: 2, Restore.OTHER_SHAPE: 2}
    assert "! head/bias: has shape [5] here and [2] in the checkpoint" in restore_lines(check)
    assert [row.why for row in found.changed] == [("shape",), ("shape",)]


def test_another_type_is_told(tmp_path):
    def make():
        with tf.variable_scope("hidden"):
            tf.get_variable("kernel", [4, 3], tf.float64)
            tf.get_variable("bias", [3])

    prefix = checkpoints.save(tmp_path / "m", make)
    check, _ = _check(stack(features(), dense("a", 3, name="hidden")), prefix)
    assert check.counts == {Restore.OTHER_DTYPE: 1, Restore.RESTORED: 1}
    assert restore_lines(check)[0] == (
        "! hidden/kernel: is float32 here and float64 in the checkpoint"
    )
