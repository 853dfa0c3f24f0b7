"""When a stack is built, and what came of it."""

import random
from dataclasses import replace

from PySide6.QtCore import QObject, QTimer, Signal

from core.built import Built
from core.commands import configure
from core.events import Cancelled, Failed
from core.restored import Restored
from core.sources import StackValues
from core.stack import Stack
from core.tasks import Build
from gui.bridge import Bridge
from gui.editor import Editor
from gui.settings import AUTOMATIC_BUILDING, Settings
from gui.trust import Trust

# One gesture may be several edits. While a build runs that the next would end, more are awaited.
_DELAY_MS = 0
_DELAY_WHILE_BUILDING_MS = 150
_SEEDS = 10**6


class Building(QObject):
    """Asks for a build shortly after each edit, and keeps the last good one.

    Attributes:
        built: What the last build made that did not fail, None before it.
        pending: Whether a build is asked for and has not ended.
        restored: What was restored in place of its initial values, None where nothing was.
        held: Whether a lesson's question is open, so that nothing is built until a person says so.

    Signals:
        changed: Any of the attributes is another.
        built_changed: Another `Built` is there, or None with another stack.
        restored_changed: Other values were restored into it.
        failed: A build failed; one sentence says why.
        succeeded: A build did not fail.
    """

    changed = Signal()
    built_changed = Signal(object)
    restored_changed = Signal()
    failed = Signal(str)
    succeeded = Signal()

    def __init__(
        self,
        editor: Editor,
        bridge: Bridge,
        settings: Settings,
        trust: Trust,
        parent: QObject | None = None,
    ) -> None:
        """Follow the editor and the bridge."""
        super().__init__(parent)
        self.built: Built | None = None
        self.restored: Restored | None = None
        self.pending = False
        self.held = False
        self._editor = editor
        self._bridge = bridge
        self._settings = settings
        self._trust = trust
        self._automatic = settings.get(AUTOMATIC_BUILDING)
        self._asked: Stack | None = None
        self._timer = QTimer(self, singleShot=True)
        self._timer.timeout.connect(self.build)
        trust.granted.connect(self.build)
        editor.stack_changed.connect(self._on_stack_changed)
        editor.stack_opened.connect(self._on_stack_opened)
        bridge.built.connect(self._on_built)
        bridge.failed.connect(self._on_failed)
        bridge.cancelled.connect(self._on_cancelled)

    @property
    def automatic(self) -> bool:
        """Whether each edit is built."""
        return self._automatic

    @property
    def awaited(self) -> bool:
        """Whether a build has not ended, or is about to be asked for."""
        return self.pending or self._timer.isActive()

    @property
    def out_of_date(self) -> bool:
        """Whether `built` is of an earlier stack, and no build is on its way."""
        if self.built is None or self.awaited:
            return False
        return not _alike(self.built.stack, self._editor.stack)

    def values_of(self, stack: Stack) -> StackValues:
        """Return where a stack's values come from: what was restored is in those of the build."""
        restoring = None
        if self.built and self.restored and _alike(self.built.stack, stack):
            restoring = self.restored.restoring
        return StackValues(stack, self._trust.of(stack), restoring)

    def set_restored(self, restored: Restored) -> None:
        """Note what the variables of the last build hold now; the next build draws new values."""
        self.restored = restored
        self.restored_changed.emit()
        self.changed.emit()

    def enabled(self, action_id: str) -> bool:
        """Tell whether an action can be done now: each of these always can."""
        return True

    def build(self) -> None:
        """Build the stack as it is now."""
        self._timer.stop()
        self.held = False
        # A copy, so that each request has a stack to know it by.
        self._asked = replace(self._editor.stack)
        self.pending = True
        self._bridge.ask(Build(self._asked, self._trust.of(self._asked)))
        self.changed.emit()

    def hold(self) -> None:
        """Forget what was built, and build nothing before it is asked for."""
        self._forget()
        self.held = True
        self.changed.emit()

    def release(self) -> None:
        """Go on as without a question, and so build where that is automatic."""
        if self.held:
            self.held = False
            if self._automatic:
                self.build()
            self.changed.emit()

    def cancel(self) -> None:
        """Cancel what the builder does, and a build that is about to be asked for."""
        self._timer.stop()
        self._bridge.cancel()

    def automatic_building(self, on: bool) -> None:
        """Build after each edit from now on, or only when asked."""
        self._automatic = on
        self._settings.set(AUTOMATIC_BUILDING, on)
        if not on:
            self._timer.stop()
        elif not self.held and (self.built is None or self.out_of_date):
            self.build()
        self.changed.emit()

    def draw_again(self) -> None:
        """Take another seed, and so draw other values."""
        stack = self._editor.stack
        seed = random.randrange(_SEEDS)
        if seed == stack.seed:
            seed += 1
        self._editor.do(configure(stack, "Draw again", seed=seed))
        if not self.held:
            self.build()

    def stop(self) -> None:
        """Ask for no more builds."""
        self._timer.stop()
        self._editor.stack_changed.disconnect(self._on_stack_changed)
        self._editor.stack_opened.disconnect(self._on_stack_opened)

    def _on_stack_changed(self, stack: Stack) -> None:
        if self.held and stack.lesson is None:
            self.held = False
        last = self._asked if self.pending else self.built and self.built.stack
        wanted = self._automatic and not self.held and not (last and _alike(last, stack))
        if wanted and not self._timer.isActive():
            self._timer.start(_DELAY_WHILE_BUILDING_MS if self.pending else _DELAY_MS)
        self.changed.emit()

    def _on_stack_opened(self, stack: Stack) -> None:
        self._forget()
        self.held = stack.lesson is not None
        if self._automatic and not self.held:
            self.build()
        self.changed.emit()

    def _on_built(self, built: Built) -> None:
        if built.stack is not self._asked:
            return
        self.pending = False
        self._set_built(built)
        self.succeeded.emit()
        self.changed.emit()

    def _on_failed(self, event: Failed) -> None:
        if isinstance(event.task, Build) and event.task.stack is self._asked:
            self.pending = False
            self.failed.emit(event.message[:1].upper() + event.message[1:])
            self.changed.emit()

    def _on_cancelled(self, event: Cancelled) -> None:
        if isinstance(event.task, Build) and event.task.stack is self._asked:
            self.pending = False
            self.changed.emit()

    def _forget(self) -> None:
        self._timer.stop()
        self._asked = None
        self.pending = False
        self._set_built(None)

    def _set_built(self, built: Built | None) -> None:
        if built is not self.built:
            self.built = built
            self.restored = None
            self.built_changed.emit(built)


def _alike(one: Stack, other: Stack) -> bool:
    """Tell whether two stacks are built alike: what a lesson says makes no difference."""
    return replace(one, lesson=None) == replace(other, lesson=None)
