"""What a built stack is exported to, read back by others."""

import csv
import json
import os
import queue
import subprocess
import sys
from pathlib import Path

import ml_dtypes
import numpy as np
import pytest
import safetensors.numpy

from core.builder import Builder
from core.custom_code import digests
from core.document import save
from core.events import Cancelled, Failed, Finished
from core.exports.format import ExportError, Holds
from core.exports.formats import FORMATS, export, format_of
from core.graph import BuiltGraph
from core.script import script
from core.sources import StackValues
from core.tasks import Export
from core.tf1 import tf
from tests.small_disks import fill, small_disk
from tests.stacks import dense, features, layer, scope, stack

_BY_HAND = {"construction": "get_variable"}
_BFLOAT16 = {"kernel": {"dtype": "bfloat16", "name": "narrow"}}
_STACK = stack(
    features(size=6),
    scope(
        "s",
        dense("a", 8, name="parted", **_BY_HAND),
        name="parts",
        partitioner={"kind": "fixed_size", "num_shards": 2},
    ),
    layer("batch_normalization", "n", "norm", training=True),
    dense("b", name="fc", variables=_BFLOAT16, **_BY_HAND),
    dense("c", name="end", variables={"kernel": {"use_resource": True}}, **_BY_HAND),
)


@pytest.fixture(scope="module")
def graph():
    found = BuiltGraph(_STACK)
    assert found.built.refusal is None
    assert found.built.undrawn is None
    yield found
    found.close()


@pytest.fixture
def undrawn():
    found = BuiltGraph(_STACK, draw=False)
    yield found
    found.close()


def _export(graph: BuiltGraph, path: Path):
    return export(graph, format_of(path), path)


def _expected(graph: BuiltGraph):
    return {variable.name: graph.values(variable.name) for variable in graph.built.variables}


@pytest.mark.parametrize("form", FORMATS.values(), ids=FORMATS)
def test_the_suffix_says_the_format(form):
    if form.suffix:
        assert format_of(Path(f"a.b{form.suffix.upper()}")) is form


def test_an_unknown_suffix_is_refused_with_the_known_ones():
    with pytest.raises(ExportError, match=r"out.xyz must end with one of .meta, .pb, .* .md"):
        format_of(Path("out.xyz"))


def test_a_meta_graph_is_imported(graph, tmp_path):
    _export(graph, tmp_path / "m.meta")
    graph.export(tmp_path / "m2")
    assert (tmp_path / "m.meta").read_bytes() == (tmp_path / "m2.meta").read_bytes()
    with tf.Graph().as_default(), tf.Session() as session:
        saver = tf.train.import_meta_graph(str(tmp_path / "m.meta"))
        saver.restore(session, str(tmp_path / "m2"))
        assert len(tf.get_collection(tf.GraphKeys.UPDATE_OPS)) == 2
        end = {found.op.name: found for found in tf.global_variables("end/")}
        assert np.array_equal(session.run(end["end/kernel"]), graph.values("end/kernel"))


@pytest.mark.parametrize("name", ["m.pb", "m.pbtxt"])
def test_a_graph_def_is_the_graph_to_the_byte(graph, tmp_path, name):
    _export(graph, tmp_path / name)
    assert _parsed(tmp_path / name).SerializeToString(deterministic=True) == graph.graph_def


@pytest.mark.parametrize("name", ["m.frozen.pb", "m.frozen.pbtxt"])
def test_a_frozen_graph_gives_the_same_numbers_without_variables(graph, tmp_path, name):
    _export(graph, tmp_path / name)
    frozen = _parsed(tmp_path / name)
    assert not {"VariableV2", "VarHandleOp"} & {node.op for node in frozen.node}
    x = np.random.default_rng(1).normal(size=(5, 6)).astype(np.float32)
    outputs = [name for found in graph.built.layers for name in found.output_names]
    assert len(outputs) == 6  # the scope has that of its last layer
    with tf.Graph().as_default(), tf.Session() as session:
        tf.import_graph_def(frozen, name="")
        found = session.run(outputs, {outputs[0]: x})
    _export(graph, tmp_path / "m.meta")
    graph.export(tmp_path / "m")
    with tf.Graph().as_default(), tf.Session() as session:
        tf.train.import_meta_graph(str(tmp_path / "m.meta")).restore(session, str(tmp_path / "m"))
        expected = session.run(outputs, {outputs[0]: x})
    for one, other in zip(found, expected, strict=True):
        np.testing.assert_array_equal(one, other)


def test_a_graph_too_large_to_freeze_is_refused_before_it_is_tried(graph, tmp_path, monkeypatch):
    monkeypatch.setattr("core.exports.graphs.MOST_BYTES", 2**20)
    with pytest.raises(ExportError, match="a GraphDef can't be larger than 2 GB; export"):
        _export(graph, tmp_path / "m.frozen.pb")
    assert list(tmp_path.iterdir()) == []


def test_npz_is_read_by_numpy(graph, tmp_path):
    exported = _export(graph, tmp_path / "m.npz")
    assert "bfloat16" in exported.note
    with np.load(tmp_path / "m.npz", allow_pickle=False) as found:
        assert found.files == [variable.name for variable in graph.built.variables]
        for name, values in _expected(graph).items():
            assert found[name].dtype == (np.float32 if name == "fc/narrow" else values.dtype)
            assert np.array_equal(found[name], values.astype(found[name].dtype))


def test_safetensors_keep_each_type(graph, tmp_path):
    exported = _export(graph, tmp_path / "m.safetensors")
    assert exported.note == ""
    header, data = _safetensors(tmp_path / "m.safetensors")
    with safetensors.safe_open(tmp_path / "m.safetensors", "np") as found:
        assert set(found.keys()) == set(_expected(graph))
    for name, values in _expected(graph).items():
        start, end = header[name]["data_offsets"]
        assert tuple(header[name]["shape"]) == values.shape
        assert data[start:end] == values.tobytes()
    assert header["fc/narrow"]["dtype"] == "BF16"
    assert graph.values("fc/narrow").dtype == ml_dtypes.bfloat16
    assert header["norm/gamma"]["dtype"] == "F32"


def test_events_hold_the_graph_and_a_histogram_of_each_variable(graph, tmp_path):
    _export(graph, tmp_path / "m.tfevents")
    version, graph_def, *histograms = tf.train.summary_iterator(str(tmp_path / "m.tfevents"))
    assert version.file_version == "brain.Event:2"
    assert graph_def.graph_def == graph.graph_def
    for event, (name, values) in zip(histograms, _expected(graph).items(), strict=True):
        (found,) = event.summary.value
        assert found.tag == name
        assert found.histo.num == values.size
        assert found.histo.sum == pytest.approx(float(values.astype(np.float64).sum()), abs=1e-3)
        assert sum(found.histo.bucket) == values.size


def test_tensorboard_reads_the_events(graph, tmp_path):
    from tensorboard.backend.event_processing import event_accumulator

    _export(graph, tmp_path / "m.tfevents")
    found = event_accumulator.EventAccumulator(str(tmp_path)).Reload()
    assert found.Tags()["graph"]
    assert found.Tags()["histograms"] == list(_expected(graph))
    assert found.Graph().SerializeToString(deterministic=True) == graph.graph_def
    for name, values in _expected(graph).items():
        (event,) = found.Histograms(name)
        assert event.histogram_value.num == values.size
        assert event.histogram_value.max == pytest.approx(float(values.max()))


def test_events_without_values_hold_the_graph(undrawn, tmp_path):
    exported = _export(undrawn, tmp_path / "m.tfevents")
    assert exported.note == f"without histograms: {undrawn.built.undrawn}"
    assert len(list(tf.train.summary_iterator(str(tmp_path / "m.tfevents")))) == 2


def test_what_has_no_histogram_is_told(tmp_path):
    code = "def custom(x):\n    return x / get_variable('w', initializer=float('inf'))\n"
    odd = stack(features(), layer("custom", "c", "c", code=code, **_BY_HAND), dense("d", name="d"))
    graph = BuiltGraph(odd, trusted=digests(odd))
    assert graph.built.refusal is None
    exported = _export(graph, tmp_path / "m.tfevents")
    assert exported.note.startswith("without the histograms of 1 variable")
    _, _, *histograms = tf.train.summary_iterator(str(tmp_path / "m.tfevents"))
    tags = [found.tag for event in histograms for found in event.summary.value]
    assert tags == ["d/kernel", "d/bias"]
    graph.close()


def test_the_table_as_csv(graph, tmp_path):
    _export(graph, tmp_path / "m.csv")
    with (tmp_path / "m.csv").open(newline="") as file:
        rows = list(csv.DictReader(file))
    assert [row["name"] for row in rows] == list(_expected(graph))
    assert rows[0]["shape"] == "6 8"
    assert rows[0]["dtype"] == "float32"


def test_the_table_as_json(graph, tmp_path):
    _export(graph, tmp_path / "m.json")
    rows = json.loads((tmp_path / "m.json").read_text())["variables"]
    assert [row["name"] for row in rows] == list(_expected(graph))
    assert rows[0]["shape"] == [6, 8]


def test_the_table_is_not_written_as_a_stack(graph, tmp_path):
    save(_STACK, tmp_path / "m.stack.json")
    before = (tmp_path / "m.stack.json").read_bytes()
    with pytest.raises(ExportError, match="choose another name"):
        _export(graph, tmp_path / "m.stack.json")
    assert (tmp_path / "m.stack.json").read_bytes() == before


def test_the_table_as_markdown(graph, tmp_path):
    _export(graph, tmp_path / "m.md")
    lines = (tmp_path / "m.md").read_text().splitlines()
    columns = {line.count("|") for line in lines}
    assert len(columns) == 1
    assert [line.split(" | ")[0][2:] for line in lines[2:]] == list(_expected(graph))


@pytest.mark.parametrize("form", FORMATS.values(), ids=FORMATS)
def test_only_what_needs_values_is_refused_without_them(undrawn, tmp_path, form):
    path = tmp_path / f"m{form.suffix}"
    if form.holds is Holds.VALUES:
        with pytest.raises(ExportError, match="not asked for"):
            export(undrawn, form, path)
        assert list(tmp_path.iterdir()) == []
    else:
        export(undrawn, form, path)
        assert path.stat().st_size


def test_a_stack_without_variables_has_a_graph_but_no_values(tmp_path):
    graph = BuiltGraph(stack(features(), layer("flatten", "f")))
    for name in ("m.meta", "m.pb", "m.tfevents"):
        _export(graph, tmp_path / name)
    with tf.Graph().as_default():
        assert tf.train.import_meta_graph(str(tmp_path / "m.meta")) is None
    for name in ("m.npz", "m.frozen.pb", "m.md"):
        with pytest.raises(ExportError, match="no variables"):
            _export(graph, tmp_path / name)
    graph.close()


def test_a_refused_stack_is_not_exported(tmp_path):
    graph = BuiltGraph(stack(features(), dense("a", name="a"), dense("b", name="a")))
    with pytest.raises(ExportError, match="refused"):
        _export(graph, tmp_path / "m.pb")
    graph.close()


def test_exports_leave_later_ones_as_they_were(tmp_path):
    graph = BuiltGraph(_STACK)
    untouched = script(_STACK).text
    for folder in ("one", "two"):
        (tmp_path / folder).mkdir()
        for form in FORMATS.values():
            export(graph, form, tmp_path / folder / f"m{form.suffix}")
    for path in (tmp_path / "one").iterdir():
        if path.name not in {
            "m.tfevents",
            "m.npz",
            "checkpoint",
        }:  # what has the time or a path in it
            assert path.read_bytes() == (tmp_path / "two" / path.name).read_bytes(), path.name
    assert script(_STACK).text == untouched
    graph.close()


@pytest.mark.parametrize("name", [f"m{form.suffix}" for form in FORMATS.values() if form.suffix])
def test_on_a_full_disk_what_was_there_stays(graph, tmp_path, name):
    with small_disk(tmp_path, 256 * 1024) as disk:
        (disk / name).write_bytes(b"as it was")
        filler = fill(disk)
        with pytest.raises(ExportError, match=r"can't be written: .*[Nn]o space left"):
            _export(graph, disk / name)
        assert (disk / name).read_bytes() == b"as it was"
        assert sorted(found.name for found in disk.iterdir()) == [filler.name, name]


@pytest.mark.parametrize("name", ["m.npz", "m.safetensors", "m.tfevents", "m.frozen.pb"])
def test_a_cancelled_export_leaves_what_was_there(graph, tmp_path, name):
    (tmp_path / name).write_bytes(b"as it was")

    def stop(done: int, total: int, text: str) -> None:
        if done or not total:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        export(graph, format_of(Path(name)), tmp_path / name, stop)
    assert [found.name for found in tmp_path.iterdir()] == [name]
    assert (tmp_path / name).read_bytes() == b"as it was"


def test_a_folder_that_is_not_there_is_told(graph, tmp_path):
    for form in FORMATS.values():
        if form.suffix:
            with pytest.raises(ExportError, match="can't be written: No such file"):
                export(graph, form, tmp_path / "none" / f"m{form.suffix}")


def test_the_builder_exports_in_any_format(tmp_path):
    events = queue.Queue()
    builder = Builder(events.put)
    builder.start()
    builder.submit(Export(StackValues(_STACK), tmp_path / "m.npz", "npz"))
    builder.submit(Export(StackValues(_STACK), tmp_path / "m.pb", "graph_def"))
    builder.submit(Export(StackValues(_STACK), tmp_path / "none" / "m.md", "table_markdown"))
    ended = [_ending(events) for _ in range(3)]
    assert builder.close()
    npz, pb, failed = ended
    assert npz.result.sentence.startswith(f"Wrote m.npz to {tmp_path}: 10 variables, ")
    assert pb.result.path == tmp_path / "m.pb"
    assert failed.message == "m.md can't be written: No such file or directory"


def _ending(events):
    while not isinstance(event := events.get(timeout=60), Finished | Failed | Cancelled):
        pass
    return event


_KILLED = """\
import os, signal, sys
from pathlib import Path
sys.path.insert(0, ".")
from core.atomic import named_whole, scrap_folder
path = Path(sys.argv[1])
with named_whole(path / "m.npz"), scrap_folder(path / "m"):
    os.kill(os.getpid(), signal.SIGKILL)
"""


def test_what_a_killed_export_left_goes_with_the_next(graph, tmp_path):
    subprocess.run([sys.executable, "-c", _KILLED, str(tmp_path)], check=False)
    scraps = [found.name for found in tmp_path.iterdir()]
    assert len(scraps) == 2
    alive = [name.replace(_owner(scraps), _own()) for name in scraps]
    strange = ".m.npz.12-34.abcdefgh"
    for name in (*alive, strange, ".hidden"):
        (tmp_path / name).write_bytes(b"")
    graph.export(tmp_path / "m")
    left = {found.name for found in tmp_path.iterdir() if found.name.startswith(".")}
    assert left == {*alive, strange, ".hidden"}


def test_what_another_machine_writes_stays(graph, tmp_path):
    subprocess.run([sys.executable, "-c", _KILLED, str(tmp_path)], check=False)
    (scrap,) = (found for found in tmp_path.iterdir() if found.is_file())
    machine = scrap.name.split(".")[-3]
    elsewhere = scrap.name.replace(machine, "00000000")
    scrap.rename(tmp_path / elsewhere)
    _export(graph, tmp_path / "m.csv")
    assert sorted(found.name for found in tmp_path.iterdir()) == [elsewhere, "m.csv"]


def _owner(scraps: list[str]) -> str:
    return scraps[0].split(".")[-2]


def _own() -> str:
    from core.processes import owner

    assert owner().startswith(f"{os.getpid()}-")
    return owner()


def _parsed(path: Path):
    from google.protobuf import text_format

    if path.suffix == ".pbtxt":
        return text_format.Parse(path.read_text(), tf.GraphDef())
    return tf.GraphDef.FromString(path.read_bytes())


def _safetensors(path: Path):
    """Return what the header says and the data behind it: numpy's reader has no bfloat16."""
    data = path.read_bytes()
    size = int.from_bytes(data[:8], "little")
    return json.loads(data[8 : 8 + size]), data[8 + size :]
