"""The statistics of one variable beside those that its initializer foretells."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from PySide6.QtCore import QModelIndex, QObject, QPersistentModelIndex, Qt

from core.weights import QUANTILES, Weights
from gui.models.table_model import TableModel
from gui.models.weights_model import number_text

_Index = QModelIndex | QPersistentModelIndex
_TITLES = ("", "Drawn", "Expected")
# Of values that nobody says the density of.
_PLAIN_TITLES = ("", "Value")
_NONE = "\N{EN DASH}"
_PASSED = (
    "Var[y] / Var[x] of an output y that sums up independent inputs x of mean 0: "
    "n E[w\N{SUPERSCRIPT TWO}]. "
    "1 keeps their variance from layer to layer; a relu behind it halves what it is given, "
    "so 2 keeps it there."
)


@dataclass(frozen=True, slots=True)
class Row:
    """One statistic: its name, of the values, as expected, and what it means."""

    name: str
    drawn: str
    expected: str = ""
    tip: str = ""


class StatisticsModel(TableModel):
    """Shows the statistics of one variable, a row each."""

    def __init__(self, parent: QObject | None = None) -> None:
        """Start without weights."""
        super().__init__(parent)
        self._rows: tuple[Row, ...] = ()
        self.titles = _TITLES

    def show(self, weights: Weights | None) -> None:
        """Show another variable's statistics."""
        self.beginResetModel()
        self._rows = tuple(rows(weights)) if weights is not None else ()
        plain = weights is not None and weights.density is None
        self.titles = _PLAIN_TITLES if plain else _TITLES
        self.endResetModel()

    def lines(self) -> str:
        """Return all rows as lines with tabs."""
        cells = ((row.name, row.drawn, row.expected) for row in self._rows)
        found = [self.titles, *(row[: len(self.titles)] for row in cells)]
        return "\n".join(map("\t".join, found))

    # Qt overrides

    def rowCount(self, parent: _Index = QModelIndex()) -> int:  # noqa: B008
        """Return the number of statistics."""
        return 0 if parent.isValid() else len(self._rows)

    def data(self, index: _Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Return what a cell shows."""
        row, column = index.row(), index.column()
        if not (0 <= row < len(self._rows) and 0 <= column < len(self.titles)):
            return None
        found = self._rows[row]
        match role:
            case Qt.ItemDataRole.DisplayRole:
                return (found.name, found.drawn, found.expected)[column]
            case Qt.ItemDataRole.ToolTipRole:
                return found.tip or (found.name, found.drawn, found.expected)[column]
        return None


def rows(weights: Weights) -> Iterator[Row]:
    """Yield the statistics of a variable."""
    found, foretold = weights.statistics, weights.expected
    yield Row("values", f"{found.count:,}")
    if weights.note:
        return
    pairs = (
        ("mean", found.mean, foretold.mean if foretold else None),
        ("deviation", found.std, foretold.std if foretold else None),
        ("least", found.minimum, foretold.minimum if foretold else None),
        ("greatest", found.maximum, foretold.maximum if foretold else None),
    )
    for name, drawn, expected in pairs:
        yield Row(name, number_text(drawn), number_text(expected))
    yield from _fit_rows(weights)
    if weights.passed is not None:
        summed = weights.passed.sum
        yield Row(
            "variance passed forward",
            number_text(weights.passed.factor),
            number_text(weights.passed.expected),
            f"{_PASSED} Here an output sums up n = {summed.inputs:,}: {summed.words}.",
        )
    zeros = None if foretold is None or foretold.zeros is None else 100 * foretold.zeros
    yield Row(
        "zeros",
        f"{100 * found.zeros:.4g} %" if found.count else _NONE,
        _NONE if zeros is None else f"{zeros:.4g} %",
    )
    if found.nan or found.infinite:
        yield Row("not a number", f"{found.nan:,}")
        yield Row("infinite", f"{found.infinite:,}")
    quantiles = foretold.quantiles if foretold else ()
    for at, share in enumerate(QUANTILES):
        yield Row(
            f"{100 * share:.0f} % quantile",
            number_text(found.quantiles[at] if found.quantiles else None),
            number_text(quantiles[at] if quantiles else None),
            f"{100 * share:.0f} % of the finite values are not above this.",
        )


def _fit_rows(weights: Weights) -> Iterator[Row]:
    fit = weights.fit
    if fit is None:
        return
    # In full in the tip, too: a narrow panel cuts it.
    why_not = f"Not told: {fit.why_not}.\n" if fit.why_not else ""
    known = fit.distance is not None
    yield Row(
        "Kolmogorov-Smirnov distance",
        number_text(fit.distance),
        f"on {fit.count:,} values" if known else fit.why_not,
        ("" if known else why_not)
        + "The greatest distance between the distribution of the values and the exact one.",
    )
    yield Row(
        "p-value",
        number_text(fit.p_value),
        fit.why_not if known else "",
        f"{why_not}How often a draw from this density is at least as far away from it. "
        "Below 0.001, the values are hardly drawn from it.",
    )
