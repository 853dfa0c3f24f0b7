"""The picture of the window, on a machine that has no display."""

from tests.acceptance.program import run_program
from tests.examples import EXAMPLES

_PNG = b"\x89PNG\r\n\x1a\n"


def test_a_machine_without_a_display_draws_the_window_all_the_same(tmp_path):
    nowhere = {"DISPLAY": "", "WAYLAND_DISPLAY": "", "QT_QPA_PLATFORM": ""}
    ended = run_program(
        *("picture", EXAMPLES[0], tmp_path / "window.png"),
        **nowhere,
        LAYERSCOPE_STATE_DIR=str(tmp_path / "state"),
    )
    assert ended.returncode == 0, ended.stderr
    assert (tmp_path / "window.png").read_bytes().startswith(_PNG)


def test_a_machine_without_a_display_is_told_so_in_one_line():
    ended = run_program(EXAMPLES[0], DISPLAY="", WAYLAND_DISPLAY="", QT_QPA_PLATFORM="")
    assert ended.returncode == 2
    assert ended.stderr == (
        "layerscope: there is no display; use `layerscope build FILE` without a window\n"
    )
