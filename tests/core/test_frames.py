"""Messages through a pipe, whole or not at all."""

import io

import pytest

from core import frames


def test_messages_come_out_as_they_went_in():
    pipe = io.BytesIO()
    for message in (b"a", b"", b"\n" * 100_000):
        frames.write(pipe, message)
    pipe.seek(0)
    assert [frames.read(pipe) for _ in range(4)] == [b"a", b"", b"\n" * 100_000, None]


@pytest.mark.parametrize("length", [3, 8, 11])
def test_half_a_message_is_none(length):
    pipe = io.BytesIO()
    frames.write(pipe, b"a message")
    assert frames.read(io.BytesIO(pipe.getvalue()[:length])) is None
