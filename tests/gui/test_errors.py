import subprocess
import sys
import threading

import pytest
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QApplication

from gui.error_dialog import ErrorDialog
from gui.errors import Errors, crash_reports


@pytest.fixture
def errors(qapp):
    found = Errors()
    yield found
    found.close()


def _dialogs() -> list[ErrorDialog]:
    return [found for found in QApplication.topLevelWidgets() if isinstance(found, ErrorDialog)]


def _raise():
    raise ZeroDivisionError("seven by zero")


def test_an_error_is_logged_and_shown_and_can_be_copied(qtbot, errors, caplog):
    try:
        _raise()
    except ZeroDivisionError:
        sys.excepthook(*sys.exc_info())
    (dialog,) = _dialogs()
    assert dialog.isVisible()
    assert not dialog.isModal()
    dialog.copy_button.click()
    assert "seven by zero" in QGuiApplication.clipboard().text()
    assert "seven by zero" in caplog.text


def test_an_error_in_another_thread_is_shown_by_this_one(qtbot, errors, caplog):
    thread = threading.Thread(target=_raise, name="builder")
    thread.start()
    thread.join()
    assert not _dialogs()
    qtbot.waitUntil(lambda: len(_dialogs()) == 1)
    assert "seven by zero" in _dialogs()[0].details.toPlainText()
    assert "An error in the thread builder" in caplog.text


def test_several_errors_share_a_dialog(qtbot, errors):
    for text in ("first", "second"):
        sys.excepthook(ValueError, ValueError(text), None)
    (dialog,) = _dialogs()
    details = dialog.details.toPlainText()
    assert details.index("first") < details.index("second")
    dialog.close()
    sys.excepthook(ValueError, ValueError("third"), None)
    qtbot.waitUntil(lambda: len(_dialogs()) == 1)
    assert _dialogs()[0].details.toPlainText().strip() == "ValueError: third"


def test_closing_gives_the_hooks_back(qapp):
    before = sys.excepthook, threading.excepthook
    errors = Errors()
    assert sys.excepthook != before[0]
    errors.close()
    assert (sys.excepthook, threading.excepthook) == before


_CRASH = """
import faulthandler, sys
sys.path.insert(0, ".")
from gui.errors import native_crashes_told
from gui.state import folders
with native_crashes_told(folders()):
    if sys.argv[1] == "crash":
        faulthandler._sigsegv()
    elif sys.argv[1] == "kill":
        import os, signal
        os.kill(os.getpid(), signal.SIGKILL)
"""


@pytest.mark.parametrize(("end", "reports"), [("crash", 1), ("kill", 0), ("well", 0)])
def test_a_native_crash_is_told_once_at_the_next_start(own_folders, end, reports):
    subprocess.run([sys.executable, "-c", _CRASH, end], check=False)
    found = crash_reports(own_folders)
    assert len(found) == reports
    assert all("Segmentation fault" in text for text in found)
    assert crash_reports(own_folders) == []
    assert list(own_folders.logs().glob("*.crash.txt")) == []
