"""A part of a form under a heading that opens and closes it."""

from collections.abc import Callable

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QSizePolicy, QToolButton, QVBoxLayout, QWidget


class CollapsibleSection(QWidget):
    """A heading, and below it a widget that is made when it is first opened.

    Signals:
        opened: It was opened for the first time, or again.
        toggled: A person opened (True) or closed it.
    """

    opened = Signal()
    toggled = Signal(bool)

    def __init__(self, title: str, make: Callable[[], QWidget], *, indent: int = 0) -> None:
        """Start closed."""
        super().__init__()
        self._make = make
        self.content: QWidget | None = None
        self.heading = QToolButton()
        self.heading.setText(title)
        self.heading.setCheckable(True)
        self.heading.setAutoRaise(True)
        self.heading.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self.heading.setArrowType(Qt.ArrowType.RightArrow)
        self.heading.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        font = self.heading.font()
        font.setBold(True)
        self.heading.setFont(font)
        self._layout = QVBoxLayout(self)
        self._layout.setContentsMargins(indent, 4, 0, 0)
        self._layout.setSpacing(3)
        self._layout.addWidget(self.heading)
        self.heading.clicked.connect(self._on_clicked)

    @property
    def is_open(self) -> bool:
        """Whether its content is shown."""
        return self.heading.isChecked()

    def set_open(self, is_open: bool) -> None:
        """Open or close it."""
        self.heading.setChecked(is_open)
        arrow = Qt.ArrowType.DownArrow if is_open else Qt.ArrowType.RightArrow
        self.heading.setArrowType(arrow)
        if is_open and self.content is None:
            self.content = self._make()
            self._layout.addWidget(self.content)
        if self.content is not None:
            self.content.setVisible(is_open)
        if is_open:
            self.opened.emit()

    def _on_clicked(self, checked: bool) -> None:
        self.set_open(checked)
        self.toggled.emit(checked)
