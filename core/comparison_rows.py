"""A comparison as rows of two columns, for a view of it."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace

from core.comparison import ABSENT, COMPARED, GET_VARIABLE, LAYERS, Comparison, Pair
from core.comparison_report import restore_outcomes
from core.kind import CONSTRUCTIONS
from core.numbers import GradientNumbers, LayerNumbers, Numbers
from core.origin_labels import origin_labels
from core.quantities import show_bytes, show_count
from core.report_lines import refusal_line

_NONE = "none"


@dataclass(frozen=True, slots=True)
class Row:
    """What is compared, and what it is by tf.layers and by hand.

    Attributes:
        label: What is compared.
        left: By tf.layers.
        right: By hand.
        differs: Whether that is not the same.
        origin: Id of the layer it belongs to, if it belongs to one.
        children: What there is to say in more detail.
    """

    label: str
    left: str = ""
    right: str = ""
    differs: bool = False
    origin: str | None = None
    children: tuple["Row", ...] = ()


def comparison_rows(comparison: Comparison, numbers: Numbers | None) -> tuple[Row, ...]:
    """Return all rows; the numbers are None as long as they are computed."""
    labels = origin_labels(comparison.layers.built) | origin_labels(comparison.get_variable.built)
    groups = (
        _group("Refusals", _refusals(comparison)),
        _group("Variables", (_pair_row(pair, labels) for pair in comparison.pairs)),
        _checkpoints(comparison),
        _numbers(numbers, labels),
        _group("Ops by type", _ops(comparison)),
        _group("Name scopes", _scopes(comparison)),
        _group("Cost", _cost(comparison)),
    )
    return tuple(group for group in groups if group.children or group.left)


def only_differences(rows: Iterable[Row]) -> tuple[Row, ...]:
    """Return the rows that differ, and those that hold such."""
    kept = (replace(row, children=only_differences(row.children)) for row in rows)
    return tuple(row for row in kept if row.differs or row.children)


def _group(label: str, rows: Iterable[Row], sentence: str = "") -> Row:
    children = tuple(rows)
    different = sum(row.differs for row in children)
    if not sentence and children:
        sentence = f"{different:,} of {len(children):,} differ" if different else "no difference"
    return Row(label, sentence, "", bool(different), children=children)


def _refusals(comparison: Comparison) -> Iterator[Row]:
    lines = [refusal_line(comparison.side(name).built) for name in CONSTRUCTIONS]
    if any(lines):
        refusals = (comparison.side(name).built.refusal for name in CONSTRUCTIONS)
        origin = next(found.origin for found in refusals if found is not None)
        left, right = (line or "built" for line in lines)
        yield Row("TensorFlow says", left, right, left != right, origin)


def _pair_row(pair: Pair, labels: Mapping[str, str]) -> Row:
    details = []
    if pair.differs != (ABSENT,):
        for key in COMPARED[1:]:
            left, right = (_text(pair.value(name, key), key) for name in CONSTRUCTIONS)
            details.append(Row(key, left, right, key in pair.differs, pair.layer))
    left, right = (
        str(pair.value(name, "name")) if getattr(pair, name) else _NONE for name in CONSTRUCTIONS
    )
    label = f"{labels.get(pair.layer, pair.layer)} · {pair.role}"
    return Row(label, left, right, bool(pair.differs), pair.layer, tuple(details))


def _text(value: object, key: str) -> str:
    match value:
        case bool() if key == "resource":
            return "resource" if value else "reference"
        case bool():
            return "yes" if value else "no"
        case tuple() if key == "shape":
            return f"[{', '.join(map(str, value))}]"
        case tuple():
            return ", ".join(map(str, value)) or _NONE
    return str(value)


def _checkpoints(comparison: Comparison) -> Row:
    outcomes = {name: restore_outcomes(comparison, name) for name in CONSTRUCTIONS}
    rows = []
    for into, other in ((GET_VARIABLE, LAYERS), (LAYERS, GET_VARIABLE)):
        label = f"that of {CONSTRUCTIONS[other].label}"
        details = [
            _on_side(into, name, outcome, outcome != "restored")
            for name, outcome in outcomes[into].items()
        ]
        lost = sum(row.differs for row in details)
        words = f"{len(details) - lost:,} of {show_count(len(details), 'variable')} restored"
        rows.append(replace(_on_side(into, label, words, bool(lost)), children=tuple(details)))
    fits = "each loads into the other" if comparison.same_checkpoint else "they don't fit"
    return _group("Checkpoints", rows, fits)


def _on_side(construction: str, label: str, text: str, differs: bool) -> Row:
    """Return a row with a text in the column of one construction."""
    left, right = (text, "") if construction == LAYERS else ("", text)
    return Row(label, left, right, differs)


def _numbers(numbers: Numbers | None, labels: dict[str, str]) -> Row:
    if numbers is None:
        return Row("Numbers", "running both...")
    layers = [_apart(labels.get(found.layer, found.layer), found) for found in numbers.layers]
    gradients = [
        _apart(f"{labels.get(found.layer, found.layer)} · {found.role}", found)
        for found in numbers.gradients
    ]
    rows = [_group("Outputs", layers), _group("Gradients", gradients)] if layers else []
    return _group("Numbers", rows, _numbers_text(numbers, labels))


def _numbers_text(numbers: Numbers, labels: Mapping[str, str]) -> str:
    if numbers.skipped is not None:
        return f"not compared: {numbers.skipped}"
    first = numbers.first_difference
    return "the same" if first is None else f"differ, first at {labels.get(first, first)}"


def _apart(label: str, found: LayerNumbers | GradientNumbers) -> Row:
    absolute = f"{found.distance.max_abs:.3g} apart"
    relative = f"{found.distance.max_rel:.3g} of the largest value"
    return Row(label, absolute, relative, found.differs, found.layer)


def _ops(comparison: Comparison) -> Iterator[Row]:
    left, right = comparison.layers.op_types, comparison.get_variable.op_types
    for kind in sorted({*left, *right}):
        one, other = left.get(kind, 0), right.get(kind, 0)
        yield Row(kind, f"{one:,}", f"{other:,}", one != other)


def _scopes(comparison: Comparison) -> Iterator[Row]:
    left, right = comparison.layers.name_scopes, comparison.get_variable.name_scopes
    for name in sorted(left | right):
        one, other = ("has ops" if name in scopes else _NONE for scopes in (left, right))
        yield Row(name, one, other, one != other)


def _cost(comparison: Comparison) -> Iterator[Row]:
    left, right = comparison.layers, comparison.get_variable
    for label, one, other in (
        ("Ops", f"{left.built.ops:,}", f"{right.built.ops:,}"),
        ("GraphDef", show_bytes(left.graphdef_bytes), show_bytes(right.graphdef_bytes)),
        ("Lines of code", f"{left.code_lines:,}", f"{right.code_lines:,}"),
    ):
        yield Row(label, one, other, one != other)
    # A time is never the same twice, so it is no difference.
    one, other = (f"{side.build_seconds * 1000:.1f} ms" for side in (left, right))
    yield Row("Built in", one, other)
