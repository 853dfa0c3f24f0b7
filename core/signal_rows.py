"""The signals of one or two builds of a stack as rows, the tensors of a layer side by side."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from core.built import Built
from core.origin_labels import scoped_labels
from core.signal_verdict import signal_labels
from core.signals import LayerSignal, Signals


@dataclass(frozen=True)
class Side:
    """The signals of one build.

    Attributes:
        construction: The construction that all of it was built by, None for as the stack has it.
        built: The build.
        signals: What was found.
        labels: What its tensors are called, by name.
    """

    construction: str | None
    built: Built
    signals: Signals
    labels: Mapping[str, str]


class Row(NamedTuple):
    """A tensor of a layer: its signal in each build, None where that has none."""

    origin: str
    label: str
    layers: tuple[LayerSignal | None, ...]


def side(construction: str | None, built: Built, signals: Signals) -> Side:
    """Return the signals of a build, with what its tensors are called."""
    return Side(construction, built, signals, signal_labels(signals, scoped_labels(built)))


def signal_rows(sides: Sequence[Side]) -> tuple[Row, ...]:
    """Return a row for each tensor, in the order in which they are made."""
    found = [_numbered(one.signals) for one in sides]
    rows = []
    for key in dict.fromkeys(key for layers in found for key in layers):
        layers = tuple(layers.get(key) for layers in found)
        label = next(
            one.labels[layer.tensor]
            for one, layer in zip(sides, layers, strict=True)
            if layer is not None
        )
        rows.append(Row(key[0], label, layers))
    return tuple(rows)


def _numbered(signals: Signals) -> dict[tuple[str, int], LayerSignal]:
    """Return the signals by layer and repetition: the tensors of two builds have other names."""
    counts: Counter[str] = Counter()
    found = {}
    for layer in signals.layers:
        found[layer.origin, counts[layer.origin]] = layer
        counts[layer.origin] += 1
    return found
