"""A long sitting with the real window: random things done to it, and nothing left behind.

    python -m tests.soak.window [--seconds N] [--seed N]

Every so often the hands rest, the same example is opened and built, and the memory is measured:
so every figure is of the same work. What memory the process had at first says little, as every
kind of layer loads code when it is first built; the first third of the figures is left out.
"""

import argparse
import faulthandler
import logging
import os
import sys
import tempfile
import threading
import time
from pathlib import Path
from random import Random

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

import psutil
from PySide6.QtCore import QCoreApplication, QEvent, QEventLoop, QTimer, qInstallMessageHandler
from PySide6.QtGui import QGuiApplication

from core import document
from core.edits import Edit
from core.stack import Stack
from gui.application import create
from gui.bridge import Bridge
from gui.collection import Collection
from gui.dialogs import Answer
from gui.editor import Editor
from gui.errors import Errors, log_to_file
from gui.main_window import MainWindow
from gui.settings import Settings
from gui.state import folders
from tests.soak.hands import Hands, QuickDialogs

# TensorFlow's and malloc's pools grow and shrink by this much between two equal moments.
_MOST_GROWTH = 0.08
_REST_EVERY_SECONDS = 20.0
# The hands may leave a stack whose gigabytes are being drawn, which can't be cancelled within a
# variable: 9 GB took three minutes where others used the machine, too.
_STUCK_SECONDS = 480.0


class Record:
    """The edits of an editor, so that they can be done again without a window."""

    def __init__(self, editor: Editor) -> None:
        self.edits: list[Edit] = []
        self.trouble: list[str] = []
        self._editor = editor
        self._first = editor.stack
        editor.stack_opened.connect(self._on_opened)
        editor.step_applied.connect(self.edits.append)

    def check(self) -> None:
        """Note where the stack is not what its edits make of the one that was opened."""
        stack = self._first
        for edit in self.edits:
            stack = edit.apply(stack)
        if stack != self._editor.stack:
            self.trouble.append("the stack is not equal to its replay")
        if document.loads(document.dumps(stack)) != stack:
            self.trouble.append("the stack is not what its file holds")

    def _on_opened(self, stack: Stack) -> None:
        self._first = stack
        self.edits.clear()


class Sitting:
    """The window with all that belongs to it, and what is noted of it."""

    def __init__(self, folder: Path, seed: int) -> None:
        self.trouble: list[str] = []
        self.memory: list[float] = []
        self.application = create()
        qInstallMessageHandler(self._on_qt_message)
        log_to_file(folders())
        self.errors = Errors()
        self.errors.happened.connect(self.trouble.append)
        self.bridge = Bridge()
        self.window = MainWindow(Editor(), self.bridge, Settings(folders()), folders())
        self._set_dialogs(QuickDialogs(self.window, folder, Random(seed)))
        self.collection = Collection(self.window.working)
        self.bridge.started.connect(self.collection.note_work)
        self.bridge.ready.connect(self.collection.freeze)
        self.record = Record(self.window.editor)
        self.hands = Hands(self.window, seed)
        self.exported = 0
        self.bridge.exported.connect(self._on_exported)

    def run(self, seconds: float) -> None:
        """Sit for so long."""
        wait(self.window.painted, self.window.show)
        self.window.late_plot.start()
        wait(self.bridge.ready, self.bridge.start)
        self.window.start(None)
        end = time.monotonic() + seconds
        while time.monotonic() < end and not self.trouble:
            faulthandler.dump_traceback_later(_REST_EVERY_SECONDS + _STUCK_SECONDS, exit=True)
            self.hands.start()
            pause(_REST_EVERY_SECONDS)
            self.hands.stop()
            self.record.check()
            self.trouble += self.record.trouble
            self._rest()
        faulthandler.cancel_dump_traceback_later()

    def close(self) -> None:
        """Close the window as a person does, and note what is left."""
        window = self.window
        if window.isVisible():
            self._dialogs.ask_unsaved = lambda name, answered: answered(Answer.DISCARD)
            wait(window.closed, window.close)
        if not self.bridge.close():
            self.trouble.append("the builder has not ended")
        self.errors.close()
        self.collection.stop()
        # WORKAROUND: without a screen, Qt's clipboard outlives Python, and crashes with its values.
        QGuiApplication.clipboard().clear()
        window.deleteLater()
        QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
        threads = [found.name for found in threading.enumerate()]
        if threads != ["MainThread"]:
            self.trouble.append(f"threads are left: {threads}")
        children = psutil.Process().children()
        if children:
            self.trouble.append(f"processes are left: {children}")
        left = [widget for widget in self.application.topLevelWidgets() if widget.isVisible()]
        if left:
            self.trouble.append(f"windows are left: {left}")

    def _set_dialogs(self, dialogs: QuickDialogs) -> None:
        """Put these dialogs in the place of those that ask."""
        self._dialogs = dialogs
        window = self.window
        for owner in (window, *window.children()):
            for name in ("dialogs", "_dialogs"):
                if hasattr(owner, name):
                    setattr(owner, name, dialogs)

    def _rest(self) -> None:
        """Have one known stack open and built, and nothing else going on; then measure."""
        window = self.window
        window.building.automatic_building(False)
        window.building.cancel()
        self._dialogs.ask_unsaved = lambda name, answered: answered(Answer.DISCARD)
        window.files.open_example("lenet")
        del self._dialogs.ask_unsaved
        window.panels.tabs.setCurrentIndex(0)
        wait(window.building.succeeded, window.building.build)
        while window.working():
            pause(0.1)
        self.collection.note_work()
        self.collection.collect()
        pause(1.5)
        memory = psutil.Process().memory_info().rss / 2**20
        self.memory.append(memory)
        window.building.automatic_building(True)
        done = sum(self.hands.done.values())
        print(
            f"{done:6,} things done, {memory:7.0f} MB, {psutil.Process().num_threads()} threads, "
            f"{self.exported} exports",
            flush=True,
        )

    def _on_exported(self) -> None:
        self.exported += 1

    def _on_qt_message(self, kind: object, context: object, text: str) -> None:
        if "This plugin does not support" not in text:
            self.trouble.append(f"Qt says: {text}")


def wait(signal: object, act: object = lambda: None, seconds: float = _STUCK_SECONDS) -> None:
    """Do something and let events come until the signal does."""
    # Not QSignalSpy.wait: it keeps the interpreter from the builder's thread.
    loop, came = QEventLoop(), []

    def on_signal(*arguments: object) -> None:
        came.append(arguments)
        loop.quit()

    connection = signal.connect(on_signal)
    act()
    if not came:
        QTimer.singleShot(int(seconds * 1000), loop, loop.quit)
        loop.exec()
    signal.disconnect(connection)
    assert came, f"{signal} did not come"


def pause(seconds: float) -> None:
    """Let events come for a while."""
    loop = QEventLoop()
    QTimer.singleShot(int(seconds * 1000), loop, loop.quit)
    loop.exec()


def memory_trouble(memory: list[float]) -> str:
    """Return what is wrong with figures of memory, in MB; empty where they are flat.

    The middle figure of the last third is compared with that of the second: one figure alone may
    be that of a moment at which a pool had just grown.
    """
    third = len(memory) // 3
    if third < 2:
        return ""
    early, late = (sorted(part)[len(part) // 2] for part in (memory[third:-third], memory[-third:]))
    if late <= early * (1 + _MOST_GROWTH):
        return ""
    return f"memory grew from {early:.0f} MB to {late:.0f} MB"


def main() -> int:
    """Sit, close, check, and report."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seconds", type=float, default=600.0)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name, "files")
        folder.mkdir()
        os.environ["LAYERSCOPE_STATE_DIR"] = str(Path(name, "state"))
        sitting = Sitting(folder, options.seed)
        try:
            sitting.run(options.seconds)
        except AssertionError as error:
            sitting.trouble.append(str(error))
        sitting.close()
        logging.shutdown()
        sitting.trouble += file_trouble(folder)
        log = folders().logs() / "layerscope.log"
        sitting.trouble += [line for line in log.read_text().splitlines() if " ERROR " in line]
    sitting.trouble += filter(None, [memory_trouble(sitting.memory)])
    print(
        f"seed {options.seed}: {sum(sitting.hands.done.values()):,} things in "
        f"{options.seconds:.0f} s: {dict(sitting.hands.done)}"
    )
    print("memory at rest, in MB:", *(f"{found:.0f}" for found in sitting.memory))
    for trouble in sitting.trouble:
        print(f"TROUBLE: {trouble}\nafter: {sitting.hands.last}", file=sys.stderr)
    return 1 if sitting.trouble else 0


def file_trouble(folder: Path) -> list[str]:
    """Return what is wrong with the files that were written: all must be whole."""
    from core.tf1 import tf

    trouble = []
    indices = list(folder.glob("*.index"))
    for index in indices:
        reader = tf.train.load_checkpoint(str(index.with_suffix("")))
        for key in reader.get_variable_to_shape_map():
            reader.get_tensor(key)
    scripts = list(folder.glob("*.py"))
    for script in scripts:
        compile(script.read_text(encoding="utf-8"), script.name, "exec")
    stacks = list(folder.glob("*.stack.json"))
    for stack in stacks:
        document.load(stack)
    trouble += [f"{path.name} is left" for path in folder.iterdir() if path.name.startswith(".")]
    state = folders().autosaved()
    trouble += [f"{path.name} is left" for path in state.iterdir()]
    print(f"{len(indices)} checkpoints, {len(scripts)} scripts and {len(stacks)} stack files whole")
    return trouble


if __name__ == "__main__":
    sys.exit(main())
