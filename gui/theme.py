"""The colours of the window: light, dark or as the system has it, each with a name."""

from dataclasses import dataclass, fields
from enum import StrEnum

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtGui import QColor, QPalette
from PySide6.QtWidgets import QApplication


class Scheme(StrEnum):
    """Which of the two sets of colours is asked for."""

    SYSTEM = "system"
    LIGHT = "light"
    DARK = "dark"


@dataclass(frozen=True, slots=True)
class Colours:
    """Named colours, each readable as text on `base` and on its own `tint`.

    Attributes:
        base: Behind lists, trees and plots.
        text: Ordinary text and plot labels.
        muted: What is secondary: defaults, shapes, things out of date.
        grid: Lines between things, and those of a plot.
        accent: What is selected or in focus.
        layers: Built by tf.layers.
        get_variable: Built by hand.
        scope: A variable scope.
        created: A request that made a variable.
        reused: A request that took one that was there; sharing.
        refused: What TensorFlow or the plan refused; errors.
        warning: What deserves a second look.
        histogram: The values in a plot.
        density: The exact density over them.
        keyword: In code.
        string: In code.
        number: In code.
        comment: In code.
    """

    base: QColor
    text: QColor
    muted: QColor
    grid: QColor
    accent: QColor
    layers: QColor
    get_variable: QColor
    scope: QColor
    created: QColor
    reused: QColor
    refused: QColor
    warning: QColor
    histogram: QColor
    density: QColor
    keyword: QColor
    string: QColor
    number: QColor
    comment: QColor

    def tint(self, colour: QColor, share: float = 0.12) -> QColor:
        """Return a background for text of a colour: the base with a little of it."""
        return mix(self.base, colour, share)


_LIGHT = Colours(
    **{
        name: QColor(value)
        for name, value in {
            "base": "#ffffff",
            "text": "#1b1f24",
            "muted": "#5d6570",
            "grid": "#d5d9de",
            "accent": "#1a62d0",
            "layers": "#9a4a00",
            "get_variable": "#1357b8",
            "scope": "#5b5f66",
            "created": "#1a6b35",
            "reused": "#6f3fb5",
            "refused": "#b3261e",
            "warning": "#7a5200",
            "histogram": "#2a67ab",
            "density": "#b03808",
            "keyword": "#8b2aa8",
            "string": "#1a6b35",
            "number": "#1357b8",
            "comment": "#5d6570",
        }.items()
    }
)
_DARK = Colours(
    **{
        name: QColor(value)
        for name, value in {
            "base": "#1b1d21",
            "text": "#e4e7eb",
            "muted": "#a0a8b3",
            "grid": "#3c4148",
            "accent": "#58a0ff",
            "layers": "#f0a35e",
            "get_variable": "#7db4ff",
            "scope": "#b4bac3",
            "created": "#6fcf8b",
            "reused": "#c4a1ff",
            "refused": "#ff8a80",
            "warning": "#e6bd5c",
            "histogram": "#6aa9f0",
            "density": "#ff9d66",
            "keyword": "#dca0f0",
            "string": "#8ed49f",
            "number": "#8fbcff",
            "comment": "#a0a8b3",
        }.items()
    }
)

_ROLES = {
    Scheme.LIGHT: {
        QPalette.ColorRole.Window: "#f3f4f6",
        QPalette.ColorRole.WindowText: "#1b1f24",
        QPalette.ColorRole.Base: "#ffffff",
        QPalette.ColorRole.AlternateBase: "#f7f8fa",
        QPalette.ColorRole.Text: "#1b1f24",
        QPalette.ColorRole.Button: "#eceef1",
        QPalette.ColorRole.ButtonText: "#1b1f24",
        QPalette.ColorRole.ToolTipBase: "#ffffff",
        QPalette.ColorRole.ToolTipText: "#1b1f24",
        QPalette.ColorRole.BrightText: "#b3261e",
        QPalette.ColorRole.Link: "#1357b8",
        QPalette.ColorRole.Highlight: "#1f6feb",
        QPalette.ColorRole.HighlightedText: "#ffffff",
        QPalette.ColorRole.PlaceholderText: "#6b737e",
        QPalette.ColorRole.Light: "#ffffff",
        QPalette.ColorRole.Midlight: "#e3e5e9",
        QPalette.ColorRole.Mid: "#b8bdc5",
        QPalette.ColorRole.Dark: "#9aa1ab",
        QPalette.ColorRole.Shadow: "#6b737e",
    },
    Scheme.DARK: {
        QPalette.ColorRole.Window: "#25282d",
        QPalette.ColorRole.WindowText: "#e4e7eb",
        QPalette.ColorRole.Base: "#1b1d21",
        QPalette.ColorRole.AlternateBase: "#212429",
        QPalette.ColorRole.Text: "#e4e7eb",
        QPalette.ColorRole.Button: "#30343a",
        QPalette.ColorRole.ButtonText: "#e4e7eb",
        QPalette.ColorRole.ToolTipBase: "#30343a",
        QPalette.ColorRole.ToolTipText: "#e4e7eb",
        QPalette.ColorRole.BrightText: "#ff8a80",
        QPalette.ColorRole.Link: "#7db4ff",
        QPalette.ColorRole.Highlight: "#2f6fc9",
        QPalette.ColorRole.HighlightedText: "#ffffff",
        QPalette.ColorRole.PlaceholderText: "#8c949f",
        QPalette.ColorRole.Light: "#454a52",
        QPalette.ColorRole.Midlight: "#3a3f46",
        QPalette.ColorRole.Mid: "#4a5059",
        QPalette.ColorRole.Dark: "#15171a",
        QPalette.ColorRole.Shadow: "#0d0e10",
    },
}
_DISABLED = {Scheme.LIGHT: "#9aa1ab", Scheme.DARK: "#6b737e"}
_NAME = "layerscope theme"
_FIELDS = ("QLineEdit", "QPlainTextEdit", "QAbstractSpinBox", "QComboBox", "QListWidget")
# In percent, what Fusion darkens the colour of a window by for the edges of what is in it.
_DARKER = 140


class Theme(QObject):
    """What the window's colours are now; `current` gives the application's.

    Signals:
        changed: All colours are others now: recolour, and take icons anew.
    """

    changed = Signal()

    def __init__(self, application: QApplication) -> None:
        """Follow the system."""
        super().__init__(application)
        self.setObjectName(_NAME)
        self._application = application
        self._scheme = Scheme.SYSTEM
        self._palette = QPalette(application.palette())
        self._dark = _is_dark(self._palette)
        application.styleHints().colorSchemeChanged.connect(self._on_system_changed)
        application.installEventFilter(self)
        self._edge_fields()

    @property
    def dark(self) -> bool:
        """Whether text is light on dark."""
        return self._dark

    @property
    def colours(self) -> Colours:
        """The named colours."""
        return _DARK if self.dark else _LIGHT

    @property
    def scheme(self) -> Scheme:
        """What was asked for."""
        return self._scheme

    def use(self, scheme: Scheme) -> None:
        """Take the light colours, the dark ones, or those of the system from now on."""
        self._scheme = scheme
        if scheme is Scheme.SYSTEM:
            self._application.setPalette(QPalette())
            self._on_system_changed()
        else:
            self._application.setPalette(_palette(scheme))
            self._follow_palette()

    def _on_system_changed(self) -> None:
        """Have a palette that fits the system's scheme; where it has none, its palette decides."""
        if self._scheme is not Scheme.SYSTEM:
            return
        wanted = {
            Qt.ColorScheme.Dark: Scheme.DARK,
            Qt.ColorScheme.Light: Scheme.LIGHT,
        }.get(self._application.styleHints().colorScheme())
        if wanted and _is_dark(self._application.palette()) != (wanted is Scheme.DARK):
            self._application.setPalette(_palette(wanted))
        self._follow_palette()

    def _follow_palette(self) -> None:
        palette = self._application.palette()
        if palette != self._palette:
            self._palette = QPalette(palette)
            self._dark = _is_dark(palette)
            self.changed.emit()
        self._edge_fields()

    def _edge_fields(self) -> None:
        """Give text fields an edge that can be seen, in the dark too.

        Fusion draws it in a darker colour than that of their window, which they don't show.
        """
        role = QPalette.ColorRole.Window
        wanted = _edge(self._palette).lighter(_DARKER) if self.dark else self._palette.color(role)
        for kind in _FIELDS:
            if QApplication.palette(kind).color(role) != wanted:  # type: ignore[call-overload]
                palette = QPalette()
                palette.setColor(role, wanted)
                QApplication.setPalette(palette, kind)  # type: ignore[arg-type]

    # Qt overrides

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """See the palette change, whoever changed it."""
        if watched is self._application and event.type() == QEvent.Type.ApplicationPaletteChange:
            self._follow_palette()
        return False


def current() -> Theme:
    """Return the application's theme, made when it is first asked for."""
    application = QApplication.instance()
    assert isinstance(application, QApplication)
    found = application.findChild(Theme, _NAME, Qt.FindChildOption.FindDirectChildrenOnly)
    return found or Theme(application)


def colours() -> Colours:
    """Return the named colours as they are now."""
    return current().colours


def mix(one: QColor, other: QColor, share: float) -> QColor:
    """Return a colour with a share, from 0 to 1, of the other one in it."""
    pairs = zip(_parts(one), _parts(other), strict=True)
    return QColor.fromRgbF(*((1 - share) * mine + share * others for mine, others in pairs))


def contrast(one: QColor, other: QColor) -> float:
    """Return the contrast of two colours as WCAG 2 has it, from 1 to 21."""
    light, dark = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def names() -> tuple[str, ...]:
    """Return the names of all colours."""
    return tuple(field.name for field in fields(Colours))


def _parts(colour: QColor) -> tuple[float, float, float]:
    return colour.redF(), colour.greenF(), colour.blueF()


def _luminance(colour: QColor) -> float:
    red, green, blue = (
        part / 12.92 if part <= 0.03928 else ((part + 0.055) / 1.055) ** 2.4
        for part in _parts(colour)
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _is_dark(palette: QPalette) -> bool:
    text = palette.color(QPalette.ColorRole.WindowText)
    return text.lightness() > palette.color(QPalette.ColorRole.Window).lightness()


def _edge(palette: QPalette) -> QColor:
    """Return the colour of an edge: between the window's and its text's."""
    role = QPalette.ColorRole
    return mix(palette.color(role.Window), palette.color(role.WindowText), 0.25)


def _palette(scheme: Scheme) -> QPalette:
    palette = QPalette()
    for role, colour in _ROLES[scheme].items():
        palette.setColor(role, QColor(colour))
    for role in (
        QPalette.ColorRole.WindowText,
        QPalette.ColorRole.Text,
        QPalette.ColorRole.ButtonText,
        QPalette.ColorRole.HighlightedText,
    ):
        palette.setColor(QPalette.ColorGroup.Disabled, role, QColor(_DISABLED[scheme]))
    palette.setColor(
        QPalette.ColorGroup.Disabled,
        QPalette.ColorRole.Highlight,
        QColor(_ROLES[scheme][QPalette.ColorRole.Mid]),
    )
    return palette
