"""Lessons in the window: asked first, then built, then compared."""

from dataclasses import replace

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QLabel, QPushButton

from core import document
from core.built import Refusal
from core.lesson import Asks, Lesson
from core.lesson_library import packaged_lessons
from core.stack import Stack
from gui import theme
from gui.dialogs import Answer
from gui.lesson_gallery import LessonGallery
from gui.settings import AUTOMATIC_BUILDING
from tests.stacks import dense, features, stack

_LESSON = Lesson("Two layers", "One. Two.", "Which names?", answer="one/kernel, you see.")


def _stack(**changes) -> Stack:
    nodes = features("x"), dense("a", name="one"), dense("b", name="two")
    return stack(*nodes, lesson=replace(_LESSON, **changes))


@pytest.fixture
def panel(window):
    return window.panels.lesson


def _open(window, **changes):
    window.editor.open(_stack(**changes))


def _build(panel, bridge, **changes):
    panel.reader.build_button.click()
    return bridge.finish(**changes)


def _verdict(panel) -> list[str]:
    assert panel.reader.verdict is not None
    return panel.reader.verdict.texts()


def _shown(window) -> list[str]:
    labels = window.panels.lesson.findChildren(QLabel)
    return [label.text() for label in labels if label.isVisible() and label.text()]


# Asking


def test_a_stack_without_a_lesson_has_no_panel(window, panel, bridge):
    window.editor.open(stack(features("x")))
    assert not panel.isVisible()
    assert len(bridge.builds) == 1
    assert not window.action_table["show_lesson"].isEnabled()
    assert not window.action_table["next_lesson"].isEnabled()


def test_nothing_is_built_before_the_answer(window, panel, bridge, qtbot):
    _open(window)
    assert panel.isVisible()
    assert bridge.builds == []
    assert not window.panels.tabs.isVisible()
    assert "Answer first, then build" in [
        label.text() for label in window.panels.findChildren(QLabel) if label.isVisible()
    ]
    assert _shown(window) == ["One. Two.", "Which names?"]
    window.action_table["add_dense"].trigger()
    window.building.draw_again()
    window.building.automatic_building(True)
    assert not window.building._timer.isActive()
    assert bridge.builds == []


def test_the_start_with_a_lesson_waits_for_the_answer(window, bridge, tmp_path):
    path = tmp_path / "a.stack.json"
    document.save(_stack(), path)
    window.start(path)
    assert bridge.builds == []
    assert window.building.held


def test_the_typed_names_are_compared_with_those_built(window, panel, bridge, qtbot):
    _open(window)
    field = QApplication.focusWidget()
    assert panel.reader.field.isAncestorOf(field)
    qtbot.keyClicks(field, "one/kernel")
    qtbot.keyClick(field, Qt.Key.Key_Return)
    qtbot.keyClicks(field, "two/weights")
    qtbot.keyClick(window, Qt.Key.Key_F5)
    assert bridge.builds == [window.editor.stack]
    assert _shown(window) == ["One. Two.", "Which names?", "The answer comes with the build."]
    bridge.finish()
    assert _verdict(panel) == [
        "Not quite.",
        "one/kernel  (as you said)",
        "two/kernel  (not in your answer)",
        "two/weights  (TensorFlow made no such variable)",
    ]
    assert _LESSON.answer in _shown(window)
    assert window.panels.tabs.isVisible()
    assert window.panels.variables.isVisible()


def test_tab_leads_from_the_answer_to_the_buttons(window, panel, qtbot):
    for asks in Asks:
        _open(window, asks=asks, choices=("only",))
        first = QApplication.focusWidget()
        assert first is not None
        assert panel.reader.field.isAncestorOf(first)
        qtbot.keyClick(first, Qt.Key.Key_Tab)
        assert QApplication.focusWidget() is panel.reader.build_button
        qtbot.keyClick(panel.reader.build_button, Qt.Key.Key_Tab)
        assert QApplication.focusWidget() is panel.reader.skip_button


def test_a_right_answer_is_said_to_be_right(window, panel, bridge):
    _open(window)
    panel.reader.field.field.setPlainText("two/kernel:0, one/kernel")
    _build(panel, bridge)
    assert _verdict(panel)[0] == "Right."


def test_skipping_builds_at_once(window, panel, bridge):
    _open(window, asks=Asks.VARIABLES)
    panel.reader.field.field.setText("7")
    panel.reader.skip_button.click()
    bridge.finish()
    assert _verdict(panel) == ["This is what came of it:", "2 variables"]


def test_a_number_is_compared(window, panel, bridge, qtbot):
    _open(window, asks=Asks.PARAMETERS)
    qtbot.keyClicks(panel.reader.field.field, "22x0")
    qtbot.keyClick(panel.reader.field.field, Qt.Key.Key_Return)
    bridge.finish()
    assert _verdict(panel) == ["Right.", "220 parameters"]


def test_a_refusal_is_chosen_from_the_layers(window, panel, bridge):
    _open(window, asks=Asks.REFUSAL)
    box = panel.reader.field.field
    texts = [box.itemText(row) for row in range(box.count())]
    assert texts[0] == "Choose..."
    assert texts[-1] == "3. two (dense)"
    box.setCurrentIndex(1)
    window.action_table["add_flatten"].trigger()
    assert box.currentIndex() == 1
    assert box.itemText(box.count() - 1) == "4. flatten (unnamed)"
    _build(panel, bridge, refusal=Refusal("b", "no", "ValueError"))
    assert _verdict(panel) == [
        "Not quite.",
        "TensorFlow refuses 3. two (dense)",
        "none: all of it is built  (you said)",
    ]


def test_a_choice_is_marked(window, panel, bridge, qtbot):
    _open(window, asks=Asks.CHOICE, choices=("first", "a <b>second</b> & more"), right=1)
    label = next(found for found in panel.findChildren(QLabel) if found.text() == "first")
    qtbot.mouseClick(label, Qt.MouseButton.LeftButton)
    assert panel.reader.field.buttons()[0].isChecked()
    _build(panel, bridge)
    assert _verdict(panel) == [
        "Not quite.",
        "first  (you said)",
        "a <b>second</b> & more  (is right)",
    ]
    texts = [found for found in panel.findChildren(QLabel) if "<b>" in found.text()]
    assert all(found.textFormat() is Qt.TextFormat.PlainText for found in texts)


def test_later_builds_leave_the_comparison_as_it_was(window, panel, bridge):
    _open(window)
    panel.reader.field.field.setPlainText("one/kernel two/kernel")
    _build(panel, bridge)
    window.action_table["add_dense"].trigger()
    window.building.build()
    bridge.finish()
    assert _verdict(panel)[0] == "Right."


def test_a_question_can_be_asked_again(window, panel, bridge):
    _open(window)
    _build(panel, bridge)
    panel.reader.again_button.click()
    assert window.building.held
    assert window.building.built is None
    assert panel.reader.field.said is None
    assert not window.panels.tabs.isVisible()
    panel.reader.field.field.setPlainText("one/kernel two/kernel")
    _build(panel, bridge)
    assert _verdict(panel)[0] == "Right."


def test_a_late_build_does_not_answer_a_question_asked_again(window, panel, bridge):
    _open(window)
    _build(panel, bridge)
    window.building.build()
    panel.reader.again_button.click()
    bridge.finish()
    assert window.building.built is None
    assert panel.reader.verdict is None


def test_what_is_no_longer_built_automatically_is_built_for_an_answer(
    window, panel, bridge, settings
):
    window.building.automatic_building(False)
    assert settings.get(AUTOMATIC_BUILDING) is False
    _open(window)
    panel.close_button.click()
    assert bridge.builds == []
    panel.set_shown(True)
    panel.reader.again_button.click()
    _build(panel, bridge)
    assert len(bridge.builds) == 1


def test_closing_the_panel_gives_up_the_question(window, panel, bridge):
    show = window.action_table["show_lesson"]
    _open(window)
    assert show.isChecked()
    panel.close_button.click()
    assert not panel.isVisible()
    assert not show.isChecked()
    assert len(bridge.builds) == 1
    bridge.finish()
    show.trigger()
    assert panel.isVisible()
    assert _LESSON.answer in _shown(window)


def test_the_panel_gives_its_room_back(window, panel):
    rows = window.panels._splitters["rows"]
    window.editor.open(stack(features("x")))
    before = rows.sizes()
    _open(window)
    assert rows.sizes()[0] > before[0]
    window.editor.open(stack(features("x")))
    assert rows.sizes() == before


def test_the_panel_collapses_and_a_new_lesson_opens_it(window, panel):
    _open(window)
    panel.heading.click()
    assert not panel.reader.isVisible()
    assert panel.heading.isVisible()
    _open(window, title="Another & more")
    assert panel.reader.isVisible()
    assert panel.heading.text() == "Another && more"


def test_the_state_of_answering_is_no_edit(window, panel, bridge):
    _open(window)
    before = window.editor.stack
    panel.reader.field.field.setPlainText("one/kernel")
    _build(panel, bridge)
    assert window.editor.stack == before
    assert window.editor.undo_stack.isClean()


def test_another_stack_ends_the_question(window, panel, bridge):
    _open(window)
    window.files.new()
    assert not window.building.held
    assert not panel.isVisible()
    assert window.panels.tabs.isVisible()
    assert len(bridge.builds) == 1


def test_long_texts_wrap_and_are_seen_whole(window, panel, bridge, qtbot):
    window.resize(1280, 800)
    _open(window, intro="Many words stand here. " * 12, question="Why is that so? " * 12)
    labels = panel.reader.intro, panel.reader.question
    qtbot.waitUntil(
        lambda: all(label.height() >= label.heightForWidth(label.width()) for label in labels),
        timeout=1000,
    )
    for label in labels:
        assert label.height() > 2 * label.fontMetrics().lineSpacing()
        assert label.width() < 100 * label.fontMetrics().averageCharWidth()
    assert panel.width() <= window.panels.stack_view.width()


@pytest.mark.parametrize("scheme", [theme.Scheme.DARK, theme.Scheme.LIGHT])
def test_the_comparison_follows_the_colours(window, panel, bridge, scheme):
    _open(window)
    panel.reader.field.field.setPlainText("one/kernel")
    _build(panel, bridge)
    before = _verdict(panel)
    theme.current().use(scheme)
    assert _verdict(panel) == before
    label = next(v for v in panel.reader.verdict.findChildren(QLabel) if "as you" in v.text())
    assert label.palette().windowText().color() == theme.colours().created


# The gallery and the course


def test_the_gallery_lists_all_lessons_and_opens_one(window, dialogs, qtbot):
    window.action_table["lessons"].trigger()
    (gallery,) = dialogs.opened
    assert isinstance(gallery, LessonGallery)
    assert len(gallery.titles()) == len(packaged_lessons()) >= 20
    qtbot.keyClicks(gallery.search, "separable")
    assert gallery.titles() == ["4. A convolution in two steps"]
    assert "mixes the channels" in gallery.preview.text()
    qtbot.keyClick(gallery.search, Qt.Key.Key_Return)
    assert window.editor.stack == packaged_lessons()[3]
    assert window.files.path is None
    assert window.building.held
    assert window.editor.undo_stack.isClean()


def test_the_gallery_opens_nothing_where_nothing_fits(window, dialogs, qtbot):
    window.action_table["lessons"].trigger()
    (gallery,) = dialogs.opened
    qtbot.keyClicks(gallery.search, "no lesson is about this")
    assert gallery.titles() == []
    labels = [label.text() for label in gallery.findChildren(QLabel) if label.isVisible()]
    assert "No lesson has these words" in labels
    assert not gallery.open_button.isEnabled()
    qtbot.keyClick(gallery.search, Qt.Key.Key_Return)
    assert gallery.isVisible()
    assert window.files.untouched
    gallery.reject()


def test_the_gallery_starts_at_the_open_lesson(window, dialogs, qtbot):
    window.editor.open(packaged_lessons()[6])
    window.action_table["lessons"].trigger()
    (gallery,) = dialogs.opened
    assert gallery.list.currentItem().text(0).startswith("7. ")
    qtbot.keyClick(gallery.search, Qt.Key.Key_Down)
    gallery.list.itemActivated.emit(gallery.list.currentItem(), 0)
    assert window.editor.stack == packaged_lessons()[7]


def test_unsaved_work_is_asked_about_before_a_lesson(window, dialogs):
    window.editor.open(packaged_lessons()[0])
    window.action_table["add_dense"].trigger()
    dialogs.answer = Answer.CANCEL
    window.panels.lesson.next_button.click()
    assert window.editor.stack.lesson == packaged_lessons()[0].lesson
    dialogs.answer = Answer.DISCARD
    window.panels.lesson.next_button.click()
    assert window.editor.stack == packaged_lessons()[1]


def test_the_course_goes_from_the_first_to_the_last(window, panel):
    stacks = packaged_lessons()
    window.editor.open(stacks[0])
    for expected in stacks[1:]:
        assert window.action_table["next_lesson"].isEnabled()
        panel.next_button.click()
        assert window.editor.stack == expected
        assert panel.reader.field is not None
    assert not panel.next_button.isVisible()
    assert not window.action_table["next_lesson"].isEnabled()


# Writing


def _type(qtbot, field, text):
    field.setFocus()
    qtbot.keyClicks(field, text)


def test_a_teacher_writes_a_lesson_and_sends_one_file(
    window, panel, bridge, dialogs, qtbot, tmp_path
):
    window.editor.open(replace(_stack(), lesson=None, name="mine"))
    bridge.finish()
    window.action_table["write_lesson"].trigger()
    form = panel.form
    assert form.isVisible()
    assert form.texts["title"].text() == "mine"
    assert window.panels.tabs.isVisible()
    for name, text in (
        ("intro", "It starts. It ends."),
        ("question", "Which one?"),
        ("answer", "The second, one/kernel."),
        ("thread", "owner/project#1"),
    ):
        _type(qtbot, form.texts[name], text)
    form.asks.setFocus()
    for _ in range(4):
        qtbot.keyClick(form.asks, Qt.Key.Key_Down)
    _type(qtbot, form.choices, "first")
    qtbot.keyClick(form.choices, Qt.Key.Key_Return)
    qtbot.keyClicks(form.choices, "second ")
    assert form.choices.text == "first\nsecond "
    qtbot.keyClick(form.right, Qt.Key.Key_Down)
    expected = Lesson(
        "mine",
        "It starts. It ends.",
        "Which one?",
        Asks.CHOICE,
        ("first", "second"),
        1,
        "The second, one/kernel.",
        "owner/project#1",
    )
    assert window.editor.stack.lesson == expected
    assert type(window.editor.stack.lesson.asks) is Asks
    assert len(bridge.builds) == 1
    dialogs.chosen = tmp_path / "mine.stack.json"
    window.files.save()
    assert document.load(dialogs.chosen) == window.editor.stack
    window.files.load(dialogs.chosen)
    assert window.building.held
    assert len(panel.reader.field.buttons()) == 2


def test_writing_can_be_undone_from_within_a_field(window, panel, bridge, qtbot):
    _open(window)
    _build(panel, bridge)
    panel.write_button.click()
    intro = panel.form.texts["intro"]
    _type(qtbot, intro, "New. ")
    assert window.editor.stack.lesson.intro == "New. One. Two."
    assert window.isWindowModified()
    assert window.action_table["undo"].text() == "Undo Change lesson intro"
    qtbot.keyClick(intro, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    assert window.editor.stack.lesson == _LESSON
    assert intro.text == "One. Two."
    qtbot.keyClick(intro, Qt.Key.Key_Y, Qt.KeyboardModifier.ControlModifier)
    assert intro.text == "New. One. Two."


def test_a_new_lesson_can_be_undone_and_removed(window, panel, bridge):
    window.editor.open(replace(_stack(), lesson=None))
    bridge.finish()
    window.action_table["write_lesson"].trigger()
    assert window.editor.stack.lesson is not None
    window.action_table["undo"].trigger()
    assert window.editor.stack.lesson is None
    assert not panel.isVisible()
    window.action_table["redo"].trigger()
    assert panel.isVisible()
    panel.form.remove_button.click()
    assert window.editor.stack.lesson is None
    window.action_table["undo"].trigger()
    assert window.editor.stack.lesson is not None


def test_a_lesson_is_tried_as_its_reader_sees_it(window, panel, bridge):
    _open(window)
    _build(panel, bridge)
    panel.write_button.click()
    panel.form.try_button.click()
    assert window.building.held
    assert panel.reader.isVisible()
    assert not panel.writing
    panel.write_button.click()
    assert not window.building.held
    assert panel.form.isVisible()
    assert len(bridge.builds) == 2


def test_writing_an_open_question_ends_it(window, panel, bridge):
    _open(window)
    window.action_table["write_lesson"].trigger()
    assert not window.building.held
    assert len(bridge.builds) == 1
    bridge.finish()
    panel.write_button.click()
    assert _verdict(panel)[0] == "This is what came of it:"


def test_a_changed_lesson_is_shown_with_what_was_built(window, panel, bridge, qtbot):
    _open(window)
    _build(panel, bridge)
    panel.write_button.click()
    _type(qtbot, panel.form.texts["answer"], "Look: ")
    panel.write_button.click()
    assert "Look: one/kernel, you see." in _shown(window)
    assert len(bridge.builds) == 1
    assert not window.building.out_of_date


def test_an_answer_that_goes_takes_the_right_one_along(window, panel, bridge):
    _open(window, asks=Asks.CHOICE, choices=("a", "b"), right=1)
    panel.write_button.click()
    panel.form.choices.setPlainText("a")
    lesson = window.editor.stack.lesson
    assert (lesson.choices, lesson.right) == (("a",), 0)
    panel.form.choices.setPlainText("\n".join(map(str, range(12))))
    assert len(window.editor.stack.lesson.choices) == 10


def test_what_is_too_long_for_a_file_is_cut(window, panel):
    _open(window)
    panel.write_button.click()
    panel.form.texts["intro"].setPlainText("x" * 5000)
    lesson = window.editor.stack.lesson
    assert len(lesson.intro) == 4000
    assert document.loads(document.dumps(window.editor.stack)).lesson == lesson


def test_removing_a_lesson_ends_its_question(window, panel, bridge):
    _open(window)
    panel.write_button.click()
    panel.form.texts["title"].setText("x")
    panel.form.texts["title"].textEdited.emit("x")
    panel.form.try_button.click()
    assert window.building.held
    window.editor.undo_stack.undo()
    assert window.building.held
    assert panel.reader.field.isVisible()
    assert panel.reader.build_button.isVisible()
    panel.form.remove_button.click()
    assert not window.building.held
    assert not panel.isVisible()


def test_each_button_of_the_panel_has_a_name(window, panel):
    _open(window)
    buttons = [panel.heading, panel.write_button, panel.close_button, panel.next_button]
    assert all(found.accessibleName() or found.text() for found in buttons)
    assert all(found.text() for found in panel.findChildren(QPushButton))
