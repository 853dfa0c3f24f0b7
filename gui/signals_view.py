"""How a random batch goes through the stack: the outputs of all layers, and the gradients."""

from html import escape

from PySide6.QtCore import QSignalBlocker, Qt, Signal
from PySide6.QtGui import QGuiApplication, QPalette, QShowEvent
from PySide6.QtWidgets import (
    QComboBox,
    QHBoxLayout,
    QLabel,
    QMenu,
    QPushButton,
    QSizePolicy,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from core.catalog import CONSTRUCTIONS
from core.numbers import SIGNAL_FEED
from core.quantities import show_count
from core.signal_axis import Scale
from core.signal_rows import Side
from core.signal_verdict import remarks, verdict
from core.signals import GRADIENT, OUTPUT
from gui import theme
from gui.copy_key import CopyKey
from gui.editor import Editor
from gui.feed_form import FeedForm
from gui.ridge import Ridge
from gui.ridge_delegate import side_colour

# The constructions that are shown, side by side where there are several.
Shown = tuple[str | None, ...]

_AS_CHOSEN: Shown = (None,)
_SCALES = {Scale.VALUES: "Values", Scale.MAGNITUDES: "Magnitudes (log)"}
_WAYS = {OUTPUT: "Outputs", GRADIENT: "Gradients"}
# The choices alone would ask for more than the panel has on a small screen.
_NARROWEST = 180


class SignalsView(QWidget):
    """Shows the signals of the last build; a selected row selects its layer, and the reverse.

    Attributes:
        construction: By which construction all layers are built for it.
        way: The outputs or the gradients.
        scale: What stands on the axis of the histograms.
        feed: The batch.
        export_menu: What can be written to a file; filled by who knows how.
        ridge: The histograms.
        verdict: What they say.
        message: What is shown in place of all of it.

    Signals:
        wanted_changed: Other signals are to be shown, or they can be seen again.
        shown_changed: Other signals are shown, or none.
        running_changed: A run has begun or ended.
    """

    wanted_changed = Signal()
    shown_changed = Signal()
    running_changed = Signal()

    def __init__(self, editor: Editor, parent: QWidget | None = None) -> None:
        """Follow an editor's selection."""
        super().__init__(parent)
        self._editor = editor
        self._sides: tuple[Side, ...] = ()
        self._running = False
        self._make_choices()
        self.ridge = Ridge()
        self._lay_out()
        self._connect()
        self.show_message("")

    @property
    def constructions(self) -> Shown:
        """The constructions to show."""
        chosen: Shown = self.construction.currentData()
        return chosen

    @property
    def sides(self) -> tuple[Side, ...]:
        """What is shown; nothing while a message stands in its place."""
        return self._sides

    @property
    def running(self) -> bool:
        """Whether what is wanted is still being computed."""
        return self._running

    def set_running(self, running: bool) -> None:
        """Say that a run is under way, or that it has ended."""
        self._running = running
        self._state.setText("running..." if running else "")
        self.running_changed.emit()

    def show_signals(self, sides: tuple[Side, ...]) -> None:
        """Show signals."""
        self._sides = sides
        self._pages.setCurrentWidget(self._shown)
        self._draw()
        self.ridge.select_layers(self._editor.selection)
        self.shown_changed.emit()

    def show_message(self, text: str) -> None:
        """Show a sentence in place of signals."""
        self._sides = ()
        self.message.setText(text)
        self._pages.setCurrentWidget(self.message)
        self.shown_changed.emit()

    def picture(self) -> QWidget:
        """Return a view of all rows with what they say, to be rendered; for the caller to keep."""
        whole = QWidget()
        column = QVBoxLayout(whole)
        column.setContentsMargins(0, 0, 0, 0)
        words = QLabel(self.verdict.text(), wordWrap=True, textFormat=Qt.TextFormat.RichText)
        words.setContentsMargins(4, 4, 4, 4)
        column.addWidget(words)
        ridge = self.ridge.whole()
        column.addWidget(ridge, 1)
        height = ridge.height() + words.heightForWidth(ridge.width())
        whole.resize(ridge.width(), height + column.spacing())
        return whole

    def _make_choices(self) -> None:
        self.construction = QComboBox()
        self.construction.setAccessibleName("Construction of the layers")
        self.construction.addItem("As in the stack", _AS_CHOSEN)
        for found in CONSTRUCTIONS.values():
            self.construction.addItem(f"All {found.label}", (found.id,))
        self.construction.addItem("Both", tuple(CONSTRUCTIONS))
        self.way = QComboBox()
        self.way.setAccessibleName("Direction of the signal")
        self.way.setToolTip(
            "Gradients are those of a random weighted sum of what no other layer takes, "
            "with weights of deviation 1"
        )
        for way, title in _WAYS.items():
            self.way.addItem(title, way)
        self.scale = QComboBox()
        self.scale.setAccessibleName("Axis of the histograms")
        for scale, title in _SCALES.items():
            self.scale.addItem(title, scale)
        for choice in (self.construction, self.way, self.scale):
            choice.setMinimumContentsLength(5)
            choice.setSizeAdjustPolicy(
                QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon
            )
            choice.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.feed = FeedForm(SIGNAL_FEED)
        self.feed.setToolTip("The random batch that is run through the stack")
        self.export_menu = QMenu(self)
        self.export_button = QPushButton("Export")
        self.export_button.setMenu(self.export_menu)
        self.export_button.setEnabled(False)

    def _lay_out(self) -> None:
        self.verdict = QLabel(wordWrap=True, textFormat=Qt.TextFormat.RichText)
        self.verdict.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.verdict.setContentsMargins(4, 2, 4, 2)
        self.readout = QLabel(textFormat=Qt.TextFormat.PlainText)
        self.readout.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self.readout.setContentsMargins(4, 0, 4, 0)
        self._state = QLabel()
        self._state.setEnabled(False)
        self.message = QLabel(wordWrap=True, textFormat=Qt.TextFormat.PlainText)
        self.message.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.message.setMargin(12)
        self.message.setForegroundRole(QPalette.ColorRole.PlaceholderText)
        line = QHBoxLayout()
        for choice in (self.construction, self.way, self.scale):
            line.addWidget(choice, 1)
        for widget in (self.feed, self.export_button, self._state):
            line.addWidget(widget)
        self._shown = QWidget()
        inner = QVBoxLayout(self._shown)
        inner.setContentsMargins(0, 0, 0, 0)
        inner.setSpacing(1)
        inner.addWidget(self.verdict)
        inner.addWidget(self.ridge, 1)
        inner.addWidget(self.readout)
        self._pages = QStackedWidget()
        self._pages.addWidget(self._shown)
        self._pages.addWidget(self.message)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(2)
        layout.addLayout(line)
        layout.addWidget(self._pages, 1)
        self.setMinimumWidth(_NARROWEST)

    def _connect(self) -> None:
        self.construction.currentIndexChanged.connect(self.wanted_changed)
        self.feed.entered.connect(self.wanted_changed)
        self.way.currentIndexChanged.connect(self._draw)
        self.scale.currentIndexChanged.connect(self._on_scale_chosen)
        self.ridge.selected.connect(self._editor.select)
        self.ridge.read.connect(self._on_read)
        self._editor.selection_changed.connect(self._on_layers_selected)
        theme.current().changed.connect(self._draw)
        CopyKey(self.ridge.table, self._copy)

    def _draw(self) -> None:
        way = self.way.currentData()
        with QSignalBlocker(self.ridge):
            self.ridge.show_signals(self._sides, way)
        self.verdict.setText("<br>".join(_sentences(self._sides, way)))
        self.verdict.setVisible(bool(self.verdict.text()))
        self.export_button.setEnabled(bool(self._sides))
        self._on_read("")

    def _on_scale_chosen(self) -> None:
        # Qt has made it a plain string.
        self.ridge.set_scale(Scale(self.scale.currentData()))
        self._on_read("")

    def _on_layers_selected(self, ids: tuple[str, ...]) -> None:
        inside = tuple(node.id for node in self._editor.stack.inside(ids))
        self.ridge.select_layers(inside)

    def _on_read(self, words: str) -> None:
        axis = self.ridge.axis
        if not words and axis.beyond:
            beyond = show_count(axis.beyond, "histogram")
            words = f"The axis ends five deviations from the means; beyond it: {beyond}"
        self.readout.setText(words)
        self.readout.setToolTip(words)

    def _copy(self) -> None:
        QGuiApplication.clipboard().setText(self.ridge.copy_rows())

    # Qt overrides

    def showEvent(self, event: QShowEvent) -> None:
        """Catch up with what happened out of sight."""
        super().showEvent(event)
        self.wanted_changed.emit()


def _sentences(sides: tuple[Side, ...], way: str) -> list[str]:
    """Return what there is to say, in rich text; of two builds once where it is the same."""
    said: dict[str, list[Side]] = {}
    for side in sides:
        sentences = [
            verdict(side.signals, way, side.labels),
            *remarks(side.built, side.signals, side.labels),
        ]
        for sentence in filter(None, sentences):
            said.setdefault(sentence, []).append(side)
    return [_rich(sentence, found, sides) for sentence, found in said.items()]


def _rich(sentence: str, found: list[Side], sides: tuple[Side, ...]) -> str:
    heads = []
    for side in found if len(sides) > 1 else ():
        label = CONSTRUCTIONS[side.construction].label if side.construction else ""
        heads.append(
            f'<span style="color:{side_colour(side).name()}">&#9632;</span>&nbsp;{escape(label)}'
        )
    head = " and ".join(heads)
    return f"{head}: {escape(sentence)}" if head else escape(sentence)
