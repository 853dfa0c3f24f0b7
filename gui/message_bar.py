"""Quiet messages above the stack: what went wrong, what was done, what to do about it."""

from collections.abc import Callable
from enum import StrEnum
from functools import partial

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QPalette
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from gui import icons, theme

_ICON_SIZE = 18


class Level(StrEnum):
    """How much a message matters; also the name of its icon."""

    DONE = "done"
    ABOUT = "about"
    WARNING = "warning"
    REFUSED = "refused"


class MessageBar(QWidget):
    """Shows at most one message of each topic, until it is closed, replaced or no longer true."""

    def __init__(self, parent: QWidget | None = None) -> None:
        """Start without a message, and so without a height."""
        super().__init__(parent)
        self._messages: dict[str, _Message] = {}
        self._rows = QVBoxLayout(self)
        self._rows.setContentsMargins(0, 0, 0, 0)
        self._rows.setSpacing(2)
        self.hide()

    @property
    def texts(self) -> dict[str, str]:
        """The messages shown, by topic."""
        return {topic: message.text for topic, message in self._messages.items()}

    def tell(
        self,
        topic: str,
        text: str,
        level: Level,
        button: str = "",
        on_button: Callable[[], None] | None = None,
    ) -> None:
        """Show a message in place of the topic's last one; its button closes it too."""
        old = self._messages.get(topic)
        if old is not None and on_button is None and (old.text, old.level) == (text, level):
            return
        self.clear(topic)
        message = _Message(text, level, button, self)
        message.close_button.clicked.connect(partial(self.clear, topic))
        if message.button is not None and on_button is not None:
            message.button.clicked.connect(on_button)
            message.button.clicked.connect(partial(self.clear, topic))
        self._messages[topic] = message
        self._rows.addWidget(message)
        self.show()

    def clear(self, topic: str) -> None:
        """Take a topic's message away, if there is one."""
        message = self._messages.pop(topic, None)
        if message is not None:
            self._rows.removeWidget(message)
            message.hide()
            message.deleteLater()
        self.setVisible(bool(self._messages))


class _Message(QFrame):
    """One message: its icon, its text, perhaps a button, and one to close it."""

    def __init__(self, text: str, level: Level, button: str, parent: QWidget) -> None:
        super().__init__(parent)
        self.text = text
        self.level = level
        self.setAutoFillBackground(True)
        self._icon = QLabel()
        self._label = QLabel(text)
        self._label.setWordWrap(True)
        self._label.setTextFormat(Qt.TextFormat.PlainText)
        self._label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.button = QPushButton(button) if button else None
        self.close_button = QToolButton(autoRaise=True)
        self.close_button.setToolTip("Close this message")
        row = QHBoxLayout(self)
        row.setContentsMargins(8, 4, 4, 4)
        row.addWidget(self._icon, 0, Qt.AlignmentFlag.AlignTop)
        row.addWidget(self._label, 1)
        if self.button is not None:
            row.addWidget(self.button, 0, Qt.AlignmentFlag.AlignTop)
        row.addWidget(self.close_button, 0, Qt.AlignmentFlag.AlignTop)
        self._recolour()
        theme.current().changed.connect(self._recolour)

    def _recolour(self) -> None:
        colours = theme.colours()
        colour = {
            Level.DONE: colours.created,
            Level.ABOUT: colours.accent,
            Level.WARNING: colours.warning,
            Level.REFUSED: colours.refused,
        }[self.level]
        size = QSize(_ICON_SIZE, _ICON_SIZE)
        self._icon.setPixmap(icons.icon(self.level, colour).pixmap(size, self.devicePixelRatio()))
        self.close_button.setIcon(icons.icon("close"))
        palette = self.palette()
        palette.setColor(QPalette.ColorRole.Window, colours.tint(colour))
        palette.setColor(QPalette.ColorRole.WindowText, colours.text)
        self.setPalette(palette)
