"""A way through the steps of a plan, in a graph of its own."""

from collections.abc import Callable, Container
from contextlib import ExitStack, suppress
from typing import Any

from core import custom_code
from core.expression import Call, evaluate
from core.plan import Block, Impossible, Plan, Statement, Step, statements
from core.progress import OnProgress


def last_manual(planned: Plan) -> int:
    """Return the number of the last statement that calls a twin, 0 where none does."""
    numbers = (n for n, step in enumerate(statements(planned.steps), 1) if is_manual(step))
    return max(numbers, default=0)


def is_manual(step: Statement) -> bool:
    """Tell whether a statement calls a twin."""
    return isinstance(step.call, Call) and step.call.path.startswith("manual.")


class StopError(Exception):
    """There is no more to be built."""


class PlanWalk:
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
        self._total = last_manual(planned)
        self._number = 0

    def run(self) -> None:
        """Go through the plan until it ends or is refused."""
        with self.graph.as_default(), suppress(StopError):
            self._run(self.planned.steps)

    def statement(self, number: int, step: Statement) -> None:
        """Do a statement of the plan; it is the one with this number."""
        raise NotImplementedError

    def _run(self, steps: tuple[Step, ...]) -> None:
        for step in steps:
            match step:
                case Statement():
                    if self._number == self._total:
                        raise StopError
                    self._tell_progress()
                    self._number += 1
                    self.statement(self._number, step)
                case Block(steps=within):
                    with ExitStack() as opened:
                        self._open(step, opened)
                        self._run(within)
                case Impossible():
                    self.stopped_at = step
                    raise StopError

    def _open(self, block: Block, opened: ExitStack) -> None:
        try:
            opened.enter_context(evaluate(block.call, self.namespace))
        except (Exception, SystemExit) as error:
            self.stopped_at = block
            raise StopError from error

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
            raise StopError
        file = custom_code.file_name(name)
        with custom_code.watched(file, self._tell_progress):
            if name not in self.namespace:
                custom_code.define(definition.code, file, self.namespace)
            return do()
