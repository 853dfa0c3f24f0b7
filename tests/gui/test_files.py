from pathlib import Path

import pytest

from core import document
from core.commands import insert, new_node
from core.stack import Place, Stack
from gui.dialogs import Answer
from gui.files import Files
from gui.settings import RECENT_FILES


@pytest.fixture
def files(editor, settings, dialogs):
    found = Files(editor, settings, dialogs)
    found.sentences = []
    found.refused.connect(found.sentences.append)
    return found


@pytest.fixture
def saved(tmp_path) -> Path:
    """A stack in a file."""
    path = tmp_path / "saved.stack.json"
    document.save(Stack(name="from a file", nodes=(new_node("dense"),)), path)
    return path


def _edit(editor):
    editor.do(insert(editor.stack, Place(None, 0), (new_node("flatten"),)))


def test_a_file_is_opened(files, editor, saved, dialogs):
    dialogs.chosen = saved
    files.open()
    assert (editor.stack.name, files.path) == ("from a file", saved)
    assert editor.undo_stack.isClean()


@pytest.mark.parametrize(
    ("text", "says"),
    [("", "is not JSON"), ('{"format": "layerscope-stack", "version": 9}', "version: must be 1")],
)
def test_a_bad_file_is_one_sentence_and_the_open_stack_stays(
    files, editor, saved, tmp_path, text, says
):
    files.load(saved)
    _edit(editor)
    before = editor.stack
    bad = tmp_path / "bad.stack.json"
    bad.write_text(text)
    assert not files.load(bad)
    (sentence,) = files.sentences
    assert sentence.startswith("bad.stack.json can't be opened: ")
    assert says in sentence
    assert (editor.stack, files.path) == (before, saved)
    assert not editor.undo_stack.isClean()


def test_saving_for_the_first_time_asks_where(files, editor, dialogs, tmp_path):
    _edit(editor)
    dialogs.chosen = tmp_path / "new.stack.json"
    files.save()
    assert document.load(dialogs.chosen) == editor.stack
    assert editor.undo_stack.isClean()
    assert dialogs.proposed[0].name == "untitled.stack.json"
    _edit(editor)
    files.save()
    assert document.load(dialogs.chosen) == editor.stack
    assert len(dialogs.asked) == 1


def test_a_file_that_cannot_be_written_leaves_the_mark(files, editor, dialogs, tmp_path):
    _edit(editor)
    dialogs.chosen = tmp_path / "no such folder" / "new.stack.json"
    files.save()
    assert "can't be written: No such file or directory" in files.sentences[0]
    assert files.path is None
    assert not editor.undo_stack.isClean()


def test_unsaved_work_is_asked_about_and_kept_when_cancelled(files, editor, saved, dialogs):
    _edit(editor)
    before = editor.stack
    for lose in (files.new, files.open, lambda: files.open_path(saved)):
        dialogs.answer = Answer.CANCEL
        lose()
        assert editor.stack == before
    assert dialogs.asked == ["untitled"] * 3


def test_unsaved_work_can_be_given_up(files, editor, saved, dialogs):
    _edit(editor)
    dialogs.answer = Answer.DISCARD
    files.open_path(saved)
    assert editor.stack.name == "from a file"


def test_unsaved_work_is_saved_first(files, editor, saved, dialogs):
    files.load(saved)
    _edit(editor)
    before = editor.stack
    dialogs.answer = Answer.SAVE
    files.new()
    assert document.load(saved) == before
    assert (editor.stack, files.path) == (Stack(), None)


def test_where_saving_first_fails_the_work_stays(files, editor, dialogs, tmp_path):
    _edit(editor)
    before = editor.stack
    dialogs.answer = Answer.SAVE
    dialogs.chosen = tmp_path / "no such folder" / "new.stack.json"
    files.new()
    assert editor.stack == before


def test_the_last_ten_files_that_are_still_there_are_remembered(files, settings, tmp_path):
    paths = [tmp_path / f"{number}.stack.json" for number in range(12)]
    for path in paths:
        document.save(Stack(), path)
        files.load(path)
    assert files.recent_files() == tuple(reversed(paths[2:]))
    paths[5].unlink()
    assert paths[5] not in files.recent_files()
    assert len(settings.get(RECENT_FILES)) == 10


def test_a_file_opened_again_moves_to_the_top(files, saved, tmp_path):
    other = tmp_path / "other.stack.json"
    document.save(Stack(), other)
    for path in (saved, other, saved):
        files.load(path)
    assert files.recent_files() == (saved, other)


def test_a_recent_file_that_became_bad_is_dropped(files, saved):
    files.load(saved)
    saved.write_text("{")
    files.load(saved)
    assert files.recent_files() == ()


def test_an_example_is_a_stack_in_no_file(files, editor):
    assert "lenet" in files.examples()
    files.load_example("lenet")
    assert list(editor.stack.layers())
    assert (files.path, files.title) == (None, editor.stack.name)


def test_an_example_that_is_missing_leaves_an_empty_stack(files, editor):
    files.load_example("no such example")
    assert editor.stack == Stack()
    assert files.untouched
