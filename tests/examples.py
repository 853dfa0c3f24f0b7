"""The example stacks that ship with Layerscope."""

import functools
from pathlib import Path

EXAMPLES = sorted((Path(__file__).parent.parent / "resources" / "examples").glob("*.stack.json"))
assert EXAMPLES


@functools.cache
def example_text(path: Path) -> str:
    """Return the text of an example."""
    return path.read_text(encoding="utf-8")
