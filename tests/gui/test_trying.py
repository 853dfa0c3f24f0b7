"""Trial runs in the window: when they are asked for, and where their faults stand."""

import pytest
from PySide6.QtCore import Qt

from core.commands import insert, new_node
from core.forward import Forward
from core.stack import Place
from core.trial import Fault, Trial
from gui.models.stack_cells import Column
from tests.gui.stacks import STACK, built

FORWARD = Forward(b"", (), (), 0)
FAULT = Fault("e", "The op only supports NHWC", "UnimplementedError")
WORDS = "Built, but can't run here: The op only supports NHWC"


@pytest.fixture
def stack_window(window, bridge):
    """The window with a stack that is being built."""
    window.editor.open(STACK)
    return window


def finish(bridge, **changes):
    """End the last build, and have a result for each layer."""
    layers = built(bridge.builds[-1]).layers
    return bridge.finish(layers=layers, **{"forward": FORWARD} | changes)


def asked(bridge):
    return [found.stack for found in bridge.trials]


def test_a_build_that_stands_is_tried(stack_window, bridge, qtbot):
    found = finish(bridge)
    assert bridge.trials == []
    qtbot.waitUntil(lambda: bridge.trials == [found], timeout=2000)


def test_a_build_that_is_being_replaced_is_not_tried(stack_window, bridge, qtbot):
    finish(bridge)
    stack = stack_window.editor.stack
    stack_window.editor.do(insert(stack, Place(None, 0), (new_node("dense"),)))
    stack_window.building.build()
    stack_window.trying._on_timeout()
    assert bridge.trials == []
    last = finish(bridge)
    qtbot.waitUntil(lambda: bridge.trials == [last], timeout=2000)


def test_what_was_refused_is_not_tried(stack_window, bridge):
    finish(bridge)
    assert stack_window.trying._timer.isActive()
    stack_window.building.build()
    finish(bridge, refusal=built(STACK, refused="e").refusal)
    assert not stack_window.trying._timer.isActive()


def test_a_fault_stands_at_its_layer(stack_window, bridge, qtbot):
    finish(bridge)
    qtbot.waitUntil(lambda: len(bridge.trials) == 1, timeout=2000)
    bridge.finish_trial(FAULT)
    model = stack_window.panels.stack_view.model
    state = model.index_of("e", Column.STATE)
    assert state.data() == "can't run"
    assert state.data(Qt.ItemDataRole.ToolTipRole) == WORDS
    assert not state.data(Qt.ItemDataRole.DecorationRole).isNull()
    name = model.index_of("e")
    assert name.data(Qt.ItemDataRole.AccessibleDescriptionRole) == WORDS
    assert model.index_of("d", Column.STATE).data() == ""
    assert model.index_of("d").data(Qt.ItemDataRole.AccessibleDescriptionRole) is None
    stack_window.editor.select(("e",))
    assert stack_window.panels.inspector.results_text.splitlines()[-1] == WORDS


def test_a_fault_is_gone_after_a_trial_without_it(stack_window, bridge, qtbot):
    finish(bridge)
    qtbot.waitUntil(lambda: len(bridge.trials) == 1, timeout=2000)
    bridge.finish_trial(FAULT)
    model = stack_window.panels.stack_view.model
    stack_window.building.build()
    finish(bridge)
    assert model.index_of("e", Column.STATE).data() == "can't run"
    qtbot.waitUntil(lambda: len(bridge.trials) == 2, timeout=2000)
    bridge.finish_trial()
    assert model.index_of("e", Column.STATE).data() == ""


def test_a_trial_of_an_earlier_build_is_not_shown(stack_window, bridge):
    finish(bridge)
    bridge.tried.emit(Trial(STACK, (FAULT,)))
    assert stack_window.trying.trial is None


def test_another_stack_has_no_faults(stack_window, bridge, qtbot):
    finish(bridge)
    qtbot.waitUntil(lambda: len(bridge.trials) == 1, timeout=2000)
    bridge.finish_trial(FAULT)
    stack_window.editor.open(STACK)
    assert stack_window.trying.trial is None
    assert stack_window.panels.stack_view.model.index_of("e", Column.STATE).data() == ""
