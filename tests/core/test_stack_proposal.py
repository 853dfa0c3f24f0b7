"""Stacks that are proposed for checkpoints, and what is said of them."""

import pytest
from hypothesis import event, given, settings
from hypothesis import strategies as st

from core.devices import Target, list_devices
from core.document import dumps, loads
from core.dtypes import DTYPES
from core.named_tensors import BuiltTensors, Part, TensorInfo, built_tensors, by_name
from core.stack_proposal import propose
from core.undrawn import undrawn
from tests.examples import EXAMPLES, example_text
from tests.random_stacks import clashes, stacks


def build(stack):
    return undrawn(list_devices(Target()))(stack)


def checkpoint_of(tensors):
    """Return tensors as a checkpoint has them: by name."""
    found = sorted(tensors, key=lambda tensor: tensor.name)
    return BuiltTensors("model.ckpt", by_name(found))


def tensors(**shapes):
    return checkpoint_of(
        TensorInfo(name, tuple(shape), "float32") for name, shape in shapes.items()
    )


def proposed(checkpoint):
    """Return what is proposed for a checkpoint, after what must hold for any."""
    proposal = propose(checkpoint, "model.ckpt", build)
    assert loads(dumps(proposal.stack)) == proposal.stack
    built = build(proposal.stack)
    assert built.refusal is None
    made = built_tensors(built).tensors
    wanted = {
        tensor.variable or tensor.name: tensor.form
        for tensor in checkpoint.tensors.values()
        if tensor.part is Part.VARIABLE
    }
    right = [name for name, found in made.items() if wanted.get(name) == found.form]
    assert proposal.exact == len(right)
    assert set(proposal.missing) == wanted.keys() - right
    assert set(proposal.extra) == made.keys() - wanted.keys()
    for layer in built.layers:
        around = [proposal.stack.node(found).name for found in proposal.stack.ancestors(layer.id)]
        assert all(name.startswith("/".join(reversed(around))) for name in layer.variables)
    return proposal


def kinds(proposal):
    """Return the kinds of its layers, without those that only connect them."""
    return [layer.kind for layer in proposal.stack.layers() if layer.kind != "input"]


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.name)
def test_an_example_comes_out_of_its_own_checkpoint(path):
    assert proposed(
        checkpoint_of(built_tensors(build(loads(example_text(path)))).tensors.values())
    ).whole


@given(st.one_of(stacks(), clashes()))
def test_any_stack_comes_out_of_its_own_checkpoint(stack):
    checkpoint = checkpoint_of(built_tensors(build(stack)).tensors.values())
    proposal = proposed(checkpoint)
    lower = [name.lower() for name in checkpoint.tensors]
    event(f"{len(lower)} variables, whole: {proposal.whole}")
    assert proposal.whole or len(set(lower)) < len(lower)


_PARTS = st.one_of(
    st.sampled_from(
        ["kernel", "bias", "weights", "b", "gamma", "beta", "moving_mean", "w1", "a", "A"]
    ),
    st.text("ab_./-\\>\u00e4 :0{}$Input", max_size=4),
)
_NAMES = st.lists(_PARTS, min_size=1, max_size=5).map("/".join)
_TENSORS = st.builds(
    TensorInfo,
    _NAMES,
    st.lists(st.sampled_from([0, 1, 2, 3, 8, 2**40]), max_size=6).map(tuple),
    st.sampled_from([*DTYPES, "float32", "float32", "string", "uint64"]),
)


@settings(max_examples=200)
@given(st.lists(_TENSORS, max_size=12))
def test_any_tensors_give_a_stack_that_builds(found):
    proposed(checkpoint_of(found))
