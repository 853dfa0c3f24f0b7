"""Variables in parts: one in the views and in the checkpoint, several in the graph."""

import numpy as np
import pytest

from core.graph import BuiltGraph
from core.script import script
from core.tf1 import tf
from tests.stacks import dense, features, layer, scope, stack

_THREE = {"kind": "fixed_size", "num_shards": 3}


@pytest.fixture
def build():
    graphs = []

    def _build(*nodes):
        graphs.append(BuiltGraph(stack(features(size=6), *nodes)))
        return graphs[-1]

    yield _build
    for graph in graphs:
        graph.close()


@pytest.mark.parametrize("way", ["layers", "get_variable"])
def test_a_partitioned_variable_is_one_with_its_whole_shape(build, way):
    cut = scope("s", dense("d", name="d", construction=way), partitioner=_THREE)
    graph = build(cut)
    kernel, bias = graph.built.variables
    assert (kernel.name, kernel.shape, kernel.trainable) == ("s/d/kernel", (6, 3), True)
    assert (bias.name, bias.shape) == ("s/d/bias", (3,))
    assert graph.values("s/d/kernel").shape == (6, 3)
    parts = [op.name for op in graph.graph.get_operations() if op.type == "VariableV2"]
    assert "s/d/kernel/part_2" in parts


@pytest.mark.parametrize(
    "partitioner",
    [
        _THREE,
        {"kind": "min_max", "max_partitions": 2, "min_slice_size": 16},
        {"kind": "variable_axis_size", "max_shard_bytes": 24},
    ],
    ids=lambda found: found["kind"],
)
def test_a_checkpoint_has_the_whole_and_restores_the_parts(build, tmp_path, partitioner):
    graph = build(scope("s", dense("d", name="d"), partitioner=partitioner))
    graph.export(tmp_path / "m")
    values = graph.values("s/d/kernel")
    assert np.array_equal(tf.train.load_variable(str(tmp_path / "m"), "s/d/kernel"), values)
    with tf.Graph().as_default(), tf.Session() as session:
        saver = tf.train.import_meta_graph(str(tmp_path / "m.meta"))
        saver.restore(session, str(tmp_path / "m"))
        parts = [
            session.run(part)
            for part in tf.global_variables()
            if part.op.name.startswith("s/d/kernel/")
        ]
    assert len(parts) > 1
    assert np.array_equal(np.concatenate(parts), values)


def test_one_variable_of_a_manual_layer_can_be_cut_alone(build):
    settings = {"kernel": {"partitioner": _THREE}}
    graph = build(dense("d", name="d", construction="get_variable", variables=settings))
    names = [op.name for op in graph.graph.get_operations() if op.type == "VariableV2"]
    assert names == ["d/kernel/part_0", "d/kernel/part_1", "d/kernel/part_2", "d/bias"]


def test_moving_averages_are_left_whole(build):
    graph = build(scope("s", layer("batch_normalization", "n", "n"), partitioner=_THREE))
    names = [op.name for op in graph.graph.get_operations() if op.type == "VariableV2"]
    assert "s/n/gamma/part_0" in names
    assert "s/n/moving_mean" in names


def test_reuse_with_other_parts_is_refused(build):
    again = dense("b", name="d", inputs=("x",))
    built = build(
        scope("s", dense("a", name="d"), name="t", partitioner=_THREE),
        scope("r", again, name="t", reuse=True, partitioner={**_THREE, "num_shards": 2}),
    ).built
    assert built.refusal.origin == "b"
    assert "found partitions [3, 1]" in built.refusal.message


def test_the_script_cuts_alike(build):
    nodes = (scope("s", dense("d", name="d", construction="get_variable"), partitioner=_THREE),)
    graph = build(*nodes)
    with tf.Graph().as_default() as again:
        exec(script(stack(features(size=6), *nodes)).text, {})
    assert again.as_graph_def().SerializeToString(deterministic=True) == graph.graph_def


def test_the_ledger_names_the_scope_that_cuts(build):
    graph = build(scope("s", dense("d", name="d"), partitioner=_THREE))
    sources = [
        setting for setting in graph.built.ledger[0].settings if setting.name == "partitioner"
    ]
    assert [(found.source.value, found.scope) for found in sources] == [("scope", "s")]
    assert sources[0].value == "fixed_size_partitioner(num_shards=3)"
