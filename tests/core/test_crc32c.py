"""CRC-32C against its definition."""

import numpy as np
import pytest

from core.crc32c import crc32c, masked


def _by_definition(data: bytes) -> int:
    register = 0xFFFFFFFF
    for byte in data:
        register ^= byte
        for _ in range(8):
            register = (register >> 1) ^ (0x82F63B78 if register & 1 else 0)
    return register ^ 0xFFFFFFFF


def test_the_standard_text():
    assert crc32c(b"123456789") == 0xE3069283
    assert masked(0) == 0xA282EAD8


@pytest.mark.parametrize("size", [0, 1, 3, 511, 512, 513, 4095, 4096, 4097, 20001])
def test_any_length_in_one_or_in_two(size):
    data = np.random.default_rng(size).integers(0, 256, size, dtype=np.uint8).tobytes()
    assert crc32c(data) == _by_definition(data)
    assert crc32c(data[size // 3 :], crc32c(data[: size // 3])) == crc32c(data)


def test_more_than_is_calculated_at_once():
    data = np.zeros(9 * 2**20, np.uint8)
    data[5 * 2**20] = 1
    assert crc32c(data) == crc32c(data[4 * 2**20 :], crc32c(data[: 4 * 2**20]))
    assert crc32c(data) != crc32c(np.zeros_like(data))
