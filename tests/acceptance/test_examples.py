"""Each example, from the command line to a process that has nothing but TensorFlow."""

import json

import pytest

from core.document import load
from core.graph import BuiltGraph
from tests.acceptance.program import run_program, run_python
from tests.examples import EXAMPLES

# What a user would write to look into a checkpoint.
_READ_CHECKPOINT = """
import hashlib, json, sys
import tensorflow.compat.v1 as tf
reader = tf.train.load_checkpoint(sys.argv[1])
found = {}
for name, shape in reader.get_variable_to_shape_map().items():
    values = reader.get_tensor(name)
    found[name] = [shape, values.dtype.name, hashlib.sha256(values.tobytes()).hexdigest()]
print(json.dumps(found))
"""

_RUN_SCRIPT = """
import runpy, sys
runpy.run_path(sys.argv[1])
import tensorflow.compat.v1 as tf
graph = tf.get_default_graph().as_graph_def()
open(sys.argv[2], "wb").write(graph.SerializeToString(deterministic=True))
"""


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.name)
def test_an_example_s_checkpoint_and_script_hold_what_the_report_says(path, tmp_path):
    built = run_program(
        *("build", path, "--json"),
        *("--checkpoint", tmp_path / "model", "--script", tmp_path / "script.py"),
    )
    assert (built.returncode, built.stderr) == (0, "")
    report = json.loads(built.stdout)
    assert report["ok"]

    read = run_python("-c", _READ_CHECKPOINT, tmp_path / "model")
    assert json.loads(read.stdout) == {
        found["name"]: [found["shape"], found["dtype"], found["values"]["sha256"]]
        for found in report["variables"]
    }

    ran = run_python("-c", _RUN_SCRIPT, tmp_path / "script.py", tmp_path / "graph.pb")
    assert ran.returncode == 0, ran.stderr
    graph = BuiltGraph(load(path))
    graph.close()
    assert (tmp_path / "graph.pb").read_bytes() == graph.graph_def
