"""The status bar: what the builder does, and the sums of what it built."""

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QPalette
from PySide6.QtWidgets import QHBoxLayout, QLabel, QProgressBar, QSizePolicy, QStatusBar, QWidget

from core.events import Cancelled, Failed, Finished, Started
from core.quantities import show_count
from core.report_lines import totals
from core.tasks import Task
from gui import theme
from gui.bridge import Bridge
from gui.building import Building

_POLL_MS = 33
# Work that is done sooner is not worth a flicker.
_PATIENCE_MS = 150
_TOLD_MS = 8000
_NAME_CHARACTERS = 36


class Status(QStatusBar):
    """Follows the bridge, and polls its progress while a request is worked on.

    Signals:
        busy_changed: The builder has begun to work, or rests.
    """

    busy_changed = Signal()

    def __init__(self, bridge: Bridge, building: Building, parent: QWidget | None = None) -> None:
        """Start with TensorFlow's import, which nobody tells the progress of."""
        super().__init__(parent)
        self._bridge = bridge
        self._building = building
        self._task: Task | None = None
        self._cancelling = False
        self.activity = QLabel("Loading TensorFlow...")
        self.bar = QProgressBar()
        self.bar.setTextVisible(False)
        self.bar.setFixedWidth(160)
        self.bar.setMaximumHeight(12)
        self.bar.setRange(0, 0)
        self.totals = QLabel()
        self.restored = QLabel(textFormat=Qt.TextFormat.PlainText)
        self.told = QLabel()
        self.told.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        self.told.setTextFormat(Qt.TextFormat.PlainText)
        # A long message must not widen the window.
        self.told.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self._lay_out()
        self._polling = QTimer(self, interval=_POLL_MS)
        self._polling.timeout.connect(self._on_poll)
        self._patience = QTimer(self, singleShot=True, interval=_PATIENCE_MS)
        self._patience.timeout.connect(self._show_activity)
        self._forgetting = QTimer(self, singleShot=True, interval=_TOLD_MS)
        self._forgetting.timeout.connect(self._on_forgetting)
        bridge.ready.connect(self._on_ready)
        bridge.started.connect(self._on_started)
        bridge.ended.connect(self._on_ended)
        building.changed.connect(self._on_building_changed)
        theme.current().changed.connect(self._on_building_changed)

    @property
    def busy(self) -> bool:
        """Whether a request is being worked on."""
        return self._task is not None

    def tell(self, text: str) -> None:
        """Show a message for a while, as much of it as there is room for."""
        metrics, room = self.told.fontMetrics(), self.told.contentsRect().width()
        self.told.setText(metrics.elidedText(text, Qt.TextElideMode.ElideRight, room))
        self.told.setToolTip(text)
        self._forgetting.start()

    def cancelling(self) -> None:
        """Say that a cancel is asked for, until the builder confirms it."""
        if self._task is not None:
            self._cancelling = True
            self._show_activity()

    def stop(self) -> None:
        """Poll no more."""
        for timer in (self._polling, self._patience, self._forgetting):
            timer.stop()

    def _lay_out(self) -> None:
        whole = QWidget()
        row = QHBoxLayout(whole)
        row.setContentsMargins(6, 0, 6, 0)
        row.setSpacing(10)
        row.addWidget(self.activity)
        row.addWidget(self.bar)
        row.addWidget(self.totals)
        row.addWidget(self.restored)
        self.restored.hide()
        row.addWidget(self.told, 1)
        self.addWidget(whole, 1)

    def _show_activity(self) -> None:
        self._patience.stop()
        self.activity.show()
        self.bar.show()
        self._on_poll()

    def _hide_activity(self) -> None:
        self._patience.stop()
        self.activity.hide()
        self.bar.hide()

    def _on_poll(self) -> None:
        progress = self._bridge.progress
        if self._task is None or self.activity.isHidden():
            return
        word = self._task.doing
        if self._cancelling:
            self.activity.setText("cancelling...")
        else:
            self.activity.setText(f"{word}..." if progress is None else progress.text)
        known = progress is not None and progress.total > 0
        # In thousandths: a number of bytes is more than a progress bar can count.
        self.bar.setRange(0, 1000 if known else 0)
        if progress is not None and known:
            self.bar.setValue(1000 * progress.done // progress.total)

    def _on_ready(self) -> None:
        self._hide_activity()
        self.activity.clear()

    def _on_started(self, event: Started) -> None:
        self._task = event.task
        self._cancelling = False
        self._polling.start()
        self.busy_changed.emit()
        if self.activity.isHidden():
            self._patience.start()

    def _on_ended(self, event: Finished | Failed | Cancelled) -> None:
        if event.task is not self._task:
            return  # it was cancelled while it waited, and another is being worked on
        self._task = None
        self._cancelling = False
        self._polling.stop()
        self.busy_changed.emit()
        self._hide_activity()

    def _on_forgetting(self) -> None:
        self.told.clear()
        self.told.setToolTip("")

    def _on_building_changed(self) -> None:
        built, old = self._building.built, self._building.out_of_date
        self.totals.setText(
            "" if built is None else ("out of date: " if old else "") + totals(built)
        )
        self._show_restored()
        palette = QPalette()
        if old:
            palette.setColor(QPalette.ColorRole.WindowText, theme.colours().muted)
        self.totals.setPalette(palette)

    def _show_restored(self) -> None:
        restored = self._building.restored
        self.restored.setVisible(restored is not None)
        if restored is None:
            return
        width = _NAME_CHARACTERS * self.restored.fontMetrics().averageCharWidth()
        name = self.restored.fontMetrics().elidedText(
            restored.label, Qt.TextElideMode.ElideMiddle, width
        )
        self.restored.setText(f"restored from {name}")
        self.restored.setToolTip(
            f"{show_count(len(restored.variables), 'variable')} of "
            f"{len(restored.check.variables):,} hold the values of\n{restored.restoring.path}\n"
            "The next build draws new initial values."
        )
        palette = QPalette()
        palette.setColor(QPalette.ColorRole.WindowText, theme.colours().accent)
        self.restored.setPalette(palette)
