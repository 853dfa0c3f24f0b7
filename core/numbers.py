"""How far the numbers of a stack built both ways are apart, as plain values."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Weight:
    """A variable of both graphs, or a part of a partitioned one: how each is initialized."""

    layer: str
    role: str
    left: str
    right: str


@dataclass(frozen=True, slots=True)
class Feed:
    """What is made up to run graphs on.

    Attributes:
        seed: Of the random values.
        batch: The size of a first dimension that is not known.
        size: The size of any other dimension that is not known.
        low: The least of the values of floating-point inputs, which are uniform.
        high: The largest of them. Whole numbers are from 0 to below this, where that is 2 or more,
            else they are rows of the smallest table that they choose from.
    """

    seed: int = 0
    batch: int = 4
    size: int = 8
    low: float = -1.0
    high: float = 1.0


# So many examples that a unit which is 0 in all of them is hardly so by chance.
SIGNAL_FEED = Feed(batch=8)


@dataclass(frozen=True, slots=True)
class Distance:
    """How far two tensors are apart.

    Attributes:
        max_abs: The largest absolute difference; infinite where one is not finite and the other is.
        max_rel: The same, divided by the largest absolute value of either.
    """

    max_abs: float
    max_rel: float


@dataclass(frozen=True, slots=True)
class LayerNumbers:
    """The distance of a layer's outputs; `differs` tells whether it is more than rounding."""

    layer: str
    distance: Distance
    differs: bool


@dataclass(frozen=True, slots=True)
class GradientNumbers:
    """The distance of the gradients of a variable, the layer's variable in a role."""

    layer: str
    role: str
    distance: Distance
    differs: bool


@dataclass(frozen=True, slots=True)
class Numbers:
    """How far all layers and gradients are apart.

    Attributes:
        layers: In reading order.
        gradients: In the order of the variables; of those that have a gradient.
        skipped: Why they were not compared, None where they were.
    """

    layers: tuple[LayerNumbers, ...] = ()
    gradients: tuple[GradientNumbers, ...] = ()
    skipped: str | None = None

    @property
    def first_difference(self) -> str | None:
        """The first layer whose outputs differ, else the first whose gradient does."""
        found: tuple[LayerNumbers | GradientNumbers, ...] = (*self.layers, *self.gradients)
        return next((numbers.layer for numbers in found if numbers.differs), None)


def numbers_from_json(value: Mapping[str, Any]) -> Numbers:
    """Return what `dataclasses.asdict` made of numbers."""

    def with_distance(found: Mapping[str, Any]) -> dict[str, Any]:
        return {**found, "distance": Distance(**found["distance"])}

    return Numbers(
        tuple(LayerNumbers(**with_distance(found)) for found in value["layers"]),
        tuple(GradientNumbers(**with_distance(found)) for found in value["gradients"]),
        value["skipped"],
    )
