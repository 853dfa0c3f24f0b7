"""Check boxes can be seen, in light colours and in dark ones."""

import pytest
from PySide6.QtGui import QPalette
from PySide6.QtWidgets import QWidget

from gui import theme
from gui.check_box import CheckBox
from gui.theme import Scheme


@pytest.fixture(params=[Scheme.LIGHT, Scheme.DARK])
def box(request, qtbot):
    theme.current().use(request.param)
    window = QWidget()
    qtbot.addWidget(window)
    found = CheckBox("", window)
    found.resize(60, 30)
    yield found
    theme.current().use(Scheme.SYSTEM)


def _colours(widget):
    picture = widget.grab().toImage()
    columns, rows = range(picture.width()), range(picture.height())
    return [picture.pixelColor(x, y) for x in columns for y in rows]


def test_an_empty_box_can_be_seen(box):
    ground = box.palette().color(QPalette.ColorRole.Base)
    assert max(theme.contrast(found, ground) for found in _colours(box)) >= 3


def test_the_window_is_seen_behind_it(box):
    picture = box.window().grab().toImage()
    beside = picture.pixelColor(picture.width() - 1, picture.height() - 1)
    assert picture.pixelColor(box.width() - 1, 0) == beside
