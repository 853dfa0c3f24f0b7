"""The example stacks and the lessons that ship with Layerscope."""

import functools
from pathlib import Path

_RESOURCES = Path(__file__).parent.parent / "resources"
EXAMPLES = sorted((_RESOURCES / "examples").glob("*.stack.json"))
LESSONS = sorted((_RESOURCES / "lessons").glob("*.stack.json"))
assert EXAMPLES
assert LESSONS


@functools.cache
def example_text(path: Path) -> str:
    """Return the text of an example."""
    return path.read_text(encoding="utf-8")
