"""Known steps between the shapes of two tensors. They are proposed, and never taken in silence."""

from collections.abc import Callable
from dataclasses import dataclass

Shape = tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Step:
    """A way to make a tensor of one shape of one of another.

    Attributes:
        words: What a person calls it.
        code: What does it, as an expression of ``value``.
        leads: Whether it leads from one shape to another.
    """

    words: str
    code: Callable[[Shape], str]
    leads: Callable[[Shape, Shape], bool]


def _reshape(to: Shape) -> str:
    return f"tf.reshape(value, {list(to)})"


STEPS = (
    Step(
        "the kernel of a dense layer as that of a 1x1 convolution",
        _reshape,
        lambda one, to: len(one) == 2 and len(to) > 2 and to == (1,) * (len(to) - 2) + one,
    ),
    Step(
        "the kernel of a 1x1 convolution as that of a dense layer",
        _reshape,
        lambda one, to: len(to) == 2 and len(one) > 2 and one == (1,) * (len(one) - 2) + to,
    ),
    Step(
        "transposed",
        lambda _: "tf.transpose(value)",
        lambda one, to: len(one) == 2 and one[0] != one[1] and to == one[::-1],
    ),
    Step("an added leading dimension", _reshape, lambda one, to: to == (1, *one)),
    Step("the leading dimension left out", _reshape, lambda one, to: one == (1, *to)),
    Step(
        "a convolution's kernel with its last two dimensions swapped, as a transposed one has them",
        lambda to: f"tf.transpose(value, {[*range(len(to) - 2), len(to) - 1, len(to) - 2]})",
        lambda one, to: len(one) > 2 and one[-1] != one[-2] and to == (*one[:-2], one[-1], one[-2]),
    ),
)


def step_between(one: Shape, to: Shape) -> Step | None:
    """Return the known step that leads from one shape to another, if there is one."""
    return next((step for step in STEPS if step.leads(one, to)), None)
