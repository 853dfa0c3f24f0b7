"""The gallery of lessons that ship with the program."""

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QHeaderView,
    QLabel,
    QLineEdit,
    QTreeWidget,
    QTreeWidgetItem,
    QVBoxLayout,
    QWidget,
)

from core.lesson import Lesson
from core.lesson_library import fitting, packaged_lessons
from gui import theme
from gui.empty_label import EmptyLabel

_PASSED_ON = {Qt.Key.Key_Up, Qt.Key.Key_Down, Qt.Key.Key_PageUp, Qt.Key.Key_PageDown}
_TITLE_WIDTH = 270
_PREVIEW_LINES = 5


class LessonGallery(QDialog):
    """Lists the lessons that fit what is typed; Enter or a double click opens one.

    Signals:
        chosen: The stack of a lesson.
    """

    chosen = Signal(object)

    def __init__(self, current: Lesson | None, parent: QWidget | None = None) -> None:
        """List all lessons, the current one selected."""
        super().__init__(parent)
        self.setWindowTitle("Lessons")
        self._stacks = packaged_lessons()
        self.search = QLineEdit(placeholderText="Search lessons", clearButtonEnabled=True)
        self.search.setAccessibleName("Search lessons")
        self.list = QTreeWidget()
        self.list.setAccessibleName("Lessons")
        self.list.setHeaderHidden(True)
        self.list.setColumnCount(2)
        self.list.setRootIsDecorated(False)
        self.list.setUniformRowHeights(True)
        self.list.setAlternatingRowColors(True)
        EmptyLabel(self.list, "No lesson has these words")
        header = self.list.header()
        header.setSectionResizeMode(0, QHeaderView.ResizeMode.Fixed)
        header.resizeSection(0, _TITLE_WIDTH)
        header.setStretchLastSection(True)
        self.preview = QLabel(wordWrap=True, textFormat=Qt.TextFormat.PlainText)
        self.preview.setAlignment(Qt.AlignmentFlag.AlignTop)
        self.preview.setFixedHeight(_PREVIEW_LINES * self.preview.fontMetrics().lineSpacing())
        buttons = QDialogButtonBox(
            QDialogButtonBox.StandardButton.Open | QDialogButtonBox.StandardButton.Close
        )
        self.open_button = buttons.button(QDialogButtonBox.StandardButton.Open)
        buttons.rejected.connect(self.reject)
        buttons.accepted.connect(self._on_accepted)
        column = QVBoxLayout(self)
        column.addWidget(self.search)
        column.addWidget(self.list)
        column.addWidget(self.preview)
        column.addWidget(buttons)
        self.resize(860, 600)
        self.search.textChanged.connect(self._fill)
        self.search.installEventFilter(self)
        self.list.currentItemChanged.connect(self._on_current_changed)
        self.list.itemActivated.connect(self._on_accepted)
        self._fill("")
        self._select(current)
        self.search.setFocus()

    def titles(self) -> list[str]:
        """Return the titles of the lessons that are listed now."""
        items = map(self.list.topLevelItem, range(self.list.topLevelItemCount()))
        return [item.text(0) for item in items if item is not None]

    def _fill(self, query: str) -> None:
        fits = set(map(id, fitting(query, self._stacks)))
        self.list.clear()
        for number, stack in enumerate(self._stacks):
            if id(stack) in fits and stack.lesson is not None:
                self.list.addTopLevelItem(_line(number, stack.lesson))
        self.list.setCurrentIndex(self.list.model().index(0, 0))
        self.open_button.setEnabled(bool(fits))

    def _select(self, current: Lesson | None) -> None:
        for row, stack in enumerate(self._stacks):
            if current is not None and stack.lesson == current:
                self.list.setCurrentIndex(self.list.model().index(row, 0))

    def _on_current_changed(self, item: QTreeWidgetItem | None) -> None:
        stack = None if item is None else self._stacks[item.data(0, Qt.ItemDataRole.UserRole)]
        lesson = (stack and stack.lesson) or Lesson()
        self.preview.setText(f"{lesson.intro}\n\n{lesson.question}".strip())

    def _on_accepted(self) -> None:
        item = self.list.currentItem()
        if item is not None:
            number: int = item.data(0, Qt.ItemDataRole.UserRole)
            self.accept()
            self.chosen.emit(self._stacks[number])

    # Qt overrides

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Move in the list with keys typed in the search line."""
        if event.type() == QEvent.Type.KeyPress and isinstance(event, QKeyEvent):
            if event.key() in _PASSED_ON:
                self.list.keyPressEvent(event)
                return True
            if event.key() in {Qt.Key.Key_Return, Qt.Key.Key_Enter}:
                self._on_accepted()
                return True
        return super().eventFilter(watched, event)


def _line(number: int, lesson: Lesson) -> QTreeWidgetItem:
    item = QTreeWidgetItem([f"{number + 1}. {lesson.title}", lesson.intro])
    item.setData(0, Qt.ItemDataRole.UserRole, number)
    item.setForeground(1, theme.colours().muted)
    return item
