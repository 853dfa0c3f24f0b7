"""A field for the code of a custom layer."""

from PySide6.QtCore import Qt
from PySide6.QtGui import QPalette
from PySide6.QtWidgets import QLabel, QSizePolicy, QVBoxLayout, QWidget

from core.arguments import ValueRefusedError, ValueType
from core.custom_code import line_in
from core.stack import Value
from gui.argument_editors import SEVERAL, ValueEditor
from gui.code_field import CodeField

_KEYS = "Ctrl+Enter applies, Ctrl+Tab leaves"


class CodeEditor(ValueEditor):
    """Several lines of Python, below their row; entered with Ctrl+Enter or by going elsewhere.

    Attributes:
        field: Where the code is typed.
    """

    def __init__(self, kind: ValueType, parent: QWidget | None = None) -> None:
        """Make it for code."""
        super().__init__(kind, parent)
        self.field = CodeField(self._wrong_line)
        self.below = QWidget()
        column = QVBoxLayout(self.below)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self.field)
        keys = QLabel(_KEYS)
        keys.setForegroundRole(QPalette.ColorRole.PlaceholderText)
        keys.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        keys.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self._layout.addWidget(keys)
        self.setFocusProxy(self.field)
        self._refused_line: tuple[int, str] | None = None
        self.field.committed.connect(self._on_committed)
        self.field.reverted.connect(self._on_reverted)
        self.field.unmarked.connect(self._on_unmarked)

    @property
    def draft(self) -> str | None:
        """What was typed and not entered, None where that is nothing."""
        return self.field.code if self.field.modified else None

    def show_refused_line(self, line: int | None, words: str) -> None:
        """Mark the line where the code as it is shown was refused; None takes the mark away."""
        refused = None if line is None else (line, words)
        if refused == self._refused_line:
            return
        self._refused_line = refused
        if not self.field.modified:
            self._show_refused_line()

    def _show_refused_line(self) -> None:
        if self._refused_line is None:
            self.field.mark(None)
            self.refused.emit(None)
        else:
            line, words = self._refused_line
            self.field.mark(line)
            self.refused.emit(ValueRefusedError(f"line {line}: {words}"))

    def _wrong_line(self, code: str) -> int | None:
        """Return the line where code isn't right, the first one where it is wrong as a whole."""
        try:
            self.kind.check(code)
        except ValueRefusedError as refusal:
            return line_in(refusal.sentence) or 1
        return None

    def _show(self, value: Value) -> None:
        self._refused_line = None
        self.field.show_code(str(value), "")

    def _show_several(self) -> None:
        self._refused_line = None
        self.field.show_code("", SEVERAL)

    def _on_committed(self, code: str) -> None:
        wrong = self._wrong_line(code)
        self.field.mark(wrong)
        if wrong is None:
            self.field.accept()
        self.enter(code)

    def _on_unmarked(self) -> None:
        self.refused.emit(None)

    def _on_reverted(self) -> None:
        self.field.show_again()
        self._show_refused_line()
