"""A key that means something else in a widget than in the rest of the window."""

from collections.abc import Callable

from PySide6.QtCore import QEvent, QObject
from PySide6.QtGui import QKeyEvent, QKeySequence
from PySide6.QtWidgets import QWidget


class OwnKey(QObject):
    """Calls a function when a standard key is pressed in a widget."""

    def __init__(
        self, widget: QWidget, key: QKeySequence.StandardKey, do: Callable[[], None]
    ) -> None:
        """Watch a widget, as long as it lives."""
        super().__init__(widget)
        self._key = key
        self._do = do
        widget.installEventFilter(self)

    # Qt overrides

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Take the key, before an action of the window does."""
        if isinstance(event, QKeyEvent) and event.matches(self._key):
            # An override that is accepted keeps the key from being a shortcut.
            event.accept()
            if event.type() == QEvent.Type.KeyPress:
                self._do()
            return True
        return super().eventFilter(watched, event)
