"""The tree of variables in the window: what it shows, and what it and the layers select."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PySide6.QtCore import QModelIndex, QPoint, Qt
from PySide6.QtGui import QAction, QGuiApplication
from PySide6.QtTest import QAbstractItemModelTester
from PySide6.QtWidgets import QLabel, QMainWindow

from core import commands
from core.built import Variable
from core.stack import Place
from core.variable_tree import TOP, filtered, variable_tree
from gui.models.variable_model import Column, VariableModel
from gui.variable_tree import VariableTree
from tests import builts

DISPLAY = Qt.ItemDataRole.DisplayRole
KEY = Qt.Key


@pytest.fixture
def panel(qtbot, editor):
    found = VariableTree(editor)
    qtbot.addWidget(found)
    found.resize(1300, 500)
    with qtbot.waitExposed(found):
        found.show()
    return found


@pytest.fixture
def towers(panel, editor):
    """The tree with the two towers in it."""
    built = builts.towers()
    editor.open(built.stack)
    panel.set_built(built)
    return panel


def rows(panel, parent=None, depth=0) -> list[str]:
    """Return the rows that are open, indented, as somebody reads them."""
    parent = parent or QModelIndex()
    model, found = panel.view.model(), []
    for row in range(model.rowCount(parent)):
        index = model.index(row, 0, parent)
        found.append("  " * depth + index.data(DISPLAY))
        if panel.view.isExpanded(index):
            found += rows(panel, index, depth + 1)
    return found


def index_of(panel, key: str, column: int = 0) -> QModelIndex:
    model = panel.view.model()
    return model.index_of(model.tree.numbers[key], column)


def cell(panel, key: str, column: Column, role: int = DISPLAY):
    return index_of(panel, key, column).data(role)


def click(qtbot, panel, key: str, modifier=Qt.KeyboardModifier.NoModifier) -> None:
    place = panel.view.visualRect(index_of(panel, key)).center()
    qtbot.mouseClick(panel.view.viewport(), Qt.MouseButton.LeftButton, modifier, place)


def selected_keys(panel) -> list[str]:
    return [panel.view.model().tree.keys[node] for node in panel.view.selected_nodes()]


def test_the_rows_are_nested_by_scope(towers):
    assert rows(towers) == [
        *("shared/", "  weights", "  bias"),
        *("head/", "  dense/", "    kernel", "    bias"),
    ]


@pytest.mark.parametrize(
    ("key", "column", "text"),
    [
        ("shared/weights", Column.SHAPE, "[2, 3]"),
        ("shared/weights", Column.DTYPE, "float32"),
        ("shared/weights", Column.TRAINABLE, "yes"),
        ("shared/bias", Column.TRAINABLE, "no"),
        ("shared/weights", Column.INITIALIZER, "glorot_uniform()"),
        ("shared/weights", Column.MADE_BY, "shared · get_variable"),
        ("shared/weights", Column.USED_BY, "shared \u00d72"),
        ("head/dense/kernel", Column.MADE_BY, "dense · tf.layers"),
        ("head/dense/kernel", Column.BYTES, "24 B"),
        ("head/dense/kernel", Column.USED_BY, "dense"),
        ("head/", Column.SHAPE, "2 variables"),
        ("head/", Column.PARAMETERS, "9"),
        ("head/", Column.BYTES, "36 B"),
        ("head/", Column.MADE_BY, ""),
    ],
)
def test_what_a_cell_says(towers, key, column, text):
    assert cell(towers, key, column) == text


@pytest.mark.parametrize(
    ("changes", "column", "text"),
    [
        ({"shape": ()}, Column.SHAPE, "[]"),
        ({"shape": (1000, 1234)}, Column.PARAMETERS, "1,234,000"),
        ({"shape": (1000, 1234)}, Column.BYTES, "4.7 MB"),
        ({"name": "s/w_1", "asked_name": "s/w"}, Column.NAME, "w_1  (asked as w)"),
        ({"name": "s/w", "asked_name": "t/w"}, Column.NAME, "w  (asked as t/w)"),
        ({"requested_device": "/device:CPU:0"}, Column.DEVICE, "/device:CPU:0"),
        ({"requested_device": "/cpu:0"}, Column.DEVICE, "/device:CPU:0"),
        (
            {"requested_device": "/device:GPU:0"},
            Column.DEVICE,
            "/device:CPU:0  (requested /device:GPU:0)",
        ),
    ],
)
def test_what_a_variable_says_of_itself(towers, changes, column, text):
    found = builts.variable("s/w", "one", **changes)
    towers.set_built(builts.built(builts.towers().stack, (found,)))
    assert cell(towers, found.name, column) == text


def test_numbers_are_right_aligned_and_names_are_whole_in_the_tip(towers):
    alignment = cell(towers, "shared/bias", Column.PARAMETERS, Qt.ItemDataRole.TextAlignmentRole)
    assert alignment & Qt.AlignmentFlag.AlignRight
    tip = cell(towers, "head/dense/kernel", Column.NAME, Qt.ItemDataRole.ToolTipRole)
    assert tip == "head/dense/kernel"


def test_a_variable_names_all_its_layers(towers):
    found = builts.variable("s/w", "one", "end", "in")
    towers.set_built(builts.built(builts.towers().stack, (found,)))
    assert cell(towers, "s/w", Column.USED_BY) == "shared, dense, input1"


def test_only_shared_variables_have_the_mark(towers):
    mark = Qt.ItemDataRole.DecorationRole
    assert not cell(towers, "shared/bias", Column.USED_BY, mark).isNull()
    assert cell(towers, "head/dense/bias", Column.USED_BY, mark) is None


def test_selecting_a_layer_selects_its_variables(qtbot, towers, editor):
    with qtbot.waitSignal(towers.variables_selected) as heard:
        editor.select(("two",))
    assert heard.args == [("shared/weights", "shared/bias")]
    assert selected_keys(towers) == ["shared/weights", "shared/bias"]
    assert editor.selection == ("two",)


def test_selecting_a_scope_selects_the_variables_of_the_layers_in_it(towers, editor):
    editor.select(("s",))
    assert towers.selected_names == ("head/dense/kernel", "head/dense/bias")
    assert editor.selection == ("s",)


def test_selecting_a_layer_without_variables_selects_none(towers, editor):
    editor.select(("end",))
    editor.select(("drop",))
    assert towers.selected_names == ()
    assert selected_keys(towers) == []


def test_selecting_a_variable_selects_all_layers_that_use_it(qtbot, towers, editor):
    heard = []
    towers.variables_selected.connect(heard.append)
    click(qtbot, towers, "shared/bias")
    assert editor.selection == ("one", "two")
    assert selected_keys(towers) == ["shared/bias"]
    assert heard == [("shared/bias",)]


def test_a_selected_scope_row_stands_for_all_below_it(qtbot, towers, editor):
    click(qtbot, towers, "head/")
    assert towers.selected_names == ("head/dense/kernel", "head/dense/bias")
    assert editor.selection == ("end",)
    click(qtbot, towers, "head/dense/bias", Qt.KeyboardModifier.ControlModifier)
    assert towers.selected_names == ("head/dense/kernel", "head/dense/bias")


def test_all_by_key_selects_every_variable(qtbot, towers):
    towers.view.setFocus()
    qtbot.keyClick(towers.view, KEY.Key_A, Qt.KeyboardModifier.ControlModifier)
    assert len(towers.selected_names) == 4


def test_a_rebuild_keeps_what_is_open_and_selected(qtbot, panel, editor):
    built = builts.many(200)
    editor.open(built.stack)
    panel.set_built(built)
    assert rows(panel)[:2] == ["scope0/", "scope1/"]
    panel.view.expand(index_of(panel, "scope1/"))
    click(qtbot, panel, "scope1/dense12/")
    heard = []
    panel.variables_selected.connect(heard.append)
    panel.set_built(builts.many(201))
    panel.set_built(builts.many(201))
    assert rows(panel)[:4] == ["scope0/", "scope1/", "  dense10/", "  dense11/"]
    assert selected_keys(panel) == ["scope1/dense12/"]
    assert heard == []


def test_a_rebuild_keeps_the_place(panel, editor):
    built = builts.many(2000)
    editor.open(built.stack)
    panel.set_built(built)
    panel.view.scrollTo(index_of(panel, "scope120/"), panel.view.ScrollHint.PositionAtTop)
    first = builts.variable("first/of/all", "l0")
    panel.set_built(builts.built(built.stack, (first, *built.variables)))
    top = panel.view.indexAt(QPoint(0, 0))
    assert top.data(DISPLAY) == "scope120/"


def test_a_selected_scope_with_more_in_it_tells_the_new_names(qtbot, towers, editor):
    click(qtbot, towers, "head/")
    more = builts.variable("head/more", "end")
    with qtbot.waitSignal(towers.variables_selected) as heard:
        towers.set_built(builts.built(editor.stack, (*builts.towers().variables, more)))
    assert heard.args == [("head/dense/kernel", "head/dense/bias", "head/more")]


def test_a_new_layer_has_its_variables_selected_once_it_is_built(towers, editor):
    new = commands.new_node("dense")
    editor.do(commands.insert(editor.stack, Place(None, 1), (new,)))
    assert towers.selected_names == ()
    made = builts.variable("dense/kernel", new.id)
    towers.set_built(builts.built(editor.stack, (made, *builts.towers().variables)))
    assert towers.selected_names == ("dense/kernel",)


def test_variables_that_are_gone_are_no_longer_selected(qtbot, towers, editor):
    click(qtbot, towers, "shared/bias")
    towers.set_built(builts.built(editor.stack, builts.towers().variables[:1]))
    assert towers.selected_names == ()
    towers.set_built(None)
    assert rows(towers) == []


def test_a_search_by_keys_keeps_what_matches_and_its_scopes(qtbot, towers):
    qtbot.keyClicks(towers.search, "KERN")
    assert rows(towers) == ["head/", "  dense/", "    kernel"]
    assert "1 of 4 variables" in texts(towers)
    qtbot.keyClick(towers.search, KEY.Key_Escape)
    assert len(rows(towers)) == 7


def test_a_search_hides_rows_and_keeps_the_selection(qtbot, towers, editor):
    editor.select(("one",))
    heard = []
    towers.variables_selected.connect(heard.append)
    qtbot.keyClicks(towers.search, "kernel")
    assert selected_keys(towers) == []
    assert towers.selected_names == ("shared/weights", "shared/bias")
    towers.search.clear()
    assert selected_keys(towers) == ["shared/weights", "shared/bias"]
    assert heard == []
    assert editor.selection == ("one",)


def test_a_scope_selected_in_a_search_stands_for_what_was_found(qtbot, towers):
    qtbot.keyClicks(towers.search, "kernel")
    click(qtbot, towers, "head/")
    towers.search.clear()
    assert towers.selected_names == ("head/dense/kernel",)
    assert selected_keys(towers) == ["head/dense/kernel"]


def test_what_a_search_opens_is_closed_when_it_is_over(qtbot, panel, editor):
    built = builts.many(200)
    editor.open(built.stack)
    panel.set_built(built)
    qtbot.keyClicks(panel.search, "dense17/")
    assert rows(panel) == ["scope1/", "  dense17/", "    kernel", "    bias"]
    panel.search.clear()
    assert len(rows(panel)) == 20


def test_a_bad_regular_expression_is_told_below_the_line(qtbot, towers):
    qtbot.keyClicks(towers.search, "/k[/")
    assert any("no regular expression" in text for text in texts(towers))
    assert len(rows(towers)) == 7
    qtbot.keyClick(towers.search, KEY.Key_Escape)
    assert not any("no regular expression" in text for text in texts(towers))


def test_the_down_key_leads_from_the_search_to_the_tree(qtbot, towers):
    towers.search.setFocus()
    qtbot.keyClick(towers.search, KEY.Key_Down)
    assert towers.view.hasFocus()
    assert selected_keys(towers) == ["shared/"]


def test_a_search_in_very_many_waits_for_the_keys_to_stop(qtbot, panel, editor):
    built = builts.many(3000)
    editor.open(built.stack)
    panel.set_built(built)
    qtbot.keyClicks(panel.search, "dense2999/kernel")
    qtbot.waitUntil(lambda: rows(panel) == ["scope299/", "  dense2999/", "    kernel"])


def test_an_empty_tree_says_why(qtbot, panel, editor):
    assert "No variables yet" in texts(panel)
    built = builts.towers()
    editor.open(built.stack)
    panel.set_built(built)
    assert "No variables yet" not in texts(panel)
    qtbot.keyClicks(panel.search, "zzz")
    assert "No variable matches" in texts(panel)


def test_copying_takes_the_key_from_the_window(qtbot, towers, editor):
    window = QMainWindow()
    qtbot.addWidget(window)
    window.setCentralWidget(towers)
    action = QAction("Copy", window, shortcut="Ctrl+C")
    triggered = []
    action.triggered.connect(triggered.append)
    window.addAction(action)
    with qtbot.waitExposed(window):
        window.show()
    window.activateWindow()
    editor.select(("one",))
    towers.view.setFocus()
    QGuiApplication.clipboard().clear()
    qtbot.keyClick(towers.view, KEY.Key_C, Qt.KeyboardModifier.ControlModifier)
    assert QGuiApplication.clipboard().text() == "shared/weights\nshared/bias"
    assert triggered == []
    window.takeCentralWidget()


def test_columns_are_hidden_by_the_menu_of_the_header(towers):
    action = next(
        found for found in towers.view.columns_menu.actions() if found.text() == "Initializer"
    )
    action.trigger()
    assert towers.view.isColumnHidden(Column.INITIALIZER)
    action.trigger()
    assert not towers.view.isColumnHidden(Column.INITIALIZER)


def test_very_many_selected_rows_stay_few_ranges_and_tell_all_names(qtbot, panel, editor):
    built = builts.many(1000)
    editor.open(built.stack)
    panel.set_built(built)
    panel.view.open_all()
    every_second = tuple(f"l{at}" for at in range(0, 1000, 2))
    editor.select(every_second)
    assert len(panel.selected_names) == 1000
    assert panel.view.selectionModel().selection().size() <= 30
    click(qtbot, panel, "scope0/dense0/kernel")
    panel.view.setFocus()
    qtbot.keyClick(panel.view, KEY.Key_End, Qt.KeyboardModifier.ShiftModifier)
    assert len(panel.selected_names) == 2000
    assert panel.view.selectionModel().selection().size() <= 30


def texts(panel) -> list[str]:
    """Return the texts of the labels that can be seen."""
    return [label.text() for label in panel.findChildren(QLabel) if label.isVisible()]


def same_as_core(model: VariableModel, variables: tuple[Variable, ...], text: str) -> None:
    tree = filtered(variable_tree(variables), text).tree

    def visit(parent: QModelIndex, node: int) -> None:
        children = tree.children(node)
        assert model.rowCount(parent) == len(children)
        assert model.hasChildren(parent) == bool(children)
        for row, child in enumerate(children):
            index = model.index(row, 0, parent)
            assert model.parent(index) == parent
            assert model.copied_text(model.node(index)) == tree.keys[child].removesuffix("/")
            assert index.siblingAtColumn(Column.PARAMETERS).data(DISPLAY) == (
                f"{tree.sums(child).parameters:,}"
            )
            visit(index, child)

    visit(QModelIndex(), TOP)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.lists(
        st.tuples(builts.variables, st.sampled_from(["", "a", "kernel", "/[ab]/"])), max_size=6
    )
)
def test_the_model_is_the_core_whatever_is_built(qapp, shown):
    model = VariableModel()
    tester = QAbstractItemModelTester(
        model, QAbstractItemModelTester.FailureReportingMode.Fatal, model
    )
    for variables, text in shown:
        model.show_tree(filtered(variable_tree(variables), text).tree)
        same_as_core(model, variables, text)
    assert tester.model() is model


def test_the_model_answers_odd_questions_without_raising(towers):
    model = towers.view.model()
    towers.set_built(None)
    for role in Qt.ItemDataRole:
        assert model.data(QModelIndex(), role) is None
        assert model.data(model.createIndex(3, 4, 99), role) is None
    assert model.rowCount(model.createIndex(3, 0, 99)) == 0
    assert not model.index(0, 0, model.createIndex(3, 0, 99)).isValid()
    assert not model.parent(model.createIndex(3, 0, 99)).isValid()
    assert model.headerData(99, Qt.Orientation.Horizontal) is None
