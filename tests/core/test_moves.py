"""Moves by one step: where they lead, and where they lead nowhere."""

import pytest

from core import moves
from core.stack import Layer, Place, Scope, Stack


def flatten(name):
    return Layer(name, "flatten", name, "layers")


STACK = Stack(
    nodes=(
        flatten("a"),
        Scope("s", "s", nodes=(flatten("b"), flatten("c"))),
        flatten("d"),
        flatten("e"),
    )
)


@pytest.mark.parametrize(
    ("move", "ids", "place"),
    [
        (moves.up, "d", Place(None, 1)),
        (moves.up, "a e", Place(None, 0)),
        (moves.up, "c", Place("s", 0)),
        (moves.up, "a s", None),
        (moves.down, "a", Place(None, 2)),
        (moves.down, "b", Place("s", 2)),
        (moves.down, "a d", Place(None, 4)),
        (moves.down, "d e", None),
        (moves.into_scope, "d e", Place("s", 2)),
        (moves.into_scope, "e", None),
        (moves.into_scope, "a", None),
        (moves.out_of_scope, "b", Place(None, 2)),
        (moves.out_of_scope, "a", None),
        (moves.up, "c d", None),
        (moves.down, "a b", None),
        (moves.out_of_scope, "", None),
    ],
)
def test_where_a_step_leads(move, ids, place):
    assert move(STACK, ids.split()) == place
