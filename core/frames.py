"""Messages through a pipe: each is its length in eight bytes, and then that many."""

from typing import IO

_LENGTH_BYTES = 8


def write(pipe: IO[bytes], message: bytes) -> None:
    """Write a message. Raises OSError where nobody reads any more."""
    pipe.write(len(message).to_bytes(_LENGTH_BYTES, "big") + message)
    pipe.flush()


def read(pipe: IO[bytes]) -> bytes | None:
    """Return the next message, None at the end of the pipe, be it within a message."""
    length = pipe.read(_LENGTH_BYTES)
    if len(length) < _LENGTH_BYTES:
        return None
    wanted = int.from_bytes(length, "big")
    message = pipe.read(wanted)
    return message if len(message) == wanted else None
