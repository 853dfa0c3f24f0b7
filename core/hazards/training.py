"""Hazards that show once a model is trained: what nobody runs, adds or turns on."""

from collections.abc import Iterator, Mapping
from dataclasses import replace

from core import commands
from core.command import Command, Recorder
from core.edits import Replace
from core.hazards.hazard import Facts, Hazard, as_fix
from core.quantities import show_count
from core.stack import Layer, Value

_FED: Mapping[str, Value] = {"kind": "placeholder", "default": False}
_AVERAGES = ("moving_mean", "moving_variance")


def updates_nobody_runs(facts: Facts) -> Iterator[Hazard]:
    """Layers that make update ops which no op of the graph waits for."""
    for layer, found in facts.layers:
        idle = [name for name in found.update_ops if name in found.idle]
        if idle:
            ops = show_count(len(idle), "op")
            text = (
                f"It put {ops} into tf.GraphKeys.UPDATE_OPS, and nothing in this graph runs them. "
                "A training program has to run that collection with each step, or its moving "
                "averages stay what they were at first."
            )
            yield Hazard("updates_nobody_runs", layer.id, text)


def dropout_without_training(facts: Facts) -> Iterator[Hazard]:
    """Dropout that drops nothing."""
    for layer, _ in facts.layers:
        rate, training = (layer.arguments.get(name) for name in ("rate", "training"))
        if layer.kind == "dropout" and not training and rate != 0:
            text = (
                "It drops nothing: training is False unless it is said otherwise, and all that is "
                "built is an identity. Give it True, or a placeholder that is fed while the model "
                "is trained."
            )
            fed = commands.set_argument(facts.stack, (layer.id,), "training", _FED)
            fix = as_fix(fed, "Let training be fed")
            yield Hazard("dropout_without_training", layer.id, text, fix)


def losses_nobody_adds(facts: Facts) -> Iterator[Hazard]:
    """Layers with regularizers whose losses no op of the graph takes."""
    for layer, found in facts.layers:
        idle = [name for name in found.losses if name in found.idle]
        if idle:
            losses = "1 loss" if len(idle) == 1 else f"{len(idle)} losses"
            text = (
                f"Its regularizers put {losses} into tf.GraphKeys.REGULARIZATION_LOSSES, and "
                "nothing in this graph adds them up. Unless a training program adds "
                "tf.losses.get_regularization_loss() to its loss, they do nothing."
            )
            yield Hazard("losses_nobody_adds", layer.id, text)


def averages_shared(facts: Facts) -> Iterator[Hazard]:
    """Batch normalizations that move the same averages, each toward its own input."""
    moving = {layer.id for layer, found in facts.layers if found.update_ops}
    for layer, _ in facts.layers:
        if layer.kind != "batch_normalization" or layer.id not in moving:
            continue
        for request in facts.requests.get(layer.id, ()):
            variable = facts.variables.get(request.variable or "")
            if variable is None or variable.trainable or variable.created_by == layer.id:
                continue
            others = [user for user in variable.used_by if user in moving and user != layer.id]
            if others:
                other = facts.called(facts.stack.node(others[0]))
                text = (
                    f"{variable.name} is moved by {other}, too: each has update ops of its own "
                    "that draw the same averages toward its own input. What is left of them is a "
                    "mixture that fits neither; gamma and beta can be shared without them."
                )
                yield Hazard("averages_shared", layer.id, text, _own_averages(facts, layer))
                break


def _own_averages(facts: Facts, layer: Layer) -> Command | None:
    """Return the edit that leaves gamma and beta shared, with averages of the layer's own."""
    own = facts.own_scope(layer)
    if own is None:
        return None
    taken = {variable.name.rpartition("/")[2] for variable in facts.built.variables}
    number = next(n for n in range(2, len(taken) + 3) if f"moving_mean_{n}" not in taken)
    variables = dict(layer.variables)
    for role in _AVERAGES:
        settings = variables.get(role)
        kept = dict(settings) if isinstance(settings, Mapping) else {}
        variables[role] = {**kept, "name": f"{role}_{number}"}
    changed = replace(
        layer, name=own, construction="get_variable", reuse="auto", variables=variables
    )
    recorder = Recorder(facts.stack)
    recorder.do(Replace((changed,)))
    return recorder.command("Give it moving averages of its own, by hand")
