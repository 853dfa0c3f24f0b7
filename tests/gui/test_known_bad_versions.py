"""Faults of versions that must not come back with an upgrade."""

import sys

from PySide6.QtWidgets import QWidget


def test_qt_calls_do_not_lose_none(qtbot):
    """PySide6 6.12.0 on Python 3.11 drops a reference to None with most calls, until it aborts."""
    widget = QWidget()
    qtbot.addWidget(widget)
    before = sys.getrefcount(None)
    for number in range(500):
        widget.setToolTip(str(number))
        widget.setEnabled(number % 2 == 0)
    assert sys.getrefcount(None) > before - 100
