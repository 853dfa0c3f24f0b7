"""Fields in which a person answers the question of a lesson, one for each form of question."""

from collections.abc import Sequence

from PySide6.QtCore import QRegularExpression, Qt, Signal
from PySide6.QtGui import QFontDatabase, QMouseEvent, QRegularExpressionValidator
from PySide6.QtWidgets import (
    QButtonGroup,
    QGridLayout,
    QLabel,
    QLineEdit,
    QPlainTextEdit,
    QRadioButton,
    QVBoxLayout,
    QWidget,
)

from core.lesson import Asks, Lesson
from core.lesson_judge import Said, names_in, refusal_options
from core.stack import Stack
from gui.argument_editors import QuietComboBox

_NAME_LINES = 4
_MOST_DIGITS = 15
_NOT_CHOSEN = "Choose..."


class AnswerField(QWidget):
    """Takes an answer.

    Signals:
        submitted: The answer is complete, as Enter was pressed in it.
    """

    submitted = Signal()

    @property
    def said(self) -> Said:
        """The answer, None while nothing is said."""
        raise NotImplementedError

    def show_stack(self, stack: Stack) -> None:
        """Offer what the stack has, where that matters."""


class NamesField(AnswerField):
    """Several lines, a name in each."""

    def __init__(self) -> None:
        """Start empty."""
        super().__init__()
        self.field = QPlainTextEdit()
        self.field.setPlaceholderText("One name a line, such as scope/layer/kernel")
        self.field.setTabChangesFocus(True)
        self.field.setAccessibleName("Your answer: names of variables")
        self.field.setFont(QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont))
        margins = 2 * int(self.field.document().documentMargin()) + 2 * self.field.frameWidth()
        self.field.setFixedHeight(_NAME_LINES * self.field.fontMetrics().lineSpacing() + margins)
        _fill(self, self.field)

    @property
    def said(self) -> Said:
        """The names, None where none is typed."""
        return names_in(self.field.toPlainText()) or None


class NumberField(AnswerField):
    """A whole number."""

    def __init__(self) -> None:
        """Start empty."""
        super().__init__()
        self.field = QLineEdit()
        self.field.setPlaceholderText("A number")
        digits = QRegularExpression(rf"\d{{0,{_MOST_DIGITS}}}")
        self.field.setValidator(QRegularExpressionValidator(digits, self.field))
        self.field.setMaximumWidth(16 * self.field.fontMetrics().averageCharWidth() + 24)
        self.field.setAccessibleName("Your answer: a number")
        self.field.returnPressed.connect(self.submitted)
        _fill(self, self.field)

    @property
    def said(self) -> Said:
        """The number, None where none is typed."""
        text = self.field.text()
        return int(text) if text else None


class RefusalField(AnswerField):
    """One of the stack's nodes, or none of them."""

    def __init__(self) -> None:
        """Offer nothing yet."""
        super().__init__()
        self.field = QuietComboBox()
        self.field.setAccessibleName("Your answer: the layer that is refused")
        _fill(self, self.field)

    @property
    def said(self) -> Said:
        """The id of the node, None where nothing is chosen."""
        found: str | None = self.field.currentData()
        return found

    def show_stack(self, stack: Stack) -> None:
        """Offer the nodes of the stack; what is chosen stays so, where it is still there."""
        chosen = self.said
        self.field.clear()
        self.field.addItem(_NOT_CHOSEN, None)
        for node_id, label in refusal_options(stack):
            self.field.addItem(label, node_id)
        self.field.setCurrentIndex(max(0, self.field.findData(chosen)))


class ChoiceField(AnswerField):
    """One of several answers."""

    def __init__(self, choices: Sequence[str]) -> None:
        """Offer answers, none of them chosen."""
        super().__init__()
        self._group = QButtonGroup(self)
        rows = QGridLayout(self)
        rows.setContentsMargins(0, 0, 0, 0)
        rows.setVerticalSpacing(3)
        rows.setColumnStretch(1, 1)
        for place, text in enumerate(choices):
            button = QRadioButton()
            button.setAccessibleName(text)
            # The text of a radio button is not wrapped.
            label = _ButtonLabel(button, text)
            self._group.addButton(button, place)
            rows.addWidget(button, place, 0, Qt.AlignmentFlag.AlignTop)
            rows.addWidget(label, place, 1)
        if choices:
            self.setFocusProxy(self._group.button(0))

    def buttons(self) -> list[QRadioButton]:
        """Return the buttons, in the order of the answers."""
        return [button for button in self._group.buttons() if isinstance(button, QRadioButton)]

    @property
    def said(self) -> Said:
        """The place of the answer that is chosen, None where none is."""
        chosen = self._group.checkedId()
        return None if chosen < 0 else chosen


class _ButtonLabel(QLabel):
    """The words beside a button, which may be clicked too."""

    def __init__(self, button: QRadioButton, text: str) -> None:
        super().__init__(text)
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setWordWrap(True)
        self._button = button

    # Qt overrides

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Press the button."""
        self._button.setFocus(Qt.FocusReason.MouseFocusReason)
        self._button.click()


def answer_field(lesson: Lesson, stack: Stack) -> AnswerField:
    """Return the field that a lesson's question asks for."""
    field: AnswerField
    match lesson.asks:
        case Asks.NAMES:
            field = NamesField()
        case Asks.VARIABLES | Asks.PARAMETERS:
            field = NumberField()
        case Asks.REFUSAL:
            field = RefusalField()
        case Asks.CHOICE:
            field = ChoiceField(lesson.choices)
    field.show_stack(stack)
    return field


def _fill(field: AnswerField, widget: QWidget) -> None:
    layout = QVBoxLayout(field)
    layout.setContentsMargins(0, 0, 0, 0)
    layout.addWidget(widget)
    field.setFocusProxy(widget)
