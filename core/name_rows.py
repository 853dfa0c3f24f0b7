"""Which rows of a name map are shown: all, or those that want a look, and what a search keeps."""

from collections import Counter
from collections.abc import Iterator
from enum import StrEnum

from core.name_mapping import NameMapping, Problem
from core.name_search import expression_in

# A pair that is less sure than scopes of the same contents wants a look.
SURE = 0.8


class Show(StrEnum):
    """What rows there are to see."""

    ALL = "all"
    UNCERTAIN = "uncertain"
    UNMATCHED = "unmatched"
    OTHER_FORM = "other shape or dtype"


def shown(mapping: NameMapping, show: Show, text: str = "") -> list[str]:
    """Return names of the right side whose rows are kept, in its order.

    Args:
        mapping: The map.
        show: Which rows.
        text: Part of a name of either side, whatever its case; or `/regular expression/`.

    Raises:
        SearchError: What is wrong with the text.
    """
    kept = mapping.rights if show is Show.ALL else _of_kind(mapping, show)
    text = text.strip()
    if not text:
        return list(kept)
    search = expression_in(text)
    if search is not None:
        return [right for right in kept if any(map(search, _names(mapping, right)))]
    wanted = text.lower()
    return [r for r in kept if any(wanted in name.lower() for name in _names(mapping, r))]


def counts(mapping: NameMapping) -> Counter[Show]:
    """Return how many rows there are of each kind."""
    found = Counter(show for right in mapping.rights for show in _kinds(mapping, right))
    found[Show.ALL] = len(mapping.rights)
    return found


def _of_kind(mapping: NameMapping, show: Show) -> Iterator[str]:
    return (right for right in mapping.rights if show in _kinds(mapping, right))


def _kinds(mapping: NameMapping, right: str) -> Iterator[Show]:
    problem = mapping.problem(right)
    if problem is Problem.UNMATCHED:
        yield Show.UNMATCHED
        return
    if problem is not None:
        yield Show.OTHER_FORM
    if mapping.pairs[right].confidence < SURE:
        yield Show.UNCERTAIN


def _names(mapping: NameMapping, right: str) -> Iterator[str]:
    yield right
    if right in mapping.pairs:
        yield mapping.pairs[right].left
