"""The table of a name map: rows to drop names on, and keys that do the same."""

from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QGuiApplication, QKeyEvent
from PySide6.QtWidgets import QAbstractItemView, QMenu, QWidget

from gui import theme
from gui.copy_key import CopyKey
from gui.map_delegate import MapDelegate
from gui.map_editor import MapEditor
from gui.models.map_model import Column, MapModel
from gui.row_table import RowTable

# In characters.
_WIDTHS = {
    Column.LEFT: 28,
    Column.ARROW: 3,
    Column.RIGHT: 28,
    Column.SHAPE: 17,
    Column.SURE: 14,
    Column.REASON: 34,
    Column.STEP: 44,
}


class MapTable(RowTable):
    """Shows a map's rows; Del unpairs, F2 or Enter chooses a name, Space takes a step or not."""

    def __init__(self, editor: MapEditor, parent: QWidget | None = None) -> None:
        """Start without rows."""
        super().__init__(parent)
        self._editor = editor
        self._model = MapModel(editor, self)
        self.setModel(self._model)
        self.setItemDelegate(MapDelegate(editor, self))
        self.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.setEditTriggers(QAbstractItemView.EditTrigger.DoubleClicked)
        self.setDragDropMode(QAbstractItemView.DragDropMode.DragDrop)
        self.setDefaultDropAction(Qt.DropAction.CopyAction)
        self.setDragDropOverwriteMode(True)  # on rows, not between them
        self.setAccessibleName("Name map")
        header = self.horizontalHeader()
        header.setMinimumSectionSize(16)
        character = self.fontMetrics().averageCharWidth()
        for column, width in _WIDTHS.items():
            header.resizeSection(column, width * character)
        CopyKey(self, self.copy_rows)
        self._menu = QMenu(self)
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self.customContextMenuRequested.connect(self._on_menu_requested)
        theme.current().changed.connect(self._model.refresh)

    @property
    def map_model(self) -> MapModel:
        """Its model."""
        return self._model

    def show_rows(self, rows: list[str]) -> None:
        """Show rows of the editor's map; the same one stays current, or the same place."""
        place, name = self.currentIndex().row(), self.current_name()
        if self._model.show_rows(self._editor.mapping, rows) and place >= 0 and rows:
            row = rows.index(name) if name in rows else min(place, len(rows) - 1)
            self.setCurrentIndex(self._model.index(row, Column.LEFT))

    def current_name(self) -> str | None:
        """Return the name on the right of the current row."""
        index = self.currentIndex()
        return self._model.rows[index.row()] if index.isValid() else None

    def selected_names(self) -> list[str]:
        """Return the names on the right of the selected rows, else of the current one."""
        return [self._model.rows[row] for row in self._selected_rows()]

    def choose_name(self) -> None:
        """Open the field for the name that is paired with the current row."""
        if self.currentIndex().isValid():
            index = self.currentIndex().siblingAtColumn(Column.LEFT)
            self.setCurrentIndex(index)
            self.edit(index)

    def unpair(self) -> None:
        """Take the selected rows from what they are paired with."""
        if self._editor.mapping is not None:
            self._editor.do(self._editor.mapping.unpair(self.selected_names()))

    def toggle_steps(self) -> None:
        """Have the steps of the selected rows taken, or not where all of them are."""
        mapping = self._editor.mapping
        if mapping is not None:
            names = self._stepwise()
            taken = all(mapping.pairs[name].accepted for name in names)
            self._editor.do(mapping.accept(names, not taken))

    def copy_rows(self) -> None:
        """Put the selected rows on the clipboard, one in a line, with tabs."""
        rows = self._selected_rows()
        if rows:
            QGuiApplication.clipboard().setText("\n".join(map(self._model.line, rows)))

    def _selected_rows(self) -> list[int]:
        """Return the selected rows; Tab leads to a current one without selecting it."""
        selected = sorted(index.row() for index in self.selectionModel().selectedRows())
        current = self.currentIndex()
        return selected or ([current.row()] if current.isValid() else [])

    def _stepwise(self) -> list[str]:
        mapping = self._editor.mapping
        if mapping is None:
            return []
        return [name for name in self.selected_names() if mapping.step(name) is not None]

    def _fill_menu(self) -> None:
        mapping, names, steps = self._editor.mapping, self.selected_names(), self._stepwise()
        assert mapping is not None
        taken = bool(steps) and all(mapping.pairs[name].accepted for name in steps)
        self._menu.clear()
        for text, do, possible in (
            ("Choose a name...\tF2", self.choose_name, bool(names)),
            ("Unpair\tDel", self.unpair, any(name in mapping.pairs for name in names)),
            (
                "Don't take the step\tSpace" if taken else "Take the step\tSpace",
                self.toggle_steps,
                bool(steps),
            ),
            ("Copy rows", self.copy_rows, bool(names)),
        ):
            self._menu.addAction(text, do).setEnabled(possible)

    def _on_menu_requested(self, position: QPoint) -> None:
        if self._editor.mapping is not None:
            self._fill_menu()
            self._menu.popup(self.viewport().mapToGlobal(position))

    # Qt overrides

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Do what a row's keys stand for."""
        if self.state() == QAbstractItemView.State.EditingState:
            super().keyPressEvent(event)  # what the open field leaves over
            return
        match event.key():
            case Qt.Key.Key_F2 | Qt.Key.Key_Return | Qt.Key.Key_Enter:
                self.choose_name()
            case Qt.Key.Key_Delete:
                self.unpair()
            case Qt.Key.Key_Space:
                self.toggle_steps()
            case _:
                super().keyPressEvent(event)
