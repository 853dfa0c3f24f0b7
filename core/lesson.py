"""What a stack can be given to teach something: a question, and an answer that the build shows."""

from dataclasses import dataclass
from enum import StrEnum


class Asks(StrEnum):
    """What the question of a lesson asks for; a build judges the answer, but for a choice."""

    NAMES = "names"
    VARIABLES = "variables"
    PARAMETERS = "parameters"
    REFUSAL = "refusal"
    CHOICE = "choice"


@dataclass(frozen=True, slots=True)
class Lesson:
    """A question about a stack, to be answered before it is built. All texts are plain text.

    Attributes:
        title: One line.
        intro: What one has to know.
        question: What one shall say before the build.
        asks: In what form: the names of all variables, how many variables or parameters there are,
            which node TensorFlow refuses, or one of several answers.
        choices: The answers to choose from, where it asks for one of them.
        right: Which of them is the right one, from 0.
        answer: What to look at in the build, and why it is so.
        thread: Where people asked it, such as ``tensorflow/tensorflow#10731``.
    """

    title: str = ""
    intro: str = ""
    question: str = ""
    asks: Asks = Asks.NAMES
    choices: tuple[str, ...] = ()
    right: int = 0
    answer: str = ""
    thread: str = ""
