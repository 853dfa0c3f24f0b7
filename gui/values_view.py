"""The values of a variable as a table, a page at a time."""

from math import ceil

from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QHBoxLayout, QLabel, QTableView, QVBoxLayout, QWidget

from core.cutout import Cut, Cutout, matrix_shape
from core.weights import Weights
from gui.copy_key import CopyKey
from gui.cutout_view import CutoutView, set_range
from gui.models.values_model import ValuesModel

_ROWS = 1000
_COLUMNS = 100


class ValuesView(CutoutView):
    """Shows the values as rows and columns: the last dimension are the columns.

    Attributes:
        table: One page of the values.
        page: The number of the page, from 1.
        where: Which rows and columns it has.
    """

    shows_texts = True

    def __init__(self, parent: QWidget | None = None) -> None:
        """Start without values."""
        super().__init__(parent)
        self.model = ValuesModel(self)
        self.table = QTableView()
        self.table.setModel(self.model)
        self.table.setWordWrap(False)
        self.table.setTabKeyNavigation(False)
        self.table.setCornerButtonEnabled(False)
        self.table.verticalHeader().setDefaultSectionSize(self.fontMetrics().height() + 6)
        self.table.horizontalHeader().setDefaultSectionSize(
            self.fontMetrics().horizontalAdvance("-0.0000000000")
        )
        CopyKey(self.table, self.copy_values)
        self.page = self._field(1)
        self.where = QLabel()
        row = QHBoxLayout()
        row.setContentsMargins(4, 2, 4, 2)
        label = QLabel("Page")
        label.setBuddy(self.page)
        row.addWidget(label)
        row.addWidget(self.page)
        row.addWidget(self.where, 1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addLayout(row)
        layout.addWidget(self.table, 1)

    def cut(self, weights: Weights) -> Cut:
        """Return the page's part of the values; the pages go along the rows first."""
        rows, columns = matrix_shape(weights.shape)
        across = ceil(columns / _COLUMNS)
        pages = ceil(rows / _ROWS) * across
        set_range(self.page, 1, pages, f" of {pages:,}")
        down, right = divmod(self.page.value() - 1, across)
        top, left = down * _ROWS, right * _COLUMNS
        return Cut(
            ((top, min(top + _ROWS, rows), 1), (left, min(left + _COLUMNS, columns), 1)),
            as_matrix=True,
        )

    def copy_values(self) -> None:
        """Put the selected values on the clipboard, or all of the page, as lines with tabs."""
        chosen = self.table.selectionModel().selectedIndexes()
        rows = sorted({index.row() for index in chosen}) or range(self.model.rowCount())
        columns = sorted({index.column() for index in chosen}) or range(self.model.columnCount())
        QGuiApplication.clipboard().setText(self.model.lines(rows, columns))

    def show_cutout(self, cutout: Cutout) -> None:
        """Show values."""
        self.model.show(cutout)
        rows, columns = matrix_shape(cutout.shape)
        (top, bottom, _), (left, right, _) = cutout.cut.axes
        self.where.setText(
            f"rows {top:,} to {bottom - 1:,} of {rows:,}, "
            f"columns {left:,} to {right - 1:,} of {columns:,}"
        )
