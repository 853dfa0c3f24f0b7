import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QPalette
from PySide6.QtWidgets import (
    QApplication,
    QComboBox,
    QLineEdit,
    QListWidget,
    QPlainTextEdit,
    QSpinBox,
    QWidget,
)

from gui import theme
from gui.theme import Scheme

_TEXT = [name for name in theme.names() if name not in {"base", "grid"}]


@pytest.fixture
def current(qapp):
    found = theme.current()
    yield found
    found.use(Scheme.SYSTEM)


@pytest.mark.parametrize("scheme", [Scheme.LIGHT, Scheme.DARK])
@pytest.mark.parametrize("name", _TEXT)
def test_each_colour_can_be_read_as_text(current, scheme, name):
    current.use(scheme)
    colour = getattr(current.colours, name)
    window = QApplication.palette().color(QPalette.ColorRole.Window)
    for ground in (current.colours.base, current.colours.tint(colour), window):
        assert theme.contrast(colour, ground) >= 4.5


@pytest.mark.parametrize("scheme", [Scheme.LIGHT, Scheme.DARK])
def test_the_palette_fits_the_scheme(current, scheme):
    current.use(scheme)
    assert current.dark == (scheme is Scheme.DARK)
    palette = QApplication.palette()
    for text, ground in (
        (QPalette.ColorRole.Text, QPalette.ColorRole.Base),
        (QPalette.ColorRole.WindowText, QPalette.ColorRole.Window),
        (QPalette.ColorRole.ButtonText, QPalette.ColorRole.Button),
        (QPalette.ColorRole.HighlightedText, QPalette.ColorRole.Highlight),
    ):
        assert theme.contrast(palette.color(text), palette.color(ground)) >= 4.5


def test_others_are_told_once_when_the_colours_change(current, qtbot):
    current.use(Scheme.LIGHT)
    told = []
    current.changed.connect(lambda: told.append(current.dark))
    current.use(Scheme.DARK)
    current.use(Scheme.DARK)
    assert told == [True]


def test_a_dark_palette_from_elsewhere_brings_the_dark_colours(current, qapp):
    current.use(Scheme.LIGHT)
    current.use(Scheme.SYSTEM)
    dark = QPalette(QApplication.palette())
    dark.setColor(QPalette.ColorRole.Window, "#101010")
    dark.setColor(QPalette.ColorRole.WindowText, "#f0f0f0")
    qapp.setPalette(dark)
    assert current.dark


_FIELDS = [QLineEdit, QPlainTextEdit, QSpinBox, QComboBox, QListWidget]


@pytest.mark.parametrize("scheme", [Scheme.LIGHT, Scheme.DARK])
@pytest.mark.parametrize("kind", _FIELDS)
def test_the_edge_of_a_field_can_be_seen(current, qtbot, scheme, kind):
    current.use(scheme)
    around = QWidget()
    qtbot.addWidget(around)
    field = kind(around)
    field.setFocusPolicy(Qt.FocusPolicy.NoFocus)  # in focus, it has another edge
    field.setGeometry(10, 10, 120, 40)
    with qtbot.waitExposed(around):
        around.show()
    image = around.grab().toImage()
    window = image.pixelColor(2, 2)
    edge = [image.pixelColor(70, row) for row in range(9, 13)]
    assert max(theme.contrast(found, window) for found in edge) >= 1.5
    assert window == QApplication.palette().color(QPalette.ColorRole.Window)
