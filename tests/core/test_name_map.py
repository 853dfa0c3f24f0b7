"""A name map as code: run by TensorFlow, it restores what it says, steps included."""

from collections import Counter

import numpy as np
import pytest

from core.name_map import init_from_checkpoint_code, saver_code
from core.named_tensors import TensorInfo
from core.shape_steps import step_between
from core.tf1 import tf
from tests import checkpoints

_SHAPES = {
    "plain": ((2,), (2,)),
    "dense": ((3, 4), (1, 1, 3, 4)),
    "turned": ((3, 4), (4, 3)),
    "swapped": ((2, 2, 5, 3), (2, 2, 3, 5)),
}


@pytest.fixture
def prefix(tmp_path):
    draw = np.random.default_rng(0)
    arrays = {f"old/{name}": draw.normal(size=one) for name, (one, _) in _SHAPES.items()}
    return checkpoints.save_arrays(tmp_path / "m", arrays)


def _stepwise(*names):
    return [
        (
            TensorInfo(f"old/{name}", _SHAPES[name][0], "float64"),
            TensorInfo(f"new/{name}", _SHAPES[name][1], "float64"),
        )
        for name in names
    ]


def _restored(prefix, code, names, resource):
    """Run code as a person would: in a graph with the variables, then initialize."""
    with tf.Graph().as_default(), tf.Session() as session:
        made = {
            name: tf.get_variable(
                f"new/{name}", _SHAPES[name][1], tf.float64, use_resource=resource
            )
            for name in names
        }
        scope = {"tf": tf, "session": session, "prefix": str(prefix)}
        if "init_from_checkpoint(" in code or "session" not in code:
            exec(code, scope)
            session.run(tf.global_variables_initializer())
            session.run(scope.get("assignments", []))
        else:
            session.run(tf.global_variables_initializer())
            exec(code, scope)
        return session.run(made)


@pytest.mark.parametrize("resource", [False, True], ids=["ref", "resource"])
@pytest.mark.parametrize("write", [saver_code, init_from_checkpoint_code])
@pytest.mark.parametrize("names", [("plain", "dense", "turned", "swapped"), ("turned",)], ids=str)
def test_the_code_restores_with_the_steps(prefix, write, names, resource):
    plain = {"old/plain": "new/plain"} if "plain" in names else {}
    stepwise = _stepwise(*(name for name in names if name != "plain"))
    code = write(plain, stepwise)
    assert Counter(line for line in code.splitlines() if line.startswith("# transposed")) == {
        "# transposed: [3, 4] -> [4, 3]": 1
    }
    found = _restored(prefix, code, names, resource)
    old = checkpoints.read_all(prefix)
    for name in names:
        one, to = _SHAPES[name]
        step = step_between(one, to)
        values = old[f"old/{name}"]
        assert np.array_equal(found[name], values if step is None else step.apply(values, to))


def test_code_without_steps_has_no_word_of_them():
    for write in (saver_code, init_from_checkpoint_code):
        assert "RestoreV2" not in write({"a": "b"})
