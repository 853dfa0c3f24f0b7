"""Fixes of refusals: each one that is offered has been built, and holds when it is built again."""

import pytest
from hypothesis import given, settings

from core.fixes import fix_of_hazard, fixes_of_refusal
from core.graph import BuiltGraph
from core.hazards.table import hazards
from tests.core.test_refusals import CASES
from tests.random_stacks import clashes
from tests.stacks import dense, features, scope, stack
from tests.tries import builder, built

# Words of the fixes that are to be among those offered.
OFFERED = {
    "taken": ["Name it d_1"],
    "taken, by hand": [
        "Name it d_1",
        "Reuse the variables of the other d",
        "AUTO_REUSE: take what is there, else make it",
    ],
    "taken, in another scope of the same name": [
        "AUTO_REUSE for the scope s",
        "Name the scope around it s_1",
        "opening its scope again",
        "Name it dense_1",
    ],
    "taken, when it is repeated": ["Number the scope: s_{i}", "AUTO_REUSE for s"],
    "taken, in parts": ["Name it d_1", "Reuse the variables"],
    "missing": ["Name it fc1", "AUTO_REUSE", "Let it make new variables"],
    "missing, in a scope": ["AUTO_REUSE for the scope enc", "Let enc make new variables"],
    "missing, in parts": ["AUTO_REUSE for the scope s"],
    "missing, a bias alone": ["Set use_bias=False", "AUTO_REUSE"],
    "missing, without a name": ["Name it dense, to share s/dense", "AUTO_REUSE for the scope s"],
    "missing, an optimizer's slot": [],
    "a scope without a name": ["Open the scope enc again", "Let it make new variables"],
    "shape": ["Set units=3, as the other d has it", "Make its own variables, under the name d_1"],
    "shape, when it is repeated": ["Set units=4", "Number the scope: s_{i}"],
    "type, of an input": ["Give y the type float32", "Take input (row 1) as its input"],
    "type, by hand": ["Ask for no type of its own", "Make its own variables"],
    "rank": ["Put a reshape to [-1, 28, 28, 1] before it", "the shape [?, 28, 28, 1]"],
    "rank, by hand": ["Put a reshape to [-1, 28, 28, 1] before it"],
    "rank, of a pooling by hand": ["Put a reshape to [-1, 2, 2, 1] before it"],
    "rank, too small for a matrix": ["Put a reshape to [-1, 1] before it"],
    "rank, too large": ["Put a reshape to [-1, 64, 3] before it"],
    "size": [],
    "size, by hand": [],
    "size, of channels": [],
    "parts of a whole": ["Take the partitioner of s away"],
    "a whole of parts": ["Reuse the variable in its parts", "Make its own variables"],
    "other parts": ["Cut with the same partitioner as s"],
    "parts, by hand": ["Take the partitioner of d away", "Make its own variables"],
    "not initialized": [],
    "not initialized, of another layer": [],
    "not initialized, a resource": [],
    "no initializer": ["Start it with zeros"],
}


@pytest.mark.parametrize("case", CASES)
def test_the_fixes_that_hold_are_offered(case):
    refused, _, _, layers = CASES[case]
    build = builder(refused)
    fixes = fixes_of_refusal(build(refused), build)
    texts = [found.command.text for found in fixes]
    for words in OFFERED[case]:
        assert any(words in text for text in texts), texts
    assert bool(fixes) == bool(OFFERED[case])
    for found in fixes:
        edited = found.command.edit.apply(refused)
        assert found.command.edit.inverse(refused).apply(edited) == refused
        result = built(edited)
        assert (result.refusal is None) is found.whole
        assert result.refusal is None or result.refusal.origin != layers[0]
        assert found.preview.endswith(".")


def test_a_fix_that_mends_all_stands_before_one_that_does_not():
    refused, *_ = CASES["a scope without a name"]
    build = builder(refused)
    wholes = [found.whole for found in fixes_of_refusal(build(refused), build)]
    assert wholes == sorted(wholes, reverse=True)
    assert False in wholes


def test_the_preview_tells_the_variables_and_who_shares_them():
    nodes = (features(), dense("a", name="d"), dense("b", name="d", inputs=("x",)))
    refused = stack(*nodes, dense("e", name="d"))
    build = builder(refused)
    previews = {
        found.command.text: found.preview for found in fixes_of_refusal(build(refused), build)
    }
    next_one = " What is refused next is d."
    assert previews["Name it d_1"] == f"d_1 then has d_1/kernel, d_1/bias.{next_one}"
    shares = "d then shares d/kernel, d/bias with the other d."
    assert previews["AUTO_REUSE: take what is there, else make it"] == shares + next_one


def test_what_is_tried_draws_nothing_and_leaves_no_trace():
    refused, *_ = CASES["taken"]
    before = BuiltGraph(refused)
    fixes_of_refusal(before.built, builder(refused))
    after = BuiltGraph(refused)
    assert before.graph_def == after.graph_def
    before.close()
    after.close()


@settings(max_examples=15)
@given(clashes())
def test_no_fix_leaves_the_same_refusal(random_stack):
    build = builder(random_stack)
    result = build(random_stack)
    for found in fixes_of_refusal(result, build):
        again = build(found.command.edit.apply(random_stack)).refusal
        assert again is None or again.origin != result.refusal.origin


@settings(max_examples=15)
@given(clashes())
def test_no_fix_leaves_its_hazard(random_stack):
    build = builder(random_stack)
    result = build(random_stack)
    for hazard in hazards(result):
        found = fix_of_hazard(result, hazard, build)
        if found is not None:
            again = build(found.command.edit.apply(random_stack))
            left = {(other.kind, other.node) for other in hazards(again)}
            assert (hazard.kind, hazard.node) not in left


def test_no_fix_of_a_hazard_is_offered_that_is_refused():
    # As a variable scope it would give the variables other names, which the second layer reuses.
    around = scope("s", dense("a", name="d"), kind="name_scope", name="ns")
    surprising = stack(features(), around, dense("b", name="d", reuse=True, inputs=("x",)))
    build = builder(surprising)
    result = build(surprising)
    (found,) = hazards(result)
    assert found.fix is not None
    assert fix_of_hazard(result, found, build) is None
