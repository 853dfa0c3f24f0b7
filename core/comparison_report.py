"""What a comparison of both constructions found, as JSON and as text for people."""

import math
from collections.abc import Iterator
from typing import Any

from core.comparison import ABSENT, COMPARED, GET_VARIABLE, LAYERS, Comparison, Pair, Side
from core.kind import CONSTRUCTIONS
from core.numbers import Distance, Numbers
from core.origin_labels import origin_labels
from core.quantities import show_bytes, show_count
from core.report_lines import refusal_line


def comparison_json(comparison: Comparison, numbers: Numbers) -> dict[str, Any]:
    """Return the report of `compare --json`; a difference that is not finite is null."""
    return {
        "ok": comparison.ok,
        "name": comparison.stack.name,
        "refusals": {
            name: refusal_line(comparison.side(name).built) or None for name in CONSTRUCTIONS
        },
        "pairs": [_pair(pair) for pair in comparison.pairs],
        "numbers": [
            {"layer": found.layer, **_distance(found.distance), "differs": found.differs}
            for found in numbers.layers
        ],
        "gradients": [
            {
                "layer": found.layer,
                "role": found.role,
                **_distance(found.distance),
                "differs": found.differs,
            }
            for found in numbers.gradients
        ],
        "numbers_skipped": numbers.skipped,
        "first_difference": numbers.first_difference,
        "same_checkpoint": comparison.same_checkpoint,
        "name_map": dict(comparison.name_map),
        "restores": {name: restore_outcomes(comparison, name) for name in CONSTRUCTIONS},
        "op_types": {name: dict(comparison.side(name).op_types) for name in CONSTRUCTIONS},
        "name_scopes": {name: sorted(comparison.side(name).name_scopes) for name in CONSTRUCTIONS},
        "cost": {name: _cost(comparison.side(name)) for name in CONSTRUCTIONS},
    }


def restore_outcomes(comparison: Comparison, into: str) -> dict[str, str]:
    """Return for each variable of a construction what the other one's checkpoint does for it.

    The outcomes are ``restored``, ``missing`` and ``shape or type differs``.
    """
    other = LAYERS if into == GET_VARIABLE else GET_VARIABLE
    there = {
        variable.name: (variable.shape, variable.dtype)
        for variable in comparison.side(other).built.variables
        if variable.saved
    }
    outcomes = {}
    for variable in comparison.side(into).built.variables:
        if variable.saved:
            found = there.get(variable.name)
            same = found == (variable.shape, variable.dtype)
            outcomes[variable.name] = (
                "missing" if found is None else "restored" if same else "shape or type differs"
            )
    return outcomes


def comparison_lines(comparison: Comparison, numbers: Numbers) -> Iterator[str]:
    """Yield what a person wants to know first, a sentence or a row in each line."""
    labels = origin_labels(comparison.layers.built) | origin_labels(comparison.get_variable.built)
    for name in CONSTRUCTIONS:
        refusal = refusal_line(comparison.side(name).built)
        if refusal:
            yield f"{CONSTRUCTIONS[name].label} is refused: {refusal}"
    different = [pair for pair in comparison.pairs if pair.differs]
    yield (
        f"{show_count(len(comparison.pairs), 'pair')} of variables, "
        f"{len(different) or 'none'} of which differ{'s' if len(different) == 1 else ''}"
    )
    for pair in different:
        yield f"  {labels.get(pair.layer, pair.layer)} {pair.role}: {difference_text(pair)}"
    yield checkpoint_sentence(comparison)
    yield numbers_sentence(numbers, labels)
    for name in CONSTRUCTIONS:
        side = comparison.side(name)
        yield (
            f"{CONSTRUCTIONS[name].label}: {show_count(side.built.ops, 'op')}, "
            f"GraphDef {show_bytes(side.graphdef_bytes)}, built in {side.build_seconds:.3f} s, "
            f"{show_count(side.code_lines, 'line')} of code"
        )


def difference_text(pair: Pair) -> str:
    """Return in what a pair differs: ``name d/kernel against d/weights``."""
    if pair.differs == (ABSENT,):
        missing, there = (
            (LAYERS, pair.get_variable) if pair.layers is None else (GET_VARIABLE, pair.layers)
        )
        assert there is not None
        return f"{there.name} is not made by {CONSTRUCTIONS[missing].label}"
    return "; ".join(
        f"{key} {pair.value(LAYERS, key)} against {pair.value(GET_VARIABLE, key)}"
        for key in COMPARED
        if key in pair.differs
    )


def checkpoint_sentence(comparison: Comparison) -> str:
    """Return whether the checkpoint of each construction loads into the other."""
    if comparison.same_checkpoint:
        return "The checkpoint of each loads into the other."
    lost = [
        outcome
        for outcome in restore_outcomes(comparison, GET_VARIABLE).values()
        if outcome != "restored"
    ]
    saved = sum(variable.saved for variable in comparison.get_variable.built.variables)
    mapped = len(comparison.name_map)
    return (
        "The checkpoints don't fit: of the variables by hand, "
        f"{len(lost)} of {saved} are not restored from that of tf.layers; "
        f"a name map restores {mapped}."
    )


def numbers_sentence(numbers: Numbers, labels: dict[str, str]) -> str:
    """Return whether both calculate the same."""
    if numbers.skipped is not None:
        return f"The numbers were not compared. {numbers.skipped}"
    first = numbers.first_difference
    if first is not None:
        return f"The numbers differ, first at {labels.get(first, first)}."
    largest = max((found.distance.max_abs for found in numbers.layers), default=0.0)
    return f"The numbers are the same, forward and backward (at most {largest:.2g} apart)."


def _pair(pair: Pair) -> dict[str, Any]:
    return {
        "layer": pair.layer,
        "role": pair.role,
        **{name: _variable(pair, name) for name in CONSTRUCTIONS},
        "differs": list(pair.differs),
    }


def _variable(pair: Pair, construction: str) -> dict[str, Any] | None:
    if getattr(pair, construction) is None:
        return None
    values = {key: pair.value(construction, key) for key in COMPARED}
    return {key: list(v) if isinstance(v, tuple) else v for key, v in values.items()}


def _distance(distance: Distance) -> dict[str, float | None]:
    return {
        "max_abs": distance.max_abs if math.isfinite(distance.max_abs) else None,
        "max_rel": distance.max_rel if math.isfinite(distance.max_rel) else None,
    }


def _cost(side: Side) -> dict[str, Any]:
    return {
        "ops": side.built.ops,
        "graphdef_bytes": side.graphdef_bytes,
        "build_seconds": side.build_seconds,
        "code_lines": side.code_lines,
    }
