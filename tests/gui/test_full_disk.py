"""A disk that is full: a sentence at the top of the window, and what was there stays whole."""

from core import commands, document
from core.processes import owner
from gui.autosave import Autosave
from tests.gui.stacks import STACK
from tests.small_disks import fill, small_disk

_SIZE = 256 * 1024
_FULL = "No space left on device"


def _rename(editor, name):
    """Make an edit whose stack takes more room than a full disk may still have in a block."""
    editor.do(commands.configure(editor.stack, "Rename", name=name * 20_000))


def test_a_stack_file_stays_whole(window, editor, tmp_path):
    folder = tmp_path / "disk"
    folder.mkdir()
    with small_disk(folder, _SIZE) as disk:
        path = disk / "a.stack.json"
        document.save(STACK, path)
        fill(disk)
        window.files.load(path)
        _rename(editor, "x")
        window.files.save()
        texts = window.panels.messages.texts
        assert texts["file"] == f"a.stack.json can't be written: {_FULL}"
        assert window.isWindowModified()
        assert document.load(path) == STACK
        assert sorted(found.name for found in disk.iterdir()) == ["a.stack.json", "filler"]


def test_a_stack_that_can_not_be_kept_from_a_crash_is_told_until_it_can(
    window, editor, own_folders
):
    window.files.load_example()
    with small_disk(own_folders.autosaved(), _SIZE) as disk:
        _rename(editor, "x")
        window.autosave.write()
        kept = editor.stack
        filler = fill(disk)
        _rename(editor, "y")
        window.autosave.write()
        assert window.panels.messages.texts["autosave"] == (
            f"A crash would cost the changes to this stack, which can't be kept in {disk}: {_FULL}"
        )
        assert document.load(disk / f"{owner()}.stack.json") == kept
        assert not [found for found in disk.iterdir() if found.name.startswith(".")]
        filler.unlink()
        window.autosave.write()
        assert "autosave" not in window.panels.messages.texts
        assert document.load(disk / f"{owner()}.stack.json") == editor.stack


def test_a_folder_that_is_full_from_the_start_is_told(editor, own_folders, caplog):
    autosave = Autosave(editor, own_folders)
    told = []
    autosave.failed.connect(told.append)
    with small_disk(own_folders.autosaved(), _SIZE) as disk:
        fill(disk)
        _rename(editor, "x")
        autosave.write()
        assert [_FULL in sentence for sentence in told] == [True]
        assert [found.name for found in disk.iterdir()] == ["filler"]
    assert "can't be saved for recovery" in caplog.text
    autosave.end()
