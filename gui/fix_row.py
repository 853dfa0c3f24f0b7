"""A fix that is offered: a button that does it, and what then holds."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QPalette
from PySide6.QtWidgets import QBoxLayout, QLabel, QPushButton, QWidget

from core.fixes import Fix
from gui import theme


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
        self.button = _ShrinkingButton(fix.command.text)
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


class _ShrinkingButton(QPushButton):
    """A button whose text is cut where there is no room for it."""

    _MOST = 46

    def __init__(self, text: str) -> None:
        super().__init__(text if len(text) <= self._MOST else f"{text[: self._MOST - 1]}\u2026")
        self.setAccessibleName(text)
        self.setAutoDefault(False)
