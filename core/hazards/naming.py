"""Hazards over names: who shares with whom, and what stands in a checkpoint."""

import itertools
import re
from collections.abc import Iterator, Mapping
from dataclasses import replace

from core import commands
from core.built import Outcome
from core.catalog import KINDS
from core.command import Recorder
from core.edits import Replace
from core.hazards.hazard import Facts, Hazard, as_fix
from core.stack import Layer, Scope, Value


def unnamed_in_auto_reuse(facts: Facts) -> Iterator[Hazard]:
    """Layers without a name in a scope with AUTO_REUSE, which don't share as they seem to."""
    for layer, _ in facts.layers:
        scope = next((found for found in facts.around[layer.id] if found.reuse is not None), None)
        own = facts.own_scope(layer)
        if layer.name is not None or layer.reuse is not None or own is None:
            continue
        if scope is not None and scope.reuse == "auto":
            text = (
                f"It has no name, and so takes the next number in the scope, {own}: beside another "
                f"one it does not share, whatever AUTO_REUSE says. Only where {facts.name(scope)} "
                "is entered again do the numbers start anew, and layers share by their position."
            )
            named = commands.rename(facts.stack, layer.id, own)
            yield Hazard("unnamed_in_auto_reuse", layer.id, text, as_fix(named, f"Name it {own}"))


def name_scope_around(facts: Facts) -> Iterator[Hazard]:
    """Name scopes around layers with variables, whose names they don't stand in."""
    inside: dict[str, str] = {}
    for layer, found in facts.layers:
        for scope in facts.around[layer.id]:
            if scope.kind == "name_scope" and found.variables:
                inside.setdefault(scope.id, found.variables[0])
    for scope_id, example in inside.items():
        named = facts.stack.node(scope_id)
        assert isinstance(named, Scope)
        text = (
            f"Its name stands before the ops in it, but not before their variables: {example} is "
            "the name as it is. Only a variable scope is part of the names that tf.layers and "
            "get_variable give."
        )
        recorder = Recorder(facts.stack)
        recorder.do(Replace((replace(named, kind="scope"),)))
        fix = recorder.command("Make it a variable scope")
        yield Hazard("name_scope_around", scope_id, text, fix)


def names_will_not_meet(facts: Facts) -> Iterator[Hazard]:
    """Layers by hand whose variables have other names than tf.layers would give them."""
    for layer, _ in facts.layers:
        renamed = _renamed_roles(layer)
        own = facts.own_scope(layer)
        if not renamed or own is None or "layers" not in KINDS[layer.kind].constructions:
            continue
        pairs = [
            (variable.name, role)
            for variable in facts.created(layer)
            for role, name in renamed.items()
            if variable.asked_name.endswith(f"{own}/{name}")
        ]
        if not pairs:
            continue
        mine, role = pairs[0]
        theirs = f"{mine[: -len(renamed[role])]}{role}"
        text = (
            f"Built by hand it has {mine}; built by tf.layers it would have {theirs}. Neither "
            "reads the other's, and a checkpoint of one does not load into the other."
        )
        recorder = Recorder(facts.stack)
        recorder.do(Replace((replace(layer, variables=_without_names(layer)),)))
        yield Hazard(
            "names_will_not_meet",
            layer.id,
            text,
            recorder.command("Take the names that tf.layers gives"),
        )


def names_by_order(facts: Facts) -> Iterator[Hazard]:
    """Layers whose variables are named after what was built before them."""
    for layer, _ in facts.layers:
        own = facts.own_scope(layer)
        if own is None:
            continue
        stem, _, number = own.rpartition("_")
        if layer.name is None and number.isdigit() and stem == layer.kind:
            created = next(facts.created(layer), None)
            scopes = facts.around[layer.id]
            auto = next((scope.reuse for scope in scopes if scope.reuse is not None), None)
            if created is None or auto == "auto":
                continue
            text = (
                f"It has no name, so that of {created.name} is a count of what was built before "
                "it. Another order, or one more layer above it, gives it another number, and an "
                "older checkpoint then loads into the wrong layer or not at all."
            )
            named = commands.rename(facts.stack, layer.id, own)
            yield Hazard("names_by_order", layer.id, text, as_fix(named, f"Name it {own}"))
        else:
            yield from _pushed_aside(facts, layer)
    yield from _numbered_scopes(facts)


def _numbered_scopes(facts: Facts) -> Iterator[Hazard]:
    """Yield the hazard of variable scopes that have a number for want of a name."""
    seen: set[str] = set()
    for layer, _ in facts.layers:
        created = next(facts.created(layer), None)
        for scope in facts.around[layer.id] if created is not None else ():
            unnamed = scope.kind == "scope" and scope.name is None and scope.id not in seen
            if not unnamed or scope.repeat > 1 or created is None:
                continue
            seen.add(scope.id)
            own = facts.part_of(created.asked_name, scope)
            if re.fullmatch(r".+_\d+", own):
                text = (
                    f"It has no name, so that {own} in {created.name} is a count of the scopes "
                    "before it. Another order, or one more of them, gives it another number, and "
                    "an older checkpoint no longer loads."
                )
                named = commands.rename(facts.stack, scope.id, own)
                yield Hazard("names_by_order", scope.id, text, as_fix(named, f"Name it {own}"))


def _pushed_aside(facts: Facts, layer: Layer) -> Iterator[Hazard]:
    """Yield the hazard of a layer whose variables found their names taken."""
    for request in facts.requests.get(layer.id, ()):
        pushed = request.outcome is Outcome.CREATED and request.variable != request.name
        if pushed and request.name.rpartition("/")[0] == request.scope:
            text = (
                f"It asked for {request.name} and got {request.variable}, as an op has the name "
                "already; names that differ in capitals only count as one. get_variable goes on "
                "to know it by the first name, a checkpoint by the second."
            )
            name = layer.name or layer.kind
            free = next(
                found
                for number in itertools.count(1)
                if (found := f"{name}_{number}").lower() not in facts.names
            )
            named = commands.rename(facts.stack, layer.id, free)
            yield Hazard("names_by_order", layer.id, text, as_fix(named, f"Name it {free}"))
            return


def _renamed_roles(layer: Layer) -> dict[str, str]:
    """Return the names that a layer by hand gives its variables, where they are not the roles'."""
    if layer.construction != "get_variable":
        return {}
    return {
        role: str(settings["name"])
        for role, settings in layer.variables.items()
        if isinstance(settings, Mapping) and settings.get("name") not in {None, role}
    }


def _without_names(layer: Layer) -> dict[str, Value]:
    kept: dict[str, dict[str, Value]] = {
        role: {key: value for key, value in settings.items() if key != "name"}
        for role, settings in layer.variables.items()
        if isinstance(settings, Mapping)
    }
    return {role: settings for role, settings in kept.items() if settings}
