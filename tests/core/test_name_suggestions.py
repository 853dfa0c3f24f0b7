"""Suggested name maps: right where names follow a pattern, honest about how sure they are."""

import re
from contextlib import closing
from dataclasses import replace
from math import prod

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from core import document
from core.comparison import GET_VARIABLE, LAYERS, compare, with_construction
from core.graph import BuiltGraph
from core.name_rules import RuleError, RuleKind, make_rule, read_rule, renamed
from core.name_suggestions import suggest
from core.named_tensors import BuiltTensors, Part, TensorInfo, built_tensors, by_name
from core.shape_steps import AcceptedStep, StepError, step_between
from core.stack import Layer, Scope
from core.tf1 import tf
from tests.examples import EXAMPLES
from tests.stacks import dense, features, stack

_OWN_NAMES = {"kernel": "weights", "bias": "biases", "gamma": "scale", "beta": "offset"}


def tensors(*names, shape=(2, 3), **shapes):
    """Return tensors of some names; keywords give the shape to names with dots for slashes."""
    found = [TensorInfo(name, shape, "float32") for name in names]
    found += [TensorInfo(n.replace("__", "/"), s, "float32") for n, s in shapes.items()]
    return BuiltTensors("some", by_name(found))


def with_own_names(node):
    """Return a node with names as people give them to their variables."""
    if isinstance(node, Scope):
        return replace(node, nodes=tuple(map(with_own_names, node.nodes)))
    assert isinstance(node, Layer)
    if node.construction is None or node.kind == "custom":
        return node
    from core.catalog import KINDS

    names = {
        role: {**node.variables.get(role, {}), "name": _OWN_NAMES[role]}
        for role in KINDS[node.kind].roles
        if role in _OWN_NAMES
    }
    return replace(node, variables={**node.variables, **names})


# The large ones have the same patterns as the others.
_SMALL = [path for path in EXAMPLES if not path.name.startswith(("dcgan", "resnet", "transformer"))]


@pytest.mark.parametrize("path", _SMALL, ids=lambda it: it.name.split(".")[0])
def test_tf_layers_names_are_mapped_to_names_by_hand(path):
    both = with_construction(document.load(path), GET_VARIABLE)
    named = replace(both, nodes=tuple(map(with_own_names, both.nodes)))
    comparison = compare(named)
    assert comparison.ok
    left = built_tensors(comparison.layers.built)
    right = built_tensors(comparison.get_variable.built)
    found = suggest(left, right)
    assert found.map == dict(comparison.name_map)
    assert (found.unmatched_left, found.unmatched_right) == ((), ())


def _by_a_person(name: str) -> str:
    """Return a name as a person would give it who numbers layers from 1, in a scope."""

    def short(found):
        return f"{found[1][:4]}{int(found[2] or 0) + 1}"

    *scopes, role = name.split("/")
    pattern = r"(conv2d|dense|batch_normalization)(?:_(\d+))?"
    return "/".join(
        ["net", *(re.sub(pattern, short, it) for it in scopes), _OWN_NAMES.get(role, role)]
    )


@pytest.mark.parametrize("name", ["lenet", "resnet20", "siamese"])
def test_a_checkpoint_with_names_by_a_person_is_mapped(name):
    (path,) = (path for path in EXAMPLES if path.name == f"{name}.stack.json")
    with closing(BuiltGraph(document.load(path), draw=False)) as graph:
        left = built_tensors(graph.built)
    expected = {name: _by_a_person(name) for name in left.tensors}
    renamed_ones = [replace(found, name=expected[name]) for name, found in left.tensors.items()]
    right = BuiltTensors("right", by_name(sorted(renamed_ones, key=lambda it: it.name)))
    assert suggest(left, right).map == expected
    assert suggest(right, left).map == {new: old for old, new in expected.items()}


def test_layers_without_names_are_mapped_to_numbered_ones():
    built = with_construction(
        stack(features(), *(dense(f"d{index}", 4) for index in range(12))), LAYERS
    )
    with closing(BuiltGraph(built, draw=False)) as graph:
        left = built_tensors(graph.built)
    right = tensors(
        **{f"fc{n}__weights": (4, 4) for n in range(1, 13)},
        **{f"fc{n}__biases": (4,) for n in range(1, 13)},
    )
    found = suggest(left, right).map
    assert found["dense/kernel"] == "fc1/weights"
    assert found["dense_1/bias"] == "fc2/biases"
    assert found["dense_10/kernel"] == "fc11/weights"
    assert len(found) == 24


@pytest.mark.parametrize(
    ("left", "right", "confidence"),
    [
        ("a/kernel", "a/kernel", 1.0),
        ("a/kernel", "a/weights", 0.95),
        ("a/kernel", "net/a/w", 0.9),
        ("old/a/kernel", "new/a/kernel", 0.9),
        ("old/a/bias", "a/b", 0.9),
        ("encoder/x/kernel", "net/stuff/weights", 0.85),
        ("kernel", "table", 0.4),
    ],
)
def test_surer_ways_go_first(left, right, confidence):
    (pair,) = suggest(tensors(left), tensors(right)).pairs
    assert (pair.left, pair.right, pair.confidence) == (left, right, confidence)
    assert pair.reason


def test_words_tell_scopes_of_the_same_form_apart():
    found = suggest(
        tensors("model/critic/out/w", "model/actor/out/w"),
        tensors("a/b/actor_net/kernel", "a/b/critic_net/kernel"),
    )
    assert found.map == {
        "model/critic/out/w": "a/b/critic_net/kernel",
        "model/actor/out/w": "a/b/actor_net/kernel",
    }


def test_what_cannot_be_told_apart_is_left_unmatched():
    found = suggest(tensors("a/kernel", "b/kernel"), tensors("x/kernel", "y/kernel", "z/kernel"))
    assert found.pairs == ()
    assert found.unmatched_left == ("a/kernel", "b/kernel")
    assert len(found.unmatched_right) == 3


def test_other_forms_are_never_paired():
    other = BuiltTensors("x", by_name([TensorInfo("a/kernel", (2, 3), "float64")]))
    assert suggest(tensors("a/kernel"), other).pairs == ()
    assert suggest(tensors("a/kernel"), tensors("a/kernel", shape=(3, 4))).pairs == ()


def test_slots_follow_their_variable():
    def model(*names):
        variables = [TensorInfo(name, (2, 3), "float32") for name in names]
        slots = [
            TensorInfo(f"{n}/{slot}", (2, 3), "float32", Part.SLOT, slot=slot, slot_of=n)
            for n in names
            for slot in ("Adam", "Adam_1")
        ]
        return BuiltTensors("m", by_name([*variables, *slots]))

    found = suggest(model("a/kernel", "b/kernel"), model("net/a/w", "net/b/w"))
    assert found.map["b/kernel/Adam_1"] == "net/b/w/Adam_1"
    assert len(found.pairs) == 6
    assert {pair.reason for pair in found.pairs if "Adam" in pair.left} == {
        "the slot Adam of what is paired",
        "the slot Adam_1 of what is paired",
    }


def test_the_name_in_an_object_graph_is_taken():
    left = BuiltTensors(
        "tf2",
        by_name(
            [
                TensorInfo("layer-0/k", (2, 3), "float32", variable="hidden/kernel"),
                TensorInfo("layer-1/k", (2, 3), "float32", variable="head/kernel"),
            ]
        ),
    )
    found = suggest(left, tensors("head/kernel", "hidden/kernel"))
    assert found.map == {"layer-0/k": "hidden/kernel", "layer-1/k": "head/kernel"}
    assert found.pairs[0].confidence == 1.0


@pytest.mark.parametrize(
    ("one", "to", "words"),
    [
        ((3, 4), (1, 1, 3, 4), "1x1 convolution"),
        ((1, 1, 3, 4), (3, 4), "dense layer"),
        ((3, 4), (4, 3), "transposed"),
        ((5,), (1, 5), "added leading"),
        ((1, 5), (5,), "left out"),
        ((3, 3, 8, 2), (3, 3, 2, 8), "swapped"),
    ],
)
def test_known_steps_between_shapes_are_proposed_and_not_taken(one, to, words):
    found = suggest(tensors("a/kernel", shape=one), tensors("a/weights", shape=to))
    assert found.map == {}
    (proposal,) = found.proposals
    assert words in proposal.step
    assert "value" in proposal.code
    assert found.unmatched_left == ("a/kernel",)


@pytest.mark.parametrize(
    ("one", "to"), [((3, 3), (3, 3)), ((3, 4), (3, 5)), ((), (1,)), ((2, 3, 4), (2, 4, 5))]
)
def test_other_shapes_have_no_step_between_them(one, to):
    step = step_between(one, to)
    assert step is None or "added leading" in step.words


_STEPWISE = (
    *(((3, 4), (1, 1, 3, 4)), ((1, 1, 3, 4), (3, 4)), ((3, 4), (4, 3)), ((5,), (1, 5))),
    *(((1, 5), (5,)), ((2, 2, 5, 3), (2, 2, 3, 5))),
)


def test_the_code_of_a_step_does_what_numpy_does():
    for one, to in _STEPWISE:
        step = step_between(one, to)
        values = np.arange(prod(one), dtype=np.float32).reshape(one)
        with tf.Graph().as_default(), tf.Session() as session:
            found = session.run(eval(step.code(to), {"tf": tf, "value": tf.constant(values)}))
        assert found.shape == to
        assert np.array_equal(found, step.apply(values, to))


def test_an_accepted_step_is_only_the_one_it_says():
    accepted = AcceptedStep("transposed", (4, 3))
    assert accepted.step((3, 4)).words == "transposed"
    for other in ((4, 3), (1, 4, 3), (5,)):
        with pytest.raises(StepError, match="doesn't lead from"):
            accepted.step(other)


def _rule(kind, text):
    return read_rule(RuleKind(kind), text)


def test_rules_go_before_guesses():
    left = tensors("old/a/kernel", "old/b/kernel")
    right = tensors("new/b/weights", "new/a/weights", "old/a/w")
    rules = (_rule("prefix", "old/=new/"), _rule("part", "kernel=weights"))
    found = suggest(left, right, rules)
    assert found.map == {"old/a/kernel": "new/a/weights", "old/b/kernel": "new/b/weights"}
    assert found.pairs[0].reason == "the rule old/=new/, kernel=weights"


def test_what_rules_do():
    assert renamed("a/kernel/kernel_1", (_rule("part", "kernel=w"),)) == "a/w/kernel_1"
    assert renamed("a/b", (_rule("prefix", "=net/"),)) == "net/a/b"
    assert renamed("b/a/b", (_rule("prefix", "b/="),)) == "a/b"
    assert renamed("fc12/w", (_rule("regex", r"fc(\d+)=dense_\1"),)) == "dense_12/w"
    assert renamed("a.b", (_rule("part", r"a.b=\1"),)) == r"\1"
    assert renamed("axb", (_rule("part", "a.b=c"),)) == "axb"


@pytest.mark.parametrize(
    ("kind", "text"),
    [
        *(("part", text) for text in ("nothing", "=x")),
        *(("regex", text) for text in ("(=x", "=x", r"a=\2", r"a=\g<b>")),
    ],
)
def test_rules_that_are_wrong_are_refused(kind, text):
    with pytest.raises(RuleError, match=r"=|look for"):
        _rule(kind, text)


def test_a_refused_rule_tells_which_half_is_wrong():
    for old, new, in_new in (("", "x", False), ("(", "x", False), ("a", r"\2", True)):
        with pytest.raises(RuleError) as refused:
            make_rule(RuleKind.REGEX, old, new)
        assert refused.value.in_new is in_new
    assert make_rule(RuleKind.REGEX, "(?=k)", "=").apply("a/k") == "a/=k"


_NAMES = st.lists(st.sampled_from(["a", "b", "c_1", "kernel", "w", "bias"]), min_size=1, max_size=3)
_SETS = st.lists(
    st.tuples(_NAMES.map("/".join), st.sampled_from([(2,), (2, 3), (3, 2)])),
    max_size=8,
    unique_by=lambda it: it[0],
)


@given(_SETS, _SETS)
def test_each_tensor_is_paired_at_most_once_and_none_is_lost(left, right):
    one, other = (
        BuiltTensors("x", by_name(TensorInfo(n, s, "float32") for n, s in side))
        for side in (left, right)
    )
    found = suggest(one, other)
    assert {*found.map, *found.unmatched_left} == set(one.tensors)
    assert len(found.pairs) + len(found.unmatched_left) == len(one.tensors)
    assert len(found.pairs) + len(found.unmatched_right) == len(other.tensors)
    assert {*found.map.values(), *found.unmatched_right} == set(other.tensors)
    for pair in found.pairs:
        assert one.tensors[pair.left].form == other.tensors[pair.right].form
        assert 0 < pair.confidence <= 1
    assert all(pair.right == pair.left for pair in found.pairs if pair.reason == "the same name")
    assert suggest(one, one).map == {name: name for name in one.tensors}
