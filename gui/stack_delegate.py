"""How the cells of the stack are drawn and how a node is renamed in place."""

from PySide6.QtCore import (
    QAbstractItemModel,
    QEvent,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    QRect,
    QSize,
    Qt,
)
from PySide6.QtGui import QHideEvent, QIcon, QKeyEvent, QPainter, QPalette
from PySide6.QtWidgets import (
    QLabel,
    QLineEdit,
    QStyle,
    QStyledItemDelegate,
    QStyleOption,
    QStyleOptionViewItem,
    QWidget,
)

from core.arguments import ValueRefusedError
from core.document import check_node_name
from gui import icons, theme
from gui.models.stack_model import HAZARD_ROLE, StackModel

_Index = QModelIndex | QPersistentModelIndex
_ROW_PADDING = 6
_ARROW = 8
_MARK = 14


class StackDelegate(QStyledItemDelegate):
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

    def setEditorData(self, editor: QWidget, index: _Index) -> None:
        """Show the name there is, unless a person types: a build asks for this too."""
        if isinstance(editor, NameEditor) and not editor.isModified():
            editor.setText(index.data(Qt.ItemDataRole.EditRole))

    def setModelData(self, editor: QWidget, model: QAbstractItemModel, index: _Index) -> None:
        """Have the model take the name."""
        if isinstance(editor, NameEditor):
            model.setData(index, editor.text())  # type: ignore[arg-type]

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Keep a bad name in the editor when Enter or Tab is pressed."""
        ending = {Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Tab, Qt.Key.Key_Backtab}
        if (
            isinstance(watched, NameEditor)
            and isinstance(event, QKeyEvent)
            and event.type() == QEvent.Type.KeyPress
            and event.key() in ending
            and watched.refusal
        ):
            return True
        return super().eventFilter(watched, event)


def _paint_mark(painter: QPainter, option: QStyleOptionViewItem) -> None:
    """Draw the mark of a hazard at the end of a cell, beside whatever else stands in it."""
    rect = option.rect  # type: ignore[attr-defined]
    top = rect.center().y() - _MARK // 2 + 1
    selected = option.state & QStyle.StateFlag.State_Selected  # type: ignore[attr-defined]
    mode = QIcon.Mode.Selected if selected else QIcon.Mode.Normal
    icon = icons.icon("warning", theme.colours().muted)
    icon.paint(painter, QRect(rect.right() - _MARK - 3, top, _MARK, _MARK), mode=mode)


class NameEditor(QLineEdit):
    """A field for a name that says, below it, why TensorFlow would not take what is in it."""

    def __init__(self, parent: QWidget, kind: str = "") -> None:
        """Make it for an item view's viewport, and for a node of a kind."""
        super().__init__(parent)
        self._kind = kind
        self.setPlaceholderText("named by TensorFlow")
        self.setFrame(False)
        self.setAutoFillBackground(True)
        self._viewport = parent
        self._label = QLabel(parent)
        self._label.setWordWrap(True)
        self._label.setMargin(4)
        self._label.setAutoFillBackground(True)
        # A viewport's children have its roles, those of a list, unless they are told.
        self._label.setBackgroundRole(QPalette.ColorRole.Window)
        self._label.setForegroundRole(QPalette.ColorRole.WindowText)
        self._label.setFrameShape(QLabel.Shape.Box)
        self._label.hide()
        self.textChanged.connect(self._on_text_changed)
        self.destroyed.connect(self._label.deleteLater)

    @property
    def refusal(self) -> str:
        """Why the text is no name, empty when it is one."""
        try:
            check_node_name(self._kind, self.text().strip() or None)
        except ValueRefusedError as refusal:
            return refusal.sentence
        return ""

    @property
    def shown_refusal(self) -> str:
        """The sentence that stands below the field, empty when there is none."""
        return self._label.text() if self._label.isVisible() else ""

    def _on_text_changed(self, text: str) -> None:
        refusal = self.refusal
        if not refusal:
            self._label.hide()
            return
        colours = theme.colours()
        palette = self._label.palette()
        palette.setColor(QPalette.ColorRole.Window, colours.tint(colours.refused))
        palette.setColor(QPalette.ColorRole.WindowText, colours.refused)
        self._label.setPalette(palette)
        self._label.setText(refusal)
        width = min(self._viewport.width() - self.x() - 4, 420)
        self._label.setFixedWidth(max(width, 120))
        self._label.adjustSize()
        below = self.y() + self.height()
        if below + self._label.height() > self._viewport.height():
            below = self.y() - self._label.height()
        self._label.move(self.x(), below)
        self._label.show()
        self._label.raise_()

    # Qt overrides

    def hideEvent(self, event: QHideEvent) -> None:
        """Take the sentence along."""
        self._label.hide()
        super().hideEvent(event)
