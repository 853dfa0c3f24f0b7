"""The names of the histograms in the colours of their curves."""

from collections.abc import Sequence
from html import escape

from PySide6.QtCore import Qt
from PySide6.QtGui import QColor
from PySide6.QtWidgets import QLabel, QWidget

_NAME_CHARACTERS = 36
_MARGIN = 4


class HistogramLegend(QLabel):
    """Says which colour is whose, as far as there is room; the tip names all."""

    def __init__(self, parent: QWidget | None = None) -> None:
        """Start without a name."""
        super().__init__(parent)
        self.setWordWrap(True)
        self.setTextFormat(Qt.TextFormat.RichText)
        self.setMargin(_MARGIN)
        self._parts: list[str] = []

    def show_names(self, names: Sequence[tuple[str, QColor]]) -> None:
        """Name other curves, all of them until it is folded."""
        width = _NAME_CHARACTERS * self.fontMetrics().averageCharWidth()
        self._parts = []
        for name, colour in names:
            shown = self.fontMetrics().elidedText(name, Qt.TextElideMode.ElideMiddle, width)
            square = f'<span style="color:{colour.name()}">&#9632;</span>'
            # A line must not break behind a slash, so a word joiner follows it.
            self._parts.append(f"{square}&nbsp;{escape(shown).replace('/', '/&#8288;')}")
        self.setToolTip("<br>".join(self._parts))
        self.setVisible(bool(self._parts))
        self._show(len(self._parts))

    def fold(self, width: int, height: int) -> None:
        """Show as many names as fit, one at least, and how many more there are."""
        shown = len(self._parts)
        self._show(shown)
        while shown > 1 and self.heightForWidth(width) > height:
            shown -= 1
            self._show(shown)

    def _show(self, shown: int) -> None:
        more = len(self._parts) - shown
        rest = [f"{more}&nbsp;more"] if more else []
        self.setText("&emsp; ".join([*self._parts[:shown], *rest]))
