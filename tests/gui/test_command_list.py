import pytest
from PySide6.QtCore import Qt
from shiboken6 import isValid

from gui.command_list import CommandList, rank


@pytest.fixture
def listed(window, qtbot):
    window.action_table["command_list"].trigger()
    found = window.findChild(CommandList)
    qtbot.waitUntil(found.search.hasFocus)
    yield found
    if isValid(found):
        found.close()


def test_all_commands_are_listed_at_first(listed, window):
    texts = listed.texts()
    assert {"Build", "Add dense", "Move up", "About Layerscope", "Open example: lenet"} <= set(
        texts
    )


def test_typing_finds_and_enter_does(listed, window, qtbot):
    qtbot.keyClicks(listed.search, "add den")
    assert listed.texts()[0] == "Add dense"
    qtbot.keyClick(listed.search, Qt.Key.Key_Return)
    assert [node.kind for node in window.editor.stack.nodes] == ["dense"]
    assert not listed.isVisible()


def test_arrows_choose_another_one(listed, window, qtbot):
    qtbot.keyClicks(listed.search, "add ")
    wanted = listed.texts()[2].removeprefix("Add ")
    qtbot.keyClick(listed.search, Qt.Key.Key_Down)
    qtbot.keyClick(listed.search, Qt.Key.Key_Down)
    qtbot.keyClick(listed.search, Qt.Key.Key_Return)
    assert [node.kind for node in window.editor.stack.nodes] == [wanted]


def test_what_cannot_be_done_is_listed_but_not_done(listed, window, qtbot):
    qtbot.keyClicks(listed.search, "delete")
    assert listed.texts()[0] == "Delete"
    qtbot.keyClick(listed.search, Qt.Key.Key_Return)
    assert listed.isVisible()


def test_nothing_fits_and_nothing_happens(listed, qtbot):
    qtbot.keyClicks(listed.search, "xyzzy")
    assert listed.texts() == []
    qtbot.keyClick(listed.search, Qt.Key.Key_Return)
    assert listed.isVisible()


def test_escape_closes_it(listed, qtbot):
    qtbot.keyClick(listed.search, Qt.Key.Key_Escape)
    assert not listed.isVisible()


def test_a_click_does_a_command(listed, window, qtbot):
    qtbot.keyClicks(listed.search, "add flatten")
    place = listed.list.visualItemRect(listed.list.topLevelItem(0)).center()
    qtbot.mouseClick(listed.list.viewport(), Qt.MouseButton.LeftButton, pos=place)
    assert [node.kind for node in window.editor.stack.nodes] == ["flatten"]


def test_insert_opens_it_at_what_can_be_added(window, qtbot):
    window.panels.stack_view.setFocus()
    qtbot.keyClick(window, Qt.Key.Key_Insert)
    found = window.findChild(CommandList)
    assert found.search.text() == "Add "
    assert all(text.startswith("Add") for text in found.texts()[:8])
    found.close()


def test_the_best_fit_comes_first():
    assert rank("build", "Build", "Build") < rank("build", "Cancel", "Build")
    assert rank("mv up", "Move up", "Layer") == (2, 0)
    assert rank("layer up", "Move up", "Layer") == (1, 0)
    assert rank("", "Move up", "Layer") == (0, 0)
    assert rank("pu", "Move up", "Layer") is None


def test_insert_lists_kinds_of_layers_and_not_itself(window, qtbot):
    window.action_table["add_layer"].trigger()
    found = window.findChild(CommandList)
    kinds = [text for text in found.texts() if text.startswith("Add ")]
    assert found.texts()[: len(kinds)] == kinds
    assert not any("a layer" in text for text in found.texts())
    found.close()
