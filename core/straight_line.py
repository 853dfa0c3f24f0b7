"""A plan with each manual layer as the calls of TensorFlow that its twin makes, and no more.

The twins run and are recorded. What was recorded is then run by itself: only what makes the same
graph, to the byte, takes the place of a twin.
"""

import itertools
from collections.abc import Callable, Container, Iterator, Mapping
from contextlib import ExitStack, suppress
from dataclasses import dataclass, replace
from enum import Enum, auto
from typing import Any

from core import custom_code
from core.expression import Call, evaluate
from core.plan import (
    RESERVED,
    Block,
    Impossible,
    Plan,
    Remark,
    Statement,
    Step,
    statements,
)
from core.progress import OnProgress, ignore_progress
from core.recorder import Recorder, Recording, UnrecordableError
from core.steps_run import run_steps
from core.tidy_steps import tidied

_AS_A_WHOLE = "This layer can't be written as single calls: this is the function that builds it."
_NOT_BUILT = "From here on nothing was built, so each layer is the function that would build it."


@dataclass(frozen=True, slots=True)
class StraightLine:
    """A plan without twins, as far as that can be.

    Attributes:
        plan: The plan.
        refused: The step of it that TensorFlow refused, None where it refused none.
        line: The line of a custom layer's code that the refusal came from, if it did.
        whole: Ids of the layers that are still calls of their twins, though TensorFlow takes them.
    """

    plan: Plan
    refused: Step | None = None
    line: int | None = None
    whole: tuple[str, ...] = ()


def straight_line(
    planned: Plan, trusted: Container[str] = (), on_progress: OnProgress = ignore_progress
) -> StraightLine:
    """Return a plan with the calls that its manual layers make.

    Args:
        planned: What to build.
        trusted: The digests of custom layers' code that may be run.
        on_progress: Called between layers; what it raises ends it.
    """
    if not _last_manual(planned):
        return StraightLine(planned)
    ways: dict[int, _Way] = {}
    while True:
        recorded = _Recorded(planned, trusted, on_progress, ways)
        recorded.run()
        number = recorded.unrecordable
        if number is None:
            checked = _Checked(recorded, trusted, on_progress)
            checked.run()
            number = checked.differs
        if number is None:
            return recorded.straight_line()
        assert ways.get(number) is not _Way.AS_A_WHOLE, number
        ways[number] = _Way.AS_A_WHOLE if number in ways else _Way.WITH_CASTS


class _Way(Enum):
    """How a statement is written where single calls alone don't do the same."""

    WITH_CASTS = auto()
    AS_A_WHOLE = auto()


def _last_manual(planned: Plan) -> int:
    """Return the number of the last statement that calls a twin, 0 where none does."""
    numbers = (n for n, step in enumerate(statements(planned.steps), 1) if _is_manual(step))
    return max(numbers, default=0)


def _is_manual(step: Statement) -> bool:
    return isinstance(step.call, Call) and step.call.path.startswith("manual.")


class _StopError(Exception):
    """There is no more to be built."""


class _Walk:
    """Goes through the steps of a plan in a graph of its own.

    Attributes:
        graph: The graph.
        namespace: The values of the names so far.
        stopped_at: The step, and no statement, at which it could not go on.
    """

    def __init__(self, planned: Plan, trusted: Container[str], on_progress: OnProgress) -> None:
        from core import manual
        from core.tf1 import tf

        self.planned = planned
        self.stopped_at: Step | None = None
        self.graph = tf.Graph()
        self.namespace: dict[str, Any] = {
            "tf": tf,
            "manual": manual,
            "get_variable": tf.get_variable,
            "list": list,
        }
        self._trusted = trusted
        self._on_progress = on_progress
        # What comes behind stays as it is.
        self._total = _last_manual(planned)
        self._number = 0

    def run(self) -> None:
        """Go through the plan until it ends or is refused."""
        with self.graph.as_default(), suppress(_StopError):
            self._run(self.planned.steps)

    def statement(self, number: int, step: Statement) -> None:
        """Do a statement of the plan; it is the one with this number."""
        raise NotImplementedError

    def _run(self, steps: tuple[Step, ...]) -> None:
        for step in steps:
            match step:
                case Statement():
                    if self._number == self._total:
                        raise _StopError
                    self._tell_progress()
                    self._number += 1
                    self.statement(self._number, step)
                case Block(steps=within):
                    with ExitStack() as opened:
                        self._open(step, opened)
                        self._run(within)
                case Impossible():
                    self.stopped_at = step
                    raise _StopError

    def _open(self, block: Block, opened: ExitStack) -> None:
        try:
            opened.enter_context(evaluate(block.call, self.namespace))
        except (Exception, SystemExit) as error:
            self.stopped_at = block
            raise _StopError from error

    def _tell_progress(self) -> None:
        done, total = self._number, self._total
        self._on_progress(done, total, f"writing {done:,} of {total:,}")

    def watched(self, call: Call, do: Callable[[], Any]) -> Any:
        """Do what may call a function that a person wrote; define that before, if it is trusted."""
        if call.path != f"manual.{custom_code.KIND}":
            return do()
        name = getattr(call.positional[0], "path", "")
        definition = next(found for found in self.planned.definitions if found.name == name)
        if definition.digest not in self._trusted:
            raise _StopError
        file = custom_code.file_name(name)
        with custom_code.watched(file, self._tell_progress):
            if name not in self.namespace:
                custom_code.define(definition.code, file, self.namespace)
            return do()


@dataclass(frozen=True, slots=True)
class _Written:
    """What stands for a statement of the plan, and how far the graph is then."""

    steps: tuple[Step, ...]
    version: int


@dataclass(frozen=True, slots=True)
class _Refused:
    """What stands for the statement that was refused, and what was said."""

    number: int
    steps: tuple[Step, ...]
    said: str
    line: int | None


class _Recorded(_Walk):
    """A run of a plan in which the twins are recorded.

    Attributes:
        written: What stands for each statement that was done, by its number.
        refused: What stands for the one that was refused.
        unrecordable: The number of a statement that can't be written down.
    """

    def __init__(
        self,
        planned: Plan,
        trusted: Container[str],
        on_progress: OnProgress,
        ways: Mapping[int, _Way],
    ) -> None:
        super().__init__(planned, trusted, on_progress)
        self.written: dict[int, _Written] = {}
        self.refused: _Refused | None = None
        self.unrecordable: int | None = None
        self.ways = ways
        self._recorder = Recorder(self.namespace)
        targets = (step.target for step in statements(planned.steps))
        functions = (definition.name for definition in planned.definitions)
        self._taken = {*RESERVED, *functions, *(name for name in targets if name is not None)}

    def statement(self, number: int, step: Statement) -> None:
        call = step.call
        assert isinstance(call, Call)
        straight = _is_manual(step) and self.ways.get(number) is not _Way.AS_A_WHOLE
        recording: Recording | None = None

        def do() -> Any:
            nonlocal recording
            if not straight:
                return evaluate(call, self.namespace)
            result, recording = self._recorder.record(step.origin, call, casts=number in self.ways)
            return result

        try:
            result = self.watched(call, do)
        except UnrecordableError as error:
            self.unrecordable = number
            raise _StopError from error
        except _StopError:
            raise
        except (Exception, SystemExit) as error:
            refused = self._recorder.refused() if straight else None
            steps = self._as_a_whole(step) if refused is None else self._tidied(refused, step)
            self.refused = _Refused(number, steps, str(error), custom_code.line_of(error))
            raise _StopError from error
        if step.target is not None:
            self.namespace[step.target] = result
        steps = self._as_a_whole(step) if recording is None else self._tidied(recording, step)
        self.written[number] = _Written(steps, self.graph.version)

    def _as_a_whole(self, step: Statement) -> tuple[Step, ...]:
        return (Remark(step.origin, _AS_A_WHOLE), step) if _is_manual(step) else (step,)

    def _tidied(self, recording: Recording, step: Statement) -> tuple[Step, ...]:
        assert step.target is not None
        return tidied(recording, step.origin, step.target, self._taken - {step.target})

    def straight_line(self) -> StraightLine:
        """Return the plan with what was written down."""
        written = {number: found.steps for number, found in self.written.items()}
        last, line = self.stopped_at, None
        if self.refused is not None:
            written[self.refused.number] = self.refused.steps
            last, line = _last(self.refused.steps), self.refused.line
        planned = list(statements(self.planned.steps))
        missing = (n for n in range(1, len(planned) + 1) if n not in written)
        for number in missing:
            step = planned[number - 1]
            if _is_manual(step):
                written[number] = Remark(step.origin, _NOT_BUILT), step
                break
        steps = tuple(_with(self.planned.steps, itertools.count(1), written))
        whole = (
            planned[number - 1].origin
            for number, way in sorted(self.ways.items())
            if way is _Way.AS_A_WHOLE
        )
        return StraightLine(
            Plan(self.planned.definitions, steps),
            last,
            line,
            tuple(dict.fromkeys(origin for origin in whole if origin is not None)),
        )


class _Checked(_Walk):
    """A run of what was written down: it must make the graph that the twins make.

    Attributes:
        differs: The number of a statement that makes something else.
    """

    def __init__(
        self, recorded: _Recorded, trusted: Container[str], on_progress: OnProgress
    ) -> None:
        super().__init__(recorded.planned, trusted, on_progress)
        self.differs: int | None = None
        self._recorded = recorded

    def run(self) -> None:
        """Go through the plan until it ends or something differs."""
        super().run()
        if self.differs is None and not _same(self.graph, self._recorded.graph):
            self.differs = self._first_difference()

    def statement(self, number: int, step: Statement) -> None:
        """Do what stands for a statement; as before, it may be refused."""
        written = self._recorded.written.get(number)
        refused = self._recorded.refused
        steps = refused.steps if written is None and refused else written.steps if written else ()
        assert isinstance(step.call, Call)
        said = None
        try:
            self.watched(step.call, lambda: run_steps(steps, self.namespace))
        except _StopError:
            raise
        except (Exception, SystemExit) as error:  # noqa: BLE001 - what differs is said below
            said = str(error)
        version = written.version if written else self.graph.version
        expected = None if written or refused is None else refused.said
        if said != expected or self.graph.version != version:
            self.differs = number
        if self.differs is not None or said is not None:
            raise _StopError

    def _first_difference(self) -> int:
        ours, theirs = self.graph.get_operations(), self._recorded.graph.get_operations()
        pairs = enumerate(zip(ours, theirs, strict=False))
        index = next((i for i, (one, two) in pairs if one.node_def != two.node_def), None)
        for number, written in self._recorded.written.items():
            whole = self._recorded.ways.get(number) is _Way.AS_A_WHOLE
            if not whole and (index is None or written.version > index):
                return number
        return len(self._recorded.written) + 1


def _same(one: Any, other: Any) -> bool:
    """Tell whether two graphs are the same: their ops, and what is in their collections."""
    return _bytes(one) == _bytes(other) and _members(one) == _members(other)


def _bytes(graph: Any) -> bytes:
    found: bytes = graph.as_graph_def().SerializeToString(deterministic=True)
    return found


def _members(graph: Any) -> dict[str, list[tuple[str, ...]]]:
    """Return what is in the collections, with what a variable alone knows of itself."""
    own = ("name", "trainable", "constraint", "synchronization", "aggregation")
    return {
        key: [tuple(_shown(getattr(item, name, None)) for name in own) for item in found]
        for key in graph.get_all_collection_keys()
        if isinstance(key, str) and isinstance(found := graph.get_collection(key), list)
    }


def _shown(value: Any) -> str:
    return type(value).__name__ if callable(value) else str(value)


def _last(steps: tuple[Step, ...]) -> Step | None:
    """Return the last step, be it in blocks."""
    while steps and isinstance(steps[-1], Block) and steps[-1].steps:
        steps = steps[-1].steps
    return steps[-1] if steps else None


def _with(
    steps: tuple[Step, ...], numbers: Iterator[int], written: Mapping[int, tuple[Step, ...]]
) -> Iterator[Step]:
    """Yield the steps of a plan with what was written in the place of its statements."""
    for step in steps:
        match step:
            case Statement():
                yield from written.get(next(numbers), (step,))
            case Block(steps=within):
                steps_within = tuple(_with(within, numbers, written))
                yield step if steps_within == within else replace(step, steps=steps_within)
            case _:
                yield step
