import json
from dataclasses import replace

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QLabel

from core import document
from core.commands import insert, new_node
from core.document import DEEPEST_SCOPE
from core.sources import Selected, StackValues
from core.stack import Place, Scope, Stack
from core.tasks import Build, Summarize
from gui import theme
from gui.about import AboutDialog
from gui.autosave import orphans
from gui.dialogs import Answer
from gui.message_bar import Level
from gui.recovery import RecoveryDialog
from gui.settings import AUTOMATIC_BUILDING, THEME
from gui.shortcut_list import ShortcutList
from tests.gui.dropping import drop
from tests.gui.fakes import FakePlot, built_of


def _edit(window, kind="dense"):
    stack = window.editor.stack
    window.editor.do(insert(stack, Place(None, len(stack.nodes)), (new_node(kind),)))


def _press(qtbot, window, *keys):
    for key in keys:
        qtbot.keyClick(QApplication.focusWidget() or window, *key)


def test_what_the_palette_cannot_add_is_told(window, qtbot):
    nodes: tuple[Scope, ...] = ()
    for number in range(DEEPEST_SCOPE):
        nodes = (Scope(str(number), "s", nodes=nodes),)
    window.editor.open(Stack(nodes=nodes))
    window.editor.select(("0",))
    qtbot.keyClicks(window.panels.palette_panel.search, "scope")
    qtbot.keyClick(window.panels.palette_panel.search, Qt.Key.Key_Return)
    assert window.status.told.text().startswith("This can't be done: scopes can't be nested")


# Building


def test_an_edit_is_built_shortly_after(window, bridge, qtbot):
    _edit(window)
    _edit(window)
    assert bridge.builds == []
    qtbot.waitUntil(lambda: len(bridge.builds) == 1, timeout=1000)
    assert bridge.builds[-1] == window.editor.stack
    built = bridge.finish()
    assert window.building.built is built
    assert "out of date" not in window.status.totals.text()


def test_edits_while_a_build_runs_are_awaited_longer(window, bridge, qtbot):
    _edit(window)
    qtbot.waitUntil(lambda: len(bridge.builds) == 1)
    _edit(window)
    waits = window.building._timer.interval()
    bridge.finish()
    qtbot.waitUntil(lambda: len(bridge.builds) == 2)
    bridge.finish()
    _edit(window)
    assert window.building._timer.interval() < waits


def test_without_automatic_building_only_f5_builds(window, bridge, qtbot, settings):
    window.action_table["automatic_building"].trigger()
    assert settings.get(AUTOMATIC_BUILDING) is False
    _edit(window)
    assert not window.building._timer.isActive()
    qtbot.keyClick(window, Qt.Key.Key_F5)
    assert bridge.builds == [window.editor.stack]
    bridge.finish()
    _edit(window)
    assert window.status.totals.text().startswith("out of date: 1 variable, 110 parameters, 440 B")


def test_a_failed_build_says_why_and_leaves_the_last_good_one(window, bridge, qtbot):
    _edit(window)
    window.building.build()
    good = bridge.finish()
    _edit(window)
    window.building.build()
    bridge.begin()
    bridge.fail('there is no device "/gpu:7"; TensorFlow has: /device:CPU:0')
    message = window.panels.messages
    assert message.texts["build"].startswith("There is no device")
    assert message.isVisible()
    assert window.building.built is good
    label = next(found for found in window.findChildren(QLabel) if found.text() == "out of date")
    assert label.isVisible()
    window.building.build()
    bridge.finish()
    assert message.texts == {}
    assert not label.isVisible()


def test_a_late_answer_to_an_earlier_build_is_dropped(window, bridge):
    _edit(window)
    window.building.build()
    early = bridge.builds[-1]
    window.building.build()
    bridge.begin(Build(early))
    bridge.confirm_cancel()
    assert window.building.pending
    bridge.finish()
    assert not window.building.pending


def test_cancel_says_so_until_the_builder_confirms(window, bridge, qtbot):
    cancel = window.action_table["cancel_build"]
    bridge.load("/device:CPU:0")
    assert not cancel.isEnabled()
    _edit(window)
    window.building.build()
    bridge.begin()
    assert cancel.isEnabled()
    qtbot.keyClick(window, Qt.Key.Key_F5, Qt.KeyboardModifier.ShiftModifier)
    assert bridge.cancels == 1
    assert window.status.activity.text() == "cancelling..."
    bridge.confirm_cancel()
    assert not window.status.activity.isVisible()
    assert not cancel.isEnabled()


def test_the_status_bar_tells_the_progress(window, bridge, qtbot):
    assert window.status.activity.text() == "Loading TensorFlow..."
    bridge.load("/device:CPU:0")
    _edit(window)
    window.building.build()
    bridge.begin()
    from core.events import Progress

    bridge.progress = Progress(1, 12, 40, "building 12 of 40")
    qtbot.waitUntil(lambda: window.status.activity.text() == "building 12 of 40", timeout=1000)
    assert window.status.activity.isVisible()
    bridge.finish()
    assert not window.status.activity.isVisible()
    expected = "1 variable, 110 parameters, 440 B, 17 ops, 0.25 s on /device:CPU:0"
    assert window.status.totals.text() == expected


# Weights


def test_the_weights_of_the_selected_variables_are_asked_for(window, bridge):
    made = []
    window.plotting.set_plot(FakePlot(made))
    _edit(window)
    window.building.build()
    bridge.finish()
    window.panels.variables.variables_selected.emit(("dense/kernel",))
    assert bridge.summaries[-1] == ("dense/kernel",)


def test_no_weights_are_asked_for_while_a_build_is_on_its_way(window, bridge):
    window.plotting.set_plot(FakePlot([]))
    _edit(window)
    window.building.build()
    bridge.finish()
    window.building.build()
    before = len(bridge.summaries)
    window.plotting.select(("dense/kernel",))
    assert len(bridge.summaries) == before
    bridge.finish()
    assert bridge.summaries[before:] == [("dense/kernel",)]


def test_of_very_many_variables_the_first_are_shown(window, bridge):
    window.plotting.set_plot(FakePlot([]))
    window.action_table["add_dense"].trigger()
    window.building.build()
    (found,) = built_of(bridge.builds[-1]).variables
    variables = tuple(replace(found, name=f"v{number}") for number in range(600))
    bridge.finish(variables=variables)
    window.plotting.select(tuple(found.name for found in variables))
    assert bridge.summaries[-1] == tuple(f"v{number}" for number in range(500))
    assert window.status.told.text() == "The weights of 500 of the 600 variables are shown"


def test_weights_that_fail_are_not_mistaken_for_those_shown_before(window, bridge):
    shown = []
    window.plotting.set_plot(FakePlot(shown))
    _edit(window)
    window.building.build()
    built = bridge.finish()
    window.plotting.select(("dense/kernel",))
    bridge.begin(Summarize((Selected(StackValues(built.stack), "another/kernel"),)))
    bridge.fail("the disk is full")
    assert shown[-1] == ()
    bridge.begin(Summarize((Selected(StackValues(built.stack), "dense/kernel"),)))
    bridge.fail("the disk is full")
    assert shown[-1] == "The weights can't be shown: the disk is full"


def test_what_was_not_drawn_is_said_where_the_plot_would_be(window, bridge):
    made = []
    window.plotting.set_plot(FakePlot(made))
    _edit(window)
    window.building.build()
    bridge.finish(undrawn="The initial values were not drawn: they take 9 GB.")
    assert made[-1] == "The initial values were not drawn: they take 9 GB."


# Device and seed


def test_choosing_a_device_is_an_edit(window, bridge, qtbot):
    box = window.tool_bar.device
    bridge.load("/device:CPU:0", "/device:GPU:0")
    assert [box.itemText(row) for row in range(box.count())] == [
        "Automatic",
        "/device:CPU:0",
        "/device:GPU:0",
    ]
    box.setFocus()
    qtbot.keyClick(box, Qt.Key.Key_Down)
    qtbot.keyClick(box, Qt.Key.Key_Down)
    assert window.editor.stack.device == "/device:GPU:0"
    window.action_table["undo"].trigger()
    assert window.editor.stack.device is None
    assert box.currentText() == "Automatic"


def test_a_device_that_is_not_there_is_marked(window, bridge):
    window.editor.open(Stack(device="/device:GPU:3"))
    box = window.tool_bar.device
    assert box.currentText() == "/device:GPU:3"
    bridge.load("/device:CPU:0")
    assert box.currentText() == "/device:GPU:3 (not there)"
    assert box.currentData() == "/device:GPU:3"


def test_the_seed_is_typed_and_taken_away(window, qtbot):
    field = window.tool_bar.seed
    window.editor.open(Stack(seed=7))
    window.action_table["set_seed"].trigger()
    qtbot.keyClicks(field, "12a3")
    qtbot.keyClick(field, Qt.Key.Key_Return)
    assert window.editor.stack.seed == 123
    window.action_table["undo"].trigger()
    assert field.text() == "7"
    field.selectAll()
    qtbot.keyClick(field, Qt.Key.Key_Delete)
    qtbot.keyClick(field, Qt.Key.Key_Return)
    assert window.editor.stack.seed is None


def test_what_is_no_seed_is_not_taken(window, qtbot):
    field = window.tool_bar.seed
    field.setFocus()
    qtbot.keyClicks(field, "-")
    window.panels.stack_view.setFocus()
    assert window.editor.stack.seed is None
    qtbot.waitUntil(lambda: not field.text())


def test_draw_again_takes_another_seed_and_builds(window, bridge):
    window.action_table["automatic_building"].trigger()
    window.action_table["draw_again"].trigger()
    assert window.editor.stack.seed is not None
    assert bridge.builds[-1] == window.editor.stack
    assert window.action_table["undo"].text() == "Undo Draw again"


# Files


def test_the_title_names_the_file_and_marks_what_is_not_saved(window, tmp_path, dialogs):
    assert window.windowTitle() == "untitled[*] - Layerscope"
    dialogs.chosen = tmp_path / "a.stack.json"
    _edit(window)
    assert window.isWindowModified()
    window.action_table["save"].trigger()
    assert window.windowTitle() == "a.stack.json[*] - Layerscope"
    assert not window.isWindowModified()


def test_closing_asks_about_unsaved_work(window, dialogs):
    _edit(window)
    window.action_table["quit"].trigger()
    assert window.isVisible()
    dialogs.answer = Answer.CANCEL
    window.close()
    assert window.isVisible()
    dialogs.answer = Answer.DISCARD
    window.close()
    assert not window.isVisible()
    assert dialogs.asked == ["untitled"] * 3


def test_closing_can_save_first(window, dialogs, tmp_path):
    _edit(window)
    dialogs.answer, dialogs.chosen = Answer.SAVE, tmp_path / "a.stack.json"
    window.close()
    assert not window.isVisible()
    assert document.load(dialogs.chosen) == window.editor.stack


def test_the_real_question_can_be_cancelled_and_answered(window, qtbot, dialogs):
    from PySide6.QtWidgets import QMessageBox

    from gui.dialogs import Dialogs

    answers = []
    for button in ("Cancel", "Discard", "Save"):
        Dialogs(window).ask_unsaved("x", answers.append)
        box = window.findChild(QMessageBox)
        box.button(getattr(QMessageBox.StandardButton, button)).click()
        qtbot.waitUntil(lambda: window.findChild(QMessageBox) is None)
    Dialogs(window).ask_unsaved("x", answers.append)
    qtbot.keyClick(window.findChild(QMessageBox), Qt.Key.Key_Escape)
    assert answers == [Answer.CANCEL, Answer.DISCARD, Answer.SAVE, Answer.CANCEL]


def test_a_stack_file_dropped_on_the_window_is_opened(window, tmp_path):
    path = tmp_path / "dropped.stack.json"
    document.save(Stack(name="dropped"), path)
    drop(window, tmp_path / "x.png")
    drop(window, path, path)
    assert window.files.path is None
    drop(window, path)
    assert (window.files.path, window.editor.stack.name) == (path, "dropped")


def test_a_long_message_does_not_widen_the_window(window, qtbot):
    window.resize(900, 600)
    text = "The clipboard can't be pasted: " + "no such kind, " * 60
    window.status.tell(text)
    qtbot.waitUntil(lambda: window.status.told.text().endswith("\N{HORIZONTAL ELLIPSIS}"))
    assert window.status.told.toolTip() == text
    window.panels.messages.tell("file", text, Level.REFUSED)
    assert window.minimumSizeHint().width() < 900


def test_a_bad_file_is_told_above_the_stack(window, tmp_path):
    path = tmp_path / "bad.stack.json"
    path.write_text("{")
    drop(window, path)
    assert "bad.stack.json can't be opened" in window.panels.messages.texts["file"]


def test_a_recent_file_is_opened_from_its_menu(window, tmp_path):
    path = tmp_path / "a.stack.json"
    document.save(Stack(name="recent"), path)
    window.files.load(path)
    window.files.new()
    menu = window.action_table["open_recent"].menu()
    menu.aboutToShow.emit()
    menu.actions()[0].trigger()
    assert window.editor.stack.name == "recent"


def test_without_a_file_an_example_is_opened_and_built(window, bridge):
    window.start(None)
    assert list(window.editor.stack.layers())
    assert bridge.builds == [window.editor.stack]
    assert not window.isWindowModified()


def test_a_file_that_was_asked_for_but_is_bad_leaves_an_empty_stack(window, tmp_path):
    window.start(tmp_path / "missing.stack.json")
    assert window.editor.stack == Stack()
    assert "missing.stack.json can't be opened" in window.panels.messages.texts["file"]


# Recovery


def _leave(folders, name, stack, file=None):
    document.save(stack, folders.autosaved() / f"{name}.stack.json")
    (folders.autosaved() / f"{name}.origin.json").write_text(json.dumps({"file": file}))


def test_a_lost_stack_is_recovered_as_unsaved_work(window, own_folders, tmp_path, qtbot):
    lost = Stack(name="lost", nodes=(new_node("dense"),))
    _leave(own_folders, "1-1", lost, str(tmp_path / "lost.stack.json"))
    window.start(None)
    dialog = window.findChild(RecoveryDialog)
    assert "lost.stack.json" in dialog.list.item(0).text()
    assert "dense" in dialog.list.item(0).text()
    qtbot.keyClick(dialog, Qt.Key.Key_Return)
    assert window.editor.stack == lost
    assert window.isWindowModified()
    assert window.files.path == tmp_path / "lost.stack.json"
    assert orphans(own_folders) == []
    (kept,) = own_folders.autosaved().glob("*.stack.json")
    assert document.load(kept) == lost


def test_lost_stacks_can_be_discarded_or_left(window, own_folders, qtbot):
    for number in (1, 2):
        _leave(own_folders, f"{number}-1", Stack(name=f"lost {number}"))
    window.start(None)
    dialog = window.findChild(RecoveryDialog)
    assert dialog.list.count() == 2
    dialog.discard_button.click()
    assert len(orphans(own_folders)) == 1
    qtbot.keyClick(dialog, Qt.Key.Key_Escape)
    assert len(orphans(own_folders)) == 1
    assert list(window.editor.stack.layers()), "the example is opened where nothing is recovered"


def test_a_lost_stack_that_is_damaged_is_said_and_stays(window, own_folders):
    _leave(own_folders, "1-1", Stack())
    (own_folders.autosaved() / "1-1.stack.json").write_text("{")
    window.start(None)
    dialog = window.findChild(RecoveryDialog)
    assert "can't be read" in dialog.list.item(0).text()
    dialog.recover_button.click()
    assert "can't be recovered" in window.panels.messages.texts["file"]
    assert len(orphans(own_folders)) == 1


# The window itself


def test_find_variable_goes_to_the_search(window, qtbot):
    window.panels.tabs.setCurrentIndex(2)
    qtbot.keyClick(window, Qt.Key.Key_F, Qt.KeyboardModifier.ControlModifier)
    qtbot.waitUntil(window.panels.variables.search.hasFocus)
    assert window.panels.variables.isVisible()


def test_delete_in_another_view_deletes_no_layer(window, qtbot):
    _edit(window)
    window.editor.select((window.editor.stack.nodes[0].id,))
    window.panels.variables.search.setFocus()
    qtbot.keyClick(window.panels.variables.search, Qt.Key.Key_Delete)
    assert window.editor.stack.nodes
    window.panels.stack_view.setFocus()
    qtbot.keyClick(QApplication.focusWidget(), Qt.Key.Key_Delete)
    assert not window.editor.stack.nodes


def test_colours_are_chosen_and_kept(window, settings):
    window.action_table["theme_dark"].trigger()
    assert theme.current().dark
    assert settings.get(THEME) is theme.Scheme.DARK
    assert not window.action_table["theme_system"].isChecked()
    window.action_table["theme_light"].trigger()
    assert not theme.current().dark


def test_the_layout_is_kept_and_can_be_reset(window, own_folders, qtbot):
    # The screen of the platform without one has 800 x 800 pixels.
    window.resize(790, 700)
    results = window.panels.results
    qtbot.waitUntil(lambda: sum(results.sizes()) < 790)
    first = results.sizes()
    results.setSizes([100, 900])
    moved = results.sizes()
    assert moved != first
    window.panels.save_layout(own_folders)
    results.setSizes([900, 100])
    window.panels.restore_layout(own_folders)
    assert results.sizes() == pytest.approx(moved, abs=2)
    window.action_table["show_palette"].trigger()
    assert not window.panels.palette_panel.isVisible()
    window.action_table["reset_layout"].trigger()
    qtbot.waitUntil(lambda: results.sizes() == pytest.approx(first, abs=2))
    assert window.panels.palette_panel.isVisible()
    assert window.action_table["show_palette"].isChecked()


def test_a_layout_of_another_version_is_not_taken(window, own_folders):
    own_folders.layout_file().write_text("[General]\nversion=99\nlower=nonsense\n")
    window.panels.restore_layout(own_folders)
    assert min(window.panels.results.sizes()) > 100


def test_about_tells_the_versions(window, bridge, dialogs):
    bridge.load("/device:CPU:0")
    window.action_table["about"].trigger()
    (dialog,) = dialogs.opened
    assert isinstance(dialog, AboutDialog)
    assert "2.21.0" in dialog.label.text()


def test_all_shortcuts_are_listed(window, dialogs, qtbot):
    qtbot.keyClick(window, Qt.Key.Key_F1)
    (dialog,) = dialogs.opened
    assert isinstance(dialog, ShortcutList)
    found = dialog.list.findItems("Build", Qt.MatchFlag.MatchRecursive | Qt.MatchFlag.MatchExactly)
    assert "F5" in [item.text(1) for item in found]


def test_a_summary_that_ends_leaves_the_status_quiet(window, bridge):
    bridge.load("/device:CPU:0")
    bridge.begin(Summarize(()))
    assert window.status.busy
    bridge.fail("no such variable")
    assert not window.status.busy
