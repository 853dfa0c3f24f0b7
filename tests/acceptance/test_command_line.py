"""The command line: reports, exit statuses, one clear line for what is wrong."""

import json
from pathlib import Path

import numpy as np
import pytest

from core.document import dumps
from core.graph import BuiltGraph
from core.tf1 import tf
from main import main
from tests import checkpoints
from tests.acceptance.program import run_program
from tests.examples import EXAMPLES
from tests.stacks import dense, features, layer, stack

_TWO = stack(features(name="x"), dense("a", name="d"), name="two")


@pytest.fixture
def stack_file(tmp_path):
    """Write a stack and return its path."""

    def write(value, name="my.stack.json"):
        path = tmp_path / name
        path.write_text(dumps(value))
        return str(path)

    return write


def test_the_report_has_what_the_design_promises(stack_file, capsys):
    assert main(["build", stack_file(_TWO), "--json"]) == 0
    report = json.loads(capsys.readouterr().out)
    assert report["ok"] is True
    assert report["device"] == "/device:CPU:0"
    assert report["layers"][1] == {
        "id": "a",
        "name": "d",
        "kind": "dense",
        "construction": "layers",
        "reuse": None,
        "outputs": [[None, 3]],
        "output_names": ["d/BiasAdd:0"],
        "variables": ["d/kernel", "d/bias"],
        "error": None,
        "fault": None,
    }
    assert report["trial"] is None
    kernel = report["variables"][0]
    assert kernel["name"] == "d/kernel"
    assert kernel["shape"] == [4, 3]
    assert (kernel["dtype"], kernel["trainable"]) == ("float32", True)
    assert kernel["initializer"] == "glorot_uniform"
    assert kernel["device"] == "/device:CPU:0"
    assert set(kernel["collections"]) == {"variables", "trainable_variables"}
    assert (kernel["created_by"], kernel["used_by"]) == ("a", ["a"])
    assert [(found["layer"], found["name"], found["outcome"]) for found in report["ledger"]] == [
        ("a", "d/kernel", "created"),
        ("a", "d/bias", "created"),
    ]
    totals = report["totals"]
    assert (totals["variables"], totals["parameters"], totals["bytes"]) == (2, 15, 60)
    graph = BuiltGraph(_TWO)
    assert totals["ops"] == len(graph.graph.get_operations())
    graph.close()


def test_the_table_names_each_variable(stack_file, capsys):
    assert main(["build", stack_file(_TWO)]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert [line.split()[0] for line in lines[:3]] == ["name", "d/kernel", "d/bias"]
    assert lines[-1].startswith("2 variables, 15 parameters, 60 B")


def test_a_refusal_is_reported_at_its_layer_with_those_before_it(stack_file, capsys):
    refused = stack(features(), dense("a", name="d"), dense("b", name="d"), dense("c"))
    assert main(["build", stack_file(refused), "--json"]) == 1
    report = json.loads(capsys.readouterr().out)
    assert report["ok"] is False
    assert [found["id"] for found in report["layers"]] == ["x", "a", "b"]
    assert report["layers"][1]["error"] is None
    assert "already exists" in report["layers"][2]["error"]["message"]
    assert report["ledger"][-1]["outcome"] == "refused"


def test_a_refusal_without_json_is_said_on_standard_error(stack_file, capsys):
    refused = stack(features(), dense("a", name="d"), dense("b", name="d"))
    assert main(["build", stack_file(refused)]) == 1
    captured = capsys.readouterr()
    assert "d/kernel" in captured.out
    assert captured.err.startswith("layerscope: d (dense): Variable d/kernel already exists")


def test_a_layer_that_cannot_be_run_here_is_said_at_that_layer(stack_file, capfd, monkeypatch):
    monkeypatch.setenv("TF_ENABLE_ONEDNN_OPTS", "0")
    first = {"data_format": "channels_first", "filters": 2, "kernel_size": 3}
    path = stack_file(
        stack(layer("input", "x", shape=(None, 3, 8, 8)), layer("conv2d", "c", "conv", **first))
    )
    assert main(["build", path, "--run", "--json"]) == 0
    captured = capfd.readouterr()
    report = json.loads(captured.out)
    assert report["ok"] is True
    assert report["trial"] == {"skipped": None}
    assert [found["fault"] is None for found in report["layers"]] == [True, False]
    assert report["layers"][1]["fault"]["type"] == "UnimplementedError"
    assert captured.err == ""
    assert main(["build", path, "--run"]) == 0
    (line,) = capfd.readouterr().err.splitlines()
    assert line.startswith("layerscope: conv (conv2d): built, but can't run here: The Conv2D op")


def test_the_signals_are_in_the_report(stack_file, capfd):
    small = {"kind": "random_normal", "stddev": 0.01}
    deep = [dense(f"d{at}", 4, name=f"fc{at}", kernel_initializer=small) for at in range(5)]
    path = stack_file(stack(features(name="x"), *deep))
    assert main(["build", path, "--signals", "--batch", "32", "--json"]) == 0
    report = json.loads(capfd.readouterr().out)
    signals = report["signals"]
    assert signals["feed"]["batch"] == 32
    assert [found["layer"] for found in signals["layers"]] == ["x", *(f"d{at}" for at in range(5))]
    assert signals["layers"][0]["shape"] == [32, 4]
    assert signals["verdict"].endswith("at fc4: the signal vanishes.")
    assert signals["gradient_verdict"].endswith("at x: it vanishes.")
    assert report["trial"] is None
    assert main(["build", path, "--signals"]) == 0
    lines = capfd.readouterr().out.splitlines()
    assert lines[-2].endswith("at fc4: the signal vanishes.")
    assert lines[-1].endswith("at x: it vanishes.")
    assert main(["build", path, "--json"]) == 0
    assert json.loads(capfd.readouterr().out)["signals"] is None


def test_a_batch_that_is_no_batch_is_refused(stack_file, capsys):
    path = stack_file(_TWO)
    assert main(["build", path, "--signals", "--low", "2", "--high", "1"]) == 2
    assert "--low must not be above --high" in capsys.readouterr().err


def test_what_is_refused_is_not_run(stack_file, capsys):
    refused = stack(features(), dense("a", name="d"), dense("b", name="d"))
    assert main(["build", stack_file(refused), "--run", "--json"]) == 1
    assert json.loads(capsys.readouterr().out)["trial"] is None


def test_a_refusal_is_explained_with_the_fixes_that_hold(stack_file, capsys):
    refused = stack(features(), dense("a", name="d"), dense("b", name="d"))
    path = stack_file(refused)
    assert main(["build", path, "--json"]) == 1
    report = json.loads(capsys.readouterr().out)
    explanation = report["layers"][2]["error"]["explanation"]
    assert explanation["layers"] == ["b", "a"]
    assert len(explanation["sentences"]) == 2
    assert explanation["fixes"] == [
        {
            "text": "Name it d_1",
            "preview": "d_1 then has d_1/kernel, d_1/bias.",
            "whole": True,
        }
    ]
    assert main(["build", path]) == 1
    words = capsys.readouterr().err.splitlines()
    assert words[1:] == explanation["sentences"]


def test_hazards_are_reported_with_their_threads(stack_file, capsys):
    path = stack_file(stack(features(), layer("dropout", "a"), dense("b", name="d")))
    assert main(["build", path, "--json"]) == 0
    (hazard,) = json.loads(capsys.readouterr().out)["hazards"]
    assert hazard["layer"] == "a"
    assert hazard["kind"] == "dropout_without_training"
    assert hazard["thread"] == "tensorflow/tensorflow#30301"
    assert hazard["text"].startswith("It drops nothing")
    assert hazard["fix"]["text"] == "Let training be fed"


def test_a_seed_makes_exports_equal(stack_file, tmp_path):
    path = stack_file(_TWO)
    for name, seed in (("a", "3"), ("b", "3"), ("c", "4")):
        assert main(["build", path, "--seed", seed, "--checkpoint", str(tmp_path / name)]) == 0
    first, again, other = (
        tf.train.load_variable(str(tmp_path / name), "d/kernel") for name in "abc"
    )
    assert np.array_equal(first, again)
    assert not np.array_equal(first, other)


def test_a_relative_prefix_is_written_where_one_stands(stack_file, tmp_path, monkeypatch):
    path = stack_file(_TWO)
    monkeypatch.chdir(tmp_path)
    assert main(["build", path, "--checkpoint", "model"]) == 0
    assert tf.train.latest_checkpoint(str(tmp_path)) == str(tmp_path / "model")


def test_what_is_exported_follows_the_suffixes(stack_file, capsys, tmp_path):
    files = [str(tmp_path / name) for name in ("m.npz", "m.PB", "m.frozen.pb")]
    options = [word for file in files for word in ("--export", file)]
    assert main(["build", stack_file(_TWO), "--checkpoint", str(tmp_path / "m"), *options]) == 0
    told = capsys.readouterr().out
    assert [line.split()[1] for line in told.splitlines() if line.startswith("Wrote ")] == [
        "m.index,",
        "m.npz",
        "m.PB",
        "m.frozen.pb",
    ]
    with np.load(files[0], allow_pickle=False) as found:
        assert found.files == ["d/kernel", "d/bias"]
    plain, frozen = (tf.GraphDef.FromString(Path(file).read_bytes()) for file in files[1:])
    assert "VariableV2" in {node.op for node in plain.node}
    assert "VariableV2" not in {node.op for node in frozen.node}


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["build", "nowhere.json"], "No such file"),
        (["build", "."], "directory"),
        (["build"], "required"),
        (["build", "{two}", "--seed", "x"], "--seed"),
        (["build", "{two}", "--device", "/device:GPU:9"], "TensorFlow has: /device:CPU:0"),
        (["build", "{two}", "--checkpoint", "no/such/folder/m"], "there is no folder"),
        (["build", "{two}", "--export", "m.xyz"], "m.xyz must end with one of .meta, .pb, "),
        (["build", "{two}", "--export", "no/such/folder/m.npz"], "m.npz can't be written"),
        (["build", "{two}", "--script", "no/such/folder/s.py"], "No such file"),
        (["build", "{two}", "--jsonn"], "unrecognized arguments"),
        (["nowhere.json"], "No such file"),
    ],
)
def test_wrong_arguments_are_one_clear_line(stack_file, capsys, arguments, words):
    two = stack_file(_TWO)
    assert main([argument.format(two=two) for argument in arguments]) == 2
    captured = capsys.readouterr()
    assert captured.out == ""
    assert words in captured.err
    assert len(captured.err.splitlines()) == 1


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "is not JSON"),
        (EXAMPLES[0].read_bytes()[:300], "is not JSON"),
        (EXAMPLES[0].read_bytes().replace(b'"units"', b'"unit"'), "dense has no such argument"),
        (b"\xff" * 10, "is not UTF-8"),
        (b"0" * 50_000_000, "is larger than"),
    ],
    ids=["empty", "truncated", "unknown", "binary", "huge"],
)
def test_a_bad_file_is_one_clear_line_and_no_traceback(tmp_path, content, words):
    path = tmp_path / "bad.stack.json"
    path.write_bytes(content)
    ended = run_program("build", path, "--json")
    assert ended.returncode == 2
    assert ended.stdout == ""
    assert len(ended.stderr.splitlines()) == 1
    assert words in ended.stderr


def test_a_missing_device_is_the_only_line_on_standard_error(stack_file):
    ended = run_program("build", stack_file(_TWO), "--device", "/device:GPU:0")
    assert ended.returncode == 2
    assert len(ended.stderr.splitlines()) == 1


def test_compare_reports_both_constructions(tmp_path):
    page = tmp_path / "page.html"
    (example,) = (path for path in EXAMPLES if path.name.startswith("two_dense_layers_by_hand"))
    done = run_program("compare", example, "--json", "--html", page)
    report = json.loads(done.stdout)
    assert done.returncode == 0
    assert report["ok"]
    assert report["name_map"] == {
        "layer1/kernel": "layer1/weights",
        "layer1/bias": "layer1/bias",
        "layer2/kernel": "layer2/weights",
        "layer2/bias": "layer2/bias",
    }
    assert not report["same_checkpoint"]
    assert [pair["differs"] for pair in report["pairs"]] == [["name"], [], ["name"], []]
    assert all(numbers["max_abs"] == 0.0 for numbers in report["numbers"])
    assert report["numbers_skipped"] is None
    assert set(report["cost"]["layers"]) >= {"ops", "graphdef_bytes", "build_seconds"}
    assert "layer1/weights" in page.read_text()


def test_compare_says_in_words_what_differs(stack_file, capsys):
    by_hand = dense("a", name="d", variables={"kernel": {"name": "weights"}})
    assert main(["compare", stack_file(stack(features(), by_hand))]) == 0
    said = capsys.readouterr().out
    assert "d kernel: name d/kernel against d/weights" in said
    assert "The numbers are the same" in said
    assert "a name map restores 2" in said


def test_compare_ends_with_1_where_one_construction_is_refused(stack_file, capsys):
    refused = stack(features(), dense("a", name="d", reuse=True))
    assert main(["compare", stack_file(refused), "--json"]) == 1
    report = json.loads(capsys.readouterr().out)
    assert not report["ok"]
    assert "does not exist" in report["refusals"]["layers"]


@pytest.mark.parametrize("options", [["--batch", "0"], ["--low", "2"], ["--size", "x"]])
def test_compare_refuses_values_that_can_not_be_made(stack_file, capsys, options):
    assert main(["compare", stack_file(_TWO), *options]) == 2
    assert len(capsys.readouterr().err.splitlines()) == 1


def test_a_checkpoint_is_restored_before_what_is_written(stack_file, tmp_path, capsys):
    arrays = {"fc/kernel": np.full((4, 3), 5, np.float32), "fc/bias": np.ones(3, np.float32)}
    prefix = checkpoints.save_arrays(tmp_path / "trained", arrays)
    names = tmp_path / "map.json"
    names.write_text(json.dumps({"map": {"fc/kernel": "d/kernel", "fc/bias": "d/bias"}}))
    build = ["build", stack_file(_TWO), "--json"]
    assert main([*build, "--restore", str(prefix)]) == 2
    assert capsys.readouterr().err == (
        "layerscope: trained was not restored: "
        '"d/kernel" is missing in the checkpoint; "d/bias" is missing in the checkpoint\n'
    )
    out = ["--checkpoint", str(tmp_path / "out")]
    assert main([*build, *out, "--restore", str(prefix), "--map", str(names)]) == 0
    report = json.loads(capsys.readouterr().out)
    assert report["restored"] == {
        "path": str(prefix),
        "variables": ["d/kernel", "d/bias"],
        "left": [],
    }
    assert [found["values"]["mean"] for found in report["variables"]] == [5, 1]
    assert (checkpoints.read_all(tmp_path / "out")["d/kernel"] == 5).all()


def test_a_part_is_restored_where_that_is_asked_for(stack_file, tmp_path, capsys):
    prefix = checkpoints.save_arrays(tmp_path / "part", {"d/bias": np.ones(3, np.float32)})
    build = ["build", stack_file(_TWO), "--json", "--restore", str(prefix)]
    assert main(build) == 2
    said = capsys.readouterr().err
    assert said.endswith('"d/kernel" is missing in the checkpoint; --partial restores what fits\n')
    assert main([*build, "--partial"]) == 0
    restored = json.loads(capsys.readouterr().out)["restored"]
    assert (restored["variables"], restored["left"]) == (["d/bias"], ["d/kernel"])
    assert main(["build", stack_file(_TWO), "--partial"]) == 2
    assert "need --restore" in capsys.readouterr().err
