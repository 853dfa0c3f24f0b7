"""The menus, made from the table of actions."""

from functools import partial
from pathlib import Path

from PySide6.QtGui import QAction
from PySide6.QtWidgets import QMenu, QMenuBar

from gui.actions import Actions
from gui.files import Files

_IN_CONTEXT = (
    *("cut", "copy", "paste", "duplicate", "delete", "rename", ""),
    *("Add", "Construction", "Reuse", ""),
    *("share_with", "shared_copy", "wrap_in_scope", ""),
    *("move_up", "move_down", "move_into_scope", "move_out_of_scope"),
)


class Menus:
    """The menu bar's menus, and what of them opens over the stack."""

    def __init__(self, bar: QMenuBar, actions: Actions, files: Files) -> None:
        """Fill the menu bar."""
        self._bar = bar
        self._actions = actions
        self._files = files
        self._menus: dict[str, QMenu] = {}
        self._sections: dict[str, int] = {}
        for action, made in actions.all():
            self._menu(action.menu, action.section).addAction(made)
        self._add_file_menus()

    def in_context(self) -> list[QAction | QMenu | None]:
        """Return what the menu has that opens over the stack; None is a line."""
        return [self._entry(name) for name in _IN_CONTEXT]

    def __getitem__(self, path: str) -> QMenu:
        """Return a menu by the titles that lead to it. Raises KeyError."""
        return self._menus[path]

    def _entry(self, name: str) -> QAction | QMenu | None:
        if not name:
            return None
        return self._menus.get(f"Layer/{name}") or self._actions[name]

    def _menu(self, path: str, section: int) -> QMenu:
        """Return the menu at a path for an entry of a section, parted from another section's."""
        outer, _, title = path.rpartition("/")
        if path not in self._menus:
            parent = self._menu(outer, section) if outer else self._bar
            # The bar's menus open by Alt and their first letter.
            menu = QMenu(title if outer else f"&{title}", self._bar)
            menu.setToolTipsVisible(True)
            parent.addMenu(menu)
            self._menus[path] = menu
        if self._sections.setdefault(path, section) != section:
            self._menus[path].addSeparator()
            self._sections[path] = section
        return self._menus[path]

    def _add_file_menus(self) -> None:
        for action_id, fill in (
            ("open_recent", self._fill_recent),
            ("open_example", self._fill_examples),
        ):
            menu = QMenu(self._bar)
            menu.aboutToShow.connect(partial(fill, menu))
            self._actions[action_id].setMenu(menu)
            fill(menu)

    def _fill_recent(self, menu: QMenu) -> None:
        menu.clear()
        for path in self._files.recent_files():
            added = menu.addAction(f"{path.name}   {_short(path.parent)}".replace("&", "&&"))
            added.triggered.connect(partial(self._on_path, path))
        _say_if_empty(menu, "No recent files")

    def _fill_examples(self, menu: QMenu) -> None:
        menu.clear()
        for name in self._files.examples():
            added = menu.addAction(name)
            added.triggered.connect(partial(self._on_example, name))
        _say_if_empty(menu, "No examples")

    def _on_path(self, path: Path) -> None:
        self._files.open_path(path)

    def _on_example(self, name: str) -> None:
        self._files.open_example(name)


def entries(action: QAction) -> list[QAction]:
    """Return the entries of an action's menu, filled as when it opens; none for a plain action."""
    menu = action.menu()
    if not isinstance(menu, QMenu):
        return []
    menu.aboutToShow.emit()
    return [entry for entry in menu.actions() if entry.isEnabled() and entry.text()]


def _short(folder: Path) -> str:
    home = Path.home()
    return f"~/{folder.relative_to(home)}" if folder.is_relative_to(home) else str(folder)


def _say_if_empty(menu: QMenu, text: str) -> None:
    if menu.isEmpty():
        menu.addAction(text).setEnabled(False)
