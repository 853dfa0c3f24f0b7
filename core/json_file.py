"""JSON from others, read strictly: its errors say what is wrong and where."""

import json
from collections.abc import Mapping
from pathlib import Path

from core.arguments import printable, show
from core.stack import Value, freeze


class DocumentError(ValueError):
    """What is wrong with a file, and at which place in it."""

    def __init__(self, sentence: str, place: str = "") -> None:
        place = printable(place)
        super().__init__(f"{place}: {sentence}" if place else sentence)
        self.sentence = sentence
        self.place = place


def read_text(path: Path, largest: int, kind: str) -> str:
    """Return the text of a file.

    Args:
        path: The file.
        largest: How many bytes it may have.
        kind: What it should be, such as "stack file".

    Raises:
        DocumentError: It can't be read, is larger than that, or is no text.
    """
    try:
        if path.is_dir():
            raise DocumentError(f"this is a directory, not a {kind}")
        with path.open("rb") as file:
            data = file.read(largest + 1)
    except OSError as error:
        raise DocumentError(f"can't be read: {error.strerror or error}") from error
    if len(data) > largest:
        raise DocumentError(f"is larger than {largest // 2**20} MB, so it is no {kind}")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise DocumentError(f"is not UTF-8 text (byte {error.start})") from error


def parse(text: str) -> Value:
    """Return the value of a JSON text in which no key stands twice. Raises DocumentError."""
    try:
        value: object = json.loads(
            text, object_pairs_hook=_without_repeats, parse_constant=_no_constant
        )
        # A lone surrogate is a str in Python but no text that could be written again.
        json.dumps(value, ensure_ascii=False).encode()
        return freeze(value)
    except DocumentError:
        raise
    except json.JSONDecodeError as error:
        where = f"line {error.lineno}, column {error.colno}"
        raise DocumentError(f"is not JSON: {error.msg} ({where})") from error
    except RecursionError as error:
        raise DocumentError("is nested too deeply") from error
    except UnicodeEncodeError as error:
        raise DocumentError("has a text with half a character in it") from error
    except ValueError as error:
        raise DocumentError("has a number with too many digits") from error


def as_object(value: Value, place: str) -> Mapping[str, Value]:
    """Return a value that must be an object. Raises DocumentError."""
    if not isinstance(value, Mapping):
        raise DocumentError(f"must be an object, not {show(value)}", place)
    return value


def _without_repeats(pairs: list[tuple[str, object]]) -> dict[str, object]:
    found = dict(pairs)
    if len(found) != len(pairs):
        keys = [key for key, _ in pairs]
        twice = next(key for key in keys if keys.count(key) > 1)
        raise DocumentError(f"has the key {show(twice)} twice in one object")
    return found


def _no_constant(text: str) -> object:
    raise DocumentError(f"is not JSON: {text} is no number")
