import pytest
from PySide6.QtCore import Qt

from core.built import Refusal
from core.exports.format import Holds
from core.exports.formats import FORMATS
from core.sources import StackValues
from core.tasks import Export, ExportScript
from gui.settings import EXPORT_FOLDER


def _build(window, bridge, **changes):
    window.action_table["add_dense"].trigger()
    window.building.build()
    return bridge.finish(**changes)


def test_a_checkpoint_goes_through_the_builder(window, bridge, dialogs, tmp_path, settings):
    _build(window, bridge)
    dialogs.chosen = tmp_path / "model"
    window.action_table["export_checkpoint"].trigger()
    assert bridge.exports == [(window.editor.stack, tmp_path / "model")]
    bridge.finish_export()
    text = window.panels.messages.texts["export"]
    assert text.startswith("Wrote model.index, .data-*, .meta to ")
    assert text.endswith("2 variables, 440 B in 0.2 s")
    assert settings.get(EXPORT_FOLDER) == str(tmp_path)
    window.action_table["export_checkpoint"].trigger()
    assert dialogs.proposed[-1].parent == tmp_path


def test_the_next_export_and_the_next_stack_take_the_message_away(
    window, bridge, dialogs, tmp_path
):
    _build(window, bridge)
    dialogs.chosen = tmp_path / "model"
    window.action_table["export_checkpoint"].trigger()
    bridge.finish_export()
    bridge.begin(Export(StackValues(window.editor.stack), tmp_path / "model"))
    assert "export" not in window.panels.messages.texts
    bridge.finish_export()
    assert "export" in window.panels.messages.texts
    window.editor.undo_stack.setClean()
    window.action_table["new"].trigger()
    assert "export" not in window.panels.messages.texts


def test_a_checkpoint_that_was_not_written_says_why(window, bridge, dialogs, tmp_path):
    _build(window, bridge)
    bridge.begin(Export(StackValues(window.editor.stack), tmp_path / "model"))
    bridge.fail("the disk is full")
    text = window.panels.messages.texts["export"]
    assert text == "The checkpoint was not written: the disk is full"


def test_a_checkpoint_is_replaced_only_when_that_is_wanted(window, bridge, dialogs, tmp_path):
    _build(window, bridge)
    (tmp_path / "model.index").touch()
    dialogs.chosen = tmp_path / "model"
    window.action_table["export_checkpoint"].trigger()
    assert dialogs.asked[-1] == "replace model"
    assert not bridge.exports
    dialogs.replace = True
    window.action_table["export_checkpoint"].trigger()
    assert [prefix for _, prefix in bridge.exports] == [tmp_path / "model"]


@pytest.mark.parametrize("form", FORMATS.values(), ids=FORMATS)
def test_each_format_goes_through_the_builder(window, bridge, dialogs, tmp_path, form):
    _build(window, bridge)
    dialogs.chosen = tmp_path / "model"
    window.action_table[f"export_{form.id}"].trigger()
    assert bridge.exports == [(window.editor.stack, tmp_path / f"model{form.suffix}")]
    assert bridge.formats == [form.id]
    assert dialogs.proposed[-1].name.endswith(form.suffix)


def test_a_format_that_was_not_written_is_named(window, bridge, tmp_path):
    _build(window, bridge)
    bridge.begin(Export(window.editor.stack, tmp_path / "m.npz", "npz"))
    bridge.fail("m.npz can't be written: No space left on device")
    text = window.panels.messages.texts["export"]
    assert text == (
        "The NumPy archive was not written: m.npz can't be written: No space left on device"
    )


def test_a_file_is_replaced_unasked_only_where_the_file_dialog_asked(
    window, bridge, dialogs, tmp_path
):
    _build(window, bridge)
    (tmp_path / "model.v2.npz").touch()
    dialogs.chosen = tmp_path / "model.v2"
    window.action_table["export_npz"].trigger()
    assert dialogs.asked[-1] == "replace model.v2.npz"
    assert not bridge.exports
    dialogs.chosen = tmp_path / "model.v2.npz"
    window.action_table["export_npz"].trigger()
    assert [path.name for _, path in bridge.exports] == ["model.v2.npz"]


def test_graphs_can_be_exported_where_no_values_are(window, bridge):
    _build(window, bridge, undrawn="The initial values were not drawn: too large.")
    for form in FORMATS.values():
        action = window.action_table[f"export_{form.id}"]
        assert action.isEnabled() is (form.holds is not Holds.VALUES)
        assert ("were not drawn" in action.toolTip()) is (form.holds is Holds.VALUES)


def test_no_prefix_no_export(window, bridge, dialogs):
    _build(window, bridge)
    window.action_table["export_checkpoint"].trigger()
    assert dialogs.asked
    assert not bridge.exports


def test_what_cannot_be_exported_is_said_at_the_action(window, bridge):
    refusal = Refusal("x", "Variable d/kernel already exists", "ValueError")
    for changes, says in (
        ({"refusal": refusal}, "TensorFlow refused a layer"),
        ({"undrawn": "The initial values were not drawn: too large."}, "were not drawn"),
        ({"variables": ()}, "has no variables"),
    ):
        _build(window, bridge, **changes)
        action = window.action_table["export_checkpoint"]
        assert not action.isEnabled()
        assert says in action.toolTip()


def test_a_script_goes_through_the_builder(window, bridge, dialogs, tmp_path):
    window.action_table["add_input"].trigger()
    dialogs.chosen = tmp_path / "model.py"
    window.action_table["export_script"].trigger()
    assert bridge.scripts == [(window.editor.stack, tmp_path / "model.py")]
    bridge.script_exported.emit(tmp_path / "model.py")
    assert "Wrote model.py" in window.panels.messages.texts["export"]


def test_the_code_panel_saves_the_script_too(window, bridge, dialogs, tmp_path, qtbot):
    window.action_table["add_input"].trigger()
    window.panels.tabs.setCurrentWidget(window.panels.code)
    dialogs.chosen = tmp_path / "model.py"
    qtbot.mouseClick(window.panels.code.save_button, Qt.MouseButton.LeftButton)
    assert bridge.scripts == [(window.editor.stack, tmp_path / "model.py")]


def test_a_script_that_cannot_be_written_says_why(window, bridge, dialogs, tmp_path):
    bridge.begin(ExportScript(window.editor.stack, tmp_path / "model.py"))
    bridge.fail("model.py can't be written: No such file or directory")
    text = window.panels.messages.texts["export"]
    assert text == "model.py can't be written: No such file or directory"
