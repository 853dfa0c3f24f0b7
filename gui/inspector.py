"""The inspector: everything that can be set for the selected layers."""

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QPalette
from PySide6.QtWidgets import QApplication, QFrame, QLabel, QScrollArea, QVBoxLayout, QWidget

from core.built import Built
from core.catalog import STACK, function_of
from core.stack import Node, Stack
from core.stack_status import StackStatus
from core.trial import Trial
from gui import theme
from gui.argument_fields import ArgumentField
from gui.argument_form import ArgumentForm
from gui.editor import Editor
from gui.explaining import Explaining
from gui.hazard_boxes import HazardBoxes
from gui.inspector_header import InspectorHeader
from gui.stack_form import StackForm

_MOST_NAMES = 8
_NOTHING = "Select a layer to see and change its arguments."
_MIXED = "These are of several kinds, so only what all layers have can be changed together."


class Inspector(QWidget):
    """Shows the selected layers and lets a person change them.

    Attributes:
        hazard_boxes: What surprises about the selected layer.

    Signals:
        code_written: Code that a person wrote for the selected layers, before they have it.
        fix_asked: A `Fix` of a hazard.
        mute_asked: A kind of hazard that is no longer to be marked.
    """

    code_written = Signal(str)
    fix_asked = Signal(object)
    mute_asked = Signal(str)

    def __init__(self, editor: Editor, parent: QWidget | None = None) -> None:
        """Follow an editor's selection."""
        super().__init__(parent)
        self._editor = editor
        self._status = StackStatus()
        self._ids: tuple[str, ...] = ()
        self._open_sections: dict[str, bool] = {}
        self._drafts: dict[str, str] = {}
        self.form: ArgumentForm | None = None
        self.header = InspectorHeader(editor)
        self._empty = QLabel(_NOTHING)
        self.stack_form = StackForm(editor)
        self._refusal = _text_label()
        self._results = _text_label()
        self.hazard_boxes = HazardBoxes()
        self._explaining: Explaining | None = None
        self._mixed = QLabel(_MIXED)
        self._body = QWidget()
        self._scroll = QScrollArea()
        self._line = QFrame()
        self._help = QLabel()
        self._lay_out()
        editor.selection_changed.connect(self._on_selection_changed)
        editor.stack_changed.connect(self._on_stack_changed)
        editor.stack_opened.connect(self._on_stack_opened)
        theme.current().changed.connect(self._on_theme_changed)
        application = QApplication.instance()
        assert isinstance(application, QApplication)
        application.focusChanged.connect(self._on_focus_changed)
        self._show_nodes(fresh=True)

    @property
    def help_text(self) -> str:
        """What is said of the argument in focus."""
        return self._help.text()

    @property
    def refusal_text(self) -> str:
        """TensorFlow's words, where it refused the selected layer."""
        return "" if self._refusal.isHidden() else self._refusal.text()

    @property
    def results_text(self) -> str:
        """What the selected layer became in the newest build."""
        return "" if self._results.isHidden() else self._results.text()

    def set_built(self, built: Built | None) -> None:
        """Show what a build made of the selected layer."""
        self._status = self._status.with_built(built)
        self._show_status()

    def set_trial(self, trial: Trial | None) -> None:
        """Show whether the selected layer can't be run."""
        self._status = self._status.with_trial(trial)
        self._show_status()

    def set_explained(self, explaining: Explaining) -> None:
        """Show what surprises about the selected layer, now and when another is selected."""
        self._explaining = explaining
        self._show_hazards()

    def set_devices(self, names: Sequence[str]) -> None:
        """Set the devices to choose from."""
        self.header.set_devices(names)

    def _lay_out(self) -> None:
        self._empty.setWordWrap(True)
        self._empty.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._empty.setForegroundRole(QPalette.ColorRole.PlaceholderText)
        self._mixed.setWordWrap(True)
        self.hazard_boxes.fix_asked.connect(self.fix_asked)
        self.hazard_boxes.mute_asked.connect(self.mute_asked)
        self._help.setWordWrap(True)
        self._help.setAlignment(Qt.AlignmentFlag.AlignTop)
        self._help.setMargin(6)
        self._help.setFixedHeight(3 * self._help.fontMetrics().lineSpacing() + 12)
        self._help.setAccessibleName("Help")
        body = QVBoxLayout(self._body)
        body.setContentsMargins(8, 6, 8, 6)
        for widget in (self._refusal, self.header, self._results, self.hazard_boxes, self._mixed):
            body.addWidget(widget)
        body.addStretch(1)
        self._scroll.setWidget(self._body)
        self._scroll.setWidgetResizable(True)
        self._scroll.setFrameShape(QFrame.Shape.NoFrame)
        self._scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._line.setFrameShape(QFrame.Shape.HLine)
        self._line.setFrameShadow(QFrame.Shadow.Sunken)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(self.stack_form)
        layout.addWidget(self._empty, 1)
        layout.addWidget(self._scroll, 1)
        layout.addWidget(self._line)
        layout.addWidget(self._help)

    def _nodes(self) -> list[Node]:
        stack = self._editor.stack
        return [stack.node(found) for found in self._ids if found in stack]

    def _show_nodes(self, *, fresh: bool) -> None:
        nodes = self._nodes()
        self._empty.setVisible(not nodes)
        self.stack_form.setVisible(not nodes)
        self._scroll.setVisible(bool(nodes))
        if fresh:
            self._help.setText(_help_of(nodes))
        if not nodes:
            self.stack_form.show_stack(fresh=fresh)
            return
        self._fit_form(nodes)
        self.header.show_nodes(nodes, fresh=fresh)
        self._mixed.setVisible(self.form is None)
        if self.form is not None:
            self.form.show_nodes(nodes, fresh=fresh)
        self._show_status()

    def _fit_form(self, nodes: list[Node]) -> None:
        """Have a form for the nodes' kind; none where they are of several."""
        kinds = {node.kind for node in nodes}
        kind = kinds.pop() if len(kinds) == 1 else None
        if kind == (None if self.form is None else self.form.kind):
            return
        if self.form is not None:
            self.form.hide()
            self.form.deleteLater()
            self.form = None
        if kind is not None:
            self.form = ArgumentForm(self._editor, kind, self._open_sections)
            self.form.code_written.connect(self.code_written)
            body = self._body.layout()
            assert isinstance(body, QVBoxLayout)
            body.insertWidget(body.count() - 1, self.form)
        self._scroll.verticalScrollBar().setValue(0)

    def _show_status(self) -> None:
        one = self._ids[0] if len(self._ids) == 1 else ""
        self.header.show_given_name(self._status.names.get(one))
        refusal = self._status.refusal_of(one)
        self._refusal.setVisible(refusal is not None)
        colours = theme.colours()
        palette = QPalette()
        palette.setColor(QPalette.ColorRole.WindowText, colours.refused)
        palette.setColor(QPalette.ColorRole.Window, colours.tint(colours.refused))
        self._refusal.setPalette(palette)
        self._refusal.setAutoFillBackground(True)
        self._refusal.setText("" if refusal is None else refusal.message)
        if self.form is not None:
            nodes = self._nodes()
            line = self._status.refused_line(nodes[0]) if len(nodes) == 1 else None
            self.form.show_refused_line(line, self._refusal.text())
        text = self._results_of(one)
        self._results.setVisible(bool(text))
        self._results.setText(text)
        self._show_hazards()

    def _show_hazards(self) -> None:
        explaining = self._explaining
        if explaining is None:
            return
        mine = [found for found in explaining.hazards if (found.node,) == self._ids]
        self.hazard_boxes.show_hazards([(found, explaining.fix_of(found)) for found in mine])

    def _results_of(self, node_id: str) -> str:
        if self._status.unreached(node_id):
            return "Not built: a layer before it was refused."
        lines = []
        output = self._status.output(node_id)
        if output:
            lines.append(f"Output {output}")
        variables = self._status.variables(node_id)
        if variables:
            more = len(variables) - _MOST_NAMES
            names = ", ".join(variables[:_MOST_NAMES])
            lines.append(f"Variables {names}" + (f" and {more:,} more" if more > 0 else ""))
        sharing = self._status.sharing_text(node_id)
        trial = self._status.fault_text(node_id) or self._status.untried_text(node_id)
        return "\n".join([*lines, *filter(None, (sharing, trial))])

    def _on_selection_changed(self, ids: tuple[str, ...]) -> None:
        if ids != self._ids:
            self._keep_draft()
            self._ids = ids
            self._show_nodes(fresh=True)
            self._show_draft()

    def _keep_draft(self) -> None:
        """Keep code that isn't right yet until its layer is selected again."""
        draft = None if self.form is None else self.form.draft
        if draft is not None and len(self._ids) == 1:
            self._drafts[self._ids[0]] = draft

    def _show_draft(self) -> None:
        draft = self._drafts.pop(self._ids[0], None) if len(self._ids) == 1 else None
        if draft is not None and self.form is not None:
            self.form.show_draft(draft)

    def _on_stack_changed(self, stack: Stack) -> None:
        self._show_nodes(fresh=False)

    def _on_stack_opened(self, stack: Stack) -> None:
        self._ids = ()
        self._drafts.clear()
        self._status = StackStatus()
        self._show_nodes(fresh=True)

    def _on_theme_changed(self) -> None:
        self._show_nodes(fresh=False)

    def _on_focus_changed(self, old: QWidget | None, new: QWidget | None) -> None:
        """Say what the argument in focus is for."""
        widget = new
        while widget is not None and not isinstance(widget, ArgumentField):
            widget = widget.parentWidget()
        if widget is not None and self.isAncestorOf(widget):
            self._help.setText(widget.help_text)
        elif new is not None and self.isAncestorOf(new):
            self._help.setText(_help_of(self._nodes()))


def _help_of(nodes: list[Node]) -> str:
    """Return what a node is for; nothing of several, and what the stack is for none."""
    if not nodes:
        return STACK.help
    return function_of(nodes[0].kind).help if len(nodes) == 1 else ""


def _text_label() -> QLabel:
    label = QLabel()
    label.setWordWrap(True)
    label.setTextFormat(Qt.TextFormat.PlainText)
    label.setTextInteractionFlags(
        Qt.TextInteractionFlag.TextSelectableByMouse
        | Qt.TextInteractionFlag.TextSelectableByKeyboard
    )
    label.setMargin(3)
    return label
