"""A name map to and from a file, with checks that say what is wrong and where."""

from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

from core.arguments import printable, show
from core.document import DocumentError, parse
from core.name_suggestions import Suggestions
from core.stack import Value

LARGEST_FILE = 64 * 2**20
_KEYS = ("map", "suggestions", "proposals", "unmatched_left", "unmatched_right", "left", "right")


def map_json(found: Suggestions, left: str, right: str) -> dict[str, Any]:
    """Return suggestions as JSON values."""
    return {
        "left": left,
        "right": right,
        "map": found.map,
        "suggestions": [asdict(pair) for pair in found.pairs],
        "proposals": [asdict(proposal) for proposal in found.proposals],
        "unmatched_left": list(found.unmatched_left),
        "unmatched_right": list(found.unmatched_right),
    }


def load_map(path: Path) -> dict[str, str]:
    """Return the names in a map file.

    Raises:
        DocumentError: What is wrong with it, and where.
    """
    try:
        if not path.is_file():
            raise DocumentError("there is no such file")
        with path.open("rb") as file:
            data = file.read(LARGEST_FILE + 1)
    except OSError as error:
        raise DocumentError(f"can't be read: {error.strerror or error}") from error
    if len(data) > LARGEST_FILE:
        raise DocumentError(f"is larger than {LARGEST_FILE // 2**20} MB, so it is no map")
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise DocumentError(f"is not UTF-8 text (byte {error.start})") from error
    return read_map(text)


def read_map(text: str) -> dict[str, str]:
    """Return the names in a map file's text. Raises DocumentError."""
    document = parse(text)
    if not isinstance(document, Mapping):
        raise DocumentError(f"must be an object, not {show(document)}")
    for key in document:
        if key not in _KEYS:
            raise DocumentError(f"there is no such key; there are: {', '.join(_KEYS)}", key)
    if "map" not in document:
        raise DocumentError("is missing", "map")
    names = document["map"]
    if not isinstance(names, Mapping):
        raise DocumentError(f"must be an object, not {show(names)}", "map")
    found: dict[str, str] = {}
    lefts: dict[str, str] = {}
    for left, right in names.items():
        place = f"map[{show(left)}]"
        _check_name(left, place)
        found[left] = _check_name(right, place)
        if found[left] in lefts:
            raise DocumentError(
                f"{show(right)} is already what {show(lefts[found[left]])} becomes", place
            )
        lefts[found[left]] = left
    return found


def _check_name(name: Value, place: str) -> str:
    if not isinstance(name, str) or not name:
        raise DocumentError(f"must be a name, not {show(name)}", place)
    if name.startswith("\0"):  # TensorFlow's names for the parts of tensors
        raise DocumentError(f'"{printable(name)}" can\'t be the name of a tensor', place)
    return name
