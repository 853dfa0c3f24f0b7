"""Expressions: what is printed is what is evaluated."""

import ast

from hypothesis import given
from hypothesis import strategies as st

from core.expression import (
    OPERATORS,
    Attribute,
    Call,
    Entries,
    Expression,
    Item,
    Items,
    Lambda,
    Literal,
    Name,
    Operation,
    Part,
    evaluate,
    names,
    replaced,
    source,
)

_NAMES = st.from_regex(r"[a-z]{1,9}", fullmatch=True).map("key_".__add__)
_LITERALS = st.builds(
    Literal,
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=60),
)


def _containers(inner: st.SearchStrategy[Expression]) -> st.SearchStrategy[Expression]:
    entries = st.dictionaries(_NAMES, inner, max_size=4).map(lambda found: tuple(found.items()))
    return (
        st.lists(inner, max_size=4).map(lambda found: Items(tuple(found)))
        | entries.map(Entries)
        | st.builds(
            Call, st.just(Name("ns.collect")), st.lists(inner, max_size=3).map(tuple), entries
        )
    )


class _Namespace:
    @staticmethod
    def collect(*positional, **keywords):
        return [list(positional), keywords]


@given(st.recursive(_LITERALS, _containers, max_leaves=12))
def test_the_printed_text_means_what_is_evaluated(expression):
    text = source(expression, "", "x = ")
    namespace = {"ns": _Namespace}
    exec(text, {"ns": _Namespace, "float": float}, printed := {})
    assert printed["x"] == evaluate(expression, namespace)


@given(st.recursive(_LITERALS, _containers, max_leaves=12))
def test_the_text_stands_in_a_block(expression):
    text = "if True:\n" + source(expression, "    ", "x = ")
    ast.parse(text)


def test_a_long_call_has_one_argument_a_line():
    keywords = tuple((f"argument_{index}", Literal(index)) for index in range(9))
    lines = source(Call(Name("function"), (), keywords), "    ", "y = ").splitlines()
    assert lines[0] == "    y = function("
    assert lines[1] == "        argument_0=0,"
    assert lines[-1] == "    )"


_NUMBERS = st.builds(Literal, st.integers(-5, 5)) | st.builds(Name, st.sampled_from(["a", "b_9"]))


def _operations(inner: st.SearchStrategy[Expression]) -> st.SearchStrategy[Expression]:
    called = st.builds(lambda value: Call(Name("ns.same"), (value,)), inner)
    listed = st.builds(lambda left, right: Items((left, right)), inner, inner)
    return (
        st.builds(Operation, st.sampled_from([*OPERATORS]), inner, inner)
        | called
        | st.builds(Item, listed, st.sampled_from([0, 1, -1]))
        | st.builds(lambda value: Item(Part(value, 1, None), 0), listed)
        | st.builds(lambda value: Attribute(called_of(value), "real"), inner)
        | st.builds(lambda value: Call(Lambda((), value)), inner)
        | st.builds(lambda value: Call(Lambda(("b_9",), value), (Literal(3),)), inner)
    )


def called_of(value: Expression) -> Expression:
    return Call(Name("ns.same"), (value,))


class _Numbers:
    a, b_9 = 7, 2

    @staticmethod
    def same(value):
        return value


@given(st.recursive(_NUMBERS, _operations, max_leaves=25))
def test_operations_and_functions_mean_what_is_evaluated(expression):
    namespace = {"ns": _Numbers, "a": 7, "b_9": 2}
    text = source(expression, "", "x = ")
    try:
        expected = evaluate(expression, namespace)
    except ZeroDivisionError:
        expected = None
    printed = dict(namespace)
    try:
        exec(text, printed)
    except ZeroDivisionError:
        printed["x"] = None
    assert printed["x"] == expected


@given(st.recursive(_NUMBERS, _operations, max_leaves=12))
def test_names_are_found_and_replaced_everywhere(expression):
    assert replaced(expression, {}) == expression
    other = replaced(expression, {"a": Name("c"), "ns.same": Name("d")})
    changed = {"a": "c", "ns.same": "d"}
    assert list(names(other)) == [changed.get(name, name) for name in names(expression)]
