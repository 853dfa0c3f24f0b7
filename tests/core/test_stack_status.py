"""What a build and a trial run say of a node, and for how long."""

from dataclasses import replace

from core.built import Refusal
from core.edits import Replace
from core.stack import Stack
from core.stack_status import StackStatus
from core.trial import Fault, Trial
from tests.builts import built
from tests.stacks import dense, features, stack

_STACK = stack(features("x"), dense("a"), dense("b"))
_TRIAL = Trial(_STACK, (Fault("a", "no kernel", "UnimplementedError"),))


def _status(found: Stack, refusal: Refusal | None = None) -> StackStatus:
    return StackStatus(built(found, (), refusal), _TRIAL)


def test_a_fault_stands_at_its_layer_alone():
    status = _status(_STACK)
    assert status.fault_text("a") == "Built, but can't run here: no kernel"
    assert status.fault_text("b") == ""
    assert StackStatus().fault_text("a") == ""


def test_a_fault_stands_until_the_next_trial_unless_its_layer_is_changed():
    other = Replace((dense("b", units=9),)).apply(_STACK)
    status = _status(other)
    assert status.fault_text("a")
    assert status.with_trial(Trial(other)).fault_text("a") == ""
    changed = Replace((dense("a", units=9),)).apply(_STACK)
    assert status.with_built(built(changed, ())).fault_text("a") == ""
    assert status.with_built(None).fault_text("a") == ""


def test_a_refused_layer_has_no_fault():
    found = built(_STACK, ())
    refusal = Refusal("a", "no such variable", "ValueError")
    layers = tuple(
        replace(layer, refusal=refusal if layer.id == "a" else None) for layer in found.layers[:2]
    )
    status = StackStatus(replace(found, layers=layers, refusal=refusal), _TRIAL)
    assert status.fault_text("a") == ""


def test_what_was_not_tried_says_why_until_the_next_build():
    reason = "This would take too much memory."
    status = StackStatus(built(_STACK, ()), replace(_TRIAL, skipped=reason))
    assert status.untried_text("b") == f"Not tried: {reason}"
    assert status.untried_text("a") == ""
    assert status.with_built(built(replace(_STACK), ())).untried_text("b") == ""
    assert status.with_trial(_TRIAL).untried_text("b") == ""
