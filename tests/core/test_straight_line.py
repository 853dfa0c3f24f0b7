"""Straight-line programs: a manual layer is the calls it makes, and the graph is the same."""

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core import straight_line
from core.catalog import KINDS, SCOPE, VARIABLE
from core.custom_code import digests
from core.expression import Call, Items, Literal, Name
from core.graph import BuiltGraph
from core.plan import Statement
from core.script import script
from core.script_lines import Script
from core.stack import Stack
from core.tf1 import tf
from core.tidy_steps import tidied
from tests.core.test_catalog import SHAPES
from tests.random_arguments import arguments
from tests.stacks import dense, features, layer, scope, stack

BY_HAND = {"construction": "get_variable"}
MANUAL = [kind.id for kind in KINDS.values() if "get_variable" in kind.constructions]


def written(of: Stack) -> Script:
    """Return the script of a stack, after a proof that it does what the builder did."""
    trusted = digests(of)
    graph = BuiltGraph(of, trusted=trusted)
    graph.close()
    found = script(of, trusted)
    with tf.Graph().as_default() as alone:
        if graph.built.refusal is None:
            exec(compile(found.text, "script", "exec"), {})
            made = alone.as_graph_def().SerializeToString(deterministic=True)
            assert made == graph.graph_def, found.text
        else:
            with pytest.raises(Exception) as refused:
                exec(compile(found.text, "script", "exec"), {})
            assert type(refused.value).__name__ == graph.built.refusal.error
            assert found.refused
    return found


def assert_straight(found: Script) -> None:
    assert found.whole == ()
    assert "manual" not in found.text


@st.composite
def a_stack(draw: st.DrawFn, kind: str) -> Stack:
    """A layer with any arguments, in a scope with any arguments, perhaps twice."""
    dimensions = next((found for found in SHAPES if found in kind), None)
    dimensions = dimensions or draw(st.sampled_from(sorted(SHAPES)))
    shape: Any = SHAPES[dimensions]
    dtype = draw(st.sampled_from(["float32", "float32", "float64", "float16"]))
    if kind == "embedding":
        shape, dtype = (None,), "int32"
    fixed = {"shape": (3,)} if kind == "variable" and draw(st.booleans()) else {}
    roles = KINDS[kind].roles
    chosen = draw(st.lists(st.sampled_from(roles), max_size=1)) if roles else []
    node = layer(
        kind,
        "a",
        draw(st.sampled_from([None, "a", "kernel", "outputs"])),
        inputs=("x", "owner") if kind == "tied_dense" else ("x",),
        variables={role: draw(arguments(VARIABLE)) for role in chosen},
        reuse=draw(st.sampled_from([None, "auto"])) if KINDS[kind].reusable else None,
        **BY_HAND,
        **draw(arguments(KINDS[kind].function, **fixed)),
    )
    inside = [node]
    if draw(st.booleans()):
        inside.append(replace(node, id="again", reuse="auto" if KINDS[kind].reusable else None))
    around = draw(arguments(SCOPE)) if draw(st.booleans()) else {}
    return stack(
        layer("input", "x", "x", shape=shape, dtype=dtype),
        dense("owner", 3, name="owner", inputs=("x",)) if kind == "tied_dense" else features("u"),
        scope("s", *inside, **around, reuse=draw(st.sampled_from([None, "auto"]))),
        root=draw(st.sampled_from([None, "root"])),
        use_resource=draw(st.sampled_from([None, True])),
    )


def a_few(kind: str) -> int:
    """Return how many examples to try: more of what has more ways."""
    return {"batch_normalization": 20, "dense": 10, "variable": 10}.get(kind, 5)


@pytest.mark.parametrize("kind", MANUAL)
def test_any_arguments(kind):
    @given(a_stack(kind))
    @settings(deadline=None, max_examples=a_few(kind))
    def check(of):
        found = written(of)
        # What is refused within a function that is given to TensorFlow can't be told in part.
        assert found.whole == () or found.refused

    check()


IMAGES = layer("input", "x", "x", shape=(None, 4, 4, 3))
PLACEHOLDER = {"kind": "placeholder", "default": True}
NORMS = [
    {"training": training, **way}
    for training in (False, True, PLACEHOLDER)
    for way in (
        {},
        {"fused": False},
        {"axis": (1, 3), "scale": False},
        {"renorm": True, "renorm_clipping": {"rmin": 0.5, "rmax": 2.0, "dmax": 1.0}},
        {"virtual_batch_size": 2, "renorm": True},
        {"adjustment": {"kind": "uniform", "scale": 0.2}, "center": False},
        {"trainable": False},
    )
]


@pytest.mark.parametrize("arguments", NORMS, ids=str)
def test_batch_normalization_is_straight(arguments):
    found = written(stack(IMAGES, layer("batch_normalization", "n", "n", **arguments, **BY_HAND)))
    assert_straight(found)


def test_averages_that_are_reused_need_no_initializers():
    first = layer("batch_normalization", "a", "n", renorm=True, training=True, **BY_HAND)
    again = replace(first, id="b", reuse=True)
    assert_straight(written(stack(IMAGES, first, again)))


def test_a_layer_is_its_scope_its_variables_and_its_ops():
    found = written(
        stack(
            features("x", size=4, name="x"),
            dense("d", 3, name="d", activation="relu", reuse="auto", **BY_HAND),
        )
    )
    lines = [line for line, origin in zip(found.lines, found.origins, strict=True) if origin == "d"]
    assert lines == [
        'with tf.variable_scope("d", reuse=tf.AUTO_REUSE):',
        '    kernel = tf.get_variable("kernel", [4, 3])',
        "    outputs = tf.matmul(x, kernel)",
        '    bias = tf.get_variable("bias", [3], initializer=tf.zeros_initializer())',
        "    outputs = tf.nn.bias_add(outputs, bias)",
        "    d = tf.nn.relu(outputs)",
    ]


def test_what_the_plan_gives_a_layer_stays_as_it_is():
    settings_of_kernel = {
        "name": "weights",
        "partitioner": {"kind": "fixed_size", "num_shards": 2},
        "initializer": {"kind": "he_normal", "seed": 3},
    }
    found = written(
        stack(
            features("x"),
            dense(
                "d",
                name="d",
                kernel_regularizer={"kind": "l2", "scale": 0.1},
                kernel_constraint={"kind": "max_norm", "max_value": 2},
                variables={"kernel": settings_of_kernel, "bias": {"dtype": "float64"}},
                **BY_HAND,
            ),
        )
    )
    assert_straight(found)
    assert "initializer=tf.initializers.he_normal(seed=3)" in found.text
    assert "tf.keras.regularizers.l2(l2=0.1)(list(weights)[1])" in found.text


@pytest.mark.parametrize("getter", ["exponential_moving_average", "stored_as", "frozen"])
def test_a_scope_s_getter_is_the_one_function_that_is_carried_along(getter):
    nodes = [dense("a", name="a", **BY_HAND), dense("b", name="a", reuse=True, **BY_HAND)]
    found = written(stack(features(), scope("s", *nodes, custom_getter=getter)))
    assert found.whole == ()
    assert f"def {getter}" in found.text
    assert "def dense" not in found.text


def test_names_that_layers_have_taken_are_left_to_them():
    names = ("kernel", "outputs", "bias")
    nodes = [dense(name, 4, name=name, **BY_HAND) for name in names]
    total = layer("concat", "c", axis=1, inputs=names)
    assert_straight(written(stack(features(), *nodes, total)))


CODE = "def twice(x):\n    y = 2 * x\n    return y\n"


def test_a_function_of_a_person_s_own_is_called():
    found = written(stack(features("x", name="x"), layer("custom", "c", "c", code=CODE, **BY_HAND)))
    assert_straight(found)
    assert found.lines[-2:] == ('with tf.variable_scope("c"):', "    c = twice(x)")


def test_the_line_that_is_refused_is_told():
    owner = dense("a", 3, name="d", **BY_HAND)
    other = dense("b", 5, name="d", reuse=True, inputs=("x",), **BY_HAND)
    found = written(stack(features("x", name="x"), owner, other, dense("c", **BY_HAND)))
    refused = [found.lines[at] for at in found.refused]
    assert refused == ['    kernel = tf.get_variable("kernel", [4, 5])']
    assert "From here on nothing was built" in found.text


@pytest.mark.parametrize(
    "node",
    [
        dense("d", **BY_HAND),
        dense("d", inputs=("x",), device="/device:GPU:99", **BY_HAND),
        scope("d", dense("e", inputs=("x",)), name="no good name"),
    ],
    ids=["no input", "no device", "a bad name"],
)
def test_other_refusals_are_marked_too(node):
    refused = BuiltGraph(stack(*([] if node == dense("d", **BY_HAND) else [features()]), node))
    refused.close()
    of = refused.built.stack
    found = script(of, refused=refused.built.refusal.origin)
    assert {found.origins[at] for at in found.refused} == {"d"}


def test_the_line_of_a_person_s_code_that_is_refused_is_told():
    wrong = "def wrong(x):\n    y = x\n    return y + tf.ones([7])\n"
    found = written(stack(features(), layer("custom", "c", "c", code=wrong, **BY_HAND)))
    told = {found.lines[at].strip() for at in found.refused}
    assert "return y + tf.ones([7])" in told
    assert any("wrong(" in line for line in told)


def test_a_refusal_within_a_branch_is_that_of_the_twin():
    arguments = {"noise_shape": (2, 2), "training": PLACEHOLDER}
    found = written(stack(IMAGES, layer("dropout", "o", "o", **arguments, **BY_HAND)))
    assert "# This layer can't be written as single calls" in found.text
    assert "manual.dropout" in "".join(found.lines[at] for at in found.refused)


def test_code_that_nobody_trusts_is_not_run():
    bad = "def bad(x):\n    raise SystemExit\n"
    found = script(stack(features(), layer("custom", "c", "c", code=bad, **BY_HAND), dense("d")))
    assert "manual.custom(bad" in found.text


def test_behind_code_that_does_something_else_each_time_nothing_is_proven():
    code = "def noise(x):\n    import random\n    return x * random.random()\n"
    noise = layer("custom", "c", "c", code=code, **BY_HAND)
    of = stack(features(), dense("a", **BY_HAND), noise, dense("b", **BY_HAND))
    found = script(of, digests(of))
    assert found.whole == ("c", "b")


def test_what_can_not_be_recorded_is_the_twin_itself(monkeypatch):
    """No twin is such a one; so the proof is disturbed here."""
    seen = []

    def other(recording, origin, target, taken):
        seen.append(target)
        steps = tidied(recording, origin, target, taken)
        wrong = Call(Name("tf.ones"), (Items((Literal(1),)),))
        return (*steps, Statement(origin, None, wrong)) if target == "b" else steps

    monkeypatch.setattr(straight_line, "tidied", other)
    nodes = [dense(name, name=name, **BY_HAND) for name in ("a", "b", "c")]
    found = written(stack(features(), *nodes))
    assert found.whole == ("b",)
    assert "# This layer can't be written as single calls" in found.text
    assert "b = manual.dense(a" in found.text
    assert "manual.dense(b" not in found.text
