"""The weights of one variable as each construction makes it."""

from collections.abc import Container, Iterator
from contextlib import closing
from dataclasses import replace

from core.built import Built
from core.catalog import KINDS
from core.comparison import creations, with_construction
from core.devices import Target
from core.forward_variance import sum_of
from core.graph import BuiltGraph, NotDrawnError
from core.kind import CONSTRUCTIONS
from core.progress import OnProgress
from core.stack import Layer
from core.weights import Weights, summarize


def why_not_both(built: Built, name: str) -> str:
    """Return why a variable is not made by both constructions, empty where it is."""
    key = _key(built, name)
    node = built.stack.node(key[0]) if key else None
    if not isinstance(node, Layer):
        return "No layer made this variable."
    if len(KINDS[node.kind].constructions) < 2:
        return f"A layer of the kind {node.kind} is built in one way only."
    return ""


def both_weights(
    built: Built,
    name: str,
    bins: int | None,
    target: Target,
    on_progress: OnProgress,
    trusted: Container[str],
) -> tuple[Weights, ...]:
    """Return the weights of the variable that each construction makes in the place of one.

    The stacks are built one after the other, so that their values don't have to fit side by side.

    Raises:
        NotDrawnError: A construction has no such variable, or its values were not drawn.
    """
    return tuple(_each(built, name, bins, target, on_progress, trusted))


def _each(
    built: Built,
    name: str,
    bins: int | None,
    target: Target,
    on_progress: OnProgress,
    trusted: Container[str],
) -> Iterator[Weights]:
    key = _key(built, name)
    for construction, way in CONSTRUCTIONS.items():
        stack = with_construction(built.stack, construction)
        with closing(BuiltGraph(stack, target, on_progress, trusted)) as graph:
            found = creations(graph.built).get(key) if key else None
            if found is None:
                raise NotDrawnError(f"Built with {way.label}, the stack has no such variable.")
            variable, _ = found
            weights = summarize(
                variable.name,
                variable.dtype,
                graph.values(variable.name),
                bins,
                graph.density(variable.name),
                sum_of(graph.built, variable.name),
                on_progress,
            )
            yield replace(weights, name=f"{variable.name} ({way.label})")


def _key(built: Built, name: str) -> tuple[str, str, int] | None:
    """Return which layer created a variable, in which role, and as which of them."""
    found = creations(built).items()
    return next((key for key, (variable, _) in found if variable.name == name), None)
