"""A tool bar whose last button, for what there is no room for, is seen in dark colours too."""

from PySide6.QtWidgets import QToolBar, QToolButton, QWidget

from gui import icons, theme

# As Qt names it; its own picture is black whatever the colours are.
_FOLD = "qt_toolbar_ext_button"


class FoldingToolBar(QToolBar):
    """Draws the button at its end in the colour of text."""

    def __init__(self, title: str = "", parent: QWidget | None = None) -> None:
        """Start without actions."""
        super().__init__(title, parent)
        self._colour()
        theme.current().changed.connect(self._colour)

    def _colour(self) -> None:
        button = self.findChild(QToolButton, _FOLD)
        if button is not None:
            button.setIcon(icons.icon("more"))
