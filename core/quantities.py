"""Numbers as people read them."""

import math


def show_bytes(count: float) -> str:
    """Return a number of bytes in powers of 1024: ``3.2 MB``."""
    units = ("B", "KB", "MB", "GB", "TB", "PB", "EB")
    power = min(int(math.log(max(count, 1), 1024)), len(units) - 1)
    return f"{count / 1024**power:.{1 if power else 0}f} {units[power]}"


def show_count(number: int, noun: str) -> str:
    """Return a number with its noun, in the plural where it isn't one: ``1,204 ops``."""
    return f"{number:,} {noun}{'' if number == 1 else 's'}"
