"""A killed program: a second of edits is lost at most; tests.soak.kills does this fifty times."""

import pytest

from tests.kills import kill_once


@pytest.mark.parametrize("exporting", [False, True], ids=["in the import", "while it exports"])
def test_a_kill_costs_a_second_of_edits_and_leaves_no_half_checkpoint(tmp_path, exporting):
    left = kill_once(tmp_path, "a", exporting=exporting)
    assert left.edits
    assert left.checkpoints >= exporting
