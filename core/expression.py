"""Python expressions as values that can be both printed and evaluated.

A plan is made of them, so that the code shown is the code that ran. Nothing is ever compiled from
text: strings of a stack file only become literals.
"""

import operator
from collections import ChainMap
from collections.abc import Callable, Iterator, Mapping
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
    """A call, mostly of a dotted name."""

    function: "Expression"
    positional: tuple["Expression", ...] = ()
    keywords: tuple[tuple[str, "Expression"], ...] = ()

    @property
    def path(self) -> str:
        """The dotted name that is called, empty where it is another expression."""
        return self.function.path if isinstance(self.function, Name) else ""


@dataclass(frozen=True, slots=True)
class Operation:
    """Two operands and an operator of `OPERATORS` between them."""

    operator: str
    left: "Expression"
    right: "Expression"


@dataclass(frozen=True, slots=True)
class Attribute:
    """An attribute of a value."""

    value: "Expression"
    name: str


@dataclass(frozen=True, slots=True)
class Part:
    """A part of a value from `start` to before `stop`, as in ``shape[1:]``."""

    value: "Expression"
    start: int | None
    stop: int | None


@dataclass(frozen=True, slots=True)
class Item:
    """One item of a value, as in ``shape[0]``."""

    value: "Expression"
    index: int


@dataclass(frozen=True, slots=True)
class Lambda:
    """A function without a name."""

    parameters: tuple[str, ...]
    body: "Expression"


Expression = Literal | Name | Items | Entries | Call | Operation | Attribute | Part | Item | Lambda

OPERATORS: Mapping[str, Callable[[Any, Any], Any]] = {
    "+": operator.add,
    "-": operator.sub,
    "*": operator.mul,
    "/": operator.truediv,
}
_SUMS = ("+", "-")


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
        case Operation(sign, left, right):
            return OPERATORS[sign](evaluate(left, namespace), evaluate(right, namespace))
        case Attribute(value, name):
            return getattr(evaluate(value, namespace), name)
        case Part(value, start, stop):
            return evaluate(value, namespace)[start:stop]
        case Item(value, index):
            return evaluate(value, namespace)[index]
        case Lambda(parameters, body):
            return function_of(parameters, lambda inner: evaluate(body, inner), namespace)


def function_of(
    parameters: tuple[str, ...],
    body: Callable[[ChainMap[str, Any]], Any],
    namespace: Mapping[str, Any],
) -> Callable[..., Any]:
    """Return a Python function: its body is given a namespace with the arguments in it."""

    def function(*positional: Any, **keywords: Any) -> Any:
        given = dict(zip(parameters, positional, strict=False)) | keywords
        return body(ChainMap(given, dict(namespace)))

    return function


def inner(expression: Expression) -> tuple[Expression, ...]:
    """Return the expressions that one consists of, in the order in which Python evaluates them."""
    match expression:
        case Items(items):
            return items
        case Entries(entries):
            return tuple(value for _, value in entries)
        case Call(function, positional, keywords):
            return (function, *positional, *(value for _, value in keywords))
        case Operation(_, left, right):
            return left, right
        case Attribute(value) | Part(value) | Item(value):
            return (value,)
        case Lambda(_, body):
            return (body,)
        case _:
            return ()


def names(expression: Expression) -> Iterator[str]:
    """Yield the dotted names in an expression, in the order in which Python evaluates them."""
    if isinstance(expression, Name):
        yield expression.path
    for part in inner(expression):
        yield from names(part)


def replaced(expression: Expression, names: Mapping[str, Expression]) -> Expression:
    """Return an expression with other expressions in the place of names."""

    def again(part: Expression) -> Expression:
        return replaced(part, names)

    match expression:
        case Name(path):
            return names.get(path, expression)
        case Items(items):
            return Items(tuple(map(again, items)))
        case Entries(entries):
            return Entries(tuple((key, again(value)) for key, value in entries))
        case Call(function, positional, keywords):
            return Call(
                again(function),
                tuple(map(again, positional)),
                tuple((key, again(value)) for key, value in keywords),
            )
        case Operation(sign, left, right):
            return Operation(sign, again(left), again(right))
        case Attribute(value, name):
            return Attribute(again(value), name)
        case Part(value, start, stop):
            return Part(again(value), start, stop)
        case Item(value, index):
            return Item(again(value), index)
        case Lambda(parameters, body):
            return Lambda(parameters, again(body))
        case _:
            return expression


def source(expression: Expression, indent: str = "", prefix: str = "", suffix: str = "") -> str:
    """Return an expression as Python text, one argument a line where it is too long for one.

    Args:
        expression: What to print.
        indent: The white space before the line it stands on.
        prefix: What stands before it on that line, such as ``x = ``.
        suffix: What stands behind it, such as ``:``.
    """
    line = indent + prefix + one_line(expression) + suffix
    brackets = _brackets(expression)
    if len(line) <= _LINE_LENGTH or brackets is None:
        return line
    opening, printers, closing = brackets
    inner = indent + _INDENT
    body = "\n".join(printer(inner) for printer in printers)
    return f"{indent}{prefix}{opening}\n{body}\n{indent}{closing}{suffix}"


def one_line(expression: Expression) -> str:
    """Return an expression as Python text in one line, however long."""
    match expression:
        case Literal(value):
            # repr() has no literal for these two; float() reads both.
            infinite = isinstance(value, float) and value - value != 0
            return f'float("{value}")' if infinite else _quoted(value)
        case Name(path):
            return path
        case Items(items):
            return "[" + ", ".join(map(one_line, items)) + "]"
        case Entries(entries):
            written = (f"{_quoted(key)}: {one_line(value)}" for key, value in entries)
            return "{" + ", ".join(written) + "}"
        case Call(function, positional, keywords):
            arguments = [
                *map(one_line, positional),
                *(f"{key}={one_line(value)}" for key, value in keywords),
            ]
            return f"{_called(function)}({', '.join(arguments)})"
        case Operation(sign, left, right):
            return f"{_operand(left, sign)} {sign} {_operand(right, sign, behind=True)}"
        case Attribute(value) | Part(value) | Item(value):
            return _called(value) + _access(expression)
        case Lambda(_, body):
            return _head(expression) + one_line(body)


def _called(expression: Expression) -> str:
    """Return what is called, or has an attribute, as Python text."""
    text = one_line(expression)
    return f"({text})" if isinstance(expression, Operation | Lambda | Literal) else text


def _access(expression: Attribute | Part | Item) -> str:
    """Return what stands behind a value to get an attribute, a part or an item of it."""
    match expression:
        case Attribute(_, name):
            return f".{name}"
        case Part(_, start, stop):
            return f"[{'' if start is None else start}:{'' if stop is None else stop}]"
        case Item(_, index):
            return f"[{index}]"


def _operand(expression: Expression, sign: str, *, behind: bool = False) -> str:
    text = one_line(expression)
    match expression:
        case Lambda():
            return f"({text})"
        case Operation(other) if behind or (other in _SUMS and sign not in _SUMS):
            return f"({text})"
    return text


def _head(function: Lambda) -> str:
    parameters = ", ".join(function.parameters)
    return f"lambda {parameters}: " if parameters else "lambda: "


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
            return f"{_called(function)}(", printers, ")"
        case Operation(sign, left, right):
            operand = _operand(right, sign, behind=True)
            lines = _operand(left, sign), f"{sign} {operand}"
            return "(", [_line(line) for line in lines], ")"
        case Attribute(value) | Part(value) | Item(value) if isinstance(value, Call):
            return _around(value, "", _access(expression))
        case Lambda(_, body):
            return _around(body, _head(expression), "")
        case _:
            return None


def _around(
    expression: Expression, before: str, behind: str
) -> tuple[str, list[_Printer], str] | None:
    """Return the brackets of an expression with more text before and behind them."""
    brackets = _brackets(expression)
    if brackets is None:
        return None
    opening, printers, closing = brackets
    return before + opening, printers, closing + behind


def _line(text: str) -> _Printer:
    return lambda indent: indent + text
