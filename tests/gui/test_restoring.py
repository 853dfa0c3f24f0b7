"""Restoring a checkpoint in the window: asked for, told of, shown, and gone with the next build."""

import json
from dataclasses import replace

import numpy as np
import pytest
from PySide6.QtWidgets import QToolButton

from core.named_tensors import TensorInfo
from core.opened_checkpoint import OpenedCheckpoint
from core.restore_check import RestoreCheck, RestoredVariable
from core.restored import Restored, Restoring
from core.sources import CheckpointValues, StackValues
from core.tasks import Restore
from core.weights import summarize
from gui.weights_plot import WeightsPlot

_KERNEL = TensorInfo("dense/kernel", (10, 11), "float32")
_OTHER = TensorInfo("dense_1/kernel", (10, 11), "float32")


def _restored(restoring, *rows, names=frozenset({"dense/kernel"})):
    rows = rows or (RestoredVariable(_KERNEL, _KERNEL),)
    return Restored("model.ckpt", restoring, RestoreCheck(rows, (), {}), names, 440, 0.25)


@pytest.fixture
def build(window, bridge):
    """Build a stack of one dense layer."""
    window.action_table["add_dense"].trigger()
    window.building.build()
    return bridge.finish()


@pytest.fixture
def restore(window, bridge, dialogs, tmp_path, build):
    """Choose a checkpoint, and have it restored."""

    def _restore(*rows, **changes):
        dialogs.chosen = tmp_path / "model.ckpt.index"
        window.action_table["restore_checkpoint"].trigger()
        bridge.begin(Restore(StackValues(window.building.built.stack), bridge.restores[-1]))
        bridge.restored.emit(_restored(bridge.restores[-1], *rows, **changes))

    return _restore


def _message(window):
    return window.panels.messages.texts.get("restore")


def test_a_checkpoint_goes_through_the_builder(window, bridge, restore, tmp_path):
    restore()
    assert bridge.restores == [Restoring(tmp_path / "model.ckpt.index")]
    assert _message(window) == (
        "Restored 1 variable from model.ckpt, 440 B in 0.2 s. "
        "The next build draws new initial values."
    )
    assert window.status.restored.text() == "restored from model.ckpt"
    assert str(tmp_path) in window.status.restored.toolTip()


def test_what_is_asked_for_then_is_what_was_restored(window, bridge, restore, dialogs, tmp_path):
    restore()
    dialogs.chosen = tmp_path / "out"
    window.action_table["export_checkpoint"].trigger()
    assert bridge.restored_asked[-1] == bridge.restores[-1]


def test_the_next_build_ends_it_and_it_can_be_done_again(window, bridge, restore):
    restore()
    first = bridge.restores[-1]
    window.action_table["build"].trigger()
    assert not window.action_table["restore_again"].isEnabled()
    bridge.finish()
    assert not window.status.restored.isVisibleTo(window)
    assert _message(window) == ("This build drew new initial values; those of model.ckpt are gone.")
    window.action_table["restore_again"].trigger()
    assert bridge.restores == [first, first]
    # It is told of once, and not of each build to come.
    bridge.begin(Restore(StackValues(window.building.built.stack), first))
    assert _message(window) is None
    window.action_table["build"].trigger()
    bridge.finish()
    assert _message(window) is None


def test_what_does_not_fit_is_restored_in_part_only_when_that_is_wanted(
    window, bridge, restore, dialogs
):
    rows = (RestoredVariable(_KERNEL, _KERNEL), RestoredVariable(_OTHER, None))
    restore(*rows, names=frozenset())
    assert dialogs.asked[-1] == (
        "model.ckpt doesn't fit the whole stack. "
        '"dense_1/kernel" is missing in the checkpoint. [Restore the one that fits]'
    )
    assert len(bridge.restores) == 1
    assert window.building.restored is None
    dialogs.partly = True
    restore(*rows, names=frozenset())
    assert bridge.restores[-1] == replace(bridge.restores[0], partial=True)


def test_what_fits_nothing_is_refused(window, restore, dialogs):
    restore(RestoredVariable(_KERNEL, None), names=frozenset())
    assert _message(window) == (
        'model.ckpt was not restored: "dense/kernel" is missing in the checkpoint.'
    )
    assert len(dialogs.asked) == 1


def test_names_come_from_a_map(window, bridge, build, dialogs, tmp_path, monkeypatch):
    checkpoint, names = tmp_path / "model.index", tmp_path / "map.json"
    answers = [checkpoint, names]
    monkeypatch.setattr(
        dialogs, "ask_open", lambda title, folder, filters, chosen: chosen(answers.pop(0))
    )
    names.write_text(json.dumps({"map": {"fc/kernel": "dense/kernel"}}))
    window.action_table["restore_with_map"].trigger()
    assert bridge.restores == [Restoring(checkpoint, {"fc/kernel": "dense/kernel"})]
    answers += [checkpoint, names]
    names.write_text("{}")
    window.action_table["restore_with_map"].trigger()
    assert _message(window) == "map.json can't be used as a name map: map: is missing"
    assert len(bridge.restores) == 1


def test_a_failure_is_told(window, bridge, build, tmp_path):
    bridge.begin(Restore(StackValues(build.stack), Restoring(tmp_path / "model")))
    bridge.fail("there is no checkpoint")
    assert _message(window) == "The checkpoint was not restored: there is no checkpoint"


def test_before_a_build_there_is_nothing_to_restore_into(window, bridge):
    action = window.action_table["restore_checkpoint"]
    assert not action.isEnabled()
    assert "The stack is not built." in action.toolTip()


def test_another_stack_takes_it_all_away(window, bridge, restore):
    restore()
    window.editor.undo_stack.setClean()
    window.action_table["new"].trigger()
    assert _message(window) is None
    assert not window.status.restored.isVisibleTo(window)


def test_the_open_checkpoint_is_restored_by_a_click(window, bridge, build, tmp_path):
    action = window.action_table["restore_opened"]
    assert not action.isEnabled()
    assert "No checkpoint is open." in action.toolTip()
    source = CheckpointValues(tmp_path / "model", "1")
    bridge.checkpoint_opened.emit(OpenedCheckpoint(source, "V2", source.path, 1, (), {}))
    (button,) = (
        button
        for button in window.panels.checkpoint.findChildren(QToolButton)
        if button.defaultAction() is action
    )
    button.click()
    assert bridge.restores == [Restoring(tmp_path / "model")]


@pytest.fixture
def plot(window):
    made = WeightsPlot()
    window.late_plot.made.emit(made)
    return made


def _titles(plot):
    return [plot.bar.names.itemText(row) for row in range(plot.bar.names.count())]


def test_the_plot_shows_both(window, bridge, plot, restore, monkeypatch):
    monkeypatch.setattr("core.both_weights.why_not_both", lambda built, name: "")
    restore()
    window.plotting.select(("dense/kernel",))
    restored, initial = bridge.selected[-1]
    assert (restored.source.restored, initial.source.restored) == (bridge.restores[-1], None)
    values = np.random.default_rng(3).normal(size=(10, 11)).astype(np.float32)
    bridge.summarized.emit(
        tuple(summarize(found.title, "float32", values) for found in (restored, initial))
    )
    assert _titles(plot) == ["dense/kernel (restored)", "dense/kernel (another draw)"]
    for title in _titles(plot):
        assert title in plot.legend.text().replace("&#8288;", "")
    window.action_table["show_values"].trigger()
    assert bridge.restored_asked[-1] == bridge.restores[-1]
    plot.bar.set_current(1)
    assert len(bridge.cuts) == 2
    assert bridge.restored_asked[-1] is None
    window.action_table["plot_both"].trigger()
    assert bridge.both == ["dense/kernel"]


def test_with_a_seed_the_initial_values_are_the_same_again(window, bridge, plot, restore):
    window.action_table["draw_again"].trigger()
    bridge.finish()
    restore()
    window.plotting.select(("dense/kernel",))
    assert bridge.selected[-1][1].title == "dense/kernel (initial)"
