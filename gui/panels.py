"""Where the panels stand in the window."""

from PySide6.QtCore import QByteArray, QSettings, Qt
from PySide6.QtGui import QPalette
from PySide6.QtWidgets import (
    QLabel,
    QSplitter,
    QStackedWidget,
    QTabWidget,
    QVBoxLayout,
    QWidget,
)

from gui.checkpoint_panel import CheckpointPanel
from gui.code_panel import CodePanel
from gui.comparison_view import ComparisonView
from gui.editor import Editor
from gui.inspector import Inspector
from gui.ledger_view import LedgerView
from gui.lesson_panel import LessonPanel
from gui.message_bar import MessageBar
from gui.palette import Palette
from gui.signals_view import SignalsView
from gui.stack_view import StackView
from gui.state import Folders
from gui.variable_tree import VariableTree

# A layout that was stored by another version is not taken: raise it when the panels change.
_VERSION = 1
_WIDTHS = {"columns": (190, 1090), "upper": (670, 420), "lower": (610, 480), "rows": (390, 340)}
_SHARE_WITH_LESSON = 0.62
_ANSWER_FIRST = "Answer first, then build"


class Panels(QWidget):
    """The palette beside the stack and the inspector, and below these what was built.

    Attributes:
        messages: Above the stack.
        lesson: Above the stack too, where it has a lesson.
        results: The tabs and the plot.
    """

    def __init__(self, editor: Editor, parent: QWidget | None = None) -> None:
        """Make all panels but the plot, whose import takes longer than a start should."""
        super().__init__(parent)
        self.palette_panel = Palette(editor)
        self.stack_view = StackView(editor)
        self.inspector = Inspector(editor)
        self.variables = VariableTree(editor)
        self.ledger = LedgerView(editor)
        self.code = CodePanel(editor)
        self.comparison = ComparisonView(editor)
        self.signals = SignalsView(editor)
        self.checkpoint = CheckpointPanel(editor)
        self.messages = MessageBar()
        self.lesson = LessonPanel(editor)
        self.tabs = QTabWidget(documentMode=True)
        self.tabs.addTab(self.variables, "Variables")
        self.tabs.addTab(self.ledger, "Ledger")
        self.tabs.addTab(self.code, "Code")
        self.tabs.addTab(self.comparison, "Compare")
        self.tabs.addTab(self.signals, "Signals")
        self.tabs.addTab(self.checkpoint, "Checkpoint")
        self._old = QLabel("out of date")
        self._old.hide()
        self._old.setToolTip("These are the results of an earlier stack")
        self._old.setEnabled(False)
        self._old.setContentsMargins(8, 0, 8, 0)
        self.tabs.setCornerWidget(self._old)
        self._instead = QLabel(_ANSWER_FIRST, alignment=Qt.AlignmentFlag.AlignCenter)
        self._instead.setForegroundRole(QPalette.ColorRole.PlaceholderText)
        self._tab_place = QStackedWidget()
        self._tab_place.addWidget(self.tabs)
        self._tab_place.addWidget(self._instead)
        self._plot_place = QVBoxLayout()
        self._plot_place.setContentsMargins(0, 0, 0, 0)
        self._splitters = self._split()
        self.results = self._splitters["lower"]
        self._before_lesson: list[int] = []
        self.lesson.shown_changed.connect(self._on_lesson_shown)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self._splitters["columns"])

    def set_plot(self, plot: QWidget) -> None:
        """Put the plot in its place."""
        self._plot_place.addWidget(plot)

    def in_order(self) -> list[QWidget]:
        """Return the panels as one reads them."""
        upper = [self.palette_panel, self.messages, self.lesson, self.stack_view, self.inspector]
        return [*upper, self.tabs.tabBar(), self.tabs, self.results]

    def set_out_of_date(self, old: bool) -> None:
        """Mark what was built as that of an earlier stack, or take the mark away."""
        self._old.setVisible(old)

    def set_held(self, held: bool) -> None:
        """Hide the results while a lesson's question is open, or show them."""
        self._tab_place.setCurrentWidget(self._instead if held else self.tabs)
        self.lesson.set_held(held)

    def show_variables(self) -> None:
        """Have the search among the variables in focus."""
        self.results.show()
        self.tabs.setCurrentWidget(self.variables)
        self.variables.search.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self.variables.search.selectAll()

    def show_comparison(self) -> None:
        """Have the comparison in sight."""
        self.results.show()
        self.tabs.setCurrentWidget(self.comparison)

    def show_checkpoint(self) -> None:
        """Have the checkpoint in sight."""
        self.results.show()
        self.tabs.setCurrentWidget(self.checkpoint)

    def show_signals(self) -> None:
        """Have the signals in sight."""
        self.results.show()
        self.tabs.setCurrentWidget(self.signals)

    def reset_layout(self) -> None:
        """Give each panel the size it has at first."""
        for panel in (self.palette_panel, self.inspector, self.results):
            panel.show()
        self._before_lesson = []
        for name, splitter in self._splitters.items():
            splitter.setSizes(list(_WIDTHS[name]))
        self._on_lesson_shown()

    def save_layout(self, folders: Folders) -> None:
        """Store the layout, and the window's place on the screen."""
        stored = QSettings(str(folders.layout_file()), QSettings.Format.IniFormat)
        stored.setValue("version", _VERSION)
        if self._before_lesson:
            self._splitters["rows"].setSizes(self._before_lesson)
        stored.setValue("geometry", self.window().saveGeometry())
        for name, splitter in self._splitters.items():
            stored.setValue(name, splitter.saveState())
        stored.sync()

    def restore_layout(self, folders: Folders) -> None:
        """Take the layout that was stored last, or the first one."""
        self.reset_layout()
        stored = QSettings(str(folders.layout_file()), QSettings.Format.IniFormat)
        if str(stored.value("version")) != str(_VERSION):
            return
        geometry = stored.value("geometry")
        if isinstance(geometry, QByteArray):
            self.window().restoreGeometry(geometry)
        for name, splitter in self._splitters.items():
            state = stored.value(name)
            if isinstance(state, QByteArray):
                splitter.restoreState(state)

    def _on_lesson_shown(self) -> None:
        """Give a lesson room above the stack, and take it back where there is none."""
        rows = self._splitters["rows"]
        if self.lesson.shown:
            self._before_lesson = rows.sizes()
            whole = sum(rows.sizes())
            upper = max(rows.sizes()[0], int(_SHARE_WITH_LESSON * whole))
            rows.setSizes([upper, whole - upper])
        elif self._before_lesson:
            rows.setSizes(self._before_lesson)
            self._before_lesson = []

    def _split(self) -> dict[str, QSplitter]:
        stack = QWidget()
        column = QVBoxLayout(stack)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(2)
        column.addWidget(self.messages)
        column.addWidget(self.lesson)
        column.addWidget(self.stack_view, 1)
        plot = QWidget()
        plot.setLayout(self._plot_place)
        sideways, downwards = Qt.Orientation.Horizontal, Qt.Orientation.Vertical
        upper = _splitter(sideways, stack, self.inspector)
        lower = _splitter(sideways, self._tab_place, plot)
        rows = _splitter(downwards, upper, lower)
        columns = _splitter(sideways, self.palette_panel, rows)
        columns.setStretchFactor(0, 0)
        return {"columns": columns, "rows": rows, "upper": upper, "lower": lower}


def _splitter(orientation: Qt.Orientation, *widgets: QWidget) -> QSplitter:
    splitter = QSplitter(orientation, childrenCollapsible=False)
    for widget in widgets:
        splitter.addWidget(widget)
        splitter.setStretchFactor(splitter.count() - 1, 1)
    return splitter
