"""A page of a panel whose contents are made when it is first seen."""

from PySide6.QtCore import Signal
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QVBoxLayout, QWidget


class LatePage(QWidget):
    """An empty page, to be filled.

    Signals:
        shown: The page came into sight.
    """

    shown = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        """Start empty."""
        super().__init__(parent)
        self._layout = QVBoxLayout(self)
        self._layout.setContentsMargins(0, 0, 0, 0)

    def fill(self, widget: QWidget) -> None:
        """Put what the page shows into it."""
        self._layout.addWidget(widget)
        widget.show()  # at once, so that it can take the focus
        self.setFocusProxy(widget)

    # Qt overrides

    def showEvent(self, event: QShowEvent) -> None:
        """Tell of it."""
        super().showEvent(event)
        self.shown.emit()
