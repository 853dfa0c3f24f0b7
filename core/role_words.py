"""What people call the variables of a layer, and how their names are put in order."""

import re
from functools import lru_cache

_WORDS = {
    "kernel": ("kernel", "weights", "weight", "w", "filter", "filters", "matrix"),
    "bias": ("bias", "biases", "b"),
    "gamma": ("gamma", "scale"),
    "beta": ("beta", "offset", "shift"),
    "moving_mean": ("moving_mean", "running_mean", "mean", "pop_mean"),
    "moving_variance": (
        *("moving_variance", "running_variance", "running_var", "variance", "var", "pop_var"),
    ),
    "depthwise_kernel": ("depthwise_kernel", "depthwise_weights", "depthwise"),
    "pointwise_kernel": ("pointwise_kernel", "pointwise_weights", "pointwise"),
    "embeddings": ("embeddings", "embedding", "embedding_table", "embedding_weights"),
}
_ROLE_OF = {word: role for role, words in _WORDS.items() for word in words}


def role_of(word: str) -> str | None:
    """Return the role of a variable that is called so, None where no role is called so."""
    return _ROLE_OF.get(word.lower())


@lru_cache(2**16)
def natural(name: str) -> tuple[tuple[int, str], ...]:
    """Return what names are put in order by: numbers by their size, that is length first."""
    parts = re.split(r"(\d+)", name)
    return tuple(
        (len(part.lstrip("0")), part.lstrip("0")) if index % 2 else (0, part)
        for index, part in enumerate(parts)
    )
