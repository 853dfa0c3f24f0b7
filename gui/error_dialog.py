"""A dialog for an error that nobody foresaw."""

from PySide6.QtGui import QFontDatabase, QGuiApplication
from PySide6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QLabel,
    QPlainTextEdit,
    QPushButton,
    QVBoxLayout,
    QWidget,
)


class ErrorDialog(QDialog):
    """Shows tracebacks, to be copied into a report; it does not stop the work."""

    def __init__(
        self,
        sentence: str = "Something went wrong in Layerscope. The stack is kept as it is.",
        parent: QWidget | None = None,
    ) -> None:
        """Show no details yet."""
        super().__init__(parent)
        self.setWindowTitle("Layerscope: an error")
        label = QLabel(sentence)
        label.setWordWrap(True)
        self.details = QPlainTextEdit(readOnly=True)
        self.details.setFont(QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont))
        self.details.setLineWrapMode(QPlainTextEdit.LineWrapMode.NoWrap)
        self.copy_button = QPushButton("Copy details")
        self.copy_button.clicked.connect(self._on_copy)
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        buttons.addButton(self.copy_button, QDialogButtonBox.ButtonRole.ActionRole)
        buttons.rejected.connect(self.reject)
        column = QVBoxLayout(self)
        column.addWidget(label)
        column.addWidget(self.details, 1)
        column.addWidget(buttons)
        self.resize(720, 380)

    def add(self, details: str) -> None:
        """Show one more traceback."""
        self.details.appendPlainText(details.rstrip() + "\n")

    def _on_copy(self) -> None:
        QGuiApplication.clipboard().setText(self.details.toPlainText())
