"""An open checkpoint: its tensors, whether the stack would load it, and more pages about it."""

from collections.abc import Callable, Mapping, Sequence
from functools import partial

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QAction, QPalette, QShowEvent
from PySide6.QtWidgets import (
    QHBoxLayout,
    QLabel,
    QStackedWidget,
    QTabBar,
    QVBoxLayout,
    QWidget,
)

from core.built import Built
from core.named_tensors import Part, folded_text
from core.opened_checkpoint import OpenedCheckpoint
from core.quantities import show_count
from core.restore_check import RestoreCheck
from core.sources import Selected
from core.tensor_rows import TensorRow, tensor_rows
from gui import icons, theme
from gui.check_box import CheckBox
from gui.difference_view import DifferenceView
from gui.editor import Editor
from gui.elided_label import ElidedLabel
from gui.folding_tool_bar import FoldingToolBar
from gui.message_bar import MessageBar
from gui.models.tensor_model import Column, TensorModel
from gui.variable_tree import VariableTree

_ICON_SIZE = 16
# The tool bar folds what there is no room for; the tabs and labels must not ask for more either.
_NARROWEST = 180
_EMPTY = "Open a checkpoint in the Checkpoint menu, or drop one on the window"


class CheckpointPanel(QWidget):
    """Shows what a checkpoint holds, on pages of which one is open.

    Attributes:
        messages: What went wrong with the checkpoint, above the pages.
        tensors: The tensors, on the first page.
        difference: The page about another checkpoint.
        everything: Whether optimizer slots, steps and bookkeeping are shown too.
        about: Which checkpoint it is.
        verdict: Whether the open stack would load it.

    Signals:
        selected: The tensors that are selected now (tuple of `Selected`), None without a
            checkpoint.
        shown: The panel came into sight.
    """

    selected = Signal(object)
    shown = Signal()

    def __init__(self, editor: Editor, parent: QWidget | None = None) -> None:
        """Start without a checkpoint."""
        super().__init__(parent)
        self._opened: OpenedCheckpoint | None = None
        self._built: Built | None = None
        self._check: RestoreCheck | None = None
        self._rows: dict[str, TensorRow] = {}
        self._selections: dict[QWidget, tuple[Selected, ...]] = {}
        self.messages = MessageBar()
        self.about = ElidedLabel()
        self.verdict = ElidedLabel()
        self._sign = QLabel()
        self.everything = CheckBox("Optimizer and steps")
        self._tabs = QTabBar(documentMode=True, drawBase=False, expanding=False)
        self._pages = QStackedWidget()
        self._bar = FoldingToolBar()
        self._bar.setIconSize(QSize(_ICON_SIZE, _ICON_SIZE))
        self._bar.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self.tensors = VariableTree(editor, TensorModel(self), "tensor", _EMPTY)
        self.difference = DifferenceView(editor)
        self._tensor_page = QWidget()
        self._lay_out()
        self.add_page("Tensors", self._tensor_page)
        self.add_page("Difference", self.difference)
        self.difference.selected.connect(partial(self.select_on, self.difference))
        self.tensors.variables_selected.connect(self._on_names_selected)
        self.everything.toggled.connect(self._show)
        self._show_fold()
        self._tabs.currentChanged.connect(self._on_page_changed)
        theme.current().changed.connect(self._show_verdict)
        self._show()

    def set_actions(self, actions: Mapping[str, QAction]) -> None:
        """Have these in the bar under short texts; what there is no room for folds into its end."""
        self._bar.clear()
        for text, action in actions.items():
            action.setIconText(text)
            self._bar.addAction(action)

    def add_page(self, title: str, page: QWidget) -> None:
        """Add a page behind the others."""
        self._pages.addWidget(page)
        self._tabs.addTab(title)

    def show_tensors(self) -> None:
        """Open the page of the tensors."""
        self.show_page(self._tensor_page)

    def show_page(self, page: QWidget) -> None:
        """Open a page."""
        self._tabs.setCurrentIndex(self._pages.indexOf(page))

    def select_on(self, page: QWidget, selected: tuple[Selected, ...]) -> None:
        """Take tensors as those that are selected on a page."""
        self._selections[page] = selected
        if page is self._pages.currentWidget():
            self._tell_selected()

    def show_checkpoint(
        self,
        opened: OpenedCheckpoint | None,
        built: Built | None = None,
        check: RestoreCheck | None = None,
    ) -> None:
        """Show a checkpoint, and what the build of the open stack would restore of it."""
        other = opened is not self._opened
        self._opened, self._built, self._check = opened, built, check
        if other:
            self._selections.clear()
            self._rows = {}
            self._show_fold()
        self._show()

    def show_state(self, text: str) -> None:
        """Say what is going on in place of which checkpoint it is; nothing ends that."""
        self.about.set_whole_text(text or _about(self._opened))

    def _lay_out(self) -> None:
        upper = QHBoxLayout()
        upper.addWidget(self._tabs)
        upper.addWidget(self._bar, 1)
        self.about.setForegroundRole(QPalette.ColorRole.PlaceholderText)
        self.about.setContentsMargins(4, 0, 4, 0)
        lower = QHBoxLayout()
        lower.setContentsMargins(4, 0, 4, 0)
        lower.addWidget(self._sign)
        lower.addWidget(self.verdict, 1)
        lower.addWidget(self.everything)
        page = QVBoxLayout(self._tensor_page)
        page.setContentsMargins(0, 0, 0, 0)
        page.setSpacing(2)
        page.addWidget(self.about)
        page.addLayout(lower)
        page.addWidget(self.tensors, 1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(2)
        layout.addLayout(upper)
        layout.addWidget(self.messages)
        layout.addWidget(self._pages, 1)
        self.setMinimumWidth(_NARROWEST)
        self.setFocusProxy(self.tensors)

    def _show(self) -> None:
        opened = self._opened
        rows: tuple[TensorRow, ...] = ()
        if opened is not None:
            everything = self.everything.isChecked()
            rows = tensor_rows(
                opened,
                self._built,
                self._check,
                everything=everything,
                before=self._rows.values(),
            )
        self._rows = {row.name: row for row in rows}
        self._hide_columns(rows)
        self.about.set_whole_text(_about(opened))
        self._show_verdict()
        self.tensors.show_rows(rows, self._built)
        self._on_names_selected(self.tensors.selected_names)

    def _hide_columns(self, rows: Sequence[TensorRow]) -> None:
        """Hide the columns that have no answer for any of the rows."""
        answers: dict[Column, Callable[[TensorRow], object]] = {
            Column.STATE: lambda row: row.state,
            Column.PART: lambda row: row.tensor.part is not Part.VARIABLE,
            Column.VARIABLE: lambda row: row.tensor.variable,
            Column.LAYER: lambda row: row.used_by,
        }
        for column, answer in answers.items():
            self.tensors.view.setColumnHidden(column, not any(map(answer, rows)))

    def _show_fold(self) -> None:
        words = "" if self._opened is None else folded_text(self._opened.tensors)
        self.everything.setVisible(bool(words))
        self.everything.setToolTip(f"Show what is folded away: {words}")

    def _show_verdict(self) -> None:
        check = self._check
        self._sign.setVisible(check is not None)
        if check is None:
            self.verdict.set_whole_text("")
            return
        colours = theme.colours()
        name, colour = ("done", colours.created) if check.loads else ("refused", colours.refused)
        size = QSize(_ICON_SIZE, _ICON_SIZE)
        self._sign.setPixmap(icons.icon(name, colour).pixmap(size, self.devicePixelRatio()))
        palette = self.verdict.palette()
        palette.setColor(QPalette.ColorRole.WindowText, colour)
        self.verdict.setPalette(palette)
        part = self._built is not None and self._built.refusal is not None
        words = check.verdict[:1].upper() + check.verdict[1:]
        self.verdict.set_whole_text(
            f"{words} (of what was built before the refusal)" if part else words
        )

    def _on_names_selected(self, names: tuple[str, ...]) -> None:
        opened, rows = self._opened, self._rows
        if opened is None:
            self._tell_selected()
            return
        there = [rows[name].tensor.name for name in names if name in rows and rows[name].there]
        self.select_on(self._tensor_page, tuple(Selected(opened.source, name) for name in there))

    def _tell_selected(self) -> None:
        page = self._pages.currentWidget()
        self.selected.emit(self._selections.get(page, ()) if page and self._opened else None)

    def _on_page_changed(self, at: int) -> None:
        self._pages.setCurrentIndex(at)
        self._tell_selected()

    # Qt overrides

    def showEvent(self, event: QShowEvent) -> None:
        """Tell of it: what nobody looks at need not be kept up to date."""
        super().showEvent(event)
        self.shown.emit()


def _about(opened: OpenedCheckpoint | None) -> str:
    """Return which checkpoint it is, and how much it holds."""
    if opened is None:
        return "No checkpoint is open"
    variables = [found for found in opened.tensors.values() if found.part is Part.VARIABLE]
    parameters = sum(found.parameters for found in variables)
    shards = f" in {show_count(opened.shards, 'shard')}" if opened.shards > 1 else ""
    return (
        f"{opened.source.path.name or opened.source.path}: "
        f"{show_count(len(variables), 'variable')}, {show_count(parameters, 'parameter')}, "
        f"format {opened.format}{shards}"
    )
