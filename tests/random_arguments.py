"""Random arguments, by what the catalog says of them."""

from typing import Any

from hypothesis import strategies as st

from core.arguments import (
    Boolean,
    Choice,
    Chosen,
    Function,
    Integer,
    OneOf,
    Optional,
    Real,
    Record,
    Sequence,
    Text,
)
from core.custom_code import Code

_MOST = 3
_CODE = """\
def custom(x, *more):
    y = get_variable("y", [], initializer=tf.initializers.ones())
    return x * y
"""


def arguments(function: Function, **fixed: Any) -> st.SearchStrategy[dict[str, Any]]:
    """Some of the arguments of a function; `fixed` ones as they are."""
    free = [found for found in function.arguments if found.name not in fixed]
    required = {found.name: values(found.type) for found in free if found.required}
    rest = {found.name: values(found.type) for found in free if not found.required}
    few = st.lists(st.sampled_from(sorted(rest)), max_size=4, unique=True) if rest else st.just([])
    return few.flatmap(
        lambda names: st.fixed_dictionaries(
            required
            | {name: rest[name] for name in names}
            | {name: st.just(value) for name, value in fixed.items()}
        )
    )


def values(of: Any) -> st.SearchStrategy[Any]:
    """Values that an argument's type takes."""
    match of:
        case Boolean():
            return st.booleans()
        case Integer(minimum, maximum):
            least = -2 if minimum is None else max(minimum, -2)
            return st.integers(least, min(maximum or least + _MOST, least + _MOST))
        case Real(minimum, maximum):
            least = -1.0 if minimum is None else minimum
            return st.sampled_from([least, min(maximum or 0.3, 0.3), min(maximum or 0.999, 0.999)])
        case Text():
            return st.sampled_from(["weights", "w/x", "b"])
        case Choice(options):
            return st.sampled_from(options)
        case Sequence(item, length):
            fewest, most = (length, length) if length else (int(not of.empty), 2)
            found = st.lists(values(item), min_size=fewest, max_size=most, unique=of.distinct)
            return found.map(tuple)
        case Optional(item):
            return st.none() | values(item)
        case OneOf(options):
            return st.one_of(*map(values, options))
        case Chosen(table):
            return st.sampled_from(sorted(table)).flatmap(
                lambda kind: arguments(table[kind]).map(lambda found: {"kind": kind, **found})
            )
        case Record(function):
            return arguments(function)
        case Code():
            return st.just(_CODE)
    raise AssertionError(of)
