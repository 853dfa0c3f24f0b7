"""While nodes are dragged: which names their variables would have where they would be dropped."""

from dataclasses import replace

from PySide6.QtCore import QObject, Qt, QTimer
from PySide6.QtGui import QPalette
from PySide6.QtWidgets import QFrame, QLabel

from core import commands
from core.command import Command, CommandRefusedError
from core.forecast import Forecast
from core.parcel import Parcel
from core.stack import Place, Stack
from core.tasks import Foresee
from gui import theme
from gui.bridge import Bridge
from gui.building import Building
from gui.editor import Editor
from gui.models.stack_cells import Column
from gui.stack_tree import StackTree
from gui.trust import Trust

# A hand on its way over many rows asks for none of them.
_DELAY_MS = 60
_GAP = 6
_WIDEST = 460
_MOST_LINES = 8


class Foreseeing(QObject):
    """Asks for the names at the place that is dragged over, and shows them there.

    Attributes:
        label: What shows them; hidden while there is nothing to show.
    """

    def __init__(
        self,
        editor: Editor,
        bridge: Bridge,
        building: Building,
        trust: Trust,
        tree: StackTree,
        parent: QObject | None = None,
    ) -> None:
        """Follow the drags over a stack."""
        super().__init__(parent)
        self._editor = editor
        self._bridge = bridge
        self._building = building
        self._trust = trust
        self._tree = tree
        self._command: Command | None = None
        self._asked: Stack | None = None
        self._timer = QTimer(self, singleShot=True, interval=_DELAY_MS)
        self._timer.timeout.connect(self._ask)
        self.label = QLabel(tree.viewport())
        self.label.setTextFormat(Qt.TextFormat.PlainText)
        self.label.setMargin(5)
        self.label.setAutoFillBackground(True)
        # A viewport's children have its roles, those of a list, unless they are told.
        self.label.setBackgroundRole(QPalette.ColorRole.Window)
        self.label.setForegroundRole(QPalette.ColorRole.WindowText)
        self.label.setFrameShape(QFrame.Shape.Box)
        self.label.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.label.hide()
        tree.dragged_over.connect(self._on_dragged_over)
        tree.drag_ended.connect(self.stop)
        # What would be done at that place was thought of for the stack as it was.
        editor.stack_changed.connect(self.stop)
        editor.stack_opened.connect(self.stop)
        bridge.foreseen.connect(self._on_foreseen)

    def stop(self) -> None:
        """Show nothing, and ask for nothing more."""
        self._timer.stop()
        self._asked = None
        self.label.hide()

    def _on_dragged_over(self, parcel: Parcel, moves: bool, place: Place) -> None:
        stack = self._editor.stack
        ids = [node.id for node in parcel.nodes]
        self.stop()
        if self._building.held:
            return  # the names would be the answer
        try:
            if moves:
                self._command = commands.move(stack, ids, place)
            else:
                self._command = commands.paste(stack, place, parcel.nodes)
        except CommandRefusedError:
            self._command = None
        if self._command is not None:
            self._timer.start()

    def _ask(self) -> None:
        assert self._command is not None
        # A copy, so that each question has a stack to know it by.
        self._asked = replace(self._command.edit.apply(self._editor.stack))
        trusted = self._trust.of(self._asked)
        self._bridge.ask(Foresee(self._asked, self._command.selects, trusted))

    def _on_foreseen(self, found: Forecast) -> None:
        if found.stack is not self._asked or not found.text:
            return
        lines = found.text.split("\n")
        more = len(lines) - _MOST_LINES
        shown = lines[:_MOST_LINES] + ([f"and {more:,} more"] if more > 0 else [])
        metrics = self.label.fontMetrics()
        cut = Qt.TextElideMode.ElideRight
        self.label.setText("\n".join(metrics.elidedText(line, cut, _WIDEST) for line in shown))
        colours = theme.colours()
        palette = self.label.palette()
        palette.setColor(QPalette.ColorRole.Window, colours.tint(colours.accent))
        palette.setColor(QPalette.ColorRole.WindowText, colours.text)
        self.label.setPalette(palette)
        self.label.adjustSize()
        self._place()

    def _place(self) -> None:
        """Put the label below where the nodes would be dropped, or above where no room is left."""
        area = self._tree.viewport().rect()
        row = self._tree.dropped_row()
        top = row.bottom() + _GAP
        if top + self.label.height() > area.bottom():
            top = max(row.top() - self.label.height() - _GAP, 0)
        # What is dragged hangs at the hand, over the first column.
        beside = self._tree.columnViewportPosition(Column.KIND)
        left = min(beside, max(area.right() - self.label.width() - _GAP, 0))
        self.label.move(left, top)
        self.label.show()
        self.label.raise_()
