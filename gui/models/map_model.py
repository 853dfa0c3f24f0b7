"""A name map as an item model: a row for each tensor that wants a value."""

from collections.abc import Sequence
from enum import IntEnum
from pathlib import Path
from typing import Any

from PySide6.QtCore import (
    QMimeData,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    Qt,
)

from core.name_mapping import NameMapping, Problem
from gui import map_mime, theme
from gui.map_editor import MapEditor
from gui.models.table_model import TableModel

_Index = QModelIndex | QPersistentModelIndex
# How sure a pair is, from 0 to 1; None where there is none.
SURE_ROLE = Qt.ItemDataRole.UserRole + 1


class Column(IntEnum):
    """The columns, from left to right."""

    LEFT = 0
    ARROW = 1
    RIGHT = 2
    SHAPE = 3
    SURE = 4
    REASON = 5
    STEP = 6


_TITLES = ("From", "", "To", "Shape", "Sure", "Because", "Step")
_ARROWS = {None: "\u2192", Problem.UNMATCHED: ""}
_MISFIT = "\u2260"
_WORDS = {
    Problem.UNMATCHED: "nothing is paired with it",
    Problem.OTHER_SHAPE: "the shapes differ, so the map leaves this out",
    Problem.OTHER_DTYPE: "the types differ, so the map leaves this out",
}


class MapModel(TableModel):
    """Shows rows of a map, and turns what is done to them into edits."""

    titles = _TITLES

    def __init__(self, editor: MapEditor, parent: QObject | None = None) -> None:
        """Start without rows."""
        super().__init__(parent)
        self._editor = editor
        self._mapping: NameMapping | None = None
        self._rows: list[str] = []

    @property
    def rows(self) -> Sequence[str]:
        """The names of the right side that are shown."""
        return self._rows

    def show_rows(self, mapping: NameMapping | None, rows: list[str]) -> bool:
        """Show a map; tell whether the rows stand for other names now."""
        same = rows == self._rows
        if not same:
            self.beginResetModel()
        self._mapping = mapping
        self._rows = rows
        self.headerDataChanged.emit(Qt.Orientation.Horizontal, 0, len(_TITLES) - 1)
        if same:
            self.refresh()
        else:
            self.endResetModel()
        return not same

    def line(self, row: int) -> str:
        """Return a row as a line with tabs."""
        return "\t".join(self._text(self._rows[row], column) for column in Column)

    def details(self, right: str) -> str:
        """Return what there is to say of a row: what it is paired with, and why."""
        if self._mapping is None:
            return ""
        pair, problem = self._mapping.pairs.get(right), self._mapping.problem(right)
        if pair is None:
            return f"{right}: {_WORDS[Problem.UNMATCHED]}"
        said = f"{pair.left} \u2192 {right}: {pair.reason} ({pair.confidence:.0%})"
        if problem is None or self._mapping.step(right) is not None:
            return said
        return f"{_WORDS[problem]}: {said}"

    def step_words(self, right: str) -> str:
        """Return the known step to a row with both shapes, and whether it is taken."""
        text = "" if self._mapping is None else self._text(right, Column.STEP)
        if not text or self._mapping is None:
            return ""
        taken = "taken" if self._mapping.pairs[right].accepted else "not taken, Space takes it"
        return f"{_shapes(self._mapping, right)} ({taken}): {text}"

    def _sides(self) -> dict[int, str]:
        """Return what the columns of names are the names of."""
        if self._mapping is None:
            return {}
        return {Column.LEFT: self._mapping.left.label, Column.RIGHT: self._mapping.right.label}

    def _text(self, right: str, column: int) -> str:
        assert self._mapping is not None
        pair = self._mapping.pairs.get(right)
        match column:
            case Column.RIGHT:
                return right
            case Column.SHAPE:
                return _shapes(self._mapping, right)
            case _ if pair is None:
                return ""
            case Column.LEFT:
                return pair.left
            case Column.ARROW:
                return _ARROWS.get(self._mapping.problem(right), _MISFIT)
            case Column.SURE:
                return f"{pair.confidence:.0%}"
            case Column.REASON:
                return pair.reason
        step = self._mapping.step(right)
        if step is None:
            return ""
        return f"{step.words}: {step.code(self._mapping.rights[right].shape)}"

    def _tip(self, right: str, column: int) -> str:
        assert self._mapping is not None
        text = self._text(right, column)
        problem = self._mapping.problem(right)
        if column in (Column.SHAPE, Column.STEP) and self._mapping.step(right) is not None:
            return self.step_words(right)
        if column in (Column.ARROW, Column.SHAPE) and problem is not None:
            return f"{text}\n{_WORDS[problem]}".strip()
        return text

    def _colour(self, right: str, column: int) -> Any:
        assert self._mapping is not None
        problem = self._mapping.problem(right)
        if column == Column.RIGHT and problem is Problem.UNMATCHED:
            return theme.colours().warning
        if column in (Column.ARROW, Column.SHAPE) and problem not in (None, Problem.UNMATCHED):
            return theme.colours().refused
        if column in (Column.ARROW, Column.SHAPE, Column.REASON):
            return theme.colours().muted
        return None

    def _checked(self, right: str) -> Qt.CheckState | None:
        assert self._mapping is not None
        if self._mapping.step(right) is None:
            return None
        accepted = self._mapping.pairs[right].accepted
        return Qt.CheckState.Checked if accepted else Qt.CheckState.Unchecked

    # Qt overrides

    def rowCount(self, parent: _Index = QModelIndex()) -> int:  # noqa: B008
        """Return the number of rows."""
        return 0 if parent.isValid() else len(self._rows)

    def data(self, index: _Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Return what a cell shows."""
        row, column = index.row(), index.column()
        if self._mapping is None or not 0 <= row < len(self._rows):
            return None
        right = self._rows[row]
        match role:
            case Qt.ItemDataRole.DisplayRole | Qt.ItemDataRole.EditRole:
                return self._text(right, column)
            case Qt.ItemDataRole.ToolTipRole:
                return self._tip(right, column)
            case Qt.ItemDataRole.ForegroundRole:
                return self._colour(right, column)
            case Qt.ItemDataRole.TextAlignmentRole if column == Column.ARROW:
                return Qt.AlignmentFlag.AlignCenter
            case Qt.ItemDataRole.CheckStateRole if column == Column.SHAPE:
                return self._checked(right)
            case _ if role == SURE_ROLE:
                pair = self._mapping.pairs.get(right)
                return None if pair is None else pair.confidence
        return None

    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> Any:
        """Return a column's title."""
        side = self._sides().get(section, "") if orientation == Qt.Orientation.Horizontal else ""
        if side and role == Qt.ItemDataRole.ToolTipRole:
            return side
        title = super().headerData(section, orientation, role)
        if side and role == Qt.ItemDataRole.DisplayRole:
            return f"{title} {Path(side).name}"
        return title

    def flags(self, index: _Index) -> Qt.ItemFlag:
        """Have names edited, steps between shapes checked, and names dropped on rows."""
        found = super().flags(index)
        row, column = index.row(), index.column()
        if self._mapping is None or not 0 <= row < len(self._rows):
            return found
        found |= Qt.ItemFlag.ItemIsDropEnabled
        if self._rows[row] in self._mapping.pairs:
            found |= Qt.ItemFlag.ItemIsDragEnabled
        if column == Column.LEFT:
            found |= Qt.ItemFlag.ItemIsEditable
        if column == Column.SHAPE and self._checked(self._rows[row]) is not None:
            found |= Qt.ItemFlag.ItemIsUserCheckable
        return found

    def setData(self, index: _Index, value: Any, role: int = Qt.ItemDataRole.EditRole) -> bool:
        """Pair a row with the name that was typed, or with none; or take its step, or not."""
        row, column = index.row(), index.column()
        if self._mapping is None or not 0 <= row < len(self._rows):
            return False
        right = self._rows[row]
        if role == Qt.ItemDataRole.CheckStateRole and column == Column.SHAPE:
            accepted = Qt.CheckState(value) == Qt.CheckState.Checked
            self._editor.do(self._mapping.accept([right], accepted))
            return True
        if role != Qt.ItemDataRole.EditRole or column != Column.LEFT:
            return False
        return self._pair(str(value), right)

    def mimeTypes(self) -> list[str]:
        """Return what can be dropped here."""
        return [map_mime.MIME_TYPE]

    def mimeData(self, indexes: Sequence[_Index]) -> QMimeData:
        """Return the name that a row is paired with."""
        rows = sorted({index.row() for index in indexes})
        names = [self._text(self._rows[row], Column.LEFT) for row in rows]
        return map_mime.pack(next(filter(None, names), ""))

    def supportedDragActions(self) -> Qt.DropAction:
        """Have names copied: Qt would empty the cells of what is moved."""
        return Qt.DropAction.CopyAction

    def supportedDropActions(self) -> Qt.DropAction:
        """Take them so."""
        return Qt.DropAction.CopyAction

    def canDropMimeData(
        self, data: QMimeData, action: Qt.DropAction, row: int, column: int, parent: _Index
    ) -> bool:
        """Take names on rows, and none between them."""
        return parent.isValid() and data.hasFormat(map_mime.MIME_TYPE)

    def dropMimeData(
        self, data: QMimeData, action: Qt.DropAction, row: int, column: int, parent: _Index
    ) -> bool:
        """Pair the row with the name that is dropped on it."""
        left = map_mime.unpack(data)
        if not parent.isValid() or not left or not 0 <= parent.row() < len(self._rows):
            return False
        return self._pair(left, self._rows[parent.row()])

    def _pair(self, left: str, right: str) -> bool:
        """Pair two names, or take the right one from its pair where there is no left one."""
        if self._mapping is None:
            return False
        if not left:
            self._editor.do(self._mapping.unpair([right]))
            return True
        pair = self._mapping.pairs.get(right)
        if left not in self._mapping.lefts:
            return False
        if pair is None or pair.left != left:  # an editor that was only opened changes nothing
            self._editor.do(self._mapping.pair(left, right))
        return True


def _shapes(mapping: NameMapping, right: str) -> str:
    """Return the shape of a row, and what it is paired with where that has another form."""
    other = mapping.rights[right]
    pair = mapping.pairs.get(right)
    one = other if pair is None else mapping.lefts[pair.left]
    if one.form == other.form:
        return str(list(other.shape))
    if one.dtype == other.dtype:
        return f"{list(one.shape)} \u2192 {list(other.shape)}"
    return f"{list(one.shape)} {one.dtype} \u2192 {list(other.shape)} {other.dtype}"
