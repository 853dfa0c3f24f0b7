import pytest
from PySide6.QtCore import QSize
from PySide6.QtGui import QColor, QIcon, QImage
from PySide6.QtWidgets import QApplication

from core.catalog import KINDS, SCOPE
from gui import icons, theme
from gui.theme import Scheme


def _ink(icon: QIcon, mode: QIcon.Mode = QIcon.Mode.Normal) -> set[str]:
    """The colours of the pixels that are fully painted."""
    image = icon.pixmap(QSize(48, 48), 1.0, mode).toImage()
    image = image.convertToFormat(QImage.Format.Format_ARGB32)
    points = [(x, y) for x in range(image.width()) for y in range(image.height())]
    found = {image.pixelColor(*point).getRgb() for point in points}
    return {QColor(*rgba).name() for rgba in found if rgba[3] == 255}


@pytest.mark.parametrize("name", icons.names())
def test_an_icon_is_drawn_in_the_colour_asked_for(qapp, name):
    assert _ink(icons.icon(name, QColor("#336699"))) == {"#336699"}


@pytest.mark.parametrize("kind", [SCOPE.kind, *KINDS])
def test_each_kind_has_an_icon_that_says_more_than_that_it_is_one(qapp, kind):
    assert icons.kind_icon_name(kind) != "kind_other"
    assert not icons.kind_icon(kind).isNull()


def test_an_icon_that_is_not_there_is_an_error(qapp):
    with pytest.raises(KeyError, match="no_such_icon"):
        icons.icon("no_such_icon")


def test_icons_are_painted_anew_when_the_colours_change(qapp):
    current = theme.current()
    current.use(Scheme.LIGHT)
    light = _ink(icons.icon("build"))
    current.use(Scheme.DARK)
    dark = _ink(icons.icon("build"))
    assert light == {QColor("#1b1f24").name()}
    assert dark == {QApplication.palette().buttonText().color().name()} != light
    current.use(Scheme.SYSTEM)


def test_an_icon_without_room_has_no_picture(qapp):
    assert icons.icon("build").pixmap(QSize(0, 16)).isNull()


def test_a_copy_of_an_icon_can_be_changed(qapp):
    copy = QIcon(icons.icon("build", QColor("#336699")))
    copy.addPixmap(QIcon().pixmap(QSize(1, 1)))
    assert _ink(copy) == {"#336699"}
