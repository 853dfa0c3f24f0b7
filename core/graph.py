"""A stack's plan, run into a real TensorFlow graph, and the values of its variables."""

import time
from collections.abc import Container, Iterable, Mapping, Sequence
from contextlib import closing
from dataclasses import replace
from functools import cached_property, partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from core import checkpoint
from core.built import Built, Variable
from core.density import Density
from core.devices import Target, check_device, list_devices, session, short_name
from core.exports.format import Exported
from core.forward import Forward
from core.initializer_density import density_of
from core.native_words import native_words
from core.plan_run import PlanRun, is_partitioned, parts
from core.progress import OnProgress, ignore_progress
from core.quantities import show_bytes
from core.refusals.values import why_not_drawn
from core.restored import Restored
from core.stack import Stack
from core.variable_values import PORTION, VariableValues, portions
from core.weights import why_too_large

if TYPE_CHECKING:
    from numpy.typing import NDArray

# Values are drawn in portions of about this size, between which a build can be cancelled.
_DRAWN = 256 * 2**20
_NOT_ASKED = "The initial values were not asked for."


class NotDrawnError(ValueError):
    """There are no initial values; the text says why."""


class BuiltGraph:
    """A graph that was built from a stack, with a session that holds its variables' values.

    It belongs to the thread that made it. `close` gives its memory back.

    Attributes:
        built: What was made, as values.
        graph: The TensorFlow graph.
        graph_def: The GraphDef as it was when the last layer was built, serialized.
        restored: What was restored in place of the initial values, None where nothing was.
    """

    restored: Restored | None = None

    def __init__(
        self,
        stack: Stack,
        target: Target | None = None,
        on_progress: OnProgress = ignore_progress,
        trusted: Container[str] = (),
        *,
        draw: bool = True,
    ) -> None:
        """Build a stack, as far as TensorFlow takes it, and draw the initial values.

        Args:
            stack: What to build.
            target: Where to draw.
            on_progress: Called between layers, and between portions of values, with what is done,
                the whole and words for both. What it raises ends the build.
            trusted: The digests of custom layers' code that may be run; other code is refused.
            draw: Whether the initial values are drawn; the graph alone is built in less time.

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
        run = PlanRun(stack, there, on_progress, trusted=trusted)
        run.run()
        refused = run.refused_requests()
        if run.refusal is not None:
            # A failed call leaves ops and variables behind, so what came before it is built anew.
            run = PlanRun(stack, there, ignore_progress, trusted=trusted, before=run)
            run.run()
        seconds = time.perf_counter() - started
        self.graph = run.graph
        self.graph_def: bytes = run.graph.as_graph_def().SerializeToString(deterministic=True)
        self._creations = run.ledger.creations
        self._handles = {name: found.variable for name, found in run.ledger.creations.items()}
        self._copies: dict[str, Any] = {}
        self._target = target
        self._session = session(run.graph, target)
        variables = run.variables()
        undrawn = why_too_large(variables) if draw else _NOT_ASKED
        if undrawn is None:
            try:
                variables = self._draw(variables, on_progress)
            except tf.errors.OpError as error:
                undrawn = why_not_drawn(native_words(error))
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
            forward=self._forward(run.made(), target),
        )

    def values_of(self, names: Iterable[str], *, initial: bool = False) -> VariableValues:
        """Return what reads the values of these variables, in this order. Raises KeyError.

        Args:
            names: The variables.
            initial: Whether it reads initial values where others were restored. They are drawn
                again, and without a seed they are others than before.
        """
        variables = {variable.name: variable for variable in self.built.variables}
        fetch = self._draw_again if initial and self.restored is not None else self._fetch
        return VariableValues([variables[name] for name in names], fetch)

    def values(self, name: str) -> "NDArray[Any]":
        """Return the values of a variable: initial or restored. Raises KeyError, NotDrawnError."""
        return self.values_of([name]).of(name)

    def load(self, values: "Mapping[str, NDArray[Any]]") -> None:
        """Put values into variables, by their initializers: nothing is added to the graph.

        Raises KeyError, NotDrawnError.
        """
        from core.tf1 import tf

        feeds: dict[Any, Any] = {}
        initializers: list[Any] = []
        for name, whole in values.items():
            variable = self._handles[name]
            feeds |= zip(map(_drawn, parts(variable)), _cut(variable, whole), strict=True)
            initializers += [part.initializer for part in parts(variable)]
        try:
            self._session.run(initializers, feeds)
        except tf.errors.ResourceExhaustedError as error:
            raise NotDrawnError(
                f"there is no room for the values: {native_words(error)}"
            ) from error

    def density(self, name: str) -> Density:
        """Return what a variable is drawn from. Raises KeyError."""
        creation = self._creations[name]
        variable = creation.variable
        return density_of(
            creation.initializer,
            variable.dtype.base_dtype,
            tuple(variable.shape.as_list()),
            [tuple(part.shape.as_list()) for part in parts(variable)],
        )

    def export(
        self,
        prefix: Path,
        on_progress: OnProgress = ignore_progress,
        names: Mapping[str, str] | None = None,
    ) -> Exported:
        """Write the values as a checkpoint, with what `tf.train.Saver` would put into it.

        Args:
            prefix: The path of its files without their endings.
            on_progress: Called between parts of it; what it raises ends the writing.
            names: Other names for variables; those that have none here are left out. The graph,
                which knows them by their own names, is then not written beside them.

        Raises:
            CheckpointError: It can't be written.
            NotDrawnError: There are no values.
        """
        if self.built.undrawn is not None:
            raise NotDrawnError(self.built.undrawn)
        started = time.perf_counter()
        saved = [variable for variable in self.built.variables if variable.saved]
        if names is not None:
            saved = [variable for variable in saved if variable.name in names]
        values = self.values_of(found.name for found in saved)
        tensors = [
            checkpoint.Tensor(
                found.name if names is None else names[found.name],
                found.dtype,
                found.shape,
                found.bytes,
                partial(values.of, found.name),
            )
            for found in saved
        ]
        meta_graph = self.meta_graph if names is None and saved else None
        checkpoint.write(prefix, tensors, meta_graph, on_progress)
        size = sum(variable.bytes for variable in saved)
        seconds = time.perf_counter() - started
        files = f"{prefix.name}.index, .data-*" + ("" if meta_graph is None else ", .meta")
        return Exported(prefix, files, len(saved), size, seconds, restored=self.restored)

    def frozen(self, outputs: Sequence[str]) -> Any:
        """Return a GraphDef of what these nodes need, with constants in the place of variables.

        Raises NotDrawnError.
        """
        from core.tf1 import tf

        if self.built.undrawn is not None:
            raise NotDrawnError(self.built.undrawn)
        graph_def = tf.GraphDef.FromString(self.graph_def)
        return tf.graph_util.convert_variables_to_constants(self._session, graph_def, outputs)

    def close(self) -> None:
        """Give back the memory of the values."""
        self._session.close()

    @cached_property
    def meta_graph(self) -> Any:
        """The MetaGraphDef: the graph, its collections, and what saves and restores its values."""
        from core.tf1 import tf

        saves = any(variable.saved for variable in self.built.variables)
        with self.graph.as_default():
            saver_def = tf.train.Saver().as_saver_def() if saves else None
            return tf.train.export_meta_graph(saver_def=saver_def)

    def _fetch(self, names: Sequence[str]) -> "list[NDArray[Any]]":
        """Return the values of variables, fetched together. Raises NotDrawnError."""
        from core.tf1 import tf

        if self.built.undrawn is not None:
            raise NotDrawnError(self.built.undrawn)
        import numpy as np

        try:
            found = self._session.run([self._fetched(name) for name in names])
        except tf.errors.ResourceExhaustedError as error:
            raise NotDrawnError(f"{names[0]} can't be read: {native_words(error)}") from error
        return [np.asarray(values) for values in found]

    def _draw_again(self, names: Sequence[str]) -> "list[NDArray[Any]]":
        """Return initial values of variables, which keep what they hold. Raises NotDrawnError.

        A graph with a seed draws the same values again: in a session of its own each op begins with
        the first of its numbers.
        """
        from core.tf1 import tf

        handles = [self._handles[name] for name in names]
        try:
            with closing(session(self.graph, self._target)) as fresh:
                pieces = fresh.run([list(map(_drawn, parts(handle))) for handle in handles])
        except tf.errors.OpError as error:
            raise NotDrawnError(why_not_drawn(native_words(error))) from error
        return list(map(_joined, handles, pieces))

    def _fetched(self, name: str) -> Any:
        """Return what to fetch for a variable's values.

        TensorFlow copies what the variable still holds, and all of Python waits for it: 2.9 s for
        1 GB. A tensor that nobody else holds is handed over: 0.07 s.
        """
        from core.tf1 import tf

        variable = self._handles[name]
        in_parts = is_partitioned(variable)
        if not in_parts and variable.shape.num_elements() * variable.dtype.size < PORTION:
            return variable
        if name not in self._copies:
            _ = self.meta_graph  # which shall not have what only this needs
            with self.graph.as_default():
                copy = variable.as_tensor() if in_parts else tf.raw_ops.DeepCopy(x=variable)
            self._copies[name] = copy
        return self._copies[name]

    def _forward(self, made: tuple[tuple[str, str], ...], target: Target) -> Forward | None:
        """Return what it takes to run the graph; None where it runs on a cluster's devices."""
        if target.session:
            return None
        each = [part for handle in self._handles.values() for part in parts(handle)]
        return Forward(
            graph_def=self.graph_def,
            initializers=tuple(part.initializer.name for part in each),
            outputs=made,
            variable_bytes=sum(
                part.shape.num_elements() * part.dtype.base_dtype.size for part in each
            ),
            cpu_devices=target.cpu_devices,
        )

    def _draw(
        self, variables: tuple[Variable, ...], on_progress: OnProgress
    ) -> tuple[Variable, ...]:
        """Run the initializers; return the variables with the devices where they landed."""
        from core.tf1 import tf

        landed: dict[str, str] = {}
        total = sum(variable.bytes for variable in variables)
        done = 0
        for portion in portions(variables, _DRAWN):
            if total > _DRAWN:
                words = f"drawing {show_bytes(done)} of {show_bytes(total)}"
                on_progress(done, total, words)
            options = tf.RunOptions(output_partition_graphs=True)
            metadata = tf.RunMetadata()
            initializers = [
                part.initializer for found in portion for part in parts(self._handles[found.name])
            ]
            self._session.run(initializers, options=options, run_metadata=metadata)
            for graph in metadata.partition_graphs:
                landed.update((node.name, node.device) for node in graph.node)
            done += sum(variable.bytes for variable in portion)
        return tuple(
            _landed(variable, self._handles[variable.name], landed) for variable in variables
        )


def _landed(variable: Variable, handle: Any, landed: Mapping[str, str]) -> Variable:
    name = parts(handle)[0].op.name
    return replace(variable, device=short_name(landed.get(name, variable.device)))


def _drawn(part: Any) -> Any:
    """Return the tensor that the initializer of a variable gives it, where a value can be fed."""
    return part.initializer.inputs[1]


def _cut_axis(variable: Any) -> int:
    """Return the dimension along which a variable is cut into parts: TensorFlow cuts one only."""
    whole, first = variable.shape.as_list(), parts(variable)[0].shape.as_list()
    return next((axis for axis, size in enumerate(first) if size != whole[axis]), 0)


def _cut(variable: Any, values: "NDArray[Any]") -> "list[NDArray[Any]]":
    """Return what belongs into each part of a variable."""
    if not is_partitioned(variable):
        return [values]
    import numpy as np

    axis = _cut_axis(variable)
    ends = np.cumsum([part.shape.as_list()[axis] for part in parts(variable)])
    return np.split(values, ends[:-1], axis)


def _joined(variable: Any, pieces: "list[NDArray[Any]]") -> "NDArray[Any]":
    """Return the values of a variable of which these are the parts."""
    import numpy as np

    if not is_partitioned(variable):
        return np.asarray(pieces[0])
    return np.concatenate(pieces, _cut_axis(variable))
