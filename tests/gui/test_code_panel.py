"""The code panel: what it asks for and shows, its marks, copying and saving."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication, QTextCursor

from core import commands
from core.events import Cancelled, Failed
from core.script_lines import Script
from core.stack import Layer, Scope, Stack
from gui import theme
from gui.code_view import CodeView
from gui.python_highlighter import PythonHighlighter

UNITS = {"units": 3}
STACK = Stack(
    "demo",
    nodes=(
        Layer("in", "input", "input1", arguments={"shape": (None, 2)}),
        Scope("s", "head", nodes=(Layer("a", "dense", "a", "layers", arguments=UNITS),)),
        Layer("b", "dense", "b", "layers", arguments=UNITS),
    ),
)
WHOLE = Script(
    ("import os", *[""] * 40, "in", "with s:", "    a", "b", "b2", *[""] * 40),
    (*[None] * 41, "in", "s", "a", "b", "b", *[None] * 40),
)
PART = Script(("x = placeholder", "by hand"), (None, "b"))
OTHER = Script(("x = placeholder", "by tf.layers"), (None, "b"))


@pytest.fixture
def panel(qtbot, window, bridge, editor):
    """The panel of a window whose stack is built, with its program."""
    editor.open(STACK)
    bridge.finish()
    panel = window.panels.code
    window.panels.tabs.setCurrentWidget(panel)
    bridge.finish_code(WHOLE)
    return panel


def choose(box, text):
    box.setCurrentIndex(box.findText(text))


def click_line(qtbot, panel, line: int) -> None:
    view = panel.view
    view.verticalScrollBar().setValue(line)
    cursor = QTextCursor(view.document().findBlockByNumber(line))
    place = view.cursorRect(cursor).center()
    qtbot.mouseClick(view.viewport(), Qt.MouseButton.LeftButton, pos=place)


def shown(panel) -> str:
    return panel.view.toPlainText() + "\n"


def test_the_program_of_what_was_built_is_shown(panel, bridge):
    assert [(task.layers, task.constructions) for task in bridge.codes] == [((), (None,))]
    assert bridge.codes[-1].stack is bridge.builds[-1]
    assert shown(panel) == WHOLE.text


def test_an_edit_is_followed_once_it_is_built(panel, bridge, editor, window):
    editor.do(commands.set_argument(editor.stack, ("b",), "units", 4))
    assert len(bridge.codes) == 1
    window.building.build()
    assert len(bridge.codes) == 1
    bridge.finish()
    assert bridge.codes[-1].stack == editor.stack
    bridge.finish_code(PART)
    assert shown(panel) == PART.text


def test_out_of_sight_nothing_is_asked_for_until_it_is_shown_again(panel, bridge, editor, window):
    window.panels.tabs.setCurrentWidget(window.panels.ledger)
    editor.do(commands.remove(editor.stack, ("b",)))
    window.building.build()
    bridge.finish()
    assert len(bridge.codes) == 1
    window.panels.tabs.setCurrentWidget(panel)
    assert bridge.codes[-1].stack == editor.stack


def test_what_is_shown_is_not_asked_for_again(panel, bridge, window):
    window.panels.tabs.setCurrentWidget(window.panels.ledger)
    window.panels.tabs.setCurrentWidget(panel)
    assert len(bridge.codes) == 1


def test_before_the_first_build_there_is_a_word(panel, editor):
    editor.open(Stack("other"))
    assert "once the stack is built" in panel.view.placeholderText()
    assert shown(panel) == "\n"
    assert not panel.copy_button.isEnabled()


def test_a_late_answer_is_dropped(panel, bridge, editor):
    editor.select(("b",))
    choose(panel.extent, "Selected layer")
    late = bridge.codes[-1]
    editor.select(("a",))
    assert bridge.codes[-1] is not late
    bridge.codes.append(late)
    bridge.finish_code(OTHER)
    assert shown(panel) == WHOLE.text


def test_a_failure_is_told(panel, bridge, editor):
    editor.select(("b",))
    choose(panel.extent, "Selected layer")
    bridge.failed.emit(Failed(1, bridge.codes[-1], "no memory"))
    assert panel.message.text() == "The code was not written: no memory"


def test_code_that_was_cancelled_is_asked_for_after_the_next_build(panel, bridge, editor, window):
    editor.select(("b",))
    choose(panel.extent, "Selected layer")
    bridge.cancelled.emit(Cancelled(1, bridge.codes[-1]))
    assert "cancelled" in panel.message.text()
    asked = len(bridge.codes)
    window.building.build()
    bridge.finish()
    assert len(bridge.codes) == asked + 1


def test_another_stack_is_shown_from_its_first_layer_on(panel, bridge, editor):
    assert panel.view.firstVisibleBlock().blockNumber() == 40
    panel.view.verticalScrollBar().setValue(0)
    editor.open(Stack("other", nodes=STACK.nodes))
    bridge.finish()
    bridge.finish_code(WHOLE)
    assert panel.view.firstVisibleBlock().blockNumber() == 40


def test_a_rebuild_keeps_the_place(panel, bridge, editor, window):
    panel.view.verticalScrollBar().setValue(30)
    editor.do(commands.set_argument(editor.stack, ("b",), "units", 4))
    editor.select(())
    window.building.build()
    bridge.finish()
    bridge.finish_code(Script((*WHOLE.lines[:-1], "other"), WHOLE.origins))
    assert panel.view.verticalScrollBar().value() == 30


def test_the_lines_of_selected_layers_are_marked(panel, editor):
    editor.select(("b",))
    assert panel.view.marked == {44, 45}
    editor.select(("s",))
    assert panel.view.marked == {42, 43}
    assert colour_at(panel, 42) == theme.colours().accent


def test_the_line_of_a_refusal_is_marked(panel, bridge, editor, window):
    window.building.build()
    bridge.finish()
    bridge.finish_code(Script(WHOLE.lines, WHOLE.origins, frozenset({44})))
    assert colour_at(panel, 44) == theme.colours().refused
    assert colour_at(panel, 43) != theme.colours().refused


def colour_at(panel, line: int):
    """Return the colour at the left of a line."""
    rect = panel.view.cursorRect(QTextCursor(panel.view.document().findBlockByNumber(line)))
    place = panel.view.viewport().mapTo(panel.view, rect.center())
    return panel.view.grab().toImage().pixelColor(2, place.y())


def test_a_click_on_a_line_selects_its_layer(qtbot, panel, editor):
    click_line(qtbot, panel, 43)
    assert editor.selection == ("a",)
    click_line(qtbot, panel, 0)
    assert editor.selection == ("a",)


def test_the_selected_layer_alone_is_shown(panel, bridge, editor):
    choose(panel.extent, "Selected layer")
    assert panel.view.placeholderText() == "Select a layer to see its code"
    editor.select(("b",))
    task = bridge.codes[-1]
    assert (task.stack, task.layers, task.constructions) == (editor.stack, ("b",), (None,))
    bridge.finish_code(PART)
    assert shown(panel) == PART.text
    assert panel.beside.isHidden() or not panel.beside.isVisible()
    choose(panel.extent, "Whole program")
    bridge.finish_code(WHOLE)
    assert shown(panel) == WHOLE.text


def test_both_constructions_stand_side_by_side(panel, bridge, editor):
    editor.select(("b",))
    choose(panel.extent, "Selected layer")
    choose(panel.construction, "get_variable")
    assert bridge.codes[-1].constructions == ("get_variable",)
    choose(panel.construction, "both")
    assert bridge.codes[-1].constructions == ("layers", "get_variable")
    bridge.finish_code(OTHER, PART)
    assert panel.view.script == OTHER
    assert panel.beside.script == PART
    assert panel.beside.isVisible()
    panel.copy()
    assert QGuiApplication.clipboard().text() == f"{OTHER.text}\n\n{PART.text}"


def test_a_layer_of_one_construction_leaves_no_choice(panel, editor):
    choose(panel.extent, "Selected layer")
    editor.select(("b",))
    assert panel.construction.isEnabled()
    editor.select(("in",))
    assert not panel.construction.isEnabled()


def test_the_copy_button_copies_all(qtbot, panel):
    qtbot.mouseClick(panel.copy_button, Qt.MouseButton.LeftButton)
    assert QGuiApplication.clipboard().text() == WHOLE.text


def test_the_code_of_a_layer_can_be_saved(qtbot, panel, bridge, editor, dialogs, tmp_path):
    editor.select(("b",))
    choose(panel.extent, "Selected layer")
    bridge.finish_code(PART)
    dialogs.chosen = tmp_path / "layer.py"
    qtbot.mouseClick(panel.save_button, Qt.MouseButton.LeftButton)
    assert dialogs.chosen.read_text(encoding="utf-8") == PART.text


LINES = st.lists(st.sampled_from(["a = 1", "", "b = 2", '"""', "c"]), max_size=6).map(tuple)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(LINES, min_size=1, max_size=6))
def test_the_text_is_the_script_after_any_change(qapp, scripts):
    view = CodeView()
    for lines in scripts:
        view.show_script(Script(lines, (None,) * len(lines)))
        assert view.toPlainText() == "\n".join(lines)
    view.deleteLater()


def colours_of(view: CodeView, line: int) -> dict[str, str]:
    """Return the coloured parts of a line and their colours."""
    block = view.document().findBlockByNumber(line)
    return {
        block.text()[part.start : part.start + part.length]: part.format.foreground().color().name()
        for part in block.layout().formats()
    }


def test_code_is_coloured(qtbot):
    view = CodeView()
    qtbot.addWidget(view)
    text = (
        "import os  # the import",
        "x = f(\"a # b\", 1e-3, None, -2.5, name='it\\'s')",
        '"""Text',
        "for import 3",
        '""" if x else y1',
        "x.import_ = tf.print(x1, float=2)",
    )
    view.show_script(Script(text, (None,) * len(text)))
    names = theme.colours()
    keyword, string, number, comment = (
        colour.name() for colour in (names.keyword, names.string, names.number, names.comment)
    )
    assert colours_of(view, 0) == {"import": keyword, "# the import": comment}
    assert colours_of(view, 1) == {
        '"a # b"': string,
        "1e-3": number,
        "None": number,
        "2.5": number,
        "'it\\'s'": string,
    }
    assert colours_of(view, 2) == {'"""Text': string}
    assert colours_of(view, 3) == {"for import 3": string}
    assert colours_of(view, 4) == {'"""': string, "if": keyword, "else": keyword}
    assert colours_of(view, 5) == {"2": number}


def test_the_colours_follow_the_theme(qtbot):
    view = CodeView()
    qtbot.addWidget(view)
    view.show_script(Script(("import os",), (None,)))
    for scheme in (theme.Scheme.DARK, theme.Scheme.LIGHT):
        theme.current().use(scheme)
        assert colours_of(view, 0) == {"import": theme.colours().keyword.name()}
    theme.current().use(theme.Scheme.SYSTEM)
    assert view.findChild(PythonHighlighter) or view.document().findChild(PythonHighlighter)
