"""The hazards of the selected node: what they are, who met them, and what takes them away."""

from functools import partial

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QFont, QPalette
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from core.fixes import Fix
from core.hazards.hazard import Hazard
from core.hazards.table import HAZARDS
from gui import icons, theme
from gui.fix_row import FixRow

_ICON = QSize(14, 14)


class HazardBoxes(QWidget):
    """One box for each hazard; without any it is hidden.

    Attributes:
        boxes: Those that are shown.

    Signals:
        fix_asked: A `Fix`; its button was clicked.
        mute_asked: A kind of hazard that is no longer to be marked.
    """

    fix_asked = Signal(object)
    mute_asked = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        """Start hidden."""
        super().__init__(parent)
        self.boxes: list[HazardBox] = []
        self._rows = QVBoxLayout(self)
        self._rows.setContentsMargins(0, 0, 0, 0)
        self._rows.setSpacing(4)
        self.hide()

    def show_hazards(self, hazards: list[tuple[Hazard, Fix | None]]) -> None:
        """Show hazards, each with its fix if there is one."""
        shown = [(box.hazard, box.fix, box.colours) for box in self.boxes]
        if shown == [(hazard, fix, theme.colours()) for hazard, fix in hazards]:
            return
        for box in self.boxes:
            self._rows.removeWidget(box)
            box.hide()
            box.deleteLater()
        self.boxes = [HazardBox(hazard, fix) for hazard, fix in hazards]
        for box in self.boxes:
            box.mute.clicked.connect(partial(self._on_mute_clicked, box.hazard.kind))
            if box.fix_row is not None:
                box.fix_row.asked.connect(self.fix_asked)
            self._rows.addWidget(box)
        self.setVisible(bool(hazards))

    def _on_mute_clicked(self, kind: str, checked: bool = False) -> None:
        self.mute_asked.emit(kind)


class HazardBox(QFrame):
    """One hazard."""

    def __init__(self, hazard: Hazard, fix: Fix | None) -> None:
        """Show a hazard and its fix."""
        super().__init__()
        self.hazard = hazard
        self.fix = fix
        self.colours = theme.colours()
        kind = HAZARDS[hazard.kind]
        self.title = QLabel(kind.title)
        self.text = _label(hazard.text)
        self.thread_name = _label(f"Met in {kind.thread}", muted=True)
        self.fix_row = None if fix is None else FixRow(fix, beside=False)
        self.mute = QPushButton("Mute this")
        self.mute.setAutoDefault(False)
        self.mute.setToolTip(f"Mark this kind nowhere any more: {kind.title}")
        self._lay_out()

    def _lay_out(self) -> None:
        bold = QFont(self.title.font())
        bold.setBold(True)
        self.title.setFont(bold)
        self.title.setWordWrap(True)
        icon = QLabel()
        drawn = icons.icon("warning", self.colours.muted)
        icon.setPixmap(drawn.pixmap(_ICON, self.devicePixelRatio()))
        heading = QHBoxLayout()
        heading.addWidget(icon)
        heading.addWidget(self.title, 1)
        heading.addWidget(self.mute)
        column = QVBoxLayout(self)
        column.setContentsMargins(6, 4, 6, 6)
        column.setSpacing(3)
        column.addLayout(heading)
        column.addWidget(self.text)
        if self.fix_row is not None:
            column.addWidget(self.fix_row)
        column.addWidget(self.thread_name)
        palette = self.palette()
        palette.setColor(QPalette.ColorRole.Window, self.colours.tint(self.colours.muted))
        self.setPalette(palette)
        self.setAutoFillBackground(True)


def _label(text: str, *, muted: bool = False) -> QLabel:
    label = QLabel(text)
    label.setWordWrap(True)
    label.setTextFormat(Qt.TextFormat.PlainText)
    label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
    if muted:
        palette = label.palette()
        palette.setColor(QPalette.ColorRole.WindowText, theme.colours().muted)
        label.setPalette(palette)
    return label
