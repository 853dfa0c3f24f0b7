"""Icons: single-colour drawings, painted in the palette's colours."""

from collections.abc import Mapping
from functools import cache
from importlib import resources
from importlib.resources.abc import Traversable

from PySide6.QtCore import QByteArray, QObject, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QIcon, QIconEngine, QPainter, QPalette, QPixmap
from PySide6.QtSvg import QSvgRenderer
from PySide6.QtWidgets import QApplication

from core.catalog import KINDS, SCOPES
from gui import theme

_FOLDER = resources.files("resources") / "icons"
_NAME = "layerscope icons"


class _Icons(QObject):
    """The icons asked for so far; made anew when the colours change."""

    def __init__(self, parent: theme.Theme) -> None:
        super().__init__(parent)
        self.setObjectName(_NAME)
        self._icons: dict[tuple[str, str], QIcon] = {}
        parent.changed.connect(self._icons.clear)

    def icon(self, name: str, colour: QColor | None) -> QIcon:
        key = name, colour.name() if colour else ""
        if key not in self._icons:
            self._icons[key] = _drawing(name, colour)
        return self._icons[key]


def icon(name: str, colour: QColor | None = None) -> QIcon:
    """Return an icon in the colour of text, or in one of its own. Raises KeyError."""
    owner = theme.current()
    found = owner.findChild(_Icons, _NAME, Qt.FindChildOption.FindDirectChildrenOnly)
    return (found or _Icons(owner)).icon(name, colour)


def kind_icon(kind: str, colour: QColor | None = None) -> QIcon:
    """Return the icon of a kind of layer, that of its group where it has none of its own."""
    return icon(kind_icon_name(kind), colour)


@cache
def kind_icon_name(kind: str) -> str:
    """Return the name of a kind's icon."""
    if kind in SCOPES:
        return kind
    own = f"kind_{kind}"
    if (_FOLDER / f"{own}.svg").is_file():
        return own
    group = f"group_{KINDS[kind].group.lower().replace(' ', '_')}"
    return group if (_FOLDER / f"{group}.svg").is_file() else "kind_other"


def names() -> tuple[str, ...]:
    """Return the names of all icons."""
    files = (file.name for file in _FOLDER.iterdir())
    return tuple(sorted(name[: -len(".svg")] for name in files if name.endswith(".svg")))


class _Drawing(QIconEngine):
    """Paints a drawing when it is first seen, in the size and the colour that it is seen in."""

    def __init__(self, file: Traversable, colours: Mapping[QIcon.Mode, QColor]) -> None:
        super().__init__()
        self._file = file
        self._colours = colours
        self._painted: dict[tuple[int, int, QIcon.Mode], QPixmap] = {}

    # Qt overrides

    def pixmap(self, size: QSize, mode: QIcon.Mode, state: QIcon.State) -> QPixmap:
        """Return the drawing in a size."""
        key = size.width(), size.height(), mode
        if key not in self._painted:
            colour = self._colours.get(mode, self._colours[QIcon.Mode.Normal])
            self._painted[key] = _paint(self._file, size, colour)
        return self._painted[key]

    def paint(self, painter: QPainter, rect: QRect, mode: QIcon.Mode, state: QIcon.State) -> None:
        """Draw it, in the device's own pixels."""
        size = rect.size() * painter.device().devicePixelRatio()
        painter.drawPixmap(rect, self.pixmap(size, mode, state))

    def clone(self) -> QIconEngine:
        """Return another of the same drawing, for a copy of an icon that is to be changed."""
        return _Drawing(self._file, self._colours)


def _drawing(name: str, colour: QColor | None) -> QIcon:
    file = _FOLDER / f"{name}.svg"
    if not file.is_file():
        raise KeyError(name)
    palette = QApplication.palette()
    group, role = QPalette.ColorGroup, QPalette.ColorRole
    colours = {
        QIcon.Mode.Normal: colour or palette.color(group.Active, role.ButtonText),
        QIcon.Mode.Disabled: palette.color(group.Disabled, role.ButtonText),
        QIcon.Mode.Selected: palette.color(group.Active, role.HighlightedText),
    }
    return QIcon(_Drawing(file, colours))


def _paint(file: Traversable, size: QSize, colour: QColor) -> QPixmap:
    pixmap = QPixmap(size)
    if pixmap.isNull():
        return pixmap  # in a view that has no room, a picture may have no pixel
    pixmap.fill(Qt.GlobalColor.transparent)
    renderer = QSvgRenderer(QByteArray(file.read_bytes()))
    renderer.setAspectRatioMode(Qt.AspectRatioMode.KeepAspectRatio)
    painter = QPainter(pixmap)
    renderer.render(painter, QRectF(pixmap.rect()))
    painter.setCompositionMode(QPainter.CompositionMode.CompositionMode_SourceIn)
    painter.fillRect(pixmap.rect(), colour)
    painter.end()
    return pixmap
