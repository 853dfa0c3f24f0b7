"""Damaged stack files: one clear error or a whole stack; tests.soak.stack_files tries many more."""

from random import Random

import pytest

from core.json_file import DocumentError
from tests.damaged_files import checked, watch
from tests.examples import EXAMPLES, LESSONS, example_text
from tests.mutations import mutated

_PARTS = 8
_FILES = 60


@pytest.fixture(scope="module", autouse=True)
def _watching():
    watch()


@pytest.mark.parametrize("part", range(_PARTS))
@pytest.mark.timeout(60)
def test_a_damaged_file_is_refused_in_one_line_or_read_whole(part, tmp_path):
    path = tmp_path / "damaged.stack.json"
    refused = 0
    for number in range(_FILES):
        random = Random(f"{part} {number}")
        text = example_text(random.choice([*EXAMPLES, *LESSONS]))
        path.write_bytes(mutated(random, text))
        refused += isinstance(checked(path), DocumentError)
    assert 0 < refused < _FILES
    assert list(tmp_path.iterdir()) == [path]


def test_the_same_number_damages_a_file_the_same_way():
    text = example_text(EXAMPLES[0])
    assert mutated(Random(3), text) == mutated(Random(3), text)
