"""Refusals over values: a variable read before it has one, or that never gets one."""

import re
from collections.abc import Iterator

from core import commands
from core.catalog import KINDS
from core.command import Command
from core.error_words import words
from core.refusals.case import Case, Explanation, fix
from core.stack import Layer

UNINITIALIZED = (
    r"uninitialized value (?P<name>[^\s\"']+)"
    r"|(?:Could not find variable|Error while reading resource variable) (?P<resource>[^\s.]+)"
)
NO_INITIALIZER = (
    r"An initializer for variable (?P<name>\S+) of <dtype: '(?P<type>\w+)'> is required"
)


def uninitialized(case: Case) -> Explanation:
    """A variable was read while nothing had been put into it."""
    name = case.found["name"] or case.found["resource"]
    maker = case.maker(name)
    made = "" if maker in {None, case.node.id} else f", which {case.called(str(maker))} makes,"
    first = (
        f"{case.label} read {name}{made} in a session, but nobody had run its initializer there."
    )
    second = (
        "While a graph is built its variables have no values: each session has its own, from the "
        "moment that it runs the initializers."
    )
    layers = tuple(dict.fromkeys((case.node.id, *([maker] if maker else []))))
    return Explanation((first, second), layers)


def why_not_drawn(message: str) -> str:
    """Return why the initial values of a graph were not drawn, and what to do about it."""
    text = f"The initial values were not drawn: {words(message)}"
    found = re.search(UNINITIALIZED, message)
    if found is None:
        return text
    name = found["name"] or found["resource"]
    return (
        f"{text}\nAn initializer reads {name} before that has a value. It can read its "
        "initialized_value() instead."
    )


def no_initializer(case: Case) -> Explanation:
    """TensorFlow has no default initializer for a type."""
    name, dtype = case.found["name"], case.found["type"]
    first = f"{case.label} asked for {name} of type {dtype} and said nothing of its initial value."
    second = (
        "The default initializer, glorot uniform, is for real numbers, and for whole numbers and "
        "booleans TensorFlow takes zeros; for any other type one has to be named."
    )
    return Explanation((first, second), (case.node.id,), tuple(_for_no_initializer(case, name)))


def _for_no_initializer(case: Case, name: str) -> Iterator[Command]:
    role = name.rpartition("/")[2]
    node = case.node
    if isinstance(node, Layer):
        known = {argument.name for argument in KINDS[node.kind].function.arguments}
        for argument in (f"{role}_initializer", "initializer"):
            if argument in known:
                for kind in ("zeros", "ones"):
                    changed = commands.set_argument(case.stack, (node.id,), argument, kind)
                    yield from fix(changed, f"Start it with {kind}")
