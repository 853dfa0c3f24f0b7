"""Python expressions as values that can be both printed and evaluated.

A plan is made of them, so that the code shown is the code that ran. Nothing is ever compiled from
text: strings of a stack file only become literals.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

_LINE_LENGTH = 88
_INDENT = " " * 4


@dataclass(frozen=True, slots=True)
class Literal:
    """A number, string, boolean or None."""

    value: bool | int | float | str | None


@dataclass(frozen=True, slots=True)
class Name:
    """A dotted name such as ``tf.nn.relu``."""

    path: str


@dataclass(frozen=True, slots=True)
class Items:
    """A list of expressions."""

    items: tuple["Expression", ...]


@dataclass(frozen=True, slots=True)
class Entries:
    """A dict with string keys."""

    entries: tuple[tuple[str, "Expression"], ...]


@dataclass(frozen=True, slots=True)
class Call:
    """A call of a dotted name."""

    function: Name
    positional: tuple["Expression", ...] = ()
    keywords: tuple[tuple[str, "Expression"], ...] = ()


Expression = Literal | Name | Items | Entries | Call


def evaluate(expression: Expression, namespace: Mapping[str, Any]) -> Any:
    """Return the value of an expression, its names looked up in `namespace`."""
    match expression:
        case Literal(value):
            return value
        case Name(path):
            first, *rest = path.split(".")
            value = namespace[first]
            for attribute in rest:
                value = getattr(value, attribute)
            return value
        case Items(items):
            return [evaluate(item, namespace) for item in items]
        case Entries(entries):
            return {key: evaluate(value, namespace) for key, value in entries}
        case Call(function, positional, keywords):
            return evaluate(function, namespace)(
                *(evaluate(argument, namespace) for argument in positional),
                **{key: evaluate(value, namespace) for key, value in keywords},
            )


def source(expression: Expression, indent: str = "", prefix: str = "", suffix: str = "") -> str:
    """Return an expression as Python text, one argument a line where it is too long for one.

    Args:
        expression: What to print.
        indent: The white space before the line it stands on.
        prefix: What stands before it on that line, such as ``x = ``.
        suffix: What stands behind it, such as ``:``.
    """
    line = indent + prefix + _flat(expression) + suffix
    brackets = _brackets(expression)
    if len(line) <= _LINE_LENGTH or brackets is None:
        return line
    opening, printers, closing = brackets
    inner = indent + _INDENT
    body = "\n".join(printer(inner) for printer in printers)
    return f"{indent}{prefix}{opening}\n{body}\n{indent}{closing}{suffix}"


def _flat(expression: Expression) -> str:
    match expression:
        case Literal(value):
            # repr() has no literal for these two; float() reads both.
            infinite = isinstance(value, float) and value - value != 0
            return f'float("{value}")' if infinite else _quoted(value)
        case Name(path):
            return path
        case Items(items):
            return "[" + ", ".join(map(_flat, items)) + "]"
        case Entries(entries):
            return (
                "{" + ", ".join(f"{_quoted(key)}: {_flat(value)}" for key, value in entries) + "}"
            )
        case Call(function, positional, keywords):
            arguments = [
                *map(_flat, positional),
                *(f"{key}={_flat(value)}" for key, value in keywords),
            ]
            return f"{function.path}({', '.join(arguments)})"


def _quoted(value: bool | int | float | str | None) -> str:
    """repr(), with double quotes where a string needs no escapes."""
    text = repr(value)
    plain = isinstance(value, str) and '"' not in value and "\\" not in text and "'" not in value
    return f'"{value}"' if plain else text


_Printer = Callable[[str], str]


def _brackets(expression: Expression) -> tuple[str, list[_Printer], str] | None:
    """Return how an expression opens, a printer for each of its parts, and how it closes."""

    def part(value: Expression, prefix: str = "") -> _Printer:
        return lambda indent: source(value, indent, prefix, ",")

    match expression:
        case Items(items) if items:
            return "[", [part(item) for item in items], "]"
        case Entries(entries) if entries:
            return "{", [part(value, f"{_quoted(key)}: ") for key, value in entries], "}"
        case Call(function, positional, keywords) if positional or keywords:
            printers = [part(argument) for argument in positional]
            printers += [part(value, f"{key}=") for key, value in keywords]
            return f"{function.path}(", printers, ")"
        case _:
            return None
