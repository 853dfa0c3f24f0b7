"""Tensors that can be paired, as an item model: their names and shapes."""

from collections.abc import Sequence
from typing import Any

from PySide6.QtCore import (
    QMimeData,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    Qt,
)

from core.named_tensors import Part, TensorInfo
from gui import map_mime, theme
from gui.map_editor import MapEditor
from gui.models.table_model import TableModel

_Index = QModelIndex | QPersistentModelIndex
_TITLES = ("Free", "Shape")


class FreeModel(TableModel):
    """Shows tensors of the left side that are not paired; a row that is dropped here is one."""

    titles = _TITLES

    def __init__(self, editor: MapEditor, parent: QObject | None = None) -> None:
        """Start without tensors."""
        super().__init__(parent)
        self._editor = editor
        self._tensors: Sequence[TensorInfo] = ()

    @property
    def tensors(self) -> Sequence[TensorInfo]:
        """The tensors shown, a row each."""
        return self._tensors

    def show_tensors(self, tensors: Sequence[TensorInfo]) -> None:
        """Show other tensors."""
        if tensors != self._tensors:
            self.beginResetModel()
            self._tensors = tensors
            self.endResetModel()

    # Qt overrides

    def rowCount(self, parent: _Index = QModelIndex()) -> int:  # noqa: B008
        """Return the number of tensors."""
        return 0 if parent.isValid() else len(self._tensors)

    def data(self, index: _Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Return what a cell shows."""
        if not 0 <= index.row() < len(self._tensors):
            return None
        tensor = self._tensors[index.row()]
        text = str(list(tensor.shape)) if index.column() else tensor.name
        match role:
            case Qt.ItemDataRole.DisplayRole:
                return text
            case Qt.ItemDataRole.ToolTipRole:
                return f"{tensor.name}\n{list(tensor.shape)} {tensor.dtype}"
            case Qt.ItemDataRole.ForegroundRole:
                aside = index.column() or tensor.part is not Part.VARIABLE
                return theme.colours().muted if aside else None
        return None

    def flags(self, index: _Index) -> Qt.ItemFlag:
        """Have rows dragged, and take names anywhere."""
        found = super().flags(index) | Qt.ItemFlag.ItemIsDropEnabled
        return found | Qt.ItemFlag.ItemIsDragEnabled if index.isValid() else found

    def mimeTypes(self) -> list[str]:
        """Return what can be dropped here."""
        return [map_mime.MIME_TYPE]

    def mimeData(self, indexes: Sequence[_Index]) -> QMimeData:
        """Return the name of the first row that is dragged."""
        return map_mime.pack(self._tensors[min(index.row() for index in indexes)].name)

    def supportedDragActions(self) -> Qt.DropAction:
        """Have names copied: Qt would empty the cells of what is moved."""
        return Qt.DropAction.CopyAction

    def supportedDropActions(self) -> Qt.DropAction:
        """Take them so."""
        return Qt.DropAction.CopyAction

    def canDropMimeData(
        self, data: QMimeData, action: Qt.DropAction, row: int, column: int, parent: _Index
    ) -> bool:
        """Take the name of a row anywhere."""
        return data.hasFormat(map_mime.MIME_TYPE)

    def dropMimeData(
        self, data: QMimeData, action: Qt.DropAction, row: int, column: int, parent: _Index
    ) -> bool:
        """Take the name that is dropped here from its pair."""
        mapping, left = self._editor.mapping, map_mime.unpack(data)
        right = None if mapping is None or left is None else mapping.partners.get(left)
        if mapping is None or right is None:
            return False
        self._editor.do(mapping.unpair([right]))
        return True
