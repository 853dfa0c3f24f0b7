"""What a build made, as lines for people."""

from collections.abc import Mapping

from core.built import Built, BuiltLayer, Variable
from core.catalog import CONSTRUCTIONS
from core.origin_labels import origin_labels
from core.quantities import show_bytes, show_count
from core.stack import Node
from core.trial import Trial

_HEADINGS = ("name", "shape", "dtype", "trainable", "bytes", "initializer", "device", "used by")


def table(built: Built) -> str:
    """Return the variables and the totals as text, a line each."""
    labels = origin_labels(built)
    names = {layer.id: _called(layer, labels[layer.id]) for layer in built.layers}
    rows = [_HEADINGS, *(_row(variable, names) for variable in built.variables)]
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    lines = ["  ".join(map(str.ljust, row, widths)).rstrip() for row in rows]
    return "\n".join([*lines, "", totals(built)])


def totals(built: Built) -> str:
    """Return the sums over a build in one line."""
    sums = built.totals
    return (
        f"{show_count(sums.variables, 'variable')}, {show_count(sums.parameters, 'parameter')}, "
        f"{show_bytes(sums.bytes)}, {show_count(sums.ops, 'op')}, "
        f"{built.seconds:.2f} s on {built.device}"
    )


def trial_lines(trial: Trial) -> list[str]:
    """Return what a trial run found, a line for each layer that can't be run."""
    lines = [
        f"{_node_name(trial.stack.node(fault.origin))}: built, but can't run here: "
        f"{' '.join(fault.message.split())}"
        for fault in trial.faults
    ]
    return lines if trial.skipped is None else [*lines, f"not run: {trial.skipped}"]


def refusal_line(built: Built) -> str:
    """Return which layer was refused and why, empty where none was."""
    if built.refusal is None:
        return ""
    return f"{_node_name(built.stack.node(built.refusal.origin))}: {built.refusal.message}"


def _node_name(node: Node) -> str:
    return f"{node.name} ({node.kind})" if node.name else node.kind


def _row(variable: Variable, names: Mapping[str, str]) -> tuple[str, ...]:
    return (
        variable.name,
        str(list(variable.shape)),
        variable.dtype,
        "yes" if variable.trainable else "no",
        show_bytes(variable.bytes),
        variable.initializer,
        variable.device,
        ", ".join(names[origin] for origin in variable.used_by),
    )


def _called(layer: BuiltLayer, label: str) -> str:
    way = layer.construction
    return label if way is None else f"{label} ({CONSTRUCTIONS[way].label})"
