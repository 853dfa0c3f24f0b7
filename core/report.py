"""What a build made, as JSON and as a table for people."""

import hashlib
import time
from collections.abc import Container, Mapping
from dataclasses import asdict
from typing import Any

from core.built import Built, BuiltLayer, Refusal, Variable
from core.catalog import CONSTRUCTIONS
from core.devices import Target, list_devices
from core.fixes import Fix, fix_of_hazard, fixes_of_refusal
from core.graph import BuiltGraph
from core.hazards.table import HAZARDS, hazards
from core.origin_labels import origin_labels
from core.quantities import show_bytes, show_count
from core.refusals.explanation import explain
from core.stack import Node
from core.trial import Fault, Trial
from core.undrawn import Build, undrawn
from core.weights import summarize

# After so long no further edit is tried for a report: a large stack takes that long for each.
_SECONDS = 2.0


def report(
    graph: BuiltGraph,
    trial: Trial | None = None,
    trusted: Container[str] = (),
    signals: dict[str, Any] | None = None,
) -> dict[str, Any]:
    """Return the report of `build --json`; the fixes in it have been built.

    Args:
        graph: What was built.
        trial: What a trial run found, where one was made.
        trusted: The digests of custom layers' code that may be run.
        signals: What there is to say of signals, where they were asked for.
    """
    built = graph.built
    faults = {} if trial is None else {fault.origin: fault for fault in trial.faults}
    tried = undrawn(list_devices(Target()), trusted)
    return {
        "ok": built.refusal is None,
        "name": built.stack.name,
        "seed": built.stack.seed,
        "device": built.device,
        "root": built.stack.root,
        "use_resource": built.stack.use_resource,
        "layers": [
            _layer(built, layer, tried) | _fault(faults.get(layer.id)) for layer in built.layers
        ],
        "variables": [
            _variable(variable) | _values(graph, variable) for variable in built.variables
        ],
        "ledger": [
            {
                "layer": request.origin,
                "name": request.name,
                "role": request.role,
                "scope": request.scope,
                "name_scope": request.name_scope,
                "outcome": request.outcome.value,
                "variable": request.variable,
                "settings": [asdict(setting) for setting in request.settings],
            }
            for request in built.ledger
        ],
        "hazards": _hazards(built, tried),
        "totals": asdict(built.totals),
        "seconds": built.seconds,
        "undrawn": built.undrawn,
        "trial": None if trial is None else {"skipped": trial.skipped},
        "signals": signals,
    }


def _layer(built: Built, layer: BuiltLayer, build: Build) -> dict[str, Any]:
    refusal = layer.refusal
    return {
        "id": layer.id,
        "name": layer.name,
        "kind": layer.kind,
        "construction": layer.construction,
        "reuse": layer.reuse,
        "outputs": [None if shape is None else list(shape) for shape in layer.outputs],
        "output_names": list(layer.output_names),
        "variables": list(layer.variables),
        "error": None if refusal is None else _refusal(built, refusal, build),
    }


def _refusal(built: Built, refusal: Refusal, build: Build) -> dict[str, Any]:
    return {
        "type": refusal.error,
        "message": refusal.message,
        "line": refusal.line,
        "explanation": _explanation(built, build),
    }


def _explanation(built: Built, build: Build) -> dict[str, Any] | None:
    explanation = explain(built)
    if explanation is None:
        return None
    return {
        "sentences": list(explanation.sentences),
        "layers": list(explanation.layers),
        "fixes": [_fix(fix) for fix in fixes_of_refusal(built, build, _SECONDS)],
    }


def _hazards(built: Built, build: Build) -> list[dict[str, Any]]:
    """Return the hazards, with their fixes as far as these can be tried in a few seconds."""
    until = time.monotonic() + _SECONDS
    found = []
    for hazard in hazards(built):
        fix = fix_of_hazard(built, hazard, build) if time.monotonic() < until else None
        found.append(
            {
                "layer": hazard.node,
                "kind": hazard.kind,
                "text": hazard.text,
                "thread": HAZARDS[hazard.kind].thread,
                "fix": None if fix is None else _fix(fix),
            }
        )
    return found


def _fix(fix: Fix) -> dict[str, Any]:
    return {"text": fix.command.text, "preview": fix.preview, "whole": fix.whole}


def _fault(fault: Fault | None) -> dict[str, Any]:
    said = None if fault is None else {"type": fault.error, "message": fault.message}
    return {"fault": said}


def _variable(variable: Variable) -> dict[str, Any]:
    return {
        "name": variable.name,
        "asked_name": variable.asked_name,
        "shape": list(variable.shape),
        "dtype": variable.dtype,
        "trainable": variable.trainable,
        "initializer": variable.initializer,
        "device": variable.device,
        "requested_device": variable.requested_device,
        "collections": list(variable.collections),
        "resource": variable.resource,
        "created_by": variable.created_by,
        "used_by": list(variable.used_by),
        "parameters": variable.parameters,
        "bytes": variable.bytes,
    }


def _values(graph: BuiltGraph, variable: Variable) -> dict[str, Any]:
    """Return what can be said of a variable's values, so that others can compare them."""
    if graph.built.undrawn is not None:
        return {"values": None}
    values = graph.values(variable.name)
    digest = hashlib.sha256(values.tobytes()).hexdigest()
    statistics = asdict(summarize(variable.name, variable.dtype, values).statistics)
    return {"values": {**statistics, "sha256": digest}}


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
