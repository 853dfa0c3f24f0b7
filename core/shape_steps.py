"""Known steps between the shapes of two tensors. They are proposed, and never taken in silence."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

Shape = tuple[int, ...]


class StepError(ValueError):
    """Why a step can't be taken."""


@dataclass(frozen=True, slots=True)
class Step:
    """A way to make a tensor of one shape of one of another.

    Attributes:
        words: What a person calls it.
        leads: Whether it leads from one shape to another.
        order: The order of the dimensions that it makes of so many; None where it only reshapes.
    """

    words: str
    leads: Callable[[Shape, Shape], bool]
    order: Callable[[int], tuple[int, ...]] | None = None

    def code(self, to: Shape) -> str:
        """Return what does it, as an expression of ``value``."""
        if self.order is None:
            return f"tf.reshape(value, {list(to)})"
        return f"tf.transpose(value, {list(self.order(len(to)))})"

    def apply(self, values: Any, to: Shape) -> Any:
        """Return a numpy array in the other shape."""
        return values.reshape(to) if self.order is None else values.transpose(self.order(len(to)))


STEPS = (
    Step(
        "the kernel of a dense layer as that of a 1x1 convolution",
        lambda one, to: len(one) == 2 and len(to) > 2 and to == (1,) * (len(to) - 2) + one,
    ),
    Step(
        "the kernel of a 1x1 convolution as that of a dense layer",
        lambda one, to: len(to) == 2 and len(one) > 2 and one == (1,) * (len(one) - 2) + to,
    ),
    Step(
        "transposed",
        lambda one, to: len(one) == 2 and one[0] != one[1] and to == one[::-1],
        lambda _: (1, 0),
    ),
    Step("an added leading dimension", lambda one, to: to == (1, *one)),
    Step("the leading dimension left out", lambda one, to: one == (1, *to)),
    Step(
        "a convolution's kernel with its last two dimensions swapped, as a transposed one has them",
        lambda one, to: len(one) > 2 and one[-1] != one[-2] and to == (*one[:-2], one[-1], one[-2]),
        lambda rank: (*range(rank - 2), rank - 1, rank - 2),
    ),
)


def step_between(one: Shape, to: Shape) -> Step | None:
    """Return the known step that leads from one shape to another, if there is one."""
    return next((step for step in STEPS if step.leads(one, to)), None)


@dataclass(frozen=True, slots=True)
class AcceptedStep:
    """A step that a person wants to be taken with a tensor.

    Attributes:
        words: Those of the step.
        shape: Where it leads.
    """

    words: str
    shape: Shape

    def step(self, one: Shape) -> Step:
        """Return the step, from a shape. Raises StepError where it doesn't lead from there."""
        found = step_between(one, self.shape)
        if found is None or found.words != self.words:
            raise StepError(
                f"the step to shape {list(self.shape)} ({self.words}) doesn't lead from {list(one)}"
            )
        return found
