"""What holds for the stack as a whole: its name, its root scope, how variables are held."""

from collections.abc import Mapping

from PySide6.QtWidgets import QLabel, QVBoxLayout, QWidget

from core import commands
from core.catalog import STACK
from core.document import check_name
from core.stack import Value
from gui.argument_fields import ArgumentFields
from gui.editor import Editor


class StackForm(QWidget):
    """A row for each setting of an editor's stack; seed and device stand in the tool bar."""

    def __init__(self, editor: Editor, parent: QWidget | None = None) -> None:
        """Follow an editor."""
        super().__init__(parent)
        self._editor = editor
        self._title = QLabel("Stack")
        font = self._title.font()
        font.setBold(True)
        self._title.setFont(font)
        self.fields = ArgumentFields(STACK.arguments, checks={"root": check_name})
        layout = QVBoxLayout(self)
        layout.setContentsMargins(8, 6, 8, 6)
        layout.addWidget(self._title)
        layout.addWidget(self.fields)
        self.fields.entered.connect(self._on_entered)
        self.fields.reset.connect(self._on_reset)

    def show_stack(self, *, fresh: bool = False) -> None:
        """Show the settings; fresh ones are those of another stack than before."""
        stack = self._editor.stack
        settings: Mapping[str, Value] = {
            argument.name: value
            for argument in STACK.arguments
            if (value := getattr(stack, argument.name)) != argument.default
        }
        self.fields.show_values([settings], fresh=fresh)

    def _on_entered(self, name: str, value: Value) -> None:
        stack = self._editor.stack
        if getattr(stack, name) != value:
            self._editor.do(commands.configure(stack, f"Change {name}", **{name: value}))

    def _on_reset(self, name: str) -> None:
        self._on_entered(name, STACK.argument(name).default)
