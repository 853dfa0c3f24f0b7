"""The name map in the window: suggested, saved and opened, written as code, and applied."""

import json
from pathlib import Path

import pytest
from PySide6.QtCore import Qt

from core.checkpoint_diff import Diff
from core.checkpoint_rename import RenamePlan
from core.map_file import load_map
from core.name_mapping import Origin
from core.named_tensors import TensorInfo, by_name
from core.opened_checkpoint import ComparedCheckpoints, OpenedCheckpoint
from core.renamed import Renamed
from core.restored import Restoring
from core.shape_steps import AcceptedStep
from core.sources import CheckpointValues, Selected
from core.stack import Layer, Stack
from core.tasks import Rename
from gui.models.map_model import Column

SOURCE = CheckpointValues(Path("/models/model.ckpt"), "of these files")
TENSORS = (
    TensorInfo("net/d/weights", (10, 11), "float32"),
    TensorInfo("e/kernel", (11, 10), "float32"),
    TensorInfo("spare", (3,), "float32"),
)
STACK = Stack(
    nodes=tuple(
        Layer(name, "dense", name, "layers", arguments={"units": 11}) for name in ("d", "e")
    )
)
NO_DIFF = Diff((), (), (), (), (), with_values=False)
OF_A_MAP = ("open_map", "save_map", "export_saver_code", "export_init_code", "write_renamed")


def opened(*tensors, source=SOURCE):
    return OpenedCheckpoint(source, "V2", source.path, 1, (), by_name(tensors))


def open_checkpoint(window, bridge, *tensors, source=SOURCE):
    window.checkpoints.open_path(source.path)
    bridge.checkpoint_opened.emit(opened(*tensors, source=source))


@pytest.fixture
def beside(window, bridge):
    """The window with a stack that is built, and a checkpoint."""
    window.editor.open(STACK)
    bridge.finish()
    open_checkpoint(window, bridge, *TENSORS)
    return window


@pytest.fixture
def mapped(beside, bridge):
    """The window with a map: of two variables, one needs a step."""
    beside.action_table["map_names"].trigger()
    bridge.suggest()
    return beside


def mapping(window):
    return window.mapping.editor.mapping


def message(window):
    return window.panels.messages.texts["export"]


def test_a_map_is_suggested_when_its_page_is_first_seen(beside, bridge):
    assert bridge.maps == []
    beside.action_table["map_names"].trigger()
    assert beside.mapping.view.isVisible()
    assert len(bridge.maps) == 1
    bridge.suggest()
    assert mapping(beside).partners == {"net/d/weights": "d/kernel", "e/kernel": "e/kernel"}
    assert mapping(beside).names == {"net/d/weights": "d/kernel"}
    assert not beside.mapping.editor.can_undo
    beside.panels.tabs.setCurrentWidget(beside.panels.ledger)
    beside.action_table["map_names"].trigger()
    assert len(bridge.maps) == 1


def test_without_a_checkpoint_or_a_stack_the_page_says_what_to_do(window, bridge):
    window.action_table["map_names"].trigger()
    assert window.mapping.view.isVisible()
    assert mapping(window) is None
    for name in ("suggest_map", *OF_A_MAP):
        assert not window.action_table[name].isEnabled()
        assert "No checkpoint is open." in window.action_table[name].toolTip()
    open_checkpoint(window, bridge, *TENSORS)
    window.action_table["map_names"].trigger()
    assert mapping(window) is None
    window.editor.open(STACK)
    bridge.finish()
    assert set(mapping(window).rights) == {"d/kernel", "e/kernel"}
    assert len(bridge.maps) == 1


def test_suggestions_for_an_earlier_map_do_no_harm(mapped, bridge):
    mapped.action_table["suggest_map"].trigger()
    mapped.checkpoints.close_checkpoint()
    bridge.suggest()
    assert mapping(mapped) is None


def test_suggesting_again_can_be_undone_and_leaves_alone_what_was_paired_by_hand(mapped, bridge):
    editor = mapped.mapping.editor
    editor.do(mapping(mapped).pair("spare", "e/kernel"))
    mapped.action_table["suggest_map"].trigger()
    bridge.suggest()
    assert mapping(mapped).pairs["e/kernel"].origin is Origin.HAND
    assert mapping(mapped).names == {"net/d/weights": "d/kernel"}


def test_the_map_goes_with_the_stack_that_is_edited_there_and_back(mapped, bridge):
    mapped.editor.select(("e",))
    mapped.action_table["delete"].trigger()
    mapped.building.build()
    bridge.finish()
    assert list(mapping(mapped).pairs) == ["d/kernel"]
    assert len(bridge.maps) == 1
    mapped.action_table["undo"].trigger()
    mapped.building.build()
    bridge.finish()
    assert mapping(mapped).partners == {"net/d/weights": "d/kernel", "e/kernel": "e/kernel"}


OTHER_STACK = Stack(
    nodes=(*STACK.nodes, Layer("f", "dense", "f", "layers", arguments={"units": 2}))
)
OTHER = CheckpointValues(Path("/models/other"), "of others")


def test_another_stack_or_checkpoint_has_another_map(mapped, bridge):
    mapped.editor.open(OTHER_STACK)
    assert mapping(mapped) is None
    bridge.finish()
    assert mapping(mapped).pairs == {}
    assert len(bridge.maps) == 2
    open_checkpoint(mapped, bridge, TENSORS[2], source=OTHER)
    assert mapping(mapped) is None  # its tensors are looked at first
    mapped.action_table["map_names"].trigger()
    assert set(mapping(mapped).lefts) == {"spare"}
    assert len(bridge.maps) == 3


def _edit(window):
    window.mapping.editor.do(mapping(window).accept(["e/kernel"]).pair("spare", "d/kernel"))
    window.mapping.editor.do(mapping(window).unpair(["d/kernel"]))


def _assert_as_edited(window, bridge):
    pair = mapping(window).pairs["e/kernel"]
    assert mapping(window).steps == {"e/kernel": AcceptedStep("transposed", (10, 11))}
    assert (pair.reason, pair.confidence) == ("the same name", 0.8)
    assert list(mapping(window).pairs) == ["e/kernel"]
    assert message(window) == (
        "Opened the name map as you left it: 1 name, 1 of them with a step, 1 name unmatched"
    )


def test_an_edited_map_is_there_again_with_its_stack(mapped, bridge):
    _edit(mapped)
    mapped.editor.open(OTHER_STACK)
    bridge.finish()
    mapped.editor.open(STACK)
    bridge.finish()
    _assert_as_edited(mapped, bridge)
    assert len(bridge.maps) == 2  # for the other stack alone


def test_an_edited_map_is_there_again_with_its_checkpoint(mapped, bridge):
    _edit(mapped)
    open_checkpoint(mapped, bridge, TENSORS[2], source=OTHER)
    open_checkpoint(mapped, bridge, *TENSORS)
    mapped.action_table["map_names"].trigger()
    _assert_as_edited(mapped, bridge)


def test_an_edited_map_outlives_the_window(mapped, tmp_path):
    _edit(mapped)
    mapped.close()
    (file,) = (tmp_path / "state" / "maps").glob("*.json")
    assert load_map(file).names == {"e/kernel": "e/kernel"}


def test_an_edited_map_is_on_the_disk_after_a_moment(mapped, qtbot, tmp_path):
    _edit(mapped)
    qtbot.waitUntil(lambda: any((tmp_path / "state" / "maps").glob("*.json")))


def test_a_map_that_can_not_be_kept_is_told_of(mapped, tmp_path):
    (tmp_path / "state" / "maps").rmdir()
    (tmp_path / "state" / "maps").write_text("in the way")
    _edit(mapped)
    mapped.mapping.kept.write()
    assert "can't be kept" in message(mapped)


def test_a_kept_map_that_is_damaged_is_no_map(mapped, bridge, tmp_path):
    _edit(mapped)
    mapped.checkpoints.close_checkpoint()
    mapped.mapping.kept.write()
    (file,) = (tmp_path / "state" / "maps").glob("*.json")
    file.write_text("{")
    open_checkpoint(mapped, bridge, *TENSORS)
    mapped.action_table["map_names"].trigger()
    assert len(bridge.maps) == 2


@pytest.fixture
def compared(mapped, bridge):
    """The window with a map to the stack, and another checkpoint compared."""
    assert "No other checkpoint" in mapped.action_table["map_compared"].toolTip()
    _compare(mapped, bridge, OTHER, "net2/weights")
    return mapped


def _compare(window, bridge, source, name):
    window.checkpoints.compare_with(source.path)
    right = opened(TensorInfo(name, (10, 11), "float32"), source=source)
    bridge.checkpoints_compared.emit(ComparedCheckpoints(SOURCE, right, NO_DIFF))


def test_names_are_mapped_to_those_of_the_compared_checkpoint(compared, bridge):
    to_stack = mapping(compared)
    compared.action_table["map_compared"].trigger()
    bridge.suggest()
    assert mapping(compared).partners == {"net/d/weights": "net2/weights"}
    assert _headings(compared) == ["From model.ckpt", "To other"]
    action = compared.action_table["restore_mapped"]
    assert not action.isEnabled()
    assert "The map leads to the names of another checkpoint." in action.toolTip()
    compared.building.build()
    bridge.finish()
    assert list(mapping(compared).rights) == ["net2/weights"]
    compared.action_table["map_names"].trigger()
    bridge.suggest()
    assert mapping(compared).partners == to_stack.partners
    assert _headings(compared) == ["From model.ckpt", "To the stack"]


def _headings(window):
    model = window.mapping.view.table.model()
    across = Qt.Orientation.Horizontal
    return [model.headerData(column, across) for column in (Column.LEFT, Column.RIGHT)]


def test_another_compared_checkpoint_or_none_has_another_map(compared, bridge):
    compared.action_table["map_compared"].trigger()
    third = CheckpointValues(Path("/models/third"), "of the third")
    _compare(compared, bridge, third, "net3/weights")
    compared.action_table["map_compared"].trigger()
    assert list(mapping(compared).rights) == ["net3/weights"]
    open_checkpoint(compared, bridge, *TENSORS, source=OTHER)
    compared.action_table["map_names"].trigger()
    assert set(mapping(compared).rights) == {"d/kernel", "e/kernel"}


def test_a_checkpoint_that_is_reloaded_keeps_its_map(mapped, bridge):
    mapped.mapping.editor.do(mapping(mapped).pair("spare", "d/kernel"))
    changed = CheckpointValues(SOURCE.path, "written anew")
    open_checkpoint(mapped, bridge, *TENSORS[1:], source=changed)
    assert mapping(mapped).partners == {"spare": "d/kernel", "e/kernel": "e/kernel"}


def test_selected_rows_are_looked_at(mapped):
    looked_at = []
    mapped.panels.checkpoint.selected.connect(looked_at.append)
    mapped.mapping.view.table.selectRow(0)
    assert looked_at[-1] == (Selected(SOURCE, "net/d/weights"),)


def test_a_map_is_saved_and_opened_again(mapped, dialogs, tmp_path):
    editor = mapped.mapping.editor
    editor.do(mapping(mapped).accept(["e/kernel"]))
    dialogs.chosen = tmp_path / "map.json"
    mapped.action_table["save_map"].trigger()
    saved = json.loads(dialogs.chosen.read_text())
    assert saved["map"] == {"net/d/weights": "d/kernel", "e/kernel": "e/kernel"}
    assert saved["steps"] == {"e/kernel": {"step": "transposed", "shape": [10, 11]}}
    assert message(mapped) == (f"Wrote map.json to {tmp_path}: 2 names, 1 of them with a step")
    editor.do(mapping(mapped).unpair(["d/kernel", "e/kernel"]))
    mapped.action_table["open_map"].trigger()
    assert mapping(mapped).names == saved["map"]
    assert mapping(mapped).steps == {"e/kernel": AcceptedStep("transposed", (10, 11))}
    assert message(mapped) == "Opened map.json: 2 names, 1 of them with a step"
    editor.undo()
    assert mapping(mapped).names == {}


def test_a_map_that_is_bad_or_of_other_names_is_told(mapped, dialogs, tmp_path):
    dialogs.chosen = tmp_path / "map.json"
    before = mapping(mapped)
    dialogs.chosen.write_text('{"map": {"a": 1}}')
    mapped.action_table["open_map"].trigger()
    assert message(mapped) == 'map.json: map["a"]: must be a name, not 1'
    assert mapping(mapped) is before
    names = {"spare": "e/kernel", **{f"gone{number}": f"x{number}" for number in range(5)}}
    dialogs.chosen.write_text(json.dumps({"map": names}))
    mapped.action_table["open_map"].trigger()
    assert message(mapped) == (
        "map.json has pairs whose names are not here: "
        "gone0 \u2192 x0, gone1 \u2192 x1, gone2 \u2192 x2 and 2 more"
    )
    assert mapping(mapped).partners == {"spare": "e/kernel"}


def test_the_map_is_written_as_code(mapped, dialogs, tmp_path):
    dialogs.chosen = tmp_path / "load.py"
    mapped.action_table["export_saver_code"].trigger()
    assert "'net/d/weights': variables['d/kernel']" in dialogs.chosen.read_text()
    assert "e/kernel" not in dialogs.chosen.read_text()
    assert message(mapped).endswith("1 name, left out 1 pair of another shape or type")
    mapped.mapping.editor.do(mapping(mapped).accept(["e/kernel"]))
    mapped.action_table["export_init_code"].trigger()
    code = dialogs.chosen.read_text()
    assert "'net/d/weights': 'd/kernel'" in code
    assert "# transposed: [11, 10] -> [10, 11]" in code
    dialogs.chosen = tmp_path / "no" / "load.py"
    mapped.action_table["export_saver_code"].trigger()
    assert "can't be written" in message(mapped)


def test_nothing_is_exported_of_a_map_that_says_nothing(mapped):
    mapped.mapping.editor.do(mapping(mapped).unpair(["d/kernel"]))
    for name in ("restore_mapped", "export_saver_code", "export_init_code", "write_renamed"):
        assert not mapped.action_table[name].isEnabled()
        assert "Nothing is paired that fits." in mapped.action_table[name].toolTip()
    assert mapped.action_table["save_map"].isEnabled()


def test_a_renamed_checkpoint_is_written_with_the_steps_that_were_accepted(
    mapped, bridge, dialogs, tmp_path
):
    dialogs.chosen = tmp_path / "renamed"
    mapped.action_table["write_renamed"].trigger()
    names = {"net/d/weights": "d/kernel"}
    assert bridge.renames == [Rename(SOURCE, names, {}, tmp_path / "renamed")]
    bridge.renamed.emit(
        Renamed(tmp_path / "renamed", RenamePlan(names, names, {"s": "t"}), 3),
    )
    assert message(mapped) == (
        f"Wrote renamed to {tmp_path}: 1 tensor renamed, 1 slot with them, "
        "left out 1 pair of another shape or type; "
        "3 tensors read back and compared byte for byte"
    )
    mapped.mapping.editor.do(mapping(mapped).accept(["e/kernel"]))
    mapped.action_table["write_renamed"].trigger()
    steps = {"e/kernel": AcceptedStep("transposed", (10, 11))}
    assert bridge.renames[-1].steps == steps
    bridge.renamed.emit(Renamed(tmp_path / "renamed", RenamePlan(names, names, {}, (), steps), 2))
    assert "1 tensor renamed, 1 in another shape; 2 tensors read back" in message(mapped)


def test_the_checkpoint_is_restored_under_the_map_with_the_steps_that_were_accepted(mapped, bridge):
    action = mapped.action_table["restore_mapped"]
    action.trigger()
    names = {"net/d/weights": "d/kernel"}
    assert bridge.restores == [Restoring(SOURCE.path, names, only_named=True)]
    mapped.mapping.editor.do(mapping(mapped).accept(["e/kernel"]))
    action.trigger()
    assert bridge.restores[-1].names == {**names, "e/kernel": "e/kernel"}
    assert bridge.restores[-1].steps == {"e/kernel": AcceptedStep("transposed", (10, 11))}
    mapped.building.build()
    assert not action.isEnabled()
    assert "The stack is not built." in action.toolTip()
    bridge.finish()
    assert action.isEnabled()


def test_a_checkpoint_that_is_there_is_not_replaced_unasked(mapped, bridge, dialogs, tmp_path):
    (tmp_path / "renamed.index").touch()
    dialogs.chosen = tmp_path / "renamed"
    mapped.action_table["write_renamed"].trigger()
    assert dialogs.asked[-1] == "replace renamed"
    assert bridge.renames == []
    dialogs.replace = True
    mapped.action_table["write_renamed"].trigger()
    assert len(bridge.renames) == 1


def test_a_rename_that_fails_says_why_and_one_that_is_cancelled_nothing(
    mapped, bridge, dialogs, tmp_path
):
    dialogs.chosen = tmp_path / "renamed"
    mapped.action_table["write_renamed"].trigger()
    bridge.begin(bridge.renames[-1])
    assert mapped.action_table["cancel_build"].isEnabled()
    bridge.fail("the disk is full")
    assert message(mapped) == "The checkpoint was not written: the disk is full"
    bridge.begin(bridge.renames[-1])
    assert "export" not in mapped.panels.messages.texts
    bridge.confirm_cancel()
    assert "export" not in mapped.panels.messages.texts
