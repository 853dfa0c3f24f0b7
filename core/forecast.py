"""The names that nodes will have, found by building the stack that there would be."""

from collections.abc import Container
from dataclasses import dataclass

from core.devices import Target, list_devices
from core.naming import names_text
from core.progress import OnProgress, ignore_progress
from core.stack import Layer, Stack
from core.undrawn import undrawn


@dataclass(frozen=True, slots=True)
class Forecast:
    """What some nodes of a stack will be called.

    Attributes:
        stack: The stack that there would be.
        text: The names of their variables, and why they are these.
    """

    stack: Stack
    text: str


def forecast(
    stack: Stack,
    ids: tuple[str, ...],
    target: Target | None = None,
    on_progress: OnProgress = ignore_progress,
    trusted: Container[str] = (),
) -> Forecast:
    """Build a stack for the names of some of its nodes."""
    built = undrawn(list_devices(target or Target()), trusted, on_progress)(stack)
    layers = dict.fromkeys(node.id for node in stack.inside(ids) if isinstance(node, Layer))
    texts = (names_text(built, layer) for layer in layers)
    return Forecast(stack, "\n".join(text for text in texts if text))
