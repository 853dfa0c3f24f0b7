"""A window that is killed costs a second of work at most."""

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from core import document

_ROOT = Path(__file__).parent.parent.parent

# The program as a user starts it; what it is told to do stands for keys, and is told on a pipe.
_WINDOW = """
import sys
from pathlib import Path
from PySide6.QtCore import QTimer
from gui import application, main_window
from gui.recovery import RecoveryDialog

class Window(main_window.MainWindow):
    def start(self, path):
        super().start(path)
        left = self.findChild(RecoveryDialog)
        offered = left.list.count() if left else 0
        print("offered", offered, flush=True)
        for command in sys.argv[1].split():
            if command == "recover":
                left.recover_button.click()
                print([node.kind for node in self.editor.stack.nodes], flush=True)
            elif command == "quit_in_import":
                self.waiting = QTimer(self, interval=5)
                self.waiting.timeout.connect(self.quit_in_import)
                self.waiting.start()
            else:
                self.action_table[command].trigger()
        print("done", flush=True)

    def quit_in_import(self):
        if "tensorflow" in sys.modules:
            self.waiting.stop()
            print("loading", self.loading, flush=True)
            self.close()

application.MainWindow = Window
sys.exit(application.run(Path(sys.argv[2]) if sys.argv[2:] else None))
"""


@contextmanager
def _window(folder: Path, *arguments: object) -> Iterator[subprocess.Popen]:
    with subprocess.Popen(
        [sys.executable, "-c", _WINDOW, *map(str, arguments)],
        cwd=_ROOT,
        env=os.environ | {"LAYERSCOPE_STATE_DIR": str(folder), "PYTHONPATH": str(_ROOT)},
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        try:
            yield process
        finally:
            process.kill()


def _say(process: subprocess.Popen) -> str:
    return process.stdout.readline().strip()


def _kill_after_the_last_edit(process: subprocess.Popen, folder: Path) -> None:
    """Kill a window once it has saved what it was told to do, which must take below a second."""
    while _say(process) != "done":
        assert process.poll() is None
    edited = time.monotonic()
    while not list((folder / "autosave").glob("[!.]*.stack.json")):
        assert time.monotonic() - edited < 1, "nothing was saved within a second"
        os.sched_yield()
    process.kill()
    process.wait()


@pytest.fixture
def opened(tmp_path) -> Path:
    path = tmp_path / "mine.stack.json"
    path.write_text('{"format": "layerscope-stack", "version": 1, "nodes": []}')
    return path


def test_a_killed_window_s_work_is_offered_at_the_next_start(tmp_path, opened):
    with _window(tmp_path, "add_input add_dense", opened) as process:
        assert _say(process) == "offered 0"
        _kill_after_the_last_edit(process, tmp_path)
    assert document.load(opened).nodes == ()
    with _window(tmp_path, "recover") as process:
        assert _say(process) == "offered 1"
        assert _say(process) == "['input', 'dense']"
        # Recovered but not saved: a second kill must not lose it either.
        assert _say(process) == "done"
        process.kill()
        process.wait()
    with _window(tmp_path, "recover save quit") as process:
        assert _say(process) == "offered 1"
        assert _say(process) == "['input', 'dense']"
        assert process.wait(30) == 0
    assert [node.kind for node in document.load(opened).nodes] == ["input", "dense"]
    with _window(tmp_path, "quit") as process:
        assert _say(process) == "offered 0"
        assert process.wait(30) == 0


def test_two_windows_do_not_offer_each_other_s_work(tmp_path, opened):
    with _window(tmp_path, "add_dense", opened) as first:
        assert _say(first) == "offered 0"
        while not list((tmp_path / "autosave").glob("[!.]*.stack.json")):
            assert first.poll() is None
            os.sched_yield()
        with _window(tmp_path, "quit") as second:
            assert _say(second) == "offered 0"
            assert second.wait(30) == 0
        assert first.poll() is None


def test_closing_while_tensorflow_is_imported_takes_no_time(tmp_path, opened):
    with _window(tmp_path, "quit_in_import", opened) as process:
        assert [_say(process) for _ in range(3)] == ["offered 0", "done", "loading True"]
        closed = time.monotonic()
        assert process.wait(30) == 0
    assert time.monotonic() - closed < 1
    assert list((tmp_path / "logs").glob("*.crash.txt")) == []
