import json
import os
import subprocess
import sys

import psutil
import pytest

from core import document
from core.commands import insert, new_node
from core.processes import is_orphan, owner
from core.stack import Place, Stack
from gui.autosave import Autosave, orphans

_DEAD = "1-1"


@pytest.fixture
def autosave(editor, own_folders):
    found = Autosave(editor, own_folders)
    yield found
    found.end()


def _files(folders):
    return sorted(file.name for file in folders.autosaved().iterdir())


def _add(editor, kind="dense"):
    editor.do(insert(editor.stack, Place(None, len(editor.stack.nodes)), (new_node(kind),)))


def _leave(folders, stack, name=_DEAD, file=None):
    """Leave what a dead process would."""
    document.save(stack, folders.autosaved() / f"{name}.stack.json")
    origin = folders.autosaved() / f"{name}.origin.json"
    origin.write_text(json.dumps({"file": file}))


def test_an_edit_is_on_disk_within_a_second(qtbot, editor, own_folders, autosave):
    _add(editor)
    qtbot.waitUntil(lambda: len(_files(own_folders)) == 2, timeout=1000)
    file = own_folders.autosaved() / f"{owner()}.stack.json"
    assert document.load(file) == editor.stack


def test_edits_that_do_not_stop_do_not_put_the_writing_off(qtbot, editor, own_folders, autosave):
    def edit_until_written():
        _add(editor)
        return len(_files(own_folders)) == 2

    qtbot.waitUntil(edit_until_written, timeout=1000)
    assert len(editor.stack.nodes) > 2


def test_a_stack_that_is_in_its_file_is_not_kept_twice(qtbot, editor, own_folders, autosave):
    _add(editor)
    autosave.write()
    assert _files(own_folders)
    editor.undo_stack.setClean()
    assert not _files(own_folders)
    autosave.write()
    assert not _files(own_folders)


def test_undoing_everything_leaves_nothing_to_recover(editor, own_folders, autosave):
    _add(editor)
    autosave.write()
    editor.undo_stack.undo()
    assert not _files(own_folders)


def test_a_clean_end_leaves_nothing(editor, own_folders):
    autosave = Autosave(editor, own_folders)
    _add(editor)
    autosave.write()
    autosave.end()
    assert not _files(own_folders)


def test_what_a_dead_window_left_is_offered_with_its_file(own_folders):
    _leave(own_folders, Stack(name="lost"), file="/home/x/model.stack.json")
    (found,) = orphans(own_folders)
    assert found.load().name == "lost"
    assert (found.title, str(found.belongs_to)) == ("model.stack.json", "/home/x/model.stack.json")
    found.discard()
    assert not _files(own_folders)


def test_a_running_window_s_stack_is_not_offered(own_folders):
    _leave(own_folders, Stack(), name=owner())
    program = (
        "import sys; sys.path.insert(0, '.'); from core import processes as p; print(p.owner())"
    )
    with subprocess.Popen(
        [sys.executable, "-c", program + "; sys.stdout.flush(); input()"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as other:
        name = other.stdout.readline().strip()
        _leave(own_folders, Stack(), name=name)
        assert orphans(own_folders) == []
        other.kill()
        other.wait()
        assert [found.file.name for found in orphans(own_folders)] == [f"{name}.stack.json"]


def test_a_process_that_took_over_the_number_of_a_dead_one_is_another(own_folders):
    pid, started = owner().split("-")
    earlier = f"{pid}-{int(started) - 3_600_000}"
    _leave(own_folders, Stack(), name=earlier)
    assert [found.file.name for found in orphans(own_folders)] == [f"{earlier}.stack.json"]


def test_scraps_of_dead_windows_are_taken_away_and_strange_files_are_not(own_folders):
    folder = own_folders.autosaved()
    for name in (f".{_DEAD}.stack.json.x1y2", f"{_DEAD}.origin.json", "notes.txt"):
        (folder / name).write_text("{")
    (folder / f".{owner()}.stack.json.x1y2").write_text("{")
    assert orphans(own_folders) == []
    assert _files(own_folders) == [f".{owner()}.stack.json.x1y2", "notes.txt"]


def test_a_broken_origin_costs_only_the_name(own_folders):
    for text in ("", "[]", "{}", '{"file": 3}'):
        _leave(own_folders, Stack(name="kept"))
        (own_folders.autosaved() / f"{_DEAD}.origin.json").write_text(text)
        (found,) = orphans(own_folders)
        assert (found.belongs_to, found.load().name) == (None, "kept")


def test_a_full_disk_is_logged_and_no_more(editor, own_folders, autosave, monkeypatch, caplog):
    def refuse(stack, path, indent):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(document, "save", refuse)
    _add(editor)
    autosave.write()
    assert "can't be saved for recovery" in caplog.text


def test_a_file_of_no_process_is_no_orphan(tmp_path):
    assert not is_orphan(tmp_path / "settings.ini")
    assert not is_orphan(tmp_path / f"{owner()}.stack.json")
    assert is_orphan(tmp_path / f"{os.getpid()}-12.stack.json")


def test_a_killed_process_that_nobody_has_waited_for_is_dead(tmp_path, qtbot):
    process = subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE)
    started = round(psutil.Process(process.pid).create_time() * 1000)
    file = tmp_path / f"{process.pid}-{started}.stack.json"
    assert not is_orphan(file)
    process.kill()
    qtbot.waitUntil(lambda: is_orphan(file))
    process.communicate()
