"""Arguments as rows of a form: a label, a field for the value, a button that resets it."""

from collections.abc import Callable, Container, Mapping, Sequence
from functools import partial

from PySide6.QtCore import QSize, Qt, QTimer, Signal
from PySide6.QtGui import QPalette
from PySide6.QtWidgets import (
    QApplication,
    QHBoxLayout,
    QLabel,
    QScrollArea,
    QSizePolicy,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from core.arguments import (
    Argument,
    Boolean,
    Choice,
    Chosen,
    Function,
    OneOf,
    Optional,
    Record,
    ValueRefusedError,
    ValueType,
    split_chosen,
)
from core.custom_code import Code
from core.stack import Value, freeze
from core.value_text import text_of
from gui import icons, theme
from gui.argument_editors import (
    BooleanEditor,
    ChoiceEditor,
    TextEditor,
    ValueEditor,
    boolean_options,
    same,
)
from gui.code_editor import CodeEditor
from gui.guess_mark import GuessMark

_LABEL_WIDTH = 138
Check = Callable[[Value], None]


class ArgumentFields(QWidget):
    """The rows of some arguments.

    Signals:
        entered: The name of an argument and its new value.
        reset: The name of an argument that shall have its default again.
        confirmed: The name of an argument whose value is no guess any more.
    """

    entered = Signal(str, object)
    reset = Signal(str)
    confirmed = Signal(str)

    def __init__(
        self,
        arguments: Sequence[Argument],
        parent: QWidget | None = None,
        *,
        checks: Mapping[str, Check] | None = None,
        nested: bool = False,
    ) -> None:
        """Make a row for each argument; `checks` are made beyond those of its type."""
        super().__init__(parent)
        self.fields: dict[str, ArgumentField] = {}
        layout = QVBoxLayout(self)
        layout.setContentsMargins(14 if nested else 0, 0, 0, 0)
        layout.setSpacing(3)
        for argument in arguments:
            check = (checks or {}).get(argument.name)
            field = ArgumentField(argument, check, nested=nested)
            field.entered.connect(partial(self.entered.emit, argument.name))
            field.reset.connect(partial(self.reset.emit, argument.name))
            field.guess_mark.clicked.connect(partial(self.confirmed.emit, argument.name))
            layout.addWidget(field)
            self.fields[argument.name] = field

    def show_values(self, settings: Sequence[Mapping[str, Value]], *, fresh: bool = False) -> None:
        """Show the values of one layer, or of several; fresh ones are of others than before."""
        for name, field in self.fields.items():
            values = [found.get(name, field.argument.default) for found in settings]
            field.show_values(values, any(name in found for found in settings), fresh=fresh)

    def show_guesses(self, names: Container[str]) -> None:
        """Mark the arguments that are a guess."""
        for name, field in self.fields.items():
            field.guess_mark.show_guess(name in names)


class ArgumentField(QWidget):
    """The row of one argument, with the reason below it when a value is refused.

    Attributes:
        guess_mark: Stands beside a value that is a guess; a click confirms it.

    Signals:
        entered: A value that the argument takes.
        reset: The default is wanted back.
    """

    entered = Signal(object)
    reset = Signal()

    def __init__(
        self, argument: Argument, check: Check | None = None, *, nested: bool = False
    ) -> None:
        """Make it for an argument."""
        super().__init__()
        self.argument = argument
        self._check = check
        self._label = QLabel()
        self._label.setFixedWidth(_LABEL_WIDTH - (14 if nested else 0))
        self._show_name()
        self._label.setToolTip(argument.help)
        self.editor = make_editor(argument.type)
        self.editor.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.editor.setToolTip(argument.help)
        self.editor.setAccessibleName(argument.name)
        target = self.editor.focusProxy()
        if target is not None:
            target.setAccessibleName(argument.name)
            target.setAccessibleDescription(argument.help)
            self._label.setBuddy(target)
        self._reset = _reset_button(argument)
        self.guess_mark = GuessMark(argument.name)
        self._refusal = QLabel()
        self._refusal.setWordWrap(True)
        self._refusal.setIndent(self._label.width() if self.editor.below is None else 0)
        self._refusal.hide()
        self._lay_out()
        self.editor.entered.connect(self._on_entered)
        self.editor.refused.connect(self._on_refused)
        self._reset.clicked.connect(self.reset)

    @property
    def refusal(self) -> str:
        """Why the value that was entered is refused, empty when none is."""
        return "" if self._refusal.isHidden() else self._refusal.text()

    @property
    def help_text(self) -> str:
        """What the argument is for, and its default."""
        argument = self.argument
        default = "" if argument.required else f" Default: {_default_text(argument)}."
        return f"{argument.name}: {argument.help}{default}"

    @property
    def reset_button(self) -> QToolButton:
        """The button that resets the argument."""
        return self._reset

    def show_values(self, values: Sequence[Value], changed: bool, *, fresh: bool) -> None:
        """Show one value, or that there are several; `changed` ones are no defaults."""
        if fresh:
            self.editor.forget()
        if all(same(value, values[0]) for value in values):
            if self.editor.show_value(values[0]):
                self._show_refusal("")
        else:
            self.editor.show_several()
        self.editor.dim(not changed)
        self._reset.setVisible(changed and not self.argument.required)
        palette = QPalette()
        if not changed:
            palette.setColor(QPalette.ColorRole.WindowText, theme.colours().muted)
        self._label.setPalette(palette)

    def _show_name(self) -> None:
        """Show the argument's name, in two lines where one has no room for it."""
        name = self.argument.name
        if self._label.fontMetrics().horizontalAdvance(name) > self._label.width():
            self._label.setWordWrap(True)
            name = name.replace("_", "_\N{ZERO WIDTH SPACE}")
        self._label.setText(name)

    def _lay_out(self) -> None:
        row = QHBoxLayout()
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(4)
        row.addWidget(self._label, 0, Qt.AlignmentFlag.AlignTop)
        row.addWidget(self.editor, 1)
        row.addWidget(self.guess_mark, 0, Qt.AlignmentFlag.AlignTop)
        row.addWidget(self._reset, 0, Qt.AlignmentFlag.AlignTop)
        self._label.setMinimumHeight(self.editor.sizeHint().height())
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(2)
        layout.addLayout(row)
        if self.editor.below is not None:
            layout.addWidget(self.editor.below)
        layout.addWidget(self._refusal)

    def _show_refusal(self, sentence: str) -> None:
        palette = QPalette()
        palette.setColor(QPalette.ColorRole.WindowText, theme.colours().refused)
        self._refusal.setPalette(palette)
        self._refusal.setText(sentence)
        self._refusal.setVisible(bool(sentence))
        if sentence and self.editor.focusProxy() is QApplication.focusWidget():
            # Once it has its place: below a field of several lines it may be out of sight.
            QTimer.singleShot(0, self, self._scroll_to_refusal)

    def _scroll_to_refusal(self) -> None:
        around = self.parentWidget()
        while around is not None and not isinstance(around, QScrollArea):
            around = around.parentWidget()
        if around is not None:
            around.ensureWidgetVisible(self._refusal, 0, 4)

    def _on_entered(self, value: Value) -> None:
        try:
            if self._check is not None:
                self._check(value)
        except ValueRefusedError as refusal:
            self._on_refused(refusal)
            return
        self._show_refusal("")
        self.entered.emit(value)

    def _on_refused(self, refusal: ValueRefusedError | None) -> None:
        if refusal is None:
            self._show_refusal("")
        elif refusal.sentence.startswith("must"):
            place = f"{self.argument.name}{refusal.place}"
            self._show_refusal(f"{place} {refusal.sentence}")
        else:
            self._show_refusal(refusal.sentence)


class ChosenEditor(ValueEditor):
    """A function chosen from a table, and below it a row for each of its arguments."""

    def __init__(self, kind: ValueType, table: Mapping[str, Function]) -> None:
        """Make it for a type that takes functions of a table, and maybe booleans and null."""
        super().__init__(kind)
        self._table = table
        self._value: Value = None
        self._fields: ArgumentFields | None = None
        self._function: Function | None = None
        self.below = QWidget()
        QVBoxLayout(self.below).setContentsMargins(0, 0, 0, 0)
        names = Optional(OneOf((Boolean(), Choice(tuple(table)))))
        self.choice = ChoiceEditor(names, self._options())
        for row, name in enumerate(self._options()):
            if name[0] in table:
                help_text = table[name[0]].help
                self.choice.box.setItemData(row, help_text, Qt.ItemDataRole.ToolTipRole)
        self._layout.addWidget(self.choice)
        self.setFocusProxy(self.choice.box)
        self.choice.entered.connect(self._on_chosen)

    @property
    def fields(self) -> ArgumentFields | None:
        """The rows of the chosen function's arguments."""
        return self._fields

    def forget(self) -> None:
        """Show whatever comes next."""
        super().forget()
        self.choice.forget()
        for field in self._fields.fields.values() if self._fields is not None else ():
            field.editor.forget()

    def dim(self, dimmed: bool) -> None:
        """Show a default in a muted colour."""
        self.choice.dim(dimmed)

    def _options(self) -> list[tuple[str, Value]]:
        kind = self.kind
        options: list[tuple[str, Value]] = [(name, name) for name in self._table]
        if isinstance(kind, OneOf) and any(isinstance(found, Boolean) for found in kind.options):
            options = [*boolean_options(Boolean()), *options]
        return [("none", None), *options] if isinstance(kind, Optional) else options

    def _show(self, value: Value) -> None:
        self._value = value
        if isinstance(value, str | Mapping):
            name, values = split_chosen(value)
            self.choice.show_value(name)
            self._show_fields(self._table.get(name), values)
        else:
            self.choice.show_value(value)
            self._show_fields(None, {})

    def _show_several(self) -> None:
        self.choice.show_several()
        self._show_fields(None, {})

    def _show_fields(self, function: Function | None, values: Mapping[str, Value]) -> None:
        if function is not self._function:
            self._function = function
            if self._fields is not None:
                self._fields.hide()
                self._fields.deleteLater()
                self._fields = None
            if function is not None and function.arguments:
                self._fields = _nested_fields(self, function)
        if self._fields is not None:
            self._fields.show_values([values])
        assert self.below is not None
        self.below.setVisible(self._fields is not None)

    def _on_chosen(self, value: Value) -> None:
        if isinstance(value, str):
            needed = [found for found in self._table[value].arguments if found.required]
            value = _packed(value, {found.name: found.default for found in needed})
        self._enter(value)

    def change_argument(self, name: str, value: Value) -> None:
        """Take an argument of the function."""
        kind, values = split_chosen(self._value)
        self._enter(_packed(kind, {**values, name: value}))

    def reset_argument(self, name: str) -> None:
        """Give an argument of the function its default back."""
        kind, values = split_chosen(self._value)
        self._enter(_packed(kind, {key: found for key, found in values.items() if key != name}))

    def _enter(self, value: Value) -> None:
        self._show(value)
        self.enter(value)


class RecordEditor(ValueEditor):
    """A row for each key of a mapping; without any key it is null."""

    def __init__(self, kind: ValueType, function: Function) -> None:
        """Make it for the keys of a function."""
        super().__init__(kind)
        self._value: Mapping[str, Value] = {}
        self.below = QWidget()
        QVBoxLayout(self.below).setContentsMargins(0, 0, 0, 0)
        self.fields = _nested_fields(self, function)

    def change_argument(self, name: str, value: Value) -> None:
        """Take the value of a key."""
        self._enter({**self._value, name: value})

    def reset_argument(self, name: str) -> None:
        """Leave a key out."""
        self._enter({key: found for key, found in self._value.items() if key != name})

    def _enter(self, value: Mapping[str, Value]) -> None:
        self._value = value
        self.fields.show_values([value])
        self.enter(freeze(value) if value or not isinstance(self.kind, Optional) else None)

    def _show(self, value: Value) -> None:
        self._value = value if isinstance(value, Mapping) else {}
        self.fields.show_values([self._value])

    def _show_several(self) -> None:
        self._show(None)


def make_editor(kind: ValueType) -> ValueEditor:
    """Return the field that fits a type."""
    inner = kind.item if isinstance(kind, Optional) else kind
    options = inner.options if isinstance(inner, OneOf) else (inner,)
    chosen = [found for found in options if isinstance(found, Chosen)]
    match inner:
        case Boolean() if inner is kind:
            return BooleanEditor(kind)
        case Boolean():
            return ChoiceEditor(kind, boolean_options(kind))
        case Choice(names):
            none: list[tuple[str, Value]] = [("none", None)] if inner is not kind else []
            return ChoiceEditor(kind, [*none, *((name, name) for name in names)])
        case Code():
            return CodeEditor(kind)
        case Record(function):
            return RecordEditor(kind, function)
        case _ if chosen:
            return ChosenEditor(kind, chosen[0].table)
    return TextEditor(kind)


def _nested_fields(editor: ChosenEditor | RecordEditor, function: Function) -> ArgumentFields:
    fields = ArgumentFields(function.arguments, nested=True)
    fields.entered.connect(editor.change_argument)
    fields.reset.connect(editor.reset_argument)
    assert editor.below is not None
    layout = editor.below.layout()
    assert layout is not None
    layout.addWidget(fields)
    return fields


def _packed(kind: str, values: Mapping[str, Value]) -> Value:
    """Return a function's kind and arguments as the stack file has them."""
    return freeze({"kind": kind, **values}) if values else kind


def _default_text(argument: Argument) -> str:
    return text_of(argument.default, argument.type) or "none"


def _reset_button(argument: Argument) -> QToolButton:
    button = QToolButton()
    button.setAutoRaise(True)
    button.setIcon(icons.icon("reset", theme.colours().muted))
    button.setIconSize(QSize(14, 14))
    button.setToolTip(f"Back to TensorFlow's default: {_default_text(argument)}")
    button.setAccessibleName(f"Reset {argument.name}")
    policy = button.sizePolicy()
    policy.setRetainSizeWhenHidden(True)
    button.setSizePolicy(policy)
    return button
