"""Texts for buttons, which must not widen what they stand in."""


def shortened(text: str, most: int) -> str:
    """Return a text, cut where it has more than so many characters."""
    return text if len(text) <= most else f"{text[: most - 1]}\u2026"
