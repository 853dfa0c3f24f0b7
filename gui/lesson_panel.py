"""The panel above the stack in which a lesson is read, or written."""

from collections.abc import Sequence

from PySide6.QtCore import QEvent, QObject, QSize, Qt, Signal
from PySide6.QtGui import QPalette, QResizeEvent
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QPushButton,
    QScrollArea,
    QSizePolicy,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from core.built import Built
from core.commands import configure
from core.lesson import Lesson
from core.lesson_library import lesson_after
from core.stack import Stack
from gui import icons, theme
from gui.editor import Editor
from gui.lesson_form import LessonForm
from gui.lesson_reader import LessonReader

_LEAST_HEIGHT = 120
_SHARE_OF_ACCENT = 0.05
# What one reads with ease in a line.
_MOST_CHARACTERS = 95


class LessonPanel(QFrame):
    """Shown as long as the open stack has a lesson and a person doesn't close it.

    Whether the question is open is told to it: that is what holds up building.

    Attributes:
        reader: The lesson as its reader sees it.
        form: The lesson as its author sees it.

    Signals:
        build_asked: An answer is given or skipped: the stack is to be built.
        hold_asked: The question is to be asked; nothing is to be built before.
        release_asked: The question is dropped.
        next_asked: The next lesson is to be opened.
        shown_changed: It was closed, or opened again.
    """

    build_asked = Signal()
    hold_asked = Signal()
    release_asked = Signal()
    next_asked = Signal()
    shown_changed = Signal()

    def __init__(self, editor: Editor, parent: QWidget | None = None) -> None:
        """Follow an editor's stack."""
        super().__init__(parent)
        self._editor = editor
        self._lesson: Lesson | None = None
        self._built: Built | None = None
        self._held = False
        self._closed = False
        self._open = True
        self.reader = LessonReader()
        self.form = LessonForm(editor)
        self._scroll = _FittingScroll((self.reader, self.form))
        self.heading = QToolButton(autoRaise=True)
        self.next_button = QPushButton("Next lesson")
        self.write_button = QToolButton(autoRaise=True)
        self.close_button = QToolButton(autoRaise=True)
        self._lay_out()
        self._connect()
        self._recolour()
        self.hide()

    @property
    def shown(self) -> bool:
        """Whether there is a lesson and the panel is not closed."""
        return not self.isHidden()

    @property
    def writing(self) -> bool:
        """Whether the lesson is being written."""
        return self.write_button.isChecked()

    def set_held(self, held: bool) -> None:
        """Take note whether the question is open: ask it, or take the answer."""
        if held == self._held:
            return
        self._held = held
        if held:
            self._set_writing(False)
            self.reader.ask(self._editor.stack)
        else:
            focused = self.window().focusWidget()
            if focused is not None and self.reader.isAncestorOf(focused):
                self.heading.setFocus()  # what has it goes away, and the text is to be read first
            self.reader.take_answer()

    def set_built(self, built: Built | None) -> None:
        """Show what a build says of the answer."""
        self._built = built
        if built is not None and self._lesson is not None:
            self.reader.show_built(built)

    def set_shown(self, shown: bool) -> None:
        """Open the panel or close it; who closes it doesn't want to be asked."""
        self._closed = not shown
        if self._closed and self._held:
            self.release_asked.emit()
        self._show()

    def write(self) -> None:
        """Let the lesson of the open stack be written, one that is new where it has none."""
        stack = self._editor.stack
        if stack.lesson is None:
            lesson = Lesson(title=stack.name)
            self._editor.do(configure(stack, "Write a lesson", lesson=lesson))
        self._set_open(True)
        self.set_shown(True)
        self._set_writing(True)
        self.form.texts["title"].setFocus()

    def _lay_out(self) -> None:
        self.write_button.setCheckable(True)
        self.heading.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self.heading.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        font = self.heading.font()
        font.setBold(True)
        self.heading.setFont(font)
        self.write_button.setToolTip("Write this lesson")
        self.write_button.setAccessibleName("Write this lesson")
        self.close_button.setToolTip("Close the lesson")
        self.close_button.setAccessibleName("Close the lesson")
        row = QHBoxLayout()
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(4)
        row.addWidget(self.heading, 1)
        row.addWidget(self.next_button)
        row.addWidget(self.write_button)
        row.addWidget(self.close_button)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(2, 2, 2, 2)
        layout.setSpacing(2)
        layout.addLayout(row)
        layout.addWidget(self._scroll)
        self.setFrameShape(QFrame.Shape.StyledPanel)
        self.setAutoFillBackground(True)

    def _connect(self) -> None:
        self.heading.clicked.connect(self._on_heading_clicked)
        self.next_button.clicked.connect(self.next_asked)
        self.write_button.clicked.connect(self._on_write_clicked)
        self.close_button.clicked.connect(self._on_closed)
        self.reader.build_asked.connect(self.build_asked)
        self.reader.again_asked.connect(self.hold_asked)
        self.form.try_asked.connect(self.hold_asked)
        self._editor.stack_opened.connect(self._on_stack_opened)
        self._editor.stack_changed.connect(self._on_stack_changed)
        theme.current().changed.connect(self._recolour)

    def _on_stack_opened(self, stack: Stack) -> None:
        self._closed = False
        self._set_writing(False)
        self._set_open(True)
        self._take(stack.lesson)

    def _on_stack_changed(self, stack: Stack) -> None:
        if stack.lesson != self._lesson:
            self._take(stack.lesson)
        self.reader.show_stack(stack)

    def _take(self, lesson: Lesson | None) -> None:
        self._lesson = lesson
        found = lesson or Lesson()
        title = found.title or "Lesson"
        self.heading.setText(title.replace("&", "&&"))
        self.heading.setAccessibleName(title)
        self.next_button.setVisible(lesson_after(lesson) is not None)
        self.reader.show_lesson(found)
        self.form.show_lesson(found)
        if self._held:
            self.reader.ask(self._editor.stack)
        else:
            self.set_built(self._built)
        self._show()

    def _show(self) -> None:
        before = self.isHidden()
        self.setVisible(self._lesson is not None and not self._closed)
        if self.isHidden() != before:
            self.shown_changed.emit()

    def _set_open(self, is_open: bool) -> None:
        self._open = is_open
        arrow = Qt.ArrowType.DownArrow if is_open else Qt.ArrowType.RightArrow
        self.heading.setArrowType(arrow)
        self._scroll.setVisible(is_open)

    def _set_writing(self, writing: bool) -> None:
        self.write_button.setChecked(writing)
        self._scroll.show_page(self.form if writing else self.reader)
        if writing and self._held:
            self.release_asked.emit()

    def _on_heading_clicked(self) -> None:
        self._set_open(not self._open)

    def _on_write_clicked(self, checked: bool) -> None:
        self._set_open(True)
        self._set_writing(checked)

    def _on_closed(self) -> None:
        self.set_shown(False)

    def _recolour(self) -> None:
        colours = theme.colours()
        palette = self.palette()
        tint = colours.tint(colours.accent, _SHARE_OF_ACCENT)
        palette.setColor(QPalette.ColorRole.Window, tint)
        self.setPalette(palette)
        self.write_button.setIcon(icons.icon("rename"))
        self.close_button.setIcon(icons.icon("close"))
        self._set_open(self._open)
        self.reader.recolour()


class _FittingScroll(QScrollArea):
    """Shows one of some pages, as high as it is where there is so much room; else it scrolls."""

    def __init__(self, pages: Sequence[QWidget]) -> None:
        super().__init__()
        self._pages = pages
        content = QWidget()
        layout = QVBoxLayout(content)
        layout.setContentsMargins(0, 0, 0, 0)
        for page in pages:
            layout.addWidget(page)
        self._content = content
        self.setWidget(content)
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Preferred)
        content.setAutoFillBackground(False)
        self.viewport().setAutoFillBackground(False)
        content.installEventFilter(self)
        self.show_page(pages[0])

    def show_page(self, shown: QWidget) -> None:
        """Show this page and hide the others."""
        for page in self._pages:
            page.setVisible(page is shown)
        self._fit()

    def _fit(self) -> None:
        height = self._height()
        self.setMinimumHeight(min(height, _LEAST_HEIGHT))
        self.setMaximumHeight(height)
        self.updateGeometry()

    def _height(self) -> int:
        layout = self._content.layout()
        if layout is None or not layout.hasHeightForWidth():
            return self._content.sizeHint().height()
        return layout.totalHeightForWidth(self.viewport().width())

    # Qt overrides

    def sizeHint(self) -> QSize:
        """Return the size of the page."""
        return QSize(super().sizeHint().width(), self._height())

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Wrap anew; a margin keeps lines from becoming too long.

        A maximum width would not: layouts don't mind it when they work out heights.
        """
        super().resizeEvent(event)
        longest = _MOST_CHARACTERS * self.fontMetrics().averageCharWidth()
        layout = self._content.layout()
        if layout is not None:
            layout.setContentsMargins(0, 0, max(0, self.viewport().width() - longest), 0)
        self._fit()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Follow the page when it is laid out anew."""
        if event.type() == QEvent.Type.LayoutRequest:
            self._fit()
        return super().eventFilter(watched, event)
