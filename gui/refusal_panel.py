"""What TensorFlow said when it refused a layer, what that means, and what mends it."""

from functools import partial

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QFontMetrics, QPalette, QResizeEvent
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QLabel,
    QPlainTextEdit,
    QPushButton,
    QScrollArea,
    QSizePolicy,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from core.built import Refusal
from core.custom_code import UntrustedCodeError
from core.fixes import Fix
from gui import icons, theme
from gui.fix_row import FixRow
from gui.shortened import shortened

_MOST_LINES = 4
_MOST_NAME = 30
# The most of the window's height that what is said below TensorFlow's words takes.
_SHARE = 0.2


class RefusalPanel(QFrame):
    """Shown below the stack as long as a layer is refused.

    Attributes:
        explanation: What the refusal means, empty where nobody knows.
        layers: A button for each layer that it is about, besides the refused one.
        fixes: What mends it.

    Signals:
        asked: A node's id; its name was clicked.
        review_asked: Code that was not run is to be shown.
        fix_asked: A `Fix`; its button was clicked.
    """

    asked = Signal(str)
    review_asked = Signal()
    fix_asked = Signal(object)

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
        self.review_button = QPushButton("Review...")
        self.review_button.clicked.connect(self.review_asked)
        self.explanation = QLabel()
        self.layers: list[QToolButton] = []
        self.fixes: list[FixRow] = []
        self._heading = QHBoxLayout()
        self._rows = QVBoxLayout()
        self._more = _FittingArea(self._rows)
        self._lay_out()
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
        self._title.setText(f"{shortened(name, _MOST_NAME)} was refused: {refusal.error}")
        if self._text.toPlainText() != refusal.message:
            self._text.setPlainText(refusal.message)
        self._fit()

    def show_explanation(self, text: str, layers: list[tuple[str, str]], fixes: list[Fix]) -> None:
        """Show what the refusal means.

        Args:
            text: Sentences; none hides all of it.
            layers: Ids and names of the other layers that it is about.
            fixes: What mends it.
        """
        self._more.setVisible(bool(text))
        self.explanation.setText(text)
        self._fill_layers(layers)
        for row in self.fixes:
            self._rows.removeWidget(row)
            row.hide()
            row.deleteLater()
        self.fixes = [FixRow(fix, beside=True) for fix in fixes]
        for row in self.fixes:
            row.asked.connect(self.fix_asked)
            self._rows.addWidget(row)
        self._fit()

    def _lay_out(self) -> None:
        self.explanation.setWordWrap(True)
        self.explanation.setTextFormat(Qt.TextFormat.PlainText)
        self.explanation.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self._heading.addWidget(self._title)
        self._heading.addStretch()
        self._heading.addWidget(self.review_button)
        self._rows.setContentsMargins(4, 0, 4, 2)
        self._rows.setSpacing(4)
        self._rows.addWidget(self.explanation)
        self._more.hide()
        layout = QVBoxLayout(self)
        layout.setContentsMargins(6, 4, 6, 4)
        layout.setSpacing(2)
        layout.addLayout(self._heading)
        layout.addWidget(self._text)
        layout.addWidget(self._more)
        self.setAutoFillBackground(True)

    def _fill_layers(self, layers: list[tuple[str, str]]) -> None:
        for button in self.layers:
            self._heading.removeWidget(button)
            button.hide()
            button.deleteLater()
        self.layers = []
        for node_id, name in layers:
            button = QToolButton()
            button.setText(f"The other: {shortened(name, _MOST_NAME)}")
            button.setToolTip(f"Select {name}")
            button.clicked.connect(partial(self._on_layer_clicked, node_id))
            self.layers.append(button)
            self._heading.addWidget(button)

    def _fit(self) -> None:
        """Be as high as the text needs, up to a limit."""
        metrics = QFontMetrics(self._text.font())
        lines = self._text.document().size().height()
        wanted = min(max(int(lines), 1), _MOST_LINES) * metrics.lineSpacing()
        self._text.setFixedHeight(wanted + 2 * int(self._text.document().documentMargin()) + 2)
        self._more.set_most(int(_SHARE * self.window().height()))

    def _on_clicked(self) -> None:
        if self._refusal is not None:
            self.asked.emit(self._refusal.origin)

    def _on_layer_clicked(self, node_id: str, checked: bool = False) -> None:
        self.asked.emit(node_id)

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
        plain = self.palette()
        for role in (QPalette.ColorRole.WindowText, QPalette.ColorRole.ButtonText):
            plain.setColor(role, colours.text)
        self._more.setPalette(plain)
        self._title.setIcon(icons.icon("refused", colours.refused))

    # Qt overrides

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Wrap anew."""
        super().resizeEvent(event)
        self._fit()


class _FittingArea(QScrollArea):
    """As high as what is in it, up to a limit from which on it scrolls."""

    def __init__(self, rows: QVBoxLayout) -> None:
        super().__init__()
        self._rows = rows
        self._most = 0
        content = QWidget()
        content.setLayout(rows)
        self.setWidget(content)
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def set_most(self, height: int) -> None:
        self._most = height
        self.updateGeometry()

    # Qt overrides

    def sizeHint(self) -> QSize:
        rows = self._rows
        height = rows.heightForWidth(self.viewport().width()) if rows.hasHeightForWidth() else -1
        wanted = max(height, rows.minimumSize().height())
        return QSize(super().sizeHint().width(), min(wanted, self._most))

    def minimumSizeHint(self) -> QSize:
        return QSize(super().minimumSizeHint().width(), min(self.sizeHint().height(), 40))

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        if event.oldSize().width() != event.size().width():
            self.updateGeometry()
