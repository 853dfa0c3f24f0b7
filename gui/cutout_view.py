"""What all views have in common that look at a part of a variable's values."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QSpinBox, QWidget

from core.cutout import Cut, Cutout
from core.weights import Weights


class CutoutView(QWidget):
    """Says which part of the values it needs, and shows it once it is there.

    Attributes:
        shows_texts: Whether it can show what is no number.

    Signals:
        cut_changed: Another part of the values is wanted.
    """

    cut_changed = Signal()
    shows_texts = False

    def why_not(self, weights: Weights) -> str:
        """Return why a variable can't be shown, empty where it can."""
        if weights.note and not self.shows_texts:
            return f"{weights.name} has no numbers: {weights.note}."
        return "" if weights.statistics.count else f"{weights.name} has no values."

    def cut(self, weights: Weights) -> Cut:
        """Return the part of the values that is needed."""
        raise NotImplementedError

    def show_cutout(self, cutout: Cutout) -> None:
        """Show values."""
        raise NotImplementedError

    def _field(self, least: int = 0) -> QSpinBox:
        """Return a field for a number that decides on the part."""
        field = QSpinBox()
        field.setMinimum(least)
        field.setKeyboardTracking(False)
        field.valueChanged.connect(self.cut_changed)
        return field


def set_range(field: QSpinBox, least: int, most: int, suffix: str) -> None:
    """Give a field another range, without its telling of it."""
    field.blockSignals(True)
    field.setRange(least, most)
    field.setSuffix(suffix)
    field.setEnabled(most > least)
    field.blockSignals(False)
