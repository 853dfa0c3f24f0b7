"""The program as a user starts it, edited and exported without a pause until it is killed.

    python -m tests.driven_window FOLDER SEED

Now and then the stack is saved to `FOLDER/saved.stack.json`. Before each edit, the digest of the
stack that there will be is written to `FOLDER/log`, with the time.
"""

import hashlib
import json
import os
import sys
import time
from pathlib import Path
from random import Random

from PySide6.QtCore import QTimer

from core import commands
from core.command import Command
from core.document import dumps
from core.sources import StackValues
from core.stack import Layer, Stack
from core.tasks import Export
from gui import application, main_window

_EDIT_MS = 20
_PREFIXES = 3


class Window(main_window.MainWindow):
    """A window with hands of its own."""

    def start(self, path: Path | None) -> None:
        super().start(path)
        self._log = os.open(_folder() / "log", os.O_WRONLY | os.O_CREAT | os.O_APPEND)
        self._random = Random(sys.argv[2])
        self._edits = self._exports = 0
        self._editing = QTimer(self, interval=_EDIT_MS)
        self._editing.timeout.connect(self._edit)
        self._editing.start()
        self.building.automatic_building(False)
        self.bridge.ready.connect(self._export)
        self.bridge.ended.connect(self._export)

    def _edit(self) -> None:
        self._edits += 1
        command = self._command(self.editor.stack)
        record = {
            "digest": digest(command.edit.apply(self.editor.stack)),
            "time": time.monotonic(),
        }
        os.write(self._log, json.dumps(record).encode() + b"\n")
        os.fsync(self._log)
        self.editor.do(command)

    def _command(self, stack: Stack) -> Command:
        """Return an edit that makes a stack like none before."""
        ids = [node.id for node in stack.nodes[1:]]
        match self._random.randrange(4):
            case 0 if len(ids) < 20:
                return commands.add(stack, "dense", ids[-1:])
            case 1 if len(ids) > 3:
                return commands.remove(stack, [self._random.choice(ids)])
        return commands.configure(stack, "Rename", name=f"edit {self._edits}")

    def _export(self) -> None:
        """Write the next file, while the builder writes no other."""
        self._exports += 1
        prefix = _folder() / f"checkpoint{self._exports % _PREFIXES}"
        self.bridge.ask(Export(StackValues(_heavy(self._exports)), prefix))
        if self._exports % 4 == 0:
            self.action_table["save"].trigger()


def digest(stack: Stack) -> str:
    """Return what a stack is known by in the log."""
    return hashlib.sha256(dumps(stack).encode()).hexdigest()


def _heavy(number: int) -> Stack:
    """Return a stack whose checkpoint takes a while to write; now and then one of one variable."""
    last = Layer("d", "dense", "d", "layers", arguments={"units": 1, "use_bias": False})
    layers = (
        Layer(f"d{index}", "dense", f"d{index}", "layers", arguments={"units": 300})
        for index in range(number % 5)
    )
    first = Layer("x", "input", arguments={"shape": (None, 1)})
    return Stack(seed=number, nodes=(first, *layers, last))


def _folder() -> Path:
    return Path(sys.argv[1])


if __name__ == "__main__":
    application.MainWindow = Window
    sys.exit(application.run(_folder() / "saved.stack.json"))
