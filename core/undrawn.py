"""Stacks built only to see what comes of them: nothing is drawn, and nothing is kept."""

from collections.abc import Callable, Container

from core.built import Built
from core.devices import Device
from core.progress import OnProgress, ignore_progress
from core.stack import Stack

Build = Callable[[Stack], Built]


def undrawn(
    there: tuple[Device, ...],
    trusted: Container[str] = (),
    on_progress: OnProgress = ignore_progress,
) -> Build:
    """Return a function that builds a stack, without its initial values.

    What a refused layer left behind is not cleaned away: it stands after all that was built.

    Args:
        there: The devices that there are.
        trusted: The digests of the code that may be run.
        on_progress: Called before each node; what it raises ends the build.
    """
    # Fixes are values of the window, too, which doesn't wait for what it takes to try them.
    from core.plan_run import PlanRun

    def build(stack: Stack) -> Built:
        run = PlanRun(stack, there, on_progress, trusted=trusted)
        run.run()
        return Built(
            stack=stack,
            layers=run.layers(),
            variables=run.variables(),
            ledger=tuple(run.ledger.requests),
            refusal=run.refusal,
            device=stack.device or there[0].name,
            ops=len(run.graph.get_operations()),
            seconds=0.0,
            undrawn="The initial values were not asked for.",
        )

    return build
