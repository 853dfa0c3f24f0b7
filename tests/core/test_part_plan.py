"""The code of some layers alone: it runs by itself and makes these layers' variables and ops."""

import pytest

from core.custom_code import digests
from core.document import load
from core.graph import BuiltGraph
from core.script import part_script
from core.stack import Scope, subtree
from core.tf1 import tf
from tests.examples import EXAMPLES
from tests.stacks import dense, features, layer, scope, stack

BY_HAND = {"construction": "get_variable"}


def run(text):
    """Run a program alone; return its graph."""
    with tf.Graph().as_default() as graph:
        exec(compile(text, "script", "exec"), {})
    return graph


def ops(graph, scope_name):
    """Return the ops in a name scope, without the names of what is outside, and the seeds."""
    found = []
    for op in graph.get_operations():
        if op.name.startswith(f"{scope_name}/"):
            node = op.node_def
            inside = [name for name in node.input if name.strip("^").startswith(f"{scope_name}/")]
            del node.input[:]
            for key in ("seed", "seed2", "_class"):
                node.attr.pop(key, None)
            node.input.extend(inside)
            found.append(node.SerializeToString(deterministic=True))
    return found


@pytest.fixture
def build():
    graphs = []

    def make(*nodes, **fields):
        graphs.append(BuiltGraph(stack(*nodes, **fields)))
        return graphs[-1]

    yield make
    for graph in graphs:
        graph.close()


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.name)
def test_each_layer_of_an_example_runs_alone(path):
    graph = BuiltGraph(load(path))
    graph.close()
    built = graph.built
    # Alone, what TensorFlow names is numbered anew, and of a repetition there is the last one.
    renamed = {
        node.id
        for top in built.stack.walk()
        if top.name is None or (isinstance(top, Scope) and top.repeat > 1)
        for node in (*subtree(top), *map(built.stack.node, built.stack.ancestors(top.id)))
    }
    for made_layer in built.layers:
        alone = run(part_script(graph, (made_layer.id,)).text)
        with alone.as_default():
            made = {found.op.name: found.shape.as_list() for found in tf.global_variables()}
        shapes = {variable.name: list(variable.shape) for variable in built.variables}
        assert bool(made) >= bool(made_layer.variables)
        if made_layer.id not in renamed:
            assert made.keys() >= set(made_layer.variables)
            assert made.items() <= shapes.items()
    # A scope that is entered again has its ops in another name scope, alone in the first.
    renamed |= {found.origin for found in built.ledger if found.scope != found.name_scope}
    for variable in (found for found in built.variables if found.created_by not in renamed):
        maker = run(part_script(graph, (variable.created_by,)).text)
        name = variable.name.rpartition("/")[0]
        makers = {
            found.created_by for found in built.variables if found.name.startswith(f"{name}/")
        }
        if len(variable.used_by) == 1 == len(makers):
            assert ops(maker, name) == ops(graph.graph, name), name


@pytest.mark.parametrize("construction", ["layers", "get_variable"])
def test_a_layer_can_be_written_in_the_other_construction(build, construction):
    graph = build(features("x", name="x"), scope("s", dense("d", name="d"), dense("e", name="e")))
    found = part_script(graph, ("e",), construction)
    own = [line for line, at in zip(found.lines, found.origins, strict=True) if at == "e"]
    assert ("tf.layers.dense" in own[0]) == (construction == "layers")
    assert '    d = tf.placeholder(tf.float32, [None, 3], name="d")' not in found.lines
    assert 'd = tf.placeholder(tf.float32, [None, 3], name="d")' in found.lines
    with run(found.text).as_default():
        assert [v.op.name for v in tf.global_variables()] == ["s/e/kernel", "s/e/bias"]


def test_the_layers_whose_variables_are_reused_stand_before_it(build):
    graph = build(
        features("x", name="x"),
        dense("a", 4, name="fc", **BY_HAND),
        dense("b", 5, name="between", **BY_HAND),
        layer("tied_dense", "t", "t", inputs=("a", "a"), **BY_HAND),
        dense("c", 4, name="fc", reuse=True, inputs=("x",), **BY_HAND),
    )
    for chosen in ("t", "c"):
        found = part_script(graph, (chosen,))
        assert "between" not in found.text
        assert "# This makes variables that are reused below." in found.text
        run(found.text)


def test_a_scope_is_its_layers_and_a_repeated_one_its_last_repetition(build):
    graph = build(
        features("x", name="x"),
        scope("s", dense("a", 4, name="a"), dense("b", 4, name="b"), name="block_{i}", repeat=3),
    )
    with run(part_script(graph, ("s",), "get_variable").text).as_default():
        names = [variable.op.name for variable in tf.global_variables()]
    assert names == [f"block_2/{name}/{role}" for name in "ab" for role in ("kernel", "bias")]


def test_the_refused_layer_is_told_at_its_line(build):
    graph = build(
        features("x", name="x"),
        dense("a", 3, name="d", **BY_HAND),
        dense("b", 5, name="d", reuse=True, inputs=("x",), **BY_HAND),
        dense("c", name="c", inputs=("b",)),
    )
    found = part_script(graph, ("b",))
    assert ["get_variable" in found.lines[at] for at in found.refused] == [True]
    with pytest.raises(ValueError, match="specified shape"):
        run(found.text)
    behind = part_script(graph, ("c",))
    with pytest.raises(ValueError, match="isn't known"):
        run(behind.text)


def test_a_function_of_a_person_s_own_comes_along():
    code = "def twice(x):\n    return 2 * x\n"
    of = stack(features(), layer("custom", "c", "c", code=code, **BY_HAND), dense("d"))
    trusted = digests(of)
    graph = BuiltGraph(of, trusted=trusted)
    graph.close()
    assert "def twice" in part_script(graph, ("c",), trusted=trusted).text
    assert "def twice" not in part_script(graph, ("d",), trusted=trusted).text
