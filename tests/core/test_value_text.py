"""Values as they are typed."""

import pytest

from core.arguments import (
    Boolean,
    Integer,
    OneOf,
    Optional,
    Real,
    Sequence,
    Text,
    ValueRefusedError,
)
from core.value_text import text_of, value_of

SHAPE = Optional(Sequence(Optional(Integer(0))))
SIZES = OneOf((Integer(1), Sequence(Integer(1), 2)))
AXES = OneOf((Integer(), Sequence(Integer())))


@pytest.mark.parametrize(
    ("text", "kind", "value", "written"),
    [
        ("3", Integer(), 3, "3"),
        (" -3 ", Integer(), -3, "-3"),
        ("1e-3", Real(), 0.001, "0.001"),
        ("3", Real(), 3.0, "3.0"),
        ("none", Optional(Integer()), None, ""),
        ("", Optional(Real()), None, ""),
        ("weights", Text(), "weights", "weights"),
        ("none", Optional(Text()), "none", "none"),
        ("?, 28, 28, 1", SHAPE, (None, 28, 28, 1), "?, 28, 28, 1"),
        ("[None, 28]", SHAPE, (None, 28), "?, 28"),
        ("(null, 28,)", SHAPE, (None, 28), "?, 28"),
        ("7", SHAPE, (7,), "7"),
        ("()", SHAPE, (), "()"),
        ("", SHAPE, None, ""),
        ("3", SIZES, 3, "3"),
        ("3,5", SIZES, (3, 5), "3, 5"),
        ("(1,)", AXES, (1,), "(1,)"),
        ("-1", AXES, -1, "-1"),
        ("a, b", Optional(Sequence(Text())), ("a", "b"), "a, b"),
        ("true", Boolean(), True, "true"),
    ],
)
def test_a_text_is_read_and_written(text, kind, value, written):
    found = value_of(text, kind)
    assert found == value
    assert type(found) is type(value)
    assert text_of(value, kind) == written
    assert value_of(written, kind) == value


@pytest.mark.parametrize(
    ("text", "kind", "sentence"),
    [
        ("x", Integer(), 'must be a whole number, not "x"'),
        ("2.5", Integer(), 'must be a whole number, not "2.5"'),
        ("9" * 5000, Integer(), "must be a whole number"),
        ("0", Integer(1), "must be at least 1, not 0"),
        ("0,5", Real(), 'must be a number, not "0,5"'),
        ("1e999", Real(), "must be a finite number"),
        ("", Text(), "must be a text"),
        ("3, 3, 3", SIZES, "must have 2 items, not 3"),
        ("3, x", SIZES, 'must be a whole number, not "x"'),
        ("3,,3", SHAPE, "must be a whole number"),
        ("{", Boolean(), "must be JSON"),
    ],
)
def test_a_text_that_is_no_value_is_refused_with_the_reason(text, kind, sentence):
    with pytest.raises(ValueRefusedError) as refused:
        value_of(text, kind)
    assert refused.value.sentence.startswith(sentence)
