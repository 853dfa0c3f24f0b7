"""The mark beside a value that is a guess."""

from PySide6.QtGui import QPalette
from PySide6.QtWidgets import QToolButton

from gui import theme

_TIP = "A guess: the checkpoint doesn't tell. Click to keep it, or set another value."


class GuessMark(QToolButton):
    """Says that a value is a guess; a click confirms it."""

    def __init__(self, argument: str) -> None:
        """Make it for an argument, hidden."""
        super().__init__()
        self.setAutoRaise(True)
        self.setText("guess")
        self.setToolTip(_TIP)
        self.setAccessibleName(f"Confirm the guess for {argument}")
        self.hide()

    def show_guess(self, guess: bool) -> None:
        """Be there where the value is a guess."""
        palette = QPalette()
        palette.setColor(QPalette.ColorRole.ButtonText, theme.colours().warning)
        self.setPalette(palette)
        self.setVisible(guess)
