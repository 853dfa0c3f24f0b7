"""A name map to and from a file, with checks that say what is wrong and where."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from core.arguments import printable, show
from core.json_file import DocumentError, as_object, parse, read_text
from core.name_mapping import NameMapping, Origin, Pair, Problem
from core.named_tensors import NamedTensors
from core.shape_steps import STEPS, AcceptedStep
from core.stack import Value

LARGEST_FILE = 64 * 2**20
_KEYS = (
    *("map", "steps", "suggestions", "proposals"),
    *("unmatched_left", "unmatched_right", "left", "right"),
)
_FROM_FILE = "from the file"


@dataclass(frozen=True, slots=True)
class Remark:
    """What a file says of a pair, be it in its map or only proposed."""

    left: str
    right: str
    reason: str
    confidence: float


@dataclass(frozen=True, slots=True)
class MapFile:
    """What a map file says.

    Attributes:
        names: The names of the left side, and those of the right.
        steps: The steps to be taken, by the names of the left side.
        suggestions: Why the pairs in the map may be the same.
        proposals: Pairs that are not in the map, because their forms differ.
    """

    names: Mapping[str, str]
    steps: Mapping[str, AcceptedStep]
    suggestions: tuple[Remark, ...] = ()
    proposals: tuple[Remark, ...] = ()


def map_json(mapping: NameMapping) -> dict[str, Any]:
    """Return a map as JSON values."""
    names = mapping.names
    rights = set(names.values())
    return {
        "left": mapping.left.label,
        "right": mapping.right.label,
        "map": dict(names),
        "steps": {
            left: {"step": found.words, "shape": list(found.shape)}
            for left, found in mapping.steps.items()
        },
        "suggestions": list(_suggestions(mapping)),
        "proposals": list(_proposals(mapping)),
        "unmatched_left": [name for name in mapping.left.tensors if name not in names],
        "unmatched_right": [name for name in mapping.right.tensors if name not in rights],
    }


def mapping_of(
    found: MapFile, left: NamedTensors, right: NamedTensors
) -> tuple[NameMapping, tuple[tuple[str, str], ...]]:
    """Return the map of a file between two sides, and the pairs that don't fit these."""
    wanted = [*found.names.items(), *((it.left, it.right) for it in found.proposals)]
    bare = NameMapping(left, right)
    pairs = {pair.right: pair for pair in _fitting(wanted, found, bare)}
    mapping = replace(bare, pairs=pairs)
    mapping = mapping.accept(name for name in pairs if _is_accepted(name, mapping, found))
    return mapping, tuple(
        (one, other)
        for one, other in wanted
        if mapping.names.get(one) != other and mapping.partners.get(one) != other
    )


def _fitting(
    wanted: Iterable[tuple[str, str]], found: MapFile, mapping: NameMapping
) -> Iterator[Pair]:
    """Yield the pairs whose names there are, each name once."""
    remarks = {(it.left, it.right): it for it in (*found.suggestions, *found.proposals)}
    lefts, rights = set(mapping.lefts), set(mapping.rights)
    for one, other in wanted:
        if one in lefts and other in rights:
            lefts.remove(one)
            rights.remove(other)
            said = remarks.get((one, other), Remark(one, other, _FROM_FILE, 1.0))
            yield Pair(one, other, Origin.FILE, said.reason, said.confidence)


def _is_accepted(right: str, mapping: NameMapping, found: MapFile) -> bool:
    step, wanted = mapping.step(right), found.steps.get(mapping.pairs[right].left)
    return step is not None and wanted == AcceptedStep(step.words, mapping.rights[right].shape)


def load_map(path: Path) -> MapFile:
    """Return what a map file says.

    Raises:
        DocumentError: What is wrong with it, and where.
    """
    return read_map(read_text(path, LARGEST_FILE, "map file"))


def read_map(text: str) -> MapFile:
    """Return what a map file's text says. Raises DocumentError."""
    document = as_object(parse(text), "")
    for key in document:
        if key not in _KEYS:
            raise DocumentError(f"there is no such key; there are: {', '.join(_KEYS)}", key)
    if "map" not in document:
        raise DocumentError("is missing", "map")
    names = _read_names(as_object(document["map"], "map"))
    return MapFile(
        names,
        _read_steps(as_object(document.get("steps", {}), "steps"), names),
        tuple(_read_remarks(document.get("suggestions", ()), "suggestions")),
        tuple(_read_remarks(document.get("proposals", ()), "proposals")),
    )


def _suggestions(mapping: NameMapping) -> Iterator[dict[str, Any]]:
    """Yield why the pairs of the map may be the same."""
    for left, right in mapping.names.items():
        pair = mapping.pairs.get(right)
        reason = "" if pair is None else pair.reason
        if pair is None:  # a slot, which follows its variable
            tensor = mapping.left.tensors[left]
            reason = f"the slot {tensor.slot} of what is paired"
            pair = mapping.pairs[mapping.partners[tensor.slot_of or ""]]
        yield {"left": left, "right": right, "reason": reason, "confidence": pair.confidence}


def _proposals(mapping: NameMapping) -> Iterator[dict[str, Any]]:
    """Yield the pairs that are not in the map, because their forms differ."""
    for right, pair in mapping.pairs.items():
        if mapping.problem(right) in (Problem.OTHER_SHAPE, Problem.OTHER_DTYPE):
            step = mapping.step(right)
            yield {
                "left": pair.left,
                "right": right,
                "step": None if step is None else step.words,
                "code": None if step is None else step.code(mapping.rights[right].shape),
                "reason": pair.reason,
                "confidence": pair.confidence,
            }


def _read_names(names: Mapping[str, Value]) -> dict[str, str]:
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


def _read_steps(steps: Mapping[str, Value], names: Mapping[str, str]) -> dict[str, AcceptedStep]:
    found = {}
    for left, value in steps.items():
        place = f"steps[{show(left)}]"
        if left not in names:
            raise DocumentError("is not in the map", place)
        said = as_object(value, place)
        words, shape = said.get("step"), said.get("shape")
        if not isinstance(words, str) or words not in {step.words for step in STEPS}:
            known = ", ".join(f'"{step.words}"' for step in STEPS)
            raise DocumentError(f"must be one of: {known}", f"{place}.step")
        if not isinstance(shape, tuple) or not all(map(_is_size, shape)):
            raise DocumentError("must be a shape, a list of whole numbers", f"{place}.shape")
        found[left] = AcceptedStep(words, shape)  # type: ignore[arg-type]
    return found


def _read_remarks(value: Value, key: str) -> Iterator[Remark]:
    if not isinstance(value, tuple):
        raise DocumentError(f"must be a list, not {show(value)}", key)
    for index, item in enumerate(value):
        place = f"{key}[{index}]"
        said = as_object(item, place)
        left = _check_name(said.get("left"), f"{place}.left")
        right = _check_name(said.get("right"), f"{place}.right")
        reason, confidence = said.get("reason", _FROM_FILE), said.get("confidence", 1.0)
        if not isinstance(reason, str):
            raise DocumentError(f"must be a text, not {show(reason)}", f"{place}.reason")
        if isinstance(confidence, bool) or not isinstance(confidence, int | float):
            raise DocumentError(f"must be a number, not {show(confidence)}", f"{place}.confidence")
        if not 0 <= confidence <= 1:
            raise DocumentError("must be from 0 to 1", f"{place}.confidence")
        yield Remark(left, right, reason, float(confidence))


def _is_size(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and value >= 0


def _check_name(name: Value, place: str) -> str:
    if not isinstance(name, str) or not name:
        raise DocumentError(f"must be a name, not {show(name)}", place)
    if name.startswith("\0"):  # TensorFlow's names for the parts of tensors
        raise DocumentError(f'"{printable(name)}" can\'t be the name of a tensor', place)
    return name
