"""A ridge of histograms along the stack, a row for each layer, with the deviations beside it."""

from collections.abc import Iterator

from PySide6.QtCore import QEvent, QItemSelectionModel, QObject, QPoint, Qt, Signal
from PySide6.QtGui import QKeyEvent, QMouseEvent
from PySide6.QtWidgets import QHBoxLayout, QHeaderView, QWidget

from core.distribution import Distribution
from core.kind import CONSTRUCTIONS
from core.signal_axis import Scale, SignalAxis, signal_axis
from core.signal_rows import Side
from core.signals import OUTPUT
from gui import theme
from gui.depth_strip import DepthStrip
from gui.models.signals_model import Column, SignalsModel
from gui.ridge_delegate import RidgeDelegate
from gui.ridge_header import RidgeHeader
from gui.row_table import RowTable

# In characters.
_LAYER_WIDTH = 16
_NUMBERS = (Column.DEVIATION, Column.GAIN, Column.ZEROS)
# So many rows are measured to find how wide a column has to be.
_MEASURED = 200
_NARROWEST = 8
# In lines of text.
_ROW_HEIGHT = 2.0
# A picture of all rows is at most so high, as files of pictures have an end.
_HIGHEST_PICTURE = 15_000
_EDGE = 2
_Flag = QItemSelectionModel.SelectionFlag


class Ridge(QWidget):
    """Shows the signals of a stack.

    Attributes:
        model: What is shown.
        table: The rows.
        strip: All deviations at a glance.
        axis: What the histograms stand on.

    Signals:
        selected: Other rows are selected by hand; their layers' ids.
        read: Another place is read, or none: what there is to say of it.
    """

    selected = Signal(tuple)
    read = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        """Start without signals."""
        super().__init__(parent)
        self.model = SignalsModel(self)
        self.table = RowTable()
        self.table.setModel(self.model)
        self.table.setAccessibleName("Signals")
        self.axis = SignalAxis(Scale.VALUES, 0.0, 1.0)
        self._scale = Scale.VALUES
        self._cursor: float | None = None
        self._selecting = False
        self._set_up_table()
        self.strip = DepthStrip(self.model)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(self.table, 1)
        layout.addWidget(self.strip)
        self._connect()

    def show_signals(self, sides: tuple[Side, ...], way: str) -> None:
        """Show other signals, the outputs or the gradients."""
        place = self.table.verticalScrollBar().value()
        self._selecting = True
        self.model.show(sides, way)
        self._selecting = False
        self.table.setColumnHidden(Column.GAIN, way != OUTPUT)
        for column in _NUMBERS:
            self.table.resizeColumnToContents(column)
        self.table.executeDelayedItemsLayout()
        self.table.verticalScrollBar().setValue(place)
        self._update_axis()
        self._place_strip()

    def set_scale(self, scale: Scale) -> None:
        """Have the histograms stand on another axis."""
        self._scale = scale
        self._update_axis()

    def select_layers(self, ids: tuple[str, ...]) -> None:
        """Select the rows of layers, and have the first of them in sight."""
        if self._selecting:
            return
        rows = [row for row, found in enumerate(self.model.rows) if found.origin in ids]
        self._selecting = True
        selection = self.table.selectionModel()
        selection.clearSelection()
        whole_row = _Flag.Select | _Flag.Rows
        for row in rows:
            selection.select(self.model.index(row, 0), whole_row)
        if rows:
            selection.setCurrentIndex(self.model.index(rows[0], 0), _Flag.NoUpdate)
            self.table.executeDelayedItemsLayout()
            self.table.scrollTo(self.model.index(rows[0], 0))
        self.strip.set_current(rows[0] if rows else -1)
        self._selecting = False

    def move_cursor(self, steps: int) -> None:
        """Read another bin of the current row, the highest one at first."""
        row = max(self.table.currentIndex().row(), 0)
        layers = self.model.rows[row].layers if row < len(self.model.rows) else ()
        found = (layer.distribution(self.model.way) for layer in layers if layer is not None)
        histogram = next((self.axis.histogram(each) for each in found if each is not None), None)
        if histogram is None:
            return
        if self._cursor is None:
            at = max(range(len(histogram.counts)), key=histogram.counts.__getitem__)
        else:
            at = int(histogram.edges.searchsorted(self._cursor, "right")) - 1 + steps
        at = min(max(at, 0), len(histogram.counts) - 1)
        self._read(row, float(histogram.edges[at : at + 2].mean()))

    def copy_rows(self) -> str:
        """Return the selected rows, or all, as lines with tabs."""
        rows = sorted({index.row() for index in self.table.selectionModel().selectedRows()})
        return "\n".join(map(self.model.line, rows or range(len(self.model.rows))))

    def whole(self) -> "Ridge":
        """Return another one that is as high as all rows, for a picture."""
        found = Ridge()
        found.set_scale(self._scale)
        found.show_signals(self.model.sides, self.model.way)
        for column in (Column.LAYER, Column.DEVIATION, Column.GAIN, Column.ZEROS):
            width = self.table.columnWidth(column)
            found.table.setColumnWidth(column, width)
            found.table.setColumnHidden(column, self.table.isColumnHidden(column))
        count = max(len(self.model.rows), 1)
        height = min(self.table.verticalHeader().defaultSectionSize(), _HIGHEST_PICTURE // count)
        found.table.verticalHeader().setMinimumSectionSize(1)
        found.table.verticalHeader().setDefaultSectionSize(max(height, 1))
        found.table.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        frame = 2 * found.table.frameWidth()
        head = found.table.horizontalHeader().sizeHint().height()
        found.resize(self.width(), count * max(height, 1) + head + frame)
        return found

    def _set_up_table(self) -> None:
        self._header = RidgeHeader(self.table)
        self.table.setHorizontalHeader(self._header)
        self._header.setMinimumSectionSize(_NARROWEST * self.fontMetrics().averageCharWidth())
        self._header.setStretchLastSection(True)
        self._header.resizeSection(
            Column.LAYER, _LAYER_WIDTH * self.fontMetrics().averageCharWidth()
        )
        self._header.setResizeContentsPrecision(_MEASURED)
        vertical = self.table.verticalHeader()
        vertical.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        vertical.setDefaultSectionSize(round(_ROW_HEIGHT * self.fontMetrics().height()))
        self.table.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.table.setVerticalScrollMode(RowTable.ScrollMode.ScrollPerPixel)
        self._delegate = RidgeDelegate(self.table)
        self.table.setItemDelegateForColumn(Column.DISTRIBUTION, self._delegate)
        self.table.setMouseTracking(True)
        self.table.viewport().installEventFilter(self)
        self.table.installEventFilter(self)

    def _connect(self) -> None:
        self.table.selectionModel().selectionChanged.connect(self._on_rows_selected)
        self.table.verticalScrollBar().valueChanged.connect(self._place_strip)
        self.table.verticalScrollBar().rangeChanged.connect(self._place_strip)
        self.strip.row_chosen.connect(self.table.selectRow)
        theme.current().changed.connect(self.model.refresh)

    def _update_axis(self) -> None:
        self.axis = signal_axis(self._scale, self._distributions())
        self._delegate.axis = self.axis
        self._header.set_axis(self.axis)
        self._hide_cursor()

    def _distributions(self) -> Iterator[Distribution]:
        """Yield what the axis is for: ids, which may be large, are no signal."""
        for row in self.model.rows:
            for layer in row.layers:
                found = None if layer is None else layer.distribution(self.model.way)
                if layer is not None and layer.floating and found is not None:
                    yield found

    def _place_strip(self) -> None:
        height = self.table.verticalHeader().defaultSectionSize()
        view = self.table.viewport()
        bottom = self.table.rowAt(view.height() - 1)
        last = len(self.model.rows) - 1 if bottom < 0 else bottom
        top = view.mapTo(self, QPoint(0, 0)).y()
        self.strip.set_place(top, height, (max(self.table.rowAt(0), 0), last))

    def _read(self, row: int, place: float) -> None:
        if row >= len(self.model.rows):
            return
        self._set_cursor(place)
        found = self.model.rows[row]
        texts = []
        for side, layer in zip(self.model.sides, found.layers, strict=True):
            distribution = None if layer is None else layer.distribution(self.model.way)
            if distribution is not None:
                head = f"{CONSTRUCTIONS[side.construction].label}: " if side.construction else ""
                texts.append(head + self._words(distribution, place))
        if texts:
            self.read.emit(f"{found.label} at {self.axis.text(place)}: {'; '.join(texts)}")

    def _words(self, found: Distribution, place: float) -> str:
        histogram = self.axis.histogram(found)
        at = None if histogram is None else histogram.bin_at(place)
        if histogram is None or at is None:
            return "no values here"
        low, high = (self.axis.text(float(edge)) for edge in histogram.edges[at : at + 2])
        return f"{histogram.counts[at]:,} of {found.statistics.count:,} values from {low} to {high}"

    def _set_cursor(self, place: float | None) -> None:
        self._cursor = self._delegate.cursor = place
        self.table.viewport().update()

    def _hide_cursor(self) -> None:
        self._set_cursor(None)
        self.read.emit("")

    def _on_rows_selected(self) -> None:
        if self._selecting:
            return
        rows = sorted({index.row() for index in self.table.selectionModel().selectedRows()})
        self.strip.set_current(rows[0] if rows else -1)
        self._selecting = True
        self.selected.emit(tuple(dict.fromkeys(self.model.rows[row].origin for row in rows)))
        self._selecting = False

    def _on_pointed(self, position: QPoint) -> None:
        column = self.table.columnAt(position.x())
        row = self.table.rowAt(position.y())
        if column != Column.DISTRIBUTION or row < 0:
            self._hide_cursor()
            return
        left = self.table.columnViewportPosition(column) + _EDGE
        width = self.table.columnWidth(column) - 2 * _EDGE
        share = min(max((position.x() - left) / max(width, 1), 0.0), 1.0)
        self._read(row, self.axis.place(share))

    # Qt overrides

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Read what is under the mouse, or at the place that Left and Right move."""
        if isinstance(event, QMouseEvent) and event.type() == QEvent.Type.MouseMove:
            self._on_pointed(event.position().toPoint())
        elif event.type() == QEvent.Type.Leave:
            self._hide_cursor()
        elif event.type() == QEvent.Type.Resize:
            self._place_strip()
        elif isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress:
            steps = {Qt.Key.Key_Left: -1, Qt.Key.Key_Right: 1}.get(Qt.Key(event.key()))
            if steps is not None and not event.modifiers():
                self.move_cursor(steps)
                return True
        return super().eventFilter(watched, event)
