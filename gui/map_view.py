"""A name map in a table, beside what is free, with rules and a search."""

from collections.abc import Sequence

from PySide6.QtCore import (
    QEvent,
    QModelIndex,
    QObject,
    QSignalBlocker,
    QStringListModel,
    Qt,
    Signal,
)
from PySide6.QtGui import QAction, QKeyEvent, QKeySequence
from PySide6.QtWidgets import (
    QAbstractItemView,
    QComboBox,
    QHBoxLayout,
    QHeaderView,
    QLabel,
    QLineEdit,
    QListView,
    QMenu,
    QSplitter,
    QStackedWidget,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from core.name_mapping import RulePreview
from core.name_rows import Show, counts, shown
from core.name_search import SearchError
from gui import theme
from gui.elided_label import ElidedLabel
from gui.empty_label import EmptyLabel
from gui.map_editor import MapEditor
from gui.map_table import MapTable
from gui.models.free_model import FreeModel
from gui.own_key import OwnKey
from gui.row_table import RowTable
from gui.rules_bar import RulesBar

_TITLES = {
    Show.ALL: "All",
    Show.UNCERTAIN: "Uncertain",
    Show.UNMATCHED: "Unmatched",
    Show.OTHER_FORM: "Other shape or type",
}
_NO_MAP = "Open a checkpoint, and a map from its names to those of the stack is suggested"
_NO_ROW = "No row is like that"
_SIZES = [680, 220]
_NARROWEST = 180


class MapView(QWidget):
    """Shows the editor's map and has it edited.

    Attributes:
        table: A row for each tensor of the right side.
        free: What of the left side is not paired; Enter pairs it with the table's current row.
        preview: What the typed rule would pair, in the place of what is free.
        show_box: Which rows are shown.
        search: The line to search in.
        rules: The rules.
        rules_button: Shows the rules or hides them.
        details: Why the current row is paired as it is.
        step: The known step between the shapes of the current row, if there is one.

    Signals:
        names_selected: The names on the left of the selected rows (a tuple).
    """

    names_selected = Signal(object)

    def __init__(self, editor: MapEditor, parent: QWidget | None = None) -> None:
        """Show an editor's map."""
        super().__init__(parent)
        self._editor = editor
        self.table = MapTable(editor)
        self._empty = EmptyLabel(self.table, _NO_MAP)
        self._free_model = FreeModel(editor, self)
        self.free = self._make_free()
        self._previewed = QStringListModel(self)
        self.preview = self._make_preview()
        self.rules = RulesBar(editor)
        self._make_choice()
        self._lay_out()
        for view in (self, self.table, self.free):
            OwnKey(view, QKeySequence.StandardKey.Undo, editor.undo)
            OwnKey(view, QKeySequence.StandardKey.Redo, editor.redo)
        self.table.selectionModel().currentRowChanged.connect(self._show_details)
        self.table.selectionModel().selectionChanged.connect(self._on_selection_changed)
        self.free.activated.connect(self._on_free_activated)
        self.rules.previewed.connect(self._on_previewed)
        self.rules_button.toggled.connect(self._on_rules_toggled)
        self.show_box.currentIndexChanged.connect(self._show)
        self.search.textChanged.connect(self._show)
        self.search.installEventFilter(self)
        editor.changed.connect(self._show)
        theme.current().changed.connect(self._on_theme_changed)
        self._show()

    def set_actions(self, first: QAction, others: Sequence[QAction | None]) -> None:
        """Offer actions: one at once, the others in a menu; None is a line."""
        self.first_button.setDefaultAction(first)
        for action in others:
            if action is None:
                self._menu.addSeparator()
            else:
                self._menu.addAction(action)

    def _make_free(self) -> RowTable:
        free = RowTable()
        free.setModel(self._free_model)
        free.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        free.setDragDropMode(QAbstractItemView.DragDropMode.DragDrop)
        free.setDefaultDropAction(Qt.DropAction.CopyAction)
        free.setAccessibleName("Names that are free")
        free.setToolTip("Drag a name onto a row, or press Enter to pair it with the row selected")
        header = free.horizontalHeader()
        header.setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)
        header.resizeSection(1, 12 * free.fontMetrics().averageCharWidth())
        return free

    def _make_preview(self) -> QListView:
        preview = QListView()
        preview.setModel(self._previewed)
        preview.setUniformItemSizes(True)
        preview.setTextElideMode(Qt.TextElideMode.ElideMiddle)
        preview.setSelectionMode(QAbstractItemView.SelectionMode.NoSelection)
        preview.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        preview.setAccessibleName("What the rule would pair")
        EmptyLabel(preview, "The rule pairs nothing more")
        return preview

    def _make_choice(self) -> None:
        self.first_button = QToolButton()
        self.first_button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextOnly)
        self.menu_button = QToolButton(popupMode=QToolButton.ToolButtonPopupMode.InstantPopup)
        self.menu_button.setText("Map")
        self._menu = QMenu(self)
        self._menu.setToolTipsVisible(True)
        self.menu_button.setMenu(self._menu)
        self.show_box = QComboBox()
        self.show_box.setToolTip("Which rows are shown")
        for show, title in _TITLES.items():
            self.show_box.addItem(title, show)
        self.rules_button = QToolButton()
        self.rules_button.setCheckable(True)
        self.rules_button.setToolTip("Pair names by rules: a part, a prefix, a regular expression")
        self.search = QLineEdit(placeholderText="Find a name", clearButtonEnabled=True)
        self.search.setToolTip("Part of a name; between slashes a regular expression: /conv[12]/")
        self._problem = QLabel(wordWrap=True, textFormat=Qt.TextFormat.PlainText)
        self._problem.hide()
        self.details = ElidedLabel()
        self.step = QLabel(wordWrap=True, textFormat=Qt.TextFormat.PlainText)
        self.step.setAlignment(Qt.AlignmentFlag.AlignTop)
        self.step.setFixedHeight(2 * self.step.fontMetrics().lineSpacing() + 2)

    def _lay_out(self) -> None:
        line = QHBoxLayout()
        line.setContentsMargins(0, 0, 0, 0)
        line.addWidget(self.first_button)
        line.addWidget(self.menu_button)
        line.addWidget(self.show_box)
        line.addWidget(self.search, 1)
        line.addWidget(self.rules_button)
        self._side = QStackedWidget()
        self._side.addWidget(self.free)
        self._side.addWidget(self.preview)
        self._side.setMinimumWidth(60)
        self._side.hide()
        self._body = QSplitter(Qt.Orientation.Horizontal, childrenCollapsible=False)
        self._body.addWidget(self.table)
        self._body.addWidget(self._side)
        self._body.setStretchFactor(0, 1)
        self.table.setMinimumWidth(60)
        self.rules.hide()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 2, 0, 0)
        column.setSpacing(2)
        column.addLayout(line)
        column.addWidget(self._problem)
        column.addWidget(self.rules)
        column.addWidget(self._body, 1)
        column.addWidget(self.details)
        column.addWidget(self.step)
        self.setMinimumWidth(_NARROWEST)
        self.setFocusProxy(self.table)

    def _show(self) -> None:
        """Show the rows that are asked for, of the map as it is now."""
        mapping = self._editor.mapping
        rows: list[str] = []
        problem = ""
        if mapping is not None:
            show = Show(self.show_box.currentData())
            try:
                rows = shown(mapping, show, self.search.text())
            except SearchError as error:
                rows, problem = shown(mapping, show), str(error)
        self._problem.setText(problem)
        self._problem.setVisible(bool(problem))
        self._empty.setText(_NO_MAP if mapping is None else _NO_ROW)
        self.table.show_rows(rows)
        self._free_model.show_tensors(() if mapping is None else mapping.free)
        self._show_side()
        self._show_details()
        self._show_counts()
        self._show_rule_count()

    def _show_counts(self) -> None:
        mapping = self._editor.mapping
        found = None if mapping is None else counts(mapping)
        with QSignalBlocker(self.show_box):
            for index, (show, title) in enumerate(_TITLES.items()):
                text = title if found is None else f"{title} ({found[show]:,})"
                self.show_box.setItemText(index, text)

    def _search_key(self, event: QKeyEvent) -> bool:
        if event.key() == Qt.Key.Key_Escape and self.search.text():
            self.search.clear()
            return True
        if event.key() == Qt.Key.Key_Down:
            self.table.setFocus(Qt.FocusReason.TabFocusReason)
            if not self.table.selectionModel().hasSelection():
                self.table.selectRow(max(self.table.currentIndex().row(), 0))
            return True
        return False

    def _on_free_activated(self, index: QModelIndex) -> None:
        """Pair a free name with the current row, and go on to the next."""
        mapping, right = self._editor.mapping, self.table.current_name()
        if mapping is not None and right is not None:
            self._editor.do(mapping.pair(self._free_model.tensors[index.row()].name, right))

    def _on_previewed(self, preview: RulePreview | None) -> None:
        pairs = () if preview is None else preview.pairs
        self._previewed.setStringList([f"{left} \u2192 {right}" for left, right in pairs])
        self._side.setCurrentWidget(self.free if preview is None else self.preview)
        self._show_side()

    def _show_side(self) -> None:
        """Give the room to the table where there is nothing beside it."""
        previewing = self._side.currentWidget() is self.preview
        wanted = previewing or bool(self._free_model.tensors)
        if wanted and self._side.isHidden():
            self._body.setSizes(_SIZES)
        self._side.setVisible(wanted)

    def _on_selection_changed(self) -> None:
        mapping = self._editor.mapping
        if mapping is not None:
            pairs = map(mapping.pairs.get, self.table.selected_names())
            self.names_selected.emit(tuple(pair.left for pair in pairs if pair is not None))

    def _show_details(self) -> None:
        name = self.table.current_name()
        model = self.table.map_model
        self.details.set_whole_text("" if name is None else model.details(name))
        words = "" if name is None else model.step_words(name)
        self.step.setText(words)
        self.step.setToolTip(words)
        self.step.setVisible(bool(words))
        self.table.scrollTo(self.table.currentIndex())  # it has less room now, or more

    def _show_rule_count(self) -> None:
        mapping = self._editor.mapping
        count = 0 if mapping is None else len(mapping.rules)
        self.rules_button.setText(f"Rules ({count:,})" if count else "Rules")

    def _on_rules_toggled(self, on: bool) -> None:
        self.rules.setVisible(on)
        if on:
            self.rules.old.setFocus(Qt.FocusReason.OtherFocusReason)

    def _on_theme_changed(self) -> None:
        self.free.viewport().update()

    # Qt overrides

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Take the keys by which the search line is cleared and leads to the table."""
        if watched is self.search and isinstance(event, QKeyEvent):
            return event.type() == QEvent.Type.KeyPress and self._search_key(event)
        return super().eventFilter(watched, event)
