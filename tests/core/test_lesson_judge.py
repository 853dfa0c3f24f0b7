"""What is said before a build, judged by what was built."""

from dataclasses import replace

import pytest

from core.built import Refusal
from core.lesson import Asks, Lesson
from core.lesson_judge import BUILDS, Mark, judge, names_in, refusal_options
from core.stack import Stack
from tests.builts import built, variable
from tests.stacks import dense, features, scope, stack

STACK = stack(features("x", name="x"), dense("a", name="fc"), scope("s", dense("b")))
BUILT = built(STACK, (variable("fc/kernel", "a"), variable("fc/bias", "a", shape=(3,))))
REFUSED = replace(BUILT, refusal=Refusal("b", "already exists", "ValueError"))


def _judged(asks: Asks, said, result=BUILT, **fields):
    verdict = judge(Lesson(asks=asks, **fields), said, result)
    return verdict.right, [(point.mark.value, point.text) for point in verdict.points]


@pytest.mark.parametrize(
    ("typed", "names"),
    [
        ("", ()),
        ("fc/kernel", ("fc/kernel",)),
        (" fc/kernel:0\n\n fc/bias, d/bias\tfc/kernel\n", ("fc/kernel", "fc/bias", "d/bias")),
    ],
)
def test_names_are_read_as_people_type_them(typed, names):
    assert names_in(typed) == names


def test_names_are_right_missing_or_not_there():
    said = ("fc/bias", "fc/weights")
    assert _judged(Asks.NAMES, said) == (
        False,
        [("missing", "fc/kernel"), ("right", "fc/bias"), ("wrong", "fc/weights")],
    )
    right, points = _judged(Asks.NAMES, ("fc/bias", "fc/kernel"))
    assert right
    assert {mark for mark, _ in points} == {"right"}


def test_names_differ_by_case():
    assert _judged(Asks.NAMES, ("FC/kernel", "fc/bias"))[0] is False


def test_who_says_nothing_is_shown_what_was_built():
    assert _judged(Asks.NAMES, None) == (None, [("plain", "fc/kernel"), ("plain", "fc/bias")])
    assert _judged(Asks.VARIABLES, None) == (None, [("plain", "2 variables")])
    assert _judged(Asks.REFUSAL, None) == (None, [("plain", "All of it is built")])
    assert _judged(Asks.CHOICE, None, choices=("a", "b"), right=1) == (
        None,
        [("plain", "a"), ("right", "b")],
    )


def test_no_names_at_all_can_be_the_answer():
    nothing = built(Stack(), ())
    assert _judged(Asks.NAMES, (), nothing) == (True, [])
    assert _judged(Asks.NAMES, ())[0] is False


@pytest.mark.parametrize(("asks", "count"), [(Asks.VARIABLES, 2), (Asks.PARAMETERS, 9)])
def test_a_number_is_that_of_the_build(asks, count):
    right, points = _judged(asks, count)
    assert right
    assert points == [("right", f"{count} {asks.value}")]
    right, points = _judged(asks, 2000)
    assert not right
    assert points == [("missing", f"{count} {asks.value}"), ("wrong", "2,000")]


def test_one_variable_is_not_variables():
    one = built(STACK, (variable("fc/kernel", "a"),))
    assert _judged(Asks.VARIABLES, 1, one)[1] == [("right", "1 variable")]


def test_a_refusal_is_at_a_node_or_nowhere():
    assert _judged(Asks.REFUSAL, BUILDS)[0] is True
    assert _judged(Asks.REFUSAL, "b")[0] is False
    assert _judged(Asks.REFUSAL, "b", REFUSED) == (
        True,
        [("right", "TensorFlow refuses 4. s/dense (unnamed)")],
    )
    right, points = _judged(Asks.REFUSAL, "a", REFUSED)
    assert not right
    assert points[1] == ("wrong", "2. fc (dense)")
    assert _judged(Asks.REFUSAL, BUILDS, REFUSED)[1][1][1].startswith("none")


def test_each_node_can_be_told_from_the_others():
    twice = stack(features("x"), dense("a", name="fc"), dense("b", name="fc"))
    options = refusal_options(twice)
    assert [node_id for node_id, _ in options] == [BUILDS, "x", "a", "b"]
    assert len({label for _, label in options}) == 4


def test_a_choice_is_judged_by_the_lesson():
    fields = {"choices": ("a", "b", "c"), "right": 1}
    assert _judged(Asks.CHOICE, 1, **fields)[0] is True
    assert _judged(Asks.CHOICE, 2, **fields) == (
        False,
        [("plain", "a"), ("right", "b"), ("wrong", "c")],
    )


def test_an_unexpected_refusal_is_told_beside_the_names():
    right, points = _judged(Asks.NAMES, ("fc/kernel", "fc/bias"), REFUSED)
    assert right
    assert points[-1] == (Mark.PLAIN, "TensorFlow refuses 4. s/dense (unnamed)")
