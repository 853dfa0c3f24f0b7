"""Files, written whole or not at all."""

import contextlib
import os
import re
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

from core.processes import is_orphan, machine, owner

# What is being written beside its place: a part of its name, the machine, the process, chance.
_SCRAP = re.compile(r"\..*\.(?P<machine>[0-9a-f]{8})\.(?P<owner>\d+-\d+)\.\w{8}")
_MOST_OF_A_NAME = 40


def write_text(path: Path, text: str) -> None:
    """Write a file beside its place and move it there; it keeps its access rights.

    Raises:
        OSError: It can't be written; what stood there is as it was.
    """
    with written_whole(path) as file:
        file.write(text.encode("utf-8"))


@contextlib.contextmanager
def written_whole(path: Path) -> Iterator[BinaryIO]:
    """Give a file beside a path to write to; it is moved there unless there is an error.

    Raises:
        OSError: It can't be written; what stood there is as it was.
    """
    with named_whole(path) as scrap, scrap.open("wb") as file:
        yield file


@contextlib.contextmanager
def named_whole(path: Path) -> Iterator[Path]:
    """Give the path of a file to write, for those who open it themselves; as `written_whole`."""
    remove_orphans(path.parent)
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=_scrap_prefix(path))
    scrap = Path(name)
    try:
        try:
            yield scrap
            os.fsync(handle)
        finally:
            os.close(handle)
        scrap.chmod(_mode(path))
        scrap.replace(path)
    except BaseException:
        scrap.unlink(missing_ok=True)
        raise


@contextlib.contextmanager
def scrap_folder(path: Path) -> Iterator[Path]:
    """Give a folder beside a path, for files that are to be moved there; it is removed at the end.

    Raises:
        OSError: It can't be made.
    """
    remove_orphans(path.parent)
    folder = Path(tempfile.mkdtemp(dir=path.parent, prefix=_scrap_prefix(path)))
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def remove_orphans(folder: Path) -> None:
    """Remove what killed processes of this machine left in a folder when they wrote there."""
    for found in folder.glob(".*.*"):
        match = _SCRAP.fullmatch(found.name)
        if match is None or match["machine"] != machine() or not is_orphan(Path(match["owner"])):
            continue
        if found.is_dir() and not found.is_symlink():
            shutil.rmtree(found, ignore_errors=True)
        else:
            with contextlib.suppress(OSError):
                found.unlink()


def _scrap_prefix(path: Path) -> str:
    return f".{path.name[:_MOST_OF_A_NAME]}.{machine()}.{owner()}."


def _mode(path: Path) -> int:
    """Return the access rights of a file, or those that a new one gets."""
    if path.exists():
        return path.stat().st_mode & 0o777
    umask = os.umask(0)
    os.umask(umask)
    return 0o666 & ~umask
