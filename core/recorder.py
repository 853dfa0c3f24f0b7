"""What a twin asks of TensorFlow while it builds a layer, written down as steps of a plan."""

import functools
from collections.abc import Mapping
from typing import Any

from core.expression import Expression
from core.known_values import KnownValues
from core.layer_recorder import LayerRecorder
from core.recording import Recording
from core.traced_twins import TracedTwins


class Recorder:
    """Writes down what the twins do, layer by layer."""

    def __init__(self, namespace: Mapping[str, Any]) -> None:
        """Prepare; the calls that are recorded look their names up in `namespace`."""
        self._namespace = namespace
        self._twins, self._constants = _twins()
        self._layer: LayerRecorder | None = None

    def record(
        self, origin: str | None, call: Expression, *, casts: bool = False
    ) -> tuple[Any, Recording]:
        """Do a call of a twin; return what came of it, and how.

        What TensorFlow or the twin raises passes through; `refused` has the steps until then.

        Args:
            origin: Id of the layer.
            call: What to do.
            casts: Whether to tell of casts of variables that have the type already. They add no op,
                but take a name that an op would have.

        Raises:
            UnrecordableError: What the twin did can't be written down.
        """
        layer = LayerRecorder(origin, self._namespace, self._twins, KnownValues(self._constants))
        layer.casts = casts
        self._layer = layer
        before, self._twins.hooks = self._twins.hooks, layer
        try:
            result = layer.do(call)
        finally:
            # The twins stay, and what they were recorded in must not stay with them.
            self._twins.hooks = before
        return result, layer.recording(layer.expression(result))

    def refused(self) -> Recording | None:
        """Return the steps of the last layer, where TensorFlow refused the last of them."""
        if self._layer is None or not self._layer.failed:
            return None
        return self._layer.recording(None)


@functools.cache
def _twins() -> tuple[TracedTwins, KnownValues]:
    constants = LayerRecorder(None, {}, None, KnownValues())
    constants.for_arguments = True
    return TracedTwins(constants), constants.values
