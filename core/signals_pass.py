"""One run of a graph on a random batch: how each layer's output is distributed, and its gradient.

TensorFlow's native code can end the process here, so the program runs this in one of its own.
"""

from collections.abc import Callable, Iterable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from core.devices import leave_as_it_is
from core.distribution import Distribution
from core.forward import Forward
from core.forward_pass import ForwardPass, OnLayer, check_bytes
from core.gradients import gradients, last_outputs, nearest
from core.native_words import native_words
from core.numbers import Feed
from core.signals import LayerSignal
from core.tensor_distribution import distribution

# Called with one keyword, which says what there is to be told.
Tell = Callable[..., None]

# Going back, TensorFlow holds what went forward, and the gradients of about as much.
_TIMES = 3


class SignalsPass(ForwardPass):
    """A graph whose outputs and gradients are looked at."""

    def __init__(self, forward: Forward, feed: Feed, given: Iterable[str] = ()) -> None:
        """Import the graph.

        Args:
            forward: What to run.
            feed: The batch that is made up for it.
            given: Ids of layers whose outputs are made up and not computed.

        Raises:
            SkippedError: It is too large for a trial run.
        """
        super().__init__(forward, given, feed)
        floating = {tensor: tensor.name for _, tensor in self._outputs if tensor.dtype.is_floating}
        self._takes = {
            tensor.name: tuple(sorted(set(nearest(tensor, floating)) - {tensor.name}))
            for _, tensor in self._outputs
        }
        self._shapes: dict[str, tuple[int, ...]] = {}
        self._tell: Tell

    def find(self, tell: Tell, on_layer: OnLayer | None = None) -> None:
        """Run all layers, then go back from what no other layer takes.

        Args:
            tell: Called with ``signal=LayerSignal`` for each tensor that a layer makes, those that
                fail at last; with ``fault=Fault`` for each layer that can't be run; then once with
                ``forward=True``; with ``gradient=(tensor, Distribution)`` for each that has one, or
                once with ``no_gradients`` and why there are none.
            on_layer: Called with each layer's id before it is run; without it they are run
                together, as a program would.

        Raises:
            SkippedError: The variables can't be initialized.
        """
        self._tell = tell
        self.run(lambda fault: tell(fault=fault), on_layer, self._on_output)

    def _on_output(self, origin: str, tensor: Any, values: Any) -> None:
        array = np.asarray(values)
        self._shapes[tensor.name] = array.shape
        found = dead = None
        if not array.dtype.hasobject:
            found, dead = distribution(array), _dead(array)
        self._tell(signal=self._signal(origin, tensor, array.shape, found, dead))

    def _options(self, place_all: bool) -> Any:
        options = super()._options(place_all)
        leave_as_it_is(options)
        return options

    def _go_on(self, session: Any) -> None:
        for origin, tensor in self._outputs:
            if origin in self._stand_ins:
                self._shapes[tensor.name] = self._made_up[tensor.name].shape
                self._tell(signal=self._signal(origin, tensor))
        self._tell(forward=True)
        try:
            self._go_back(session)
        except Exception as reason:  # noqa: BLE001 - what was found forward stays
            words = native_words(reason) if hasattr(reason, "op") else str(reason)
            self._tell(no_gradients=words)

    def _go_back(self, session: Any) -> None:
        check_bytes(self._forward.variable_bytes + _TIMES * self._bytes)
        tensors = list(dict.fromkeys(tensor for _, tensor in self._outputs))
        sources = [tensor for tensor in tensors if tensor.dtype.is_floating]
        last = last_outputs(tensors)
        shapes = [self._shapes[tensor.name] for tensor in last]
        with self._graph.as_default():
            found, weights = gradients(last, shapes, sources, self._feed.seed)
        pairs = [
            (source.name, each)
            for source, each in zip(sources, found, strict=True)
            if each is not None
        ]
        values = session.run([each for _, each in pairs], self._made_up | weights)
        for (name, _), value in zip(pairs, values, strict=True):
            self._tell(gradient=(name, distribution(value)))

    def _signal(
        self,
        origin: str,
        tensor: Any,
        shape: tuple[int, ...] = (),
        output: Distribution | None = None,
        dead: float | None = None,
    ) -> LayerSignal:
        takes = self._takes[tensor.name]
        floating = tensor.dtype.is_floating
        return LayerSignal(
            origin, tensor.name, tensor.op.type, takes, floating, shape, output, dead=dead
        )


def _dead(values: NDArray[Any]) -> float | None:
    """Return the share of an example's values that are 0 in each example of a batch."""
    if values.ndim < 2 or len(values) < 2 or not values.size:
        return None
    return float(np.mean(~np.any(values, axis=0)))
