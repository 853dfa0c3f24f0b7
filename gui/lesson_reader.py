"""A lesson as its reader sees it: the question first, and what TensorFlow did after the build."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QPalette
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from core.built import Built
from core.lesson import Lesson
from core.lesson_judge import Said, judge
from core.stack import Stack
from gui.answer_fields import AnswerField, answer_field
from gui.verdict_view import VerdictView


class LessonReader(QWidget):
    """Shows a lesson, takes an answer, and shows what the build says of it.

    Attributes:
        field: Where the answer is typed or chosen, while the question is open.
        verdict: What came of it.

    Signals:
        build_asked: The answer is given, or skipped: the stack is to be built.
        again_asked: The question is to be asked once more.
    """

    build_asked = Signal()
    again_asked = Signal()

    def __init__(self) -> None:
        """Start without a lesson."""
        super().__init__()
        self._lesson = Lesson()
        self._said: Said = None
        self._skipped = False
        self.field: AnswerField | None = None
        self.verdict: VerdictView | None = None
        self.intro = _text()
        self.question = _text()
        font = self.question.font()
        font.setBold(True)
        self.question.setFont(font)
        self.answer = _text()
        self._thread = _text()
        self._thread.setForegroundRole(QPalette.ColorRole.PlaceholderText)
        self._waiting = _text("The answer comes with the build.")
        self._waiting.setForegroundRole(QPalette.ColorRole.PlaceholderText)
        self.build_button = QPushButton("Build and compare")
        self.build_button.setToolTip("Build the stack and compare it with your answer (F5)")
        self.skip_button = QPushButton("Skip")
        self.skip_button.setToolTip("Build the stack without an answer")
        self.again_button = QPushButton("Ask again")
        self._lay_out()
        self.build_button.clicked.connect(self.build_asked)
        self.skip_button.clicked.connect(self._on_skipped)
        self.again_button.clicked.connect(self.again_asked)
        self._update()

    def show_lesson(self, lesson: Lesson) -> None:
        """Show the texts of a lesson, and forget what came of an earlier one."""
        self._lesson = lesson
        self._said = None
        self._set_field(None)
        self._set_verdict(None)
        self.intro.setText(lesson.intro)
        self.question.setText(lesson.question)
        self.answer.setText(lesson.answer)
        self._thread.setText(f"Asked in {lesson.thread}" if lesson.thread else "")
        self._update()

    def ask(self, stack: Stack) -> None:
        """Open the question, with an empty answer."""
        self._skipped = False
        self._set_verdict(None)
        self._set_field(answer_field(self._lesson, stack))
        self._update()

    def show_stack(self, stack: Stack) -> None:
        """Follow changes of the stack while the question is open."""
        if self.field is not None:
            self.field.show_stack(stack)

    def take_answer(self) -> None:
        """Close the question with the answer as it is."""
        if self.field is not None:
            self._said = None if self._skipped else self.field.said
            self._set_field(None)
            self._update()

    def show_built(self, built: Built) -> None:
        """Show what a build says of the answer; what is built later changes nothing in it."""
        if self.field is None and self.verdict is None:
            self._set_verdict(VerdictView(judge(self._lesson, self._said, built)))
            self._update()

    def recolour(self) -> None:
        """Take the colours as they are now."""
        if self.verdict is not None:
            self._set_verdict(VerdictView(self.verdict.verdict))

    def _lay_out(self) -> None:
        # A widget, so that Tab reaches each new field in it before the buttons.
        self._field_box = QWidget()
        self._field_place = QVBoxLayout(self._field_box)
        self._field_place.setContentsMargins(0, 0, 0, 0)
        self._verdict_place = QVBoxLayout()
        buttons = QHBoxLayout()
        for button in (self.build_button, self.skip_button, self.again_button):
            button.setAutoDefault(True)
            buttons.addWidget(button)
        buttons.addStretch()
        layout = QVBoxLayout(self)
        layout.setContentsMargins(8, 2, 8, 6)
        layout.setSpacing(6)
        layout.addWidget(self.intro)
        layout.addWidget(self.question)
        layout.addWidget(self._field_box)
        layout.addWidget(self._waiting)
        layout.addLayout(self._verdict_place)
        layout.addWidget(self.answer)
        layout.addWidget(self._thread)
        layout.addLayout(buttons)
        layout.addStretch()

    def _update(self) -> None:
        is_open, is_answered = self.field is not None, self.verdict is not None
        for label in (self.intro, self.question):
            label.setVisible(bool(label.text()))
        for label in (self.answer, self._thread):
            label.setVisible(is_answered and bool(label.text()))
        self._waiting.setVisible(not is_open and not is_answered)
        self._field_box.setVisible(is_open)
        self.build_button.setVisible(is_open)
        self.skip_button.setVisible(is_open)
        self.again_button.setVisible(is_answered)

    def _set_field(self, field: AnswerField | None) -> None:
        if self.field is not None:
            self.field.hide()
            self.field.deleteLater()
        self.field = field
        if field is not None:
            field.submitted.connect(self.build_asked)
            self._field_place.addWidget(field)
            self._field_box.show()
            field.show()  # the layout would show it later, and until then Tab passes it by
            field.setFocus()

    def _set_verdict(self, verdict: VerdictView | None) -> None:
        if self.verdict is not None:
            self.verdict.hide()
            self.verdict.deleteLater()
        self.verdict = verdict
        if verdict is not None:
            self._verdict_place.addWidget(verdict)

    def _on_skipped(self) -> None:
        self._skipped = True
        self.build_asked.emit()


def _text(text: str = "") -> QLabel:
    label = QLabel(text)
    label.setTextFormat(Qt.TextFormat.PlainText)
    label.setWordWrap(True)
    label.setTextInteractionFlags(
        Qt.TextInteractionFlag.TextSelectableByMouse
        | Qt.TextInteractionFlag.TextSelectableByKeyboard
    )
    # Selectable text would be a stop for Tab between the fields.
    label.setFocusPolicy(Qt.FocusPolicy.ClickFocus)
    return label
