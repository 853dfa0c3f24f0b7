"""Which code the code panel shows, and when it is asked for."""

from PySide6.QtCore import QObject

from core.events import Cancelled, Failed, Finished
from core.stack import Stack
from core.tasks import Code, WriteCode
from gui.bridge import Bridge
from gui.building import Building
from gui.code_panel import CodePanel
from gui.editor import Editor
from gui.trust import Trust


class Coding(QObject):
    """Has the code of the last build written, while it can be seen, and gives it to the panel."""

    def __init__(
        self,
        editor: Editor,
        bridge: Bridge,
        building: Building,
        panel: CodePanel,
        trust: Trust,
        parent: QObject | None = None,
    ) -> None:
        """Follow a panel and what is built."""
        super().__init__(parent)
        self._editor = editor
        self._bridge = bridge
        self._building = building
        self._panel = panel
        self._trust = trust
        self._asked: WriteCode | None = None
        self._shown: WriteCode | None = None
        self._opened: Stack | None = None
        self._waits = False
        building.built_changed.connect(self._update)
        building.changed.connect(self._on_building_changed)
        panel.wanted_changed.connect(self._update)
        bridge.coded.connect(self._on_coded)
        bridge.failed.connect(self._on_failed)
        bridge.cancelled.connect(self._on_cancelled)
        editor.stack_opened.connect(self._on_stack_opened)

    def _update(self) -> None:
        built = self._building.built
        self._waits = False
        if not self._panel.isVisible():
            return
        if built is None:
            self._say("The code is written once the stack is built")
        elif self._building.pending:
            # The builder keeps the last graph only: asked now, it would build the old one again.
            self._waits = True
        elif not self._panel.in_part:
            self._ask(WriteCode(built.stack, trusted=self._trust.of(built.stack)))
        elif layers := tuple(found for found in self._editor.selection if found in built.stack):
            trusted = self._trust.of(built.stack)
            self._ask(WriteCode(built.stack, layers, self._panel.constructions, trusted))
        else:
            self._say("Select a layer to see its code")

    def _ask(self, wanted: WriteCode) -> None:
        if self._asked is None and _same(wanted, self._shown):
            return
        if not _same(wanted, self._asked):
            self._asked = wanted
            self._bridge.ask(wanted)

    def _say(self, text: str) -> None:
        self._asked = self._shown = None
        self._panel.clear(text)

    def _on_building_changed(self) -> None:
        if self._waits and not self._building.pending:
            self._update()

    def _on_coded(self, event: Finished) -> None:
        # An answer may come late: after another choice, or with the next stack open.
        if event.task is not self._asked or not isinstance(event.result, Code):
            return
        before, self._shown, self._asked = self._shown, self._asked, None
        assert self._shown is not None
        wanted = self._shown
        other = before is None or _choice(before) != _choice(wanted)
        move = other or self._opened is not None
        self._panel.show_scripts(event.result.scripts, wanted.constructions, move)
        self._opened = None

    def _on_failed(self, event: Failed) -> None:
        if event.task is self._asked:
            self._asked = None
            self._panel.tell(f"The code was not written: {event.message}")

    def _on_cancelled(self, event: Cancelled) -> None:
        if event.task is self._asked:
            self._asked = None
            # A build takes its place, and is followed by the code of what it builds.
            if not self._building.pending:
                self._panel.tell("The code was not written: it was cancelled")

    def _on_stack_opened(self, stack: Stack) -> None:
        self._opened = stack


def _same(one: WriteCode, other: WriteCode | None) -> bool:
    """Tell whether two ask for the same; stacks are compared by identity, as they are large."""
    if other is None or one.stack is not other.stack:
        return False
    return _choice(one) == _choice(other)


def _choice(task: WriteCode) -> tuple[object, ...]:
    return task.layers, task.constructions
