"""Edits: each does what it says, and its inverse gives the stack back."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.edits import Batch, Configure, Insert, Move, Remove, Replace, steps
from core.stack import Layer, Place, Scope, Stack
from tests.random_stacks import places, stacks

A, B, C, D = (Layer(name, "flatten", name) for name in "abcd")
STACK = Stack(nodes=(A, Scope("s", "s", nodes=(B, C)), D))


def order(stack: Stack) -> list[str]:
    return [node.id for node in stack.walk()]


def test_insert_puts_nodes_before_the_place():
    new = Layer("new", "flatten")
    assert order(Insert(Place("s", 1), (new,)).apply(STACK)) == ["a", "s", "b", "new", "c", "d"]


def test_remove_takes_what_is_inside_along():
    assert order(Remove(Place(None, 0), 2).apply(STACK)) == ["d"]


@pytest.mark.parametrize(
    ("place", "target", "count", "expected"),
    [
        (Place(None, 0), Place(None, 2), 1, "s b c a d"),
        (Place(None, 2), Place(None, 0), 1, "d a s b c"),
        (Place(None, 0), Place("s", 1), 1, "s b a c d"),
        (Place("s", 0), Place(None, 3), 2, "a s d b c"),
        (Place(None, 0), Place(None, 1), 2, "a s b c d"),
        (Place(None, 0), Place(None, 3), 2, "d a s b c"),
    ],
)
def test_move_counts_the_target_before_the_nodes_are_taken_away(place, target, count, expected):
    assert order(Move(place, target, count).apply(STACK)) == expected.split()


def test_a_scope_is_not_moved_into_itself():
    with pytest.raises(KeyError):
        Move(Place(None, 1), Place("s", 0)).apply(STACK)


def test_replace_keeps_what_is_in_a_scope_whatever_the_order_of_the_nodes():
    edit = Replace((replace(B, name="new"), Scope("s", "head")))
    changed = edit.apply(STACK)
    assert [node.name for node in changed.walk()] == ["a", "head", "new", "c", "d"]
    assert edit.inverse(STACK).apply(changed) == STACK


def test_replace_of_a_node_that_is_not_there_raises():
    with pytest.raises(KeyError):
        Replace((Layer("other", "flatten"),)).apply(STACK)


def test_configure_changes_the_stack_alone():
    changed = Configure({"name": "towers", "seed": 7, "device": "/device:CPU:0"}).apply(STACK)
    assert (changed.name, changed.seed, changed.device) == ("towers", 7, "/device:CPU:0")
    assert changed.nodes == STACK.nodes


def test_steps_of_nested_batches_come_in_order():
    first, second, third = (Configure({"name": name}) for name in "abc")
    assert list(steps(Batch((first, Batch((second, third)))))) == [first, second, third]


@st.composite
def edits(draw, stack):
    place = draw(places(stack))
    inside = len(stack.children(place.scope)) - place.index
    count = draw(st.integers(1, inside)) if inside else 0
    kind = draw(st.sampled_from(["insert", "remove", "move", "replace"]))
    if kind == "insert" or not count:
        size = draw(st.integers(1, 3))
        return Insert(place, tuple(Layer(f"new{draw(st.uuids())}", "flatten") for _ in range(size)))
    nodes = Remove(place, count).nodes(stack)
    if kind == "remove":
        return Remove(place, count)
    if kind == "replace":
        return Replace(tuple(replace(node, name="other") for node in nodes))
    target = draw(places(stack))
    try:
        Move(place, target, count).apply(stack)
    except KeyError:
        return Remove(place, count)
    return Move(place, target, count)


@given(st.data())
def test_the_inverse_of_any_batch_gives_the_stack_back(data):
    stack = data.draw(stacks())
    current, done = stack, []
    for _ in range(data.draw(st.integers(1, 5))):
        edit = data.draw(edits(current))
        done.append(edit)
        current = edit.apply(current)
    batch = Batch(tuple(done))
    assert batch.apply(stack) == current
    inverse = batch.inverse(stack)
    assert inverse.apply(current) == stack
    assert inverse.inverse(current).apply(stack) == current
