"""The command line: reports, exit statuses, one clear line for what is wrong."""

import json

import numpy as np
import pytest

from core.document import dumps
from core.graph import BuiltGraph
from core.tf1 import tf
from main import main
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
    }
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


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["build", "nowhere.json"], "No such file"),
        (["build", "."], "directory"),
        (["build"], "required"),
        (["build", "{two}", "--seed", "x"], "--seed"),
        (["build", "{two}", "--device", "/device:GPU:9"], "TensorFlow has: /device:CPU:0"),
        (["build", "{two}", "--checkpoint", "no/such/folder/m"], "there is no folder"),
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
