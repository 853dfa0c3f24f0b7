"""Tests that Tab leads through all of the window, and through the inspector from top to bottom."""

from itertools import pairwise

from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QApplication, QWidget

from core import commands
from core.stack import Place


def _tab(qtbot, count: int) -> list[QWidget]:
    """Press Tab and return what had the focus in turn."""
    seen = []
    for _ in range(count):
        focused = QApplication.focusWidget()
        assert focused is not None
        seen.append(focused)
        qtbot.keyClick(focused, Qt.Key.Key_Tab)
    return seen


def _select_dense(window, qtbot) -> None:
    editor = window.editor
    nodes = commands.new_node("input"), commands.new_node("dense")
    editor.do(commands.insert(editor.stack, Place(None, 0), nodes))
    editor.select((editor.stack.nodes[1].id,))
    qtbot.waitUntil(window.panels.inspector.form.isVisible)
    window.panels.stack_view.setFocus()


def test_tab_leads_from_panel_to_panel_and_round(window, qtbot):
    _select_dense(window, qtbot)
    panels = window.panels
    order = (
        panels.stack_view,
        panels.inspector.header,
        panels.inspector.form,
        panels.tabs.tabBar(),
        panels.variables,
        window.tool_bar,
        panels.palette_panel,
        panels.stack_view,
    )
    seen = iter(_tab(qtbot, 40))
    for panel in order:
        assert any(found is panel or panel.isAncestorOf(found) for found in seen), panel


def test_backtab_leads_back(window, qtbot):
    _select_dense(window, qtbot)
    there = _tab(qtbot, 6)
    for expected in reversed(there):
        qtbot.keyClick(QApplication.focusWidget(), Qt.Key.Key_Backtab)
        assert QApplication.focusWidget() is expected


def test_tab_goes_down_the_inspector(window, qtbot):
    _select_dense(window, qtbot)
    inspector = window.panels.inspector
    inspector.form.fields("kernel")  # made long after the rest
    seen = [found for found in _tab(qtbot, 60) if inspector.form.isAncestorOf(found)]
    once = list(dict.fromkeys(seen))
    assert len(once) > 10
    heights = [found.mapTo(inspector.form, QPoint(0, found.height() // 2)).y() for found in once]
    rises = [lower - upper for upper, lower in pairwise(heights)]
    assert min(rises) > -6  # beside each other in a row, they differ in height
