"""The view of the stack, by mouse and keys."""

import pytest
from PySide6.QtCore import QMimeData, QPoint, QPointF, Qt
from PySide6.QtGui import QAction, QDragEnterEvent, QDragMoveEvent, QDropEvent
from PySide6.QtWidgets import QApplication, QLabel, QMenu

from core import commands
from core.stack import Place, Stack
from gui.models.stack_cells import Column
from gui.stack_delegate import NameEditor
from gui.stack_view import StackView
from tests.gui.stacks import STACK, WORDS, built, order, variable

LEFT = Qt.MouseButton.LeftButton
MOVE, COPY = Qt.DropAction.MoveAction, Qt.DropAction.CopyAction


@pytest.fixture
def view(editor, qtbot):
    editor.open(STACK)
    view = StackView(editor)
    qtbot.addWidget(view)
    view.resize(700, 400)
    with qtbot.waitExposed(view):
        view.show()
    view.activateWindow()
    view.tree.clearFocus()
    return view


def cell(view, node_id, column=Column.LAYER):
    return view.tree.visualRect(view.model.index_of(node_id, column))


def click(qtbot, view, node_id, column=Column.LAYER, keys=Qt.KeyboardModifier.NoModifier):
    position = cell(view, node_id, column).center()
    qtbot.mouseClick(view.tree.viewport(), LEFT, keys, position)


def selected(view):
    rows = view.tree.selectionModel().selectedRows()
    return sorted(view.model.node(index).id for index in rows)


def drag(view, data, position, action=MOVE):
    """Send a drag's events as Qt does; its own drag loop can't run without a window system."""
    viewport = view.tree.viewport()
    keys = Qt.KeyboardModifier.NoModifier
    QApplication.sendEvent(viewport, QDragEnterEvent(position, action, data, LEFT, keys))
    moved = QDragMoveEvent(position, action, data, LEFT, keys)
    QApplication.sendEvent(viewport, moved)
    if not moved.isAccepted():
        return False
    dropped = QDropEvent(QPointF(position), action, data, LEFT, keys)
    QApplication.sendEvent(viewport, dropped)
    return dropped.isAccepted()


def nodes(view, *ids):
    return view.model.mimeData([view.model.index_of(found) for found in ids])


def above(view, node_id):
    return cell(view, node_id).topLeft() + QPoint(10, 1)


def below(view, node_id):
    return cell(view, node_id).bottomLeft() + QPoint(10, -1)


def on(view, node_id):
    return cell(view, node_id).center()


# Selection


def test_the_kinds_give_way_to_names_that_need_the_room(view, editor, qtbot):
    tree, header = view.tree, view.tree.header()
    wide = header.sectionSize(Column.KIND)
    editor.do(commands.rename(editor.stack, "d", "a_layer_with_a_longer_name"))
    qtbot.waitUntil(lambda: header.sectionSize(Column.KIND) < wide)
    assert header.sectionSize(Column.LAYER) >= tree.sizeHintForColumn(Column.LAYER)
    view.resize(1200, 400)
    assert header.sectionSize(Column.KIND) == wide
    editor.undo_stack.undo()
    view.resize(700, 400)
    assert header.sectionSize(Column.KIND) == wide


def test_a_column_keeps_the_width_that_a_person_gave_it(view, qtbot):
    header = view.tree.header()
    edge = header.sectionViewportPosition(Column.KIND) + header.sectionSize(Column.KIND)
    start = QPoint(edge - 1, header.height() // 2)
    qtbot.mousePress(header.viewport(), LEFT, pos=start)
    qtbot.mouseMove(header.viewport(), start + QPoint(40, 0))
    qtbot.mouseRelease(header.viewport(), LEFT, pos=start + QPoint(40, 0))
    given = header.sectionSize(Column.KIND)
    view.resize(500, 400)
    assert header.sectionSize(Column.KIND) == given


def test_a_click_selects_in_the_editor(view, editor, qtbot):
    click(qtbot, view, "d")
    click(qtbot, view, "i", keys=Qt.KeyboardModifier.ControlModifier)
    assert editor.selection == ("i", "d")


def test_what_is_selected_in_the_editor_is_selected_here(view, editor):
    view.tree.collapse(view.model.index_of("s"))
    editor.select(("d", "e"))
    assert selected(view) == ["d", "e"]
    editor.select(("d",))
    assert view.tree.isExpanded(view.model.index_of("s"))
    editor.select(())
    assert selected(view) == []


def test_the_selection_follows_edits_and_their_undoing(view, editor):
    editor.select(("i", "d"))
    editor.do(commands.move(editor.stack, ["i", "d"], Place(None, 3)))
    assert selected(view) == ["d", "i"]
    editor.do(commands.remove(editor.stack, ["d"]))
    editor.undo_stack.undo()
    editor.undo_stack.undo()
    assert editor.stack == STACK
    assert set(selected(view)) == set(editor.selection)


def test_an_edit_tells_the_selection_once_and_only_when_it_is_done(view, editor):
    editor.select(("i",))
    told = []
    editor.selection_changed.connect(lambda ids: told.append((ids, len(editor.stack.nodes))))
    editor.do(commands.remove(editor.stack, ["i", "s"]))
    assert told[-1] == (("e",), 1)
    assert all(count == 1 for _, count in told)


# Dragging


def test_a_row_is_dragged_before_another(view, editor):
    assert drag(view, nodes(view, "e"), above(view, "i"))
    assert order(editor.stack) == "fc x s(dense)"
    assert editor.selection == ("e",)
    assert view.tree.hasFocus()


def test_several_rows_are_dragged_onto_a_scope_and_out_of_it(view, editor):
    assert drag(view, nodes(view, "i", "e"), on(view, "s"))
    assert order(editor.stack) == "s(dense x fc)"
    empty = QPoint(20, view.tree.viewport().height() - 5)
    assert drag(view, nodes(view, "d", "e"), empty)
    assert order(editor.stack) == "s(x) dense fc"


def test_below_an_open_scope_s_row_is_inside_of_it(view, editor):
    assert drag(view, nodes(view, "e"), below(view, "s"))
    assert order(editor.stack) == "x s(fc dense)"


def test_below_a_closed_scope_s_row_is_behind_it(view, editor):
    view.tree.collapse(view.model.index_of("s"))
    assert drag(view, nodes(view, "i"), below(view, "s"))
    assert order(editor.stack) == "s(dense) x fc"


def test_a_scope_can_not_be_dropped_into_itself(view, editor):
    assert not drag(view, nodes(view, "s"), above(view, "d"))
    assert not drag(view, nodes(view, "s"), on(view, "s"))
    assert editor.stack == STACK


def test_something_odd_is_refused_with_a_message(view, editor, qtbot):
    data = QMimeData()
    data.setData("application/x-layerscope-nodes", b"\x80\x04odd")
    with qtbot.waitSignal(view.told) as told:
        assert not drag(view, data, above(view, "i"), COPY)
    assert "holds no layers" in told.args[0]
    text = QMimeData()
    text.setText("some text")
    assert not drag(view, text, above(view, "i"), COPY)
    assert editor.stack == STACK


# Renaming


def editor_of(view):
    return view.tree.viewport().findChild(NameEditor)


def start_rename(view, qtbot, node_id):
    click(qtbot, view, node_id)
    qtbot.keyClick(view.tree, Qt.Key.Key_F2)
    return editor_of(view)


def test_f2_renames_in_place(view, editor, qtbot):
    field = start_rename(view, qtbot, "e")
    field.selectAll()
    qtbot.keyClicks(field, "logits")
    qtbot.keyClick(field, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: editor.stack.node("e").name == "logits")
    assert editor.undo_stack.count() == 1


def test_a_double_click_on_the_name_renames(view, qtbot):
    position = on(view, "e")
    qtbot.mouseClick(view.tree.viewport(), LEFT, pos=position)
    qtbot.mouseDClick(view.tree.viewport(), LEFT, pos=position)
    assert editor_of(view).text() == "fc"


def test_a_bad_name_stays_in_the_editor_with_tensorflow_s_rule_below_it(view, editor, qtbot):
    field = start_rename(view, qtbot, "e")
    field.selectAll()
    qtbot.keyClicks(field, "my layer")
    qtbot.keyClick(field, Qt.Key.Key_Return)
    assert editor_of(view) is field
    assert field.isVisible()
    shown = [label.text() for label in view.findChildren(QLabel) if label.isVisible()]
    assert any("TensorFlow takes no such name" in text for text in shown)
    assert editor.stack == STACK
    qtbot.keyClick(field, Qt.Key.Key_Escape)
    assert not field.isVisible()
    assert not field.shown_refusal


def test_an_emptied_name_lets_tensorflow_choose(view, editor, qtbot):
    field = start_rename(view, qtbot, "e")
    field.clear()
    qtbot.keyClick(field, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: editor.stack.node("e").name is None)


# Construction and reuse on the row


def choose(view, label):
    menu = view.tree.choices
    next(action for action in menu.actions() if action.text() == label).trigger()
    menu.close()


def test_a_click_on_a_construction_opens_a_menu_for_this_layer(view, editor, qtbot):
    editor.select(("i",))
    click(qtbot, view, "e", Column.CONSTRUCTION)
    assert [action.isChecked() for action in view.tree.choices.actions()] == [False, True]
    choose(view, "tf.layers")
    assert editor.stack.node("e").construction == "layers"
    assert editor.stack.node("d").construction == "layers"


def test_a_choice_on_a_selected_row_is_for_all_selected_ones(view, editor, qtbot):
    editor.select(("d", "e", "s"))
    click(qtbot, view, "d", Column.REUSE)
    assert editor.selection == ("s", "d", "e")
    choose(view, "AUTO_REUSE")
    assert [editor.stack.node(found).reuse for found in "sdei"] == ["auto", "auto", "auto", None]
    assert editor.undo_stack.count() == 1


def test_there_is_no_menu_where_there_is_nothing_to_choose(view, qtbot):
    click(qtbot, view, "i", Column.CONSTRUCTION)
    click(qtbot, view, "i", Column.REUSE)
    assert view.tree.choices is None


# What a build says


def test_tensorflow_s_words_are_shown_as_long_as_a_layer_is_refused(view, editor, qtbot):
    view.set_built(built(STACK, refused="e"))
    assert view.refusal_text == WORDS
    view._panel.asked.emit("e")
    assert editor.selection == ("e",)
    view.set_built(built(STACK))
    assert view.refusal_text == ""


def test_a_build_does_not_disturb_a_rename(view, qtbot):
    field = start_rename(view, qtbot, "e")
    qtbot.keyClicks(field, "2")
    view.set_built(built(STACK, variables=(variable("fc/kernel", "d", "e"),)))
    assert editor_of(view) is field
    assert field.text().endswith("2")


def test_an_empty_stack_says_what_to_do(view, editor):
    texts = [label for label in view.findChildren(QLabel) if "Drag a layer here" in label.text()]
    assert not texts[0].isVisible()
    editor.open(Stack())
    assert texts[0].isVisible()
    editor.do(commands.insert(editor.stack, Place(None, 0), (commands.new_node("dense"),)))
    assert not texts[0].isVisible()


def test_the_context_menu_has_the_window_s_actions(view):
    action, submenu = QAction("Delete", view), QMenu("Reuse", view)
    view.set_context_actions([action, None, submenu])
    view.tree.customContextMenuRequested.emit(on(view, "e"))
    menu = QApplication.activePopupWidget()
    assert [found.text() for found in menu.actions()] == ["Delete", "", "Reuse"]
    menu.close()
