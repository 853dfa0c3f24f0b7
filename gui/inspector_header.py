"""What every node has: name, construction, reuse, inputs and device."""

from collections.abc import Sequence
from functools import partial

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QPalette
from PySide6.QtWidgets import (
    QApplication,
    QButtonGroup,
    QFormLayout,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QPushButton,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from core import commands, sharing
from core.arguments import Boolean, Choice, OneOf, Optional, ValueRefusedError
from core.catalog import CONSTRUCTIONS, KINDS
from core.document import REPEAT, check_node_name
from core.stack import Layer, Node, Scope
from gui import theme
from gui.argument_editors import SEVERAL, ChoiceEditor, QuietComboBox, TextEditor
from gui.editor import Editor
from gui.inputs_field import InputsField
from gui.models.stack_cells import REUSES
from gui.share_menu import ShareMenu

_REUSE = Optional(OneOf((Boolean(), Choice(("auto",)))))
_AROUND = "as the scope or stack around it"


class InspectorHeader(QWidget):
    """The rows above the arguments, for one node or several."""

    def __init__(self, editor: Editor, parent: QWidget | None = None) -> None:
        """Edit an editor's stack."""
        super().__init__(parent)
        self._editor = editor
        self._nodes: list[Node] = []
        self.kind = QLabel()
        self.kind.setWordWrap(True)
        self.name = _NameField()
        self.construction = _Construction()
        self.reuse = ChoiceEditor(_REUSE, [(label, value) for value, label in REUSES.items()])
        self.repeat = TextEditor(REPEAT)
        self.share = QPushButton("Share with...")
        self.share_menu = ShareMenu(editor, self)
        self.inputs = InputsField()
        self.device = _DeviceField()
        self._form = QFormLayout(self)
        self._lay_out()
        self.share_menu.aboutToShow.connect(self._fill_share_menu)
        self.name.entered.connect(self._on_name_entered)
        self.construction.entered.connect(self._on_construction_entered)
        self.reuse.entered.connect(self._on_reuse_entered)
        self.repeat.entered.connect(self._on_repeat_entered)
        self.inputs.entered.connect(self._on_inputs_entered)
        self.device.entered.connect(self._on_device_entered)

    def show_nodes(self, nodes: list[Node], *, fresh: bool) -> None:
        """Show what the nodes have in common; fresh ones are others than before."""
        self._nodes = nodes
        one = nodes[0] if len(nodes) == 1 else None
        self.kind.setText(_kind_text(nodes))
        if fresh:
            self.name.forget()
            self.reuse.forget()
            self.repeat.forget()
        self.name.show_name(one.name if one else None, one.kind if one else None)
        built = [node for node in nodes if isinstance(node, Layer) and node.construction]
        self._form.setRowVisible(self.construction, bool(built))
        self.construction.show_layers(built)
        self._show_reuse([node for node in nodes if commands.has_reuse(node)])
        self._show_repeat([node for node in nodes if isinstance(node, Scope)])
        self._show_inputs(one)
        self.device.show_devices([node.device for node in nodes])
        self._update_share()

    def show_given_name(self, name: str | None) -> None:
        """Show the name that TensorFlow gave to a node without one, None where it isn't known."""
        self.name.show_given_name(name)

    def set_devices(self, names: Sequence[str]) -> None:
        """Set the devices to choose from."""
        self.device.set_devices(names)

    def _lay_out(self) -> None:
        self.share.setMenu(self.share_menu)
        self.share.setAutoDefault(False)
        reuse = QWidget()
        row = QHBoxLayout(reuse)
        row.setContentsMargins(0, 0, 0, 0)
        row.addWidget(self.reuse, 1)
        row.addWidget(self.share)
        self.reuse_row = reuse
        self._form.setContentsMargins(0, 0, 0, 0)
        self._form.setVerticalSpacing(4)
        self._form.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.AllNonFixedFieldsGrow)
        for label, widget in (
            ("Kind", self.kind),
            ("Name", self.name),
            ("Built by", self.construction),
            ("Reuse", reuse),
            ("Repeat", self.repeat),
            ("Input", self.inputs),
            ("Device", self.device),
        ):
            self._form.addRow(label, widget)

    def _show_reuse(self, nodes: list[Node]) -> None:
        self._form.setRowVisible(self.reuse_row, bool(nodes))
        values = [node.reuse for node in nodes]
        if all(value is values[0] or value == values[0] == "auto" for value in values):
            self.reuse.show_value(values[0] if values else None)
        else:
            self.reuse.show_several()

    def _show_repeat(self, scopes: list[Scope]) -> None:
        self._form.setRowVisible(self.repeat, bool(scopes))
        repeats = [scope.repeat for scope in scopes]
        if len(set(repeats)) == 1:
            self.repeat.show_value(repeats[0])
        else:
            self.repeat.show_several()

    def _show_inputs(self, node: Node | None) -> None:
        takes_inputs = isinstance(node, Layer) and KINDS[node.kind].inputs[1] != 0
        self._form.setRowVisible(self.inputs, takes_inputs)
        if takes_inputs and isinstance(node, Layer):
            self.inputs.show_layer(self._editor.stack, node)

    def _update_share(self) -> None:
        one = len(self._nodes) == 1
        owners = one and sharing.shareable(self._editor.stack, self._nodes[0].id)
        self.share.setEnabled(bool(owners))
        self.share.setVisible(one and isinstance(self._nodes[0], Layer))
        self.share.setToolTip(
            "Read the variables of an earlier layer"
            if owners
            else "There is no earlier layer of this kind"
        )

    def _fill_share_menu(self) -> None:
        self.share_menu.fill(self._nodes[0].id)

    @property
    def _ids(self) -> tuple[str, ...]:
        return tuple(node.id for node in self._nodes)

    def _on_name_entered(self, name: str | None) -> None:
        self._editor.attempt(partial(commands.rename, node_id=self._ids[0], name=name))

    def _on_construction_entered(self, construction: str) -> None:
        self._editor.attempt(
            partial(commands.set_construction, ids=self._ids, construction=construction)
        )

    def _on_reuse_entered(self, reuse: object) -> None:
        self._editor.attempt(partial(commands.set_reuse, ids=self._ids, reuse=reuse))  # type: ignore[arg-type]

    def _on_repeat_entered(self, repeat: int) -> None:
        self._editor.attempt(partial(commands.set_repeat, ids=self._ids, repeat=repeat))

    def _on_inputs_entered(self, inputs: tuple[str, ...] | None) -> None:
        self._editor.attempt(partial(commands.set_inputs, layer_id=self._ids[0], inputs=inputs))

    def _on_device_entered(self, device: str) -> None:
        self._editor.attempt(partial(commands.set_device, ids=self._ids, device=device))


class _NameField(QWidget):
    """A field for a name; one that TensorFlow refuses is not taken, and the rule shown."""

    entered = Signal(object)

    def __init__(self) -> None:
        super().__init__()
        self.field = QLineEdit()
        self.field.setAccessibleName("Name")
        self.refusal = QLabel()
        self.refusal.setWordWrap(True)
        self.refusal.hide()
        self._shown: str | None = None
        self._kind = ""
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(2)
        layout.addWidget(self.field)
        layout.addWidget(self.refusal)
        self.setFocusProxy(self.field)
        self.field.editingFinished.connect(self._on_editing_finished)

    def forget(self) -> None:
        self._shown = None
        self.field.clear()
        self.refusal.hide()

    def show_name(self, name: str | None, kind: str | None) -> None:
        """Show the name of a node of a kind; None is for several nodes."""
        self._kind = kind or ""
        self.field.setEnabled(kind is not None)
        if kind is None:
            self.field.setPlaceholderText(SEVERAL)
        if (name or "") != self._shown:
            self._shown = name or ""
            self.field.setText(self._shown)
            self.field.setModified(False)
            self.refusal.hide()

    def show_given_name(self, name: str | None) -> None:
        """Show the name that TensorFlow gave to a node that is shown without one."""
        if self.field.isEnabled():
            words = "named by TensorFlow"
            self.field.setPlaceholderText(f"{name}, {words}" if name else words)

    def _on_editing_finished(self) -> None:
        if not self.field.isModified():
            return
        name = self.field.text().strip() or None
        try:
            check_node_name(self._kind, name)
        except ValueRefusedError as refusal:
            palette = QPalette()
            palette.setColor(QPalette.ColorRole.WindowText, theme.colours().refused)
            self.refusal.setPalette(palette)
            self.refusal.setText(refusal.sentence)
            self.refusal.show()
            return
        self.refusal.hide()
        self.field.setModified(False)
        self._shown = name or ""
        self.entered.emit(name)


class _Construction(QWidget):
    """One button for each construction."""

    entered = Signal(str)

    def __init__(self) -> None:
        super().__init__()
        self._group = QButtonGroup(self)
        self.buttons: dict[str, QToolButton] = {}
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        for construction in CONSTRUCTIONS.values():
            button = QToolButton()
            button.setText(construction.label)
            button.setCheckable(True)
            button.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
            button.clicked.connect(partial(self._on_clicked, construction.id))
            self._group.addButton(button)
            self.buttons[construction.id] = button
            layout.addWidget(button)
        layout.addStretch()

    def show_layers(self, layers: list[Layer]) -> None:
        """Show the construction of layers, and what there is to choose from."""
        constructions = {layer.construction for layer in layers}
        possible = {name for layer in layers for name in KINDS[layer.kind].constructions}
        # An exclusive group keeps its last button down, so it is let go where there are several.
        self._group.setExclusive(False)
        for name, button in self.buttons.items():
            checked = constructions == {name}
            button.setChecked(checked)
            button.setEnabled(name in possible)
            button.setToolTip("" if name in possible else "tf.layers has no such layer")
            button.setPalette(_highlighted() if checked else QPalette())
        self._group.setExclusive(True)

    def _on_clicked(self, construction: str, checked: bool = True) -> None:
        self.entered.emit(construction)


class _DeviceField(QuietComboBox):
    """A device from the list, or any other name that is typed."""

    entered = Signal(object)

    def __init__(self) -> None:
        super().__init__()
        self._shown: str | None = None
        self._devices: tuple[str, ...] = ()
        self._line = QLineEdit()
        self.setLineEdit(self._line)
        self.setInsertPolicy(QuietComboBox.InsertPolicy.NoInsert)
        self.setAccessibleName("Device")
        self._line.setPlaceholderText(_AROUND)
        self._line.editingFinished.connect(self._on_editing_finished)
        self.activated.connect(self._on_editing_finished)

    def set_devices(self, names: Sequence[str]) -> None:
        self._devices = tuple(names)
        text = self.currentText()
        self.clear()
        self.addItems(["", *self._devices])
        self.setEditText(text)

    def show_devices(self, devices: list[str | None]) -> None:
        one = len(set(devices)) == 1
        text = (devices[0] or "") if one else ""
        self._line.setPlaceholderText(_AROUND if one else SEVERAL)
        if text != self._shown:
            self._shown = text
            self.setEditText(text)

    def _on_editing_finished(self) -> None:
        text = self.currentText().strip()
        if text != self._shown:
            self._shown = text
            self.entered.emit(text or None)


def _highlighted() -> QPalette:
    """Return colours that tell a button that is down from one that is up, in the dark too."""
    palette = QApplication.palette()
    role = QPalette.ColorRole
    palette.setColor(role.Button, palette.color(role.Highlight))
    palette.setColor(role.ButtonText, palette.color(role.HighlightedText))
    return palette


def _kind_text(nodes: list[Node]) -> str:
    kinds = list(dict.fromkeys(node.kind for node in nodes))
    if len(nodes) == 1:
        return kinds[0]
    return f"{len(nodes)} selected: {', '.join(kinds)}"
