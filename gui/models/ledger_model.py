"""The ledger of a build as an item model: every request for a variable, in order."""

from collections.abc import Iterator
from enum import IntEnum
from typing import Any

from PySide6.QtCore import QModelIndex, QObject, QPersistentModelIndex, Qt

from core.built import Built, Outcome, Request, Source
from core.origin_labels import origin_labels
from gui import theme
from gui.models.table_model import RIGHT, TableModel

_Index = QModelIndex | QPersistentModelIndex


class Column(IntEnum):
    """The columns, in their first order."""

    NUMBER = 0
    LAYER = 1
    NAME = 2
    OUTCOME = 3
    VARIABLE = 4
    SCOPE = 5
    NAME_SCOPE = 6
    INITIALIZER = 7
    REGULARIZER = 8
    DTYPE = 9
    TRAINABLE = 10
    USE_RESOURCE = 11
    PARTITIONER = 12


_TITLES = {
    Column.NUMBER: "No.",
    Column.LAYER: "Layer",
    Column.NAME: "Name asked for",
    Column.OUTCOME: "Outcome",
    Column.VARIABLE: "Variable",
    Column.SCOPE: "Variable scope",
    Column.NAME_SCOPE: "Name scope",
}
# The columns of settings bear TensorFlow's own names for them.
_SETTINGS = {column: column.name.lower() for column in Column if column > Column.NAME_SCOPE}
_TITLES |= _SETTINGS
_SOURCES = {
    Source.ARGUMENT: "argument",
    Source.LAYER: "layer's default",
    Source.SCOPE: "{scope}",
    Source.TENSORFLOW: "TensorFlow's default",
}


class LedgerModel(TableModel):
    """Shows the ledger of a build, a request in each row."""

    titles = tuple(_TITLES[column] for column in Column)
    numbers = (Column.NUMBER,)

    def __init__(self, parent: QObject | None = None) -> None:
        """Start without requests."""
        super().__init__(parent)
        self._requests: tuple[Request, ...] = ()
        self._labels: dict[str, str] = {}
        self._refusals: dict[str, str] = {}

    @property
    def requests(self) -> tuple[Request, ...]:
        """The requests shown, a row each."""
        return self._requests

    def set_built(self, built: Built | None) -> bool:
        """Show another build's ledger; tell whether the rows stand for other requests now."""
        requests = () if built is None else built.ledger
        refusal = None if built is None else built.refusal
        same = _asked(requests) == _asked(self._requests)
        if not same:
            self.beginResetModel()
        self._requests = requests
        self._labels = {} if built is None else origin_labels(built)
        self._refusals = {} if refusal is None else {refusal.origin: refusal.message}
        if same:
            self.refresh()
        else:
            self.endResetModel()
        return not same

    def line(self, row: int) -> str:
        """Return a request as a line with tabs."""
        return "\t".join(self._text(row, column) for column in Column)

    def _text(self, row: int, column: int) -> str:
        request = self._requests[row]
        match column:
            case Column.NUMBER:
                return f"{row + 1:,}"
            case Column.LAYER:
                return self._labels.get(request.origin, request.origin)
            case Column.NAME:
                return request.name
            case Column.OUTCOME:
                return str(request.outcome)
            case Column.VARIABLE:
                return request.variable or ""
            case Column.SCOPE:
                return request.scope
            case Column.NAME_SCOPE:
                return request.name_scope
            case _:
                return " + ".join(self._settings(request, column))

    def _settings(self, request: Request, column: int) -> Iterator[str]:
        """Yield what was asked for in this respect, each with where that came from."""
        for setting in request.settings:
            if setting.name == _SETTINGS[Column(column)]:
                source = _SOURCES[setting.source].format(scope=self._scope_text(setting.scope))
                yield f"{setting.value} ({source})"

    def _scope_text(self, scope: str | None) -> str:
        """Return the words for a scope; None is the one that the stack opens around its layers."""
        return "the stack" if scope is None else f"scope {self._labels.get(scope, scope)}"

    def _tip(self, row: int, column: int) -> str:
        request = self._requests[row]
        if request.outcome is Outcome.REFUSED and column == Column.OUTCOME:
            return self._refusals.get(request.origin, "TensorFlow refused this request.")
        return self._text(row, column)

    # Qt overrides

    def rowCount(self, parent: _Index = QModelIndex()) -> int:  # noqa: B008
        """Return the number of requests."""
        return 0 if parent.isValid() else len(self._requests)

    def data(self, index: _Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Return what a cell shows."""
        row, column = index.row(), index.column()
        if not 0 <= row < len(self._requests):
            return None
        match role:
            case Qt.ItemDataRole.DisplayRole:
                return self._text(row, column)
            case Qt.ItemDataRole.ToolTipRole:
                return self._tip(row, column)
            case Qt.ItemDataRole.TextAlignmentRole if column == Column.NUMBER:
                return RIGHT
            case Qt.ItemDataRole.ForegroundRole if column == Column.OUTCOME:
                return getattr(theme.colours(), self._requests[row].outcome)
            case Qt.ItemDataRole.ForegroundRole if column == Column.NUMBER:
                return theme.colours().muted
        return None


def _asked(requests: tuple[Request, ...]) -> list[tuple[str, str]]:
    """Return who asked for what: what makes a row the same one in the next build."""
    return [(request.origin, request.name) for request in requests]
