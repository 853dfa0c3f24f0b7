"""Nodes of a stack, found by their ids."""

import pytest

from tests.stacks import dense, features, scope, stack

_STACK = stack(features(), scope("s", dense("a"), dense("b")), dense("c"))


@pytest.mark.parametrize(
    ("ids", "found"),
    [
        ((), []),
        (("b",), ["b"]),
        (("c", "s", "a"), ["s", "a", "c"]),
        (("gone",), []),
        (("c", "gone", "b"), ["b", "c"]),
        (("b", "b"), ["b"]),
    ],
)
def test_nodes_come_in_reading_order_and_those_that_are_gone_do_not(ids, found):
    assert [node.id for node in _STACK.in_order(ids)] == found


def test_a_node_that_is_not_there_is_not_found():
    assert _STACK.find("gone") is None
    assert _STACK.find("b") is _STACK.node("b")
