"""Scripts: the program that is shown is the one that ran."""

import ast

import pytest

from core.document import load
from core.graph import BuiltGraph
from core.script import ScriptError, script, write_script
from core.tf1 import tf
from tests.examples import EXAMPLES
from tests.small_disks import fill, small_disk
from tests.stacks import dense, features, layer, scope, stack


def _run(text: str) -> bytes:
    """Run a script in a graph of its own; return the GraphDef."""
    with tf.Graph().as_default() as graph:
        exec(compile(text, "script", "exec"), {})
    return graph.as_graph_def().SerializeToString(deterministic=True)


def _built(of) -> bytes:
    graph = BuiltGraph(of)
    graph.close()
    assert graph.built.refusal is None, graph.built.refusal
    return graph.graph_def


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.name)
def test_an_example_s_script_makes_the_same_graph_to_the_byte(path):
    example = load(path)
    found = script(example)
    assert _run(found.text) == _built(example)
    assert found.whole == ()
    assert "def dense" not in found.text
    assert f"Needs tensorflow {tf.__version__} and tf-keras" in found.text


_AWKWARD_NAMES = ["tf", "dense", "os", "list", "int", "class", "manual", "activate", "7up", "a.b"]


def test_names_that_python_has_taken_change_nothing():
    nodes = [features(name="inputs")]
    for way in ("get_variable", "layers"):
        nodes += [
            dense(
                f"{way}{name}",
                name=f"{name}" if way == "layers" else f"{name}/x/{index}",
                construction=way,
            )
            for index, name in enumerate(_AWKWARD_NAMES)
        ]
    awkward = stack(*nodes, name='quotes " and \\ and\nlines')
    assert _run(script(awkward).text) == _built(awkward)


def test_all_sorts_of_arguments_come_out_as_they_went_in():
    various = stack(
        layer("input", "x", "images", shape=(None, 12, 12, 3)),
        scope(
            "s",
            layer(
                "conv2d",
                "c",
                construction="get_variable",
                filters=4,
                kernel_size=(3, 3),
                dilation_rate=(2, 1),
                activation={"kind": "elu"},
                kernel_initializer={"kind": "variance_scaling", "scale": 2.0, "mode": "fan_out"},
                kernel_constraint={"kind": "max_norm", "max_value": 2, "axis": (0, 1, 2)},
                variables={"bias": {"name": "b", "collections": ("variables", "mine")}},
            ),
            layer(
                "batch_normalization",
                "n",
                training={"kind": "placeholder", "default": True},
                renorm=True,
                renorm_clipping={"rmax": 3.0, "dmax": 5.0},
            ),
            layer("dropout", "o", training=True, noise_shape=(None, 1, 1, 4), seed=3),
            layer("activation", "a", "act", function="softplus"),
            initializer={"kind": "random_normal", "stddev": 1e-05},
            regularizer={"kind": "l1_l2", "l1": 0.1, "l2": 0.2},
            reuse="auto",
            device="/device:CPU:0",
        ),
        layer("max_pooling2d", "p", pool_size=2, strides=(1, 2), padding="same"),
        layer("reshape", "r", shape=(-1, 24)),
        dense("d", units=24, inputs=("r",)),
        layer("add", "m", "sum", inputs=("r", "d")),
        layer("concat", "j", axis=1, inputs=("m", "d", "r")),
        scope("empty", name=None),
        scope("names", dense("q", 5), kind="name_scope", name="ns"),
        scope("unnamed", dense("r2", 5), kind="name_scope", name=None),
        device="/cpu:0",
    )
    assert _run(script(various).text) == _built(various)


def test_a_line_knows_its_layer():
    text = script(stack(features("x", name="x"), scope("s", dense("a", name="d"), name="net")))
    assert len(text.lines) == len(text.origins)
    found = {
        origin: line.strip()
        for line, origin in zip(text.lines, text.origins, strict=True)
        if origin is not None
    }
    assert found["s"] == 'with tf.variable_scope("net"):'
    assert found["a"] == 'd = tf.layers.dense(x, units=3, name="d")'


def test_a_script_of_tf_layers_alone_carries_no_twins():
    assert "def " not in script(stack(features(), dense("a"))).text


def test_a_layer_that_can_not_be_built_raises_in_the_script_too():
    text = script(stack(dense("a"))).text
    ast.parse(text)
    with pytest.raises(ValueError, match="needs an input"):
        _run(text)


def test_scopes_nested_deeper_than_python_nests_blocks_are_refused_before_they_are_built():
    nodes = (features("x"), dense("d", name="d", device="/device:CPU:0"))
    for number in range(19):
        nodes = (scope(f"s{number}", *nodes, name=f"s{number}"),)
    assert _run(script(stack(*nodes)).text) == _built(stack(*nodes))
    deeper = stack(*nodes, device="/device:CPU:0")
    refusal = BuiltGraph(deeper).built.refusal
    assert refusal.origin == "d"
    assert "more than 20 deep" in refusal.message
    compile(script(deeper).text, "script", "exec")


def test_a_script_on_a_full_disk_leaves_the_old_one_whole(tmp_path):
    with small_disk(tmp_path, 256 * 1024) as disk:
        path = disk / "a.py"
        path.write_text("old")
        fill(disk)
        layers = [dense(f"d{number}", name=f"d{number}") for number in range(100)]
        with pytest.raises(ScriptError, match=r"^a\.py can't be written: No space left on device$"):
            write_script(script(stack(features(), *layers)), path)
        assert path.read_text() == "old"
