"""CRC-32C, the checksum of TensorFlow's files, of a few bytes or of many at once.

Python has no CRC-32C of its own. Byte by byte it would take 0.1 s for 1 MB; here a long text is cut
into lanes whose checksums numpy calculates side by side, and then joins in pairs.
"""

from functools import cache

import numpy as np
from numpy.typing import NDArray

_POLYNOMIAL = 0x82F63B78
_ALL_ONES = 0xFFFFFFFF
_MASK_DELTA = 0xA282EAD8
# Below this, starting numpy takes longer than the calculation.
_SHORT = 512
_FEWEST_LANES, _MOST_LANES = 64, 32768
# What is checked is copied, so a large tensor is checked in parts.
_AT_ONCE = 4 * 2**20

_Words = NDArray[np.uint32]


def crc32c(data: bytes | memoryview | NDArray[np.uint8], before: int = 0) -> int:
    """Return the checksum of some bytes.

    Args:
        data: The bytes.
        before: The checksum of what stands before them.
    """
    view = np.frombuffer(data, np.uint8)
    for start in range(0, len(view), _AT_ONCE):
        part = view[start : start + _AT_ONCE]
        before = _short(part, before) if len(part) < _SHORT else _long(part, before)
    return before


def masked(checksum: int) -> int:
    """Return a checksum as TensorFlow stores it: checksums of checksums are no good ones."""
    rotated = (checksum >> 15) | (checksum << 17)
    return (rotated + _MASK_DELTA) & _ALL_ONES


def _short(data: NDArray[np.uint8], before: int) -> int:
    table = _byte_list()
    register = before ^ _ALL_ONES
    for byte in data.tolist():
        register = table[(register ^ byte) & 0xFF] ^ (register >> 8)
    return register ^ _ALL_ONES


def _long(data: NDArray[np.uint8], before: int) -> int:
    """Return the checksum of at least four bytes.

    A register that starts with zero stays zero until the first byte that isn't: so the lanes can be
    filled up with zeros at the front. One that starts with something else is the same as one that
    starts with zero and whose first four bytes were combined with it.
    """
    lanes = _FEWEST_LANES
    while lanes < _MOST_LANES and lanes * lanes < 64 * len(data):
        lanes *= 2
    length = -(-len(data) // (2 * lanes)) * 2
    padded = np.zeros(length * lanes, np.uint8)
    padded[-len(data) :] = data
    first = padded[len(padded) - len(data) :][:4]
    first ^= np.frombuffer((before ^ _ALL_ONES).to_bytes(4, "little"), np.uint8)
    columns = np.ascontiguousarray(padded.view("<u2").reshape(lanes, -1).T)
    table = _pair_table()
    registers = np.zeros(lanes, np.uint32)
    for column in columns:
        registers = table[(registers ^ column) & 0xFFFF] ^ (registers >> 16)
    return int(_joined(registers, length)) ^ _ALL_ONES


def _joined(registers: _Words, length: int) -> np.uint32:
    """Return the register of all lanes, of `length` bytes each, one after the other."""
    shift = _shift_by(length)
    while len(registers) > 1:
        registers = _apply(shift, registers[::2]) ^ registers[1::2]
        shift = _apply(shift, shift)
    found: np.uint32 = registers[0]
    return found


def _shift_by(length: int) -> _Words:
    """Return what `length` bytes of zeros make of a register, for each of its bits."""
    result: _Words = np.left_shift(np.ones(32, np.uint32), np.arange(32, dtype=np.uint32))
    power: _Words = _byte_table()[result & 0xFF] ^ (result >> 8)
    while length:
        if length & 1:
            result = _apply(power, result)
        power = _apply(power, power)
        length >>= 1
    return result


def _apply(operator: _Words, registers: _Words) -> _Words:
    """Return what becomes of registers, given what becomes of each bit."""
    result = np.zeros_like(registers)
    for bit in range(32):
        result ^= operator[bit] * ((registers >> np.uint32(bit)) & np.uint32(1))
    return result


@cache
def _byte_table() -> _Words:
    """Return what each byte makes of a register that is zero but for it."""
    table: _Words = np.arange(256, dtype=np.uint32)
    for _ in range(8):
        table = (table >> np.uint32(1)) ^ (np.uint32(_POLYNOMIAL) * (table & np.uint32(1)))
    return table


@cache
def _byte_list() -> list[int]:
    found: list[int] = _byte_table().tolist()
    return found


@cache
def _pair_table() -> _Words:
    """Return the same for two bytes at once."""
    pairs = np.arange(65536, dtype=np.uint32)
    once = _byte_table()[pairs & 0xFF] ^ (pairs >> 8)
    twice: _Words = _byte_table()[once & 0xFF] ^ (once >> 8)
    return twice
