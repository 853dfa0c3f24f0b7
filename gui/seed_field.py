"""The field for the seed of the graph."""

from PySide6.QtCore import QRegularExpression
from PySide6.QtGui import QFocusEvent, QRegularExpressionValidator
from PySide6.QtWidgets import QLineEdit, QWidget

from core.commands import configure
from gui.editor import Editor


class SeedField(QLineEdit):
    """Shows and sets the stack's seed; empty is none, so that each build draws other values."""

    def __init__(self, editor: Editor, parent: QWidget | None = None) -> None:
        """Follow the editor."""
        super().__init__(parent)
        self._editor = editor
        self.setPlaceholderText("none")
        self.setToolTip(
            "The seed of the graph, as tf.set_random_seed takes it; "
            "empty draws other values at each build"
        )
        self.setAccessibleName("Seed")
        self.setMaximumWidth(self.fontMetrics().horizontalAdvance("0" * 14))
        # Up to 18 digits is what fits into the 64 bits that TensorFlow has for it.
        self.setValidator(QRegularExpressionValidator(QRegularExpression(r"(-?\d{1,18})?"), self))
        self.editingFinished.connect(self._on_editing_finished)
        editor.stack_changed.connect(self._update)
        editor.stack_opened.connect(self._update)
        self._update()

    def _update(self) -> None:
        seed = self._editor.stack.seed
        text = "" if seed is None else str(seed)
        if text != self.text():
            self.setText(text)

    def _on_editing_finished(self) -> None:
        text = self.text()
        seed = int(text) if text.removeprefix("-") else None
        stack = self._editor.stack
        if seed != stack.seed:
            self._editor.do(configure(stack, "Change seed", seed=seed))
        self._update()

    # Qt overrides

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """Take what was typed, or show the seed again where that is no number."""
        super().focusOutEvent(event)
        self._update()
