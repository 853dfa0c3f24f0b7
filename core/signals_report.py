"""The signals of a stack as JSON, as lines for people, and as tables in CSV."""

import csv
import io
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict
from typing import Any

from core.built import Built
from core.distribution import Distribution
from core.numbers import Feed
from core.origin_labels import scoped_labels
from core.signal_verdict import layer_remarks, remarks, signal_labels, verdict
from core.signals import GRADIENT, OUTPUT, Signals

_STATISTICS = ("mean", "std", "minimum", "maximum", "zeros", "nan", "infinite")
_WAYS = (OUTPUT, GRADIENT)
# A construction, what it is called, and the labels of the tensors.
Named = tuple[str, Signals, Mapping[str, str]]


def signals_json(built: Built, signals: Signals, feed: Feed) -> dict[str, Any]:
    """Return what `build --json` says of signals.

    Args:
        built: What was run.
        signals: What was found.
        feed: What it was run on.
    """
    names = signal_labels(signals, scoped_labels(built))
    return {
        "feed": asdict(feed),
        "skipped": signals.skipped,
        "no_gradients": signals.no_gradients,
        "remarks": list(remarks(built, signals, names)),
        "verdict": verdict(signals, OUTPUT, names),
        "gradient_verdict": verdict(signals, GRADIENT, names),
        "layers": [
            {
                "layer": layer.origin,
                "tensor": layer.tensor,
                "shape": list(layer.shape),
                "output": _distribution(layer.output),
                "gradient": _distribution(layer.gradient),
                "gain": signals.gain(layer),
                "total_gain": signals.total_gain(layer),
                "dead": layer.dead,
                "fault": layer.fault,
                "remarks": list(layer_remarks(signals, layer, names)),
            }
            for layer in signals.layers
        ],
    }


def signals_lines(built: Built, signals: Signals) -> Iterator[str]:
    """Yield a line for each layer, then what all of them say."""
    names = signal_labels(signals, scoped_labels(built))
    width = max(map(len, names.values()), default=0)
    for layer in signals.layers:
        deviations = [layer.deviation(way) for way in _WAYS]
        output, gradient = ("-" if found is None else f"{found:.3g}" for found in deviations)
        notes = " ".join(layer_remarks(signals, layer, names))
        row = f"{names[layer.tensor].ljust(width)}  output {output:<9}  gradient {gradient:<9}"
        yield f"{row}  {notes}".rstrip()
    yield from remarks(built, signals, names)
    yield from filter(None, (verdict(signals, way, names) for way in _WAYS))


def statistics_csv(found: Sequence[Named]) -> str:
    """Return the statistics of signals as CSV: a row for each output and each gradient."""
    heading = ["construction", "layer", "tensor", "of", "values", *_STATISTICS, "gain", "dead"]
    return _csv(heading, _statistics_rows(found))


def histograms_csv(found: Sequence[Named]) -> str:
    """Return the histograms of signals as CSV: a row for each bin."""
    heading = ["construction", "layer", "tensor", "of", "from", "to", "count"]
    return _csv(heading, _histogram_rows(found))


def _statistics_rows(found: Sequence[Named]) -> Iterator[list[Any]]:
    for head, signals, layer, way, distribution in _each(found):
        numbers = asdict(distribution.statistics)
        of_output = [signals.gain(layer), layer.dead] if way == OUTPUT else [None, None]
        yield [*head, numbers["count"], *(numbers[key] for key in _STATISTICS), *of_output]


def _histogram_rows(found: Sequence[Named]) -> Iterator[list[Any]]:
    for head, _, _, _, distribution in _each(found):
        histogram = distribution.values
        if histogram is not None:
            edges = histogram.edges.tolist()
            for at, count in enumerate(histogram.counts):
                yield [*head, edges[at], edges[at + 1], count]


def _each(found: Sequence[Named]) -> Iterator[tuple[list[str], Signals, Any, str, Distribution]]:
    for construction, signals, names in found:
        for layer in signals.layers:
            for way in _WAYS:
                distribution = layer.distribution(way)
                if distribution is not None:
                    head = [construction, names[layer.tensor], layer.tensor, way]
                    yield head, signals, layer, way, distribution


def _csv(heading: list[str], rows: Iterator[list[Any]]) -> str:
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(heading)
    writer.writerows(rows)
    return text.getvalue()


def _distribution(found: Distribution | None) -> dict[str, Any] | None:
    if found is None:
        return None
    statistics = asdict(found.statistics)
    del statistics["quantiles"]
    return statistics | {"histogram": None if found.values is None else asdict(found.values)}
