"""The ledger in the window: its rows, and how it and the layers select each other."""

from dataclasses import replace

import pytest
from PySide6.QtCore import QModelIndex, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QAbstractItemModelTester
from PySide6.QtWidgets import QLabel

from core.built import BuiltLayer, Refusal, Setting, Source
from core.edits import Replace
from gui import theme
from gui.ledger_view import LedgerView
from gui.models.ledger_model import Column, LedgerModel
from gui.theme import Scheme
from tests import builts

DISPLAY = Qt.ItemDataRole.DisplayRole


@pytest.fixture
def view(qtbot, editor):
    found = LedgerView(editor)
    qtbot.addWidget(found)
    found.resize(900, 400)
    with qtbot.waitExposed(found):
        found.show()
    return found


@pytest.fixture
def towers(view, editor):
    """The ledger of the two towers."""
    built = builts.towers()
    editor.open(built.stack)
    view.set_built(built)
    return view


def lines(view) -> list[list[str]]:
    model = view.model()
    return [
        [model.index(row, column).data(DISPLAY) for column in list(Column)[: Column.VARIABLE + 1]]
        for row in range(model.rowCount())
    ]


def selected_rows(view) -> list[int]:
    return sorted(index.row() for index in view.selectionModel().selectedRows())


def click(qtbot, view, row: int) -> None:
    place = view.visualRect(view.model().index(row, Column.NAME)).center()
    qtbot.mouseClick(view.viewport(), Qt.MouseButton.LeftButton, pos=place)


def test_every_request_has_a_row_in_order(towers):
    assert lines(towers) == [
        ["1", "shared", "shared/weights", "created", "shared/weights"],
        ["2", "shared", "shared/weights", "reused", "shared/weights"],
        ["3", "shared", "shared/bias", "created", "shared/bias"],
        ["4", "shared", "shared/bias", "reused", "shared/bias"],
        ["5", "dense", "head/dense/kernel", "created", "head/dense/kernel"],
        ["6", "dense", "head/dense/bias", "created", "head/dense/bias"],
    ]


def test_each_setting_names_its_source(view, editor):
    built = builts.towers()
    asked = (
        Setting("initializer", "he_normal", Source.SCOPE, "s"),
        Setting("regularizer", "l2(l2=0.1)", Source.SCOPE, "s"),
        Setting("regularizer", "l1(l1=0.2)", Source.ARGUMENT),
        Setting("trainable", "true", Source.LAYER),
        Setting("use_resource", "true", Source.SCOPE),
        Setting("partitioner", "none", Source.TENSORFLOW),
    )
    request = replace(built.ledger[-1], settings=asked)
    editor.open(built.stack)
    head = BuiltLayer("s", "head", "scope", None, None)
    view.set_built(replace(built, layers=(*built.layers, head), ledger=(request,)))
    row = {column: view.model().index(0, column).data(DISPLAY) for column in Column}
    assert row[Column.INITIALIZER] == "he_normal (scope head)"
    assert row[Column.REGULARIZER] == "l2(l2=0.1) (scope head) + l1(l1=0.2) (argument)"
    assert row[Column.TRAINABLE] == "true (layer's default)"
    assert row[Column.USE_RESOURCE] == "true (the stack)"
    assert row[Column.PARTITIONER] == "none (TensorFlow's default)"
    assert row[Column.DTYPE] == ""


def test_a_scope_without_a_name_goes_by_the_one_it_was_opened_under(view, editor):
    built = builts.towers()
    stack = Replace((replace(built.stack.node("s"), name=None),)).apply(built.stack)
    asked = (Setting("initializer", "he_normal", Source.SCOPE, "s"),)
    layers = tuple(
        replace(layer, name=None, opened=("enc", "enc_1")) if layer.id == "s" else layer
        for layer in built.layers
    )
    ledger = (replace(built.ledger[-1], settings=asked),)
    editor.open(stack)
    view.set_built(replace(built, stack=stack, layers=layers, ledger=ledger))
    text = view.model().index(0, Column.INITIALIZER).data(DISPLAY)
    assert text == "he_normal (scope enc to enc_1)"


def test_a_refused_request_has_no_variable_and_tells_why(towers, editor):
    refusal = Refusal("end", "Variable refused/kernel does not exist", "ValueError")
    towers.set_built(builts.built(editor.stack, (), refusal))
    assert lines(towers) == [["1", "dense", "refused/kernel", "refused", ""]]
    index = towers.model().index(0, Column.OUTCOME)
    assert index.data(Qt.ItemDataRole.ToolTipRole) == "Variable refused/kernel does not exist"


@pytest.mark.parametrize("scheme", [Scheme.LIGHT, Scheme.DARK])
def test_outcomes_are_coloured_in_the_colours_of_the_theme(towers, scheme):
    theme.current().use(scheme)
    role = Qt.ItemDataRole.ForegroundRole
    found = [towers.model().index(row, Column.OUTCOME).data(role) for row in (0, 1)]
    assert found == [theme.colours().created, theme.colours().reused]
    theme.current().use(Scheme.SYSTEM)


def test_selecting_a_row_selects_the_layer_that_asked(qtbot, towers, editor):
    click(qtbot, towers, 1)
    assert editor.selection == ("two",)
    assert selected_rows(towers) == [1]


def test_selecting_a_layer_selects_its_requests(towers, editor):
    editor.select(("two",))
    assert selected_rows(towers) == [1, 3]
    editor.select(("s",))
    assert selected_rows(towers) == [4, 5]
    assert editor.selection == ("s",)
    editor.select(("drop",))
    assert selected_rows(towers) == []


def test_a_selected_layer_is_scrolled_to(view, editor):
    built = builts.many(500)
    editor.open(built.stack)
    view.set_built(built)
    editor.select(("l400",))
    shown = view.visualRect(view.model().index(800, Column.NAME))
    assert view.viewport().rect().contains(shown.center())


def test_a_rebuild_keeps_the_place(view, editor):
    editor.open(builts.many(500).stack)
    view.set_built(builts.many(500))
    view.executeDelayedItemsLayout()
    view.verticalScrollBar().setValue(300)
    view.set_built(builts.many(501))
    assert view.rowAt(2) == 300


def test_a_rebuild_selects_the_requests_of_the_selected_layers(towers, editor):
    editor.select(("end",))
    first = builts.variable("new/first", "drop")
    towers.set_built(builts.built(editor.stack, (first, *builts.towers().variables)))
    assert selected_rows(towers) == [5, 6]
    towers.set_built(None)
    assert lines(towers) == []


def test_an_empty_ledger_says_so(view, towers):
    label = view.findChild(QLabel)
    assert not label.isVisible()
    view.set_built(None)
    assert label.isVisible()
    assert label.text() == "No variable was asked for yet"


def test_copying_gives_lines_with_tabs(qtbot, towers):
    click(qtbot, towers, 1)
    qtbot.keyClick(towers, Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)
    expected = "2\tshared\tshared/weights\treused\tshared/weights"
    assert QGuiApplication.clipboard().text().rstrip("\t") == expected


def test_the_model_stands_the_tester_through_changes(qapp):
    model = LedgerModel()
    mode = QAbstractItemModelTester.FailureReportingMode.Fatal
    tester = QAbstractItemModelTester(model, mode, model)
    for built in (builts.towers(), builts.many(30), builts.many(30), None, builts.towers()):
        model.set_built(built)
        assert model.rowCount() == (0 if built is None else len(built.ledger))
    assert tester.model().data(QModelIndex()) is None
