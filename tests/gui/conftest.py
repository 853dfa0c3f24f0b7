"""What holds for all tests of the window: state of their own, nothing left behind."""

import gc
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import QCoreApplication, QEvent, QTimer
from PySide6.QtWidgets import QApplication, QWidget

from gui import theme
from gui.dialogs import Answer
from gui.editor import Editor
from gui.settings import Settings
from gui.state import Folders, folders
from tests.gui.fakes import FakeBridge, FakeDialogs

if TYPE_CHECKING:
    from gui.main_window import MainWindow


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Let pass what the platform without a screen says of every window."""
    here = Path(__file__).parent
    for item in items:
        if item.path.is_relative_to(here):
            item.add_marker(pytest.mark.qt_log_ignore("This plugin does not support", extend=True))


@pytest.fixture(autouse=True, scope="session")
def _collection_in_this_thread():
    """Leave garbage to the main thread, as the program does: others would destroy Qt objects."""
    gc.disable()
    yield
    gc.enable()


@pytest.fixture(autouse=True)
def _own_state(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LAYERSCOPE_STATE_DIR", str(tmp_path / "state"))


@pytest.fixture(autouse=True)
def _nothing_left_behind(request: pytest.FixtureRequest) -> Iterator[None]:
    """Fail where a test leaves a thread, a window, or a timer that still runs in one."""
    threads = set(threading.enumerate())
    windows = set(_windows())
    yield
    if not isinstance(QCoreApplication.instance(), QApplication):
        return
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
    gc.collect(1)
    left = [found for found in _windows() if found not in windows]
    ticking = [
        f"{window!r}: {timer!r}"
        for window in left
        for timer in window.findChildren(QTimer)
        if timer.isActive()
    ]
    for window in left:
        window.close()
        window.deleteLater()
    assert not ticking, f"timers still run: {ticking}"
    assert not left, f"windows are left: {left}"
    started = [thread for thread in threading.enumerate() if thread not in threads]
    assert not started, f"threads are left: {started}"


def _windows() -> list[QWidget]:
    return QApplication.topLevelWidgets()


@pytest.fixture
def own_folders() -> Folders:
    """The folders of this test's program."""
    return folders()


@pytest.fixture
def settings(own_folders: Folders) -> Settings:
    """The settings of this test's program."""
    return Settings(own_folders)


@pytest.fixture
def editor(qapp: QApplication) -> Iterator[Editor]:
    """An editor with an empty stack."""
    found = Editor()
    yield found
    found.deleteLater()


@pytest.fixture
def bridge(qapp: QApplication) -> FakeBridge:
    """A bridge to no builder."""
    return FakeBridge()


@pytest.fixture
def dialogs() -> FakeDialogs:
    """Dialogs that answer by themselves."""
    return FakeDialogs()


@pytest.fixture
def window(qtbot, editor, bridge, settings, own_folders, dialogs) -> "Iterator[MainWindow]":
    """The window, shown, with nothing open."""
    from gui.main_window import MainWindow

    found = MainWindow(editor, bridge, settings, own_folders, dialogs)
    with qtbot.waitExposed(found):
        found.show()
    yield found
    dialogs.answer = Answer.DISCARD
    found.close()
    running = [timer for timer in found.findChildren(QTimer) if timer.isActive()]
    found.deleteLater()
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
    assert not running, f"timers still run in the closed window: {running}"
    theme.current().use(theme.Scheme.SYSTEM)
