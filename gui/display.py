"""Whether this machine has a display that a window can open on.

Run as a module (``python -m gui.display``) it answers with its exit status: 0 is yes.
"""

import ctypes
import ctypes.util
import os
import socket
import sys
from pathlib import Path

_PICTURES_ONLY = {"offscreen", "minimal", "minimalegl"}


def available() -> bool:
    """Tell whether Qt can open a window that somebody sees."""
    # QT_QPA_PLATFORM is a list of platforms to try, each with options: "wayland;xcb:foo=bar".
    wanted = [name.split(":")[0] for name in os.environ.get("QT_QPA_PLATFORM", "").split(";")]
    if chosen := [name for name in wanted if name]:
        return any(_works(name) for name in chosen)
    if sys.platform in {"win32", "darwin"}:
        return True
    return _works("wayland") or _works("xcb")


def _works(platform: str) -> bool:
    if platform in _PICTURES_ONLY:
        return False
    if platform.startswith("wayland"):
        return _wayland_answers()
    if platform == "xcb":
        return _x_server_answers()
    return True


def _wayland_answers() -> bool:
    name = os.environ.get("WAYLAND_DISPLAY")
    if not name or not hasattr(socket, "AF_UNIX"):
        return False
    # Joining leaves an absolute name as it is, which is what Wayland asks for.
    path = Path(os.environ.get("XDG_RUNTIME_DIR", ""), name)
    with socket.socket(socket.AF_UNIX) as connection:
        try:
            connection.connect(os.fspath(path))
        except OSError:
            return False
    return True


def _x_server_answers() -> bool:
    library = ctypes.util.find_library("xcb") or "libxcb.so.1"
    try:
        xcb = ctypes.CDLL(library)
    except OSError:
        return False
    xcb.xcb_connect.restype = ctypes.c_void_p
    xcb.xcb_connect.argtypes = (ctypes.c_char_p, ctypes.POINTER(ctypes.c_int))
    xcb.xcb_connection_has_error.argtypes = (ctypes.c_void_p,)
    xcb.xcb_disconnect.argtypes = (ctypes.c_void_p,)
    # Never null: a failed connection is an object too, to be asked and then freed.
    connection = xcb.xcb_connect(None, None)
    try:
        return not xcb.xcb_connection_has_error(connection)
    finally:
        xcb.xcb_disconnect(connection)


if __name__ == "__main__":
    sys.exit(not available())
