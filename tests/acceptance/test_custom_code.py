"""Code in a stack file: nothing of it is run without a word, whichever command reads the file."""

import json
import os
import subprocess
import sys

import pytest

from core.document import dumps
from tests.acceptance.program import ROOT, run_program
from tests.stacks import features, layer, stack


@pytest.fixture
def marker(tmp_path):
    """Where the code leaves a file if it is run."""
    return tmp_path / "marker"


@pytest.fixture
def path(tmp_path, marker):
    """A stack file whose code leaves a file in whichever way it is run."""
    write = f"__import__('pathlib').Path({str(marker)!r}).write_text('run')"
    code = f"def f(x: {write}) -> {write}:\n    {write}\n    return x * get_variable('w', [4])\n"
    nodes = [
        layer("custom", found, name, construction="get_variable", code=code)
        for found, name in (("c", "mine"), ("d", None))
    ]
    file = tmp_path / "from_elsewhere.stack.json"
    file.write_text(dumps(stack(features(), *nodes)))
    return file


def test_a_build_needs_a_word(path, marker, tmp_path):
    script, checkpoint = tmp_path / "net.py", tmp_path / "net"
    ended = run_program("build", path, "--script", script, "--checkpoint", checkpoint, "--json")
    assert (ended.returncode, ended.stdout) == (2, "")
    assert ended.stderr == (
        f"layerscope: {path}: the layers mine, custom hold code of the file's own, which was not "
        "run; read it, and add --trust-code to run it\n"
    )
    assert not marker.exists()
    assert not script.exists()
    assert not checkpoint.with_name("net.index").exists()


def test_with_the_word_it_builds(path, marker, tmp_path):
    checkpoint = tmp_path / "net"
    ended = run_program("build", path, "--trust-code", "--checkpoint", checkpoint)
    assert ended.returncode == 0, ended.stderr
    assert "mine/w" in ended.stdout
    assert marker.exists()
    assert checkpoint.with_name("net.index").exists()


def test_what_the_code_prints_stays_out_of_the_report(tmp_path):
    code = "def f(x):\n    print('hello')\n    return x\n"
    path = tmp_path / "prints.stack.json"
    node = layer("custom", "c", construction="get_variable", code=code)
    path.write_text(dumps(stack(features(), node)))
    ended = run_program("build", path, "--trust-code", "--json")
    assert json.loads(ended.stdout)["ok"] is True
    assert "hello" in ended.stderr


def test_an_error_in_the_code_is_a_refusal_at_its_layer(tmp_path):
    path = tmp_path / "wrong.stack.json"
    node = layer("custom", "c", "mine", construction="get_variable", code="def f(x): exit()")
    path.write_text(dumps(stack(features(), node)))
    ended = run_program("build", path, "--trust-code", "--json")
    assert ended.returncode == 1
    error = json.loads(ended.stdout)["layers"][1]["error"]
    assert (error["type"], error["line"]) == ("SystemExit", 1)


def test_a_picture_needs_a_word(path, marker, tmp_path):
    picture = tmp_path / "net.png"
    offscreen = {"QT_QPA_PLATFORM": "offscreen", "LAYERSCOPE_STATE_DIR": str(tmp_path / "state")}
    ended = run_program("picture", path, picture, **offscreen)
    assert ended.returncode == 2
    assert "add --trust-code to run it" in ended.stderr
    assert not marker.exists()
    ended = run_program("picture", path, picture, "--trust-code", **offscreen)
    assert ended.returncode == 0, ended.stderr
    assert marker.exists()
    assert picture.exists()


# Opens the window as `layerscope FILE` does where there is a display; ends with the first build.
_OPENED = """
import sys
from pathlib import Path
from PySide6.QtWidgets import QApplication
from gui import application, building

def quit_when_built(self, built):
    set_built(self, built)
    if built is not None:
        print(built.refusal, flush=True)
        for widget in QApplication.topLevelWidgets():
            widget.close()

set_built, building.Building._set_built = building.Building._set_built, quit_when_built
sys.exit(application.run(Path(sys.argv[1])))
"""


def test_opening_the_window_runs_nothing(path, marker, tmp_path):
    ended = subprocess.run(
        [sys.executable, "-c", _OPENED, str(path)],
        capture_output=True,
        text=True,
        timeout=240,
        check=False,
        cwd=ROOT,
        env=os.environ
        | {
            "PYTHONPATH": str(ROOT),
            "QT_QPA_PLATFORM": "offscreen",
            "LAYERSCOPE_STATE_DIR": str(tmp_path / "state"),
        },
    )
    assert ended.returncode == 0, ended.stderr
    assert "UntrustedCodeError" in ended.stdout
    assert not marker.exists()
