"""The real dialogs, which other tests replace by ones that answer by themselves."""

import pytest
from PySide6.QtWidgets import QFileDialog, QWidget

from gui.dialogs import Dialogs


@pytest.fixture
def parent(qtbot):
    found = QWidget()
    qtbot.addWidget(found)
    return found


def test_the_file_to_write_is_asked_for_and_the_dialog_goes(parent, qtbot, tmp_path):
    chosen = []
    proposed = tmp_path / "demo.py"
    Dialogs(parent).ask_save("Save", proposed, "Python (*.py)", "py", chosen.append)
    dialog = parent.findChild(QFileDialog)
    assert dialog.isVisible()
    assert dialog.acceptMode() == QFileDialog.AcceptMode.AcceptSave
    assert dialog.defaultSuffix() == "py"
    assert dialog.selectedFiles() == [str(proposed)]
    dialog.fileSelected.emit(str(proposed))
    dialog.reject()
    assert chosen == [proposed]
    qtbot.waitUntil(lambda: parent.findChild(QFileDialog) is None)
