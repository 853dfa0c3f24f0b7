"""The palette: searching, adding and dragging layers."""

import pytest
from PySide6.QtCore import Qt

from core.catalog import KINDS, SCOPE, SCOPES
from gui.models.stack_model import StackModel
from gui.palette import Palette
from tests.gui.stacks import STACK, order


@pytest.fixture
def palette(editor, qtbot):
    palette = Palette(editor)
    qtbot.addWidget(palette)
    palette.resize(200, 600)
    with qtbot.waitExposed(palette):
        palette.show()
    return palette


def item(palette, kind):
    return palette.kinds.findItems(kind, Qt.MatchFlag.MatchExactly | Qt.MatchFlag.MatchRecursive)[0]


def shown(palette):
    groups = [palette.kinds.topLevelItem(row) for row in range(palette.kinds.topLevelItemCount())]
    return [
        group.child(row).text(0)
        for group in groups
        if not group.isHidden()
        for row in range(group.childCount())
        if not group.child(row).isHidden()
    ]


def test_every_kind_stands_under_its_group_with_its_help(palette):
    assert set(shown(palette)) == {*KINDS, *SCOPES}
    assert item(palette, "dense").parent().text(0) == KINDS["dense"].group
    assert item(palette, "dense").toolTip(0) == KINDS["dense"].help
    assert not item(palette, "dense").icon(0).isNull()


def test_a_search_finds_by_name_group_and_help(palette, qtbot):
    qtbot.keyClicks(palette.search, "dense")
    assert "dense" in shown(palette)
    assert "input" not in shown(palette)
    palette.search.setText("placeholder")
    assert shown(palette) == ["input"]
    palette.search.setText("no such layer")
    assert shown(palette) == []
    palette.search.clear()
    assert set(shown(palette)) == {*KINDS, *SCOPES}


def test_enter_in_the_search_adds_the_best_match_behind_the_selection(palette, editor, qtbot):
    editor.open(STACK)
    editor.select(("i",))
    qtbot.keyClicks(palette.search, "flat")
    qtbot.keyClick(palette.search, Qt.Key.Key_Return)
    assert order(editor.stack) == "x flatten s(dense) fc"
    assert len(editor.selection) == 1


def test_the_arrow_keys_choose_among_the_matches(palette, editor, qtbot):
    qtbot.keyClicks(palette.search, "merge")
    qtbot.keyClick(palette.search, Qt.Key.Key_Down)
    qtbot.keyClick(palette.search, Qt.Key.Key_Return)
    assert [node.kind for node in editor.stack.nodes] == [shown(palette)[1]]


def test_enter_without_a_match_adds_nothing(palette, editor, qtbot):
    qtbot.keyClicks(palette.search, "no such layer")
    qtbot.keyClick(palette.search, Qt.Key.Key_Return)
    assert editor.stack.nodes == ()


def test_a_double_click_adds_a_layer_but_a_group_adds_none(palette, editor, qtbot):
    for kind in ("dense", KINDS["dense"].group):
        position = palette.kinds.visualItemRect(item(palette, kind)).center()
        qtbot.mouseClick(palette.kinds.viewport(), Qt.MouseButton.LeftButton, pos=position)
        qtbot.mouseDClick(palette.kinds.viewport(), Qt.MouseButton.LeftButton, pos=position)
    assert [node.kind for node in editor.stack.nodes] == ["dense"]


def test_enter_in_the_list_adds_the_current_kind(palette, editor, qtbot):
    palette.kinds.setCurrentItem(item(palette, SCOPE.kind))
    qtbot.keyClick(palette.kinds, Qt.Key.Key_Return)
    assert order(editor.stack) == "scope()"


def test_what_is_dragged_makes_a_new_layer_at_each_drop(palette, editor):
    model = StackModel(editor)
    for _ in range(2):
        data = palette.kinds.mimeData([item(palette, "dense")])
        assert data.formats() == ["application/x-layerscope-nodes"]
        assert model.dropMimeData(data, Qt.DropAction.CopyAction, 0, 0, model.index(-1, -1))
    ids = {node.id for node in editor.stack.nodes}
    assert len(ids) == 2
