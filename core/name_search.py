"""What is typed into a search line: part of a name, or a regular expression between slashes."""

import re
from collections.abc import Callable


class SearchError(ValueError):
    """What is wrong with the text."""


def expression_in(text: str) -> Callable[[str], object] | None:
    """Return the search for a regular expression, as in `/conv[12]/`; None for plain text.

    Raises:
        SearchError: It is no regular expression.
    """
    if len(text) <= 2 or not (text.startswith("/") and text.endswith("/")):
        return None
    try:
        return re.compile(text[1:-1], re.IGNORECASE).search
    except (re.error, OverflowError, RecursionError) as error:
        raise SearchError(f"This is no regular expression: {error}.") from error
