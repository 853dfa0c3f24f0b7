"""A checkpoint's values in a build: the right ones, in the right variables, and nothing else."""

from contextlib import closing
from dataclasses import replace

import numpy as np
import pytest

from core.checkpoint import CheckpointError
from core.graph import BuiltGraph, NotDrawnError
from core.restore import restore
from core.restored import Restoring
from core.script import script
from core.shape_steps import AcceptedStep
from core.sources import Selected, StackValues
from core.stack_weights import stack_weights
from core.tf1 import tf
from tests import checkpoints
from tests.stacks import dense, features, scope, stack

_CUT = {"kind": "fixed_size", "num_shards": 3}
_STACKS = {
    "plain": stack(features(), dense("a", 5, name="a"), dense("b", 3, name="b")),
    "resource": stack(features(), dense("a", 5, name="a"), use_resource=True),
    "by hand": stack(features(), dense("a", 5, name="a", construction="get_variable")),
    "cut": stack(features(), scope("s", dense("a", 50, name="a"), partitioner=_CUT)),
    "cut resource": stack(
        features(), scope("s", dense("a", 50, name="a"), partitioner=_CUT), use_resource=True
    ),
    "float16": stack(
        replace(features(), arguments={"shape": (None, 4), "dtype": "float16"}),
        dense("a", 5, name="a"),
    ),
    "reused": stack(
        features(),
        dense("a", 4, name="a"),
        dense("b", 4, name="a", reuse=True),
        dense("c", 2, name="c"),
    ),
}


@pytest.fixture(scope="module")
def other_values(tmp_path_factory):
    """Write checkpoints of the same variables with other values, by the stack's seed."""
    folder = tmp_path_factory.mktemp("other")

    def _write(value, name="other", seed=99):
        with closing(BuiltGraph(replace(value, seed=seed))) as graph:
            return graph.export(folder / name).path

    return _write


def _values(graph):
    return {found.name: graph.values(found.name) for found in graph.built.variables}


@pytest.mark.parametrize("name", _STACKS)
def test_each_variable_has_the_values_that_tensorflow_restores(name, other_values):
    value = _STACKS[name]
    prefix = other_values(value, name.replace(" ", "_"))
    with closing(BuiltGraph(value)) as graph:
        before = _values(graph)
        restored = restore(graph, Restoring(prefix))
        after = _values(graph)
    wanted = checkpoints.read_all(prefix)
    assert restored.variables == wanted.keys() == after.keys()
    for found in wanted:
        assert np.array_equal(after[found], wanted[found])
    kernel = next(found for found in wanted if found.endswith("kernel"))
    assert not np.array_equal(before[kernel], after[kernel])


@pytest.mark.parametrize("name", _STACKS)
def test_the_graph_and_all_that_is_made_of_it_stay_as_they_were(name, other_values, tmp_path):
    value = _STACKS[name]
    prefix = other_values(value, name.replace(" ", "_"))
    with closing(BuiltGraph(value)) as graph:
        graph.export(tmp_path / "before")
        text, ops = script(value, ()).text, graph.graph.as_graph_def()
        restore(graph, Restoring(prefix))
        names = [found.name for found in graph.built.variables]
        drawn = graph.values_of(names, initial=True)
        assert len([drawn.of(found) for found in names]) == len(names)
        assert graph.graph.as_graph_def() == ops
        exported = graph.export(tmp_path / "after")
        assert script(value, ()).text == text
    assert exported.restored.restoring.path == prefix
    metas = [(tmp_path / f"{name}.meta").read_bytes() for name in ("before", "after")]
    assert metas[0] == metas[1]
    written, wanted = checkpoints.read_all(tmp_path / "after"), checkpoints.read_all(prefix)
    assert all(np.array_equal(written[found], wanted[found]) for found in wanted)


@pytest.mark.parametrize("name", _STACKS)
def test_the_initial_values_are_drawn_again_as_they_were(name, other_values):
    value = _STACKS[name]
    prefix = other_values(value, name.replace(" ", "_"))
    with closing(BuiltGraph(value)) as graph:
        initial = _values(graph)
        restore(graph, Restoring(prefix))
        restored = _values(graph)
        # In another order than they were drawn in at first.
        names = list(reversed(initial))
        drawn = graph.values_of(names, initial=True)
        again = {found: drawn.of(found) for found in names}
        assert all(np.array_equal(again[found], initial[found]) for found in initial)
        still = _values(graph)
    assert all(np.array_equal(still[found], restored[found]) for found in initial)


def test_what_does_not_fit_is_refused_by_name_and_nothing_is_changed(other_values):
    prefix = other_values(stack(features(), dense("a", 5, name="a"), dense("b", 3, name="b")))
    wanted = stack(features(), dense("a", 5, name="a"), dense("b", 4, name="b"), dense("c", 2))
    with closing(BuiltGraph(wanted)) as graph:
        before = _values(graph)
        restored = restore(graph, Restoring(prefix))
        assert not restored.variables
        assert restored.sentence == (
            "other was not restored: "
            '"b/kernel" has shape [5, 4] here and [5, 3] in the checkpoint; '
            '"b/bias" has shape [4] here and [3] in the checkpoint; '
            '"dense/kernel" is missing in the checkpoint; '
            '"dense/bias" is missing in the checkpoint.'
        )
        assert restored.fitting == 2
        assert graph.restored is None
        assert all(np.array_equal(before[name], found) for name, found in _values(graph).items())
        partial = restore(graph, Restoring(prefix, partial=True))
        assert partial.variables == {"a/kernel", "a/bias"}
        assert '"dense/bias" is missing in the checkpoint' in partial.sentence
        after = _values(graph)
        assert not np.array_equal(before["a/kernel"], after["a/kernel"])
        assert np.array_equal(before["b/kernel"], after["b/kernel"])


def test_a_checkpoint_that_fits_nothing_is_refused_even_in_part(other_values):
    prefix = other_values(_STACKS["plain"], "plain")
    with closing(BuiltGraph(stack(features(), dense("z", 5, name="z")))) as graph:
        assert not restore(graph, Restoring(prefix, partial=True)).variables
        assert graph.restored is None


def test_names_of_a_map_lead_to_variables(other_values):
    prefix = other_values(_STACKS["resource"], "resource")
    wanted = stack(features(), dense("a", 5, name="fc"))
    names = {"a/kernel": "fc/kernel", "a/bias": "fc/bias"}
    with closing(BuiltGraph(wanted)) as graph:
        assert not restore(graph, Restoring(prefix)).variables
        assert restore(graph, Restoring(prefix, names)).variables == {"fc/kernel", "fc/bias"}
        found = graph.values("fc/kernel")
        assert np.array_equal(found, checkpoints.read_all(prefix)["a/kernel"])
        with pytest.raises(CheckpointError, match="has no"):
            restore(graph, Restoring(prefix, {"b/kernel": "fc/kernel"}))


def test_steps_of_a_map_are_taken_on_the_way(tmp_path):
    kernel = np.arange(20, dtype=np.float32).reshape(5, 4)
    prefix = checkpoints.save_arrays(tmp_path / "m", {"d/kernel": kernel})
    wanted = stack(features(), dense("d", 5, name="d", use_bias=False))
    steps = {"d/kernel": AcceptedStep("transposed", (4, 5))}
    with closing(BuiltGraph(wanted)) as graph:
        assert not restore(graph, Restoring(prefix)).variables
        assert restore(graph, Restoring(prefix, steps=steps)).variables == {"d/kernel"}
        assert np.array_equal(graph.values("d/kernel"), kernel.T)


def test_the_first_format_and_tensors_in_parts_are_read_too(tmp_path):
    def make():
        tf.get_variable("s/a/kernel", [4, 5])
        tf.get_variable("s/a/bias", [5], partitioner=tf.fixed_size_partitioner(2))

    wanted = stack(features(), scope("s", dense("a", 5, name="a")))
    for version in (tf.train.SaverDef.V1, tf.train.SaverDef.V2):
        prefix = checkpoints.save(tmp_path / f"model{version}", make, write_version=version)
        with closing(BuiltGraph(wanted)) as graph:
            assert len(restore(graph, Restoring(prefix)).variables) == 2
            found = graph.values("s/a/kernel")
        assert np.array_equal(found, checkpoints.read_all(prefix)["s/a/kernel"])


def test_damaged_values_are_told(other_values):
    prefix = other_values(_STACKS["plain"], "damaged")
    data = prefix.with_name("damaged.data-00000-of-00001")
    flipped = bytearray(data.read_bytes())
    flipped[-1] ^= 1
    data.write_bytes(flipped)
    with (
        closing(BuiltGraph(_STACKS["plain"])) as graph,
        pytest.raises(CheckpointError, match="checksum"),
    ):
        restore(graph, Restoring(prefix))


def test_without_values_nothing_is_restored(other_values):
    prefix = other_values(_STACKS["plain"], "plain")
    with (
        closing(BuiltGraph(_STACKS["plain"], draw=False)) as graph,
        pytest.raises(NotDrawnError),
    ):
        restore(graph, Restoring(prefix))


def test_how_far_it_is_is_told_and_ends_it(other_values):
    prefix = other_values(_STACKS["plain"], "plain")
    told = []
    with closing(BuiltGraph(_STACKS["plain"])) as graph:
        restore(graph, Restoring(prefix), lambda *found: told.append(found))
        assert told[0][0] == 0
        assert told[-1][0] == told[-1][1] == 4 * (4 * 5 + 5 + 5 * 3 + 3)
        assert [done for done, *_ in told] == sorted(done for done, *_ in told)

        def end(*_):
            raise KeyboardInterrupt

        with pytest.raises(KeyboardInterrupt):
            restore(graph, Restoring(prefix), end)


def test_what_a_map_leaves_out_is_not_there_where_it_is_to_be_so(tmp_path):
    value = stack(features("x", 4), dense("a", 3, name="a"))
    kernel, bias = np.ones((4, 3), np.float32), np.ones(3, np.float32)
    prefix = checkpoints.save_arrays(tmp_path / "m", {"a/kernel": kernel, "a/bias": bias})
    wanted = Restoring(prefix, {"a/kernel": "a/kernel"}, only_named=True)
    with closing(BuiltGraph(value)) as graph:
        assert restore(graph, replace(wanted, only_named=False)).variables == {
            "a/kernel",
            "a/bias",
        }
    with closing(BuiltGraph(value)) as graph:
        assert restore(graph, wanted).misfits == '"a/bias" is missing in the checkpoint'
        assert restore(graph, replace(wanted, partial=True)).variables == {"a/kernel"}
        assert not graph.values("a/bias").any()


def test_restored_weights_stand_beside_the_initial_ones(tmp_path):
    value = stack(features("x", 40), dense("a", 50, name="a"))
    trained = 0.5 * np.random.default_rng(3).normal(size=(40, 50)).astype(np.float32)
    prefix = checkpoints.save_arrays(tmp_path / "trained", {"a/kernel": trained})
    source = StackValues(value, restored=Restoring(prefix, partial=True))
    selected = (
        Selected(source, "a/kernel", "trained"),
        Selected(StackValues(value), "a/kernel", "drawn"),
        Selected(source, "a/bias"),
    )
    with closing(BuiltGraph(value)) as graph:
        initial_values = graph.values("a/kernel")
        restore(graph, source.restored)
        restored, initial, left = stack_weights(graph, selected)
    assert [found.name for found in (restored, initial, left)] == ["trained", "drawn", "a/bias"]
    assert restored.statistics.mean == pytest.approx(trained.mean(dtype=np.float64))
    assert initial.statistics.mean == pytest.approx(initial_values.mean(dtype=np.float64))
    # What was trained was drawn from nothing; what was left out was.
    assert restored.density is None
    assert restored.fit is None
    assert initial.density.known
    assert left.density.known
    widths = [found.edges[1] - found.edges[0] for found in (restored, initial)]
    assert widths[1] == pytest.approx(widths[0], rel=0.2)
    assert [found.counts.sum() for found in (restored, initial)] == [2000, 2000]
