"""The statistics of one variable beside those expected, with the formula that says why."""

from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QHeaderView, QLabel, QVBoxLayout, QWidget

from core.weights import Weights
from gui.copy_key import CopyKey
from gui.models.statistics_model import StatisticsModel
from gui.row_table import RowTable


class StatisticsView(QWidget):
    """Shows what is known of a variable's values.

    Attributes:
        formula: What the values are drawn from.
        table: The statistics.
        passed: What the variance passed forward means here.
    """

    def __init__(self, parent: QWidget | None = None) -> None:
        """Start without a variable."""
        super().__init__(parent)
        self.formula = QLabel(wordWrap=True, textFormat=Qt.TextFormat.PlainText)
        self.formula.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.model = StatisticsModel(self)
        self.table = RowTable()
        self.table.setModel(self.model)
        header = self.table.horizontalHeader()
        header.setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
        header.setStretchLastSection(True)
        self.passed = QLabel(wordWrap=True, textFormat=Qt.TextFormat.PlainText)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(2)
        for label in (self.formula, self.passed):
            label.setContentsMargins(4, 2, 4, 2)
        layout.addWidget(self.formula)
        layout.addWidget(self.table, 1)
        layout.addWidget(self.passed)
        CopyKey(self.table, self._copy)

    def show_weights(self, weights: Weights) -> None:
        """Show another variable."""
        density = weights.density
        words = weights.note
        if density is not None:
            head = "Drawn from" if density.known else "No exact density"
            words = f"{head}: {density.formula}"
        self.formula.setText(words)
        self.formula.setVisible(bool(words))
        self.model.show(weights)
        passed = weights.passed
        self.passed.setVisible(passed is not None)
        if passed is not None:
            self.passed.setText(
                f"Passed forward: n E[w\N{SUPERSCRIPT TWO}] with n = {passed.sum.inputs:,} "
                f"({passed.sum.words}). 1 keeps the variance of the inputs; behind a relu, 2 does."
            )

    def _copy(self) -> None:
        QGuiApplication.clipboard().setText(self.model.lines())
