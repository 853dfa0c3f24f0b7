"""The key for copying, where it means something else than in the rest of the window."""

from collections.abc import Callable

from PySide6.QtCore import QEvent, QObject
from PySide6.QtGui import QKeyEvent, QKeySequence
from PySide6.QtWidgets import QWidget


class CopyKey(QObject):
    """Calls a function when the key for copying is pressed in a widget."""

    def __init__(self, widget: QWidget, copy: Callable[[], None]) -> None:
        """Watch a widget, as long as it lives."""
        super().__init__(widget)
        self._copy = copy
        widget.installEventFilter(self)

    # Qt overrides

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Take the key, before an action of the window does."""
        if isinstance(event, QKeyEvent) and event.matches(QKeySequence.StandardKey.Copy):
            # An override that is accepted keeps the key from being a shortcut.
            event.accept()
            if event.type() == QEvent.Type.KeyPress:
                self._copy()
            return True
        return super().eventFilter(watched, event)
