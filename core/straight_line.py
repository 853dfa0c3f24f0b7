"""A plan with each manual layer as the calls of TensorFlow that its twin makes, and no more.

The twins run and are recorded. What was recorded is then run by itself: only what makes the same
graph, to the byte, takes the place of a twin.
"""

import itertools
from collections.abc import Container, Iterator, Mapping
from dataclasses import dataclass, replace
from enum import Enum, auto
from typing import Any

from core import custom_code
from core.expression import Call, evaluate
from core.plan import (
    RESERVED,
    Block,
    Plan,
    Remark,
    Statement,
    Step,
    statements,
)
from core.plan_walk import PlanWalk, StopError, is_manual, last_manual
from core.progress import OnProgress, ignore_progress
from core.recorder import Recorder
from core.recording import Recording, UnrecordableError
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
    if not last_manual(planned):
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
        if ways.get(number) is _Way.AS_A_WHOLE:
            # A person's code that does something else each time: nothing behind it can be proven.
            unproven = range(number, last_manual(planned) + 1)
            ways |= dict.fromkeys(unproven, _Way.AS_A_WHOLE)
            recorded = _Recorded(planned, trusted, on_progress, ways)
            recorded.run()
            return recorded.straight_line()
        ways[number] = _Way.AS_A_WHOLE if number in ways else _Way.WITH_CASTS


class _Way(Enum):
    """How a statement is written where single calls alone don't do the same."""

    WITH_CASTS = auto()
    AS_A_WHOLE = auto()


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


class _Recorded(PlanWalk):
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
        straight = is_manual(step) and self.ways.get(number) is not _Way.AS_A_WHOLE
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
            raise StopError from error
        except StopError:
            raise
        except (Exception, SystemExit) as error:
            refused = self._recorder.refused() if straight else None
            steps = self._as_a_whole(step) if refused is None else self._tidied(refused, step)
            self.refused = _Refused(number, steps, str(error), custom_code.line_of(error))
            raise StopError from error
        if step.target is not None:
            self.namespace[step.target] = result
        steps = self._as_a_whole(step) if recording is None else self._tidied(recording, step)
        self.written[number] = _Written(steps, self.graph.version)

    def _as_a_whole(self, step: Statement) -> tuple[Step, ...]:
        return (Remark(step.origin, _AS_A_WHOLE), step) if is_manual(step) else (step,)

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
            if is_manual(step):
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


class _Checked(PlanWalk):
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
        except StopError:
            raise
        except (Exception, SystemExit) as error:  # noqa: BLE001 - what differs is said below
            said = str(error)
        version = written.version if written else self.graph.version
        expected = None if written or refused is None else refused.said
        if said != expected or self.graph.version != version:
            self.differs = number
        if self.differs is not None or said is not None:
            raise StopError

    def _first_difference(self) -> int:
        ours, theirs = self.graph.get_operations(), self._recorded.graph.get_operations()
        pairs = enumerate(zip(ours, theirs, strict=False))
        index = next((i for i, (one, two) in pairs if one.node_def != two.node_def), None)
        whole = {n for n, way in self._recorded.ways.items() if way is _Way.AS_A_WHOLE}
        for number, written in self._recorded.written.items():
            if number not in whole if index is None else written.version > index:
                return number
        return self._number


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
