"""Values that are read one after the other, and fetched together."""

import numpy as np
import pytest

from core.variable_values import PORTION, VariableValues
from tests.builts import variable

_FLOAT = 4


class _Session:
    """Gives each variable values of its own, and keeps what was fetched together."""

    def __init__(self):
        self.runs = []

    def __call__(self, names):
        self.runs.append(list(names))
        return [np.full(3, float(name)) for name in names]


@pytest.fixture
def session():
    return _Session()


def _values(session, *sizes):
    """Return values of variables named by their numbers, of sizes in bytes."""
    shapes = [(size // _FLOAT,) for size in sizes]
    variables = [variable(str(number), shape=shape) for number, shape in enumerate(shapes)]
    return VariableValues(variables, session)


def test_small_variables_are_fetched_together(session):
    values = _values(session, *[400] * 1000)
    assert [values.of(str(number))[0] for number in range(1000)] == list(range(1000))
    assert len(session.runs) == 1


def test_what_is_fetched_together_has_a_limit(session):
    half = PORTION // 2
    values = _values(session, half, half, half, 5 * PORTION, 0, _FLOAT)
    for number in range(6):
        assert values.of(str(number))[0] == number
    assert session.runs == [["0", "1"], ["2"], ["3"], ["4", "5"]]


def test_nothing_is_fetched_before_it_is_read(session):
    values = _values(session, PORTION, PORTION)
    assert not session.runs
    values.of("1")
    assert session.runs == [["1"]]


def test_values_can_be_read_again_and_in_any_order(session):
    values = _values(session, PORTION, _FLOAT, _FLOAT)
    read = [2, 0, 1, 1, 2]
    assert [values.of(str(number))[0] for number in read] == read


def test_a_variable_that_is_not_among_them_is_an_error(session):
    with pytest.raises(KeyError):
        _values(session, _FLOAT).of("other")
