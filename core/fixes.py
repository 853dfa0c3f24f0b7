"""Edits that mend something, tried out: each one's result has been built before it is offered."""

import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from core.built import Built
from core.command import Command
from core.given_names import given_labels
from core.hazards.hazard import Hazard
from core.hazards.table import hazards
from core.node_names import path_text
from core.origin_labels import origin_labels
from core.refusals.explanation import explain
from core.stack import Stack
from core.undrawn import Build

_MOST_NAMES = 4


@dataclass(frozen=True, slots=True)
class Fix:
    """An edit that was tried and mends what it is for.

    Attributes:
        command: The edit, for the stack that was built.
        preview: What then holds, in a sentence: the layer's variables and who shares them.
        node: Id of the node that it mends.
        hazard: The kind of hazard that it takes away; None where it mends a refusal.
        whole: Whether the whole stack builds with it.
    """

    command: Command
    preview: str
    node: str
    hazard: str | None = None
    whole: bool = True


def fixes_of_refusal(built: Built, build: Build, seconds: float | None = None) -> tuple[Fix, ...]:
    """Return the edits with which the refused layer is built, first those that mend all.

    Each is built for real, up to what is refused next.

    Args:
        built: What was refused.
        build: Builds the edited stacks.
        seconds: After how long no further one is tried; None tries all.
    """
    explanation = explain(built)
    refusal = built.refusal
    if explanation is None or refusal is None:
        return ()

    def mends(result: Built) -> bool:
        return _is_built(result, refusal.origin)

    tried = _tried(built.stack, explanation.candidates, build, mends, seconds)
    fixes = [
        Fix(
            command,
            _preview(result, refusal.origin),
            refusal.origin,
            whole=result.refusal is None,
        )
        for command, result in tried
    ]
    return tuple(sorted(fixes, key=lambda found: not found.whole))


def fix_of_hazard(built: Built, hazard: Hazard, build: Build) -> Fix | None:
    """Return the edit that takes a hazard away, built for real; None where none does."""
    before = built.refusal

    def mends(result: Built) -> bool:
        same = result.refusal is None or result.refusal == before
        left = {(found.node, found.kind) for found in hazards(result)}
        return same and (hazard.node, hazard.kind) not in left

    candidates = () if hazard.fix is None else (hazard.fix,)
    for command, result in _tried(built.stack, candidates, build, mends):
        preview = _preview(result, hazard.node)
        return Fix(command, preview, hazard.node, hazard.kind, result.refusal is None)
    return None


def _tried(
    stack: Stack,
    candidates: Iterable[Command],
    build: Build,
    mends: Callable[[Built], bool],
    seconds: float | None = None,
) -> Iterator[tuple[Command, Built]]:
    """Yield the candidates that mend, and what was built of each; one with the same result once."""
    seen = [stack]
    started = time.monotonic()
    for command in candidates:
        if seconds is not None and time.monotonic() - started > seconds:
            return
        edited = command.edit.apply(stack)
        if edited in seen:
            continue
        seen.append(edited)
        result = build(edited)
        if mends(result):
            yield command, result


def _is_built(result: Built, node_id: str) -> bool:
    """Tell whether a node was reached and is not what was refused."""
    refused = result.refusal is not None and result.refusal.origin == node_id
    return not refused and any(layer.id == node_id for layer in result.layers)


def _preview(result: Built, node_id: str) -> str:
    """Return what a node has in a build: its variables, and with whom it shares them."""
    labels = origin_labels(result)
    label = labels[node_id]
    inside = {node.id for node in result.stack.inside((node_id,))}
    mine = [found for found in result.variables if not inside.isdisjoint(found.used_by)]
    shared = [found for found in mine if not inside.issuperset(found.used_by)]
    own = [found.name for found in mine if found not in shared]
    sentence = f"{label} is built."
    if shared:
        users = dict.fromkeys(user for found in shared for user in found.used_by)
        others = [_other(labels[user], label) for user in users if user not in inside]
        names = _names(found.name for found in shared)
        sentence = f"{label} then shares {names} with {_names(others)}."
    elif own:
        sentence = f"{label} then has {_names(own)}."
    if shared and own:
        sentence += f" Its own are {_names(own)}."
    return sentence + _next_refusal(result)


def _other(label: str, own: str) -> str:
    return f"the other {label}" if label == own else label


def _next_refusal(result: Built) -> str:
    refusal = result.refusal
    if refusal is None:
        return ""
    node = result.stack.node(refusal.origin)
    return f" What is refused next is {path_text(result.stack, node, given_labels(result))}."


def _names(names: Iterable[str]) -> str:
    found = list(names)
    more = len(found) - _MOST_NAMES
    return ", ".join(found[:_MOST_NAMES]) + (f" and {more:,} more" if more > 0 else "")
