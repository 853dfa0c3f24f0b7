"""The stack model: it shows what core has, through any edits, undone and redone."""

import json
from dataclasses import replace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PySide6.QtCore import QMimeData, QModelIndex, QPersistentModelIndex, Qt
from PySide6.QtTest import QAbstractItemModelTester

from core import commands
from core.built import BuiltLayer
from core.document import nodes_to_json
from core.stack import Layer, Place, Scope, Stack
from gui.editor import Editor
from gui.models.stack_cells import Column
from gui.models.stack_model import StackModel
from gui.stack_mime import MIME_TYPE
from tests.gui.stacks import STACK, WORDS, built, variable
from tests.random_stacks import any_command, stacks


@pytest.fixture
def model(editor):
    editor.open(STACK)
    return StackModel(editor)


def tree(model, parent=QModelIndex()):  # noqa: B008
    """All that the model has, as nested lists of ids, with each parent checked."""
    rows = []
    for row in range(model.rowCount(parent)):
        index = model.index(row, 0, parent)
        assert model.parent(index) == parent
        rows.append((model.node(index).id, index.data(), tree(model, index)))
    return rows


def expected(nodes):
    return [
        (node.id, node.name or node.kind, expected(node.nodes) if isinstance(node, Scope) else [])
        for node in nodes
    ]


def row(model, node_id):
    return [model.index_of(node_id, column).data() for column in Column]


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_any_edits_undone_and_redone_show_what_core_has(qapp, data):
    editor = Editor()
    model = StackModel(editor)
    tester = QAbstractItemModelTester(model, QAbstractItemModelTester.FailureReportingMode.Fatal)
    assert tester.model() is model
    editor.open(data.draw(stacks()))
    for _ in range(8):
        match data.draw(st.sampled_from(["do", "do", "do", "undo", "redo"])):
            case "do":
                editor.do(data.draw(any_command(editor.stack)))
            case "undo":
                editor.undo_stack.undo()
            case "redo":
                editor.undo_stack.redo()
        assert tree(model) == expected(editor.stack.nodes)


def test_a_persistent_index_follows_its_node(editor, model):
    kept = QPersistentModelIndex(model.index_of("e"))
    editor.do(commands.move(editor.stack, ["e"], Place("s", 0)))
    assert kept.data() == "fc"
    assert model.node(kept.parent()).id == "s"


def test_an_edit_never_resets_the_model(editor, model, qtbot):
    with qtbot.assertNotEmitted(model.modelReset):
        editor.do(commands.wrap(editor.stack, ["i", "e"]))
        editor.do(commands.rename(editor.stack, "e", "new"))
        editor.do(commands.remove(editor.stack, ["s"]))
    with qtbot.waitSignal(model.modelReset):
        editor.open(Stack())


def test_a_row_says_how_a_layer_is_built(model):
    assert row(model, "e")[:4] == ["fc", "dense", "get_variable", "reuse"]
    assert row(model, "i")[:4] == ["x", "input", "", ""]
    assert row(model, "s")[:4] == ["s", "scope", "", "inherit"]


def test_a_layer_without_a_name_shows_its_kind_but_is_renamed_from_nothing(model):
    index = model.index_of("d")
    assert index.data() == "dense"
    assert index.data(Qt.ItemDataRole.EditRole) == ""
    assert index.data(Qt.ItemDataRole.FontRole).italic()


def test_a_scope_without_a_name_shows_the_one_it_was_opened_under(editor):
    editor.open(Stack(nodes=(Scope("s", None, arguments={"default_name": "enc"}),)))
    model = StackModel(editor)
    opened = BuiltLayer("s", None, "scope", None, None, opened=("enc_1",))
    model.set_built(replace(built(editor.stack), layers=(opened,)))
    index = model.index_of("s")
    assert index.data() == "enc_1"
    assert index.data(Qt.ItemDataRole.EditRole) == ""
    tip = index.data(Qt.ItemDataRole.ToolTipRole)
    assert tip == "TensorFlow names it: enc_1, because enc is taken."


def test_a_build_brings_shapes(model, editor):
    model.set_built(built(editor.stack))
    assert row(model, "e")[Column.OUTPUT] == "[?, 4]"


def test_a_refused_layer_has_a_badge_and_those_behind_it_are_dimmed(model, editor):
    model.set_built(built(editor.stack, refused="d"))
    assert row(model, "d")[Column.STATE] == "refused"
    assert model.index_of("d").data(Qt.ItemDataRole.ToolTipRole) == WORDS
    assert "Not built" in model.index_of("e").data(Qt.ItemDataRole.ToolTipRole)
    assert model.index_of("e").data(Qt.ItemDataRole.ForegroundRole) is not None
    assert model.index_of("i").data(Qt.ItemDataRole.ForegroundRole) is None


def test_a_shared_layer_names_those_it_shares_with(model, editor):
    model.set_built(built(editor.stack, variables=(variable("s/dense/kernel", "d", "e"),)))
    assert row(model, "e")[Column.STATE] == row(model, "d")[Column.STATE] == "shared"
    tip = model.index_of("d", Column.STATE).data(Qt.ItemDataRole.ToolTipRole)
    assert tip == "s/dense/kernel is read by dense, fc"


def test_renaming_goes_through_core(model, editor):
    assert model.setData(model.index_of("e"), "logits")
    assert editor.stack.node("e").name == "logits"
    assert model.setData(model.index_of("e"), "")
    assert editor.stack.node("e").name is None


@pytest.mark.parametrize("name", ["a b", "_a", "ä", "a:0"])
def test_a_name_that_tensorflow_refuses_is_not_taken(model, editor, qtbot, name):
    with qtbot.waitSignal(model.refused) as told:
        assert not model.setData(model.index_of("e"), name)
    assert "TensorFlow takes no such name" in told.args[0]
    assert editor.stack == STACK


# Drag and drop


def drop(model, data, action, row, parent=QModelIndex()):  # noqa: B008
    return model.dropMimeData(data, action, row, 0, parent)


MOVE, COPY = Qt.DropAction.MoveAction, Qt.DropAction.CopyAction


def test_a_drop_inside_the_stack_moves(model, editor):
    data = model.mimeData([model.index_of("i"), model.index_of("e", 2), model.index_of("e")])
    assert drop(model, data, MOVE, -1, model.index_of("s"))
    assert [node.id for node in editor.stack.walk()] == ["s", "d", "i", "e"]
    assert editor.selection == ("i", "e")
    editor.undo_stack.undo()
    assert editor.stack == STACK


def test_a_drop_with_the_copy_key_copies(model, editor):
    assert drop(model, model.mimeData([model.index_of("i")]), COPY, 0)
    assert [node.name for node in editor.stack.nodes] == ["x_1", "x", "s", "fc"]


def test_what_is_dragged_from_another_stack_is_copied(model, editor):
    other = StackModel(editor)
    assert drop(model, other.mimeData([other.index_of("i")]), MOVE, 0)
    assert len(editor.stack.nodes) == 4


def test_a_scope_can_not_be_dropped_into_itself(model, editor, qtbot):
    data = model.mimeData([model.index_of("s")])
    scope = model.index_of("s")
    assert not model.canDropMimeData(data, MOVE, -1, 0, scope)
    assert model.canDropMimeData(data, MOVE, 0, 0, QModelIndex())
    with qtbot.waitSignal(model.refused):
        assert not drop(model, data, MOVE, -1, scope)
    assert editor.stack == STACK


def content(**changes):
    nodes = nodes_to_json(STACK.nodes[:1])
    return {"format": "layerscope-nodes", "version": 1, "source": None, "nodes": nodes} | changes


NODE = nodes_to_json((Layer("x", "flatten", construction="layers"),))[0]


@pytest.mark.parametrize(
    "payload",
    [
        b"",
        b"\x80\x04K\x01.",
        b"[1, 2",
        b"[" * 100_000,
        b'{"format": "layerscope-nodes", "format": "layerscope-nodes"}',
        *(
            json.dumps(found).encode()
            for found in [
                [],
                {},
                content(version=2),
                content(version=True),
                content(nodes=[]),
                content(nodes={}),
                content(nodes=[{**NODE, "kind": "bomb"}]),
                content(nodes=[{**NODE, "name": "a b"}]),
                content(nodes=[NODE, NODE]),
                content(source=3),
                content(more=1),
            ]
        ),
    ],
)
def test_anything_odd_that_is_dropped_is_refused_with_a_message(model, editor, qtbot, payload):
    data = QMimeData()
    data.setData(MIME_TYPE, payload)
    with qtbot.waitSignal(model.refused) as told:
        assert not drop(model, data, COPY, 0)
    assert told.args[0].startswith("This can't be dropped here: ")
    assert editor.stack == STACK
