"""Python's own import, which PySide6 puts a slower one in place of."""

import builtins

from PySide6 import QtCore  # noqa: F401 - what it does to imports is done now


def import_plainly() -> None:
    """Import what is imported from now on as if PySide6 was not there.

    PySide6 reads the source of each module that is imported after it, to learn whether
    `from __feature__ import ...` may change its names: that took a sixth of TensorFlow's import.
    Nothing here asks for such features.
    """
    builtins.__import__ = getattr(builtins, "__orig_import__", builtins.__import__)
