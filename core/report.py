"""What a build made, as JSON."""

import hashlib
import time
from collections.abc import Container
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from core.built import Built, BuiltLayer, Refusal, Variable
from core.devices import Target, list_devices
from core.fixes import Fix, fix_of_hazard, fixes_of_refusal
from core.hazards.table import HAZARDS, hazards
from core.refusals.explanation import explain
from core.restored import Restored
from core.trial import Fault, Trial
from core.undrawn import Build, undrawn
from core.weights import summarize

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from core.graph import BuiltGraph

# After so long no further edit is tried for a report: a large stack takes that long for each.
_SECONDS = 2.0


def report(
    graph: "BuiltGraph",
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
    values = graph.values_of(variable.name for variable in built.variables)
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
            variable_json(variable)
            | {"values": None if built.undrawn else _said_of(variable, values.of(variable.name))}
            for variable in built.variables
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
        "restored": _restored(graph.restored),
        "trial": None if trial is None else {"skipped": trial.skipped},
        "signals": signals,
    }


def _restored(restored: Restored | None) -> dict[str, Any] | None:
    """Return what the variables hold in place of initial values, None where these."""
    if restored is None:
        return None
    asked = [row.wanted.name for row in restored.check.variables]
    return {
        "path": str(restored.restoring.path),
        "variables": [name for name in asked if name in restored.variables],
        "left": [name for name in asked if name not in restored.variables],
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


def variable_json(variable: Variable) -> dict[str, Any]:
    """Return what there is to say about a variable, but for its values."""
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


def _said_of(variable: Variable, values: "NDArray[Any]") -> dict[str, Any]:
    """Return what can be said of a variable's values, so that others can compare them."""
    digest = hashlib.sha256(values.tobytes()).hexdigest()
    statistics = asdict(summarize(variable.name, variable.dtype, values).statistics)
    return {**statistics, "sha256": digest}
