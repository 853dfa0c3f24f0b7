"""Room for the names in a tree, taken from other columns where they don't fit."""

from collections.abc import Mapping

from PySide6.QtCore import QEvent, QObject, QTimer
from PySide6.QtWidgets import QTreeView

# For a mark beside the text, in pixels.
_MARK = 24
# How many rows are measured, as one takes 0.05 ms; those in sight always are.
_MEASURED = 60


class NameRoom(QObject):
    """Narrows columns of a tree as far as the names in its stretched first one need the room.

    A column keeps the width that a person has given it.
    """

    def __init__(self, tree: QTreeView, columns: Mapping[int, int]) -> None:
        """Look after a tree that has its model and its columns' widths.

        Args:
            tree: The tree.
            columns: What gives way, one after the other, and the least widths; those that they
                have now are the most they get. With 0, a column keeps what its cells need.
        """
        super().__init__(tree)
        self._tree = tree
        self._least = dict(columns)
        self._most = {column: tree.header().sectionSize(column) for column in columns}
        self._fitting = False
        # One edit changes the model several times, and each fit measures rows.
        self._timer = QTimer(self, singleShot=True, interval=0)
        self._timer.timeout.connect(self._fit)
        # There may be thousands of rows.
        tree.header().setResizeContentsPrecision(_MEASURED)
        tree.header().sectionResized.connect(self._on_section_resized)
        tree.viewport().installEventFilter(self)
        model = tree.model()
        for signal in (
            tree.expanded,
            tree.collapsed,
            model.dataChanged,
            model.rowsInserted,
            model.rowsRemoved,
            model.rowsMoved,
            model.modelReset,
        ):
            signal.connect(self._on_changed)

    def _on_changed(self) -> None:
        self._timer.start()

    def _fit(self) -> None:
        if self._fitting or not self._least:
            return
        header = self._tree.header()
        others = (found for found in range(1, header.count()) if found not in self._least)
        taken = sum(map(header.sectionSize, others)) + self._tree.sizeHintForColumn(0)
        lacking = taken + sum(self._most[found] for found in self._least)
        lacking -= self._tree.viewport().width()
        self._fitting = True
        for column, least in self._least.items():
            width = most = self._most[column]
            if lacking > 0:
                needed = least or self._tree.sizeHintForColumn(column) + _MARK
                width = min(most, max(needed, most - lacking))
            header.resizeSection(column, width)
            lacking -= most - width
        self._fitting = False

    def _on_section_resized(self, section: int) -> None:
        if not self._fitting:
            self._least.pop(section, None)

    # Qt overrides

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """See the tree get another width."""
        if event.type() == QEvent.Type.Resize:
            self._fit()
        return False
