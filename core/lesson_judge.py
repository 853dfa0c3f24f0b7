"""What a person says before a build, beside what TensorFlow then did."""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from core.built import Built, Refusal
from core.lesson import Asks, Lesson
from core.stack import Node, Stack

# Names of variables, a number, the id of the refused node or BUILDS, or the place of a choice;
# None is said by who doesn't answer.
Said = tuple[str, ...] | int | str | None
BUILDS = ""


class Mark(StrEnum):
    """What a line of the comparison tells."""

    RIGHT = "right"
    MISSING = "missing"
    WRONG = "wrong"
    PLAIN = "plain"


@dataclass(frozen=True, slots=True)
class Point:
    """One line of the comparison.

    Attributes:
        text: A name, a number in words, or an answer.
        note: What there is to say of it, empty where the mark says it all.
    """

    mark: Mark
    text: str
    note: str = ""


@dataclass(frozen=True, slots=True)
class Verdict:
    """What came of an answer.

    Attributes:
        right: Whether it was right in all; None where nothing was said.
    """

    right: bool | None
    points: tuple[Point, ...]


def names_in(text: str) -> tuple[str, ...]:
    """Return the names of variables in what was typed, each once; a tensor's ``:0`` is left out."""
    words = text.replace(",", " ").split()
    return tuple(dict.fromkeys(word.removesuffix(":0") for word in words))


def refusal_options(stack: Stack) -> tuple[tuple[str, str], ...]:
    """Return what can be said of a refusal: ids of nodes, and how to call them."""
    rows = enumerate(stack.walk(), 1)
    named = ((node.id, f"{row}. {_label(stack, node)}") for row, node in rows)
    return ((BUILDS, "none: all of it is built"), *named)


def _label(stack: Stack, node: Node) -> str:
    around = [stack.node(found) for found in stack.ancestors(node.id)]
    path = "/".join(found.name or found.kind for found in (*reversed(around), node))
    return f"{path} ({node.kind})" if node.name else f"{path} (unnamed)"


def judge(lesson: Lesson, said: Said, built: Built) -> Verdict:
    """Compare what was said with what was built; only a choice is judged by the lesson itself."""
    match lesson.asks:
        case Asks.NAMES:
            points = tuple(_names(said, built))
        case Asks.VARIABLES:
            points = tuple(_count(said, built.totals.variables, "variable"))
        case Asks.PARAMETERS:
            points = tuple(_count(said, built.totals.parameters, "parameter"))
        case Asks.REFUSAL:
            points = tuple(_refusal(said, built))
        case Asks.CHOICE:
            points = tuple(_choices(said, lesson))
    wrong = any(point.mark in {Mark.MISSING, Mark.WRONG} for point in points)
    if lesson.asks is not Asks.REFUSAL and built.refusal is not None:
        points = (*points, Point(Mark.PLAIN, _refused(built.stack, built.refusal)))
    return Verdict(None if said is None else not wrong, points)


def _names(said: Said, built: Built) -> Iterator[Point]:
    wanted = said if isinstance(said, tuple) else ()
    made = [variable.name for variable in built.variables]
    for name in made:
        if said is None:
            yield Point(Mark.PLAIN, name)
        elif name in wanted:
            yield Point(Mark.RIGHT, name, "as you said")
        else:
            yield Point(Mark.MISSING, name, "not in your answer")
    for name in wanted:
        if name not in made:
            yield Point(Mark.WRONG, name, "TensorFlow made no such variable")


def _count(said: Said, made: int, what: str) -> Iterator[Point]:
    text = f"{made:,} {what}" + ("" if made == 1 else "s")
    if said is None or said == made:
        yield Point(Mark.PLAIN if said is None else Mark.RIGHT, text)
    else:
        yield Point(Mark.MISSING, text, "is what TensorFlow made")
        yield Point(Mark.WRONG, f"{said:,}" if isinstance(said, int) else str(said), "you said")


def _refusal(said: Said, built: Built) -> Iterator[Point]:
    origin = BUILDS if built.refusal is None else built.refusal.origin
    labels = dict(refusal_options(built.stack))
    text = "All of it is built"
    if built.refusal is not None:
        text = _refused(built.stack, built.refusal)
    if said is None or said == origin:
        yield Point(Mark.PLAIN if said is None else Mark.RIGHT, text)
    else:
        yield Point(Mark.MISSING, text)
        yield Point(Mark.WRONG, labels.get(str(said), str(said)), "you said")


def _refused(stack: Stack, refusal: Refusal) -> str:
    labels = dict(refusal_options(stack))
    return f"TensorFlow refuses {labels.get(refusal.origin, 'the stack')}"


def _choices(said: Said, lesson: Lesson) -> Iterator[Point]:
    for place, text in enumerate(lesson.choices):
        if place == lesson.right:
            yield Point(Mark.RIGHT, text, "as you said" if said == place else "is right")
        elif place == said:
            yield Point(Mark.WRONG, text, "you said")
        else:
            yield Point(Mark.PLAIN, text)
