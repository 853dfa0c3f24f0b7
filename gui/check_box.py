"""A check box whose edge is seen on any ground."""

from PySide6.QtGui import QPalette
from PySide6.QtWidgets import QCheckBox, QWidget

from gui import theme


class CheckBox(QCheckBox):
    """A check box that can be seen while it is empty, in dark colours too.

    Fusion draws the edge in the window's colour, 1.4 times darker, which on dark ground is next to
    nothing. As a check box doesn't fill its ground, a lighter colour changes the edge alone.
    """

    def __init__(self, text: str = "", parent: QWidget | None = None) -> None:
        """Follow the theme."""
        super().__init__(text, parent)
        self._colour()
        theme.current().changed.connect(self._colour)

    def _colour(self) -> None:
        palette = QPalette()
        palette.setColor(QPalette.ColorRole.Window, theme.colours().muted.lighter(140))
        self.setPalette(palette)
