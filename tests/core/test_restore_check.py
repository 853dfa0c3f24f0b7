"""Whether a checkpoint will load: what is told before is what TensorFlow does."""

from contextlib import closing
from pathlib import Path

import numpy as np
import pytest

from core.checkpoint_reader import Checkpoint
from core.checkpoint_report import restore_lines
from core.checkpoint_side import Side, compare_sides
from core.graph import BuiltGraph
from core.graph_runner import GraphRunner
from core.named_tensors import Part, built_tensors
from core.restore import restore
from core.restore_check import Restore, check_restore
from core.restored import Restoring
from core.tf1 import tf
from tests import checkpoints
from tests.stacks import dense, features, stack

_SAME = stack(features(), dense("a", 3, name="hidden"), dense("b", 2, name="head"))


def _other(units=2, name="head", **fields):
    return stack(features(), dense("a", 3, name="hidden"), dense("b", units, name=name), **fields)


@pytest.fixture(scope="module")
def trained(tmp_path_factory):
    return checkpoints.save(tmp_path_factory.mktemp("trained") / "m", checkpoints.model)


def _save_objects(prefix, **names):
    """Write what TensorFlow 2 writes: each variable under its attribute, with its name beside."""
    with tf.Graph().as_default(), tf.Session() as session:
        root = tf.train.Checkpoint()
        for number, (attribute, (name, shape)) in enumerate(names.items()):
            setattr(root, attribute, tf.Variable(tf.fill(shape, number + 1.0), name=name))
        session.run(tf.global_variables_initializer())
        return Path(root.write(str(prefix), session=session))


def _restored_by_tensorflow(value, prefix):
    """Return what each variable has after `Saver.restore`; empty where that raises."""
    with (
        closing(BuiltGraph(value, draw=False)) as graph,
        graph.graph.as_default(),
        tf.Session() as session,
    ):
        try:
            tf.train.Saver().restore(session, str(prefix))
        except (ValueError, tf.errors.OpError):
            return {}
        return {found.op.name: session.run(found.read_value()) for found in tf.global_variables()}


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


_KERNEL, _BIAS = ("hidden/kernel", [4, 3]), ("hidden/bias", [3])


@pytest.mark.parametrize("resource", [False, True])
@pytest.mark.parametrize(
    ("saved", "counts"),
    [
        ({"k": _KERNEL, "b": _BIAS}, {Restore.RESTORED: 2}),
        ({"k": _KERNEL, "b": _BIAS, "more": ("more", [2])}, {Restore.RESTORED: 2}),
        ({"k": _KERNEL}, {Restore.RESTORED: 1, Restore.MISSING: 1}),
        ({"k": ("other/kernel", [4, 3])}, {Restore.MISSING: 2}),
    ],
)
def test_an_object_based_checkpoint_loads_by_the_names_of_its_variables(
    resource, saved, counts, tmp_path
):
    value = stack(features(), dense("a", 3, name="hidden"), use_resource=resource)
    prefix = _save_objects(tmp_path / "m", **saved)
    check, _ = _check(value, prefix)
    assert check.counts == counts
    assert [found.name for found in check.unexpected] == [
        f"{attribute}/.ATTRIBUTES/VARIABLE_VALUE"
        for attribute, of in sorted(saved.items())
        if of not in (_KERNEL, _BIAS)
    ]
    wanted = _restored_by_tensorflow(value, prefix)
    with closing(BuiltGraph(value)) as graph:
        restored = restore(graph, Restoring(prefix))
        assert restored.check.counts == counts
        assert restored.variables == wanted.keys()
        assert all(np.array_equal(graph.values(name), wanted[name]) for name in wanted)


def test_an_object_based_checkpoint_of_another_shape_is_told(tmp_path):
    prefix = _save_objects(tmp_path / "m", k=("hidden/kernel", [3, 4]), b=_BIAS)
    check, _ = _check(stack(features(), dense("a", 3, name="hidden")), prefix)
    assert check.counts == {Restore.OTHER_SHAPE: 1, Restore.RESTORED: 1}
