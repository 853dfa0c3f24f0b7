"""The key for copying, where it means something else than in the rest of the window."""

from collections.abc import Callable

from PySide6.QtGui import QKeySequence
from PySide6.QtWidgets import QWidget

from gui.own_key import OwnKey


class CopyKey(OwnKey):
    """Calls a function when the key for copying is pressed in a widget."""

    def __init__(self, widget: QWidget, copy: Callable[[], None]) -> None:
        """Watch a widget, as long as it lives."""
        super().__init__(widget, QKeySequence.StandardKey.Copy, copy)
