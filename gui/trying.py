"""When a built stack is run once, and which of its layers can't be."""

from PySide6.QtCore import QObject, QTimer, Signal

from core.built import Built
from core.trial import Trial
from gui.bridge import Bridge
from gui.building import Building

# While a person goes on editing, only what they pause at is worth a run.
_DELAY_MS = 300


class Trying(QObject):
    """Asks for a trial run of each build that stands for a moment, and keeps the last.

    Attributes:
        trial: The last trial, be it of an earlier build; None before it.

    Signals:
        changed: Another `Trial` is there, or None with another stack.
    """

    changed = Signal(object)

    def __init__(self, bridge: Bridge, building: Building, parent: QObject | None = None) -> None:
        """Follow the building and the bridge."""
        super().__init__(parent)
        self.trial: Trial | None = None
        self._bridge = bridge
        self._building = building
        self._timer = QTimer(self, singleShot=True, interval=_DELAY_MS)
        self._timer.timeout.connect(self._on_timeout)
        building.built_changed.connect(self._on_built_changed)
        bridge.tried.connect(self._on_tried)

    def stop(self) -> None:
        """Ask for no more trials."""
        self._timer.stop()
        self._building.built_changed.disconnect(self._on_built_changed)

    def _on_built_changed(self, built: Built | None) -> None:
        if built is None:
            self._timer.stop()
            self._set_trial(None)
        elif built.refusal is None and built.forward is not None:
            self._timer.start()
        else:
            self._timer.stop()

    def _on_timeout(self) -> None:
        built = self._building.built
        if built is not None and not self._building.pending:
            self._bridge.run(built)

    def _on_tried(self, trial: Trial) -> None:
        built = self._building.built
        if built is not None and trial.stack is built.stack:
            self._set_trial(trial)

    def _set_trial(self, trial: Trial | None) -> None:
        if trial is not self.trial:
            self.trial = trial
            self.changed.emit(trial)
