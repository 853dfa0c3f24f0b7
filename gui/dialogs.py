"""The dialogs that ask for files and answers: opened, never waited for; tests put others here."""

from collections.abc import Callable
from enum import StrEnum
from functools import partial
from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QDialog, QFileDialog, QMessageBox, QWidget

_Button = QMessageBox.StandardButton


class Answer(StrEnum):
    """What becomes of unsaved work."""

    SAVE = "save"
    DISCARD = "discard"
    CANCEL = "cancel"


class Dialogs:
    """Opens dialogs over a window; each answers by calling back, or not at all."""

    def __init__(self, window: QWidget) -> None:
        self._window = window

    def ask_open(
        self, title: str, folder: Path, filters: str, chosen: Callable[[Path], None]
    ) -> None:
        """Ask for a file to open."""
        dialog = QFileDialog(self._window, title, str(folder), filters)
        dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
        self._open_file_dialog(dialog, chosen)

    def ask_folder(self, title: str, folder: Path, chosen: Callable[[Path], None]) -> None:
        """Ask for a folder to open."""
        dialog = QFileDialog(self._window, title, str(folder))
        dialog.setFileMode(QFileDialog.FileMode.Directory)
        self._open_file_dialog(dialog, chosen)

    def ask_save(
        self, title: str, proposed: Path, filters: str, suffix: str, chosen: Callable[[Path], None]
    ) -> None:
        """Ask where to write; a name without a suffix gets this one."""
        dialog = QFileDialog(self._window, title, str(proposed.parent), filters)
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.setDefaultSuffix(suffix)
        dialog.selectFile(str(proposed))
        self._open_file_dialog(dialog, chosen)

    def ask_unsaved(self, name: str, answered: Callable[[Answer], None]) -> None:
        """Ask whether unsaved work is to be saved first."""
        box = QMessageBox(self._window)
        box.setIcon(QMessageBox.Icon.Question)
        box.setWindowTitle("Unsaved changes")
        box.setText(f'Save the changes to "{name}" first?')
        box.setInformativeText("Discarded changes are lost.")
        box.setStandardButtons(_Button.Save | _Button.Discard | _Button.Cancel)
        box.setDefaultButton(_Button.Save)
        box.finished.connect(partial(_on_answered, answered))
        self.open(box)

    def ask_replace(self, name: str, confirmed: Callable[[], None]) -> None:
        """Ask whether something that is there already is to be replaced."""
        box = QMessageBox(self._window)
        box.setIcon(QMessageBox.Icon.Warning)
        box.setWindowTitle("Replace")
        box.setText(f'"{name}" is there already. Replace it?')
        box.setStandardButtons(_Button.Yes | _Button.Cancel)
        box.button(_Button.Yes).setText("Replace")
        box.setDefaultButton(_Button.Cancel)
        box.accepted.connect(confirmed)
        self.open(box)

    def ask_partly(
        self, question: str, why: str, details: str, button: str, confirmed: Callable[[], None]
    ) -> None:
        """Ask whether something is to be done in part, as it can't be done as a whole."""
        box = QMessageBox(self._window)
        box.setIcon(QMessageBox.Icon.Warning)
        box.setWindowTitle("It doesn't fit")
        box.setTextFormat(Qt.TextFormat.PlainText)
        box.setText(question)
        box.setInformativeText(why)
        if details:
            box.setDetailedText(details)
        box.setStandardButtons(_Button.Yes | _Button.Cancel)
        box.button(_Button.Yes).setText(button)
        box.setDefaultButton(_Button.Cancel)
        box.accepted.connect(confirmed)
        self.open(box)

    def open(self, dialog: QDialog) -> None:
        """Open any dialog; it dies when it is closed."""
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.open()

    def _open_file_dialog(self, dialog: QFileDialog, chosen: Callable[[Path], None]) -> None:
        dialog.fileSelected.connect(partial(_on_file_selected, chosen))
        self.open(dialog)


def _on_file_selected(chosen: Callable[[Path], None], name: str) -> None:
    chosen(Path(name))


def _on_answered(answered: Callable[[Answer], None], button: int) -> None:
    answers = {_Button.Save.value: Answer.SAVE, _Button.Discard.value: Answer.DISCARD}
    answered(answers.get(button, Answer.CANCEL))
