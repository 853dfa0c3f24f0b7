"""Rows of an item view that are a little higher than their text."""

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QSize
from PySide6.QtWidgets import QStyledItemDelegate, QStyleOptionViewItem


class RoomyDelegate(QStyledItemDelegate):
    """Leaves some room between the rows."""

    # Qt overrides

    def sizeHint(
        self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> QSize:
        """Return a size that is a little higher than the text."""
        return super().sizeHint(option, index) + QSize(0, 4)
