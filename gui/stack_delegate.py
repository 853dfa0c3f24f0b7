"""How the cells of the stack are drawn and how a node is renamed in place."""

from functools import partial

from PySide6.QtCore import QAbstractItemModel, QModelIndex, QPersistentModelIndex, QRect, QSize
from PySide6.QtGui import QIcon, QPainter
from PySide6.QtWidgets import QStyle, QStyleOption, QStyleOptionViewItem, QWidget

from core.arguments import ValueRefusedError
from core.document import check_node_name
from gui import icons, theme
from gui.models.stack_model import HAZARD_ROLE, StackModel
from gui.refusing_editor import RefusingDelegate, RefusingEditor

_Index = QModelIndex | QPersistentModelIndex
_ROW_PADDING = 6
_ARROW = 8
_MARK = 14


class StackDelegate(RefusingDelegate):
    """Marks the cells that open a menu and the rows with hazards, and edits names."""

    # Qt overrides

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: _Index) -> None:
        """Draw a cell, with an arrow where a click opens a menu and the row is looked at."""
        super().paint(painter, option, index)
        if index.data(HAZARD_ROLE):
            _paint_mark(painter, option)
        looked_at = QStyle.StateFlag.State_MouseOver | QStyle.StateFlag.State_Selected
        model = index.model()
        has_choices = isinstance(model, StackModel) and model.has_choices(index)
        if not has_choices or not option.state & looked_at:  # type: ignore[attr-defined]
            return
        arrow = QStyleOption()
        rect = option.rect  # type: ignore[attr-defined]
        top = rect.center().y() - _ARROW // 2
        arrow.rect = QRect(rect.right() - _ARROW - 4, top, _ARROW, _ARROW)  # type: ignore[attr-defined]
        arrow.state = option.state  # type: ignore[attr-defined]
        arrow.palette = option.palette  # type: ignore[attr-defined]
        style = option.widget.style()  # type: ignore[attr-defined]
        style.drawPrimitive(QStyle.PrimitiveElement.PE_IndicatorArrowDown, arrow, painter)

    def sizeHint(self, option: QStyleOptionViewItem, index: _Index) -> QSize:
        """Give rows some air, so that a drop between two of them is easy to aim at."""
        size = super().sizeHint(option, index)
        size.setHeight(option.fontMetrics.height() + _ROW_PADDING)  # type: ignore[attr-defined]
        return size

    def createEditor(self, parent: QWidget, option: QStyleOptionViewItem, index: _Index) -> QWidget:
        """Return a field for the name."""
        model = index.model()
        node = model.node(index) if isinstance(model, StackModel) else None
        return NameEditor(parent, "" if node is None else node.kind)

    def setModelData(self, editor: QWidget, model: QAbstractItemModel, index: _Index) -> None:
        """Have the model take the name."""
        if isinstance(editor, NameEditor):
            model.setData(index, editor.text())  # type: ignore[arg-type]


def _paint_mark(painter: QPainter, option: QStyleOptionViewItem) -> None:
    """Draw the mark of a hazard at the end of a cell, beside whatever else stands in it."""
    rect = option.rect  # type: ignore[attr-defined]
    top = rect.center().y() - _MARK // 2 + 1
    selected = option.state & QStyle.StateFlag.State_Selected  # type: ignore[attr-defined]
    mode = QIcon.Mode.Selected if selected else QIcon.Mode.Normal
    icon = icons.icon("warning", theme.colours().muted)
    icon.paint(painter, QRect(rect.right() - _MARK - 3, top, _MARK, _MARK), mode=mode)


class NameEditor(RefusingEditor):
    """A field for a name that says why TensorFlow would not take what is in it."""

    def __init__(self, parent: QWidget, kind: str = "") -> None:
        """Make it for an item view's viewport, and for a node of a kind."""
        super().__init__(parent, partial(_why_no_name, kind))
        self.setPlaceholderText("named by TensorFlow")


def _why_no_name(kind: str, text: str) -> str:
    try:
        check_node_name(kind, text.strip() or None)
    except ValueRefusedError as refusal:
        return refusal.sentence
    return ""
