"""The lesson in a stack file: what is saved is loaded again, what is wrong is told at its place."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.document import dumps, loads
from core.edits import Configure
from core.json_file import DocumentError
from core.lesson import Asks, Lesson
from core.lesson_document import LONGEST_LINE, LONGEST_TEXT, MOST_CHOICES
from core.stack import Stack
from tests.random_stacks import lessons, stacks


def _document(lesson):
    return json.dumps({"format": "layerscope-stack", "version": 1, "lesson": lesson})


def test_a_lesson_has_the_defaults_of_the_format():
    assert loads(_document({})).lesson == Lesson()
    assert loads(_document(None)).lesson is None


def test_a_stack_without_a_lesson_says_nothing_of_one():
    assert "lesson" not in json.loads(dumps(Stack()))


def test_a_lesson_of_defaults_alone_is_still_one():
    assert loads(dumps(Stack(lesson=Lesson()))).lesson == Lesson()


@given(stacks(), lessons())
def test_a_stack_with_a_lesson_is_loaded_as_it_was_saved(stack, lesson):
    stack = Configure({"lesson": lesson}).apply(stack)
    assert loads(dumps(stack)) == stack


@given(stacks(), st.none() | lessons(), lessons())
def test_a_change_of_the_lesson_can_be_undone(stack, before, after):
    stack = Configure({"lesson": before}).apply(stack)
    edit = Configure({"lesson": after})
    assert edit.apply(stack).lesson == after
    assert edit.inverse(stack).apply(edit.apply(stack)) == stack


@pytest.mark.parametrize(
    ("lesson", "words"),
    [
        ("read this", 'lesson: must be an object, not "read this"'),
        ([], "lesson: must be an object"),
        ({"titel": "x"}, "lesson.titel: lesson has no such argument; it has: title, intro"),
        ({"title": 3}, "lesson.title: must be a text, not 3"),
        ({"title": "two\nlines"}, "lesson.title: must be one line"),
        ({"title": "a line\n"}, "lesson.title: must be one line"),
        ({"title": "x" * (LONGEST_LINE + 1)}, "lesson.title: must have at most 200 characters"),
        ({"intro": None}, "lesson.intro: must be a text, not null"),
        ({"answer": "x" * (LONGEST_TEXT + 1)}, "lesson.answer: must have at most 4,000 characters"),
        ({"asks": "colours"}, "lesson.asks: must be one of names, variables, parameters, refusal"),
        ({"asks": ["names"]}, "lesson.asks: must be one of names"),
        ({"choices": "yes"}, "lesson.choices: must be a list"),
        ({"choices": ["yes", 2]}, "lesson.choices[1]: must be a text"),
        ({"choices": ["a"] * (MOST_CHOICES + 1)}, "lesson.choices: must be at most 10, not 11"),
        ({"choices": ["a", "b"], "right": 2}, "lesson.right: there are 2 choices, counted from 0"),
        ({"right": 1}, "lesson.right: there are 0 choices"),
        ({"choices": ["a", "b"], "right": True}, "lesson.right: must be a whole number"),
        ({"right": -1}, "lesson.right: must be at least 0"),
        ({"thread": 10731}, "lesson.thread: must be a text"),
    ],
)
def test_what_is_wrong_with_a_lesson_is_named_with_its_place(lesson, words):
    with pytest.raises(DocumentError) as refused:
        loads(_document(lesson))
    assert str(refused.value).startswith(words)
    assert "\n" not in str(refused.value)


def test_texts_are_kept_to_the_letter():
    text = "<b>not bold</b> & größe, 層\n  indented  "
    lesson = Lesson(intro=text, asks=Asks.CHOICE, choices=("<i>", " "), right=1)
    assert loads(dumps(Stack(lesson=lesson))).lesson == lesson
