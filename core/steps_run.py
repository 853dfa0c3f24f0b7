"""Steps of a plan, done one by one in a namespace as Python would do their text."""

from collections.abc import Iterable, MutableMapping
from typing import Any

from core.expression import evaluate, function_of
from core.plan import Block, Function, Impossible, Remark, Statement, Step, Unpacking


def run_steps(steps: Iterable[Step], namespace: MutableMapping[str, Any]) -> None:
    """Do steps; the results get their names in `namespace`."""
    for step in steps:
        match step:
            case Statement(target=target, call=call):
                value = evaluate(call, namespace)
                if target is not None:
                    namespace[target] = value
            case Unpacking(targets=targets, call=call):
                namespace.update(zip(targets, evaluate(call, namespace), strict=True))
            case Block(call=call, steps=within):
                with evaluate(call, namespace):
                    run_steps(within, namespace)
            case Function():
                namespace[step.name] = _function(step, namespace)
            case Impossible(sentence=sentence):
                raise ValueError(sentence)
            case Remark():
                pass


def _function(step: Function, namespace: MutableMapping[str, Any]) -> Any:
    def body(inner: MutableMapping[str, Any]) -> Any:
        run_steps(step.steps, inner)
        return evaluate(step.result, inner)

    return function_of(step.parameters, body, namespace)
