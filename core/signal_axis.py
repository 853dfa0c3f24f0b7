"""The axis that the histograms of all layers stand on."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from math import ceil, floor, log10
from typing import TYPE_CHECKING

from core.distribution import Distribution, Histogram

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

# So many deviations around the mean are shown of each layer: what is further is rare.
_DEVIATIONS = 5.0
# Beyond this the difference of two floats is infinite.
_LARGEST = 1e300
_STEPS = (1.0, 2.0, 5.0, 10.0)


class Scale(StrEnum):
    """What stands on the axis."""

    VALUES = "values"
    MAGNITUDES = "magnitudes"


@dataclass(frozen=True, slots=True)
class SignalAxis:
    """A range of values, or of common logarithms of magnitudes.

    Attributes:
        beyond: How many of the layers have values outside of it.
    """

    scale: Scale
    low: float
    high: float
    beyond: int = 0

    def share(self, place: float) -> float:
        """Return where a place is: 0 at the low end, 1 at the high one."""
        return (place - self.low) / (self.high - self.low)

    def shares(self, histogram: Histogram) -> "NDArray[np.float64]":
        """Return where the edges of a histogram are, those far outside a little outside."""
        import numpy as np

        with np.errstate(over="ignore"):
            found = (histogram.edges - self.low) / (self.high - self.low)
        return np.clip(found, -1.0, 2.0)

    def place(self, share: float) -> float:
        """Return what is at a share of the axis."""
        return self.low + share * (self.high - self.low)

    def histogram(self, found: Distribution) -> Histogram | None:
        """Return the histogram of a distribution that stands on this axis."""
        return found.values if self.scale is Scale.VALUES else found.magnitudes

    def text(self, place: float) -> str:
        """Return the value at a place."""
        return f"{10**place if self.scale is Scale.MAGNITUDES else place:.3g}"

    def ticks(self, most: int) -> list[tuple[float, str]]:
        """Return some round places with their texts, at most so many."""
        span = self.high - self.low
        least = span / max(most, 1)
        power = 10.0 ** floor(log10(least))
        step = next(power * factor for factor in _STEPS if power * factor >= least * 0.999)
        if self.scale is Scale.MAGNITUDES:
            step = ceil(step)
        first, last = ceil(self.low / step - 1e-9), floor(self.high / step + 1e-9)
        places = [number * step for number in range(first, last + 1)]
        if self.scale is Scale.MAGNITUDES:
            return [(place, f"1e{place:.0f}" if place else "1") for place in places]
        return [(place, f"{place:.6g}") for place in places]


def signal_axis(scale: Scale, found: Iterable[Distribution]) -> SignalAxis:
    """Return the axis on which distributions can be seen beside each other.

    Of magnitudes all are on it. Of values each layer's are within five deviations of its mean.
    """
    everything = [each for each in found if each.values is not None]
    if scale is Scale.MAGNITUDES:
        histograms = [each.magnitudes for each in everything if each.magnitudes is not None]
        low = min((each.low for each in histograms), default=0.0)
        high = max((each.high for each in histograms), default=1.0)
        return SignalAxis(scale, low, high)
    ranges = [_range(each) for each in everything]
    low = max(min((low for low, _ in ranges), default=0.0), -_LARGEST)
    high = min(max((high for _, high in ranges), default=1.0), _LARGEST)
    beyond = sum(
        each.values is not None and (each.values.low < low or each.values.high > high)
        for each in everything
    )
    around = 0.02 * (high - low) or 0.5 * abs(low) or 1.0
    return SignalAxis(scale, low - around, high + around, beyond)


def _range(found: Distribution) -> tuple[float, float]:
    assert found.values is not None
    low, high = found.values.low, found.values.high
    mean, std = found.statistics.mean, found.statistics.std
    if mean is None or std is None:
        return low, high
    return max(low, mean - _DEVIATIONS * std), min(high, mean + _DEVIATIONS * std)
