"""How well the values of a tensor fit the density that they are said to be drawn from."""

from dataclasses import dataclass

from core.density import Density
from core.ranks import Ranks


@dataclass(frozen=True, slots=True)
class Fit:
    """A test of Kolmogorov and Smirnov.

    Attributes:
        distance: The greatest one between both distributions, None where there is none.
        p_value: How likely a draw is at least as far away; None where that can't be said.
        count: On how many values it was computed.
        why_not: Why a number is missing, else empty.
    """

    distance: float | None = None
    p_value: float | None = None
    count: int = 0
    why_not: str = ""


def fit(density: Density, ranks: Ranks | None, finite: int, count: int) -> Fit:
    """Test the finite values of a tensor against a density.

    The p-value is that of the exact law of the distance for this many independent values.

    Source: Simard and L'Ecuyer, Computing the Two-Sided Kolmogorov-Smirnov Distribution, 2011, as
    `scipy.stats.kstwo` has it.
    """
    if not density.known:
        return Fit(why_not="there is no density to compare with")
    if not density.continuous:
        kind = "constants" if density.spikes else "whole numbers"
        return Fit(why_not=f"the test is for continuous densities, not for {kind}")
    if ranks is None:
        return Fit(why_not="there are no finite values")
    distance = ranks.distance(density.cdf)
    if density.untestable or finite < count:
        why_not = density.untestable or "some values are not finite"
        return Fit(distance, None, finite, why_not)
    from scipy import stats

    return Fit(distance, float(stats.kstwo.sf(distance, finite)), finite)
