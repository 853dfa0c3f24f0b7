"""What an argument may be: its type, default and help, checked without TensorFlow."""

import json
import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Protocol

from core.expression import Call, Entries, Expression, Items, Literal, Name
from core.stack import Value


class ValueRefusedError(ValueError):
    """A value that its argument can't take; `place` is the path to it, empty for itself."""

    def __init__(self, sentence: str, place: str = "") -> None:
        super().__init__(sentence)
        self.sentence = sentence
        self.place = place


class ValueType(Protocol):
    """What values an argument takes and how they are written in Python."""

    def check(self, value: Value) -> None:
        """Raise ValueRefusedError unless `value` is one of this type."""

    def expression(self, value: Value) -> Expression:
        """Return a checked value as the expression that stands in a call."""


def show(value: object) -> str:
    """Return a value as a message quotes it: as in the stack file, cut when long."""
    match value:
        case None:
            text = "null"
        case bool():
            text = str(value).lower()
        case str():
            text = f'"{printable(value)}"'
        case tuple() | list():
            text = "[" + ", ".join(map(show, value)) + "]"
        case Mapping():
            text = (
                "{" + ", ".join(f"{show(key)}: {show(item)}" for key, item in value.items()) + "}"
            )
        case _:
            text = str(value)
    return text if len(text) <= 60 else text[:57] + "..."


def printable(text: str) -> str:
    """Return a text with escapes for what would break the line, or the terminal, it stands in."""
    return text if text.isprintable() else json.dumps(text)[1:-1]


@dataclass(frozen=True, slots=True)
class Boolean:
    """True or false."""

    def check(self, value: Value) -> None:
        """Raise ValueRefusedError unless `value` is a boolean."""
        if not isinstance(value, bool):
            raise ValueRefusedError(f"must be true or false, not {show(value)}")

    def expression(self, value: Value) -> Expression:
        """Return the boolean."""
        return _literal(value)


@dataclass(frozen=True, slots=True)
class Integer:
    """A whole number from `minimum` to `maximum`."""

    minimum: int | None = None
    maximum: int | None = None

    def check(self, value: Value) -> None:
        """Raise ValueRefusedError unless `value` is such a number."""
        if isinstance(value, bool) or not isinstance(value, int):
            raise ValueRefusedError(f"must be a whole number, not {show(value)}")
        _check_range(value, self.minimum, self.maximum)

    def expression(self, value: Value) -> Expression:
        """Return the number."""
        return _literal(value)


@dataclass(frozen=True, slots=True)
class Real:
    """A finite number from `minimum` to `maximum`, and below `limit`."""

    minimum: float | None = None
    maximum: float | None = None
    limit: float | None = None

    def check(self, value: Value) -> None:
        """Raise ValueRefusedError unless `value` is such a number."""
        if isinstance(value, bool) or not isinstance(value, int | float):
            raise ValueRefusedError(f"must be a number, not {show(value)}")
        try:
            finite = math.isfinite(value)
        except OverflowError:
            finite = False
        if not finite:
            raise ValueRefusedError(f"must be a finite number, not {show(value)}")
        _check_range(value, self.minimum, self.maximum)
        if self.limit is not None and value >= self.limit:
            raise ValueRefusedError(f"must be below {self.limit}, not {show(value)}")

    def expression(self, value: Value) -> Expression:
        """Return the number."""
        return _literal(value)


def _check_range(value: float, minimum: float | None, maximum: float | None) -> None:
    if minimum is not None and value < minimum:
        raise ValueRefusedError(f"must be at least {minimum}, not {show(value)}")
    if maximum is not None and value > maximum:
        raise ValueRefusedError(f"must be at most {maximum}, not {show(value)}")


@dataclass(frozen=True, slots=True)
class Text:
    """A string that isn't empty."""

    def check(self, value: Value) -> None:
        """Raise ValueRefusedError unless `value` is a string with something in it."""
        if not isinstance(value, str) or not value:
            raise ValueRefusedError(f"must be a text, not {show(value)}")

    def expression(self, value: Value) -> Expression:
        """Return the string."""
        return _literal(value)


@dataclass(frozen=True, slots=True)
class Choice:
    """One of several strings; `prefix` makes them names in Python, such as ``tf.float32``."""

    options: tuple[str, ...]
    prefix: str | None = None

    def check(self, value: Value) -> None:
        """Raise ValueRefusedError unless `value` is one of the options."""
        if value not in self.options:
            options = ", ".join(self.options)
            raise ValueRefusedError(f"must be one of {options}, not {show(value)}")

    def expression(self, value: Value) -> Expression:
        """Return the string, or the name it stands for."""
        if self.prefix is None:
            return _literal(value)
        return Name(self.prefix + str(value))


@dataclass(frozen=True, slots=True)
class Sequence:
    """A list of values of one type.

    Attributes:
        item: The type of its values.
        length: How many there must be, where that is set.
        empty: Whether there may be none.
        most: How many there may be, where that is set.
        distinct: Whether no value may stand in it twice.
    """

    item: ValueType
    length: int | None = None
    empty: bool = True
    most: int | None = None
    distinct: bool = False

    def check(self, value: Value) -> None:
        """Raise ValueRefusedError unless `value` is such a list."""
        if not isinstance(value, tuple):
            raise ValueRefusedError(f"must be a list, not {show(value)}")
        if self.length is not None and len(value) != self.length:
            raise ValueRefusedError(f"must have {self.length} items, not {len(value)}")
        if not value and not self.empty:
            raise ValueRefusedError("must have at least one item")
        if self.most is not None and len(value) > self.most:
            raise ValueRefusedError(f"must have at most {self.most} items, not {len(value)}")
        for index, item in enumerate(value):
            _check_inside(self.item, item, f"[{index}]")
            if self.distinct and item in value[:index]:
                raise ValueRefusedError(f"must have each item once, not {show(item)} twice")

    def expression(self, value: Value) -> Expression:
        """Return the list."""
        assert isinstance(value, tuple)
        return Items(tuple(self.item.expression(item) for item in value))


@dataclass(frozen=True, slots=True)
class Optional:
    """A value of another type, or null."""

    item: ValueType

    def check(self, value: Value) -> None:
        """Raise ValueRefusedError unless `value` is null or one of the type."""
        if value is not None:
            self.item.check(value)

    def expression(self, value: Value) -> Expression:
        """Return the value, None for null."""
        return Literal(None) if value is None else self.item.expression(value)


@dataclass(frozen=True, slots=True)
class OneOf:
    """A value of any of several types, the first that fits."""

    options: tuple[ValueType, ...]

    def check(self, value: Value) -> None:
        """Raise ValueRefusedError unless one of the types takes `value`."""
        refusals = []
        for option in self.options:
            try:
                option.check(value)
            except ValueRefusedError as refusal:
                refusals.append(refusal)
            else:
                return
        # The refusal that is deepest inside the value speaks of the type that was meant.
        raise max(refusals, key=lambda refusal: (len(refusal.place), _is_range(refusal)))

    def expression(self, value: Value) -> Expression:
        """Return the value as the first type that takes it writes it."""
        for option in self.options:
            try:
                option.check(value)
            except ValueRefusedError:
                continue
            return option.expression(value)
        raise AssertionError(value)


def _is_range(refusal: ValueRefusedError) -> bool:
    return refusal.sentence.startswith(("must be at", "must have"))


@dataclass(frozen=True, slots=True)
class Argument:
    """One argument of a function.

    Attributes:
        name: TensorFlow's name for it.
        type: What it takes.
        default: TensorFlow's default; `required` ones have none.
        help: One or two sentences for the person who fills it in.
        group: The heading under which the inspector shows it.
        explicit: Whether a call says it where it is left out, as Python's default is another.
    """

    name: str
    type: ValueType
    default: Value = None
    help: str = ""
    group: str = "Main"
    required: bool = False
    explicit: bool = False


@dataclass(frozen=True, slots=True)
class Function:
    """A function or class that a stack can name by its kind, with its arguments.

    Attributes:
        kind: How the stack file calls it.
        path: How Python calls it, such as ``tf.initializers.zeros``.
        bare: Whether its name alone is the value, with nothing called (``tf.nn.relu``).
        renamed: Python's name for an argument where the stack file's is another.
        fixed: Keyword arguments that stand in every call of it.
        ordered: Pairs of arguments of which the first must not be above the second.
    """

    kind: str
    path: str
    arguments: tuple[Argument, ...] = ()
    help: str = ""
    bare: bool = False
    renamed: Mapping[str, str] = field(default_factory=dict)
    fixed: tuple[tuple[str, Expression], ...] = ()
    ordered: tuple[tuple[str, str], ...] = ()

    def argument(self, name: str) -> Argument:
        """Return the argument of this name. Raises KeyError."""
        for argument in self.arguments:
            if argument.name == name:
                return argument
        raise KeyError(name)

    def check(self, values: Mapping[str, Value]) -> None:
        """Raise ValueRefusedError unless these are good values for the arguments."""
        for name, value in values.items():
            try:
                argument = self.argument(name)
            except KeyError:
                known = ", ".join(argument.name for argument in self.arguments) or "none"
                raise ValueRefusedError(
                    f"{self.kind} has no such argument; it has: {known}", f".{name}"
                ) from None
            _check_inside(argument.type, value, f".{name}")
        for argument in self.arguments:
            if argument.required and argument.name not in values:
                raise ValueRefusedError(f"{self.kind} needs this argument", f".{argument.name}")
        for lower, upper in self.ordered:
            self._check_order(values, lower, upper)

    def _check_order(self, values: Mapping[str, Value], lower: str, upper: str) -> None:
        low, high = (values.get(name, self.argument(name).default) for name in (lower, upper))
        if isinstance(low, int | float) and isinstance(high, int | float) and low > high:
            place = lower if lower in values else upper
            raise ValueRefusedError(
                f"{lower} must not be above {upper}, which is {show(high)}", f".{place}"
            )

    def keywords(self, values: Mapping[str, Value]) -> tuple[tuple[str, Expression], ...]:
        """Return the keyword arguments for checked values, in the function's own order."""
        given = tuple(
            (
                self.renamed.get(argument.name, argument.name),
                argument.type.expression(values.get(argument.name, argument.default)),
            )
            for argument in self.arguments
            if argument.name in values or argument.explicit
        )
        return given + self.fixed


@dataclass(frozen=True, slots=True)
class Chosen:
    """A function chosen from a table, with its arguments: ``{"kind": "l2", "scale": 0.1}``.

    A string is short for the kind without arguments.
    """

    table: Mapping[str, Function]

    def check(self, value: Value) -> None:
        """Raise ValueRefusedError unless `value` names a function of the table and fits it."""
        kind, values = split_chosen(value)
        if kind not in self.table:
            options = ", ".join(self.table)
            place = ".kind" if isinstance(value, Mapping) else ""
            raise ValueRefusedError(f"must be one of {options}, not {show(kind)}", place)
        self.table[kind].check(values)

    def expression(self, value: Value) -> Expression:
        """Return the call that makes it, or its bare name."""
        kind, values = split_chosen(value)
        assert isinstance(kind, str)
        function = self.table[kind]
        if function.bare:
            return Name(function.path)
        return Call(Name(function.path), keywords=function.keywords(values))


def split_chosen(value: Value) -> tuple[str, Mapping[str, Value]]:
    """Return the kind and the arguments that a `Chosen` value holds."""
    match value:
        case str():
            return value, {}
        case Mapping():
            kind = value.get("kind")
            if isinstance(kind, str):
                return kind, {key: item for key, item in value.items() if key != "kind"}
            raise ValueRefusedError(f"must be a text, not {show(kind)}", ".kind")
    raise ValueRefusedError(f"must be a kind, or a kind with its arguments, not {show(value)}")


@dataclass(frozen=True, slots=True)
class Record:
    """A mapping with known keys, such as the clipping limits of batch renormalization."""

    function: Function

    def check(self, value: Value) -> None:
        """Raise ValueRefusedError unless `value` holds only such keys with fitting values."""
        if not isinstance(value, Mapping):
            raise ValueRefusedError(f"must be an object with keys, not {show(value)}")
        self.function.check(value)

    def expression(self, value: Value) -> Expression:
        """Return the dict."""
        assert isinstance(value, Mapping)
        return Entries(self.function.keywords(value))


def _check_inside(kind: ValueType, value: Value, place: str) -> None:
    try:
        kind.check(value)
    except ValueRefusedError as refusal:
        raise ValueRefusedError(refusal.sentence, place + refusal.place) from None


def _literal(value: Value) -> Literal:
    assert not isinstance(value, tuple | Mapping)
    return Literal(value)
