import socket
import subprocess
import sys

import pytest

from gui import display

pytestmark = pytest.mark.skipif(
    sys.platform in {"win32", "darwin"}, reason="a window always opens there"
)


@pytest.fixture(autouse=True)
def bare(monkeypatch, tmp_path):
    """A machine without any display."""
    for name in ("QT_QPA_PLATFORM", "DISPLAY", "WAYLAND_DISPLAY"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(tmp_path))


@pytest.fixture
def compositor(monkeypatch, tmp_path):
    """A Wayland socket that answers."""
    monkeypatch.setenv("WAYLAND_DISPLAY", "wayland-7")
    with socket.socket(socket.AF_UNIX) as server:
        server.bind(str(tmp_path / "wayland-7"))
        server.listen()
        yield server


def test_a_machine_without_a_display():
    assert not display.available()


def test_an_x_server_that_is_not_there(monkeypatch):
    monkeypatch.setenv("DISPLAY", ":4242")
    assert not display.available()


@pytest.mark.usefixtures("compositor")
def test_a_wayland_compositor_that_answers():
    assert display.available()


def test_a_wayland_compositor_that_has_ended(compositor):
    compositor.close()
    assert not display.available()


@pytest.mark.usefixtures("compositor")
@pytest.mark.parametrize(
    ("platform", "usable"),
    [
        ("offscreen", False),
        ("minimal", False),
        ("offscreen:configfile=screens.json", False),
        ("xcb", False),
        ("wayland", True),
        ("xcb;wayland", True),
        ("vnc:size=800x600", True),
    ],
)
def test_the_platform_that_the_caller_chose(monkeypatch, platform, usable):
    monkeypatch.setenv("QT_QPA_PLATFORM", platform)
    assert display.available() is usable


def test_the_exit_status_says_it():
    done = subprocess.run([sys.executable, "-m", "gui.display"], check=False)
    assert done.returncode == 1
