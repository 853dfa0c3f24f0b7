"""Damaged, cut off and lying checkpoints: a clear error or the right values, never a crash."""

import os
import random
import time
from contextlib import closing
from pathlib import Path

import numpy as np
import pytest

from core import checkpoint_reader
from core.bundle import CompressedIndexError
from core.checkpoint import CheckpointError
from core.checkpoint_diff import diff
from core.checkpoint_reader import Checkpoint
from core.checkpoint_rename import rename
from core.checkpoint_report import diff_lines, inspect_json, inspect_lines
from core.crc32c import crc32c, masked
from core.graph_runner import GraphRunner
from core.name_suggestions import suggest
from core.table_file import MAGIC, TableError, entries
from core.tf1 import tf
from tests import checkpoints
from tests.lying_checkpoints import entry_of, table_of, varint, write_lying


@pytest.fixture
def runner(runner_of_checkpoints):
    return runner_of_checkpoints


class _NoRunner(GraphRunner):
    """Starts nothing: what is read here must not need TensorFlow."""

    def start(self):
        raise AssertionError


@pytest.fixture(scope="module")
def good(tmp_path_factory):
    """Return the prefix of a checkpoint with several types and an object graph's like."""
    prefix = tmp_path_factory.mktemp("good") / "m"

    def make():
        checkpoints.model()
        tf.Variable(tf.constant([b"one", b"", b"three" * 50]), name="text")

    return checkpoints.save(prefix, make)


def _copy(good: Path, to: Path) -> Path:
    for path in good.parent.glob("m.*"):
        (to / path.name).write_bytes(path.read_bytes())
    return to / "m"


def _read_everything(prefix: Path) -> dict:
    with closing(Checkpoint(prefix, _NoRunner())) as checkpoint:
        inspect_lines(checkpoint, everything=True)
        return {name: checkpoint.values(name).tolist() for name in checkpoint.tensors}


def _reads_as_before_or_is_refused(prefix: Path, expected: dict) -> bool:
    """Return whether it was refused; what is read in spite of damage must be right."""
    try:
        found = _read_everything(prefix)
    except CheckpointError:
        return True
    assert found == expected
    return False


@pytest.mark.parametrize("file", ["index", "data-00000-of-00001"])
def test_a_file_that_is_cut_off_anywhere_is_refused(good, tmp_path, file):
    prefix = _copy(good, tmp_path)
    path = Path(f"{prefix}.{file}")
    whole = path.read_bytes()
    expected = _read_everything(good)
    for size in sorted({*range(0, len(whole), 7), *range(len(whole) - 60, len(whole))}):
        path.write_bytes(whole[:size])
        assert _reads_as_before_or_is_refused(prefix, expected), size


@pytest.mark.parametrize("file", ["index", "data-00000-of-00001"])
def test_flipped_bits_are_found(good, tmp_path, file):
    prefix = _copy(good, tmp_path)
    path = Path(f"{prefix}.{file}")
    whole = path.read_bytes()
    expected = _read_everything(good)
    choose = random.Random(5)
    refused = 0
    for _ in range(300):
        data = bytearray(whole)
        for _ in range(choose.choice((1, 1, 3))):
            data[choose.randrange(len(data))] ^= 1 << choose.randrange(8)
        path.write_bytes(data)
        refused += _reads_as_before_or_is_refused(prefix, expected)
    # What is flipped in a block that nobody reads, or between numbers in the footer, harms nothing.
    assert refused > 200


@pytest.mark.parametrize("seed", range(3))
def test_garbage_with_the_right_ending_is_refused(tmp_path, seed):
    data = np.random.default_rng(seed).integers(0, 256, 5000, dtype=np.uint8).tobytes()
    (tmp_path / "m.index").write_bytes(data + MAGIC)
    with pytest.raises(CheckpointError, match="can't be read"):
        _read_everything(tmp_path / "m")


def test_what_the_test_writes_is_what_tensorflow_reads(tmp_path):
    prefix = write_lying(tmp_path, (b"v", entry_of(2, 2)))
    assert _read_everything(prefix) == {"v": [[0, 0], [0, 0]]}
    assert checkpoints.read_all(prefix)["v"].tolist() == [[0, 0], [0, 0]]


@pytest.mark.parametrize(
    ("entry", "words"),
    [
        (entry_of(3), "has 16 bytes, which shape .3. of float32 does not take"),
        (entry_of(2**40, 2**40), "does not take"),
        (entry_of(2**62, 4), "does not take"),
        (entry_of(*[2] * 300), "no possible shape"),
        (entry_of(-4), "no possible shape"),
        (entry_of(-2, -2), "no possible shape"),
        (entry_of(4, offset=60), "the file is cut off, or the index lies"),
        (entry_of(4, offset=2**62, size=2**62), "the file is cut off, or the index lies"),
        (entry_of(4, offset=-16), "the file is cut off, or the index lies"),
        (entry_of(4, size=-16), "the file is cut off, or the index lies"),
        (entry_of(4, shard_id=7), "is in file 7 of 1"),
        (entry_of(4, shard_id=-1), "is in file -1 of 1"),
        (entry_of(4, dtype=99), "type 99"),
        (entry_of(4, dtype=20), "type 20"),
        (entry_of(2**50, dtype=7), "fewer bytes than texts"),
        (entry_of(4, crc32c=1), "damaged: their checksum is wrong"),
        (entry_of(4, dtype=7), "damaged: their checksum is wrong"),
    ],
    ids=lambda it: it if isinstance(it, str) else "",
)
def test_an_index_that_lies_is_refused(tmp_path, entry, words):
    with pytest.raises(CheckpointError, match=words):
        _read_everything(write_lying(tmp_path, (b"v", entry)))


@pytest.mark.parametrize("shards", [0, -1, 2**31 - 1])
def test_an_absurd_number_of_shards_is_refused(tmp_path, shards):
    with pytest.raises(CheckpointError):
        _read_everything(write_lying(tmp_path, (b"v", entry_of(4)), shards=shards))


def test_endless_keys_in_a_small_file_are_refused(tmp_path):
    key = b"k" * 500_000
    rows = varint(0) + varint(len(key)) + varint(0) + key
    for _ in range(2000):  # each is the one before it, and a letter
        rows += varint(len(key)) + varint(1) + varint(0) + b"k"
        key += b"k"
    body = rows + bytes(4) + (1).to_bytes(4, "little")
    with pytest.raises(TableError, match="too long"):
        list(entries(table_of(body + b"\0" + masked(crc32c(body + b"\0")).to_bytes(4, "little"))))


def test_a_tensor_in_parts_of_an_absurd_shape_is_refused(tmp_path):
    entry = entry_of(2**40, 2**40, size=0, slices=[b""])
    with pytest.raises(CheckpointError, match="no possible shape"):
        _read_everything(write_lying(tmp_path, (b"v", entry)))


def test_a_big_endian_checkpoint_and_an_entry_that_is_no_message_are_refused(tmp_path):
    with pytest.raises(CheckpointError, match="big-endian"):
        _read_everything(write_lying(tmp_path, endianness=1))

    class _Junk:
        def SerializeToString(self):
            return b"\xff\xff\xff"

    with pytest.raises(CheckpointError, match="no message"):
        _read_everything(write_lying(tmp_path, (b"v", _Junk())))


_NAMES = ["../../etc/passwd", "/abs", "a\0b", "line\nbreak", "\x1b[31mred", "é/ü", "a" * 3000]


def test_odd_names_are_shown_escaped_and_never_taken_for_paths(tmp_path, runner):
    (tmp_path / "in").mkdir()
    prefix = write_lying(tmp_path / "in", *((name.encode(), entry_of(4)) for name in _NAMES))
    with closing(Checkpoint(prefix, runner)) as checkpoint:
        assert sorted(row["name"] for row in inspect_json(checkpoint)["variables"]) == sorted(
            _NAMES
        )
        lines = inspect_lines(checkpoint, everything=True)
        assert all(line.isprintable() for line in lines)
        assert len(lines) == len(_NAMES) + 3
        assert all(line.isprintable() for line in diff_lines(diff(checkpoint, checkpoint)))
        (tmp_path / "out").mkdir()
        found = rename(checkpoint, {"../../etc/passwd": "../up", "/abs": "abs"}, tmp_path / "out/m")
    assert found.compared == len(_NAMES)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["in", "out"]
    assert sorted(path.name for path in (tmp_path / "out").iterdir()) == [
        *("checkpoint", "m.data-00000-of-00001", "m.index")
    ]


def test_names_that_take_long_to_search_are_searched_in_no_time(tmp_path):
    names = ["/" * 300_000 + "Adam", "Adam" * 50_000 + "-", "x" + "9" * 50_000]
    names += [f"{'ab' * 20_000}{index}" for index in range(20)]
    (tmp_path / "one").mkdir()
    (tmp_path / "two").mkdir()
    rows = [(name.encode(), entry_of(4)) for name in names]
    left = write_lying(tmp_path / "one", *rows)
    right = write_lying(tmp_path / "two", *((b"z/" + name, entry) for name, entry in rows))
    started = time.process_time()
    with (
        closing(Checkpoint(left, _NoRunner())) as one,
        closing(Checkpoint(right, _NoRunner())) as other,
    ):
        assert len(diff(one, other).renamed) == len(names)
        suggest(one, other)
    assert time.process_time() - started < 10


def test_a_file_whose_name_is_too_long_is_refused(tmp_path):
    name = "m" * 240
    (tmp_path / f"{name}.index").write_bytes(
        (write_lying(tmp_path, (b"v", entry_of(4))).with_name("m.index")).read_bytes()
    )
    with pytest.raises(CheckpointError, match="too long"):
        _read_everything(tmp_path / name)


def test_a_name_that_is_no_text_is_refused(tmp_path):
    with pytest.raises(CheckpointError, match="no text"):
        _read_everything(write_lying(tmp_path, (b"\xff\xfe", entry_of(4))))


def test_damaged_values_are_no_difference(good, tmp_path):
    prefix = _copy(good, tmp_path)
    data = Path(f"{prefix}.data-00000-of-00001")
    whole = bytearray(data.read_bytes())
    whole[5] ^= 1
    data.write_bytes(whole)
    with (
        closing(Checkpoint(good, _NoRunner())) as one,
        closing(Checkpoint(prefix, _NoRunner())) as other,
        pytest.raises(CheckpointError, match="are damaged"),
    ):
        diff(one, other)


def test_damaged_values_are_not_copied(good, tmp_path, runner):
    prefix = _copy(good, tmp_path)
    data = Path(f"{prefix}.data-00000-of-00001")
    data.write_bytes(bytes(len(data.read_bytes())))
    (tmp_path / "out").mkdir()
    with (
        closing(Checkpoint(prefix, runner)) as checkpoint,
        pytest.raises(CheckpointError, match=r"[Cc]hecksum"),
    ):
        rename(checkpoint, {"head/bias": "b"}, tmp_path / "out" / "m")
    assert list((tmp_path / "out").iterdir()) == []


def test_a_file_that_becomes_shorter_while_it_is_read_is_an_error(good, tmp_path):
    prefix = _copy(good, tmp_path)
    with closing(Checkpoint(prefix, _NoRunner())) as checkpoint:
        os.truncate(f"{prefix}.data-00000-of-00001", 3)
        with pytest.raises(CheckpointError, match="has become shorter"):
            checkpoint.values("hidden/kernel")


def test_a_missing_data_file_is_named(good, tmp_path):
    prefix = _copy(good, tmp_path)
    Path(f"{prefix}.data-00000-of-00001").unlink()
    with pytest.raises(CheckpointError, match=r"m\.data-00000-of-00001 is missing"):
        _read_everything(prefix)


def test_a_damaged_single_file_cannot_crash_this_process(tmp_path, runner):
    path = checkpoints.save(tmp_path / "m", checkpoints.model, write_version=tf.train.SaverDef.V1)
    whole = path.read_bytes()
    choose = random.Random(3)
    refused = 0
    for turn in range(60):
        data = bytearray(whole)
        if turn % 3:
            data[choose.randrange(len(data) - 8)] ^= 1 << choose.randrange(8)
        else:
            data = data[: choose.randrange(len(data))] + data[-48:]
        path.write_bytes(data)
        try:
            with closing(Checkpoint(path, runner)) as checkpoint:
                for name in checkpoint.tensors:
                    checkpoint.values(name)
        except CheckpointError:
            refused += 1
    assert refused > 30


def test_what_aborts_tensorflow_does_not_end_this_process(tmp_path, runner, monkeypatch):
    """TensorFlow 2.21 aborts when it lists a tensor of an absurd shape."""

    def only_tensorflow(prefix):
        raise CompressedIndexError("it is compressed")

    monkeypatch.setattr(checkpoint_reader, "Bundle", only_tensorflow)
    prefix = write_lying(tmp_path, (b"v", entry_of(2**40, 2**40)))
    with pytest.raises(CheckpointError, match="reading it ended TensorFlow's process with SIGABRT"):
        Checkpoint(prefix, runner)
    good = write_lying(tmp_path, (b"v", entry_of(4)))
    assert Checkpoint(good, runner).tensors["v"].shape == (4,)


@pytest.mark.parametrize(
    "state",
    [
        'model_checkpoint_path: "/etc/passwd"',
        'model_checkpoint_path: "../outside/m"',
        'model_checkpoint_path: "../../../../../../etc/passwd"',
        'model_checkpoint_path: "link/m"',
        'model_checkpoint_path: ""',
        'model_checkpoint_path: "gone"',
        'model_checkpoint_path: "a\\000b"',
        "model_checkpoint_path: 7",
        "",
        "nonsense {",
        "\xff",
    ],
)
def test_a_checkpoint_file_that_leads_elsewhere_is_refused(good, tmp_path, state):
    (tmp_path / "outside").mkdir()
    _copy(good, tmp_path / "outside")
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "link").symlink_to(tmp_path / "outside")
    (tmp_path / "in" / "checkpoint").write_bytes(state.encode("latin-1"))
    with pytest.raises(CheckpointError):
        Checkpoint(tmp_path / "in", _NoRunner())


def test_what_is_no_checkpoint_is_told(tmp_path):
    (tmp_path / "h5").write_bytes(b"\x89HDF\r\n\x1a\n123")
    (tmp_path / "text").write_text("hello")
    (tmp_path / "empty").mkdir()
    (tmp_path / "saved").mkdir()
    (tmp_path / "saved" / "saved_model.pb").write_bytes(b"")
    os.mkfifo(tmp_path / "pipe")
    for name, words in {
        "h5": "HDF5",
        "text": "no TensorFlow checkpoint",
        "empty": "no checkpoint in",
        "saved": "without variables",
        "pipe": "no file",
        "absent": "no checkpoint",
        "a\0b": "zero",
        "x" * 5000: "can't be read",
    }.items():
        with pytest.raises(CheckpointError, match=words):
            Checkpoint(tmp_path / name, _NoRunner())


def test_links_are_followed_for_reading_and_replaced_in_writing(good, tmp_path, runner):
    precious = tmp_path / "precious"
    precious.write_text("mine")
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "m.index").symlink_to(precious)
    for path in good.parent.glob("m.*"):
        (tmp_path / path.name.replace("m.", "linked.")).symlink_to(path)
    with closing(Checkpoint(tmp_path / "linked", runner)) as checkpoint:
        rename(checkpoint, {}, tmp_path / "out" / "m")
    assert precious.read_text() == "mine"
    assert not (tmp_path / "out" / "m.index").is_symlink()
