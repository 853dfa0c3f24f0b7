"""One run of a graph from its placeholders to its layers' outputs, in this process.

TensorFlow's native code can end the process here, so the program runs this in one of its own.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any

import numpy as np
import psutil

from core.forward import Forward
from core.made_up import made_up, made_up_shape
from core.native_words import native_words
from core.numbers import Feed
from core.quantities import show_bytes
from core.trial import Fault, is_believed

_FEED = Feed(batch=2)
_MOST_BYTES = 512 * 2**20

OnFault = Callable[[Fault], None]
OnLayer = Callable[[str], None]
# A layer's id, a tensor that it made, and the values of that.
OnOutput = Callable[[str, Any, Any], None]


class SkippedError(Exception):
    """It was not run; the text says why in a sentence."""


class ForwardPass:
    """A graph with what was made up for its placeholders, and for layers that can't be run.

    What stands in for a layer's output lets those behind it be judged by themselves.
    """

    def __init__(self, forward: Forward, given: Iterable[str] = (), feed: Feed = _FEED) -> None:
        """Import the graph.

        Args:
            forward: What to run.
            given: Ids of layers whose outputs are made up and not computed.
            feed: How values are made up.

        Raises:
            SkippedError: It is too large for a trial.
        """
        from core.tf1 import tf

        self._forward = forward
        self._graph = tf.Graph()
        with self._graph.as_default():
            graph_def = tf.GraphDef.FromString(forward.graph_def)
            tf.import_graph_def(graph_def, name="")
        self._feed = feed
        self._outputs = [
            (origin, self._graph.get_tensor_by_name(name)) for origin, name in forward.outputs
        ]
        placeholders = [
            op.outputs[0] for op in self._graph.get_operations() if op.type == "Placeholder"
        ]
        tensors = [*placeholders, *(tensor for _, tensor in self._outputs)]
        self._bytes = _bytes(tensors, feed)
        check_bytes(forward.variable_bytes + self._bytes)
        self._random = np.random.default_rng(feed.seed)
        self._made_up = {tensor.name: self._make_up(tensor) for tensor in placeholders}
        self._stand_ins: set[str] = set()
        for origin in given:
            self._give(origin)

    def run(
        self,
        on_fault: OnFault,
        on_layer: OnLayer | None = None,
        on_output: OnOutput | None = None,
    ) -> None:
        """Initialize the variables and run all layers.

        Args:
            on_fault: Called for each layer that can't be run.
            on_layer: Called with each layer's id before it is run; without it they are run
                together, as a program would.
            on_output: Called with the values of each tensor that could be computed.

        Raises:
            SkippedError: The variables can't be initialized.
        """
        with self._session() as session:
            if self._initialize(session) is None:
                if on_layer is not None:
                    self._run_each(session, on_fault, on_layer, on_output)
                    self._go_on(session)
                    return
                if self._run_together(session, on_fault, on_output):
                    self._go_on(session)
                    return
        # An op that has no kernel where it is to be placed keeps all others from being run too.
        with self._session(place_all=False) as session:
            refusal = self._initialize(session)
            if refusal is not None:
                raise SkippedError(f"The variables can't be initialized: {refusal}")
            self._run_each(session, on_fault, on_layer or _ignore, on_output)
            self._go_on(session)

    def _session(self, *, place_all: bool = True) -> Any:
        """Return a session that runs what a user's own `tf.Session()` would.

        TensorFlow optimizes graphs by default, and what it makes of one may run otherwise: a dense
        layer without units ends the process once it is fused, and else has an empty result.

        Args:
            place_all: Whether each op needs a kernel; else only those that are run, which
                TensorFlow then does not optimize.
        """
        from core.tf1 import tf

        return tf.Session(graph=self._graph, config=self._options(place_all))

    def _options(self, place_all: bool) -> Any:
        from core.tf1 import tf

        devices = {"CPU": self._forward.cpu_devices}
        options = tf.ConfigProto(device_count=devices, allow_soft_placement=True)
        options.graph_options.place_pruned_graph = not place_all
        return options

    def _go_on(self, session: Any) -> None:
        """Do what there is to be done once all layers have been run."""

    def _initialize(self, session: Any) -> str | None:
        """Run the initializers; return TensorFlow's words where that fails."""
        from core.tf1 import tf

        try:
            session.run(list(self._forward.initializers))
        except tf.errors.OpError as error:
            return native_words(error)
        return None

    def _run_together(self, session: Any, on_fault: OnFault, on_output: OnOutput | None) -> bool:
        """Run all layers at once, until none fails; tell whether each failure had its layer."""
        from core.tf1 import tf

        owners: dict[str, str] = {}
        while True:
            computed = [found for found in self._outputs if found[0] not in self._stand_ins]
            # Ops and not tensors, where nobody looks at the values: these would be copied.
            wanted = [
                tensor if on_output else tensor.op
                for _, tensor in computed
                if on_output or tensor.name not in self._made_up
            ]
            try:
                values = session.run(wanted, self._made_up) if wanted else []
            except tf.errors.OpError as error:
                owners = owners or dict(self._owners())
                origin = owners.get(error.op.name) if error.op is not None else None
                if origin is None or self._is_given(origin):
                    return False
                self._take(origin, error, on_fault)
                continue
            if on_output is not None:
                for (origin, tensor), value in zip(computed, values, strict=True):
                    on_output(origin, tensor, value)
            return True

    def _run_each(
        self, session: Any, on_fault: OnFault, on_layer: OnLayer, on_output: OnOutput | None
    ) -> None:
        """Run one layer after the other, each on the results of those before it."""
        from core.tf1 import tf

        results = dict(self._made_up)
        for origin, tensor in self._outputs:
            if origin in self._stand_ins:
                continue
            if tensor.name not in results:
                on_layer(origin)
                try:
                    results[tensor.name] = session.run(tensor, results)
                except tf.errors.OpError as error:
                    self._take(origin, error, on_fault)
                    results |= self._made_up
                    continue
            if on_output is not None:
                on_output(origin, tensor, results[tensor.name])

    def _take(self, origin: str, error: Any, on_fault: OnFault) -> None:
        """Have a stand-in for a layer's output, and tell of the error where it is believed."""
        kind, message = type(error).__name__, native_words(error)
        op_type = "" if error.op is None else error.op.type
        if is_believed(kind, message, op_type, sizes_known=self._sizes_known()):
            on_fault(Fault(origin, message, kind))
        self._give(origin)

    def _give(self, origin: str) -> None:
        self._stand_ins.add(origin)
        for tensor in self._tensors(origin):
            self._made_up[tensor.name] = self._make_up(tensor)

    def _is_given(self, origin: str) -> bool:
        return all(tensor.name in self._made_up for tensor in self._tensors(origin))

    def _tensors(self, origin: str) -> list[Any]:
        """Return what a layer made, once in each repetition of its scope."""
        return [tensor for found, tensor in self._outputs if found == origin]

    def _sizes_known(self) -> bool:
        shapes = [self._graph.get_tensor_by_name(name).shape for name in self._made_up]
        return all(shape.rank is not None and None not in shape.as_list()[1:] for shape in shapes)

    def _owners(self) -> Iterator[tuple[str, str]]:
        """Yield the name of each op that is run, with the first layer that needs it."""
        seen: set[Any] = set()
        for origin, tensor in self._outputs:
            waiting = [tensor.op]
            while waiting:
                op = waiting.pop()
                if op not in seen:
                    seen.add(op)
                    yield op.name, origin
                    waiting += [found.op for found in op.inputs] + list(op.control_inputs)

    def _make_up(self, tensor: Any) -> Any:
        """Return values for a tensor; whole numbers are zeros, which any id can be."""
        return made_up(tensor, self._feed, self._random)


def _bytes(tensors: Sequence[Any], feed: Feed) -> int:
    """Return the size of tensors' values."""
    return sum(
        int(np.prod(made_up_shape(tensor, feed.batch, feed.size), dtype=np.float64))
        * tensor.dtype.size
        for tensor in tensors
    )


def check_bytes(size: int) -> None:
    """Raise SkippedError where variables and results would take a good part of the memory."""
    most = min(_MOST_BYTES, psutil.virtual_memory().available // 4)
    if size > most:
        raise SkippedError(
            f"The variables and the results of the batch take {show_bytes(size)}, "
            f"and {show_bytes(most)} is the most for a trial run."
        )


def _ignore(origin: str) -> None:
    pass
