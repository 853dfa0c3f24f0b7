"""Each example, from the command line to a process that has nothing but TensorFlow."""

import json

import pytest

from core.document import load
from core.graph import BuiltGraph
from tests.acceptance.program import run_program, run_python
from tests.examples import EXAMPLES

# What a user would write to take a script and a checkpoint over: the script's graph, the values in
# the checkpoint, those that a session restores, and one pass of a small batch through all layers.
_TAKE_OVER = """
import hashlib, importlib.util, json, runpy, sys
import numpy as np
script, prefix, graph_file, *fetches = sys.argv[1:]
runpy.run_path(script)
import tensorflow.compat.v1 as tf

graph = tf.get_default_graph()
with open(graph_file, "wb") as file:
    file.write(graph.as_graph_def().SerializeToString(deterministic=True))

def seen(values):
    digest = hashlib.sha256(values.tobytes()).hexdigest()
    return [list(values.shape), values.dtype.name, digest]

variables = {variable.op.name: variable for variable in tf.global_variables()}
names = [name for name, _ in tf.train.list_variables(prefix)]
saved = {name: seen(tf.train.load_variable(prefix, name)) for name in names}

random = np.random.RandomState(0)
feed = {}
for operation in graph.get_operations():
    if operation.type == "Placeholder":
        batch = operation.outputs[0]
        shape = [size or 2 for size in batch.shape.as_list()]
        feed[batch] = random.randint(0, 2, shape).astype(batch.dtype.as_numpy_dtype)

with tf.Session() as session:
    tf.train.Saver().restore(session, prefix)
    restored = {name: seen(session.run(found)) for name, found in variables.items()}
    passed = session.run(fetches, feed)

print(json.dumps({
    "saved": saved,
    "restored": restored,
    "shapes": [list(values.shape) for values in passed],
    "finite": all(bool(np.isfinite(values).all()) for values in passed),
    "alone": importlib.util.find_spec("core") is None,
}))
"""


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.name)
def test_an_example_s_checkpoint_and_script_hold_what_the_report_says(path, tmp_path):
    model, script, graph_file = (tmp_path / name for name in ("model", "script.py", "graph.pb"))
    built = run_program("build", path, "--json", "--checkpoint", model, "--script", script)
    assert (built.returncode, built.stderr) == (0, "")
    report = json.loads(built.stdout)
    assert report["ok"]
    outputs = dict(
        output
        for layer in report["layers"]
        for output in zip(layer["output_names"], layer["outputs"], strict=True)
    )

    ran = run_python("-I", "-c", _TAKE_OVER, script, model, graph_file, *outputs)
    assert ran.returncode == 0, ran.stderr
    found = json.loads(ran.stdout)
    expected = {
        variable["name"]: [variable["shape"], variable["dtype"], variable["values"]["sha256"]]
        for variable in report["variables"]
    }
    assert found["saved"] == expected
    assert found["restored"] == expected
    assert found["shapes"] == [[size or 2 for size in shape] for shape in outputs.values()]
    assert found["finite"]
    assert found["alone"]

    graph = BuiltGraph(load(path))
    graph.close()
    assert graph_file.read_bytes() == graph.graph_def
