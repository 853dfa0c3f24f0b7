"""Where nodes go by one step: up, down, into the scope above them, out of the scope around them.

Each function returns the place to move the nodes to; None where there is none, or where the nodes
stand in more than one scope.
"""

from collections.abc import Iterable

from core.commands import after, topmost
from core.stack import Place, Scope, Stack


def up(stack: Stack, ids: Iterable[str]) -> Place | None:
    """Return the place before the node above."""
    places = _places(stack, ids)
    if not places or places[-1].index < len(places):
        return None  # they are the first already
    return Place(places[0].scope, max(places[0].index - 1, 0))


def down(stack: Stack, ids: Iterable[str]) -> Place | None:
    """Return the place behind the node below."""
    places = _places(stack, ids)
    if not places:
        return None
    last = len(stack.children(places[-1].scope))
    if places[0].index + len(places) == last:
        return None
    return Place(places[-1].scope, min(places[-1].index + 2, last))


def into_scope(stack: Stack, ids: Iterable[str]) -> Place | None:
    """Return the end of the scope right above."""
    places = _places(stack, ids)
    if not places or places[0].index == 0:
        return None
    above = stack.children(places[0].scope)[places[0].index - 1]
    return Place(above.id, len(above.nodes)) if isinstance(above, Scope) else None


def out_of_scope(stack: Stack, ids: Iterable[str]) -> Place | None:
    """Return the place behind the scope around."""
    places = _places(stack, ids)
    scope = places[0].scope if places else None
    return None if scope is None else after(stack, scope)


def _places(stack: Stack, ids: Iterable[str]) -> list[Place]:
    """Return where the nodes stand, if that is in one scope."""
    places = [stack.place(found) for found in topmost(stack, ids)]
    return places if len({place.scope for place in places}) == 1 else []
