"""A list of all keyboard shortcuts."""

from PySide6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QTreeWidget,
    QTreeWidgetItem,
    QVBoxLayout,
    QWidget,
)

from gui.actions import Actions, keys_text


class ShortcutList(QDialog):
    """Shows each shortcut with what it does, by menu."""

    def __init__(self, actions: Actions, parent: QWidget | None = None) -> None:
        """List the shortcuts."""
        super().__init__(parent)
        self.setWindowTitle("Keyboard shortcuts")
        self.list = QTreeWidget()
        self.list.setRootIsDecorated(False)
        self.list.setHeaderHidden(True)
        self.list.setColumnCount(2)
        menus: dict[str, QTreeWidgetItem] = {}
        for action, made in actions.all():
            if not action.shortcuts:
                continue
            title = action.menu.partition("/")[0]
            if title not in menus:
                menus[title] = QTreeWidgetItem(self.list, [title])
                menus[title].setExpanded(True)
            keys = ", ".join(map(keys_text, made.shortcuts()))
            where = ", in the stack" if action.local else ""
            line = QTreeWidgetItem(menus[title], [action.text.rstrip(".") + where, keys])
            line.setIcon(0, made.icon())
        self.list.resizeColumnToContents(0)
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        buttons.rejected.connect(self.reject)
        column = QVBoxLayout(self)
        column.addWidget(self.list)
        column.addWidget(buttons)
        self.resize(480, 560)
