"""Numbers as people read them."""

import pytest

from core.quantities import show_bytes, show_count


@pytest.mark.parametrize(
    ("count", "text"),
    [
        (0, "0 B"),
        (1023, "1023 B"),
        (1024, "1.0 KB"),
        (3 * 2**30, "3.0 GB"),
        (2**80, "1048576.0 EB"),
    ],
)
def test_bytes_are_shown_in_powers_of_1024(count, text):
    assert show_bytes(count) == text


@pytest.mark.parametrize(("number", "text"), [(0, "0 ops"), (1, "1 op"), (1204, "1,204 ops")])
def test_counts_have_their_plural(number, text):
    assert show_count(number, "op") == text
