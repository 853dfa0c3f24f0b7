"""Passes over many values, shared by threads."""

import threading

import numpy as np
import pytest

from core.blocks import BLOCK, CHUNK, Passes, blocks

VALUES = np.arange(5 * CHUNK + 3, dtype=np.int32)


class StopError(Exception):
    pass


def threads():
    return [found.name for found in threading.enumerate()]


def test_what_comes_of_the_chunks_comes_in_their_order():
    firsts = list(Passes().over(VALUES, lambda chunk: (chunk[0], chunk.size)))
    assert firsts == [*((at * CHUNK, CHUNK) for at in range(5)), (5 * CHUNK, 3)]


def test_the_blocks_of_a_chunk_are_all_of_it():
    assert [block.size for block in blocks(VALUES[: BLOCK + 1])] == [BLOCK, 1]
    assert not list(blocks(VALUES[:0]))


def test_several_passes_tell_how_far_they_are_together():
    told = []
    passes = Passes(2, lambda *progress: told.append(progress), "summing")
    for _ in range(2):
        assert sum(passes.over(VALUES, np.size)) == VALUES.size
    assert told == [(done, 12, "summing") for done in range(12)]


def test_a_pass_can_be_stopped_and_leaves_no_thread():
    before = threads()

    def stop(done: int, total: int, text: str) -> None:
        raise StopError

    with pytest.raises(StopError):
        list(Passes(1, stop).over(VALUES, np.size))
    assert threads() == before


def test_an_error_in_a_chunk_ends_the_pass():
    before = threads()

    def fail(chunk: np.ndarray) -> None:
        raise MemoryError

    with pytest.raises(MemoryError):
        list(Passes().over(VALUES, fail))
    assert threads() == before
