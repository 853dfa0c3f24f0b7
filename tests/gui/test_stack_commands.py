"""The commands of the menus: what they do to the stack, and when they can."""

import pytest
from PySide6.QtCore import QMimeData
from PySide6.QtGui import QGuiApplication

from core.catalog import KINDS, SCOPE
from core.stack import Layer, Scope, Stack
from gui.stack_commands import StackCommands
from gui.stack_delegate import NameEditor
from gui.stack_mime import MIME_TYPE
from gui.stack_view import StackView
from tests.gui.stacks import STACK, order


@pytest.fixture
def todo(editor, qtbot):
    QGuiApplication.clipboard().clear()
    editor.open(STACK)
    view = StackView(editor)
    qtbot.addWidget(view)
    with qtbot.waitExposed(view):
        view.show()
    todo = StackCommands(editor, view)
    yield todo
    todo.deleteLater()


def clip(text):
    data = QMimeData()
    data.setText(text)
    QGuiApplication.clipboard().setMimeData(data)


@pytest.mark.parametrize(
    ("selection", "action", "expected"),
    [
        ("e", "move_up", "x fc s(dense)"),
        ("i e", "move_up", "x fc s(dense)"),
        ("i", "move_down", "s(dense) x fc"),
        ("i s", "move_down", "fc x s(dense)"),
        ("e", "move_into_scope", "x s(dense fc)"),
        ("d", "move_out_of_scope", "x s() dense fc"),
        ("i d", "wrap_in_scope", "scope(x dense) s() fc"),
        ("i s", "delete", "fc"),
        ("i s", "duplicate", "x s(dense) x_1 s_1(dense) fc"),
        ("e", "shared_copy", "x s(dense) fc fc"),
        ("s", "add_dense", "x s(dense dense) fc"),
        ("i", "add_scope", "x scope() s(dense) fc"),
        ("", "add_flatten", "x s(dense) fc flatten"),
    ],
)
def test_what_an_action_does_and_undoes(todo, editor, selection, action, expected):
    editor.select(tuple(selection.split()))
    assert todo.enabled(action)
    getattr(todo, action)()
    assert order(editor.stack) == expected
    editor.undo_stack.undo()
    assert editor.stack == STACK


@pytest.mark.parametrize(
    ("selection", "disabled"),
    [
        ("", "cut copy delete duplicate rename move_up wrap_in_scope share_with reuse_true"),
        ("i", "move_up move_into_scope move_out_of_scope share_with shared_copy use_tf_layers"),
        ("i s e", "move_up move_down rename share_with"),
        ("e", "move_down move_out_of_scope"),
        ("i d", "move_up move_down move_into_scope move_out_of_scope"),
        ("s", "share_with shared_copy use_get_variable"),
    ],
)
def test_what_can_not_be_done_is_disabled(todo, editor, selection, disabled):
    editor.select(tuple(selection.split()))
    assert [found for found in disabled.split() if todo.enabled(found)] == []


def test_changed_is_told_with_the_selection_and_the_clipboard(todo, editor, qtbot):
    with qtbot.waitSignal(todo.changed):
        editor.select(("e",))
    with qtbot.waitSignal(todo.changed):
        todo.copy()


def test_every_kind_can_be_added(todo, editor):
    editor.open(Stack())
    for kind in (*KINDS, SCOPE.kind):
        editor.select(())
        getattr(todo, f"add_{kind}")()
    assert [node.kind for node in editor.stack.nodes] == [*KINDS, SCOPE.kind]


def test_construction_and_reuse_are_set_for_all_selected(todo, editor):
    editor.select(("s", "d", "e"))
    todo.use_get_variable()
    todo.reuse_auto()
    assert editor.stack.node("d").construction == "get_variable"
    assert [editor.stack.node(found).reuse for found in "sde"] == ["auto"] * 3
    todo.reuse_false()
    assert editor.stack.node("s").reuse is False
    todo.reuse_inherit()
    assert editor.stack.node("s").reuse is None
    todo.reuse_true()
    todo.use_tf_layers()
    assert editor.stack.node("e").construction == "layers"


def test_rename_opens_the_editor_on_the_row(todo, editor):
    editor.select(("e",))
    todo.rename()
    assert todo._view.findChild(NameEditor).text() == "fc"


def test_share_with_offers_the_earlier_layers_of_the_kind(todo, editor):
    editor.select(("e",))
    todo.share_with()
    actions = todo.share_menu.actions()
    assert [action.text() for action in actions] == ["s/dense (row 1)"]
    actions[0].trigger()
    todo.share_menu.close()
    assert editor.stack.node("d").name == editor.stack.node("e").name == "shared_dense"
    assert [editor.stack.node(found).name for found in editor.stack.ancestors("e")] == ["s"]


# The clipboard


def test_what_is_copied_is_readable_and_can_be_pasted_elsewhere(todo, editor):
    editor.select(("s",))
    todo.copy()
    data = QGuiApplication.clipboard().mimeData()
    assert data.hasFormat(MIME_TYPE)
    assert '"kind": "dense"' in data.text()
    text = data.text()
    editor.open(Stack())
    clip(text)
    todo.paste()
    assert order(editor.stack) == "s(dense)"


def test_cut_and_paste_move_nodes_with_their_names(todo, editor):
    editor.select(("e",))
    todo.cut()
    assert order(editor.stack) == "x s(dense)"
    editor.select(("s",))
    todo.paste()
    assert order(editor.stack) == "x s(dense fc)"


def test_pasting_twice_gives_two_names(todo, editor):
    editor.select(("i",))
    todo.copy()
    todo.paste()
    todo.paste()
    assert order(editor.stack) == "x x_1 x_2 s(dense) fc"


@pytest.mark.parametrize("text", ["hello", "[1, 2", '{"format": "layerscope-nodes", "version": 9}'])
def test_anything_odd_on_the_clipboard_is_refused_with_a_message(todo, editor, qtbot, text):
    clip(text)
    assert todo.enabled("paste")
    with qtbot.waitSignal(todo.told) as told:
        todo.paste()
    assert told.args[0].startswith("The clipboard can't be pasted: ")
    assert editor.stack == STACK


def test_nothing_can_be_pasted_from_an_empty_clipboard(todo):
    assert not todo.enabled("paste")


def test_too_many_scopes_in_one_another_are_refused_with_a_message(todo, editor, qtbot):
    deep = Layer("l", "flatten", construction="layers")
    for number in range(64):
        deep = Scope(f"s{number}", "s", nodes=(deep,))
    editor.open(Stack(nodes=(deep,)))
    editor.select(("l",))
    with qtbot.waitSignal(editor.refused) as told:
        todo.wrap_in_scope()
    assert "64" in told.args[0]
