"""Signals for the tests of their view, made without TensorFlow."""

import numpy as np

from core.signals import LayerSignal, Signals
from core.stack import Layer, Stack
from core.tensor_distribution import distribution

STACK = Stack(
    "run",
    seed=1,
    nodes=(
        Layer("x", "input", "x", arguments={"shape": (None, 10)}),
        Layer("d", "dense", "fc", "layers", arguments={"units": 11}),
        Layer("e", "dense", "out", "layers", arguments={"units": 11}),
    ),
)


def signal(origin: str, values, takes=(), gradient=1.0, **fields) -> LayerSignal:
    """Return the signal of a layer that put out these values."""
    array = np.asarray(values, np.float32)
    back = gradient * np.linspace(-1, 1, 50)
    return LayerSignal(
        origin,
        f"{origin}:0",
        "BiasAdd",
        tuple(f"{name}:0" for name in takes),
        shape=array.shape,
        output=distribution(array),
        gradient=distribution(back),
        **fields,
    )


def signals_of(scale: float = 0.1, **fields) -> Signals:
    """Return signals that each layer weakens to this."""
    values = np.linspace(-1, 1, 1000)
    layers = (
        signal("x", values),
        signal("d", scale * values, ("x",)),
        signal("e", scale**2 * values, ("d",)),
    )
    return Signals(layers, **fields)
