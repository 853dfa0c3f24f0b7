"""The tree of variables: nesting by scope, sums, search, and what stands for what."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.variable_tree import (
    TOP,
    Sums,
    VariableTree,
    between,
    covering,
    filtered,
    runs,
    variable_tree,
)
from tests import builts
from tests.builts import variable


def tree_of(*names: str) -> VariableTree:
    return variable_tree([variable(name) for name in names])


def nested(tree: VariableTree, node: int = TOP) -> list:
    """Return what is in a scope as nested lists: [name, [what is in it]] or a name."""
    return [
        tree.name(child)
        if tree.variables[child] is not None
        else [tree.name(child), nested(tree, child)]
        for child in tree.children(node)
    ]


def test_scopes_nest_in_the_order_of_creation():
    tree = tree_of("a/k", "b/c/k", "v", "a/d/k", "b/m")
    assert nested(tree) == [["a", ["k", ["d", ["k"]]]], ["b", [["c", ["k"]], "m"]], "v"]


def test_no_variables_give_an_empty_tree():
    assert nested(tree_of()) == []
    assert len(tree_of()) == 0


def test_a_variable_and_a_scope_of_one_name_are_two_rows():
    tree = tree_of("a", "a/b")
    assert nested(tree) == ["a", ["a", ["b"]]]
    assert tree.keys == ("a", "a/", "a/b")


def test_scopes_carry_the_sums_of_all_below_them():
    tree = variable_tree(
        [
            variable("s/a", shape=(10, 20), itemsize=2),
            variable("s/t/b", shape=()),
            variable("s/t/empty", shape=(0, 5)),
            variable("c", shape=(10**12, 10**12), itemsize=8),
        ]
    )
    sums = {key: tree.sums(node) for key, node in tree.numbers.items()}
    assert sums["s/"] == Sums(3, 201, 404)
    assert sums["s/t/"] == Sums(2, 1, 4)
    assert sums["s/a"] == Sums(1, 200, 400)
    assert sums["c"] == Sums(1, 10**24, 8 * 10**24)


def test_the_sums_of_many_are_those_of_few(monkeypatch):
    names = [f"a/{number % 3}/{number}" for number in range(40)]
    tree = tree_of(*names)
    few = [tree.sums(node) for node in range(len(tree))]
    monkeypatch.setattr("core.variable_tree._SUMMED_AT_ONCE", 0)
    assert [tree_of(*names).sums(node) for node in range(len(tree))] == few


def test_a_name_with_more_scopes_than_python_has_frames():
    name = "/".join(["s"] * 5000)
    tree = tree_of(name)
    assert len(tree) == 5000
    assert tree.keys[-1] == name


@given(builts.variables)
def test_every_node_is_where_its_name_says(variables):
    tree = variable_tree(variables)
    assert sorted(found.name for found in tree.variables if found) == sorted(
        found.name for found in variables
    )
    seen = []

    def visit(node: int) -> None:
        for row, child in enumerate(tree.children(node)):
            seen.append(child)
            assert tree.parents[child] == node
            assert tree.row(child) == row
            around = "" if node == TOP else tree.keys[node]
            assert tree.keys[child].removesuffix("/") == around + tree.name(child)
            visit(child)

    visit(TOP)
    assert seen == list(range(len(tree)))


@given(builts.variables, st.sampled_from(["a", "KERN", "/k", "a/b", "nothing", "_1", ""]))
def test_a_search_keeps_what_a_tree_of_the_found_would_hold(variables, text):
    tree = filtered(variable_tree(variables), text).tree
    found = [each for each in variables if text.lower() in each.name.lower()]
    order = [each for each in variable_tree(variables).variables if each in found]
    expected = variable_tree(order)
    assert tree.keys == expected.keys
    assert tree.parents == expected.parents
    assert tree.ends == expected.ends
    assert [tree.sums(node) for node in range(len(tree))] == [
        expected.sums(node) for node in range(len(expected))
    ]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("CONV", ["conv1/kernel", "conv1/bias", "Conv2/kernel"]),
        ("1/k", ["conv1/kernel"]),
        ("  dense ", ["dense/kernel"]),
        ("/^conv[12]/", ["conv1/kernel", "conv1/bias", "Conv2/kernel"]),
        ("/kernel$/", ["conv1/kernel", "Conv2/kernel", "dense/kernel"]),
        ("/", ["conv1/kernel", "conv1/bias", "Conv2/kernel", "dense/kernel"]),
        ("//", []),
        ("kernel.", []),
    ],
)
def test_what_a_search_finds(text, found):
    tree = tree_of("conv1/kernel", "conv1/bias", "Conv2/kernel", "dense/kernel")
    result = filtered(tree, text)
    assert [each.name for each in result.tree.variables if each] == found
    assert result.problem is None


def test_a_bad_regular_expression_is_told_and_hides_nothing():
    tree = tree_of("a/k", "b")
    result = filtered(tree, "/conv[/")
    assert "unterminated character set" in str(result.problem)
    assert result.tree is tree


def test_a_search_that_finds_all_gives_the_same_tree():
    tree = tree_of("a/k", "b/k")
    assert filtered(tree, "k").tree is tree


@given(builts.variables, st.data())
def test_covering_nodes_stand_for_the_same_variables(variables, data):
    tree = variable_tree(variables)
    chosen = (
        data.draw(st.lists(st.sampled_from(range(len(tree))), unique=True)) if len(tree) else []
    )
    chosen.sort()
    cover = covering(tree, chosen)
    assert names(tree, cover) == names(tree, chosen)
    assert sum(len(tree.below(node)) for node in cover) == len(names(tree, chosen))
    assert len(cover) <= max(1, len(names(tree, chosen)))


@given(builts.variables, st.data())
def test_the_largest_nodes_between_two_places_hold_all_between(variables, data):
    tree = variable_tree(variables)
    first = data.draw(st.integers(0, len(tree)))
    end = data.draw(st.integers(first, len(tree)))
    found = list(between(tree, first, end))
    assert names(tree, found) == {
        each.name for each in tree.variables[first:end] if each is not None
    }


@given(builts.variables, st.data())
def test_runs_are_neighbours_in_one_scope(variables, data):
    tree = variable_tree(variables)
    chosen = sorted(data.draw(some_nodes(tree)))
    found = []
    for first, last in runs(tree, chosen):
        assert tree.parents[first] == tree.parents[last]
        siblings = tree.children(tree.parents[first])
        found += siblings[tree.row(first) : tree.row(last) + 1]
    assert sorted(found) == chosen


def some_nodes(tree: VariableTree) -> st.SearchStrategy[set[int]]:
    return st.sets(st.sampled_from(range(len(tree)))) if len(tree) else st.just(set())


def names(tree: VariableTree, nodes: list[int]) -> set[str]:
    return {found.name for node in nodes for found in tree.below(node)}
