"""TensorFlow's own words, without the Python files that it lists beside them."""

import re

_BEHIND = (" Originally defined at:", "\n\nOriginal stack trace for")
_TRACE = re.compile(r"Detected at node.*?\nNode: '[^'\n]*'\n", re.DOTALL)


def words(message: str) -> str:
    """Return what an error says, without where in Python a variable or node was made."""
    for start in _BEHIND:
        message, _, _ = message.partition(start)
    return _TRACE.sub("", message).strip()
