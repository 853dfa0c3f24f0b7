"""The signals of a stack: what its layers put out for a random batch, and what comes back."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from core.distribution import Distribution, distribution_from_json
from core.numbers import Feed

# So many examples that a unit which is 0 in all of them is hardly so by chance.
FEED = Feed(batch=16)
# The two ways in which a signal goes.
OUTPUT, GRADIENT = "output", "gradient"


@dataclass(frozen=True, slots=True)
class LayerSignal:
    """What came of one tensor that a layer made.

    Attributes:
        origin: Id of the layer.
        tensor: Name of the tensor.
        op: The type of the op that made it.
        takes: Names of the floating-point layer outputs that it is computed from, the nearest ones.
        floating: Whether its values are floating-point numbers, which a signal is made of.
        shape: The shape that it had.
        output: The distribution of its values; None where it failed, or has no numbers.
        gradient: That of the gradient of a random weighted sum of what no other layer takes, with
            weights of deviation 1; None where there is none.
        dead: The share of its values, counted in one example, that are 0 in each example of the
            batch; None where there is no batch of several.
        fault: Why it could not be run; what stands behind it got made-up values in its place.
    """

    origin: str
    tensor: str
    op: str
    takes: tuple[str, ...] = ()
    floating: bool = True
    shape: tuple[int, ...] = ()
    output: Distribution | None = None
    gradient: Distribution | None = None
    dead: float | None = None
    fault: str | None = None

    def distribution(self, way: str) -> Distribution | None:
        """Return that of the output or of the gradient."""
        return self.output if way == OUTPUT else self.gradient

    def deviation(self, way: str) -> float | None:
        """Return the standard deviation of the output or of the gradient."""
        found = self.distribution(way)
        return None if found is None else found.statistics.std


@dataclass(frozen=True)
class Signals:
    """The signals of a stack, or of as much of it as could be run.

    Attributes:
        layers: The tensors in reading order.
        skipped: Why not all was run, None where it was.
        no_gradients: Why there are no gradients, None where there are.
    """

    layers: tuple[LayerSignal, ...] = ()
    skipped: str | None = None
    no_gradients: str | None = None

    def gain(self, layer: LayerSignal) -> float | None:
        """Return an output's deviation, divided by the largest deviation of what it is made from.

        None where that is 0 or not known.
        """
        return _ratio(layer.deviation(OUTPUT), self._largest(layer.takes))

    def total_gain(self, layer: LayerSignal) -> float | None:
        """Return an output's deviation, divided by the largest one of the sources it comes from.

        A source is a floating-point output that is made from no other. None behind a layer that
        could not be run.
        """
        if self.made_up_before(layer) is not None:
            return None
        return _ratio(layer.deviation(OUTPUT), self._largest(self._sources[layer.tensor]))

    def source(self, layer: LayerSignal) -> LayerSignal:
        """Return the source of the largest deviation that an output comes from."""
        found = [self._by_tensor[name] for name in sorted(self._sources[layer.tensor])]
        return max(found, key=lambda each: each.deviation(OUTPUT) or 0.0)

    def made_up_before(self, layer: LayerSignal) -> LayerSignal | None:
        """Return the first failed layer that an output comes from, None where there is none."""
        return self._by_tensor.get(self._failed[layer.tensor] or "")

    def dead_before(self, layer: LayerSignal) -> float:
        """Return the largest share of dead units in what an output is made from, 0 for none."""
        before = (self._by_tensor[name] for name in layer.takes if name in self._by_tensor)
        return max((found.dead or 0.0 for found in before), default=0.0)

    @cached_property
    def _by_tensor(self) -> Mapping[str, LayerSignal]:
        return {layer.tensor: layer for layer in self.layers}

    @cached_property
    def _sources(self) -> Mapping[str, frozenset[str]]:
        found: dict[str, frozenset[str]] = {}
        for layer in self.layers:
            before = [found[name] for name in layer.takes if name in found]
            found[layer.tensor] = frozenset().union(*before) or frozenset({layer.tensor})
        return found

    @cached_property
    def _failed(self) -> Mapping[str, str | None]:
        found: dict[str, str | None] = {}
        for layer in self.layers:
            found[layer.tensor] = next(self._failures_of(layer, found), None)
        return found

    def _failures_of(self, layer: LayerSignal, found: Mapping[str, str | None]) -> Iterator[str]:
        for name in layer.takes:
            if found.get(name) is not None:
                yield found[name] or ""
            elif name in self._by_tensor and self._by_tensor[name].fault is not None:
                yield name

    def _largest(self, tensors: Collection[str]) -> float | None:
        deviations = [
            None if name not in self._by_tensor else self._by_tensor[name].deviation(OUTPUT)
            for name in tensors
        ]
        known = [found for found in deviations if found is not None]
        return max(known) if known and len(known) == len(deviations) else None


def layer_from_json(value: Mapping[str, Any]) -> LayerSignal:
    """Return what `dataclasses.asdict` made of a layer's signal, read from JSON."""
    return LayerSignal(
        **{
            **value,
            "takes": tuple(value["takes"]),
            "shape": tuple(value["shape"]),
            "output": distribution_from_json(value["output"]),
            "gradient": distribution_from_json(value["gradient"]),
        }
    )


def _ratio(one: float | None, other: float | None) -> float | None:
    return one / other if one is not None and other else None
