"""Values of arguments as a person types them."""

import json
from collections.abc import Callable

from core.arguments import (
    Integer,
    OneOf,
    Optional,
    Real,
    Sequence,
    Text,
    ValueRefusedError,
    ValueType,
    show,
)
from core.stack import Value, freeze

_NOTHING = {"", "none", "null"}
_UNKNOWN = {"?", "none", "null"}


def is_number(kind: ValueType) -> bool:
    """Tell whether a value is one number, so that it can be stepped."""
    return isinstance(_inner(kind), Integer | Real)


def text_of(value: Value, kind: ValueType) -> str:
    """Return a value as text that `value_of` reads; null is empty."""
    match value:
        case None:
            return ""
        case bool():
            return str(value).lower()
        case str():
            return value
        case tuple() if _holds_sequence(kind):
            if not value:
                return "()"
            text = ", ".join("?" if item is None else text_of(item, Text()) for item in value)
            # A list of one item must not be read as the item itself.
            return f"({text},)" if len(value) == 1 and isinstance(_inner(kind), OneOf) else text
        case int() | float():
            return repr(value)
    return show(value)


def value_of(text: str, kind: ValueType) -> Value:
    """Return the value that a text stands for. Raises ValueRefusedError where it is none."""
    text = text.strip()
    value = _read(text, kind)
    kind.check(value)
    return value


def _read(text: str, kind: ValueType) -> Value:
    match kind:
        case Optional(Text()):
            return text or None
        case Optional(item):
            return None if text.lower() in _NOTHING else _read(text, item)
        case Text():
            return text
        case Integer():
            return _number(text, int, "must be a whole number")
        case Real():
            return _number(text, float, "must be a number")
        case Sequence(item):
            return tuple(_read_item(part, item) for part in _parts(text))
        case OneOf(options):
            several = "," in text or text.startswith(("(", "["))
            fitting = [found for found in options if isinstance(found, Sequence) is several]
            return _read(text, (fitting or options)[0])
    try:
        return freeze(json.loads(text))
    except (ValueError, RecursionError) as error:
        raise ValueRefusedError(f"must be JSON, not {show(text)}") from error


def _read_item(text: str, kind: ValueType) -> Value:
    if isinstance(kind, Optional):
        return None if text.lower() in _UNKNOWN else _read(text, kind.item)
    return _read(text, kind)


def _parts(text: str) -> list[str]:
    """Return the items of a list that is written with or without brackets."""
    if text[:1] in {"(", "["} and text[-1:] in {")", "]"}:
        text = text[1:-1]
    parts = [part.strip().strip("'\"") for part in text.split(",")]
    return parts[:-1] if parts[-1] == "" else parts


def _number(text: str, read: Callable[[str], int | float], sentence: str) -> int | float:
    try:
        return read(text)
    except ValueError as error:
        raise ValueRefusedError(f"{sentence}, not {show(text)}") from error


def _inner(kind: ValueType) -> ValueType:
    return _inner(kind.item) if isinstance(kind, Optional) else kind


def _holds_sequence(kind: ValueType) -> bool:
    inner = _inner(kind)
    options = inner.options if isinstance(inner, OneOf) else (inner,)
    return any(isinstance(option, Sequence) for option in options)
