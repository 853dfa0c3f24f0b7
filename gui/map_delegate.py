"""How the cells of a name map are drawn, and how a name is chosen in place."""

from collections.abc import Sequence
from functools import partial
from typing import Any

from PySide6.QtCore import (
    QAbstractItemModel,
    QAbstractListModel,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    QRect,
    QSize,
    Qt,
)
from PySide6.QtGui import QPainter, QPalette
from PySide6.QtWidgets import QCompleter, QListView, QStyle, QStyleOptionViewItem, QWidget

from core.name_mapping import NameMapping
from core.name_rows import SURE
from core.named_tensors import TensorInfo
from gui import theme
from gui.map_editor import MapEditor
from gui.models.map_model import SURE_ROLE, Column, MapModel
from gui.refusing_editor import RefusingDelegate, RefusingEditor

_Index = QModelIndex | QPersistentModelIndex
_BAR = 5
_MOST_OFFERED = 12
# In characters; the column may be narrower.
_NARROWEST = 64


class MapDelegate(RefusingDelegate):
    """Draws how sure a pair is as a bar, and offers the names of the left side to choose from."""

    def __init__(self, editor: MapEditor, parent: QObject | None = None) -> None:
        """Know where the names are."""
        super().__init__(parent)
        self._editor = editor

    def _on_chosen(self, field: RefusingEditor, _: str) -> None:
        """Be done when a name was chosen from those offered."""
        self.commitData.emit(field)
        self.closeEditor.emit(field)

    # Qt overrides

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: _Index) -> None:
        """Draw a cell, with a bar where it says how sure a pair is."""
        super().paint(painter, option, index)
        sure = index.data(SURE_ROLE)
        if index.column() != Column.SURE or sure is None:
            return
        text_width = option.fontMetrics.horizontalAdvance("100%") + 10  # type: ignore[attr-defined]
        room = option.rect.adjusted(text_width, 0, -6, 0)  # type: ignore[attr-defined]
        if room.width() < _BAR:
            return
        bar = QRect(room.left(), room.center().y() - _BAR // 2, room.width(), _BAR)
        selected = option.state & QStyle.StateFlag.State_Selected  # type: ignore[attr-defined]
        colours = theme.colours()
        ink = colours.created if sure >= SURE else colours.warning
        if selected:
            ink = option.palette.color(QPalette.ColorRole.HighlightedText)  # type: ignore[attr-defined]
        else:
            painter.fillRect(bar, colours.tint(ink, 0.2))
        bar.setWidth(max(round(bar.width() * sure), 1))
        painter.fillRect(bar, ink)

    def createEditor(self, parent: QWidget, option: QStyleOptionViewItem, index: _Index) -> QWidget:
        """Return a field that offers what fits best first."""
        model, mapping = index.model(), self._editor.mapping
        assert isinstance(model, MapModel)
        assert mapping is not None
        field = RefusingEditor(parent, partial(_why_not, mapping), partial(_is_offered, mapping))
        field.setPlaceholderText("nothing")
        offered = _Offered(_best_first(mapping, model.rows[index.row()]), field)
        completer = QCompleter(offered, field)
        completer.setCompletionRole(Qt.ItemDataRole.EditRole)
        completer.setFilterMode(Qt.MatchFlag.MatchContains)
        completer.setCaseSensitivity(Qt.CaseSensitivity.CaseInsensitive)
        completer.setMaxVisibleItems(_MOST_OFFERED)
        popup = QListView()
        popup.setUniformItemSizes(True)
        popup.setTextElideMode(Qt.TextElideMode.ElideMiddle)
        popup.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        popup.setMinimumWidth(_NARROWEST * field.fontMetrics().averageCharWidth())
        completer.setPopup(popup)
        field.setCompleter(completer)
        # Queued: the field itself takes what was chosen only then.
        completer.activated.connect(
            partial(self._on_chosen, field), Qt.ConnectionType.QueuedConnection
        )
        return field

    def setModelData(self, editor: QWidget, model: QAbstractItemModel, index: _Index) -> None:
        """Have the model take the name."""
        if isinstance(editor, RefusingEditor):
            model.setData(index, editor.text().strip())  # type: ignore[arg-type]

    def sizeHint(self, option: QStyleOptionViewItem, index: _Index) -> QSize:
        """Leave some room between the rows."""
        return super().sizeHint(option, index) + QSize(0, 4)


class _Offered(QAbstractListModel):
    """Tensors to choose from, each with its shape."""

    def __init__(self, tensors: Sequence[TensorInfo], parent: QObject) -> None:
        super().__init__(parent)
        self._tensors = tensors

    # Qt overrides

    def rowCount(self, parent: _Index = QModelIndex()) -> int:  # noqa: B008
        """Return the number of tensors."""
        return 0 if parent.isValid() else len(self._tensors)

    def data(self, index: _Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Return a name, for people with its shape."""
        if not 0 <= index.row() < len(self._tensors):
            return None
        tensor = self._tensors[index.row()]
        if role == Qt.ItemDataRole.EditRole:
            return tensor.name
        if role == Qt.ItemDataRole.DisplayRole:
            return f"{tensor.name}   {list(tensor.shape)}"
        return None


def _best_first(mapping: NameMapping, right: str) -> list[TensorInfo]:
    """Return all tensors of the left side: those that fit a row first, and of these the free."""
    form = mapping.rights[right].form
    return sorted(
        mapping.lefts.values(), key=lambda it: (it.form != form, it.name in mapping.partners)
    )


def _why_not(mapping: NameMapping, text: str) -> str:
    """Return why a text can't be paired with a row; no text stands for no pair."""
    name = text.strip()
    return "" if not name or name in mapping.lefts else f"{mapping.left.label} has no such name"


def _is_offered(mapping: NameMapping, text: str) -> bool:
    """Tell whether a text is part of a name."""
    part = text.lower()
    return any(part in name.lower() for name in mapping.lefts)
