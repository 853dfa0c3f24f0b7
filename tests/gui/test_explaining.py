"""What the window says of a refusal and of hazards, and how a click mends them."""

from dataclasses import replace

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication

from core import commands
from core.built import BuiltLayer, Refusal, Variable
from core.events import Cancelled
from core.fixes import Fix
from core.hazards.table import HAZARDS
from core.refusals.explanation import explain
from core.stack import Layer, Stack
from core.tasks import FindFixes, Summarize
from gui import theme
from gui.models.stack_cells import Column
from gui.models.stack_model import HAZARD_ROLE
from gui.settings import MUTED_HAZARDS, Settings
from tests.gui.stacks import variable

LEFT = Qt.MouseButton.LeftButton
WORDS = (
    "Variable d/kernel already exists, disallowed. Did you mean to set reuse=True or "
    "reuse=tf.AUTO_REUSE in VarScope?"
)
_DENSE = {"kind": "dense", "construction": "layers", "arguments": {"units": 3}}
TWICE = Stack(
    nodes=(
        Layer("i", "input", "x", arguments={"shape": (None, 4)}),
        Layer("a", name="d", **_DENSE),
        Layer("b", name="d", **_DENSE),
    )
)
DROPOUT = Stack(
    nodes=(
        Layer("i", "input", "x", arguments={"shape": (None, 4)}),
        Layer("o", "dropout", "drop", "layers"),
        Layer("p", "dropout", "drop2", "layers"),
    )
)


def _layers(stack, refusal=None):
    return tuple(
        BuiltLayer(
            node.id,
            node.name,
            node.kind,
            getattr(node, "construction", None),
            node.reuse,
            refusal=refusal if refusal and refusal.origin == node.id else None,
        )
        for node in stack.walk()
    )


@pytest.fixture
def opened(window, bridge):
    """Open a stack and end its build."""

    def open_stack(stack, refused: str | None = None, variables: tuple[Variable, ...] = ()):
        window.editor.open(stack)
        refusal = None if refused is None else Refusal(refused, WORDS, "ValueError")
        return bridge.finish(layers=_layers(stack, refusal), variables=variables, refusal=refusal)

    return open_stack


@pytest.fixture
def asked(bridge, qtbot):
    """Wait until fixes are asked for this many times; return what for."""

    def wait(times: int) -> list[FindFixes]:
        qtbot.waitUntil(lambda: len(bridge.fixes_asked) >= times)
        return bridge.fixes_asked

    return wait


@pytest.fixture
def refused(opened, asked):
    """Open a stack that is refused, and wait until its fixes are asked for."""
    built = opened(TWICE, "b", (variable("d/kernel", "a"),))
    asked(1)
    return built


def _named(built, name="d_1") -> Fix:
    command = commands.rename(built.stack, "b", name)
    text = f"Name it {name}"
    return Fix(replace(command, text=text), f"{name} then has {name}/kernel.", "b")


def _panel(window):
    return window.panels.stack_view._panel


def _click(qtbot, button):
    QApplication.processEvents()
    qtbot.mouseClick(button, LEFT)


# Refusals


def test_an_explanation_stands_below_tensorflow_s_words(window, refused):
    panel = _panel(window)
    assert window.panels.stack_view.refusal_text == WORDS
    assert panel.explanation.text() == explain(refused).text
    assert panel.explanation.isVisible()
    assert [button.text() for button in panel.layers] == ["The other: d"]


def test_a_click_on_either_layer_selects_it(window, refused, qtbot):
    (other,) = _panel(window).layers
    _click(qtbot, other)
    assert window.editor.selection == ("a",)
    _click(qtbot, _panel(window)._title)
    assert window.editor.selection == ("b",)


def test_fixes_are_asked_for_and_offered_with_their_preview(window, bridge, refused):
    assert [(task.built, task.hazards) for task in bridge.fixes_asked] == [(refused, ())]
    assert _panel(window).fixes == []
    bridge.find(_named(refused))
    (row,) = _panel(window).fixes
    assert row.button.text() == "Name it d_1"
    assert row.preview.text() == "d_1 then has d_1/kernel."
    assert row.preview.text() in row.button.toolTip()


def test_a_click_on_a_fix_is_one_undo_step(window, bridge, refused, qtbot):
    bridge.find(_named(refused))
    _click(qtbot, _panel(window).fixes[0].button)
    assert window.editor.stack.node("b").name == "d_1"
    assert window.editor.selection == ("b",)
    assert window.panels.stack_view.tree.hasFocus()
    assert window.action_table["undo"].text() == "Undo Name it d_1"
    assert _panel(window).fixes == []
    window.action_table["undo"].trigger()
    assert window.editor.stack == TWICE
    assert len(_panel(window).fixes) == 1


def test_fixes_are_not_offered_for_a_stack_that_is_another_by_now(window, bridge, refused, qtbot):
    bridge.find(_named(refused))
    fix = _named(refused)
    window.editor.do(commands.remove(window.editor.stack, ["a"]))
    assert _panel(window).fixes == []
    window.explaining.do(fix)
    assert window.editor.stack.node("b").name == "d"


def test_late_fixes_of_an_earlier_build_are_dropped(window, bridge, refused, asked):
    early = bridge.fixes_asked[-1]
    window.building.build()
    again = bridge.finish(
        layers=refused.layers, variables=refused.variables, refusal=refused.refusal
    )
    assert [task.built is again for task in asked(2)] == [False, True]
    bridge.fixes_asked.append(early)
    bridge.find(_named(refused))
    assert _panel(window).fixes == []


def test_a_refusal_that_nobody_can_explain_has_the_words_alone(window, opened, bridge, asked):
    built = opened(TWICE)
    window.building.build()
    other = Refusal("b", "concat needs 2 inputs; choose them", "ValueError")
    bridge.finish(layers=_layers(built.stack, other), refusal=other)
    assert window.panels.stack_view.refusal_text == other.message
    assert not _panel(window).explanation.isVisible()
    explained = opened(TWICE, "b")
    assert [task.built for task in asked(1)] == [explained]


def test_the_panel_goes_when_the_stack_builds(window, opened, refused):
    opened(TWICE)
    assert not _panel(window).isVisible()


def test_a_long_text_leaves_room_for_the_stack(window, bridge, refused):
    window.resize(1280, 800)
    fixes = [_named(refused, f"d_{number}_{'x' * 80}") for number in range(12)]
    bridge.find(*fixes)
    QApplication.processEvents()
    assert window.panels.stack_view.tree.height() > 60
    assert _panel(window).fixes[0].button.width() < _panel(window).width()


# Hazards


def _index(window, node_id):
    return window.panels.stack_view.model.index_of(node_id, Column.STATE)


def _fed(built, node_id="o") -> Fix:
    hazard = next(found for found in _hazards(built) if found.node == node_id)
    return Fix(hazard.fix, "drop is built.", node_id, hazard.kind)


def _hazards(built):
    from core.hazards.table import hazards

    return hazards(built)


def test_a_hazard_is_a_quiet_mark_on_its_row(window, opened):
    opened(DROPOUT)
    assert [bool(_index(window, found).data(HAZARD_ROLE)) for found in "iop"] == [False, True, True]
    assert not _index(window, "o").siblingAtColumn(Column.LAYER).data(HAZARD_ROLE)
    assert "It drops nothing" in _index(window, "o").data(Qt.ItemDataRole.ToolTipRole)
    assert _index(window, "o").data() == ""


def test_a_mark_stands_beside_shared_and_beside_refused(window, opened, bridge):
    opened(DROPOUT, None, (variable("w", "o", "p"),))
    cell = _index(window, "o")
    assert (cell.data(), cell.data(HAZARD_ROLE)) == ("shared", True)
    tip = cell.data(Qt.ItemDataRole.ToolTipRole)
    assert "w is read by" in tip
    assert "It drops nothing" in tip
    window.resize(1440, 900)
    QApplication.processEvents()
    before = window.panels.stack_view.grab().toImage()
    window.explaining.mute("dropout_without_training")
    assert window.panels.stack_view.grab().toImage() != before


def test_the_inspector_explains_the_hazard_and_names_the_thread(window, opened):
    opened(DROPOUT)
    window.editor.select(("o",))
    (box,) = window.panels.inspector.hazard_boxes.boxes
    assert box.title.text() == HAZARDS["dropout_without_training"].title
    assert box.text.text().startswith("It drops nothing")
    assert box.thread_name.text() == "Met in tensorflow/tensorflow#30301"
    window.editor.select(("i",))
    assert not window.panels.inspector.hazard_boxes.isVisible()
    window.editor.select(("o", "p"))
    assert not window.panels.inspector.hazard_boxes.isVisible()


def test_the_fix_of_a_hazard_is_tried_when_its_layer_is_selected(
    window, bridge, opened, asked, qtbot
):
    built = opened(DROPOUT)
    assert bridge.fixes_asked == []
    window.editor.select(("o",))
    (task,) = asked(1)
    assert [hazard.node for hazard in task.hazards] == ["o"]
    bridge.find(_fed(built))
    (box,) = window.panels.inspector.hazard_boxes.boxes
    assert box.fix_row.button.text() == "Let training be fed"
    _click(qtbot, box.fix_row.button)
    assert window.editor.stack.node("o").arguments["training"]["kind"] == "placeholder"
    window.action_table["undo"].trigger()
    assert window.editor.stack == DROPOUT
    window.editor.select(("i",))
    window.editor.select(("o",))
    assert len(bridge.fixes_asked) == 1


def test_what_is_selected_meanwhile_is_tried_next(window, bridge, opened, asked):
    built = opened(DROPOUT)
    window.editor.select(("o",))
    asked(1)
    window.editor.select(("p",))
    assert len(bridge.fixes_asked) == 1
    bridge.find(_fed(built))
    assert [task.hazards[0].node for task in asked(2)] == ["o", "p"]


def test_a_cancelled_search_does_not_stop_the_next_one(window, bridge, opened, asked):
    opened(DROPOUT)
    window.editor.select(("o",))
    asked(1)
    bridge.ended.emit(Cancelled(1, Summarize(())))
    window.editor.select(("p",))
    assert len(bridge.fixes_asked) == 1
    bridge.ended.emit(Cancelled(2, bridge.fixes_asked[-1]))
    assert [task.hazards[0].node for task in bridge.fixes_asked] == ["o", "p"]


def test_a_kind_that_is_muted_stays_so_until_all_are_marked_again(
    window, bridge, opened, qtbot, own_folders
):
    opened(DROPOUT)
    again = window.action_table["unmute_hazards"]
    assert not again.isEnabled()
    assert "No kind of hazard is muted." in again.toolTip()
    window.editor.select(("o",))
    (box,) = window.panels.inspector.hazard_boxes.boxes
    _click(qtbot, box.mute)
    assert Settings(own_folders).get(MUTED_HAZARDS) == ("dropout_without_training",)
    assert not window.panels.inspector.hazard_boxes.isVisible()
    assert not any(_index(window, found).data(HAZARD_ROLE) for found in "op")
    opened(DROPOUT)
    assert not any(_index(window, found).data(HAZARD_ROLE) for found in "op")
    again.trigger()
    assert Settings(own_folders).get(MUTED_HAZARDS) == ()
    assert _index(window, "o").data(HAZARD_ROLE)
    assert not again.isEnabled()


def test_a_kind_that_is_no_more_may_be_muted(window, opened, settings):
    settings.set(MUTED_HAZARDS, ("gone",))
    opened(DROPOUT)
    assert _index(window, "o").data(HAZARD_ROLE)
    assert not window.action_table["unmute_hazards"].isEnabled()


def test_the_colours_follow_the_theme(window, bridge, opened, refused):
    bridge.find(_named(refused))
    for scheme in (theme.Scheme.DARK, theme.Scheme.LIGHT):
        theme.current().use(scheme)
        row = _panel(window).fixes[0]
        assert row.preview.palette().windowText().color() == theme.colours().muted
        shown = _panel(window).explanation.palette().windowText().color()
        assert theme.contrast(shown, theme.colours().tint(theme.colours().refused)) > 4.5


def test_a_long_name_does_not_widen_the_panel(window, opened):
    name = "layer" * 60
    nodes = (TWICE.nodes[0], *(replace(node, name=name) for node in TWICE.nodes[1:]))
    opened(TWICE, "b", (variable("d/kernel", "a"),))
    usual = _panel(window).minimumSizeHint().width()
    opened(Stack(nodes=nodes), "b", (variable("d/kernel", "a"),))
    assert _panel(window).minimumSizeHint().width() < usual + 400
    assert name in _panel(window).layers[0].toolTip()
