"""A large tensor's values gone over in parts, by several threads at once."""

import os
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any, Protocol, TypeVar

import numpy as np
from numpy.typing import NDArray

from core.progress import OnProgress, ignore_progress

_Found = TypeVar("_Found")

# What a thread does at a time: 2 ms. Fixed, so that sums are the same on every machine.
CHUNK = 2**20
# Three arrays of this length fit into a processor's cache.
BLOCK = 2**16
_MOST_THREADS = 8


class Flat(Protocol):
    """A flat array, or what stands for one that is read in slices."""

    @property
    def size(self) -> int:
        """How many values there are."""

    def __getitem__(self, part: slice, /) -> NDArray[Any]:
        """Return some of them."""


class Passes:
    """Goes over values several times, and tells how far all of that is."""

    def __init__(
        self, number: int = 1, on_progress: OnProgress = ignore_progress, text: str = ""
    ) -> None:
        """Prepare for a number of passes.

        Args:
            number: How many there will be.
            on_progress: Called between two chunks; what it raises ends the pass.
            text: The words for it.
        """
        self._number = number
        self._on_progress = on_progress
        self._text = text
        self._done = 0

    def over(self, flat: Flat, work: Callable[[NDArray[Any]], _Found]) -> Iterator[_Found]:
        """Yield what a function returns for each chunk of the values, in order.

        numpy computes without holding the interpreter, so threads share the work on an array. What
        is read in slices belongs to one thread, and tells by itself how far it is.
        """
        chunks = (flat[start : start + CHUNK] for start in range(0, flat.size, CHUNK))
        if not isinstance(flat, np.ndarray) or flat.size <= CHUNK:
            yield from map(work, chunks)
        else:
            yield from self._shared(list(chunks), work)
        self._done += 1

    def _shared(
        self, chunks: list[NDArray[Any]], work: Callable[[NDArray[Any]], _Found]
    ) -> Iterator[_Found]:
        threads = ThreadPoolExecutor(min(os.cpu_count() or 1, _MOST_THREADS), "values")
        try:
            for number, found in enumerate(threads.map(work, chunks)):
                done, total = self._done * len(chunks) + number, self._number * len(chunks)
                self._on_progress(done, total, self._text)
                yield found
        finally:
            threads.shutdown(cancel_futures=True)


def blocks(chunk: NDArray[Any]) -> Iterator[NDArray[Any]]:
    """Yield the blocks of a chunk, small enough to be worked on within the cache."""
    for start in range(0, chunk.size, BLOCK):
        yield chunk[start : start + BLOCK]
