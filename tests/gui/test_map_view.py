"""The view of a name map, by mouse and keys."""

import json
import random

import pytest
from PySide6.QtCore import QMimeData, QPointF, Qt
from PySide6.QtGui import QAction, QDragEnterEvent, QDragMoveEvent, QDropEvent, QGuiApplication
from PySide6.QtTest import QAbstractItemModelTester
from PySide6.QtWidgets import QApplication, QLineEdit

from core.name_mapping import NameMapping, Origin, Problem
from core.name_rows import Show
from core.name_rules import RuleKind
from core.name_suggestions import suggest
from core.named_tensors import BuiltTensors, TensorInfo, by_name
from gui import map_mime
from gui.map_editor import MapEditor
from gui.map_view import MapView
from gui.models.map_model import Column

Key = Qt.Key
COPY = Qt.DropAction.CopyAction


def side(label, **shapes):
    found = [TensorInfo(n.replace("__", "/"), s, "float32") for n, s in shapes.items()]
    return BuiltTensors(label, by_name(found))


LEFT = side("old.ckpt", a__kernel=(2, 3), a__bias=(3,), b__kernel=(5, 6), odd=(9, 9))
RIGHT = side("the stack", a__kernel=(2, 3), a__biases=(3,), b__kernel=(6, 5), new=(7,))


@pytest.fixture
def editor(qapp):
    found = MapEditor()
    yield found
    found.deleteLater()


@pytest.fixture
def view(editor, qtbot):
    """The view of a map as it is suggested: one pair has another shape, one name has no pair."""
    found = MapView(editor)
    qtbot.addWidget(found)
    found.resize(900, 400)
    with qtbot.waitExposed(found):
        found.show()
    found.activateWindow()
    mapping = NameMapping(LEFT, RIGHT)
    editor.open(mapping.with_suggestions(suggest(LEFT, RIGHT)))
    return found


def rows(view) -> list[tuple[str, ...]]:
    """Return the first cells of the rows, as somebody reads them."""
    model = view.table.model()
    columns = (Column.LEFT, Column.ARROW, Column.RIGHT)
    return [
        tuple(model.index(row, column).data() for column in columns)
        for row in range(model.rowCount())
    ]


def free(view) -> list[str]:
    model = view.free.model()
    return [model.index(row, 0).data() for row in range(model.rowCount())]


def cell(view, right, column=Column.RIGHT):
    return view.table.model().index(view.table.map_model.rows.index(right), column)


def go_to(view, right):
    view.table.setFocus()
    view.table.setCurrentIndex(cell(view, right))


def drag(target, data, position):
    """Send a drag's events as Qt does; its own drag loop can't run without a window system."""
    viewport, keys = target.viewport(), Qt.KeyboardModifier.NoModifier
    how = (COPY, data, Qt.MouseButton.LeftButton, keys)
    QApplication.sendEvent(viewport, QDragEnterEvent(position, *how))
    moved = QDragMoveEvent(position, *how)
    QApplication.sendEvent(viewport, moved)
    if not moved.isAccepted():
        return False
    dropped = QDropEvent(QPointF(position), *how)
    QApplication.sendEvent(viewport, dropped)
    return dropped.isAccepted()


def drag_free(view, name, right):
    """Drag a name from the list of the free ones onto a row."""
    at = view.free.model().index(free(view).index(name), 0)
    data = view.free.model().mimeData([at])
    return drag(view.table, data, view.table.visualRect(cell(view, right)).center())


def field(view) -> QLineEdit:
    return view.table.viewport().findChild(QLineEdit)


# What is shown


def test_each_name_of_the_stack_has_a_row(view):
    assert rows(view) == [
        ("a/kernel", "\u2192", "a/kernel"),
        ("a/bias", "\u2192", "a/biases"),
        ("b/kernel", "\u2260", "b/kernel"),
        ("", "", "new"),
    ]
    assert free(view) == ["odd"]
    assert cell(view, "a/biases", Column.SURE).data() == "95%"
    assert "role bias" in cell(view, "a/biases", Column.REASON).data()
    assert cell(view, "a/biases", Column.SHAPE).data() == "[3]"
    assert cell(view, "b/kernel", Column.SHAPE).data() == "[5, 6] \u2192 [6, 5]"
    titles = view.table.model()
    role = Qt.ItemDataRole.ToolTipRole
    assert titles.headerData(Column.LEFT, Qt.Orientation.Horizontal, role) == "old.ckpt"
    assert titles.headerData(Column.RIGHT, Qt.Orientation.Horizontal, role) == "the stack"


def test_the_models_are_good_ones_whatever_is_done(view, editor):
    fatal = QAbstractItemModelTester.FailureReportingMode.Fatal
    testers = [
        QAbstractItemModelTester(model, fatal) for model in (view.table.model(), view.free.model())
    ]
    hand = random.Random(1)
    for _ in range(60):
        mapping = editor.mapping
        match hand.randrange(5):
            case 0:
                editor.do(mapping.pair(hand.choice([*LEFT.tensors]), hand.choice([*RIGHT.tensors])))
            case 1:
                editor.do(mapping.unpair([hand.choice([*RIGHT.tensors])]))
            case 2:
                view.show_box.setCurrentIndex(hand.randrange(len(Show)))
            case 3:
                view.search.setText(hand.choice(["", "kernel", "/^a/", "none"]))
            case 4:
                hand.choice([editor.undo, editor.redo])()
        paired = {right: left for left, _, right in rows(view)}
        for right, left in paired.items():
            assert editor.mapping.partners.get(left) == (right if left else None)
        assert set(free(view)) == {found.name for found in editor.mapping.free}
    editor.open(None)
    assert rows(view) == []
    assert testers


def test_filters_say_how_many_there_are_and_show_them(view, editor):
    texts = [view.show_box.itemText(index) for index in range(view.show_box.count())]
    assert texts == ["All (4)", "Uncertain (0)", "Unmatched (1)", "Other shape or type (1)"]
    view.show_box.setCurrentIndex(view.show_box.findData(Show.UNMATCHED))
    assert [row[2] for row in rows(view)] == ["new"]
    view.show_box.setCurrentIndex(view.show_box.findData(Show.OTHER_FORM))
    assert [row[2] for row in rows(view)] == ["b/kernel"]


def test_the_search_finds_both_names_and_leads_to_the_rows(view, qtbot):
    qtbot.keyClicks(view.search, "BIAS")
    assert [row[2] for row in rows(view)] == ["a/biases"]
    qtbot.keyClick(view.search, Key.Key_Down)
    assert view.table.hasFocus()
    assert view.table.selected_names() == ["a/biases"]
    view.search.setText("/(/")
    assert len(rows(view)) == 4
    qtbot.keyClick(view.search, Key.Key_Escape)
    assert view.search.text() == ""


def test_the_current_row_says_why_it_is_paired(view):
    go_to(view, "a/biases")
    assert view.details.whole_text.startswith("a/bias \u2192 a/biases: the same scope a and the")
    assert view.step.isHidden()
    go_to(view, "new")
    assert view.details.whole_text == "new: nothing is paired with it"


# By mouse


def test_a_free_name_is_dragged_onto_a_row(view, editor):
    assert drag_free(view, "odd", "a/kernel")
    assert editor.mapping.partners["odd"] == "a/kernel"
    assert editor.mapping.pairs["a/kernel"].origin is Origin.HAND
    assert free(view) == ["a/kernel"]
    assert editor.mapping.problem("a/kernel") is Problem.OTHER_SHAPE


def test_a_row_is_dragged_onto_another_and_back_to_the_free_ones(view, editor):
    data = view.table.model().mimeData([cell(view, "a/kernel")])
    assert drag(view.table, data, view.table.visualRect(cell(view, "new")).center())
    assert editor.mapping.partners["a/kernel"] == "new"
    data = view.table.model().mimeData([cell(view, "new")])
    assert drag(view.free, data, view.free.viewport().rect().center())
    assert set(free(view)) == {"a/kernel", "odd"}
    assert cell(view, "new", Column.LEFT).data() == ""


@pytest.mark.parametrize(
    "content",
    [b"", b"odd", b"[]", b'{"version": 2, "left": "odd"}', b'{"version": 1, "left": 3}', b"\xff"],
)
def test_what_is_no_name_is_not_dropped(view, editor, content):
    before = editor.mapping
    for kind in (map_mime.MIME_TYPE, "text/plain"):
        data = QMimeData()
        data.setData(kind, content)
        assert map_mime.unpack(data) is None
        drag(view.table, data, view.table.visualRect(cell(view, "new")).center())
    assert editor.mapping is before


def test_a_name_that_is_not_there_is_not_dropped(view, editor):
    before = editor.mapping
    drag(view.table, map_mime.pack("gone"), view.table.visualRect(cell(view, "new")).center())
    assert editor.mapping is before
    assert json.loads(map_mime.pack("x").data(map_mime.MIME_TYPE).data())["left"] == "x"


def test_a_step_is_taken_by_a_click_on_its_box(view, editor, qtbot):
    rect = view.table.visualRect(cell(view, "b/kernel", Column.SHAPE))
    place = rect.topLeft() + QPointF(10, rect.height() / 2).toPoint()
    qtbot.mouseClick(view.table.viewport(), Qt.MouseButton.LeftButton, pos=place)
    assert editor.mapping.names["b/kernel"] == "b/kernel"


# By keys


def test_delete_unpairs_and_undo_takes_it_back(view, editor, qtbot):
    go_to(view, "a/kernel")
    qtbot.keyClick(view.table, Key.Key_Delete)
    assert set(free(view)) == {"a/kernel", "odd"}
    assert view.table.current_name() == "a/kernel"
    qtbot.keyClick(view.table, Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    assert editor.mapping.partners["a/kernel"] == "a/kernel"
    keys = Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier
    qtbot.keyClick(view.table, Key.Key_Z, keys)
    assert "a/kernel" not in editor.mapping.partners


def test_undo_belongs_to_the_view_while_it_has_the_focus(view, editor, qtbot):
    undone = []
    action = QAction("Undo", view, shortcut="Ctrl+Z")
    action.triggered.connect(undone.append)
    view.window().addAction(action)
    for place in (view.table, view.free):
        go_to(view, "a/kernel")
        qtbot.keyClick(view.table, Key.Key_Delete)
        place.setFocus()
        qtbot.keyClick(place, Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
        assert "a/kernel" in editor.mapping.pairs
    assert undone == []


def test_a_name_is_chosen_in_place(view, editor, qtbot):
    go_to(view, "new")
    qtbot.keyClick(view.table, Key.Key_F2)
    qtbot.keyClicks(field(view), "od")
    offered = field(view).completer().completionModel()
    assert [offered.index(row, 0).data() for row in range(offered.rowCount())] == ["odd   [9, 9]"]
    qtbot.keyClicks(field(view), "d")
    qtbot.keyClick(field(view), Key.Key_Return)
    qtbot.waitUntil(lambda: field(view) is None)
    assert editor.mapping.partners["odd"] == "new"
    qtbot.keyClick(view.table, Key.Key_Return)
    field(view).clear()
    qtbot.keyClick(field(view), Key.Key_Return)
    qtbot.waitUntil(lambda: "odd" in free(view))


def test_what_fits_is_offered_first(view, qtbot):
    go_to(view, "a/kernel")
    qtbot.keyClick(view.table, Key.Key_F2)
    model = field(view).completer().model()
    names = [model.index(row, 0).data(Qt.ItemDataRole.EditRole) for row in range(4)]
    assert names == ["a/kernel", "odd", "a/bias", "b/kernel"]


def test_a_name_that_is_not_there_stays_in_the_field(view, editor, qtbot):
    before = editor.mapping
    go_to(view, "new")
    qtbot.keyClick(view.table, Key.Key_F2)
    qtbot.keyClicks(field(view), "kern")
    assert field(view).shown_refusal == ""  # it may become one
    qtbot.keyClicks(field(view), "x")
    assert field(view).shown_refusal == "old.ckpt has no such name"
    qtbot.keyClick(field(view), Key.Key_Return)
    assert field(view).isVisible()
    qtbot.keyClick(field(view), Key.Key_Escape)
    assert editor.mapping is before


def test_enter_on_a_free_name_pairs_it_with_the_current_row(view, editor, qtbot):
    go_to(view, "new")
    view.free.setFocus()
    view.free.setCurrentIndex(view.free.model().index(0, 0))
    qtbot.keyClick(view.free, Key.Key_Return)
    assert editor.mapping.partners["odd"] == "new"


def test_space_takes_a_step_that_is_shown_and_says_so(view, editor, qtbot):
    assert "b/kernel" not in editor.mapping.names
    go_to(view, "b/kernel")
    expected = "[5, 6] \u2192 [6, 5] (not taken, Space takes it): transposed: tf.transpose"
    assert view.step.text().startswith(expected)
    assert view.step.isVisible()
    qtbot.keyClick(view.table, Key.Key_Space)
    assert editor.mapping.steps["b/kernel"].words == "transposed"
    assert cell(view, "b/kernel", Column.ARROW).data() == "\u2192"
    assert "(taken)" in view.step.text()
    qtbot.keyClick(view.table, Key.Key_Space)
    assert editor.mapping.steps == {}


def test_rows_are_copied(view, qtbot):
    go_to(view, "a/biases")
    qtbot.keyClick(view.table, Key.Key_C, Qt.KeyboardModifier.ControlModifier)
    assert QGuiApplication.clipboard().text().startswith("a/bias\t\u2192\ta/biases\t[3]\t95%")


# Rules


def type_rule(view, qtbot, kind, old, new):
    if not view.rules_button.isChecked():
        view.rules_button.click()
    view.rules.kind.setCurrentIndex(view.rules.kind.findData(kind))
    for typed, text in ((view.rules.old, old), (view.rules.new, new)):
        typed.clear()
        qtbot.keyClicks(typed, text)


def previewed(view) -> list[str]:
    model = view.preview.model()
    return [model.index(row, 0).data() for row in range(model.rowCount())]


def test_a_rule_is_previewed_while_it_is_typed_and_then_applied(view, editor, qtbot):
    editor.open(NameMapping(LEFT, RIGHT))
    assert view.rules.isHidden()
    type_rule(view, qtbot, RuleKind.PART, "bias", "biase")
    assert view.rules.words == "changes 1 name, pairs none"
    qtbot.keyClicks(view.rules.new, "s")
    assert view.preview.isVisible()
    assert previewed(view) == ["a/bias \u2192 a/biases"]
    assert view.rules.words == "pairs 1 more name"
    assert editor.mapping.pairs == {}
    qtbot.keyClick(view.rules.new, Key.Key_Return)
    assert editor.mapping.partners == {"a/bias": "a/biases"}
    assert view.rules_button.text() == "Rules (1)"
    assert not view.preview.isVisible()
    (remove,) = view.rules.in_force.menu().actions()
    assert remove.text() == "Remove part bias=biases"
    remove.trigger()
    assert editor.mapping.pairs == {}
    assert view.rules_button.text() == "Rules"
    editor.undo()
    assert editor.mapping.partners == {"a/bias": "a/biases"}


def test_a_bad_expression_is_told_at_its_field(view, editor, qtbot):
    before = editor.mapping
    type_rule(view, qtbot, RuleKind.REGEX, "b(", "")
    assert view.rules.problem.startswith("This is no regular expression: missing )")
    assert not view.rules.add.isEnabled()
    type_rule(view, qtbot, RuleKind.REGEX, "b", r"\2")
    assert view.rules.problem.startswith("This can't be put in its place")
    qtbot.keyClick(view.rules.new, Key.Key_Return)
    assert editor.mapping is before
    type_rule(view, qtbot, RuleKind.REGEX, "b", "c")
    assert view.rules.problem == ""


def test_a_name_claimed_by_several_is_told(view, editor, qtbot):
    left = side("old", x__k=(1,), y__k=(1,))
    editor.open(NameMapping(left, side("new", z__k=(1,))))
    type_rule(view, qtbot, RuleKind.REGEX, "[xy]/", "z/")
    assert view.rules.words == "changes 2 names, pairs none; claimed by several: z/k"
