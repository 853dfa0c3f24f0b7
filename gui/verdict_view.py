"""What a person said of a lesson's question, beside what TensorFlow did."""

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QColor, QPalette
from PySide6.QtWidgets import QGridLayout, QLabel, QWidget

from core.lesson_judge import Mark, Point, Verdict
from gui import icons, theme

_ICON_SIZE = 16
_MOST_ROWS = 40
_TITLES = {True: "Right.", False: "Not quite.", None: "This is what came of it:"}


class VerdictView(QWidget):
    """A line for each point of a verdict: a sign, what it is about, a note."""

    def __init__(self, verdict: Verdict) -> None:
        """Show a verdict."""
        super().__init__()
        self.verdict = verdict
        self._rows = QGridLayout(self)
        self._rows.setContentsMargins(0, 0, 0, 0)
        self._rows.setVerticalSpacing(2)
        self._rows.setColumnStretch(1, 1)
        title = _label(_TITLES[verdict.right])
        font = title.font()
        font.setBold(True)
        title.setFont(font)
        self._rows.addWidget(title, 0, 0, 1, 2)
        for row, point in enumerate(verdict.points[:_MOST_ROWS], 1):
            self._add(row, point)
        more = len(verdict.points) - _MOST_ROWS
        if more > 0:
            self._rows.addWidget(_label(f"and {more:,} more"), _MOST_ROWS + 1, 1)

    def texts(self) -> list[str]:
        """Return the lines as they are shown, the title first."""
        return [label.text() for label in self.findChildren(QLabel) if label.text()]

    def _add(self, row: int, point: Point) -> None:
        name, colour = _sign(point.mark)
        if name:
            sign = QLabel()
            size = QSize(_ICON_SIZE, _ICON_SIZE)
            sign.setPixmap(icons.icon(name, colour).pixmap(size, self.devicePixelRatio()))
            self._rows.addWidget(sign, row, 0, Qt.AlignmentFlag.AlignTop)
        text = _label(f"{point.text}  ({point.note})" if point.note else point.text)
        palette = text.palette()
        palette.setColor(QPalette.ColorRole.WindowText, colour)
        text.setPalette(palette)
        self._rows.addWidget(text, row, 1)


def _sign(mark: Mark) -> tuple[str, QColor]:
    """Return the icon and the colour of a mark."""
    colours = theme.colours()
    return {
        Mark.RIGHT: ("done", colours.created),
        Mark.MISSING: ("warning", colours.warning),
        Mark.WRONG: ("refused", colours.refused),
        Mark.PLAIN: ("", colours.text),
    }[mark]


def _label(text: str) -> QLabel:
    label = QLabel(text)
    label.setTextFormat(Qt.TextFormat.PlainText)
    label.setWordWrap(True)
    label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
    return label
