"""A stack's plan, run into a real TensorFlow graph, and the values of its variables."""

import contextlib
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from core import checkpoint
from core.built import Built, BuiltLayer, Outcome, Refusal, Request, Variable
from core.devices import Device, Target, check_device, list_devices, session, short_name
from core.expression import evaluate
from core.initializers import describe
from core.ledger import Creation, Ledger
from core.plan import Block, Impossible, Statement, Step, plan
from core.progress import OnProgress, ignore_progress
from core.quantities import show_bytes
from core.stack import Layer, Node, Stack
from core.weights import why_too_large

# Values are drawn in portions of about this size, between which a build can be cancelled.
_PORTION = 256 * 2**20


@dataclass(frozen=True, slots=True)
class Exported:
    """A checkpoint that was written: its variables, the bytes of their values, the time it took."""

    prefix: Path
    variables: int
    bytes: int
    seconds: float


class NotDrawnError(ValueError):
    """There are no initial values; the text says why."""


class BuiltGraph:
    """A graph that was built from a stack, with a session that holds its variables' values.

    It belongs to the thread that made it. `close` gives its memory back.

    Attributes:
        built: What was made, as values.
        graph: The TensorFlow graph.
        graph_def: The GraphDef as it was when the last layer was built, serialized.
    """

    def __init__(
        self,
        stack: Stack,
        target: Target | None = None,
        on_progress: OnProgress = ignore_progress,
    ) -> None:
        """Build a stack, as far as TensorFlow takes it, and draw the initial values.

        Args:
            stack: What to build.
            target: Where to draw.
            on_progress: Called between layers, and between portions of values, with what is done,
                the whole and words for both. What it raises ends the build.

        Raises:
            DeviceError: The stack as a whole asks for a device that isn't there; where a node does,
                that node is refused.
        """
        from core.tf1 import tf

        target = target or Target()
        there = list_devices(target)
        if stack.device is not None:
            check_device(stack.device, there)
        started = time.perf_counter()
        run = _Run(stack, there, on_progress)
        run.run()
        refused = run.refused_requests()
        if run.refusal is not None:
            # A failed call leaves ops and variables behind, so what came before it is built anew.
            run = _Run(stack, there, ignore_progress, stop=run.refusal)
            run.run()
        seconds = time.perf_counter() - started
        self.graph = run.graph
        self.graph_def: bytes = run.graph.as_graph_def().SerializeToString(deterministic=True)
        self._handles = {name: found.variable for name, found in run.ledger.creations.items()}
        self._session = session(run.graph, target)
        self._saver: Any = None
        variables = run.variables()
        undrawn = why_too_large(variables)
        if undrawn is None:
            try:
                variables = self._draw(variables, on_progress)
            except tf.errors.OpError as error:
                undrawn = f"The initial values were not drawn: {error.message}"
            except BaseException:
                self.close()
                raise
        self.built = Built(
            stack=stack,
            layers=run.layers(),
            variables=variables,
            ledger=(*run.ledger.requests, *refused),
            refusal=run.refusal,
            device=stack.device or there[0].name,
            ops=len(run.graph.get_operations()),
            seconds=seconds,
            undrawn=undrawn,
        )

    def values(self, name: str) -> NDArray[Any]:
        """Return the initial values of a variable. Raises KeyError, NotDrawnError."""
        if self.built.undrawn is not None:
            raise NotDrawnError(self.built.undrawn)
        value = self._session.run(_whole(self._handles[name]))
        return np.asarray(value)

    def export(self, prefix: Path, on_progress: OnProgress = ignore_progress) -> Exported:
        """Write the values as a checkpoint, with what `tf.train.Saver` would put into it.

        Raises:
            CheckpointError: It can't be written.
            NotDrawnError: There are no values.
        """
        from core.tf1 import tf

        if self.built.undrawn is not None:
            raise NotDrawnError(self.built.undrawn)
        started = time.perf_counter()
        saved = [variable for variable in self.built.variables if variable.saved]
        with self.graph.as_default():
            if saved and self._saver is None:
                self._saver = tf.train.Saver()
            meta_graph = (
                tf.train.export_meta_graph(saver_def=self._saver.as_saver_def()) if saved else None
            )
        tensors = [
            checkpoint.Tensor(
                found.name, found.dtype, found.bytes, partial(self.values, found.name)
            )
            for found in saved
        ]
        checkpoint.write(prefix, tensors, meta_graph, on_progress)
        size = sum(variable.bytes for variable in saved)
        return Exported(prefix, len(saved), size, time.perf_counter() - started)

    def close(self) -> None:
        """Give back the memory of the values."""
        self._session.close()

    def _draw(
        self, variables: tuple[Variable, ...], on_progress: OnProgress
    ) -> tuple[Variable, ...]:
        """Run the initializers; return the variables with the devices where they landed."""
        from core.tf1 import tf

        landed: dict[str, str] = {}
        total = sum(variable.bytes for variable in variables)
        done = 0
        for portion in _portions(variables):
            if total > _PORTION:
                words = f"drawing {show_bytes(done)} of {show_bytes(total)}"
                on_progress(done, total, words)
            options = tf.RunOptions(output_partition_graphs=True)
            metadata = tf.RunMetadata()
            initializers = [
                part.initializer for found in portion for part in _parts(self._handles[found.name])
            ]
            self._session.run(initializers, options=options, run_metadata=metadata)
            for graph in metadata.partition_graphs:
                landed.update((node.name, node.device) for node in graph.node)
            done += sum(variable.bytes for variable in portion)
        return tuple(
            _landed(variable, self._handles[variable.name], landed) for variable in variables
        )


class _StopError(Exception):
    """What is to be built is built."""


class _Run:
    """One run of a plan into a graph of its own.

    Attributes:
        refusal: Why and where it ended early.
    """

    def __init__(
        self,
        stack: Stack,
        there: tuple[Device, ...],
        on_progress: OnProgress,
        stop: Refusal | None = None,
    ) -> None:
        from core.tf1 import tf

        self.graph = tf.Graph()
        self.ledger = Ledger()
        self.refusal = stop
        self._stack = stack
        self._there = there
        self._plan = plan(stack)
        self._stop_at = stop.origin if stop else None
        self._on_progress = on_progress
        self._tried: dict[str, None] = {}
        self._results: dict[str, Any] = {}

    def run(self) -> None:
        """Run the plan until its end, its first refusal, or the node where it is to stop."""
        from core import manual
        from core.tf1 import tf

        namespace: dict[str, Any] = {"tf": tf, "manual": manual}
        with self.graph.as_default():
            tf.get_variable_scope().set_custom_getter(self.ledger)
            with contextlib.suppress(_StopError):
                self._run_steps(self._plan.steps, namespace)

    def _run_steps(self, steps: tuple[Step, ...], namespace: dict[str, Any]) -> None:
        for step in steps:
            if step.origin is not None:
                self._begin(step.origin)
            match step:
                case Impossible(origin, sentence):
                    self._refuse(origin, ValueError(sentence))
                case Statement():
                    with self._refusing(step.origin):
                        result = evaluate(step.call, namespace)
                    if step.target is not None:
                        namespace[step.target] = result
                        self._results[str(step.origin)] = result
                case Block():
                    with self._refusing(step.origin):
                        context = evaluate(step.call, namespace)
                        context.__enter__()
                    try:
                        self._run_steps(step.steps, namespace)
                    finally:
                        context.__exit__(None, None, None)

    def _begin(self, origin: str) -> None:
        if origin == self._stop_at:
            raise _StopError
        if origin not in self._tried:
            total = len(self._plan.targets)
            done = min(len(self._results), total)
            self._on_progress(done, total, f"building {done:,} of {total:,}")
            self._tried[origin] = None
            device = self._stack.node(origin).device
            if device is not None:
                with self._refusing(origin):
                    check_device(device, self._there)
        self.ledger.origin = origin

    def _refuse(self, origin: str | None, error: Exception) -> None:
        assert origin is not None, error
        self.refusal = Refusal(origin, _words(error), type(error).__name__)
        raise _StopError from error

    def _refusing(self, origin: str | None) -> "_Refusing":
        return _Refusing(self._refuse, origin)

    def refused_requests(self) -> tuple[Request, ...]:
        """Return the requests that TensorFlow refused."""
        return tuple(
            request for request in self.ledger.requests if request.outcome is Outcome.REFUSED
        )

    def layers(self) -> tuple[BuiltLayer, ...]:
        """Return what came of each node that was tried."""
        tried = dict(self._tried)
        if self.refusal is not None:
            tried[self.refusal.origin] = None
        return tuple(self._layer(node) for node in self._stack.walk() if node.id in tried)

    def _layer(self, node: Node) -> BuiltLayer:
        refused = self.refusal is not None and self.refusal.origin == node.id
        result = self._result(node)
        names = [request.variable for request in self.ledger.requests if request.origin == node.id]
        return BuiltLayer(
            id=node.id,
            name=node.name,
            kind=node.kind,
            construction=node.construction if isinstance(node, Layer) else None,
            reuse=node.reuse,
            outputs=() if result is None else (_shape(result),),
            output_names=() if result is None else (result.name,),
            variables=tuple(dict.fromkeys(name for name in names if name is not None)),
            refusal=self.refusal if refused else None,
        )

    def _result(self, node: Node) -> Any:
        """Return the tensor that a node made; a scope's is that of its last layer."""
        if isinstance(node, Layer):
            return self._results.get(node.id)
        results = [self._result(child) for child in node.nodes]
        return next((result for result in reversed(results) if result is not None), None)

    def variables(self) -> tuple[Variable, ...]:
        """Return the variables in the order of their creation."""
        collections = _collections(self.graph)
        return tuple(
            _variable(name, creation, collections)
            for name, creation in self.ledger.creations.items()
        )


class _Refusing:
    """Take what TensorFlow raises inside the block as its refusal of a node."""

    def __init__(self, refuse: Callable[[str | None, Exception], None], origin: str | None) -> None:
        self._refuse = refuse
        self._origin = origin

    def __enter__(self) -> None:
        pass

    def __exit__(self, kind: object, error: BaseException | None, trace: object) -> None:
        if isinstance(error, Exception):
            self._refuse(self._origin, error)


def _words(error: Exception) -> str:
    """Return what an error says, without the Python files where a variable was first made."""
    words, _, _ = str(error).partition(" Originally defined at:")
    return words.strip() or type(error).__name__


def _shape(tensor: Any) -> tuple[int | None, ...] | None:
    return None if tensor.shape.rank is None else tuple(tensor.shape.as_list())


def _parts(variable: Any) -> list[Any]:
    """Return the variables that a partitioned one consists of, else the one itself."""
    return list(variable) if hasattr(variable, "_get_partitions") else [variable]


def _whole(variable: Any) -> Any:
    """Return what to fetch for all of a variable's values."""
    return variable.as_tensor() if hasattr(variable, "as_tensor") else variable


def _collections(graph: Any) -> Mapping[int, list[str]]:
    """Return the names of the collections that hold an object, by the object's identity."""
    found: dict[int, list[str]] = {}
    for key in graph.get_all_collection_keys():
        if isinstance(key, str):
            for item in graph.get_collection(key):
                found.setdefault(id(item), []).append(key)
    return found


def _variable(name: str, creation: Creation, collections: Mapping[int, list[str]]) -> Variable:
    variable = creation.variable
    first = _parts(variable)[0]
    dtype = variable.dtype.base_dtype
    member_of = collections.get(id(first), [])
    return Variable(
        name=name,
        asked_name=creation.asked_name,
        shape=tuple(variable.shape.as_list()),
        dtype=dtype.name,
        itemsize=dtype.size,
        trainable="trainable_variables" in member_of,
        initializer=describe(creation.initializer, dtype),
        device=short_name(first.device),
        requested_device=short_name(first.device),
        collections=tuple(member_of),
        resource=first.op.type == "VarHandleOp",
        created_by=creation.origins[0],
        used_by=tuple(creation.origins),
    )


def _landed(variable: Variable, handle: Any, landed: Mapping[str, str]) -> Variable:
    name = _parts(handle)[0].op.name
    return replace(variable, device=short_name(landed.get(name, variable.device)))


def _portions(variables: tuple[Variable, ...]) -> Iterator[list[Variable]]:
    """Yield variables in portions of limited size, in order."""
    portion: list[Variable] = []
    size = 0
    for variable in variables:
        if portion and size + variable.bytes > _PORTION:
            yield portion
            portion, size = [], 0
        portion.append(variable)
        size += variable.bytes
    if portion:
        yield portion
