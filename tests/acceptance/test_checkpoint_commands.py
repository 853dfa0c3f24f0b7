"""The commands inspect, diff, map and rename: reports, statuses, a line for what is wrong."""

import json

import numpy as np
import pytest

from core.document import dumps
from core.tf1 import tf
from main import main
from tests import checkpoints
from tests.acceptance.program import ROOT, run_python
from tests.stacks import dense, features, layer, stack


@pytest.fixture
def trained(tmp_path):
    return checkpoints.save(tmp_path / "trained" / "m", checkpoints.model)


@pytest.fixture
def stack_file(tmp_path):
    """Write a stack and return its path."""

    def write(*nodes, name="my.stack.json"):
        (tmp_path / name).write_text(dumps(stack(*nodes)))
        return str(tmp_path / name)

    return write


def _by_hand(layer_id, units, name):
    own = {"kernel": {"name": "weights"}, "bias": {"name": "biases"}}
    return dense(layer_id, units, name=name, construction="get_variable", variables=own)


@pytest.fixture
def run(capsys):
    """Run a command; return its status, its report, and its standard error."""

    def command(*arguments):
        capsys.readouterr()
        status = main([*map(str, arguments), "--json"])
        captured = capsys.readouterr()
        return status, json.loads(captured.out), captured.err

    return command


_WITHOUT_TENSORFLOW = """
import sys
from main import main
status = main(sys.argv[1:])
assert not {"tensorflow", "PySide6"} & set(sys.modules)
sys.exit(status)
"""


def test_inspect_lists_without_importing_tensorflow(trained):
    done = run_python("-c", _WITHOUT_TENSORFLOW, "inspect", trained, PYTHONPATH=str(ROOT))
    assert done.stderr == ""
    assert done.returncode == 0
    lines = done.stdout.splitlines()
    assert [line.split()[0] for line in lines[:5]] == [
        *("name", "head/bias", "head/kernel", "hidden/bias", "hidden/kernel")
    ]
    assert lines[-2] == "4 variables, 23 parameters, format V2"
    assert lines[-1] == (
        "folded away: 4 x Adam, 4 x Adam_1, 4 x Momentum, beta1_power, beta2_power, global_step"
    )


def test_inspect_as_json_has_what_tensorflow_lists(trained, run):
    status, report, _ = run("inspect", trained)
    assert status == 0
    found = [(row["name"], row["shape"]) for row in report["variables"]]
    assert found == tf.train.list_variables(str(trained))
    assert report["variables"][0] == {
        "name": "beta1_power",
        "shape": [],
        "dtype": "float32",
        "part": "bookkeeping",
        "variable": None,
        "slot": None,
        "slot_of": None,
    }
    assert main(["inspect", str(trained), "--all"]) == 0


def test_inspect_writes_the_stack_that_would_create_the_variables(trained, tmp_path, run, capsys):
    path = tmp_path / "proposed.stack.json"
    status, report, _ = run("inspect", trained, "--stack", path)
    assert status == 0
    assert report["stack"]["whole"]
    assert report["stack"]["exact"] == report["stack"]["variables"] == 4
    assert run("diff", path, trained)[1]["restore"]["loads"]
    assert main(["inspect", str(trained), "--stack", str(path)]) == 0
    assert "creates all 4 variables" in capsys.readouterr().out


def test_inspect_looks_at_the_values_of_one_tensor(tmp_path, run, capsys):
    prefix = checkpoints.save(tmp_path / "m", checkpoints.all_types)
    for name, first in {
        "int8": ["0", "1", "3", "4", "5", "6"],
        "bfloat16": ["0.0", "1.0", "3.0", "4.0", "5.0", "6.0"],
        "bool": ["False", *["True"] * 5],
        "scalar": ["5.0"],
        "lone_text": ['"alone"'],
        "empty": [],
    }.items():
        status, report, _ = run("inspect", prefix, "--values", name)
        assert status == 0
        assert (report["name"], report["first"]) == (name, first)
    assert run("inspect", prefix, "--values", "int8")[1]["statistics"]["maximum"] == 6
    texts = run("inspect", prefix, "--values", "text")[1]["first"]
    assert texts[:2] == ['"one"', '""']
    assert texts[2].startswith('"\\u0000three')
    assert len(run("inspect", prefix, "--values", "cut")[1]["first"]) == 10
    assert main(["inspect", str(prefix), "--values", "scalar"]) == 0
    assert capsys.readouterr().out.splitlines()[0] == "scalar  []  float32"


def test_diff_of_two_checkpoints(tmp_path, run, capsys):
    left = checkpoints.save_arrays(
        tmp_path / "l", {"a": [1.0, 2.0], "b": 3.0, "c": [4.0, 5.0, 6.0]}
    )
    right = checkpoints.save_arrays(
        tmp_path / "r", {"a": [1.0, 2.5], "b": 3.0, "d": [4.0, 5.0, 6.0], "e": np.int32(1)}
    )
    status, report, _ = run("diff", left, right)
    assert status == 0
    assert report["equal"] == 1
    assert (report["only_left"], report["only_right"]) == ([], ["e"])
    assert report["renamed"] == [{"left": "c", "right": "d", "candidates": 1}]
    assert report["changed"][0]["name"] == "a"
    assert report["changed"][0]["why"] == "values"
    assert report["changed"][0]["distance"]["max_abs"] == 0.5
    assert main(["diff", str(left), str(right)]) == 0
    assert capsys.readouterr().out.splitlines()[-1] == (
        "1 equal, 1 changed, 1 renamed, 0 only left, 1 only right"
    )


def test_diff_of_a_stack_and_a_checkpoint_tells_whether_it_will_load(
    trained, stack_file, run, capsys
):
    path = stack_file(features(), dense("a", 3, name="hidden"), dense("b", 7, name="head"))
    status, report, _ = run("diff", path, trained)
    assert status == 0
    assert report["restore"]["loads"] is False
    outcomes = {row["name"]: row["outcome"] for row in report["restore"]["variables"]}
    assert outcomes == {
        "hidden/kernel": "restored",
        "hidden/bias": "restored",
        "head/kernel": "other shape",
        "head/bias": "other shape",
    }
    assert main(["diff", path, str(trained)]) == 0
    assert capsys.readouterr().out.splitlines()[-1] == (
        "it will not load: 2 restored, 2 other shape"
    )


def test_a_checkpoint_is_migrated_to_a_stack_with_other_names(trained, stack_file, run, tmp_path):
    path = stack_file(features(), _by_hand("a", 3, "fc1"), _by_hand("b", 2, "fc2"))
    output, saver, init = (tmp_path / name for name in ("map.json", "saver.py", "init.py"))
    status, report, _ = run("map", trained, path, "-o", output, "--saver", saver, "--init", init)
    assert status == 0
    assert report["map"] == {
        "head/bias": "fc2/biases",
        "head/kernel": "fc2/weights",
        "hidden/bias": "fc1/biases",
        "hidden/kernel": "fc1/weights",
    }
    assert len(report["unmatched_left"]) == 15
    assert report["unmatched_right"] == []
    assert json.loads(output.read_text()) == report

    with tf.Graph().as_default(), tf.Session() as session:
        for name, shape in (("fc1", [4, 3]), ("fc2", [3, 2])):
            tf.get_variable(f"{name}/weights", shape)
            tf.get_variable(f"{name}/biases", shape[1:])
        expected = checkpoints.read_all(trained)
        exec(saver.read_text(), {"tf": tf, "session": session, "prefix": str(trained)})
        weights = session.run("fc1/weights:0")
        assert np.array_equal(weights, expected["hidden/kernel"])
        exec(init.read_text(), {"tf": tf, "prefix": str(trained)})
        session.run(tf.global_variables_initializer())
        assert np.array_equal(session.run("fc2/biases:0"), expected["head/bias"])

    new = tmp_path / "new"
    status, report, _ = run("rename", trained, "--map", output, "--to", new)
    assert status == 0
    assert (report["same_bytes"], report["compared"], len(report["followed"])) == (True, 19, 12)
    assert checkpoints.read_all(new)["fc1/weights/Adam"].shape == (4, 3)
    assert run("diff", path, new)[1]["restore"]["loads"] is True
    assert len(run("diff", trained, new)[1]["renamed"]) == 16


def test_a_map_is_told_with_reasons_and_what_is_left(trained, stack_file, capsys):
    path = stack_file(features(), _by_hand("a", 3, "fc1"), dense("c", 9, name="new"))
    assert main(["map", str(trained), path]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[0].split() == ["left", "right", "sure", "because"]
    assert [line.split()[:3] for line in lines[1:3]] == [
        ["hidden/bias", "fc1/biases", "85%"],
        ["hidden/kernel", "fc1/weights", "85%"],
    ]
    assert "the only scopes with these roles and shapes: hidden and fc1, bias" in lines[1]
    assert lines[3:] == [
        "unmatched on the left: head/bias",
        "unmatched on the left: head/kernel",
        "unmatched on the left, folded away: "
        "4 x Adam, 4 x Adam_1, 4 x Momentum, beta1_power, beta2_power, global_step",
        "unmatched on the right: new/kernel",
        "unmatched on the right: new/bias",
        "2 pairs",
    ]


def test_rules_make_the_map(tmp_path, run):
    left = checkpoints.save_arrays(tmp_path / "l", {"old/a/kernel": 1.0, "old/b/kernel": 2.0})
    right = checkpoints.save_arrays(tmp_path / "r", {"new/x1/w": 1.0, "new/x2/w": 2.0})
    rules = ("--prefix", "old/=new/", "--part", "kernel=w", "--regex", "/a/=/x2/")
    _, report, _ = run("map", left, right, *rules)
    assert report["map"]["old/a/kernel"] == "new/x2/w"


def test_a_refused_stack_is_reported_with_status_1(trained, stack_file, run):
    path = stack_file(features(), dense("a", 3, name="hidden"), dense("b", name="hidden"))
    for command in ("diff", "map"):
        status, report, err = run(command, path, trained)
        assert status == 1
        assert err.startswith("layerscope: hidden (dense): Variable hidden/kernel already exists")
    assert report["map"] == {"hidden/kernel": "hidden/kernel", "hidden/bias": "hidden/bias"}


def test_code_in_a_stack_is_not_run_unasked(trained, stack_file, capsys):
    code = "def make(inputs):\n    print('ran')\n    return inputs\n"
    path = stack_file(features(), layer("custom", "c", construction="get_variable", code=code))
    assert main(["diff", path, str(trained)]) == 2
    assert "--trust-code" in capsys.readouterr().err
    assert main(["diff", path, str(trained), "--trust-code", "--json"]) == 0
    json.loads(capsys.readouterr().out)


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["inspect"], "required: prefix"),
        (["inspect", "{}/absent"], "there is no checkpoint"),
        (["inspect", "{}/bad"], "can't be read"),
        (["inspect", "{}/trained/m", "--values", "x"], 'has no "x"'),
        (["inspect", "{}/bad", "--stack", "{}/s.json"], "can't be read"),
        (["inspect", "{}/trained/m", "--stack", "{}/absent/s.json"], "can't be written"),
        (["inspect", "{}/trained/m", "--stack", "x", "--values", "y"], "not allowed with"),
        (["diff", "{}/trained/m", "{}/absent"], "there is no checkpoint"),
        (["diff", "{}/trained/m", "{}/absent.stack.json"], "can't be read"),
        (["map", "{}/trained/m", "{}/trained/m", "--part", "x"], "must be OLD=NEW"),
        (["map", "{}/trained/m", "{}/trained/m", "-o", "{}/absent/x"], "can't be written"),
        (["rename", "{}/trained/m", "--map", "{}/map.json", "--to", "{}/n"], "No such file"),
        (["rename", "{}/trained/m", "--map", "{}/clash.json", "--to", "{}/n"], "would both be"),
        (["rename", "{}/trained/m", "--map", "{}/empty.json", "--to", "{}/no/n"], "no folder"),
        (["rename", "{}/trained/m", "--map", "{}/bad.json", "--to", "{}/n"], "map: is missing"),
    ],
)
def test_what_is_wrong_is_one_line_and_status_2(trained, tmp_path, capsys, arguments, words):
    (tmp_path / "bad.index").write_bytes(b"\0" * 100)
    (tmp_path / "clash.json").write_text('{"map": {"head/bias": "hidden/bias"}}')
    (tmp_path / "empty.json").write_text('{"map": {}}')
    (tmp_path / "bad.json").write_text("{}")
    assert main([argument.replace("{}", str(tmp_path)) for argument in arguments]) == 2
    captured = capsys.readouterr()
    assert captured.out == ""
    (line,) = captured.err.splitlines()
    assert line.startswith("layerscope: ")
    assert words in line


def test_accepted_steps_in_a_map_are_taken(tmp_path, run, capsys):
    left = checkpoints.save_arrays(tmp_path / "l", {"a/kernel": [[1.0, 2.0, 3.0]]})
    right = checkpoints.save_arrays(tmp_path / "r", {"a/kernel": [[1.0], [2.0], [3.0]]})
    output = tmp_path / "map.json"
    _, report, _ = run("map", left, right, "-o", output)
    assert (report["map"], report["steps"]) == ({}, {})
    proposal = report["proposals"][0]
    assert (proposal["step"], proposal["code"]) == ("transposed", "tf.transpose(value, [1, 0])")
    report["map"] = {"a/kernel": "a/kernel"}
    report["steps"] = {"a/kernel": {"step": "transposed", "shape": [3, 1]}}
    output.write_text(json.dumps(report))
    _, report, _ = run("rename", left, "--map", output, "--to", tmp_path / "n")
    assert report["steps"] == {"a/kernel": {"step": "transposed", "shape": [3, 1]}}
    assert run("diff", tmp_path / "n", right)[1]["same"] is True
    assert main(["rename", str(left), "--map", str(output), "--to", str(tmp_path / "n")]) == 0
    assert "a/kernel has shape [3, 1] now: transposed" in capsys.readouterr().out
