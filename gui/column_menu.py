"""A header whose columns can be moved and hidden."""

from functools import partial

from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QHeaderView, QMenu


class ColumnMenu(QMenu):
    """Offers the columns of a header to show or hide, all but the first."""

    def __init__(self, header: QHeaderView) -> None:
        """Make the menu for a header whose model has its columns already."""
        super().__init__(header)
        self._header = header
        header.setSectionsMovable(True)
        header.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        header.customContextMenuRequested.connect(self._on_requested)
        for column in range(1, header.count()):
            title = header.model().headerData(column, Qt.Orientation.Horizontal)
            action = self.addAction(title)
            action.setCheckable(True)
            action.setChecked(True)
            action.toggled.connect(partial(self._on_toggled, column))

    def _on_toggled(self, column: int, shown: bool) -> None:
        self._header.setSectionHidden(column, not shown)

    def _on_requested(self, position: QPoint) -> None:
        for column, action in enumerate(self.actions(), start=1):
            action.setChecked(not self._header.isSectionHidden(column))
        self.popup(self._header.mapToGlobal(position))
