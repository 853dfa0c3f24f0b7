"""What is shown while nodes are dragged, and between those that share."""

import pytest
from PySide6.QtCore import QPoint, QPointF, Qt, QTimer
from PySide6.QtGui import QDragLeaveEvent, QDragMoveEvent

from core import commands
from core.forecast import Forecast
from core.parcel import Parcel
from core.stack import Layer, Scope, Stack
from gui.sharing_lines import SharingLine, lanes
from gui.stack_mime import pack
from tests.gui.stacks import built, variable

STACK = Stack(
    nodes=(
        Layer("i", "input", "x", arguments={"shape": (None, 4)}),
        Layer("d", "dense", "fc", "layers", arguments={"units": 4}),
        Scope("s", "s", nodes=(Layer("e", "dense", None, "layers", arguments={"units": 4}),)),
    )
)
NAMES = "dense_1/kernel [4, 10]\ndense_1, because dense is taken by fc"


@pytest.fixture
def tree(window, qtbot):
    window.editor.open(STACK)
    return window.panels.stack_view.tree


def drag(tree, mime, node_id, edge=0.5):
    """Hold something over a row, at a share of its height."""
    rect = tree.visualRect(tree.stack_model.index_of(node_id))
    position = QPoint(rect.left() + 20, rect.top() + int(edge * rect.height()))
    event = QDragMoveEvent(
        position,
        Qt.DropAction.CopyAction | Qt.DropAction.MoveAction,
        mime,
        Qt.MouseButton.LeftButton,
        Qt.KeyboardModifier.NoModifier,
    )
    tree.dragMoveEvent(event)
    return QPointF(position)


def test_the_names_are_asked_for_where_a_node_is_held(window, tree, bridge, qtbot):
    mime = pack(Parcel((commands.new_node("dense"),)))
    drag(tree, mime, "s")
    qtbot.waitUntil(lambda: len(bridge.foreseen_asked) == 1)
    stack, ids = bridge.foreseen_asked[0]
    assert stack.place(ids[0]).scope == "s"
    assert window.editor.stack == STACK
    bridge.foreseen.emit(Forecast(stack, NAMES))
    assert window.foreseeing.label.isVisible()
    assert window.foreseeing.label.text() == NAMES
    drag(tree, mime, "s")
    assert len(bridge.foreseen_asked) == 1
    tree.dragLeaveEvent(QDragLeaveEvent())
    assert not window.foreseeing.label.isVisible()


def test_an_answer_that_comes_late_is_not_shown(window, tree, bridge, qtbot):
    mime = pack(Parcel((commands.new_node("dense"),)))
    drag(tree, mime, "s")
    qtbot.waitUntil(lambda: len(bridge.foreseen_asked) == 1)
    tree.dragLeaveEvent(QDragLeaveEvent())
    bridge.foreseen.emit(Forecast(bridge.foreseen_asked[0][0], NAMES))
    assert not window.foreseeing.label.isVisible()


@pytest.mark.parametrize("change", ["edit", "open"])
def test_nothing_is_asked_once_the_stack_is_another(window, tree, change):
    drag(tree, pack(Parcel((commands.new_node("dense"),))), "s")
    (timer,) = window.foreseeing.findChildren(QTimer)
    assert timer.isActive()
    if change == "edit":
        window.editor.do(commands.remove(STACK, ["s"]))
    else:
        window.editor.open(Stack())
    assert not timer.isActive()


def test_a_row_shows_the_name_that_tensorflow_gave(window, tree):
    model = tree.stack_model
    window.panels.stack_view.set_built(built(STACK))
    assert model.index_of("e").data() == "dense"


def test_lines_that_overlap_stand_beside_each_other():
    far, near, below = (SharingLine(middles, False) for middles in ((0, 90), (10, 50), (95, 99)))
    assert lanes([far, near, below]) == [0, 1, 0]


def test_who_shares_is_joined_by_a_line_also_where_a_scope_is_closed(window, tree):
    window.panels.stack_view.set_built(built(STACK, variables=(variable("fc/kernel", "d", "e"),)))
    (line,) = tree._sharing_lines()
    assert len(line.middles) == 2
    tree.collapse(tree.stack_model.index_of("s"))
    (closed,) = tree._sharing_lines()
    assert closed.middles[1] < line.middles[1]
    assert not closed.strong
    window.editor.select(("e",))
    assert tree._sharing_lines()[0].strong
