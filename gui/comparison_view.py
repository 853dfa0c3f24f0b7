"""Both constructions side by side: what differs is marked, and can be shown alone."""

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, Qt, Signal
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHBoxLayout,
    QLabel,
    QMenu,
    QPushButton,
    QTreeView,
    QVBoxLayout,
    QWidget,
)

from core.comparison import Comparison
from core.comparison_rows import Row, comparison_rows, only_differences
from core.numbers import Numbers
from gui import theme
from gui.check_box import CheckBox
from gui.editor import Editor
from gui.empty_label import EmptyLabel
from gui.feed_form import FeedForm
from gui.models.comparison_model import Column, ComparisonModel
from gui.roomy_delegate import RoomyDelegate

_WIDTHS = {Column.WHAT: 34, Column.LAYERS: 44, Column.GET_VARIABLE: 44}
# These are open when a comparison is first shown.
_OPEN = {("Variables",), ("Checkpoints",), ("Refusals",), ("Cost",)}
# The buttons alone would ask for more than the panel has on a small screen.
_NARROWEST = 180
_EMPTY = "Compare builds this stack with tf.layers and by hand, and shows both side by side"
_Index = QModelIndex | QPersistentModelIndex


class ComparisonView(QWidget):
    """Shows a comparison; a selected row selects its layer.

    Attributes:
        export_menu: What can be made of a comparison; filled by who knows how.

    Signals:
        asked: A comparison of the open stack is wanted.
        feed_entered: Other values to compare the numbers on (`Feed`).
        shown: The view came into sight.
    """

    asked = Signal()
    feed_entered = Signal(object)
    shown = Signal()

    def __init__(self, editor: Editor, parent: QWidget | None = None) -> None:
        """Start without a comparison."""
        super().__init__(parent)
        self._editor = editor
        self._comparison: Comparison | None = None
        self._numbers: Numbers | None = None
        self._closed: dict[tuple[str, ...], bool] = {}
        self._filling = False
        self.model = ComparisonModel(self)
        self.view = QTreeView()
        self.compare_button = QPushButton("Compare")
        self.differences = CheckBox("Only what differs")
        self.export_button = QPushButton("Export")
        self.export_menu = QMenu(self)
        self.feed = FeedForm()
        self._state = QLabel()
        self._lay_out()
        self.compare_button.clicked.connect(self.asked)
        self.differences.toggled.connect(self._show_rows)
        self.feed.entered.connect(self.feed_entered)
        self.view.expanded.connect(self._on_expanded)
        self.view.collapsed.connect(self._on_collapsed)
        self.view.selectionModel().selectionChanged.connect(self._on_rows_selected)
        theme.current().changed.connect(self.view.viewport().update)

    def show_comparison(self, comparison: Comparison | None, numbers: Numbers | None) -> None:
        """Show a comparison; its numbers may come later."""
        self._comparison, self._numbers = comparison, numbers
        self.export_button.setEnabled(comparison is not None)
        self._show_rows()

    def show_state(self, text: str) -> None:
        """Say what is going on, or that the comparison is of an earlier stack."""
        self._state.setText(text)

    def _lay_out(self) -> None:
        self.view.setModel(self.model)
        self.view.setItemDelegate(RoomyDelegate(self.view))
        self.view.setUniformRowHeights(True)
        self.view.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.view.setTextElideMode(Qt.TextElideMode.ElideMiddle)
        self.view.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.view.setAccessibleName("Comparison")
        EmptyLabel(self.view, _EMPTY)
        character = self.view.fontMetrics().averageCharWidth()
        for column, width in _WIDTHS.items():
            self.view.header().resizeSection(column, width * character)
        self.export_button.setMenu(self.export_menu)
        self.export_button.setEnabled(False)
        self._state.setEnabled(False)
        line = QHBoxLayout()
        line.addWidget(self.compare_button)
        line.addWidget(self.differences)
        line.addWidget(self.export_button)
        line.addWidget(self._state, 1)
        line.addWidget(self.feed)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addLayout(line)
        layout.addWidget(self.view)
        self.setMinimumWidth(_NARROWEST)

    def _show_rows(self) -> None:
        rows: tuple[Row, ...] = ()
        if self._comparison is not None:
            rows = comparison_rows(self._comparison, self._numbers)
        if self.differences.isChecked():
            rows = only_differences(rows)
        place = self.view.verticalScrollBar().value()
        self._filling = True
        self.model.show_rows(rows)
        self._open_rows(QModelIndex())
        self._filling = False
        self.view.verticalScrollBar().setValue(place)

    def _open_rows(self, parent: QModelIndex) -> None:
        """Open the rows that were open, and at first those one looks at."""
        for row in range(self.model.rowCount(parent)):
            index = self.model.index(row, 0, parent)
            path = self.model.path(index)
            if self._closed.get(path, path not in _OPEN) is False:
                self.view.setExpanded(index, True)
            self._open_rows(index)

    def _on_expanded(self, index: _Index) -> None:
        if not self._filling:
            self._closed[self.model.path(index)] = False

    def _on_collapsed(self, index: _Index) -> None:
        if not self._filling:
            self._closed[self.model.path(index)] = True

    def _on_rows_selected(self) -> None:
        indexes = self.view.selectionModel().selectedRows()
        row = self.model.row(indexes[0]) if indexes else None
        if row is not None and row.origin is not None and not self._filling:
            self._editor.select((row.origin,))

    # Qt overrides

    def showEvent(self, event: QShowEvent) -> None:
        """Tell of it: what nobody looks at need not be compared."""
        super().showEvent(event)
        self.shown.emit()
