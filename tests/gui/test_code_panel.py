"""The code panel: the program of the stack, its marks, and copying."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication, QTextCursor

from core import commands
from core.script import Script, script
from core.stack import Layer, Place, Scope, Stack
from gui import theme
from gui.code_panel import CodePanel
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


@pytest.fixture
def panel(qtbot, editor):
    editor.open(STACK)
    found = CodePanel(editor)
    qtbot.addWidget(found)
    found.resize(700, 300)
    with qtbot.waitExposed(found):
        found.show()
    return found


def line_of(stack: Stack, origin: str) -> int:
    return script(stack).origins.index(origin)


def click_line(qtbot, panel, line: int) -> None:
    view = panel.view
    view.verticalScrollBar().setValue(line)
    cursor = QTextCursor(view.document().findBlockByNumber(line))
    place = view.cursorRect(cursor).center()
    qtbot.mouseClick(view.viewport(), Qt.MouseButton.LeftButton, pos=place)


def shown(panel) -> str:
    return panel.view.toPlainText() + "\n"


def test_the_program_of_the_stack_is_shown(panel):
    assert shown(panel) == script(STACK).text


def test_an_edit_is_followed_once_the_keys_stop(qtbot, panel, editor):
    for units in (4, 5, 6):
        editor.do(commands.set_argument(editor.stack, ("b",), "units", units))
    qtbot.waitUntil(lambda: shown(panel) == script(editor.stack).text)
    assert "units=6" in shown(panel)
    editor.undo_stack.undo()
    qtbot.waitUntil(lambda: shown(panel) == script(STACK).text)


def test_out_of_sight_nothing_is_made_until_it_is_shown_again(qtbot, panel, editor):
    panel.hide()
    editor.do(commands.remove(editor.stack, ("b",)))
    assert shown(panel) == script(STACK).text
    with qtbot.waitExposed(panel):
        panel.show()
    assert shown(panel) == script(editor.stack).text


def test_another_stack_is_shown_from_its_first_layer_on(qtbot, panel, editor):
    stack = Stack("other", nodes=tuple(commands.new_node("input") for _ in range(80)))
    editor.open(stack)
    qtbot.waitUntil(lambda: shown(panel) == script(stack).text)
    first = panel.view.firstVisibleBlock().blockNumber()
    assert line_of(stack, stack.nodes[0].id) - 1 == first


def test_a_rebuild_keeps_the_place(qtbot, panel, editor):
    editor.open(Stack(nodes=tuple(commands.new_node("input") for _ in range(80))))
    qtbot.waitUntil(lambda: shown(panel) == script(editor.stack).text)
    panel.view.verticalScrollBar().setValue(50)
    new = commands.new_node("input")
    editor.do(commands.insert(editor.stack, Place(None, 80), (new,)))
    qtbot.waitUntil(lambda: shown(panel) == script(editor.stack).text)
    # The new layer is selected, which alone scrolls to it.
    editor.select(())
    panel.view.verticalScrollBar().setValue(50)
    editor.do(commands.rename(editor.stack, editor.stack.nodes[70].id, "other"))
    editor.select(())
    qtbot.waitUntil(lambda: shown(panel) == script(editor.stack).text)
    assert panel.view.verticalScrollBar().value() == 50


def test_the_lines_of_selected_layers_are_marked(panel, editor):
    editor.select(("b",))
    assert panel.view.marked == {line_of(STACK, "b")}
    editor.select(("s",))
    assert panel.view.marked == {line_of(STACK, "s"), line_of(STACK, "a")}
    colour = panel.view.grab().toImage().pixelColor(2, marked_middle(panel))
    assert colour == theme.colours().accent


def marked_middle(panel) -> int:
    """Return where the first marked line is in a picture of the view."""
    line = min(panel.view.marked)
    rect = panel.view.cursorRect(QTextCursor(panel.view.document().findBlockByNumber(line)))
    return panel.view.viewport().mapTo(panel.view, rect.center()).y()


def test_a_click_on_a_line_selects_its_layer(qtbot, panel, editor):
    click_line(qtbot, panel, line_of(STACK, "a"))
    assert editor.selection == ("a",)
    click_line(qtbot, panel, 0)
    assert editor.selection == ("a",)


def test_the_copy_button_copies_all(qtbot, panel):
    qtbot.mouseClick(panel.copy_button, Qt.MouseButton.LeftButton)
    assert QGuiApplication.clipboard().text() == script(STACK).text


def test_the_newest_program_is_copied_even_before_it_is_shown(panel, editor):
    editor.do(commands.set_argument(editor.stack, ("b",), "units", 99))
    panel.copy()
    assert "units=99" in QGuiApplication.clipboard().text()


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
