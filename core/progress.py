"""How long work tells how far it is, and is stopped."""

from collections.abc import Callable

# Called with what is done, the whole, and words for both; what it raises ends the work.
OnProgress = Callable[[int, int, str], None]


def ignore_progress(done: int, total: int, text: str) -> None:
    """Tell nobody."""
