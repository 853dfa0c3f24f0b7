"""What the signals of a stack say, in sentences.

A deviation is measured against that of the source it comes from, going forward, and going back
against the weights of the sum whose gradient it is, which have deviation 1. The signal vanishes
where less than a thousandth of that arrives at an end of the stack, and explodes where more than a
thousand times that does; what is scaled on the way and back again, as by a mask, does neither. What
a softmax puts out is a share of 1, so its size says nothing.
"""

from collections import Counter
from collections.abc import Iterator, Mapping

from core.built import Built
from core.origin_labels import scoped_labels
from core.signals import GRADIENT, OUTPUT, LayerSignal, Signals

VANISHED, EXPLODED = 1e-3, 1e3
# What a single layer makes of what it takes is remarkable below and above these.
_WEAK, _STRONG = 0.1, 10.0
# The share of units without any output from which on they are worth a word.
_MANY_DEAD = 0.25
_WORDS = {OUTPUT: "signal", GRADIENT: "gradient"}


def signal_labels(signals: Signals, labels: Mapping[str, str]) -> dict[str, str]:
    """Return what each tensor is called: its layer's label, with its own name where there are more.

    Args:
        signals: Whose tensors.
        labels: What the layers are called, by id.
    """
    several = Counter(layer.origin for layer in signals.layers)
    return {
        layer.tensor: labels.get(layer.origin, layer.origin)
        + (
            f" \N{MIDDLE DOT} {layer.tensor.removesuffix(':0')}"
            if several[layer.origin] > 1
            else ""
        )
        for layer in signals.layers
    }


def verdict(signals: Signals, way: str, labels: Mapping[str, str]) -> str:
    """Return whether the signal, or the gradient, arrives; empty where nothing can be said.

    Args:
        signals: What was found.
        way: `OUTPUT` or `GRADIENT`.
        labels: What the tensors are called.
    """
    if way == GRADIENT and signals.no_gradients is not None:
        return f"There are no gradients. {signals.no_gradients}"
    counted = [
        layer for layer in signals.layers if layer.floating and layer.distribution(way) is not None
    ]
    broken = _broken(counted, way, labels) or _ended(signals, counted, way, labels)
    if broken:
        return broken
    ratios = {
        layer.tensor: ratio
        for layer in counted
        if (ratio := _ratio(signals, layer, way)) is not None and layer.op != "Softmax"
    }
    ends = [layer for layer in _ends(counted, way) if layer.tensor in ratios]
    if not ends:
        return ""
    least = min(ends, key=lambda layer: ratios[layer.tensor])
    most = max(ends, key=lambda layer: ratios[layer.tensor])
    sentences = []
    if ratios[least.tensor] < VANISHED:
        sentences.append(_change(signals, least, way, labels, "falls", "vanishes"))
    if ratios[most.tensor] > EXPLODED:
        sentences.append(_change(signals, most, way, labels, "grows", "explodes"))
    if sentences:
        return " ".join(sentences)
    found = _change(signals, least, way, labels, "goes", "neither vanishes nor explodes")
    on_the_way = [min(ratios.values()), max(ratios.values())]
    if on_the_way[0] > VANISHED and on_the_way[1] < EXPLODED:
        return found
    low, high = (f"{ratio:.2g}" for ratio in on_the_way)
    return f"{found} On the way, it is {low} to {high} times what it is at first."


def remarks(built: Built, signals: Signals, labels: Mapping[str, str]) -> Iterator[str]:
    """Yield why something is missing, or is not what it seems, a sentence each.

    Args:
        built: What was run.
        signals: What was found.
        labels: What the tensors are called.
    """
    if built.stack.seed is None:
        yield "The stack has no seed, so these come of other weights than those that are shown."
    if built.refusal is not None:
        refused = scoped_labels(built).get(built.refusal.origin, built.refusal.origin)
        yield f"TensorFlow refuses {refused}, so only what is built before it was run."
    if signals.skipped is not None:
        yield f"Not all was run. {signals.skipped}" if signals.layers else signals.skipped
    for layer in signals.layers:
        if layer.fault is not None:
            words = " ".join(layer.fault.split())
            yield (
                f"{labels[layer.tensor]} can't be run here, so made-up values stand in its place: "
                f"{words}"
            )


def layer_remarks(signals: Signals, layer: LayerSignal, labels: Mapping[str, str]) -> Iterator[str]:
    """Yield what is remarkable about a layer's signal, a sentence each."""
    if layer.fault is not None:
        yield f"This can't be run here: {' '.join(layer.fault.split())}"
        return
    if layer.output is None:
        yield "Its values are no numbers."
        return
    failed = signals.made_up_before(layer)
    if failed is not None:
        yield f"It is computed from values made up in place of {labels[failed.tensor]}."
    statistics = layer.output.statistics
    if statistics.nan or statistics.infinite:
        yield f"{statistics.nan:,} values are NaN and {statistics.infinite:,} infinite."
    if not layer.floating:
        return
    gain = signals.gain(layer)
    if layer.dead == 1:
        yield "All of its units are 0 in each example: they are dead."
    elif gain is not None and gain < _WEAK and layer.op != "Softmax":
        yield f"It weakens the signal: its deviation is {gain:.2g} times that of what it takes."
    elif gain is not None and gain > _STRONG:
        yield f"It strengthens the signal: its deviation is {gain:.3g} times that of what it takes."
    dead = layer.dead or 0.0
    if 1 > dead > max(_MANY_DEAD, signals.dead_before(layer)):
        yield f"{100 * dead:.3g} % of its units are 0 in each example: they are dead."


def _ends(counted: list[LayerSignal], way: str) -> list[LayerSignal]:
    """Return where a signal arrives: at what no other takes, or going back at what takes none.

    What a softmax takes stands for it.
    """
    there = {layer.tensor: layer for layer in counted}
    if way == GRADIENT:
        return [layer for layer in counted if there.keys().isdisjoint(layer.takes)]
    taken = {name for layer in counted for name in layer.takes}
    ends = [layer for layer in counted if layer.takes and layer.tensor not in taken]
    before = [there[name] for layer in ends if layer.op == "Softmax" for name in layer.takes]
    return [*ends, *before]


def _ratio(signals: Signals, layer: LayerSignal, way: str) -> float | None:
    return signals.total_gain(layer) if way == OUTPUT else layer.deviation(GRADIENT)


def _broken(counted: list[LayerSignal], way: str, labels: Mapping[str, str]) -> str:
    """Return where values first are not finite."""
    for layer in counted if way == OUTPUT else reversed(counted):
        found = layer.distribution(way)
        assert found is not None
        kinds = [("NaN", found.statistics.nan), ("infinite", found.statistics.infinite)]
        words = " and ".join(kind for kind, count in kinds if count)
        if words:
            whose = (
                labels[layer.tensor] if way == OUTPUT else f"The gradient at {labels[layer.tensor]}"
            )
            return f"{whose} has values that are {words}: the {_WORDS[way]} overflows."
    return ""


def _ended(
    signals: Signals, counted: list[LayerSignal], way: str, labels: Mapping[str, str]
) -> str:
    """Return where all values are first one, so that nothing of the signal is left."""
    for layer in counted if way == OUTPUT else reversed(counted):
        found = layer.distribution(way)
        assert found is not None
        value = found.statistics.minimum
        if found.statistics.std != 0 or value is None or (found.statistics.count < 2):
            continue
        if way == GRADIENT and value == 0:
            return f"All of the gradient at {labels[layer.tensor]} is 0: none comes back there."
        if way == OUTPUT and layer.takes and signals.total_gain(layer) is not None:
            return f"All values of {labels[layer.tensor]} are {value:.3g}: the signal ends there."
    return ""


def _change(
    signals: Signals,
    layer: LayerSignal,
    way: str,
    labels: Mapping[str, str],
    how: str,
    what: str,
) -> str:
    there = f"{layer.deviation(way):.2g} at {labels[layer.tensor]}"
    if way == GRADIENT:
        return f"The gradient's deviation {how} from 1 behind the last layer to {there}: it {what}."
    source = signals.source(layer)
    start = f"{source.deviation(way):.3g} at {labels[source.tensor]}"
    return f"The deviation {how} from {start} to {there}: the signal {what}."
