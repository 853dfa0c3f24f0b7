"""What a layer takes its input from: the layer before it, or earlier nodes by choice."""

from functools import partial

from PySide6.QtCore import QSize, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import (
    QHBoxLayout,
    QListWidget,
    QMenu,
    QStackedLayout,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from core.catalog import KINDS
from core.node_names import before_text, path_text
from core.stack import Layer, Stack
from gui import icons
from gui.argument_editors import QuietComboBox

Inputs = tuple[str, ...] | None


class InputsField(QWidget):
    """A choice for each of one or two inputs; an ordered list where there may be more.

    Signals:
        entered: The ids of the inputs, or None for the layer before.
    """

    entered = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        """Start without a layer."""
        super().__init__(parent)
        self.one = _OneInput()
        self.two = _TwoInputs()
        self.several = _SeveralInputs()
        self._pages = QStackedLayout(self)
        for page in (self.one, self.two, self.several):
            self._pages.addWidget(page)
            page.entered.connect(self.entered)

    def show_layer(self, stack: Stack, layer: Layer) -> None:
        """Show the inputs of a layer."""
        page: _OneInput | _TwoInputs | _SeveralInputs = self.several
        match KINDS[layer.kind].inputs[1]:
            case 1:
                page = self.one
            case 2:
                page = self.two
        self._pages.setCurrentWidget(page)
        page.show_layer(stack, layer)
        self.setFixedHeight(page.sizeHint().height())
        self.setFocusProxy(page)


class _Choice(QuietComboBox):
    """Nodes to choose from, listed when the list is opened, as there may be thousands.

    Signals:
        about_to_list: All that there is to choose from is to be listed.
    """

    about_to_list = Signal()

    # Qt overrides

    def showPopup(self) -> None:
        """List the choices first."""
        self.about_to_list.emit()
        super().showPopup()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """List the choices before a key moves among them."""
        if self.count() <= 1:
            self.about_to_list.emit()
        super().keyPressEvent(event)


class _OneInput(_Choice):
    """The input of a layer that takes one."""

    entered = Signal(object)

    def __init__(self) -> None:
        super().__init__()
        self._stack = Stack()
        self._layer_id = ""
        self.setAccessibleName("Input")
        self.activated.connect(self._on_activated)
        self.about_to_list.connect(self._fill)

    def show_layer(self, stack: Stack, layer: Layer) -> None:
        self._stack, self._layer_id = stack, layer.id
        self.clear()
        self._add(layer.inputs)

    def _add(self, inputs: Inputs) -> None:
        if inputs is None:
            self.addItem(before_text(self._stack, self._layer_id), None)
        else:
            self.addItem(path_text(self._stack, self._stack.node(inputs[0])), inputs)

    def _fill(self) -> None:
        """List all, the nearest first, with the present one as the current."""
        layer = self._stack.node(self._layer_id)
        present = layer.inputs if isinstance(layer, Layer) else None
        choices: list[Inputs] = [None]
        choices += [(node.id,) for node in reversed(list(self._stack.before(self._layer_id)))]
        self.clear()
        for choice in choices:
            self._add(choice)
        self.setCurrentIndex(choices.index(present) if present in choices else 0)

    def _on_activated(self, index: int) -> None:
        self.entered.emit(self.itemData(index))


class _TwoInputs(QWidget):
    """The inputs of a layer that takes two: a choice for each."""

    entered = Signal(object)

    def __init__(self) -> None:
        super().__init__()
        self._stack = Stack()
        self._layer_id = ""
        self._inputs: list[str | None] = [None, None]
        self.boxes = (_Choice(), _Choice())
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(2)
        for number, box in enumerate(self.boxes):
            box.setAccessibleName(("First input", "Second input")[number])
            box.about_to_list.connect(partial(self._fill, number))
            box.activated.connect(partial(self._on_activated, number))
            layout.addWidget(box)
        self.setFocusProxy(self.boxes[0])

    def show_layer(self, stack: Stack, layer: Layer) -> None:
        self._stack, self._layer_id = stack, layer.id
        self._inputs = [None, None] if layer.inputs is None else list(layer.inputs)
        for number, box in enumerate(self.boxes):
            box.clear()
            self._add(number, self._inputs[number])

    def _add(self, number: int, node_id: str | None) -> None:
        text = "choose..." if node_id is None else path_text(self._stack, self._stack.node(node_id))
        self.boxes[number].addItem(text, node_id)

    def _fill(self, number: int) -> None:
        """List all there is to choose from, the nearest first."""
        present = self._inputs[number]
        choices = [node.id for node in reversed(list(self._stack.before(self._layer_id)))]
        self.boxes[number].clear()
        for choice in choices:
            self._add(number, choice)
        self.boxes[number].setCurrentIndex(choices.index(present) if present in choices else -1)

    def _on_activated(self, number: int, index: int) -> None:
        self._inputs[number] = self.boxes[number].itemData(index)
        if None not in self._inputs:
            self.entered.emit(tuple(self._inputs))


class _SeveralInputs(QWidget):
    """The inputs in their order, with buttons to change it."""

    entered = Signal(object)

    def __init__(self) -> None:
        super().__init__()
        self._stack = Stack()
        self._layer_id = ""
        self._inputs: list[str] = []
        self.list = QListWidget()
        self.list.setAccessibleName("Inputs in their order")
        self.list.setFixedHeight(4 * self.list.fontMetrics().lineSpacing() + 12)
        self.menu = QMenu(self)
        self.menu.aboutToShow.connect(self._fill_menu)
        self.add = _button("add", "Add an input", None)
        self.add.setMenu(self.menu)
        self.add.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self.remove = _button("delete", "Remove this input", self._on_remove)
        self.up = _button("move_up", "Move this input up", partial(self._on_move, -1))
        self.down = _button("move_down", "Move this input down", partial(self._on_move, 1))
        self.reset = _button("reset", "Take the layer before", self._on_reset)
        buttons = QHBoxLayout()
        for button in (self.add, self.remove, self.up, self.down, self.reset):
            buttons.addWidget(button)
        buttons.addStretch()
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(2)
        layout.addWidget(self.list)
        layout.addLayout(buttons)
        self.setFocusProxy(self.list)
        self.list.currentRowChanged.connect(self._update_buttons)

    def show_layer(self, stack: Stack, layer: Layer) -> None:
        row = self.list.currentRow()
        self._stack, self._layer_id = stack, layer.id
        self._inputs = list(layer.inputs or ())
        names = [path_text(stack, stack.node(found)) for found in self._inputs]
        self.list.clear()
        self.list.addItems(names or [before_text(stack, layer.id)])
        self.list.setCurrentRow(min(row, self.list.count() - 1))
        self._update_buttons()

    def _fill_menu(self) -> None:
        self.menu.clear()
        for node in reversed(list(self._stack.before(self._layer_id))):
            chosen = partial(self._on_add, node.id)
            self.menu.addAction(icons.kind_icon(node.kind), path_text(self._stack, node), chosen)
        if self.menu.isEmpty():
            self.menu.addAction("No layer stands before this one").setEnabled(False)

    def _update_buttons(self) -> None:
        row = self.list.currentRow()
        chosen = bool(self._inputs) and row >= 0
        self.remove.setEnabled(chosen)
        self.up.setEnabled(chosen and row > 0)
        self.down.setEnabled(chosen and row < len(self._inputs) - 1)
        self.reset.setEnabled(bool(self._inputs))

    def _on_add(self, node_id: str) -> None:
        self.entered.emit((*self._inputs, node_id))

    def _on_remove(self) -> None:
        row = self.list.currentRow()
        left = (*self._inputs[:row], *self._inputs[row + 1 :])
        self.entered.emit(left or None)

    def _on_move(self, step: int) -> None:
        row = self.list.currentRow()
        inputs = list(self._inputs)
        inputs.insert(row + step, inputs.pop(row))
        self.list.setCurrentRow(row + step)
        self.entered.emit(tuple(inputs))

    def _on_reset(self) -> None:
        self.entered.emit(None)


def _button(icon: str, tip: str, clicked: object) -> QToolButton:
    button = QToolButton()
    button.setAutoRaise(True)
    button.setIcon(icons.icon(icon))
    button.setIconSize(QSize(16, 16))
    button.setToolTip(tip)
    button.setAccessibleName(tip)
    if clicked is not None:
        button.clicked.connect(clicked)
    return button
