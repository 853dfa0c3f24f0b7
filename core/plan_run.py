"""One run of a stack's plan into a TensorFlow graph, and what came of each of its nodes."""

import contextlib
import threading
from collections.abc import Callable, Container, Mapping
from typing import Any

from core import custom_code
from core.built import BuiltLayer, Outcome, Refusal, Request, Variable
from core.collected import LOSSES, UPDATE_OPS, Collected
from core.devices import Device, check_device, short_name
from core.error_words import words
from core.expression import Call, Name, evaluate
from core.initializers import describe
from core.ledger import Creation, Ledger
from core.plan import Block, Definition, Impossible, Statement, Step, plan, statements
from core.progress import OnProgress
from core.setting_sources import OpenScope
from core.stack import Layer, Node, Stack


class UnseenVariableError(Exception):
    """Code made a variable in another way than by get_variable."""

    def __init__(self, name: str) -> None:
        super().__init__(
            f"the code makes the variable {name} without get_variable, so that it would be neither "
            "shown nor saved; make it with get_variable"
        )


class _StopError(Exception):
    """What is to be built is built."""


class PlanRun:
    """One run of a plan into a graph of its own.

    Attributes:
        graph: The graph that it makes.
        ledger: What was asked of get_variable.
        refusal: Why and where it ended early, None where it did not.
        begun: How many steps were begun.
    """

    def __init__(
        self,
        stack: Stack,
        there: tuple[Device, ...],
        on_progress: OnProgress,
        *,
        trusted: Container[str] = (),
        before: "PlanRun | None" = None,
    ) -> None:
        """Prepare.

        Args:
            stack: What to build.
            there: The devices that there are.
            on_progress: Called before each node.
            trusted: The digests of the code that may be run.
            before: A run that was refused, to be done again up to the step where it was.
        """
        from core.tf1 import tf

        self.graph = tf.Graph()
        self.ledger = Ledger()
        self.refusal: Refusal | None = before.refusal if before else None
        self.begun = 0
        self._stop_at = before.begun if before else None
        self._stack = stack
        self._there = there
        self._trusted = trusted
        self._plan = plan(stack)
        self._total = sum(step.target is not None for step in statements(self._plan.steps))
        self._done = 0
        self._on_progress = on_progress
        self._ended_by: BaseException | None = None
        self._tried: dict[str, None] = {}
        self._results: dict[str, Any] = {}
        self._made: list[tuple[str, str]] = []
        self._opened: dict[str | None, dict[str, None]] = {}
        self._collected = Collected(self.graph)

    def run(self) -> None:
        """Run the plan until its end, its first refusal, or the step where it is to stop."""
        from core import manual
        from core.tf1 import tf

        namespace: dict[str, Any] = {"tf": tf, "manual": manual, "get_variable": tf.get_variable}
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
                    self._run_statement(step, namespace)
                case Block():
                    self._run_block(step, namespace)

    def _run_statement(self, statement: Statement, namespace: dict[str, Any]) -> None:
        call = statement.call
        assert isinstance(call, Call)
        self.ledger.call = call
        definition = self._definition_used(call)
        with self._refusing(statement.origin):
            if definition is None:
                result = evaluate(call, namespace)
            else:
                result = self._run_custom(call, definition, namespace)
        self._collected.note(statement.origin)
        if statement.target is not None:
            namespace[statement.target] = result
            self._results[str(statement.origin)] = result
            if result is not None:
                self._made.append((str(statement.origin), result.name))
            self._done += 1

    def _definition_used(self, call: Call) -> Definition | None:
        if call.path != f"manual.{custom_code.KIND}":
            return None
        (name, *_) = call.positional
        return next(found for found in self._plan.definitions if Name(found.name) == name)

    def _run_custom(self, call: Call, definition: Definition, namespace: dict[str, Any]) -> Any:
        """Run a call of a function that a person wrote, and before the first one its definition."""
        if definition.digest not in self._trusted:
            raise custom_code.UntrustedCodeError
        file = custom_code.file_name(definition.name)
        seen, collected = len(self.ledger.creations), len(self._global_variables())
        with custom_code.watched(file, self._tell_progress):
            if definition.name not in namespace:
                custom_code.define(definition.code, file, namespace)
            result = evaluate(call, namespace)
        if self._ended_by is not None:
            raise self._ended_by  # which the code has caught
        creations = list(self.ledger.creations.values())[seen:]
        known = {id(part) for creation in creations for part in parts(creation.variable)}
        for variable in self._global_variables()[collected:]:
            if id(variable) not in known:
                raise UnseenVariableError(variable.op.name)
        return result

    def _global_variables(self) -> list[Any]:
        """Return what `tf.train.Saver` would save."""
        return self.graph.get_collection_ref("variables")  # type: ignore[no-any-return]

    def _run_block(self, block: Block, namespace: dict[str, Any]) -> None:
        from core.tf1 import tf

        with self._refusing(block.origin):
            context = evaluate(block.call, namespace)
            opened = context.__enter__()
        scopes = len(self.ledger.scopes)
        match opened:
            case tf.VariableScope():
                self.ledger.scopes.append(OpenScope(block.origin, block.call, opened))
                self._opened.setdefault(block.origin, {})[opened.name] = None
            case str():
                self._opened.setdefault(block.origin, {})[opened.rstrip("/")] = None
        try:
            self._run_steps(block.steps, namespace)
        finally:
            del self.ledger.scopes[scopes:]
            context.__exit__(None, None, None)

    def _begin(self, origin: str) -> None:
        self.begun += 1
        if self.begun == self._stop_at:
            raise _StopError
        self.ledger.origin = origin
        self._tell_progress()
        if origin in self._tried:
            return
        self._tried[origin] = None
        device = self._stack.node(origin).device
        if device is not None:
            with self._refusing(origin):
                check_device(device, self._there)

    def _tell_progress(self) -> None:
        words = f"building {self._done:,} of {self._total:,}"
        try:
            self._on_progress(self._done, self._total, words)
        except BaseException as error:
            self._ended_by = error
            raise

    def _refuse(self, origin: str | None, error: BaseException) -> None:
        assert origin is not None, error
        line = custom_code.line_of(error)
        self.refusal = Refusal(origin, _words(error), type(error).__name__, line)
        raise _StopError from error

    def _refusing(self, origin: str | None) -> "_Refusing":
        return _Refusing(self._refuse, origin, self._is_refusal)

    def _is_refusal(self, error: BaseException) -> bool:
        """Tell whether an error is one of the node's own: what a person wrote may raise anything.

        The others are the end of the whole run: a cancel, or Ctrl+C.
        """
        if error is self._ended_by:
            return False
        in_main = threading.current_thread() is threading.main_thread()
        return not (in_main and isinstance(error, KeyboardInterrupt))

    def refused_requests(self) -> tuple[Request, ...]:
        """Return the requests that TensorFlow refused."""
        return tuple(
            request for request in self.ledger.requests if request.outcome is Outcome.REFUSED
        )

    def made(self) -> tuple[tuple[str, str], ...]:
        """Return each layer's id and the name of its tensor, for each repetition, in order."""
        return tuple(self._made)

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
            update_ops=self._collected.names(node.id, UPDATE_OPS),
            losses=self._collected.names(node.id, LOSSES),
            idle=self._collected.idle(node.id),
            opened=tuple(self._opened.get(node.id, ())),
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

    def __init__(
        self,
        refuse: Callable[[str | None, BaseException], None],
        origin: str | None,
        is_refusal: Callable[[BaseException], bool],
    ) -> None:
        self._refuse = refuse
        self._origin = origin
        self._is_refusal = is_refusal

    def __enter__(self) -> None:
        pass

    def __exit__(self, kind: object, error: BaseException | None, trace: object) -> None:
        if error is not None and self._is_refusal(error):
            self._refuse(self._origin, error)


def _words(error: BaseException) -> str:
    """Return what an error says, and its kind where it says nothing."""
    return words(str(error)) or type(error).__name__


def _shape(tensor: Any) -> tuple[int | None, ...] | None:
    return None if tensor.shape.rank is None else tuple(tensor.shape.as_list())


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
    first = parts(variable)[0]
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
        initializers=tuple(part.initializer.name for part in parts(variable)),
        created_by=creation.origins[0],
        used_by=tuple(creation.origins),
    )


def parts(variable: Any) -> list[Any]:
    """Return the variables that a partitioned one consists of, else the one itself."""
    return list(variable) if is_partitioned(variable) else [variable]


def is_partitioned(variable: Any) -> bool:
    """Tell whether what get_variable returned stands for several variables."""
    return hasattr(variable, "as_tensor")
