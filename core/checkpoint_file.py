"""What checkpoint stands at a path: a prefix, a single file, a folder, a SavedModel."""

import re
from dataclasses import dataclass
from pathlib import Path, PurePosixPath, PureWindowsPath

from google.protobuf import text_format

from core.arguments import printable
from core.bundle_protos import State
from core.checkpoint import CheckpointError, escaped
from core.table_file import FOOTER_BYTES, MAGIC

V1, V2 = "V1", "V2"
_LARGEST_STATE = 2**20
_MOST_NAMED = 5
_INDEX = ".index"
_SAVED_MODEL = ("saved_model.pb", "saved_model.pbtxt")
_ENDING = re.compile(r"\.(index|meta|data-\d{5}-of-\d{5})$")
_V1_SHARD = re.compile(r"-(?:\d{5}|\?{5})-of-(\d{5})$")
_OTHERS = {
    b"\x89HDF\r\n\x1a\n": "it is an HDF5 file, as Keras writes them",
    b"PK\x03\x04": "it is a ZIP archive, as Keras and PyTorch write them",
}


@dataclass(frozen=True, slots=True)
class CheckpointFile:
    """Where a checkpoint is.

    Attributes:
        path: What was asked for.
        format: `V1` or `V2`.
        prefix: The path of its files without their endings, as TensorFlow takes it.
        notes: What a person should know of how it was found.
    """

    path: Path
    format: str
    prefix: Path
    notes: tuple[str, ...] = ()


def find_checkpoint(path: Path) -> CheckpointFile:
    """Return the checkpoint at a path. Raises CheckpointError, which says what is there instead."""
    if "\0" in str(path):
        raise CheckpointError("a path can't have a zero in it")
    try:
        return _find(path)
    except OSError as error:
        raise CheckpointError(f"{path} can't be read: {error.strerror or error}") from error


def _find(path: Path) -> CheckpointFile:
    if path.is_dir():
        # As TensorFlow has it, a folder goes before a prefix of the same name.
        beside = _at_prefix(path, path)
        return _in_folder(path) if beside is None or (path / "checkpoint").exists() else beside
    if path.name == "checkpoint" and path.is_file():
        return _by_state(path, path.parent)
    if path.name in _SAVED_MODEL and path.is_file():
        return _in_saved_model(path, path.parent)
    prefix = path.with_name(_ENDING.sub("", path.name)) if path.name else path
    found = _at_prefix(path, path) or _at_prefix(path, prefix)
    if found is not None:
        return found
    raise CheckpointError(f"{path}: {_what_else(path)}")


def _at_prefix(path: Path, prefix: Path) -> CheckpointFile | None:
    """Return the checkpoint at a prefix, if there is one."""
    if not prefix.name:
        return None
    if prefix.with_name(prefix.name + _INDEX).is_file():
        return CheckpointFile(path, V2, prefix)
    if _is_table(prefix) and not prefix.name.endswith(_INDEX):
        shard = _V1_SHARD.search(prefix.name)
        if shard is None:
            return CheckpointFile(path, V1, _pattern(prefix, prefix.name, ""))
    stem = _V1_SHARD.sub("", prefix.name)
    for other in prefix.parent.glob(f"{escaped(stem)}-?????-of-?????"):
        shard = _V1_SHARD.search(other.name)
        if shard is not None and _is_table(other):
            return CheckpointFile(path, V1, _pattern(prefix, stem, f"-?????-of-{shard[1]}"))
    return None


def _pattern(prefix: Path, stem: str, ending: str) -> Path:
    """Return a path that TensorFlow, which takes it as a pattern, finds these files by."""
    return prefix.with_name(escaped(stem) + ending)


def _in_folder(folder: Path) -> CheckpointFile:
    if (folder / "checkpoint").is_file():
        return _by_state(folder, folder)
    if any((folder / name).is_file() for name in _SAVED_MODEL):
        return _in_saved_model(folder, folder)
    prefixes = sorted(folder.glob(f"*{_INDEX}"))
    if len(prefixes) == 1:
        return CheckpointFile(folder, V2, prefixes[0].with_suffix(""))
    if not prefixes:
        raise CheckpointError(f"there is no checkpoint in {folder}")
    names = ", ".join(
        printable(found.name.removesuffix(_INDEX)) for found in prefixes[:_MOST_NAMED]
    )
    more = ", ..." if len(prefixes) > _MOST_NAMED else ""
    raise CheckpointError(f"{folder} has several checkpoints ({names}{more}); name one of them")


def _in_saved_model(path: Path, folder: Path) -> CheckpointFile:
    found = _at_prefix(path, folder / "variables" / "variables")
    if found is None:
        raise CheckpointError(f"{folder} is a SavedModel without variables")
    return found


def _by_state(path: Path, folder: Path) -> CheckpointFile:
    """Return the checkpoint that the `checkpoint` file of a folder names as the newest one."""
    state = folder / "checkpoint"
    with state.open("rb") as file:
        data = file.read(_LARGEST_STATE + 1)
    if len(data) > _LARGEST_STATE:
        raise CheckpointError(f"{state} is too large to be what TensorFlow writes there")
    try:
        parsed = text_format.Parse(data.decode(), State(), allow_unknown_field=True)
    except (text_format.ParseError, UnicodeDecodeError) as error:
        raise CheckpointError(f"{state} can't be read: it is not what TensorFlow writes") from error
    named = parsed.model_checkpoint_path
    if not named or "\0" in named:
        raise CheckpointError(f"{state} names no checkpoint")
    prefix = folder / named
    if _is_inside(prefix, folder):
        found = _at_prefix(path, prefix)
        if found is None:
            raise CheckpointError(f"{state} names {printable(named)}, which is not there")
        return found
    # A folder that was moved, or copied from another machine, names its old place.
    name = min(PurePosixPath(named).name, PureWindowsPath(named).name, key=len)
    moved = _at_prefix(path, folder / name) if name not in ("", "..") else None
    if moved is None:
        raise CheckpointError(
            f"{state} leads out of its folder, to {printable(named)}; "
            "if you want that checkpoint, name it yourself"
        )
    note = f"checkpoint names {printable(named)}; the one of that name beside it was taken"
    return CheckpointFile(path, moved.format, moved.prefix, (note,))


def _is_inside(path: Path, folder: Path) -> bool:
    return path.parent.resolve().is_relative_to(folder.resolve())


def _is_table(path: Path) -> bool:
    """Tell whether a file ends as a table does."""
    if not path.is_file():
        return False
    with path.open("rb") as file:
        size = file.seek(0, 2)
        if size < FOOTER_BYTES:
            return False
        file.seek(-len(MAGIC), 2)
        return file.read() == MAGIC


def _what_else(path: Path) -> str:
    if not path.exists():
        return "there is no checkpoint"
    if not path.is_file():
        return "it is no file"
    with path.open("rb") as file:
        start = file.read(8)
    for magic, sentence in _OTHERS.items():
        if start.startswith(magic):
            return f"{sentence}, and no TensorFlow checkpoint"
    return "it is no TensorFlow checkpoint, or one that is cut off"
