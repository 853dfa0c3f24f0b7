"""The form in which a teacher writes the lesson of the open stack."""

from dataclasses import replace
from functools import partial
from typing import Any

from PySide6.QtCore import QEvent, Signal
from PySide6.QtGui import QKeyEvent, QKeySequence
from PySide6.QtWidgets import (
    QFormLayout,
    QHBoxLayout,
    QLineEdit,
    QPlainTextEdit,
    QPushButton,
    QSizePolicy,
    QWidget,
)

from core.commands import configure
from core.lesson import Asks, Lesson
from core.lesson_document import LESSON, LONGEST_LINE, LONGEST_TEXT, MOST_CHOICES
from gui.argument_editors import QuietComboBox
from gui.editor import Editor

_ASKS = {
    Asks.NAMES: "the names of all variables",
    Asks.VARIABLES: "how many variables there are",
    Asks.PARAMETERS: "how many parameters there are",
    Asks.REFUSAL: "which layer is refused",
    Asks.CHOICE: "one of several answers",
}
_LABELS = {
    "title": "Title",
    "intro": "Intro",
    "asks": "Asks for",
    "question": "Question",
    "choices": "Answers",
    "right": "Right answer",
    "answer": "Explanation",
    "thread": "Thread",
}
_TEXT_LINES = 3


class LessonForm(QWidget):
    """A field for each text of a lesson. What is typed is in the stack at once, and can be undone.

    Signals:
        try_asked: The lesson is to be shown as its reader sees it.
    """

    try_asked = Signal()

    def __init__(self, editor: Editor) -> None:
        """Follow nothing: `show_lesson` tells what to show."""
        super().__init__()
        self._editor = editor
        self.texts: dict[str, _Line | _Text] = {
            "title": _Line(),
            "intro": _Text(),
            "question": _Text(),
            "answer": _Text(),
            "thread": _Line(),
        }
        self.asks = QuietComboBox()
        self.asks.addItems(list(_ASKS.values()))
        self.choices = _Text()
        self.choices.setPlaceholderText(f"One answer a line, at most {MOST_CHOICES}")
        self.right = QuietComboBox()
        self.try_button = QPushButton("Try it")
        self.try_button.setToolTip("Ask the question as a reader is asked")
        self.remove_button = QPushButton("Remove the lesson")
        self._form = QFormLayout(self)
        self._lay_out()
        self._connect()

    def show_lesson(self, lesson: Lesson) -> None:
        """Show a lesson; a field that shows the same already is left alone."""
        for name, field in self.texts.items():
            field.show_text(getattr(lesson, name))
        self.asks.setCurrentIndex(tuple(_ASKS).index(lesson.asks))
        if _choices_in(self.choices.text) != lesson.choices:
            self.choices.show_text("\n".join(lesson.choices))
        self.right.clear()
        self.right.addItems(list(lesson.choices))
        self.right.setCurrentIndex(lesson.right if lesson.choices else -1)
        for row in (self.choices, self.right):
            self._form.setRowVisible(row, lesson.asks is Asks.CHOICE)

    def _lay_out(self) -> None:
        self._form.setContentsMargins(8, 2, 8, 6)
        self._form.setVerticalSpacing(4)
        self._form.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.ExpandingFieldsGrow)
        others = {"asks": self.asks, "choices": self.choices, "right": self.right}
        fields: dict[str, QWidget] = {**self.texts, **others}
        for name, label in _LABELS.items():
            field = fields[name]
            field.setToolTip(LESSON.argument(name).help)
            field.setAccessibleName(label)
            field.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
            self._form.addRow(label, field)
        buttons = QHBoxLayout()
        buttons.addWidget(self.try_button)
        buttons.addWidget(self.remove_button)
        buttons.addStretch()
        self._form.addRow(buttons)

    def _connect(self) -> None:
        for name, field in self.texts.items():
            field.typed.connect(partial(self._change, name))
        self.choices.typed.connect(self._on_choices_typed)
        self.asks.activated.connect(self._on_asks_chosen)
        self.right.activated.connect(partial(self._change, "right"))
        self.try_button.clicked.connect(self.try_asked)
        self.remove_button.clicked.connect(self._on_removed)

    def _change(self, name: str, value: object) -> None:
        self._commit(f"Change lesson {name}", {name: value})

    def _on_asks_chosen(self, index: int) -> None:
        self._change("asks", tuple(_ASKS)[index])

    def _on_choices_typed(self, text: str) -> None:
        choices = _choices_in(text)
        lesson = self._editor.stack.lesson or Lesson()
        right = min(lesson.right, max(0, len(choices) - 1))
        self._commit("Change lesson choices", {"choices": choices, "right": right})

    def _commit(self, text: str, changes: dict[str, Any]) -> None:
        stack = self._editor.stack
        lesson = replace(stack.lesson or Lesson(), **changes)
        if lesson != stack.lesson:
            self._editor.do(configure(stack, text, lesson=lesson))

    def _on_removed(self) -> None:
        self._editor.do(configure(self._editor.stack, "Remove the lesson", lesson=None))


class _Line(QLineEdit):
    """A line that tells of each change, and leaves undo to the window.

    Signals:
        typed: The text as it is now.
    """

    typed = Signal(str)

    def __init__(self) -> None:
        super().__init__()
        self.setMaxLength(LONGEST_LINE)
        self.textEdited.connect(self._on_edited)

    def show_text(self, text: str) -> None:
        """Show a text, with the cursor where it is as far as possible."""
        if text != self.text():
            place = self.cursorPosition()
            self.setText(text)
            self.setCursorPosition(min(place, len(text)))

    def _on_edited(self, text: str) -> None:
        self.typed.emit(" ".join(text.splitlines()))

    # Qt overrides

    def event(self, event: QEvent) -> bool:
        """Let undo and redo through."""
        return _lets_undo_through(event) or super().event(event)


class _Text(QPlainTextEdit):
    """A text of some lines that tells of each change, and leaves undo to the window.

    Signals:
        typed: The text as it is now.
    """

    typed = Signal(str)

    def __init__(self) -> None:
        super().__init__()
        self.setTabChangesFocus(True)
        self.setUndoRedoEnabled(False)
        margins = 2 * int(self.document().documentMargin()) + 2 * self.frameWidth()
        self.setFixedHeight(_TEXT_LINES * self.fontMetrics().lineSpacing() + margins)
        self.textChanged.connect(self._on_changed)

    @property
    def text(self) -> str:
        """The text as it is shown."""
        return self.toPlainText()

    def show_text(self, text: str) -> None:
        """Show a text, with the cursor where it is as far as possible."""
        if text != self.text:
            cursor = self.textCursor()
            place = cursor.position()
            self.blockSignals(True)
            self.setPlainText(text)
            self.blockSignals(False)
            cursor.setPosition(min(place, self.document().characterCount() - 1))
            self.setTextCursor(cursor)

    def _on_changed(self) -> None:
        if len(self.text) > LONGEST_TEXT:
            self.show_text(self.text[:LONGEST_TEXT])
        self.typed.emit(self.text)

    # Qt overrides

    def event(self, event: QEvent) -> bool:
        """Let undo and redo through."""
        return _lets_undo_through(event) or super().event(event)


def _lets_undo_through(event: QEvent) -> bool:
    """Leave undo and redo to the window's actions, where a field would take them for itself."""
    if event.type() != QEvent.Type.ShortcutOverride or not isinstance(event, QKeyEvent):
        return False
    keys = (QKeySequence.StandardKey.Undo, QKeySequence.StandardKey.Redo)
    if not any(event.matches(found) for found in keys):
        return False
    event.ignore()
    return True


def _choices_in(text: str) -> tuple[str, ...]:
    """Return the answers that stand in a text, one a line, as many as a lesson may have."""
    lines = [line.strip()[:LONGEST_LINE] for line in text.splitlines()]
    return tuple(line for line in lines if line)[:MOST_CHOICES]
