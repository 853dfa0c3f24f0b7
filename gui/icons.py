"""Icons: single-colour drawings, painted in the palette's colours."""

from functools import cache
from importlib import resources

from PySide6.QtCore import QByteArray, QObject, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QIcon, QPainter, QPalette, QPixmap
from PySide6.QtSvg import QSvgRenderer
from PySide6.QtWidgets import QApplication

from core.catalog import KINDS, SCOPES
from gui import theme

_SIZES = (16, 20, 24, 32, 48)
_FOLDER = resources.files("resources") / "icons"
_NAME = "layerscope icons"


class _Drawn(QObject):
    """The icons painted so far; painted anew when the colours change."""

    def __init__(self, parent: theme.Theme) -> None:
        super().__init__(parent)
        self.setObjectName(_NAME)
        self._icons: dict[tuple[str, str], QIcon] = {}
        parent.changed.connect(self._icons.clear)

    def icon(self, name: str, colour: QColor | None) -> QIcon:
        key = name, colour.name() if colour else ""
        if key not in self._icons:
            self._icons[key] = _paint(name, colour)
        return self._icons[key]


def icon(name: str, colour: QColor | None = None) -> QIcon:
    """Return an icon in the colour of text, or in one of its own. Raises KeyError."""
    owner = theme.current()
    found = owner.findChild(_Drawn, _NAME, Qt.FindChildOption.FindDirectChildrenOnly)
    return (found or _Drawn(owner)).icon(name, colour)


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


def _paint(name: str, colour: QColor | None) -> QIcon:
    file = _FOLDER / f"{name}.svg"
    if not file.is_file():
        raise KeyError(name)
    renderer = QSvgRenderer(QByteArray(file.read_bytes()))
    palette = QApplication.palette()
    group, role = QPalette.ColorGroup, QPalette.ColorRole
    colours = {
        QIcon.Mode.Normal: colour or palette.color(group.Active, role.ButtonText),
        QIcon.Mode.Disabled: palette.color(group.Disabled, role.ButtonText),
        QIcon.Mode.Selected: palette.color(group.Active, role.HighlightedText),
    }
    painted = QIcon()
    for size in _SIZES:
        drawn = _drawn(renderer, size)
        for mode, found in colours.items():
            painted.addPixmap(_coloured(drawn, found), mode)
    return painted


def _drawn(renderer: QSvgRenderer, size: int) -> QPixmap:
    pixmap = QPixmap(QSize(size, size))
    pixmap.fill(Qt.GlobalColor.transparent)
    painter = QPainter(pixmap)
    renderer.render(painter, QRectF(0, 0, size, size))
    painter.end()
    return pixmap


def _coloured(drawn: QPixmap, colour: QColor) -> QPixmap:
    pixmap = QPixmap(drawn)
    painter = QPainter(pixmap)
    painter.setCompositionMode(QPainter.CompositionMode.CompositionMode_SourceIn)
    painter.fillRect(pixmap.rect(), colour)
    painter.end()
    return pixmap
