"""The field for a custom layer's code: keys, what is entered, what is marked."""

import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QWheelEvent
from PySide6.QtWidgets import QApplication, QLineEdit, QMenu, QVBoxLayout, QWidget

from core.built import Refusal
from core.custom_code import FIRST_CODE, Code
from core.stack import Layer, Stack
from gui import theme
from gui.argument_editors import SEVERAL
from gui.code_editor import CodeEditor
from gui.code_field import CodeField
from gui.inspector import Inspector
from tests.gui.stacks import built

CONTROL, SHIFT = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.ShiftModifier
ENTER, TAB, ESCAPE, BACKSPACE = (
    Qt.Key.Key_Return,
    Qt.Key.Key_Tab,
    Qt.Key.Key_Escape,
    Qt.Key.Key_Backspace,
)
CODE = "def f(x):\n    y = x\n    return y\n"
OTHER = "def g(x):\n    return x\n"
STACK = Stack(
    nodes=(
        Layer("i", "input", "x", arguments={"shape": (None, 4)}),
        Layer("c", "custom", "one", "get_variable", arguments={"code": CODE}),
        Layer("d", "custom", "two", "get_variable", arguments={"code": OTHER}),
    )
)


@pytest.fixture
def code_field(qtbot):
    """The field alone, between two others."""
    window = QWidget()
    column = QVBoxLayout(window)
    field = CodeField(lambda code: None)
    for widget in (QLineEdit(), field, QLineEdit()):
        column.addWidget(widget)
    qtbot.addWidget(window)
    with qtbot.waitExposed(window):
        window.show()
    window.activateWindow()
    field.show_code(CODE, "")
    field.setFocus()
    yield field
    window.hide()


def _go(field, line, column):
    """Put the cursor at a line and a column, both from 0."""
    cursor = field.textCursor()
    cursor.setPosition(field.document().findBlockByNumber(line).position() + column)
    field.setTextCursor(cursor)


def _line_above(qtbot, field, text):
    """Type a line of its own above all others."""
    qtbot.keyClicks(field, text)
    qtbot.keyClick(field, ENTER)


# Keys


def test_tab_indents_to_the_next_step(code_field, qtbot):
    _go(code_field, 1, 4)
    qtbot.keyClick(code_field, TAB)
    assert code_field.code.splitlines()[1] == "        y = x"
    _go(code_field, 0, 9)
    qtbot.keyClick(code_field, TAB)
    assert code_field.code.splitlines()[0] == "def f(x):   "


def test_tab_shifts_the_selected_lines(code_field, qtbot):
    _go(code_field, 1, 6)
    qtbot.keyClick(code_field, Qt.Key.Key_Down, SHIFT)
    qtbot.keyClick(code_field, TAB)
    assert code_field.code == "def f(x):\n        y = x\n        return y\n"
    qtbot.keyClick(code_field, Qt.Key.Key_Z, CONTROL)
    assert code_field.code == CODE


def test_backspace_takes_a_step_of_the_indentation(code_field, qtbot):
    _go(code_field, 1, 4)
    qtbot.keyClick(code_field, BACKSPACE)
    assert code_field.code.splitlines()[1] == "y = x"
    _go(code_field, 2, 5)
    qtbot.keyClick(code_field, BACKSPACE)
    assert code_field.code.splitlines()[2] == "    eturn y"
    qtbot.keyClick(code_field, BACKSPACE)
    assert code_field.code.splitlines()[2] == "eturn y"


def test_enter_keeps_the_indentation_and_goes_in_behind_a_colon(code_field, qtbot):
    _go(code_field, 1, 9)
    qtbot.keyClick(code_field, ENTER)
    qtbot.keyClicks(code_field, "if y:")
    qtbot.keyClick(code_field, ENTER)
    qtbot.keyClicks(code_field, "pass")
    lines = ["def f(x):", "    y = x", "    if y:", "        pass", "    return y"]
    assert code_field.code.splitlines() == lines


@pytest.mark.parametrize(
    ("key", "modifiers", "step"),
    [(TAB, CONTROL, 1), (Qt.Key.Key_Backtab, SHIFT, -1), (Qt.Key.Key_Backtab, SHIFT | CONTROL, -1)],
)
def test_keys_lead_out_of_the_field(code_field, qtbot, key, modifiers, step):
    beside = code_field.window().findChildren(QLineEdit)[0 if step < 0 else 1]
    qtbot.keyClick(code_field, key, modifiers)
    assert QApplication.focusWidget() is beside
    assert code_field.code == CODE


def test_a_key_without_text_commits_nothing(code_field, qtbot):
    with qtbot.assertNotEmitted(code_field.committed):
        qtbot.keyClick(code_field, ENTER, CONTROL)
        qtbot.keyClick(code_field, Qt.Key.Key_S, CONTROL)
        code_field.clearFocus()


def test_control_enter_commits(code_field, qtbot):
    qtbot.keyClicks(code_field, "# ")
    with qtbot.waitSignal(code_field.committed) as committed:
        qtbot.keyClick(code_field, ENTER, CONTROL)
    assert committed.args == ["# " + CODE]


def test_a_shortcut_of_the_window_sees_the_text(code_field, qtbot):
    seen = []
    code_field.committed.connect(seen.append)
    qtbot.keyClicks(code_field, "#")
    qtbot.keyPress(code_field, Qt.Key.Key_Control)
    qtbot.keyClick(code_field, Qt.Key.Key_A, CONTROL)
    assert seen == [], "these belong to the field"
    qtbot.keyClick(code_field, Qt.Key.Key_S, CONTROL)
    assert seen == ["#" + CODE]


def test_going_elsewhere_commits_but_a_menu_does_not(code_field, qtbot):
    seen = []
    code_field.committed.connect(seen.append)
    qtbot.keyClicks(code_field, "# ")
    menu = QMenu(code_field)
    menu.addAction("Paste")
    menu.popup(code_field.mapToGlobal(QPoint(5, 5)))
    menu.close()
    assert seen == []
    code_field.window().findChildren(QLineEdit)[0].setFocus()
    assert seen == ["# " + CODE]


def test_no_break_spaces_stay_what_they_are(code_field, qtbot):
    text = 'def f(x):\n    y = "a\u00a0b"\n'
    code_field.show_code(text, "")
    assert code_field.code == text
    assert not code_field.modified


# How it looks


def test_it_grows_with_the_text_up_to_a_limit(code_field):
    heights = []
    for lines in (1, 12, 14, 15, 100):
        code_field.show_code("\n".join("x" * lines), "")
        heights.append(code_field.height())
    assert heights[0] < heights[1] < heights[2] == heights[3] == heights[4]
    spacing = code_field.fontMetrics().lineSpacing()
    assert heights[0] >= 12 * spacing
    assert heights[4] <= 18 * spacing


def test_the_margin_has_room_for_every_number(code_field):
    narrow = code_field.viewportMargins().left()
    code_field.show_code("\n" * 99_999, "")
    digit = code_field.fontMetrics().horizontalAdvance("9")
    assert code_field.viewportMargins().left() == narrow + 4 * digit
    assert not code_field.grab().isNull()


def test_a_mark_comes_into_sight_and_goes_with_the_next_change(code_field, qtbot):
    code_field.show_code("x\n" * 200, "")
    code_field.mark(150)
    (selection,) = code_field.extraSelections()
    place = code_field.cursorRect(selection.cursor)
    assert code_field.viewport().rect().contains(place.center())
    with qtbot.waitSignal(code_field.unmarked):
        qtbot.keyClicks(code_field, "y")
    assert code_field.marked is None
    assert code_field.extraSelections() == []


def test_the_marks_follow_the_theme(code_field):
    code_field.mark(2)
    for scheme in (theme.Scheme.DARK, theme.Scheme.LIGHT):
        theme.current().use(scheme)
        (selection,) = code_field.extraSelections()
        colour = selection.format.background().color()
        assert colour == theme.colours().tint(theme.colours().refused, 0.2)
    theme.current().use(theme.Scheme.SYSTEM)


def test_the_wheel_scrolls_the_form_unless_the_field_has_the_focus(code_field):
    code_field.show_code("x\n" * 200, "")

    def turn():
        nothing = QPoint()
        event = QWheelEvent(
            QPointF(50, 50),
            QPointF(code_field.mapToGlobal(QPoint(50, 50))),
            nothing,
            QPoint(0, -240),
            Qt.MouseButton.NoButton,
            Qt.KeyboardModifier.NoModifier,
            Qt.ScrollPhase.NoScrollPhase,
            False,
        )
        QApplication.sendEvent(code_field.viewport(), event)
        return code_field.verticalScrollBar().value()

    code_field.clearFocus()
    assert turn() == 0
    code_field.setFocus()
    assert turn() > 0


# As the editor of a value


@pytest.fixture
def code_editor(qtbot):
    made = CodeEditor(Code())
    qtbot.addWidget(made)
    qtbot.addWidget(made.below)
    made.show_value(CODE)
    with qtbot.waitExposed(made.below):
        made.below.show()
    made.below.activateWindow()
    made.field.setFocus()
    return made


def test_it_enters_what_is_right_code(code_editor, qtbot):
    _line_above(qtbot, code_editor.field, "#")
    with qtbot.waitSignal(code_editor.entered) as entered:
        qtbot.keyClick(code_editor.field, ENTER, CONTROL)
    assert entered.args == ["#\n" + CODE]
    with qtbot.assertNotEmitted(code_editor.entered):
        qtbot.keyClick(code_editor.field, ENTER, CONTROL)


def test_wrong_code_is_marked_quietly_while_it_is_typed(code_editor, qtbot):
    with qtbot.assertNotEmitted(code_editor.refused):
        _go(code_editor.field, 1, 4)
        qtbot.keyClicks(code_editor.field, "(")
    assert (code_editor.field.wrong, code_editor.field.marked) == (2, None)
    qtbot.keyClick(code_editor.field, BACKSPACE)
    assert code_editor.field.wrong is None


def test_wrong_code_is_refused_with_its_line(code_editor, qtbot):
    _go(code_editor.field, 1, 4)
    qtbot.keyClicks(code_editor.field, "(")
    with qtbot.waitSignal(code_editor.refused) as refused:
        qtbot.keyClick(code_editor.field, ENTER, CONTROL)
    assert refused.args[0].sentence == "line 2: '(' was never closed"
    assert code_editor.field.marked == 2
    assert code_editor.field.modified, "what was typed is kept"


def test_escape_brings_back_what_was_there(code_editor, qtbot):
    qtbot.keyClicks(code_editor.field, "nonsense (")
    with qtbot.waitSignal(code_editor.refused) as refused:
        qtbot.keyClick(code_editor.field, ESCAPE)
    assert refused.args == [None]
    assert code_editor.field.code == CODE
    assert (code_editor.field.marked, code_editor.field.wrong) == (None, None)
    qtbot.keyClick(code_editor.field, Qt.Key.Key_Z, CONTROL)
    assert "nonsense" in code_editor.field.code, "even that can be taken back"


def test_what_is_typed_stays_when_the_same_value_is_shown_again(code_editor, qtbot):
    qtbot.keyClicks(code_editor.field, "# ")
    assert not code_editor.show_value(CODE)
    assert code_editor.field.code == "# " + CODE
    code_editor.forget()
    assert code_editor.show_value(CODE)
    assert code_editor.field.code == CODE


def test_several_values_are_told_as_such(code_editor, qtbot):
    code_editor.show_several()
    assert (code_editor.field.code, code_editor.field.placeholderText()) == ("", SEVERAL)
    with qtbot.assertNotEmitted(code_editor.entered), qtbot.assertNotEmitted(code_editor.refused):
        qtbot.keyClick(code_editor.field, ENTER, CONTROL)
    code_editor.show_value(CODE)
    assert (code_editor.field.code, code_editor.field.placeholderText()) == (CODE, "")


def test_a_default_is_not_dimmed_away(code_editor):
    code_editor.dim(True)
    code_editor.dim(False)
    assert code_editor.field.code == CODE


def test_the_line_of_a_refusal_is_marked(code_editor, qtbot):
    with qtbot.waitSignal(code_editor.refused) as refused:
        code_editor.show_refused_line(3, "no such name")
    assert refused.args[0].sentence == "line 3: no such name"
    assert code_editor.field.marked == 3
    with qtbot.waitSignal(code_editor.refused) as refused:
        qtbot.keyClicks(code_editor.field, "#")
    assert refused.args == [None]
    qtbot.keyClick(code_editor.field, ESCAPE)
    assert code_editor.field.marked == 3
    with qtbot.waitSignal(code_editor.refused) as refused:
        code_editor.show_refused_line(None, "")
    assert refused.args == [None]
    assert code_editor.field.marked is None


# In the inspector


@pytest.fixture
def inspector(editor, qtbot):
    editor.open(STACK)
    made = Inspector(editor)
    qtbot.addWidget(made)
    made.resize(430, 900)
    with qtbot.waitExposed(made):
        made.show()
    made.activateWindow()
    editor.select(("c",))
    QApplication.processEvents()
    return made


def _row(inspector):
    return inspector.form.fields("Main").fields["code"]


def test_the_code_is_set_in_the_stack(inspector, editor, qtbot):
    row = _row(inspector)
    row.editor.field.setFocus()
    assert "tf and get_variable" in inspector.help_text
    _line_above(qtbot, row.editor.field, "# mine")
    with qtbot.waitSignal(inspector.code_written) as written:
        qtbot.keyClick(row.editor.field, ENTER, CONTROL)
    assert written.args == ["# mine\n" + CODE]
    assert editor.stack.node("c").arguments["code"] == "# mine\n" + CODE
    assert editor.stack.node("d").arguments["code"] == OTHER
    editor.undo_stack.undo()
    assert row.editor.field.code == CODE


def test_another_layer_s_code_is_shown(inspector, editor, qtbot):
    editor.select(("d",))
    assert _row(inspector).editor.field.code == OTHER
    editor.select(("c", "d"))
    assert _row(inspector).editor.field.placeholderText() == SEVERAL


def test_the_error_of_what_was_typed_stands_below(inspector, editor, qtbot):
    row = _row(inspector)
    row.editor.field.setFocus()
    _line_above(qtbot, row.editor.field, "import os")
    qtbot.keyClick(row.editor.field, ENTER, CONTROL)
    assert row.refusal == "line 1: this must be a function: def ..."
    assert row._refusal.mapTo(row, QPoint()).y() > row.editor.below.mapTo(row, QPoint()).y()
    assert editor.stack == STACK
    qtbot.keyClick(row.editor.field, ESCAPE)
    assert row.refusal == ""


def test_what_is_not_right_yet_waits_for_its_layer(inspector, editor, qtbot):
    field = _row(inspector).editor.field
    field.setFocus()
    qtbot.keyClicks(field, "unfinished ")
    editor.select(("d",))
    assert _row(inspector).editor.field.code == OTHER
    editor.select(("i",))
    editor.select(("c",))
    field = _row(inspector).editor.field
    assert field.code == "unfinished " + CODE
    assert field.wrong == 1
    field.setFocus()
    qtbot.keyClick(field, ESCAPE)
    assert field.code == CODE
    editor.select(("d",))
    editor.select(("c",))
    assert _row(inspector).editor.field.code == CODE, "it was given up"
    assert editor.stack == STACK


def test_what_is_not_right_yet_goes_with_its_stack(inspector, editor, qtbot):
    field = _row(inspector).editor.field
    field.setFocus()
    qtbot.keyClicks(field, "unfinished ")
    editor.open(Stack(nodes=STACK.nodes))
    editor.select(("c",))
    assert _row(inspector).editor.field.code == CODE


def test_the_error_comes_into_sight(inspector, qtbot):
    inspector.resize(430, 420)
    row = _row(inspector)
    row.editor.field.setFocus()
    qtbot.keyClicks(row.editor.field, "wrong ")
    qtbot.keyClick(row.editor.field, ENTER, CONTROL)
    seen = inspector._scroll.viewport()

    def in_sight():
        label = row._refusal
        place = label.mapTo(inspector, QPoint())
        return seen.rect().contains(seen.mapFrom(inspector, place) + QPoint(1, label.height() - 1))

    qtbot.waitUntil(in_sight)


def _refused(stack, line, words="name 'z' is not defined"):
    found = built(stack, refused="c")
    object.__setattr__(found, "refusal", Refusal("c", words, "NameError", line))
    return found


def test_a_refusal_marks_its_line_until_the_code_is_another(inspector, editor, qtbot):
    row = _row(inspector)
    inspector.set_built(_refused(STACK, 3))
    assert (row.editor.field.marked, row.refusal) == (3, "line 3: name 'z' is not defined")
    editor.select(("d",))
    assert _row(inspector).editor.field.marked is None
    assert _row(inspector).refusal == ""
    editor.select(("c",))
    row = _row(inspector)
    assert row.editor.field.marked == 3
    row.editor.field.setFocus()
    _line_above(qtbot, row.editor.field, "#")
    qtbot.keyClick(row.editor.field, ENTER, CONTROL)
    assert (row.editor.field.marked, row.refusal) == (None, "")
    inspector.set_built(_refused(editor.stack, 4))
    assert row.editor.field.marked == 4
    inspector.set_built(built(editor.stack))
    assert (row.editor.field.marked, row.refusal) == (None, "")


def test_a_refusal_comes_while_a_person_types_on(inspector, editor, qtbot):
    row = _row(inspector)
    row.editor.field.setFocus()
    qtbot.keyClicks(row.editor.field, "# more")
    inspector.set_built(_refused(STACK, 3))
    assert row.editor.field.marked is None
    qtbot.keyClick(row.editor.field, ESCAPE)
    assert row.editor.field.marked == 3


def test_a_refusal_of_code_that_was_not_run_marks_nothing(inspector):
    inspector.set_built(_refused(STACK, None))
    assert _row(inspector).editor.field.marked is None


def test_the_palette_s_code_is_shown_in_the_window(window, qtbot):
    window.action_table["add_custom"].trigger()
    row = _row(window.panels.inspector)
    assert row.editor.field.code == FIRST_CODE
    assert row.editor.field.accessibleName() == "code"


def test_tab_order_leads_through_the_code(window, qtbot):
    window.action_table["add_input"].trigger()
    window.action_table["add_custom"].trigger()
    field = _row(window.panels.inspector).editor.field
    QApplication.processEvents()
    field.setFocus()
    qtbot.keyClick(field, Qt.Key.Key_Backtab, SHIFT)
    before = QApplication.focusWidget()
    assert before is not field
    qtbot.keyClick(before, TAB)
    assert QApplication.focusWidget() is field
    qtbot.keyClick(field, TAB, CONTROL)
    behind = QApplication.focusWidget()
    assert behind is not field
    assert behind is not before
    qtbot.keyClick(behind, Qt.Key.Key_Backtab, SHIFT)
    assert QApplication.focusWidget() is field


def test_saving_saves_what_was_just_typed(window, dialogs, qtbot, tmp_path):
    window.action_table["add_custom"].trigger()
    dialogs.chosen = tmp_path / "mine.stack.json"
    field = _row(window.panels.inspector).editor.field
    QApplication.processEvents()
    field.setFocus()
    _line_above(qtbot, field, "# typed")
    qtbot.keyClick(field, Qt.Key.Key_S, CONTROL)
    assert "# typed" in dialogs.chosen.read_text()
