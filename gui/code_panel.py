"""The program that builds the stack, or some layers of it: shown, copied and saved."""

from collections.abc import Set
from difflib import SequenceMatcher

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QGuiApplication, QShowEvent
from PySide6.QtWidgets import (
    QComboBox,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QSplitter,
    QVBoxLayout,
    QWidget,
)

from core.catalog import CONSTRUCTIONS, KINDS
from core.script_lines import Script
from core.stack import Layer
from gui.code_view import CodeView
from gui.editor import Editor

# The constructions that are shown, side by side where there are several.
Shown = tuple[str | None, ...]

_AS_CHOSEN: Shown = (None,)
# From this number of lines on, comparing two scripts would make the window stutter.
_MOST_COMPARED = 2000


class CodePanel(QWidget):
    """Shows Python programs, and which of their lines come from the selected layers.

    Attributes:
        extent: Whether the whole program is shown, or the selected layers alone.
        construction: How the selected layers are built in what is shown.
        view: The code.
        beside: The code by another construction, if both are shown.
        message: What came of copying.

    Signals:
        wanted_changed: Other code is to be shown, or it can be seen again.
        save_asked: The button that saves the whole program was clicked.
        save_part_asked: The button that saves was clicked while this text was shown.
    """

    wanted_changed = Signal()
    save_asked = Signal()
    save_part_asked = Signal(str)

    def __init__(self, editor: Editor, parent: QWidget | None = None) -> None:
        """Follow an editor's selection."""
        super().__init__(parent)
        self._editor = editor
        self._clicked = False
        self._lay_out()
        self.clear("")
        editor.selection_changed.connect(self._on_layers_selected)
        self._update_choices()

    @property
    def in_part(self) -> bool:
        """Whether the selected layers alone are to be shown."""
        return bool(self.extent.currentIndex())

    @property
    def constructions(self) -> Shown:
        """The constructions to show."""
        chosen: Shown = self.construction.currentData()
        return chosen if self.in_part and self.construction.isEnabled() else _AS_CHOSEN

    def show_scripts(self, scripts: tuple[Script, ...], constructions: Shown, move: bool) -> None:
        """Show a script, or two side by side.

        Args:
            scripts: What to show.
            constructions: The construction of each.
            move: Whether to scroll to the first layer: what comes before may be long.
        """
        self.message.clear()
        different = _different(scripts)
        for number, column in enumerate(self._columns):
            there = number < len(scripts)
            column.setVisible(there)
            column.heading.setVisible(len(scripts) > 1)
            if there:
                construction = constructions[number]
                column.heading.setText(CONSTRUCTIONS[construction].label if construction else "")
                column.view.show_script(scripts[number], different[number])
        self.copy_button.setEnabled(True)
        self.save_button.setEnabled(True)
        self._mark(scroll=False)
        if move:
            self.view.scroll_to_layers()
            self.beside.scroll_to_layers()

    def clear(self, text: str) -> None:
        """Show a sentence in place of code."""
        self.view.setPlaceholderText(text)
        self.view.show_script(Script((), ()))
        self._columns[1].hide()
        self._columns[0].heading.hide()
        self.copy_button.setEnabled(False)
        self.save_button.setEnabled(not self.in_part)

    def tell(self, text: str) -> None:
        """Say something beside the buttons."""
        self.message.setText(text)

    def text(self) -> str:
        """Return all that is shown."""
        shown = [column for column in self._columns if not column.isHidden()]
        return "\n\n".join(column.view.script.text for column in shown)

    def copy(self) -> None:
        """Put what is shown on the clipboard."""
        QGuiApplication.clipboard().setText(self.text())
        self.tell("The code is on the clipboard.")

    def _lay_out(self) -> None:
        self.extent = QComboBox()
        self.extent.setAccessibleName("Extent of the code")
        self.extent.addItems(["Whole program", "Selected layer"])
        self.extent.currentIndexChanged.connect(self._on_extent_chosen)
        self.construction = QComboBox()
        self.construction.setAccessibleName("Construction of the code")
        self.construction.addItem("as chosen", _AS_CHOSEN)
        for found in CONSTRUCTIONS.values():
            self.construction.addItem(found.label, (found.id,))
        self.construction.addItem("both", tuple(CONSTRUCTIONS))
        self.construction.currentIndexChanged.connect(self.wanted_changed)
        self.message = QLabel(wordWrap=True, textFormat=Qt.TextFormat.PlainText)
        self.copy_button = QPushButton("Copy")
        self.copy_button.clicked.connect(self.copy)
        self.save_button = QPushButton("Save as...")
        self.save_button.clicked.connect(self._on_save_clicked)
        line = QHBoxLayout()
        for widget in (self.extent, self.construction, self.copy_button, self.save_button):
            line.addWidget(widget)
        line.addWidget(self.message, 1)
        splitter = QSplitter(childrenCollapsible=False)
        self._columns = [_Column(), _Column()]
        for column in self._columns:
            splitter.addWidget(column)
            column.view.line_clicked.connect(self._on_line_clicked)
        self.view, self.beside = (column.view for column in self._columns)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addLayout(line)
        layout.addWidget(splitter, 1)

    def _update_choices(self) -> None:
        """Offer the constructions where a selected layer has several."""
        nodes = self._editor.stack.inside(self._editor.selection)
        layers = [node for node in nodes if isinstance(node, Layer)]
        several = any(len(KINDS[layer.kind].constructions) > 1 for layer in layers)
        self.construction.setVisible(self.in_part)
        self.construction.setEnabled(several)

    def _mark(self, scroll: bool) -> None:
        # The selected layers alone need no mark.
        nodes = () if self.in_part else self._editor.stack.inside(self._editor.selection)
        self.view.mark({node.id for node in nodes}, scroll)
        if self.in_part:
            self.beside.mark(set(), scroll=False)

    def _on_extent_chosen(self) -> None:
        self._update_choices()
        self.wanted_changed.emit()

    def _on_layers_selected(self) -> None:
        self._update_choices()
        if self.isVisible():
            self._mark(scroll=not self._clicked)
        if self.in_part:
            self.wanted_changed.emit()

    def _on_line_clicked(self, origin: str) -> None:
        self._clicked = True
        self._editor.select((origin,))
        self._clicked = False

    def _on_save_clicked(self) -> None:
        if self.in_part:
            self.save_part_asked.emit(self.text())
        else:
            self.save_asked.emit()

    # Qt overrides

    def showEvent(self, event: QShowEvent) -> None:
        """Catch up with what happened out of sight."""
        super().showEvent(event)
        self._mark(scroll=True)
        self.wanted_changed.emit()


class _Column(QWidget):
    """Code under a heading."""

    def __init__(self) -> None:
        super().__init__()
        self.heading = QLabel(textFormat=Qt.TextFormat.PlainText)
        self.view = CodeView()
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(2)
        layout.addWidget(self.heading)
        layout.addWidget(self.view, 1)


def _different(scripts: tuple[Script, ...]) -> list[Set[int]]:
    """Return the numbers of the lines that only one of two scripts has."""
    if len(scripts) != 2 or sum(len(found.lines) for found in scripts) > _MOST_COMPARED:
        return [frozenset() for _ in scripts]
    left, right = (found.lines for found in scripts)
    blocks = SequenceMatcher(None, left, right, autojunk=False).get_matching_blocks()
    same_left = {at for block in blocks for at in range(block.a, block.a + block.size)}
    same_right = {at for block in blocks for at in range(block.b, block.b + block.size)}
    return [
        {at for at, line in enumerate(lines) if line and at not in same}
        for lines, same in ((left, same_left), (right, same_right))
    ]
