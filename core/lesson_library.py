"""The lessons that ship with the program: stack files in the order of a course."""

from collections.abc import Iterable
from functools import cache
from importlib import resources

from core import document
from core.lesson import Lesson
from core.stack import Stack

_FOLDER = "lessons"


@cache
def packaged_lessons() -> tuple[Stack, ...]:
    """Return the stacks that have a lesson, in the order of their files' numbers."""
    folder = resources.files("resources") / _FOLDER
    if not folder.is_dir():
        return ()
    files = [file for file in folder.iterdir() if file.name.endswith(document.SUFFIX)]
    texts = (file.read_text(encoding="utf-8") for file in sorted(files, key=lambda f: f.name))
    return tuple(stack for stack in map(document.loads, texts) if stack.lesson is not None)


def lesson_after(lesson: Lesson | None) -> Stack | None:
    """Return the packaged lesson behind one of the same title; None where there is none."""
    if lesson is None:
        return None
    stacks = packaged_lessons()
    titles = [stack.lesson.title for stack in stacks if stack.lesson is not None]
    if lesson.title not in titles:
        return None
    following = stacks[titles.index(lesson.title) + 1 :]
    return following[0] if following else None


def fitting(query: str, stacks: Iterable[Stack]) -> tuple[Stack, ...]:
    """Return the stacks whose lessons have all words of a query in their texts."""
    words = query.lower().split()
    return tuple(stack for stack in stacks if all(word in _text(stack) for word in words))


def _text(stack: Stack) -> str:
    lesson = stack.lesson or Lesson()
    texts = (lesson.title, lesson.intro, lesson.question, *lesson.choices, lesson.answer)
    return " ".join((*texts, lesson.thread)).lower()
