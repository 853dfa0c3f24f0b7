"""The tree of the stack: selecting, dragging, and choosing on the row."""

from functools import partial

from PySide6.QtCore import (
    QEvent,
    QItemSelection,
    QItemSelectionModel,
    QMimeData,
    QModelIndex,
    QPersistentModelIndex,
    QPoint,
    QRect,
    Qt,
    Signal,
)
from PySide6.QtGui import (
    QDragLeaveEvent,
    QDragMoveEvent,
    QDropEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
)
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QMenu, QTreeView, QWidget

from core import commands
from core.catalog import CONSTRUCTIONS, KINDS
from core.json_file import DocumentError
from core.stack import Layer, Node, Place, Reuse, Scope
from gui import sharing_lines, theme
from gui.editor import Editor
from gui.models.stack_cells import REUSES, Column
from gui.models.stack_model import StackModel
from gui.name_room import NameRoom
from gui.sharing_lines import SharingLine
from gui.stack_delegate import StackDelegate
from gui.stack_mime import unpack

# Of more groups that share, only those of the selected layers are drawn.
_MOST_GROUPS = 60
_WIDEST = {
    Column.KIND: "layer_normalization",
    Column.CONSTRUCTION: "get_variable",
    Column.REUSE: "AUTO_REUSE",
    Column.OUTPUT: "[?, 28, 28, 32]",
    Column.STATE: "not restored",
}
_NARROWEST_KIND = "scope \N{MULTIPLICATION SIGN}12"
_ROOM = {Column.CONSTRUCTION: 24, Column.REUSE: 22, Column.STATE: 52}  # for an arrow or icons


class StackTree(QTreeView):
    """Shows the stack; what is selected here is selected in the editor, and the reverse.

    Attributes:
        choices: The menu that a click on a construction or reuse opened last.

    Signals:
        dragged_over: Nodes are held over another place: the parcel, whether they would be moved,
            and the place.
        drag_ended: Nothing is held over the stack any more.
    """

    dragged_over = Signal(object, bool, object)
    drag_ended = Signal()

    def __init__(self, editor: Editor, parent: QWidget | None = None) -> None:
        """Show an editor's stack."""
        super().__init__(parent)
        self._editor = editor
        self._following = False
        self._dragged_to = QPoint()
        self._foreseen: Place | None = None
        self.choices: QMenu | None = None
        # Before the model: its first signals already change the selection.
        editor.step_starting.connect(self._on_step_starting)
        self.stack_model = StackModel(editor, self)
        self.setModel(self.stack_model)
        self.setItemDelegate(StackDelegate(self))
        self._set_up()
        self.stack_model.rowsInserted.connect(self._on_rows_inserted)
        self.stack_model.modelReset.connect(self.expandAll)
        self.selectionModel().selectionChanged.connect(self._on_selection_changed)
        self.clicked.connect(self._on_clicked)
        editor.stack_changed.connect(self._on_stack_changed)
        editor.selection_changed.connect(self._on_editor_selection_changed)
        self.expandAll()

    def show_menu(self, menu: QMenu, node_id: str, column: int = Column.LAYER) -> None:
        """Pop a menu up below a cell of a node."""
        cell = self.visualRect(self.stack_model.index_of(node_id, column))
        menu.popup(self.viewport().mapToGlobal(cell.bottomLeft()))

    def _set_up(self) -> None:
        self.setUniformRowHeights(True)
        self.setAllColumnsShowFocus(True)
        self.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.setEditTriggers(
            QAbstractItemView.EditTrigger.DoubleClicked
            | QAbstractItemView.EditTrigger.EditKeyPressed
        )
        self.setExpandsOnDoubleClick(False)
        self.setDragDropMode(QAbstractItemView.DragDropMode.DragDrop)
        self.setDefaultDropAction(Qt.DropAction.MoveAction)
        self.setDragEnabled(True)
        self.setDropIndicatorShown(True)
        self.setAutoExpandDelay(500)
        self.setMouseTracking(True)
        self.setFrameShape(QTreeView.Shape.NoFrame)
        self.setTextElideMode(Qt.TextElideMode.ElideMiddle)  # conv2d and conv3d differ at the end
        header = self.header()
        header.setSectionsMovable(False)
        header.setStretchLastSection(False)
        metrics = self.fontMetrics()
        for column, text in _WIDEST.items():
            width = metrics.horizontalAdvance(text) + _ROOM.get(column, 12)
            header.resizeSection(column, width)
        header.setMinimumSectionSize(metrics.horizontalAdvance("refused"))
        header.setSectionResizeMode(Column.LAYER, QHeaderView.ResizeMode.Stretch)
        narrow = metrics.horizontalAdvance(_NARROWEST_KIND) + 12
        NameRoom(self, {Column.KIND: narrow, Column.STATE: 0})

    def _show_selection(self, ids: tuple[str, ...]) -> None:
        """Select rows, each run of neighbours as one range."""
        selection = QItemSelection()
        first = last = QModelIndex()
        for index in map(self.stack_model.index_of, ids):
            if last.isValid() and index == last.siblingAtRow(last.row() + 1):
                last = index
                continue
            if first.isValid():
                selection.select(first, last)
            first = last = index
        if first.isValid():
            selection.select(first, last)
        flags = QItemSelectionModel.SelectionFlag
        model = self.selectionModel()
        self._following = True
        model.select(selection, flags.ClearAndSelect | flags.Rows)
        if first.isValid() and not model.isRowSelected(
            model.currentIndex().row(), model.currentIndex().parent()
        ):
            model.setCurrentIndex(last, flags.NoUpdate)
        self._following = False

    def _selected_ids(self) -> tuple[str, ...]:
        nodes = map(self.stack_model.node, self.selectionModel().selectedRows())
        return tuple(node.id for node in nodes if node is not None)

    def _on_selection_changed(self) -> None:
        if not self._following:
            self._editor.select(self._selected_ids())

    def _on_editor_selection_changed(self, ids: tuple[str, ...]) -> None:
        if set(ids) == set(self._selected_ids()):
            return
        self._show_selection(ids)
        if ids:
            self.scrollTo(self.stack_model.index_of(ids[-1]))

    def _on_step_starting(self) -> None:
        self._following = True  # until the whole command is done

    def _on_stack_changed(self) -> None:
        self._following = False
        self._show_selection(self._editor.selection)

    def _on_rows_inserted(self, parent: QModelIndex, first: int, last: int) -> None:
        for row in range(first, last + 1):
            index = self.stack_model.index(row, 0, parent)
            if isinstance(self.stack_model.node(index), Scope):
                self.expandRecursively(index)

    def _on_clicked(self, index: QModelIndex) -> None:
        node = self.stack_model.node(index)
        if node is not None and index.data():
            self.open_choices(node, index.column())

    def open_choices(self, node: Node, column: int) -> None:
        """Open the menu of a construction or reuse, for all selected nodes if this is one."""
        if not self.stack_model.has_choices(self.stack_model.index_of(node.id, column)):
            return
        ids = self._editor.selection if node.id in self._editor.selection else (node.id,)
        menu = QMenu(self)
        if column == Column.CONSTRUCTION and isinstance(node, Layer):
            for construction in map(CONSTRUCTIONS.__getitem__, KINDS[node.kind].constructions):
                chosen = partial(self._on_construction_chosen, ids, construction.id)
                action = menu.addAction(construction.label, chosen)
                action.setCheckable(True)
                action.setChecked(node.construction == construction.id)
        else:
            for reuse, label in REUSES.items():
                action = menu.addAction(label, partial(self._on_reuse_chosen, ids, reuse))
                action.setCheckable(True)
                action.setChecked(node.reuse is reuse)
        menu.aboutToHide.connect(menu.deleteLater)
        self.choices = menu
        self.show_menu(menu, node.id, column)

    def _on_construction_chosen(self, ids: tuple[str, ...], construction: str) -> None:
        self._editor.do(commands.set_construction(self._editor.stack, ids, construction))

    def _on_reuse_chosen(self, ids: tuple[str, ...], reuse: Reuse) -> None:
        self._editor.do(commands.set_reuse(self._editor.stack, ids, reuse))

    def _under_header_of(self, index: QModelIndex) -> bool:
        """Tell whether below this row is the first place inside of an open scope."""
        below = self.dropIndicatorPosition() == QTreeView.DropIndicatorPosition.BelowItem
        first = index.siblingAtColumn(0)
        return below and self.isExpanded(first) and self.stack_model.rowCount(first) > 0

    def dropped_row(self) -> QRect:
        """Return the row that something is held over; an empty one at the end over none."""
        index = self.indexAt(self._dragged_to)
        if index.isValid():
            return self.visualRect(index.siblingAtColumn(0))
        return QRect(0, self._dragged_to.y(), 0, 0)

    def _drop_place(self) -> Place:
        """Return where something that is held over the stack would be dropped."""
        index = self.indexAt(self._dragged_to)
        node = self.stack_model.node(index)
        if node is None:
            return Place(None, len(self._editor.stack.nodes))
        place = self._editor.stack.place(node.id)
        match self.dropIndicatorPosition():
            case QTreeView.DropIndicatorPosition.AboveItem:
                return place
            case QTreeView.DropIndicatorPosition.OnItem if isinstance(node, Scope):
                return Place(node.id, len(node.nodes))
        if self._under_header_of(index):
            return Place(node.id, 0)
        return Place(place.scope, place.index + 1)

    def _tell_place(self, data: QMimeData, action: Qt.DropAction) -> None:
        place = self._drop_place()
        if place == self._foreseen:
            return
        self._foreseen = place
        try:
            parcel = unpack(data)
        except DocumentError:
            return  # the drop will tell why not
        self.dragged_over.emit(parcel, self.stack_model.moves(parcel, action), place)

    def _end_drag(self) -> None:
        self._foreseen = None
        self.drag_ended.emit()

    def _sharing_lines(self) -> list[SharingLine]:
        """Return the lines between rows; a closed scope stands for those in it."""
        found = []
        selected = set(self._editor.selection)
        area = self.viewport().rect()
        groups = self.stack_model.sharing_groups()
        if len(groups) > _MOST_GROUPS:
            groups = [group for group in groups if not selected.isdisjoint(group)][:_MOST_GROUPS]
        for group in groups:
            rects = [self.visualRect(self._row_in_sight(node_id)) for node_id in group]
            middles = tuple(sorted({rect.center().y() for rect in rects if rect.isValid()}))
            if len(middles) > 1 and middles[-1] >= 0 and middles[0] <= area.bottom():
                found.append(SharingLine(middles, not selected.isdisjoint(group)))
        return found

    def _row_in_sight(self, node_id: str) -> QModelIndex:
        """Return the index of a node, or of the outermost closed scope around it."""
        index = self.stack_model.index_of(node_id)
        parent = index.parent()
        while parent.isValid():
            if not self.isExpanded(parent):
                index = parent
            parent = parent.parent()
        return index

    # Qt overrides

    def selectionCommand(
        self, index: QModelIndex | QPersistentModelIndex, event: QEvent | None = None
    ) -> QItemSelectionModel.SelectionFlag:
        """Keep several rows selected when one's construction or reuse is clicked."""
        chosen = index.isValid() and index.column() in {Column.CONSTRUCTION, Column.REUSE}
        clicked = isinstance(event, QMouseEvent) and not event.modifiers()
        if chosen and clicked and index.data() and self.selectionModel().isSelected(index):
            return QItemSelectionModel.SelectionFlag.NoUpdate
        return super().selectionCommand(index, event)

    def dragMoveEvent(self, event: QDragMoveEvent) -> None:
        """Remember where the drop would be."""
        super().dragMoveEvent(event)
        self._dragged_to = event.position().toPoint() if event.isAccepted() else QPoint(-1, -1)
        self.viewport().update()
        if event.isAccepted():
            self._tell_place(event.mimeData(), event.dropAction())

    def dragLeaveEvent(self, event: QDragLeaveEvent) -> None:
        """Take the indicator away."""
        super().dragLeaveEvent(event)
        self._dragged_to = QPoint(-1, -1)
        self._end_drag()

    def dropEvent(self, event: QDropEvent) -> None:
        """Drop; below the row of an open scope means at its beginning."""
        self._end_drag()
        self.setFocus()  # the keys are for what was dropped
        index = self.indexAt(event.position().toPoint())
        node = self.stack_model.node(index)
        if node is None or not self._under_header_of(index):
            super().dropEvent(event)
            return
        if self.stack_model.drop(event.mimeData(), event.dropAction(), Place(node.id, 0)):
            event.acceptProposedAction()
        self.stopAutoScroll()
        self.setState(QAbstractItemView.State.NoState)
        self.viewport().update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw who shares, and the drop indicator over the whole row."""
        super().paintEvent(event)
        self._paint_sharing()
        if self.state() != QAbstractItemView.State.DraggingState:
            return
        index = self.indexAt(self._dragged_to)
        if not index.isValid():
            return
        start = index
        if self._under_header_of(index):
            start = self.stack_model.index(0, 0, index.siblingAtColumn(0))
        row = self.visualRect(index.siblingAtColumn(0))
        left = self.visualRect(start.siblingAtColumn(0)).left()
        rect = QRect(left, row.top(), self.viewport().width() - left - 2, row.height() - 1)
        painter = QPainter(self.viewport())
        painter.setPen(QPen(theme.colours().accent, 2))
        match self.dropIndicatorPosition():
            case QTreeView.DropIndicatorPosition.AboveItem:
                painter.drawLine(rect.topLeft(), rect.topRight())
            case QTreeView.DropIndicatorPosition.BelowItem:
                painter.drawLine(rect.bottomLeft(), rect.bottomRight())
            case QTreeView.DropIndicatorPosition.OnItem:
                painter.drawRect(rect)
        painter.end()

    def _paint_sharing(self) -> None:
        lines = self._sharing_lines()
        if lines:
            painter = QPainter(self.viewport())
            right = self.columnViewportPosition(Column.STATE) + self.columnWidth(Column.STATE) - 2
            sharing_lines.paint(painter, lines, right, theme.colours().reused)
            painter.end()
