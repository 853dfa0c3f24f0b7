"""What there is to say of the newest build: why it was refused, what surprises, what mends it."""

from collections.abc import Iterable

from PySide6.QtCore import QObject, QTimer, Signal

from core.built import Built
from core.events import Cancelled, Failed, Finished
from core.fixes import Fix
from core.hazards.hazard import Hazard
from core.hazards.table import HAZARDS, hazards
from core.refusals.case import Explanation
from core.refusals.explanation import explain
from core.tasks import FindFixes
from gui.bridge import Bridge
from gui.building import Building
from gui.editor import Editor
from gui.settings import MUTED_HAZARDS, Settings
from gui.trust import Trust

# Trying fixes takes as long as building: what the build made is to be seen before.
_DELAY_MS = 100


class Explaining(QObject):
    """Looks at each build, and has the builder try what may mend it.

    The fixes of a refusal are asked for in any case, those of hazards when their node is selected.

    Attributes:
        built: The newest build, None where there is none.
        explanation: What its refusal means, None where there is none.
        hazards: Those that are not muted.

    Signals:
        changed: Any of these is another, or there are other fixes.
    """

    changed = Signal()

    def __init__(
        self,
        editor: Editor,
        bridge: Bridge,
        building: Building,
        settings: Settings,
        trust: Trust,
        parent: QObject | None = None,
    ) -> None:
        """Follow the builds, and the editor's selection."""
        super().__init__(parent)
        self.built: Built | None = None
        self.explanation: Explanation | None = None
        self.hazards: tuple[Hazard, ...] = ()
        self._editor = editor
        self._bridge = bridge
        self._settings = settings
        self._trust = trust
        self._all_hazards: tuple[Hazard, ...] = ()
        self._fixes: dict[tuple[str, str | None], list[Fix]] = {}
        self._asked: Built | None = None
        self._searched: set[str] = set()
        self._timer = QTimer(self, singleShot=True, interval=_DELAY_MS)
        self._timer.timeout.connect(self._search)
        building.built_changed.connect(self._on_built_changed)
        editor.selection_changed.connect(self._on_selection_changed)
        editor.stack_changed.connect(self.changed)
        bridge.fixes_found.connect(self._on_fixes_found)
        bridge.ended.connect(self._on_ended)

    @property
    def fits(self) -> bool:
        """Whether the stack is still the one that was built, so that fixes can be done."""
        return self.built is not None and self.built.stack == self._editor.stack

    @property
    def fixes(self) -> list[Fix]:
        """What mends the refusal, as far as it is known."""
        if self.explanation is None or not self.fits:
            return []
        return self._fixes.get((self.explanation.layers[0], None), [])

    def fix_of(self, hazard: Hazard) -> Fix | None:
        """Return what takes a hazard away, if that is known."""
        found = self._fixes.get((hazard.node, hazard.kind), []) if self.fits else []
        return found[0] if found else None

    def do(self, fix: Fix) -> None:
        """Do what mends, as one step that can be undone, and select what it mends."""
        if self.fits:
            self._editor.do(fix.command)
            if not fix.command.selects:
                self._editor.select((fix.node,))

    def mute(self, kind: str) -> None:
        """Mark hazards of a kind no more."""
        self._set_muted({*self._muted(), kind})

    def unmute_hazards(self) -> None:
        """Mark all kinds of hazards again."""
        self._set_muted(())

    def enabled(self, action_id: str) -> bool:
        """Tell whether an action can be done now."""
        return bool(self._muted())

    def why_not(self, action_id: str) -> str:
        """Return why an action can't be done."""
        return "" if self._muted() else "No kind of hazard is muted."

    def _muted(self) -> tuple[str, ...]:
        return tuple(kind for kind in self._settings.get(MUTED_HAZARDS) if kind in HAZARDS)

    def _set_muted(self, kinds: Iterable[str]) -> None:
        self._settings.set(MUTED_HAZARDS, tuple(sorted(kinds)))
        self._leave_out_muted()
        self.changed.emit()

    def _leave_out_muted(self) -> None:
        muted = self._muted()
        self.hazards = tuple(found for found in self._all_hazards if found.kind not in muted)

    def _on_built_changed(self, built: Built | None) -> None:
        self.built = built
        self.explanation = None if built is None else explain(built)
        self._all_hazards = () if built is None else hazards(built)
        self._leave_out_muted()
        self._fixes.clear()
        self._searched.clear()
        self._asked = None
        self._timer.start()
        self.changed.emit()

    def stop(self) -> None:
        """Ask for no more fixes."""
        self._timer.stop()

    def _on_selection_changed(self) -> None:
        if not self._timer.isActive():
            self._search()

    def _search(self) -> None:
        """Ask for the fixes that are looked at and not known yet, one request at a time."""
        built = self.built
        if built is None or self._asked is not None or not self.fits:
            return
        if self.explanation is not None and self._begin("", bool(self.explanation.candidates)):
            self._bridge.ask(FindFixes(built, trusted=self._trust.of(built.stack)))
            return
        for node in self._editor.selection[:1]:
            mine = tuple(found for found in self._all_hazards if found.node == node and found.fix)
            if self._begin(node, bool(mine)):
                self._bridge.ask(FindFixes(built, mine, self._trust.of(built.stack)))
                return

    def _begin(self, what: str, wanted: bool) -> bool:
        """Note that something is searched for; False where it is not to be, or was already."""
        if not wanted or what in self._searched:
            return False
        self._searched.add(what)
        self._asked = self.built
        return True

    def _on_fixes_found(self, event: Finished) -> None:
        task, found = event.task, event.result
        if not isinstance(task, FindFixes) or task.built is not self.built:
            return
        assert isinstance(found, tuple)
        for fix in found:
            assert isinstance(fix, Fix)
            self._fixes.setdefault((fix.node, fix.hazard), []).append(fix)
        self._asked = None
        self._search()
        self.changed.emit()

    def _on_ended(self, event: Finished | Failed | Cancelled) -> None:
        """Go on with what is selected, even if a search was cancelled."""
        task = event.task
        if isinstance(task, FindFixes) and task.built is self.built and task.built is self._asked:
            self._asked = None
            self._search()
