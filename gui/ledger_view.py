"""The ledger: every request for a variable in order, and what came of it."""

from collections.abc import Iterator

from PySide6.QtCore import QItemSelection, QItemSelectionModel
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QWidget

from core.built import Built
from gui import theme
from gui.column_menu import ColumnMenu
from gui.copy_key import CopyKey
from gui.editor import Editor
from gui.empty_label import EmptyLabel
from gui.models.ledger_model import Column, LedgerModel
from gui.row_table import RowTable

# In characters.
_WIDTHS = {
    Column.NUMBER: 7,
    Column.LAYER: 20,
    Column.NAME: 34,
    Column.OUTCOME: 11,
    Column.VARIABLE: 34,
    Column.SCOPE: 24,
    Column.NAME_SCOPE: 24,
    Column.INITIALIZER: 38,
    Column.REGULARIZER: 30,
    Column.DTYPE: 36,
    Column.TRAINABLE: 32,
    Column.USE_RESOURCE: 36,
    Column.PARTITIONER: 36,
}
# Qt compares every range of selected rows with every other.
_MOST_RUNS = 100
_Flag = QItemSelectionModel.SelectionFlag


class LedgerView(RowTable):
    """Shows the ledger of a build; a selected row selects the layer that asked, and the reverse."""

    def __init__(self, editor: Editor, parent: QWidget | None = None) -> None:
        """Start without requests."""
        super().__init__(parent)
        self._editor = editor
        self._busy = False
        self._model = LedgerModel(self)
        self.setModel(self._model)
        EmptyLabel(self, "No variable was asked for yet")
        self._set_up_header()
        CopyKey(self, self.copy_rows)
        self.selectionModel().selectionChanged.connect(self._on_rows_selected)
        editor.selection_changed.connect(self._on_layers_selected)
        theme.current().changed.connect(self._model.refresh)

    def set_built(self, built: Built | None) -> None:
        """Show the ledger of another build; None shows none."""
        place = self.verticalScrollBar().value()
        self._busy = True
        if self._model.set_built(built):
            self._select_rows_of(self._editor.selection)
            self.executeDelayedItemsLayout()
            self.verticalScrollBar().setValue(place)
        self._busy = False

    def copy_rows(self) -> None:
        """Put the selected requests on the clipboard, one in a line, with tabs."""
        rows = self._selected_rows()
        if rows:
            QGuiApplication.clipboard().setText("\n".join(map(self._model.line, rows)))

    def _set_up_header(self) -> None:
        header = self.horizontalHeader()
        self.columns_menu = ColumnMenu(header)
        character = self.fontMetrics().averageCharWidth()
        for column, width in _WIDTHS.items():
            header.resizeSection(column, width * character)

    def _select_rows_of(self, ids: tuple[str, ...]) -> int | None:
        """Select the requests of layers, and return the first row of them."""
        origins = {node.id for node in self._editor.stack.inside(ids)}
        rows = [row for row, found in enumerate(self._model.requests) if found.origin in origins]
        selection = QItemSelection()
        for first, last in list(_runs(rows))[:_MOST_RUNS]:
            end = self._model.index(last, len(Column) - 1)
            selection.select(self._model.index(first, 0), end)
        self.selectionModel().select(selection, _Flag.ClearAndSelect)
        return rows[0] if rows else None

    def _on_layers_selected(self, ids: tuple[str, ...]) -> None:
        if self._busy:
            return
        self._busy = True
        first = self._select_rows_of(ids)
        if first is not None:
            # Rows that came just now are not in the scroll bar's range yet.
            self.executeDelayedItemsLayout()
            self.scrollTo(self._model.index(first, Column.LAYER))
        self._busy = False

    def _selected_rows(self) -> list[int]:
        selection = self.selectionModel().selection()
        found = map(selection.at, range(selection.size()))
        return sorted({row for part in found for row in range(part.top(), part.bottom() + 1)})

    def _on_rows_selected(self) -> None:
        if self._busy:
            return
        origins = {self._model.requests[row].origin for row in self._selected_rows()}
        self._busy = True
        self._editor.select(tuple(origins))
        self._busy = False


def _runs(rows: list[int]) -> Iterator[tuple[int, int]]:
    """Yield runs of neighbouring rows: the first and the last of each."""
    first = last = -1
    for row in [*rows, -1]:
        if first >= 0 and row != last + 1:
            yield first, last
            first = -1
        first = row if first < 0 else first
        last = row
