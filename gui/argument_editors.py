"""Fields in which a person enters one value: text, a check box or a choice."""

import math
from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QFocusEvent, QKeyEvent, QPalette, QWheelEvent
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QLineEdit, QWidget

from core.arguments import Optional, ValueRefusedError, ValueType
from core.stack import Value
from core.value_text import is_number, text_of, value_of
from gui import theme
from gui.check_box import CheckBox

SEVERAL = "several values"
_NOT_SHOWN = object()


class ValueEditor(QWidget):
    """Shows a value and lets a person enter another.

    It changes nothing when it is given the value it shows, so that it can be told often, also
    while a person is typing.

    Attributes:
        below: A widget that belongs under the whole row, if there is one.

    Signals:
        entered: A value that the type takes.
        refused: A sentence on why what was entered is no such value.
    """

    entered = Signal(object)
    refused = Signal(object)

    def __init__(self, kind: ValueType, parent: QWidget | None = None) -> None:
        """Make it for values of a type."""
        super().__init__(parent)
        self.kind = kind
        self.below: QWidget | None = None
        self._shown: object = _NOT_SHOWN
        self._layout = QHBoxLayout(self)
        self._layout.setContentsMargins(0, 0, 0, 0)

    def show_value(self, value: Value) -> bool:
        """Show a value; tell whether it is another one than before."""
        if self._shown is not _NOT_SHOWN and same(self._shown, value):
            return False
        self._shown = value
        self._show(value)
        return True

    def show_several(self) -> None:
        """Show that the selected layers have different values."""
        self._shown = _NOT_SHOWN
        self._show_several()

    def forget(self) -> None:
        """Show whatever comes next, as it is of another layer."""
        self._shown = _NOT_SHOWN

    def dim(self, dimmed: bool) -> None:
        """Show a default in a muted colour."""
        palette = QPalette()
        if dimmed:
            muted = theme.colours().muted
            for role in (QPalette.ColorRole.Text, QPalette.ColorRole.ButtonText):
                palette.setColor(QPalette.ColorGroup.Active, role, muted)
                palette.setColor(QPalette.ColorGroup.Inactive, role, muted)
        for child in self._dimmable():
            child.setPalette(palette)

    def enter(self, value: Value) -> None:
        """Tell that a value was entered, or why it is refused."""
        try:
            self.kind.check(value)
        except ValueRefusedError as refusal:
            self.refused.emit(refusal)
        else:
            self._shown = value
            self.entered.emit(value)

    def _show(self, value: Value) -> None:
        raise NotImplementedError

    def _show_several(self) -> None:
        raise NotImplementedError

    def _dimmable(self) -> Sequence[QWidget]:
        return ()


class TextEditor(ValueEditor):
    """A line of text; numbers can be stepped by the arrow keys and, in focus, by the wheel."""

    def __init__(self, kind: ValueType, parent: QWidget | None = None) -> None:
        """Make it for values of a type that can be typed."""
        super().__init__(kind, parent)
        self.field = _Line()
        self._layout.addWidget(self.field)
        self.setFocusProxy(self.field)
        self.field.editingFinished.connect(self._on_editing_finished)
        self.field.reverted.connect(self._on_reverted)
        if is_number(kind):
            self.field.stepped.connect(self._on_stepped)
            self.field.steps = True

    def _show(self, value: Value) -> None:
        nothing = value is None or isinstance(self.kind, Optional)
        self._show_text(text_of(value, self.kind), "none" if nothing else "")

    def _show_several(self) -> None:
        self._show_text("", SEVERAL)

    def _show_text(self, text: str, placeholder: str) -> None:
        self.field.setPlaceholderText(placeholder)
        self.field.setText(text)
        self.field.setCursorPosition(0)  # or a long text shows its end alone
        self.field.setModified(False)

    def _dimmable(self) -> Sequence[QWidget]:
        return (self.field,)

    def _on_editing_finished(self) -> None:
        if not self.field.isModified():
            return
        try:
            value = value_of(self.field.text(), self.kind)
        except ValueRefusedError as refusal:
            self.refused.emit(refusal)
            return
        self.field.setModified(False)
        self.enter(value)

    def _on_reverted(self) -> None:
        shown, self._shown = self._shown, _NOT_SHOWN
        if shown is _NOT_SHOWN:
            self._show_several()
        else:
            self.show_value(shown)  # type: ignore[arg-type]
        self.refused.emit(None)

    def _on_stepped(self, steps: int) -> None:
        try:
            value = value_of(self.field.text(), self.kind)
            stepped = _step(value, steps)
            self.kind.check(stepped)
        except ValueRefusedError:
            return
        if stepped is not None:
            self._show(stepped)
            self.enter(stepped)


class _Line(QLineEdit):
    """A line edit that knows of steps and of giving up.

    Signals:
        stepped: One step up or down is asked for.
        reverted: Escape was pressed: what was typed is to be forgotten.
    """

    stepped = Signal(int)
    reverted = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.steps = False

    # Qt overrides

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Step with the arrow keys, give up with Escape."""
        step = {Qt.Key.Key_Up: 1, Qt.Key.Key_Down: -1}.get(Qt.Key(event.key()))
        if self.steps and step is not None and not event.modifiers():
            self.stepped.emit(step)
        elif event.key() == Qt.Key.Key_Escape and self.isModified():
            self.reverted.emit()
        else:
            super().keyPressEvent(event)

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Step, but only where the person is; else let the form scroll."""
        if self.steps and self.hasFocus() and event.angleDelta().y():
            self.stepped.emit(1 if event.angleDelta().y() > 0 else -1)
            event.accept()
        else:
            event.ignore()

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Select the text when it is reached by the keyboard."""
        super().focusInEvent(event)
        if event.reason() in {Qt.FocusReason.TabFocusReason, Qt.FocusReason.BacktabFocusReason}:
            self.selectAll()


class BooleanEditor(ValueEditor):
    """A check box."""

    def __init__(self, kind: ValueType, parent: QWidget | None = None) -> None:
        """Make it for true and false."""
        super().__init__(kind, parent)
        self.box = CheckBox()
        self._layout.addWidget(self.box)
        self._layout.addStretch()
        self.setFocusProxy(self.box)
        self.box.clicked.connect(self._on_clicked)

    def _on_clicked(self) -> None:
        self.box.setTristate(False)
        self.enter(self.box.isChecked())

    def _show(self, value: Value) -> None:
        self.box.setTristate(False)
        self.box.setChecked(bool(value))

    def _show_several(self) -> None:
        self.box.setTristate(True)
        self.box.setCheckState(Qt.CheckState.PartiallyChecked)


class ChoiceEditor(ValueEditor):
    """A list to choose from: labels and the values they stand for."""

    def __init__(
        self,
        kind: ValueType,
        options: Sequence[tuple[str, Value]],
        parent: QWidget | None = None,
    ) -> None:
        """Make it for some options."""
        super().__init__(kind, parent)
        self._values = [value for _, value in options]
        self.box = QuietComboBox()
        self.box.addItems([label for label, _ in options])
        self._layout.addWidget(self.box)
        self.setFocusProxy(self.box)
        self.box.activated.connect(self._on_activated)

    def _on_activated(self, index: int) -> None:
        self.enter(self._values[index])

    def _show(self, value: Value) -> None:
        found = [index for index, option in enumerate(self._values) if same(option, value)]
        self.box.setCurrentIndex(found[0] if found else -1)

    def _show_several(self) -> None:
        self.box.setPlaceholderText(SEVERAL)
        self.box.setCurrentIndex(-1)

    def _dimmable(self) -> Sequence[QWidget]:
        return (self.box,)


class QuietComboBox(QComboBox):
    """A combo box that the wheel changes only in focus, so that a form can be scrolled."""

    def __init__(self, parent: QWidget | None = None) -> None:
        """Be narrow where there is little room."""
        super().__init__(parent)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.setMinimumContentsLength(8)

    # Qt overrides

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Let the form scroll unless this has the focus."""
        if self.hasFocus():
            super().wheelEvent(event)
        else:
            event.ignore()


def boolean_options(kind: ValueType) -> list[tuple[str, Value]]:
    """Return the choices of a type that takes booleans and, maybe, null."""
    booleans: list[tuple[str, Value]] = [("true", True), ("false", False)]
    return [("none", None), *booleans] if isinstance(kind, Optional) else booleans


def same(one: object, other: object) -> bool:
    """Tell whether two values are the same, 1 and True being two."""
    return type(one) is type(other) and one == other


def _step(value: Value, steps: int) -> Value:
    """Return the next number: a whole one, or about a hundredth of the value further."""
    match value:
        case bool() | None:
            return None
        case int():
            return value + steps
        case float():
            size = 10.0 ** (math.floor(math.log10(abs(value))) - 1) if value else 0.01
            return float(f"{value + steps * size:.12g}")
    return None
