"""A list of all commands to search in, for the keyboard."""

from dataclasses import dataclass

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QAction, QKeyEvent
from PySide6.QtWidgets import (
    QDialog,
    QHeaderView,
    QLineEdit,
    QTreeWidget,
    QTreeWidgetItem,
    QVBoxLayout,
    QWidget,
)

from gui import theme
from gui.actions import Actions, keys_text
from gui.menus import entries

_PASSED_ON = {Qt.Key.Key_Up, Qt.Key.Key_Down, Qt.Key.Key_PageUp, Qt.Key.Key_PageDown}


@dataclass(frozen=True, slots=True)
class _Command:
    """What one line of the list says and does."""

    text: str
    where: str
    action: QAction


class CommandList(QDialog):
    """Shows the commands that fit what is typed; Enter does the chosen one."""

    def __init__(self, actions: Actions, parent: QWidget | None = None) -> None:
        """List all commands."""
        super().__init__(parent, Qt.WindowType.Popup)
        self.setWindowTitle("Command list")
        self._commands = _commands(actions)
        self.search = QLineEdit(placeholderText="Search commands")
        self.search.textChanged.connect(self._fill)
        self.search.installEventFilter(self)
        self.list = QTreeWidget()
        self.list.setRootIsDecorated(False)
        self.list.setUniformRowHeights(True)
        self.list.setHeaderHidden(True)
        self.list.setColumnCount(3)
        self.list.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.list.itemClicked.connect(self._on_chosen)
        header = self.list.header()
        header.setStretchLastSection(False)
        header.setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)
        for column in (1, 2):
            header.setSectionResizeMode(column, QHeaderView.ResizeMode.ResizeToContents)
        column_layout = QVBoxLayout(self)
        column_layout.setContentsMargins(6, 6, 6, 6)
        column_layout.addWidget(self.search)
        column_layout.addWidget(self.list)
        self.resize(620, 420)
        self._fill("")
        self.search.setFocus()

    def actions_listed(self) -> list[QAction]:
        """Return what the list does at most, in its order."""
        return [command.action for command in self._commands]

    def texts(self) -> list[str]:
        """Return the commands that are listed now."""
        rows = range(self.list.topLevelItemCount())
        return [self.list.model().index(row, 0).data() for row in rows]

    def _fill(self, query: str) -> None:
        ranks = [rank(query, command.text, command.where) for command in self._commands]
        fitting = [(place, index) for index, place in enumerate(ranks) if place is not None]
        self.list.clear()
        for _, index in sorted(fitting):
            self.list.addTopLevelItem(_line(self._commands[index]))
        self.list.setCurrentIndex(self.list.model().index(0, 0))

    def _on_chosen(self, item: QTreeWidgetItem | None) -> None:
        if item is None or item.isDisabled():
            return
        action: QAction = item.data(0, Qt.ItemDataRole.UserRole)
        self.accept()
        action.trigger()

    # Qt overrides

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Move in the list with keys typed in the search line."""
        if event.type() == QEvent.Type.KeyPress and isinstance(event, QKeyEvent):
            if event.key() in _PASSED_ON:
                self.list.keyPressEvent(event)
                return True
            if event.key() in {Qt.Key.Key_Return, Qt.Key.Key_Enter}:
                self._on_chosen(self.list.currentItem())
                return True
        return super().eventFilter(watched, event)


def rank(query: str, text: str, where: str) -> tuple[int, int] | None:
    """Return how well a command fits a query, smaller is better; None where it doesn't.

    Best is the query as it stands, then all its words anywhere, then its letters in this order.
    """
    wanted, found = query.lower().strip(), text.lower()
    if wanted in found:
        return 0, found.index(wanted)
    if all(word in f"{where.lower()} {found}" for word in wanted.split()):
        return 1, 0
    letters = iter(found)
    if all(letter in letters for letter in wanted if letter != " "):
        return 2, 0
    return None


def _commands(actions: Actions) -> list[_Command]:
    found = []
    for action, made in actions.all():
        where = action.menu.replace("/", ", ")
        if action.has_menu:
            found += [
                _Command(f"{action.text}: {entry.text()}", where, entry) for entry in entries(made)
            ]
        else:
            found.append(_Command(made.text().replace("&", "").rstrip("."), where, made))
    return found


def _line(command: _Command) -> QTreeWidgetItem:
    action = command.action
    item = QTreeWidgetItem([command.text, command.where, keys_text(action.shortcut())])
    item.setIcon(0, action.icon())
    item.setToolTip(0, action.toolTip())
    item.setData(0, Qt.ItemDataRole.UserRole, action)
    item.setDisabled(not action.isEnabled())
    for column in (1, 2):
        item.setForeground(column, theme.colours().muted)
    return item
