"""What TensorFlow said when it refused a layer, in full."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QFontMetrics, QPalette, QResizeEvent
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QPlainTextEdit,
    QPushButton,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from core.built import Refusal
from core.custom_code import UntrustedCodeError
from gui import icons, theme

_MOST_LINES = 6


class RefusalPanel(QFrame):
    """Shown below the stack as long as a layer is refused.

    Signals:
        asked: The refused node's id; its name was clicked.
        review_asked: Code that was not run is to be shown.
    """

    asked = Signal(str)
    review_asked = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        """Start hidden."""
        super().__init__(parent)
        self._refusal: Refusal | None = None
        self._title = QToolButton()
        self._title.setAutoRaise(True)
        self._title.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self._title.setToolTip("Select this layer")
        self._title.clicked.connect(self._on_clicked)
        self._text = QPlainTextEdit()
        self._text.setReadOnly(True)
        self._text.setFrameShape(QFrame.Shape.NoFrame)
        self._text.setTabChangesFocus(True)
        self._text.setAccessibleName("What TensorFlow said")
        layout = QVBoxLayout(self)
        layout.setContentsMargins(6, 4, 6, 4)
        layout.setSpacing(2)
        self.review_button = QPushButton("Review...")
        self.review_button.clicked.connect(self.review_asked)
        head = QHBoxLayout()
        head.addWidget(self._title)
        head.addStretch(1)
        head.addWidget(self.review_button)
        layout.addLayout(head)
        layout.addWidget(self._text)
        self.setAutoFillBackground(True)
        theme.current().changed.connect(self._on_theme_changed)
        self._on_theme_changed()
        self.hide()

    @property
    def text(self) -> str:
        """TensorFlow's words, as they are shown."""
        return self._text.toPlainText()

    def show_refusal(self, refusal: Refusal | None, name: str) -> None:
        """Show why a node was refused; None hides the panel."""
        self._refusal = refusal
        self.setVisible(refusal is not None)
        if refusal is None:
            return
        self.review_button.setVisible(refusal.error == UntrustedCodeError.__name__)
        self._title.setText(f"{name} was refused: {refusal.error}")
        if self._text.toPlainText() != refusal.message:
            self._text.setPlainText(refusal.message)
        self._fit()

    def _fit(self) -> None:
        """Be as high as the text needs, up to a limit."""
        metrics = QFontMetrics(self._text.font())
        lines = self._text.document().size().height()
        wanted = min(max(int(lines), 1), _MOST_LINES) * metrics.lineSpacing()
        self._text.setFixedHeight(wanted + 2 * int(self._text.document().documentMargin()) + 2)

    def _on_clicked(self) -> None:
        if self._refusal is not None:
            self.asked.emit(self._refusal.origin)

    def _on_theme_changed(self) -> None:
        colours = theme.colours()
        palette = self.palette()
        for role in (QPalette.ColorRole.Window, QPalette.ColorRole.Base):
            palette.setColor(role, colours.tint(colours.refused))
        palette.setColor(QPalette.ColorRole.WindowText, colours.refused)
        palette.setColor(QPalette.ColorRole.Text, colours.text)
        self.setPalette(palette)
        of_title = QPalette()
        of_title.setColor(QPalette.ColorRole.ButtonText, colours.refused)
        self._title.setPalette(of_title)
        self._title.setIcon(icons.icon("refused", colours.refused))

    # Qt overrides

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Wrap anew."""
        super().resizeEvent(event)
        self._fit()
