"""The program that builds the stack: shown and copied."""

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QGuiApplication, QShowEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from core.script import Script, script
from gui.code_view import CodeView
from gui.editor import Editor

_DELAY_MS = 150


class CodePanel(QWidget):
    """Shows the stack as a Python program, and which lines come from the selected layers.

    The program is made a moment after the last edit, and only while it can be seen.

    Attributes:
        view: The code.
        message: What came of copying.

    Signals:
        save_asked: The button that saves the program was clicked.
    """

    save_asked = Signal()

    def __init__(self, editor: Editor, parent: QWidget | None = None) -> None:
        """Follow an editor."""
        super().__init__(parent)
        self._editor = editor
        self._stale = True
        self._opened = True
        self._clicked = False
        self._script = Script((), ())
        self._delay = QTimer(self, singleShot=True, interval=_DELAY_MS)
        self._delay.timeout.connect(self._on_delay_over)
        self._lay_out()
        editor.stack_changed.connect(self._on_stack_changed)
        editor.stack_opened.connect(self._on_stack_opened)
        editor.selection_changed.connect(self._on_layers_selected)

    def copy(self) -> None:
        """Put the whole program on the clipboard."""
        self._update()
        QGuiApplication.clipboard().setText(self._script.text)
        self.message.setText("The program is on the clipboard.")

    def _lay_out(self) -> None:
        self.view = CodeView()
        self.view.line_clicked.connect(self._on_line_clicked)
        self.message = QLabel(wordWrap=True, textFormat=Qt.TextFormat.PlainText)
        self.copy_button = QPushButton("Copy")
        self.copy_button.clicked.connect(self.copy)
        self.save_button = QPushButton("Save as...")
        self.save_button.clicked.connect(self.save_asked)
        line = QHBoxLayout()
        line.addWidget(self.copy_button)
        line.addWidget(self.save_button)
        line.addWidget(self.message, 1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addLayout(line)
        layout.addWidget(self.view)

    def _update(self) -> None:
        """Make the program anew, where the stack is another than the one it was made of."""
        self._delay.stop()
        if self._stale:
            self._stale = False
            self._script = script(self._editor.stack)
            self.view.show_script(self._script)
            self._mark(scroll=False)
            if self._opened:
                self._opened = False
                self.view.scroll_to_layers()

    def _mark(self, scroll: bool) -> None:
        nodes = self._editor.stack.inside(self._editor.selection)
        self.view.mark({node.id for node in nodes}, scroll)

    def _on_stack_changed(self) -> None:
        self._stale = True
        self.message.clear()
        if self.isVisible():
            self._delay.start()

    def _on_stack_opened(self) -> None:
        self._opened = True
        self._on_stack_changed()

    def _on_delay_over(self) -> None:
        if self.isVisible():
            self._update()

    def _on_layers_selected(self) -> None:
        if self.isVisible():
            self._mark(scroll=not self._clicked)

    def _on_line_clicked(self, origin: str) -> None:
        self._clicked = True
        self._editor.select((origin,))
        self._clicked = False

    # Qt overrides

    def showEvent(self, event: QShowEvent) -> None:
        """Catch up with what happened out of sight."""
        super().showEvent(event)
        self._update()
        self._mark(scroll=True)
