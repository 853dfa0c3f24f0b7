"""What the values of a tensor are drawn from: its exact density, its support, its formula."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

_CURVE_POINTS = 257
# How much of a density without ends lies beyond the curve on either side.
_TAIL = 1e-6
# A density that has no limit at an end is drawn up to this share of its probability.
_POLE = 1e-4


@dataclass(frozen=True, slots=True)
class Spike:
    """A value that is drawn with a probability of its own.

    Attributes:
        share: The probability, above 0.
    """

    value: float
    share: float


@dataclass(frozen=True, slots=True)
class Piece:
    """A part of a density that scipy has.

    Attributes:
        share: Its probability.
        distribution: A frozen distribution of `scipy.stats`.
    """

    share: float
    distribution: Any

    @property
    def discrete(self) -> bool:
        """Whether only whole numbers are drawn."""
        return hasattr(self.distribution, "pmf")


@dataclass(frozen=True, slots=True)
class Density:
    """What values are drawn from: spikes and continuous or discrete pieces.

    Attributes:
        formula: How it comes about, in words with their numbers; where it is not known, why.
        pieces: None where there are only spikes, or nothing is known.
        spikes: In the order of their values.
        untestable: Why a test of Kolmogorov and Smirnov says nothing of the draw, else empty.
    """

    formula: str
    pieces: tuple[Piece, ...] = ()
    spikes: tuple[Spike, ...] = ()
    untestable: str = ""

    @property
    def known(self) -> bool:
        """Whether there is a density at all."""
        return bool(self.pieces or self.spikes)

    @property
    def continuous(self) -> bool:
        """Whether no value has a probability of its own."""
        return bool(self.pieces) and not self.spikes and not any(p.discrete for p in self.pieces)

    @property
    def support(self) -> tuple[float, float] | None:
        """The least and the greatest value that can be drawn, maybe infinite; None if unknown."""
        if not self.known:
            return None
        ends = [piece.distribution.support() for piece in self.pieces]
        ends += [(spike.value, spike.value) for spike in self.spikes]
        return float(min(low for low, _ in ends)), float(max(high for _, high in ends))

    @property
    def mean(self) -> float | None:
        """The expected mean; None if unknown."""
        if not self.known:
            return None
        return float(
            sum(piece.share * piece.distribution.mean() for piece in self.pieces)
            + sum(spike.share * spike.value for spike in self.spikes)
        )

    @property
    def std(self) -> float | None:
        """The expected standard deviation; None if unknown."""
        mean = self.mean
        if mean is None:
            return None
        variance = sum(
            piece.share * (piece.distribution.var() + (piece.distribution.mean() - mean) ** 2)
            for piece in self.pieces
        ) + sum(spike.share * (spike.value - mean) ** 2 for spike in self.spikes)
        return float(np.sqrt(variance))

    def pdf(self, x: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return the density of the pieces at places: probability per unit."""
        found = np.zeros(np.shape(x))
        for piece in self.pieces:
            law = piece.distribution
            found += piece.share * (law.pmf(np.rint(x)) if piece.discrete else law.pdf(x))
        return found

    def cdf(self, x: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return the probability of a value up to places, these included."""
        found = np.zeros(np.shape(x))
        for piece in self.pieces:
            found += piece.share * piece.distribution.cdf(x)
        for spike in self.spikes:
            found += spike.share * (np.asarray(x) >= spike.value)
        return found

    def curve(self) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Return places and the pieces' density there, for a line from 0 and back to 0."""
        if not self.pieces:
            return np.zeros(0), np.zeros(0)
        grids = [_grid(piece) for piece in self.pieces]
        x = np.unique(np.concatenate(grids))
        y = self.pdf(x)
        return np.concatenate([x[:1], x, x[-1:]]), np.concatenate([[0.0], y, [0.0]])


def mixture(parts: Sequence[tuple[float, Density]]) -> Density:
    """Return the density of a tensor whose parts, of these shares, have densities of their own."""
    unknown = next((found for _, found in parts if not found.known), None)
    if unknown is not None:
        return unknown
    alike: dict[tuple[str, tuple[Spike, ...]], tuple[float, Density]] = {}
    for share, found in parts:
        before, _ = alike.get((found.formula, found.spikes), (0.0, found))
        alike[found.formula, found.spikes] = before + share, found
    if len(alike) == 1:
        return parts[0][1]
    parts = list(alike.values())
    spikes: dict[float, float] = {}
    for share, found in parts:
        for spike in found.spikes:
            spikes[spike.value] = spikes.get(spike.value, 0.0) + share * spike.share
    return Density(
        formula="; ".join(dict.fromkeys(found.formula for _, found in parts)),
        pieces=tuple(
            Piece(share * piece.share, piece.distribution)
            for share, found in parts
            for piece in found.pieces
        ),
        spikes=tuple(Spike(value, spikes[value]) for value in sorted(spikes)),
        untestable=next((found.untestable for _, found in parts if found.untestable), ""),
    )


def _grid(piece: Piece) -> NDArray[np.float64]:
    """Return places close enough for a line, both ends of the support among them.

    Where the density has no limit at an end, as that of an entry of a 2 x 2 orthogonal matrix, the
    last place is a little inside.
    """
    law = piece.distribution
    low, high = law.support()
    ends = law.ppf([_TAIL, 1 - _TAIL])
    low = low if np.isfinite(low) else ends[0]
    high = high if np.isfinite(high) else ends[1]
    if piece.discrete:
        step = max(1, int((high - low) // _CURVE_POINTS))
        return np.unique(np.append(np.arange(low, high, step, dtype=np.float64), high))
    if not np.isfinite(law.pdf([low, high])).all():
        low, high = law.ppf([_POLE, 1 - _POLE])
    return np.linspace(low, high, _CURVE_POINTS)


@dataclass(frozen=True, slots=True)
class Expected:
    """What a density foretells; None where it is not known.

    Attributes:
        zeros: The share of zeros.
        quantiles: Empty where they are not known.
    """

    mean: float | None
    std: float | None
    minimum: float | None
    maximum: float | None
    zeros: float | None
    quantiles: tuple[float, ...] = ()


def expected(density: Density, shares: Sequence[float]) -> Expected:
    """Return what a density foretells, with the quantiles of these shares."""
    support = density.support
    if support is None:
        return Expected(None, None, None, None, None)
    at_zero = density.pdf(np.zeros(1)).item() if density.pieces and not density.continuous else 0.0
    zeros = at_zero + sum(spike.share for spike in density.spikes if spike.value == 0)
    return Expected(density.mean, density.std, *support, zeros, _quantiles(density, shares))


def _quantiles(density: Density, shares: Sequence[float]) -> tuple[float, ...]:
    if len(density.pieces) == 1 and not density.spikes:
        return tuple(float(found) for found in density.pieces[0].distribution.ppf(shares))
    if density.pieces:
        return ()
    ends = np.cumsum([spike.share for spike in density.spikes])
    places = np.searchsorted(ends, np.asarray(shares) - 1e-12)
    return tuple(density.spikes[min(int(at), len(ends) - 1)].value for at in places)
