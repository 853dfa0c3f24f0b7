"""What is told of a tensor's values in a few numbers."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from core.summary import Summary


@dataclass(frozen=True, slots=True)
class Statistics:
    """Sums over a tensor's values; None where there is no finite one.

    Attributes:
        count: The number of values.
        zeros: The share of zeros, from 0 to 1.
        nan: How many values are not a number.
        infinite: How many values are infinite.
        quantiles: Those of `core.weights.QUANTILES`, none where no value is finite.
    """

    count: int
    mean: float | None
    std: float | None
    minimum: float | None
    maximum: float | None
    zeros: float
    nan: int
    infinite: int
    quantiles: tuple[float, ...] = ()


def statistics_of(found: "Summary", quantiles: tuple[float, ...] = ()) -> Statistics:
    """Return what a tensor's summary comes to, with quantiles that were found besides."""
    return Statistics(
        count=found.count,
        mean=found.mean,
        std=found.std,
        minimum=found.minimum,
        maximum=found.maximum,
        zeros=found.zeros / max(found.count, 1),
        nan=found.nan,
        infinite=found.infinite,
        quantiles=quantiles,
    )
