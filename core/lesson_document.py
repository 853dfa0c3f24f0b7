"""The lesson in a stack file: its keys, what they take, and how they are written."""

from collections.abc import Mapping
from dataclasses import dataclass, fields

from core.arguments import Argument, Choice, Function, Integer, Sequence, ValueRefusedError, show
from core.expression import Expression, Literal
from core.lesson import Asks, Lesson
from core.stack import Value

LONGEST_TEXT = 4000
LONGEST_LINE = 200
MOST_CHOICES = 10


@dataclass(frozen=True, slots=True)
class Prose:
    """A plain text, which may be empty, as one that is still to be written; maybe of one line."""

    longest: int
    one_line: bool = False

    def check(self, value: Value) -> None:
        """Raise ValueRefusedError unless `value` is such a text."""
        if not isinstance(value, str):
            raise ValueRefusedError(f"must be a text, not {show(value)}")
        if len(value) > self.longest:
            raise ValueRefusedError(
                f"must have at most {self.longest:,} characters, not {len(value):,}"
            )
        if self.one_line and "".join(value.splitlines()) != value:
            raise ValueRefusedError("must be one line")

    def expression(self, value: Value) -> Expression:
        """Return the text."""
        assert isinstance(value, str)
        return Literal(value)


_TEXT = Prose(LONGEST_TEXT)
_LINE = Prose(LONGEST_LINE, one_line=True)

LESSON = Function(
    "lesson",
    "",
    (
        Argument("title", _LINE, "", "What the lesson is called, in one line."),
        Argument("intro", _TEXT, "", "Two sentences on what one has to know."),
        Argument("question", _TEXT, "", "What one shall say before the stack is built."),
        Argument("asks", Choice(tuple(Asks)), Asks.NAMES, "In what form it is answered."),
        Argument("choices", Sequence(_LINE), (), "The answers to choose from."),
        Argument("right", Integer(0), 0, "Which of them is the right one."),
        Argument("answer", _TEXT, "", "What to look at in the build, and why it is so."),
        Argument("thread", _LINE, "", "Where people asked it, such as owner/project#123."),
    ),
    "A question to answer before the stack is built.",
)


def lesson_to_json(lesson: Lesson | None) -> dict[str, object] | None:
    """Return a lesson as a JSON value, what has its default left out, but for what it asks."""
    if lesson is None:
        return None
    found: dict[str, object] = {}
    for field in fields(Lesson):
        value = getattr(lesson, field.name)
        if value != field.default or field.name == "asks":
            found[field.name] = list(value) if isinstance(value, tuple) else value
    return found


def read_lesson(value: Value) -> Lesson | None:
    """Return the lesson that a JSON value holds, None for null. Raises ValueRefusedError."""
    if value is None:
        return None
    if not isinstance(value, Mapping):
        raise ValueRefusedError(f"must be an object, not {show(value)}")
    LESSON.check(value)
    lesson = Lesson(**{**value, "asks": Asks(str(value.get("asks", Asks.NAMES)))})  # type: ignore[arg-type]
    if len(lesson.choices) > MOST_CHOICES:
        raise ValueRefusedError(
            f"must be at most {MOST_CHOICES}, not {len(lesson.choices)}", ".choices"
        )
    if lesson.right >= max(1, len(lesson.choices)):
        raise ValueRefusedError(
            f"there are {len(lesson.choices)} choices, counted from 0", ".right"
        )
    return lesson
