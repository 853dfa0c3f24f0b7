"""A fix that is offered: a button that does it, and what then holds."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QPalette
from PySide6.QtWidgets import QBoxLayout, QLabel, QPushButton, QWidget

from core.fixes import Fix
from gui import theme
from gui.shortened import shortened

_MOST = 46


class FixRow(QWidget):
    """Shows a fix.

    Signals:
        asked: The fix; its button was clicked.
    """

    asked = Signal(object)

    def __init__(self, fix: Fix, *, beside: bool, parent: QWidget | None = None) -> None:
        """Have the preview beside the button, or below it."""
        super().__init__(parent)
        self._fix = fix
        self.button = QPushButton(shortened(fix.command.text, _MOST))
        self.button.setAccessibleName(fix.command.text)
        self.button.setAutoDefault(False)
        self.button.setToolTip(f"{fix.command.text}\n{fix.preview}")
        self.preview = QLabel(fix.preview)
        self.preview.setWordWrap(True)
        self.preview.setTextFormat(Qt.TextFormat.PlainText)
        directions = QBoxLayout.Direction
        layout = QBoxLayout(directions.LeftToRight if beside else directions.TopToBottom, self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(6 if beside else 2)
        left = Qt.AlignmentFlag.AlignLeft
        layout.addWidget(self.button, 0, left | Qt.AlignmentFlag.AlignTop)
        layout.addWidget(self.preview, 1)
        self.button.clicked.connect(self._on_clicked)
        theme.current().changed.connect(self._recolour)
        self._recolour()

    def _recolour(self) -> None:
        palette = self.preview.palette()
        palette.setColor(QPalette.ColorRole.WindowText, theme.colours().muted)
        self.preview.setPalette(palette)

    def _on_clicked(self) -> None:
        self.asked.emit(self._fix)
