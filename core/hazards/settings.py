"""Hazards over settings that don't do what they seem to."""

from collections.abc import Iterator, Mapping

from core import commands
from core.arguments import split_chosen
from core.built import Outcome, Source
from core.catalog import KINDS
from core.hazards.hazard import Facts, Hazard, as_fix
from core.stack import Layer, Value

_BIAS = "bias"


def bias_ignores_initializer(facts: Facts) -> Iterator[Hazard]:
    """Biases that ask for zeros themselves where a scope sets another initializer."""
    for layer, _ in facts.layers:
        scope = next(
            (found for found in facts.around[layer.id] if found.arguments.get("initializer")), None
        )
        if scope is None or _BIAS not in KINDS[layer.kind].roles:
            continue
        given = scope.arguments["initializer"]
        if _kind(given) == "zeros" or layer.arguments.get("bias_initializer", "zeros") != "zeros":
            continue
        name = _name_of(layer, _BIAS)
        for request in facts.requests.get(layer.id, ()):
            zeros = any(
                setting.name == "initializer" and setting.source in {Source.LAYER, Source.ARGUMENT}
                for setting in request.settings
            )
            last = request.name.rpartition("/")[2]
            if last == name and zeros and request.outcome is Outcome.CREATED:
                text = (
                    f"The scope {facts.called(scope)} sets {_kind(given)}, but {request.name} "
                    "starts at zeros: the layer itself asks for zeros for its bias. Only the "
                    "kernel takes the scope's; with bias_initializer=None the bias does, too."
                )
                changed = commands.set_argument(facts.stack, (layer.id,), "bias_initializer", None)
                fix = as_fix(changed, "Let the bias take the scope's initializer")
                yield Hazard("bias_ignores_initializer", layer.id, text, fix)
                break


def reused_with_another_activation(facts: Facts) -> Iterator[Hazard]:
    """Layers that read the variables of another one and apply another function to the result."""
    for layer, found in facts.layers:
        if not found.variables:
            continue
        maker = facts.variables[found.variables[0]].created_by
        owner = facts.stack.node(maker) if maker in facts.stack else None
        if not isinstance(owner, Layer) or owner.kind != layer.kind or maker == layer.id:
            continue
        mine, theirs = layer.arguments.get("activation"), owner.arguments.get("activation")
        if mine != theirs:
            text = (
                f"It reads the variables of {facts.called(owner)} but applies {_shown(mine)} where "
                f"that one applies {_shown(theirs)}. Reuse shares variables and nothing else: the "
                "ops of each call are made anew, from its own arguments."
            )
            changed = commands.set_argument(facts.stack, (layer.id,), "activation", theirs)
            fix = as_fix(changed, f"Apply {_shown(theirs)}, as {facts.called(owner)} does")
            yield Hazard("reused_with_another_activation", layer.id, text, fix)


def _name_of(layer: Layer, role: str) -> str:
    settings = layer.variables.get(role, {})
    named = settings.get("name") if isinstance(settings, Mapping) else None
    return str(named or role) if layer.construction == "get_variable" else role


def _kind(value: Value) -> str:
    kind, _ = split_chosen(value)
    return kind


def _shown(value: Value) -> str:
    return "no activation" if value is None else _kind(value)
