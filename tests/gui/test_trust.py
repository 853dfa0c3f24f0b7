"""Code from elsewhere: nobody is asked to run it before a person says yes, once for each text."""

import json

import pytest
from PySide6.QtCore import QMimeData, QObject, QPointF, Qt, QUrl, Signal
from PySide6.QtGui import QDropEvent, QGuiApplication
from PySide6.QtWidgets import QApplication, QWidget

from core import document
from core.built import Refusal
from core.commands import insert, new_node
from core.custom_code import FIRST_CODE, digest, digests
from core.parcel import Parcel
from core.stack import Layer, Place, Stack
from gui import files, trust
from gui.autosave import orphans
from gui.code_review import CodeReview
from gui.editor import Editor
from gui.stack_mime import pack
from gui.trust import Trust
from tests.gui.fakes import FakeDialogs
from tests.gui.stacks import variable

ONE = 'def one(x):\n    return x * get_variable("w", [4])\n'
TWO = "def two(x):\n    return x + 1\n"


def custom(node_id, code, name=None):
    return Layer(node_id, "custom", name, "get_variable", arguments={"code": code})


def stack(*codes, name="elsewhere"):
    first = Layer("i", "input", "x", arguments={"shape": (None, 4)})
    layers = (custom(f"c{at}", code, f"mine{at}") for at, code in enumerate(codes))
    return Stack(nodes=(first, *layers), name=name)


@pytest.fixture
def write(tmp_path):
    """Write a stack file that holds code; return its path."""

    def written(*codes, name="elsewhere"):
        path = tmp_path / f"{name}.stack.json"
        document.save(stack(*codes, name=name), path)
        return path

    return written


@pytest.fixture
def reviews(dialogs):
    """The reviews that were opened so far."""
    return lambda: [found for found in dialogs.opened if isinstance(found, CodeReview)]


class _Plot(QObject):
    """Takes what the real plot takes."""

    bins_asked = Signal(object)
    cut_asked = Signal(str, object)

    def set_weights(self, weights):
        pass


def message(window):
    return window.panels.messages.texts.get("code", "")


def click_review(window):
    window.panels.messages._messages["code"].button.click()


# Opening


def test_opening_a_file_asks_and_runs_nothing(window, bridge, write, reviews):
    window.files.load(write(ONE, TWO, ONE))
    (review,) = reviews()
    assert review.isVisible()
    assert dict(review.codes) == {ONE: ["mine0", "mine2"], TWO: ["mine1"]}
    assert message(window) == "This stack holds code of its own that was not run: 2 functions."
    assert bridge.builds == [window.editor.stack]
    assert bridge.trusted == [frozenset()]
    review.reject()


def test_yes_builds_with_it_and_is_remembered(window, bridge, write, reviews):
    path = write(ONE, TWO)
    window.files.load(path)
    reviews()[0].run_button.click()
    assert bridge.builds[-1] == window.editor.stack
    assert bridge.trusted[-1] == digests(window.editor.stack)
    assert len(bridge.trusted[-1]) == 2
    assert message(window) == ""
    window.files.load(path)
    assert len(reviews()) == 1
    assert bridge.trusted[-1] == digests(window.editor.stack)


def test_summaries_and_exports_go_with_it_too(window, bridge, write, reviews, dialogs, tmp_path):
    window.files.load(write(ONE))
    reviews()[0].run_button.click()
    window.plotting.set_plot(_Plot())
    window.plotting.select(("mine0/w",))
    bridge.finish(variables=(variable("mine0/w", "c0"),))
    assert bridge.summaries == [("mine0/w",)]
    assert bridge.trusted[-1] == {digest(ONE)}
    dialogs.chosen = tmp_path / "m"
    window.action_table["export_checkpoint"].trigger()
    assert len(bridge.exports) == 1
    assert bridge.trusted[-1] == {digest(ONE)}


def test_before_the_answer_no_request_has_it(window, bridge, write, reviews, tmp_path, dialogs):
    window.files.load(write(ONE))
    window.plotting.set_plot(_Plot())
    window.plotting.select(("mine0/w",))
    dialogs.chosen = tmp_path / "m"
    window.action_table["build"].trigger()
    window.action_table["draw_again"].trigger()
    bridge.finish(variables=(variable("mine0/w", "c0"),))
    window.action_table["export_checkpoint"].trigger()
    assert (len(bridge.builds), len(bridge.summaries), len(bridge.exports)) == (3, 1, 1)
    assert set(bridge.trusted) == {frozenset()}
    reviews()[0].reject()


@pytest.mark.parametrize("key", [Qt.Key.Key_Escape, Qt.Key.Key_Return])
def test_escape_and_enter_do_not_run_it(window, bridge, write, reviews, qtbot, key):
    window.files.load(write(ONE))
    (review,) = reviews()
    qtbot.waitUntil(review.isActiveWindow)
    qtbot.keyClick(QApplication.focusWidget(), key)
    assert not review.isVisible()
    assert set(bridge.trusted) == {frozenset()}
    assert message(window) == "This stack holds code of its own that was not run: 1 function."


def test_after_no_the_same_text_is_not_asked_about_but_can_be_reviewed(
    window, bridge, write, reviews, own_folders
):
    path = write(ONE)
    window.files.load(path)
    reviews()[0].reject()
    window.files.load(path)
    assert len(reviews()) == 1
    click_review(window)
    assert message(window) == ""
    reviews()[1].reject()
    assert message(window), "the way to it must not be lost"
    click_review(window)
    reviews()[2].run_button.click()
    assert bridge.trusted[-1] == {digest(ONE)}
    assert message(window) == ""


def test_other_text_is_asked_about(window, bridge, write, reviews):
    window.files.load(write(ONE))
    reviews()[0].run_button.click()
    window.files.load(write(ONE, TWO + "\n"))
    assert list(reviews()[1].codes) == [TWO + "\n"]
    assert bridge.trusted[-1] == {digest(ONE)}
    reviews()[1].reject()


def test_a_stack_without_code_takes_the_message_away(window, write, reviews):
    window.files.load(write(ONE))
    reviews()[0].reject()
    window.files.load(write(name="plain"))
    assert message(window) == ""
    assert len(reviews()) == 1


def test_a_review_goes_with_the_stack_it_is_about(window, bridge, write, reviews, qtbot):
    window.files.load(write(ONE))
    window.files.load(write(TWO, name="other"))
    first, second = reviews()
    assert not first.isVisible()
    assert second.isVisible()
    second.reject()
    window.files.load(write(ONE))
    assert len(reviews()) == 3, "it was closed without an answer"
    reviews()[2].reject()


def test_a_dropped_file_is_asked_about(window, bridge, write, reviews):
    mime = QMimeData()
    mime.setUrls([QUrl.fromLocalFile(str(write(ONE)))])
    event = QDropEvent(
        QPointF(200, 200),
        Qt.DropAction.CopyAction,
        mime,
        Qt.MouseButton.LeftButton,
        Qt.KeyboardModifier.NoModifier,
    )
    window.dropEvent(event)
    assert len(reviews()) == 1
    assert set(bridge.trusted) == {frozenset()}
    reviews()[0].reject()


def _leave_behind(own_folders, *codes):
    """Leave what a window leaves that did not end; return the orphan."""
    folder = own_folders.autosaved()
    document.save(stack(*codes), folder / "99999999-1.stack.json")
    (orphan,) = orphans(own_folders)
    return orphan


def test_recovered_work_is_asked_about_unless_it_is_known(window, own_folders, reviews, bridge):
    window.trust.grant(frozenset({digest(ONE)}))
    window.files.recover(_leave_behind(own_folders, ONE))
    assert not reviews()
    assert bridge.trusted[-1] == {digest(ONE)}
    window.files.recover(_leave_behind(own_folders, ONE, TWO))
    assert list(reviews()[0].codes) == [TWO]
    reviews()[0].reject()


def test_packaged_examples_are_not_asked_about(window, bridge, tmp_path, reviews, monkeypatch):
    path = tmp_path / "ours.stack.json"
    document.save(stack(ONE), path)
    monkeypatch.setattr(files, "_examples", lambda: [path])
    trust._packaged.cache_clear()
    window.files.load_example("ours")
    assert not reviews()
    assert bridge.trusted[-1] == {digest(ONE)}
    trust._packaged.cache_clear()


# Editing


def _paste(window, *nodes):
    QGuiApplication.clipboard().setMimeData(pack(Parcel(nodes), as_text=True))
    window.action_table["paste"].trigger()


def test_pasted_code_is_told_of_and_not_run(window, bridge, reviews, qtbot):
    _paste(window, custom("p", ONE, "pasted"))
    assert message(window) == "This stack holds code of its own that was not run: 1 function."
    assert not reviews(), "only what is opened asks at once"
    qtbot.waitUntil(lambda: len(bridge.builds) == 1)
    assert bridge.trusted == [frozenset()]
    click_review(window)
    reviews()[0].run_button.click()
    assert bridge.trusted[-1] == {digest(ONE)}
    _paste(window, custom("p", ONE, "again"))
    assert message(window) == ""


def test_the_message_follows_undo_and_stays_closed(window, qtbot):
    _paste(window, custom("p", ONE, "pasted"))
    window.action_table["undo"].trigger()
    assert message(window) == ""
    window.action_table["redo"].trigger()
    assert message(window)
    window.panels.messages.clear("code")
    window.action_table["duplicate"].trigger()
    assert message(window) == "", "it was closed, and nothing new came"


def test_a_layer_from_the_palette_is_built_at_once(window, bridge, reviews, qtbot):
    window.action_table["add_custom"].trigger()
    qtbot.waitUntil(lambda: len(bridge.builds) == 1)
    assert bridge.trusted == [{digest(FIRST_CODE)}]
    assert message(window) == ""


def _type(window, qtbot, text):
    """Put text at the end of the selected layer's code, and apply it."""
    form = window.panels.inspector.form
    field = form.fields("Main").fields["code"].editor.field
    QApplication.processEvents()
    field.setFocus()
    qtbot.keyClick(field, Qt.Key.Key_End, Qt.KeyboardModifier.ControlModifier)
    qtbot.keyClicks(field, text)
    qtbot.keyClick(field, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)


def test_what_a_person_types_is_built_without_a_question(window, bridge, reviews, qtbot):
    window.action_table["add_custom"].trigger()
    _type(window, qtbot, "# mine ")
    typed = digest(FIRST_CODE + "# mine ")
    qtbot.waitUntil(lambda: bridge.trusted[-1:] == [{typed}])
    window.action_table["undo"].trigger()
    assert window.trust.of(window.editor.stack) == {digest(FIRST_CODE)}
    window.action_table["redo"].trigger()
    assert window.trust.of(window.editor.stack) == {typed}
    assert message(window) == ""
    assert not reviews()


def test_a_change_to_code_that_was_not_read_is_not_trusted(window, bridge, write, reviews, qtbot):
    window.files.load(write(ONE))
    reviews()[0].reject()
    window.editor.select(("c0",))
    _type(window, qtbot, "# mine ")
    assert window.trust.of(window.editor.stack) == frozenset()
    assert message(window) == "This stack holds code of its own that was not run: 1 function."


# The layer's refusal


def _refuse(window, bridge, error):
    window.building.build()
    bridge.finish(refusal=Refusal("c0", "words", error))
    panel = window.panels.stack_view._panel
    assert panel.isVisible()
    return panel.review_button


def test_the_refusal_leads_to_the_review(window, bridge, write, reviews):
    window.files.load(write(ONE))
    reviews()[0].reject()
    button = _refuse(window, bridge, "UntrustedCodeError")
    button.click()
    assert list(reviews()[1].codes) == [ONE]
    reviews()[1].reject()
    assert not _refuse(window, bridge, "NameError").isVisible()


# The state folder


@pytest.fixture
def start(own_folders, qapp):
    """Start anew: return what knows of trust, its editor and dialogs."""
    windows = []

    def started():
        window, editor, dialogs = QWidget(), Editor(), FakeDialogs()
        windows.append((window, editor))
        return Trust(editor, own_folders, dialogs, window), editor, dialogs

    yield started
    for window, editor in windows:
        window.deleteLater()
        editor.deleteLater()


def test_an_answer_outlives_the_program(start):
    _, editor, dialogs = start()
    editor.open(stack(ONE))
    dialogs.opened[0].accept()
    editor.open(stack(TWO))
    dialogs.opened[1].reject()
    second, editor, dialogs = start()
    editor.open(stack(ONE, TWO))
    assert second.of(editor.stack) == {digest(ONE)}
    assert not dialogs.opened
    editor.open(stack(TWO + " "))
    assert len(dialogs.opened) == 1
    dialogs.opened[0].reject()


def test_two_windows_know_each_other_s_answers(start):
    (one, _, _), (other, editor, dialogs) = start(), start()
    one.grant(frozenset({digest(ONE)}))
    other.grant(frozenset({digest(TWO)}))
    editor.open(stack(ONE, TWO))
    assert not dialogs.opened
    assert other.of(editor.stack) == digests(editor.stack)
    third, _, _ = start()
    assert third.of(editor.stack) == digests(editor.stack)


def test_what_another_window_was_told_meanwhile_is_built(start, qtbot):
    (one, editor, dialogs), (other, _, _) = start(), start()
    editor.open(stack(ONE))
    dialogs.opened[0].reject()
    other.grant(frozenset({digest(ONE)}))
    with qtbot.waitSignal(one.granted):
        one.review()
    assert len(dialogs.opened) == 1


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"{",
        b"\xff\xfe",
        b"[]",
        b'{"trusted": 3, "declined": []}',
        b'{"trusted": ["%s", 5], "declined": []}' % digest(ONE).encode(),
        b'{"trusted": ["abc"], "declined": []}',
        b'{"trusted": ["%s"]}' % digest(ONE).encode(),
        b"[" * 100_000,
    ],
)
def test_a_bad_file_trusts_nothing(start, own_folders, caplog, content):
    own_folders.trust_file().write_bytes(content)
    found, editor, dialogs = start()
    editor.open(stack(ONE))
    assert found.of(editor.stack) == frozenset()
    assert "so no code is trusted" in caplog.text
    dialogs.opened[0].accept()
    assert start()[0].of(editor.stack) == {digest(ONE)}


def test_the_file_holds_digests_alone(start, own_folders):
    start()[0].grant(frozenset({digest(ONE)}))
    stored = json.loads(own_folders.trust_file().read_text())
    assert stored == {"trusted": [digest(ONE)], "declined": []}


def test_a_file_that_cannot_be_written_costs_the_memory_alone(start, own_folders, caplog):
    found, _, _ = start()
    own_folders.trust_file().mkdir()
    found.grant(frozenset({digest(ONE)}))
    assert found.of(stack(ONE)) == {digest(ONE)}
    assert "can't be remembered" in caplog.text


# The dialog


def test_the_review_shows_everything_and_hides_nothing(qtbot):
    hidden = "def f(x):\n    # \u202egnihton\u200b\n    return x\u00a0\n"
    review = CodeReview({ONE: ["a", "b"], hidden: ["c"]})
    qtbot.addWidget(review)
    lines = review.view.toPlainText().splitlines()
    assert lines[0] == "# a, b: 2 lines"
    assert lines[1:3] == ONE.splitlines()
    assert lines[4] == "# c: 3 lines"
    assert lines[6] == "    # \\u{202e}gnihton\\u{200b}"
    assert lines[7] == "    return x\\u{a0}"
    assert review.view.marked == {0, 4}
    assert review.view.isReadOnly()
    assert review.view.lineWrapMode() is review.view.LineWrapMode.WidgetWidth


def test_many_layers_of_one_text_are_counted(qtbot):
    review = CodeReview({ONE: [f"n{at}" for at in range(1200)]})
    qtbot.addWidget(review)
    first = review.view.document().firstBlock().text()
    assert first == "# n0, n1, n2, n3, n4 and 1,195 more: 2 lines"


def test_tab_goes_round_in_the_dialog(qtbot):
    review = CodeReview({ONE: ["a"]})
    qtbot.addWidget(review)
    with qtbot.waitExposed(review):
        review.show()
    review.activateWindow()
    seen = []
    for _ in range(3):
        focused = QApplication.focusWidget()
        seen.append(focused)
        qtbot.keyClick(focused, Qt.Key.Key_Tab)
    assert len(set(seen)) == 3
    assert seen[0].text() == "Don't run"
    assert {review.view, review.run_button} <= set(seen)


def test_inserted_nodes_without_code_ask_nothing(window, reviews):
    window.editor.do(insert(window.editor.stack, Place(None, 0), (new_node("dense"),)))
    assert message(window) == ""
    assert not reviews()
