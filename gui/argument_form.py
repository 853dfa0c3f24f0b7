"""The arguments of one kind of layer, in sections that open and close."""

from collections.abc import Iterable, Iterator, Mapping
from functools import partial

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QLabel, QVBoxLayout, QWidget

from core import commands
from core.arguments import Argument
from core.catalog import CONSTRUCTIONS, KINDS, VARIABLE, function_of
from core.custom_code import Code
from core.document import check_name
from core.stack import Layer, Node, Value
from gui.argument_fields import ArgumentFields
from gui.code_editor import CodeEditor
from gui.collapsible_section import CollapsibleSection
from gui.editor import Editor

_FIRST = "Main"
_VARIABLES = "Variables made by get_variable"
_NO_EFFECT = "Built by tf.layers, so these settings take effect with get_variable only."


class ArgumentForm(QWidget):
    """One section for each group of arguments, and for manual layers one for their variables.

    Attributes:
        kind: The kind of layer it is for.
        sections: By their titles; the variables of a role under the role's name.

    Signals:
        code_written: Code that a person wrote, before it comes into the stack.
    """

    code_written = Signal(str)

    def __init__(self, editor: Editor, kind: str, open_sections: dict[str, bool]) -> None:
        """Make the form; which sections are open is kept in `open_sections` for the next one."""
        super().__init__()
        self.kind = kind
        self.sections: dict[str, CollapsibleSection] = {}
        self._editor = editor
        self._open = open_sections
        self._nodes: list[Node] = []
        known = KINDS.get(kind)
        self._roles = known.roles if known is not None and known.constructions else ()
        self._forms: dict[str, tuple[str | None, ArgumentFields]] = {}
        self._no_effect: QLabel | None = None
        self._layout = QVBoxLayout(self)
        self._layout.setContentsMargins(0, 0, 0, 0)
        self._layout.setSpacing(2)
        groups: dict[str, list[Argument]] = {}
        for argument in function_of(kind).arguments:
            groups.setdefault(argument.group, []).append(argument)
        for title, arguments in groups.items():
            self._add_section(self._layout, title, partial(self._make_fields, title, arguments))
        if self._roles:
            self._add_section(self._layout, _VARIABLES, self._make_variables)

    def show_nodes(self, nodes: list[Node], *, fresh: bool) -> None:
        """Show the values of one node or several; fresh ones are others than before."""
        self._nodes = nodes
        if fresh:
            self._open_some(list(self.sections))
        self._show_no_effect()
        for title in self._forms:
            self._show(title, fresh=fresh)

    def fields(self, title: str) -> ArgumentFields:
        """Return the rows of a section, opened if it isn't. Raises KeyError."""
        if title not in self._forms:
            self.sections[_VARIABLES].set_open(True)
            self.sections[title].set_open(True)
        return self._forms[title][1]

    @property
    def draft(self) -> str | None:
        """Code that was typed and is not in the stack, such as what isn't right yet."""
        return next((found.draft for found in self._code_editors()), None)

    def show_draft(self, code: str) -> None:
        """Show code again that was typed and is not in the stack."""
        for found in self._code_editors():
            found.field.replace(code)

    def show_refused_line(self, line: int | None, words: str) -> None:
        """Mark the line of the code where the layer was refused; None takes the mark away."""
        for found in self._code_editors():
            found.show_refused_line(line, words)

    def _code_editors(self) -> Iterator[CodeEditor]:
        for _, fields in self._forms.values():
            editors = (field.editor for field in fields.fields.values())
            yield from (found for found in editors if isinstance(found, CodeEditor))

    def _open_some(self, titles: Iterable[str]) -> None:
        """Open the sections that a person left open, or that have something to show."""
        for title in titles:
            section = self.sections[title]
            if not section.is_open and self._open.get(title, self._opens(title)):
                section.set_open(True)

    def _opens(self, title: str) -> bool:
        """Tell whether a section is open at first: the main one, and where something is set."""
        if title == _FIRST:
            return True
        if title in self._roles:
            return any(_of_role(node, title) for node in self._nodes)
        names = {found.name for found in function_of(self.kind).arguments if found.group == title}
        if title == _VARIABLES:
            return any(_takes_variables(node) and node.variables for node in self._layers())
        guesses = (name for node in self._layers() for name in node.guesses)
        return not names.isdisjoint(guesses) or any(
            names.intersection(node.arguments) for node in self._nodes
        )

    def _add_section(self, layout: QVBoxLayout, title: str, make: object, indent: int = 0) -> None:
        section = CollapsibleSection(title, make, indent=indent)  # type: ignore[arg-type]
        section.toggled.connect(partial(self._on_toggled, title))
        self.sections[title] = section
        layout.addWidget(section)

    def _make_fields(self, title: str, arguments: list[Argument]) -> QWidget:
        fields = ArgumentFields(arguments)
        fields.entered.connect(self._on_entered)
        fields.reset.connect(self._on_reset)
        fields.confirmed.connect(self._on_confirmed)
        self._forms[title] = None, fields
        self._show(title, fresh=True)
        return fields

    def _make_variables(self) -> QWidget:
        content = QWidget()
        layout = QVBoxLayout(content)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(2)
        self._no_effect = QLabel(_NO_EFFECT)
        self._no_effect.setWordWrap(True)
        layout.addWidget(self._no_effect)
        self._show_no_effect()
        for role in self._roles:
            self._add_section(layout, role, partial(self._make_role, role), indent=10)
        self._open_some(self._roles)
        return content

    def _make_role(self, role: str) -> QWidget:
        fields = ArgumentFields(VARIABLE.arguments, checks={"name": check_name})
        fields.entered.connect(partial(self._on_variable_entered, role))
        fields.reset.connect(partial(self._on_variable_reset, role))
        self._forms[role] = role, fields
        self._show(role, fresh=True)
        return fields

    def _show(self, title: str, *, fresh: bool) -> None:
        role, fields = self._forms[title]
        settings: list[Mapping[str, Value]] = [
            node.arguments if role is None else _of_role(node, role) for node in self._nodes
        ]
        if settings:
            fields.show_values(settings, fresh=fresh)
            if role is None:
                fields.show_guesses({name for it in self._layers() for name in it.guesses})

    def _show_no_effect(self) -> None:
        if self._no_effect is not None:
            self._no_effect.setHidden(any(map(_takes_variables, self._nodes)))

    def _layers(self) -> list[Layer]:
        return [node for node in self._nodes if isinstance(node, Layer)]

    @property
    def _ids(self) -> tuple[str, ...]:
        return tuple(node.id for node in self._nodes)

    def _on_toggled(self, title: str, is_open: bool) -> None:
        self._open[title] = is_open

    def _on_entered(self, name: str, value: Value) -> None:
        if isinstance(value, str) and self._is_code(name):
            self.code_written.emit(value)
        self._editor.do(commands.set_argument(self._editor.stack, self._ids, name, value))

    def _is_code(self, name: str) -> bool:
        arguments = function_of(self.kind).arguments
        return any(found.name == name and isinstance(found.type, Code) for found in arguments)

    def _on_reset(self, name: str) -> None:
        self._editor.do(commands.reset_argument(self._editor.stack, self._ids, name))

    def _on_confirmed(self, name: str) -> None:
        self._editor.do(commands.confirm_guess(self._editor.stack, self._ids, name))

    def _on_variable_entered(self, role: str, name: str, value: Value) -> None:
        stack = self._editor.stack
        self._editor.do(commands.set_variable(stack, self._ids, role, name, value))

    def _on_variable_reset(self, role: str, name: str) -> None:
        stack = self._editor.stack
        self._editor.do(commands.set_variable(stack, self._ids, role, name, None))


def _takes_variables(node: Node) -> bool:
    if not isinstance(node, Layer) or node.construction is None:
        return False
    return CONSTRUCTIONS[node.construction].takes_variables


def _of_role(node: Node, role: str) -> Mapping[str, Value]:
    found = node.variables.get(role, {}) if isinstance(node, Layer) else {}
    return found if isinstance(found, Mapping) else {}
