from collections import Counter

import pytest
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QMenu

from core.catalog import KINDS, SCOPE
from gui import icons
from gui.actions import ACTIONS
from gui.command_list import CommandList


def test_no_shortcut_stands_for_two_actions():
    keys = Counter(
        QKeySequence(keys).toString() for action in ACTIONS.values() for keys in action.shortcuts
    )
    assert not [found for found, times in keys.items() if times > 1 or not found]


@pytest.mark.parametrize("action", ACTIONS.values(), ids=ACTIONS)
def test_each_action_has_its_icon(action):
    assert action.icon_name in icons.names()


def test_each_kind_can_be_added():
    assert {f"add_{kind}" for kind in (SCOPE.kind, *KINDS)} <= set(ACTIONS)


def test_each_action_is_done_by_somebody(window):
    for action, made in window.action_table.all():
        if action.owner != "undo" and not action.has_menu:
            assert callable(window.action_table.handler(action)), action.id
        assert made.objectName() == action.id


def _in_menus(window) -> set[str]:
    found: set[str] = set()

    def visit(actions: list[QAction]) -> None:
        for action in actions:
            found.add(action.objectName())
            menu = action.menu()
            if isinstance(menu, QMenu):
                visit(menu.actions())

    visit(window.menuBar().actions())
    return found


def test_each_action_is_in_a_menu(window):
    assert set(ACTIONS) <= _in_menus(window)


def _parts(menu: QMenu) -> list[list[str]]:
    """Return the texts between the lines of a menu."""
    parts: list[list[str]] = [[]]
    for entry in menu.actions():
        if entry.isSeparator():
            parts.append([])
        else:
            parts[-1].append(entry.text())
    return parts


def test_lines_part_the_menus_within_a_menu_too(window):
    assert _parts(window.menus["File/Export"])[-1] == ["Weights in the plot", "Signals"]
    assert _parts(window.menus["Layer"])[-1] == ["Construction", "Reuse"]
    parts = _parts(window.menus["Checkpoint"])
    assert parts[1][:2] == ["Compare with checkpoint...", "Map names"]
    assert parts[1][-1] == "Name map"


def test_each_menu_opens_by_a_letter_of_its_own(window):
    bar = [entry.text() for entry in window.menuBar().actions()]
    letters = {text.partition("&")[2][:1] for text in bar}
    assert len(letters - {""}) == len(bar)


def test_each_action_is_in_the_command_list(window, qtbot):
    listed = CommandList(window.action_table, window)
    qtbot.addWidget(listed)
    actions = listed.actions_listed()
    for action, made in window.action_table.all():
        assert made in actions or action.has_menu, action.id


def test_the_menu_names_what_undo_would_undo(window):
    window.action_table["add_dense"].trigger()
    assert window.action_table["undo"].text() == "Undo Add dense"
    window.action_table["undo"].trigger()
    assert window.action_table["redo"].text() == "Redo Add dense"
    assert not window.action_table["undo"].isEnabled()


def test_an_action_that_cannot_be_done_says_why(window, bridge):
    action = window.action_table["export_checkpoint"]
    assert not action.isEnabled()
    assert "Nothing is built yet." in action.toolTip()
    window.action_table["add_dense"].trigger()
    window.building.build()
    bridge.finish()
    assert action.isEnabled()
    assert "Nothing" not in action.toolTip()


def test_the_context_menu_is_made_from_the_table(window):
    entries = [entry for entry in window.menus.in_context() if isinstance(entry, QAction)]
    assert {entry.objectName() for entry in entries} <= set(ACTIONS)
    assert window.action_table["delete"] in entries
