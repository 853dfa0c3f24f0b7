"""Does what a twin asks of TensorFlow for one layer, and writes each step down."""

import functools
import inspect
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from typing import Any

from core.expression import (
    OPERATORS,
    Attribute,
    Call,
    Entries,
    Expression,
    Item,
    Items,
    Literal,
    Name,
    Operation,
    Part,
)
from core.known_values import KnownValues
from core.plan import Block, Function, Statement, Step
from core.recording import Recording, UnrecordableError
from core.traced_twins import TracedTwins, lookup
from core.written_call import parameters_of, written_call

# A number with more digits is the result of rounding.
_LONG = 12
# These return what they are given where it has the type that is asked for.
_CONVERSIONS = ("tf.cast", "tf.convert_to_tensor")
# Of tensors that aren't ragged, it calls the function with just these.
_BY_ROW = Name("tf.ragged.map_flat_values")
# These change what the graph's version doesn't tell.
_EFFECTS = ("tf.add_to_collection",)


@dataclass(slots=True)
class _Frame:
    """The steps of a layer, or of a function or block in it, as far as they are done."""

    steps: list[Step] = field(default_factory=list)


class LayerRecorder:
    """Does the steps of one layer and writes them down; it is the `Hooks` of the twins meanwhile.

    Attributes:
        values: The expressions of the values that are known.
        for_arguments: Whether a value that leaves the graph as it is is no step of its own.
        failed: Whether TensorFlow refused the last step.
        casts: Whether casts are told of that change nothing.
    """

    def __init__(
        self,
        origin: str | None,
        namespace: Mapping[str, Any],
        twins: TracedTwins | None,
        values: KnownValues,
    ) -> None:
        """Prepare for one layer.

        Args:
            origin: Id of the layer.
            namespace: What the names in the layer's call stand for.
            twins: What is called; None while their constants are made.
            values: The expressions of values that are known before.
        """
        self.values = values
        self.for_arguments = False
        self.failed = False
        self.casts = False
        self._origin = origin
        self._namespace = namespace
        self._twins = twins
        self._frames = [_Frame()]
        self._functions = 0
        self._count = 0
        self._stems: dict[str, str] = {}
        self._items: dict[str, int] = {}
        self._idle: set[str] = set()

    def do(self, call: Expression) -> Any:
        """Do the call of a twin, and return what came of it."""
        assert isinstance(call, Call)
        assert self._twins is not None
        self.for_arguments = True
        positional = [self._value(argument) for argument in call.positional]
        keywords = {key: self.named(key, self._value(value)) for key, value in call.keywords}
        self.for_arguments = False
        return self._value(call.function)(*positional, **keywords)

    def recording(self, result: Expression | None) -> Recording:
        """Return the steps until now, with what the layer returns."""
        steps = tuple(self._frames[0].steps)
        idle = frozenset(self._idle)
        return Recording(steps, result, self._stems, self._items, idle, self.failed)

    def _value(self, expression: Expression) -> Any:
        """Return the value of an expression of the plan, and know it from then on."""
        match expression:
            case Name(path) if path.startswith("tf."):
                return self.name(path)
            case Name(path) if path.startswith("manual."):
                assert self._twins is not None
                return getattr(self._twins.manual, path.removeprefix("manual."))
            case Name(path):
                self.values.add(self._namespace[path], expression)
                return self._namespace[path]
            case Literal(value):
                return value
            case Items(items):
                return [self._value(item) for item in items]
            case Entries(entries):
                return {key: self._value(value) for key, value in entries}
            case Call(function, positional, keywords):
                return self.call(
                    self._value(function),
                    *map(self._value, positional),
                    **{key: self._value(value) for key, value in keywords},
                )
        raise UnrecordableError(f"{expression} in a plan")

    # The hooks

    def call(self, function: Any, /, *positional: Any, **keywords: Any) -> Any:
        """Call a function, and write that down where it is TensorFlow's or the plan's."""
        while isinstance(function, functools.partial):
            positional = (*function.args, *positional)
            keywords = {**function.keywords, **keywords}
            function = function.func
        if self._is_twin(function):
            return function(*positional, **keywords)
        called = self._called(function)
        if isinstance(called, Name) and called.path.startswith("tf.nest."):
            # It takes lists apart and touches no graph; what it calls of a twin's has hooks itself.
            return function(*positional, **keywords)
        if called == _BY_ROW and not any(map(_is_ragged, positional)):
            return self.call(*positional, **keywords)
        if called is None or _is_lookup(called):
            before = _version()
            result = function(*positional, **keywords)
            if _version() != before:
                raise UnrecordableError(f"{function} adds to the graph")
            return result
        return self._recorded_call(called, function, positional, keywords)

    def operation(self, sign: str, left: Any, right: Any) -> Any:
        """Apply an operator, and write that down where an operand is known."""
        numbers = isinstance(left, int | float) and isinstance(right, int | float)
        if numbers or (self.values.known(left) is None and self.values.known(right) is None):
            result = OPERATORS[sign](left, right)
            if numbers and len(repr(result)) > _LONG:
                # 1.0 - 0.99 reads better than 0.010000000000000009.
                operands = self.expression(left), self.expression(right)
                self.values.add(result, Operation(sign, *operands))
            return result
        expression = Operation(sign, self.expression(left), self.expression(right))
        return self._done(expression, lambda: OPERATORS[sign](left, right))

    def item(self, value: Any, index: Any) -> Any:
        """Return an item or a part of a value, which is a step where the value is known."""
        known = self.values.known(value)
        if known is None:
            return value[index]
        match index:
            case slice(start=start, stop=stop, step=None):
                expression: Expression = Part(known, start, stop)
            case int():
                expression = Item(known, index)
            case _:
                raise UnrecordableError(f"the index {index}")
        return self._done(expression, lambda: value[index])

    def attribute(self, value: Any, name: str) -> Any:
        """Return an attribute, and know it as one of its owner."""
        found = getattr(value, name)
        known = self.values.known(value)
        if known is not None and not inspect.ismethod(found) and self._is_unknown(found):
            self.values.add(found, Attribute(known, name))
        return found

    def name(self, path: str) -> Any:
        """Return what a dotted name stands for, and know it by that name."""
        value = lookup(path)
        if isinstance(value, str) or self._is_unknown(value):
            self.values.add(value, Name(path))
        return value

    def named(self, name: str, value: Any) -> Any:
        """Return a value, and remember what the twin calls it."""
        match self.values.known(value):
            case Name(path) if path.startswith("$"):
                self._stems.setdefault(path, name)
        return value

    def unpacked(self, names: tuple[str, ...], value: Any) -> Any:
        """Return the items of a value, and remember what the twin calls them."""
        values = tuple(value)
        for name, part in zip(names, values, strict=False):
            self.named(name, part)
        return values

    def block(self, context: Any) -> Any:
        """Return what a `with` statement opens; the steps inside stand in its block."""
        match self.values.known(context):
            case Name(path) if path.startswith("$"):
                steps = self._frames[-1].steps
                step = next(step for step in steps if _target(step) == path)
                assert isinstance(step, Statement)
                steps.remove(step)
                return self._block(step.call, context)
        raise UnrecordableError(f"the block of {context}")

    def items(self, value: Any) -> Any:
        """Return what a loop goes through, item by item where the value is known."""
        known = self.values.known(value)
        if known is None:
            return value
        parts = list(value)
        for index, part in enumerate(parts):
            self.values.add(part, Item(Call(Name("list"), (known,)), index))
        return parts

    # What the hooks have in common

    def expression(self, value: Any) -> Expression:
        """Return the expression that stands for a value."""
        from core.tf1 import tf

        known = self.values.known(value)
        if known is not None:
            return known
        match value:
            case None | bool() | int() | float() | str():
                return Literal(value)
            case list() | tuple():
                found = self.values.known_items(value)
                return found or Items(tuple(map(self.expression, value)))
            case dict() if all(isinstance(key, str) for key in value):
                return Entries(tuple((key, self.expression(item)) for key, item in value.items()))
            case tf.TensorShape():
                return self.expression(None if value.rank is None else value.as_list())
            case tf.DType():
                return Name(f"tf.{value.name}")
        raise UnrecordableError(f"the value {value!r:.200}")

    def _is_unknown(self, value: Any) -> bool:
        """Tell whether a value has no expression yet, and is none that is written as it is."""
        from core.tf1 import tf

        if self.values.known(value) is not None:
            return False
        plain = (type(None), bool, int, float, str, list, tuple, dict, tf.TensorShape, tf.DType)
        return not isinstance(value, plain)

    def _is_twin(self, function: Any) -> bool:
        return self._twins is not None and self._twins.has(function)

    def _called(self, function: Any) -> Expression | None:
        """Return the expression of a function that belongs to TensorFlow or to the plan."""
        known = self.values.known(function)
        if known is None and inspect.ismethod(function):
            owner = self.values.known(function.__self__)
            return owner and Attribute(owner, function.__name__)
        return known

    def _recorded_call(
        self, called: Expression, function: Any, positional: Any, keywords: Any
    ) -> Any:
        callbacks: list[_Callback] = []

        def argument(value: Any, name: str) -> tuple[Any, Expression]:
            if not self._is_twin(value):
                return value, self.expression(value)
            callbacks.append(_Callback(self, value, name, self._new()))
            return callbacks[-1], Name(callbacks[-1].target)

        names = [found.name for found in parameters_of(called, function)]
        names += ["function"] * len(positional)
        given = [argument(v, n) for v, n in zip(positional, names, strict=False)]
        named = {key: argument(value, key) for key, value in keywords.items()}
        first = [expression for _, expression in given]
        rest = {key: expression for key, (_, expression) in named.items()}
        # The plan has written its own calls already.
        call = Call(called, tuple(first), tuple(rest.items()))
        if not self.for_arguments:
            call = written_call(called, function, first, rest)
        state = _state(function)

        def do() -> Any:
            result = function(*(v for v, _ in given), **{k: v for k, (v, _) in named.items()})
            called_back = [found for found in callbacks if found.called or not reusable]
            self._frames[-1].steps.extend(found.function() for found in called_back)
            return result

        # A variable that is reused needs no initializer.
        reusable = call.path == "tf.get_variable"
        result = self._done(
            call,
            do,
            positional[0] if positional and call.path in _CONVERSIONS else None,
            lambda: call.path in _EFFECTS or _state(function) != state,
        )
        unused = [Name(found.target) for found in callbacks if not found.called]
        steps = self._frames[-1].steps
        match steps[-1] if unused and steps else None:
            case Statement(call=last) as step if last is call:
                keywords = tuple(
                    (key, value) for key, value in call.keywords if value not in unused
                )
                steps[-1] = replace(step, call=replace(call, keywords=keywords))
        return result

    def _done(
        self,
        expression: Expression,
        do: Callable[[], Any],
        converted: Any = None,
        has_effect: Callable[[], bool] = lambda: False,
    ) -> Any:
        """Do a step and write it down; return what came of it."""
        before = _version()
        try:
            result = do()
        except UnrecordableError:
            raise
        except BaseException:
            # What a function in it did before isn't worth telling.
            if not self.failed and not self._functions:
                self.failed = True
                target = self._new()
                self._name_variable(target, expression)
                self._frames[-1].steps.append(Statement(self._origin, target, expression))
            raise
        idle = _version() == before and not has_effect()
        if idle and converted is not None and self.values.known(result) is None:
            # It was of this type already: this is what is read of a variable anyway.
            if not self.casts:
                self.values.add(result, self.expression(converted))
                return result
            idle = False
        if idle and not self._is_unknown(result) and not isinstance(result, list | tuple):
            return result
        if idle and self.for_arguments:
            self.values.add(result, expression)
            return result
        target = self._new()
        if idle:
            self._idle.add(target)
        self._frames[-1].steps.append(Statement(self._origin, target, expression))
        self._know(result, target, expression)
        return result

    def _know(self, result: Any, target: str, expression: Expression) -> None:
        if isinstance(result, list | tuple):
            self.values.add_items(result, Name(target))
            self._items[target] = len(result)
            for index, part in enumerate(result):
                if self._is_unknown(part):
                    self.values.add(part, Name(f"{target}:{index}"))
        elif self._is_unknown(result):
            self.values.add(result, Name(target))
        self._name_variable(target, expression)

    def _name_variable(self, target: str, expression: Expression) -> None:
        match expression:
            case Call(path="tf.get_variable", positional=(Literal(str(name)), *_)):
                self._stems[target] = name.rpartition("/")[2]

    def _new(self) -> str:
        self._count += 1
        return f"${self._count}"

    @contextmanager
    def _block(self, call: Expression, context: Any) -> Iterator[Any]:
        assert isinstance(call, Call)
        with context as opened, self.frame() as frame:
            try:
                yield opened
            finally:
                self._frames[-2].steps.append(Block(self._origin, call, tuple(frame.steps)))

    @contextmanager
    def frame(self) -> Iterator[_Frame]:
        """Write the steps inside into a frame of their own."""
        self._frames.append(_Frame())
        try:
            yield self._frames[-1]
        finally:
            self._frames.pop()

    @contextmanager
    def in_function(self) -> Iterator[_Frame]:
        """Write the steps of a function into a frame of their own."""
        self._functions += 1
        try:
            with self.frame() as frame:
                yield frame
        finally:
            self._functions -= 1

    def function(
        self, name: str, target: str, parameters: tuple[str, ...], frame: _Frame, result: Any
    ) -> Function:
        """Return a function that was given to TensorFlow, as a step."""
        self._stems[target] = name
        steps = tuple(frame.steps)
        return Function(self._origin, target, parameters, steps, self.expression(result))


class _Callback:
    """A function of a twin's that TensorFlow calls: its steps are written down when it does."""

    def __init__(self, recorder: LayerRecorder, function: Any, argument: str, target: str) -> None:
        self.target = target
        self._recorder = recorder
        self._function = function
        own = function.__name__
        self._name = argument if own == "<lambda>" else own
        self._recorded: Function | None = None

    def __call__(self, *positional: Any, **keywords: Any) -> Any:
        if self._recorded is not None or len(positional) > 1:
            raise UnrecordableError(f"TensorFlow calls {self._name} in an unusual way")
        for shape in positional:
            self._recorder.values.add_items(shape, Name("shape"))
        with self._recorder.in_function() as frame:
            result = self._function(*positional, **keywords)
            parameters = (*("shape",)[: len(positional)], *keywords)
            self._recorded = self._recorder.function(
                self._name, self.target, parameters, frame, result
            )
        return result

    @property
    def called(self) -> bool:
        return self._recorded is not None

    def function(self) -> Function:
        if self._recorded is None:
            raise UnrecordableError(f"TensorFlow doesn't call {self._name}")
        return self._recorded


def _is_lookup(called: Expression) -> bool:
    """Tell whether a function returns what a name of Keras's stands for, and the rest as it is."""
    return (
        isinstance(called, Name)
        and called.path.startswith("tf.keras.")
        and called.path.endswith(".get")
    )


def _is_ragged(value: Any) -> bool:
    from core.tf1 import tf

    return isinstance(value, tf.RaggedTensor)


def _version() -> int:
    from core.tf1 import tf

    version: int = tf.get_default_graph().version
    return version


def _state(function: Any) -> Any:
    """Return what a method could change of its owner."""
    from core.tf1 import tf

    match getattr(function, "__self__", None):
        case tf.Tensor() as tensor:
            return None if tensor.shape.rank is None else tensor.shape.as_list()
        case tf.VariableScope() as scope:
            return dict(vars(scope))
    return None


def _target(step: Step) -> str | None:
    return step.target if isinstance(step, Statement) else None
