"""Hazards: for each kind a stack that has it, and one that hasn't."""

from dataclasses import replace

import pytest

from core.fixes import fix_of_hazard
from core.hazards.table import HAZARDS, hazards
from tests.stacks import dense, features, layer, scope, stack
from tests.tries import builder, built

_HAND = "get_variable"
_L2 = {"kind": "l2", "scale": 0.1}
_RUNS = """\
def runs(inputs):
    with tf.control_dependencies(tf.get_collection(tf.GraphKeys.UPDATE_OPS)):
        return tf.identity(inputs)
"""
_ADDS = "def adds(inputs):\n    return inputs + tf.losses.get_regularization_loss()\n"


def _normalization(layer_id, **fields):
    return layer("batch_normalization", layer_id, "n", **fields)


def _custom(code):
    return layer("custom", "c", construction=_HAND, code=code)


def _renamed(**fields):
    return dense("a", name="d", variables={"kernel": {"name": "weights"}}, **fields)


def _two(**second):
    return dense("a", name="d", activation="relu"), dense(
        "b", name="d", reuse=True, inputs=("x",), **second
    )


def _towers(**second):
    return _normalization("a", training=True), _normalization(
        "b", reuse=True, inputs=("x",), **second
    )


# The kind, nodes that have it, the ones it is at, words of the text, the fix, and nodes without it.
CASES = {
    "unnamed_in_auto_reuse": (
        (scope("s", dense("a"), dense("b"), reuse="auto"),),
        ["a", "b"],
        "takes the next number in the scope, dense",
        "Name it dense",
        (scope("s", dense("a", name="d"), dense("b", name="e"), reuse="auto"), dense("c")),
    ),
    "name_scope_around": (
        (scope("s", dense("a", name="d"), kind="name_scope", name="ns"),),
        ["s"],
        "d/kernel is the name as it is",
        "Make it a variable scope",
        (
            scope("s", layer("flatten", "f"), kind="name_scope", name="ns"),
            scope("t", dense("a", name="d"), name="t"),
        ),
    ),
    "names_will_not_meet": (
        (_renamed(construction=_HAND),),
        ["a"],
        "it has d/weights; built by tf.layers it would have d/kernel",
        "Take the names that tf.layers gives",
        (_renamed(), dense("b", name="e", construction=_HAND)),
    ),
    "names_by_order": (
        (dense("a"), dense("b")),
        ["b"],
        "dense_1/kernel is a count of what was built before",
        "Name it dense_1",
        (dense("a"), dense("b", name="dense_7"), layer("flatten", "f"), layer("flatten", "g")),
    ),
    "updates_nobody_runs": (
        (_normalization("a", training=True),),
        ["a"],
        "It put 2 ops into tf.GraphKeys.UPDATE_OPS",
        None,
        (_normalization("a", training=True), _custom(_RUNS)),
    ),
    "dropout_without_training": (
        (layer("dropout", "a"),),
        ["a"],
        "It drops nothing",
        "Let training be fed",
        (
            layer("dropout", "a", training=True),
            layer("dropout", "b", rate=0.0),
            layer("dropout", "c", training={"kind": "placeholder", "default": False}),
        ),
    ),
    "losses_nobody_adds": (
        (dense("a", name="d", kernel_regularizer=_L2),),
        ["a"],
        "put 1 loss into tf.GraphKeys.REGULARIZATION_LOSSES",
        None,
        (dense("a", name="d", kernel_regularizer=_L2), _custom(_ADDS)),
    ),
    "averages_shared": (
        _towers(training=True),
        ["b"],
        "n/moving_mean is moved by n, too",
        "Give it moving averages of its own, by hand",
        _towers(),
    ),
    "bias_ignores_initializer": (
        (scope("s", dense("a", name="d"), initializer="he_normal"),),
        ["a"],
        "The scope s sets he_normal, but s/d/bias starts at zeros",
        "Let the bias take the scope's initializer",
        (
            scope("s", dense("a", name="d", bias_initializer=None), initializer="he_normal"),
            scope("t", dense("b", name="d"), name="t", initializer="zeros"),
            scope("u", dense("c", name="d", use_bias=False), name="u", initializer="ones"),
        ),
    ),
    "reused_with_another_activation": (
        _two(),
        ["b"],
        "applies no activation where that one applies relu",
        "Apply relu, as d does",
        _two(activation="relu"),
    ),
}


def _of_kind(result, kind):
    return [found for found in hazards(result) if found.kind == kind]


@pytest.mark.parametrize("kind", CASES)
@pytest.mark.parametrize("way", ["layers", "get_variable"])
def test_a_hazard_is_found_and_its_fix_holds(kind, way):
    nodes, at, words, fix, _ = CASES[kind]
    if kind in {"names_will_not_meet", "averages_shared"} and way == "layers":
        way = None
    surprising = stack(features(), *(_built_by(node, way) for node in nodes))
    build = builder(surprising)
    result = build(surprising)
    assert result.refusal is None
    found = _of_kind(result, kind)
    assert [hazard.node for hazard in found] == at
    assert words in found[0].text
    assert found[0].text.count(". ") == 1
    fixed = fix_of_hazard(result, found[0], build)
    assert (None if fixed is None else fixed.command.text) == fix
    if fixed is not None:
        again = build(fixed.command.edit.apply(surprising))
        assert again.refusal is None
        assert at[0] not in [hazard.node for hazard in _of_kind(again, kind)]


@pytest.mark.parametrize("kind", CASES)
def test_a_stack_without_it_has_no_such_hazard(kind):
    nodes = CASES[kind][4]
    result = built(stack(features(), *nodes))
    assert result.refusal is None
    assert _of_kind(result, kind) == []


def test_each_kind_has_a_case_a_title_and_a_thread():
    assert set(CASES) == set(HAZARDS)
    for kind in HAZARDS.values():
        assert kind.title
        owner, _, number = kind.thread.partition("#")
        assert "/" in owner
        assert number.isdigit()


def test_a_name_pushed_aside_depends_on_the_order_too():
    result = built(stack(features(), dense("a", name="FC"), dense("b", name="fc")))
    (found,) = _of_kind(result, "names_by_order")
    assert found.node == "b"
    assert "asked for fc/kernel and got fc/kernel_1" in found.text


def test_a_scope_without_a_name_depends_on_the_order_too():
    def unnamed(scope_id, layer_id):
        inner = scope(scope_id, dense(layer_id, name="d"), name=None)
        return scope(f"{scope_id}o", inner, name="o", reuse="auto")

    surprising = stack(features(), unnamed("s", "a"), unnamed("t", "b"), root="r/q")
    twice = stack(
        features(),
        scope(
            "o",
            scope("s", dense("a", name="d"), name=None),
            scope("t", dense("b", name="d"), name=None),
            name="o",
        ),
        root="r/q",
    )
    assert _of_kind(built(surprising), "names_by_order") == []
    (found,) = _of_kind(built(twice), "names_by_order")
    assert found.node == "t"
    assert "so that scope_1 in r/q/o/scope_1/d/kernel is a count" in found.text
    fixed = fix_of_hazard(built(twice), found, builder(twice))
    names = [variable.name for variable in built(twice).variables]
    again = built(fixed.command.edit.apply(twice))
    assert [variable.name for variable in again.variables] == names


def test_averages_of_its_own_leave_gamma_and_beta_shared():
    towers = stack(features(), *_towers(training=True))
    build = builder(towers)
    (found,) = _of_kind(build(towers), "averages_shared")
    fixed = fix_of_hazard(build(towers), found, build)
    again = build(fixed.command.edit.apply(towers))
    used_by = {variable.name: variable.used_by for variable in again.variables}
    assert used_by["n/gamma"] == used_by["n/beta"] == ("a", "b")
    assert used_by["n/moving_mean"] == ("a",)
    assert used_by["n/moving_mean_2"] == ("b",)


def test_a_single_update_op_is_one():
    bare = layer("variable", "v", "w", construction=_HAND, shape=(4,))
    averaged = scope("s", bare, custom_getter="exponential_moving_average")
    (found,) = _of_kind(built(stack(features(), averaged)), "updates_nobody_runs")
    assert "It put 1 op into" in found.text


def test_hazards_before_a_refusal_are_found():
    result = built(
        stack(features(), layer("dropout", "a"), layer("conv2d", "c", filters=1, kernel_size=1))
    )
    assert result.refusal is not None
    assert [found.node for found in hazards(result)] == ["a"]


def _built_by(node, way):
    if way is None:
        return node
    if hasattr(node, "nodes"):
        return replace(node, nodes=tuple(_built_by(child, way) for child in node.nodes))
    return replace(node, construction=way) if node.construction else node
