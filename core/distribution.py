"""How the values of a tensor are distributed, as plain values that can leave a process."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from core.statistics import Statistics

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

BINS_OF_A_DECADE = 20


@dataclass(frozen=True, slots=True)
class Histogram:
    """Exact counts of values in bins that are equally wide.

    Attributes:
        counts: How many values fall into each bin, as `numpy.histogram` has it.
        low: The lower limit of the first bin.
        high: The upper limit of the last; the same as `low` where all values are one.
    """

    counts: tuple[int, ...]
    low: float
    high: float

    @property
    def edges(self) -> "NDArray[np.float64]":
        """The limits of the bins, float64 [bins + 1]."""
        import numpy as np

        return np.linspace(self.low, self.high, len(self.counts) + 1)

    @property
    def total(self) -> int:
        """How many values there are in all bins."""
        return sum(self.counts)

    def bin_at(self, place: float) -> int | None:
        """Return the number of the bin that a place is in, None outside of all of them."""
        import numpy as np

        if not self.low <= place <= self.high:
            return None
        found = int(np.searchsorted(self.edges, place, "right")) - 1
        return min(found, len(self.counts) - 1)


@dataclass(frozen=True, slots=True)
class Distribution:
    """What there is in a tensor.

    Attributes:
        statistics: The sums over its values; the quantiles are left out.
        values: The histogram of its finite values, None where there are none.
        magnitudes: That of the common logarithm of what is finite and not 0, in bins of a
            `BINS_OF_A_DECADE`th, so that those of several tensors can be laid side by side; None
            where all is 0.
    """

    statistics: Statistics
    values: Histogram | None
    magnitudes: Histogram | None


def distribution_from_json(value: Mapping[str, Any] | None) -> Distribution | None:
    """Return what `dataclasses.asdict` made of a distribution, read from JSON."""
    if value is None:
        return None
    statistics = {**value["statistics"], "quantiles": tuple(value["statistics"]["quantiles"])}
    return Distribution(
        Statistics(**statistics),
        _histogram_from_json(value["values"]),
        _histogram_from_json(value["magnitudes"]),
    )


def _histogram_from_json(value: Mapping[str, Any] | None) -> Histogram | None:
    return None if value is None else Histogram(**{**value, "counts": tuple(value["counts"])})
