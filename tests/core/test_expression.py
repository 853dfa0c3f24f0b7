"""Expressions: what is printed is what is evaluated."""

import ast

from hypothesis import given
from hypothesis import strategies as st

from core.expression import Call, Entries, Expression, Items, Literal, Name, evaluate, source

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
