"""Signals: what the layers put out for a batch, against plain runs of the same graph."""

import json
import os
import signal
from dataclasses import asdict, replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.comparison import with_construction
from core.distribution import BINS_OF_A_DECADE, distribution_from_json
from core.forward import Forward
from core.graph import BuiltGraph
from core.graph_runner import STOPPED, GraphRunner
from core.kind import CONSTRUCTIONS
from core.made_up import made_up
from core.numbers import SIGNAL_FEED, Feed
from core.signal_rows import side, signal_rows
from core.signal_verdict import layer_remarks, remarks, signal_labels, verdict
from core.signals import GRADIENT, OUTPUT, LayerSignal, Signals
from core.signals_pass import SignalsPass
from core.signals_report import histograms_csv, signals_json, signals_lines, statistics_csv
from core.tensor_distribution import distribution
from core.tf1 import tf
from tests.forwards import built_with_forward, endless
from tests.stacks import dense, features, layer, scope, stack

_FEED = Feed(batch=64)
_NORMAL = {"kind": "random_normal", "stddev": 0.01}


@pytest.fixture(scope="module")
def runner():
    """A runner whose process has no oneDNN: it can't compute with channels first."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("TF_ENABLE_ONEDNN_OPTS", "0")
        runner = GraphRunner()
        runner.start()
    yield runner
    runner.close()


def _signals(runner, *nodes, feed=_FEED, **fields) -> Signals:
    return runner.find_signals(built_with_forward(stack(*nodes, **fields)).forward, feed)


def _of(signals, origin) -> LayerSignal:
    return next(found for found in signals.layers if found.origin == origin)


def _deep(count, **fields):
    units = fields.pop("units", 64)
    return [
        dense(f"d{at}", units, name=f"dense{at}", use_bias=False, **fields) for at in range(count)
    ]


def _verdict(signals, way=OUTPUT):
    return verdict(signals, way, signal_labels(signals, {}))


def _plain_run(graph: BuiltGraph, feed: Feed):
    """Return each layer's output, as a session gives it from the values that were drawn."""
    random = np.random.default_rng(feed.seed)
    fed = {
        op.outputs[0]: made_up(op.outputs[0], feed, random)
        for op in graph.graph.get_operations()
        if op.type == "Placeholder"
    }
    with graph.graph.as_default(), tf.Session() as session:
        for name in (variable.name for variable in graph.built.variables):
            (variable,) = (v for v in tf.global_variables() if v.op.name == name)
            variable.load(graph.values(name), session)
        return {name: session.run(name, fed) for _, name in graph.built.forward.outputs}


# Distributions


@given(
    st.lists(
        st.one_of(st.floats(width=32), st.sampled_from([0.0, -0.0, 1e-45, 3e38])), max_size=300
    )
)
def test_a_distribution_counts_each_value_once_and_survives_json(values):
    array = np.array(values, np.float32)
    found = distribution(array)
    finite = array[np.isfinite(array)].astype(np.float64)
    assert found.statistics.count == array.size
    assert found.statistics.nan == np.isnan(array).sum()
    assert (found.values.total if found.values else 0) == finite.size
    other = np.abs(finite[finite != 0])
    assert (found.magnitudes.total if found.magnitudes else 0) == other.size
    if other.size:
        assert found.magnitudes.low <= np.log10(other.min()) + 1e-9
        assert found.magnitudes.high >= np.log10(other.max()) - 1e-9
        width = (found.magnitudes.high - found.magnitudes.low) / len(found.magnitudes.counts)
        assert width == pytest.approx(1 / BINS_OF_A_DECADE)
    assert distribution_from_json(json.loads(json.dumps(asdict(found)))) == found


def test_a_histogram_is_that_of_numpy_and_tells_the_bin_of_a_place():
    values = np.random.default_rng(0).normal(size=5000).astype(np.float32)
    found = distribution(values).values
    counts, edges = np.histogram(values.astype(np.float64), bins=len(found.counts))
    assert found.counts == tuple(counts)
    assert np.allclose(found.edges, edges)
    assert found.bin_at(found.low) == 0
    assert found.bin_at(found.high) == len(found.counts) - 1
    assert found.bin_at(np.nextafter(found.high, np.inf)) is None
    middle = (found.edges[7] + found.edges[8]) / 2
    assert found.bin_at(middle) == 7


def test_other_types_have_distributions_too():
    assert distribution(np.array([True, False, False])).statistics.mean == pytest.approx(1 / 3)
    assert distribution(np.array([3 + 4j])).statistics.maximum == 5
    assert distribution(np.zeros((0, 3))).values is None
    constant = distribution(np.full(9, 2.5)).values
    assert (constant.counts, constant.low, constant.high) == ((9,), 2.5, 2.5)


# What is found


def test_the_outputs_are_those_of_the_values_that_were_drawn(runner):
    nodes = (
        layer("input", "x", "x", shape=(None, 6, 6, 2)),
        layer("conv2d", "c", "c", filters=3, kernel_size=3, activation="relu"),
        layer("batch_normalization", "n", "n", training=True, construction="get_variable"),
        layer("flatten", "f"),
        dense("d", 5, name="d", kernel_initializer="he_normal"),
        dense("e", 4, construction="get_variable", kernel_initializer="orthogonal"),
    )
    graph = BuiltGraph(stack(*nodes))
    expected = _plain_run(graph, _FEED)
    signals = runner.find_signals(graph.built.forward, _FEED)
    graph.close()
    assert [found.tensor for found in signals.layers] == list(expected)
    assert signals.skipped is None
    for found in signals.layers:
        values = expected[found.tensor]
        assert found.shape == values.shape
        statistics = found.output.statistics
        assert statistics.count == values.size
        assert statistics.mean == pytest.approx(values.mean(), abs=1e-5)
        assert statistics.std == pytest.approx(values.std(), rel=1e-4)
        assert statistics.minimum == pytest.approx(values.min(), abs=1e-5)
        assert statistics.maximum == pytest.approx(values.max(), abs=1e-5)
        assert statistics.zeros == pytest.approx((values == 0).mean(), abs=1e-3)


def test_known_weights_have_known_signals(runner):
    twos = dense("d", 2, kernel_initializer={"kind": "constant", "value": 2.0})
    signals = _signals(runner, features("x", 1), twos)
    x, d = signals.layers
    assert d.deviation(OUTPUT) == pytest.approx(2 * x.deviation(OUTPUT), rel=1e-6)
    assert d.takes == (x.tensor,)
    assert signals.gain(d) == pytest.approx(2)
    assert signals.gain(x) is None
    assert signals.total_gain(d) == pytest.approx(2)
    # Both outputs are 2 x, so the gradient for x is twice the sum of two weights of deviation 1.
    assert d.deviation(GRADIENT) == pytest.approx(1, rel=0.2)
    assert x.deviation(GRADIENT) == pytest.approx(2 * 2**0.5, rel=0.3)


def test_gradients_are_those_of_a_plain_run(runner):
    plain = stack(features("x", 5), dense("d", 4, activation="tanh"), dense("e", 3))
    built = built_with_forward(plain)
    signals = runner.find_signals(built.forward, _FEED)
    with tf.Graph().as_default() as graph, tf.Session() as session:
        tf.import_graph_def(tf.GraphDef.FromString(built.forward.graph_def), name="")
        tensors = [graph.get_tensor_by_name(name) for _, name in built.forward.outputs]
        session.run(list(built.forward.initializers))
        fed = {tensors[0]: made_up(tensors[0], _FEED, np.random.default_rng(_FEED.seed))}
        weights = np.random.default_rng(_FEED.seed).standard_normal((_FEED.batch, 3))
        loss = tf.reduce_sum(tensors[-1] * tf.constant(weights, tf.float32))
        expected = session.run(tf.gradients(loss, tensors), fed)
    for found, values in zip(signals.layers, expected, strict=True):
        assert found.deviation(GRADIENT) == pytest.approx(values.std(), rel=1e-4)
        assert found.gradient.statistics.mean == pytest.approx(values.mean(), abs=1e-5)


def test_what_has_no_gradient_has_none(runner):
    signals = _signals(
        runner,
        layer("input", "x", shape=(None, 5), dtype="int32"),
        layer("embedding", "t", construction="get_variable", input_dim=9, output_dim=3),
        dense("d"),
    )
    ids, table, d = signals.layers
    assert not ids.floating
    assert ids.gradient is None
    assert table.gradient is not None
    # The ids are rows of the table, and not all the same one.
    assert ids.output.statistics.maximum == 8
    assert ids.output.statistics.minimum == 0
    assert table.takes == ()
    assert d.takes == (table.tensor,)
    assert signals.source(d) == table


def test_half_of_a_relu_is_zeros_and_no_unit_is_dead(runner):
    relu = _of(_signals(runner, features("x", 64), *_deep(1, activation="relu")), "d0")
    assert relu.output.statistics.zeros == pytest.approx(0.5, abs=0.1)
    assert relu.dead == 0


def test_dead_units_are_counted(runner):
    dead = dense("d", 8, activation="relu", bias_initializer={"kind": "constant", "value": -99.0})
    signals = _signals(runner, features("x", 4), dead, dense("e"))
    assert _of(signals, "d").dead == 1
    assert "All values of d are 0: the signal ends there." in _verdict(signals)
    assert "All of the gradient at d is 0" not in _verdict(signals)
    assert _verdict(signals, GRADIENT).startswith("All of the gradient at x is 0")
    (note,) = layer_remarks(signals, _of(signals, "d"), signal_labels(signals, {}))
    assert note == "All of its units are 0 in each example: they are dead."


def test_a_layer_of_a_repeated_scope_has_each_of_its_outputs(runner):
    twice = scope("s", dense("d"), dense("e"), name="block_{i}", repeat=2)
    signals = _signals(runner, features("x", 3), twice)
    assert [found.origin for found in signals.layers] == ["x", "d", "e", "d", "e"]
    assert len(set(signal_labels(signals, {}).values())) == 5
    for one, other in zip(signals.layers, signals.layers[1:], strict=False):
        assert other.takes == (one.tensor,)
    assert signals.source(signals.layers[-1]) == signals.layers[0]


# Verdicts


def test_small_weights_let_the_signal_and_the_gradient_vanish(runner):
    signals = _signals(runner, features("x", 64), *_deep(20, kernel_initializer=_NORMAL))
    words = _verdict(signals)
    assert words.startswith("The deviation falls from 0.57")
    assert words.endswith("at d19: the signal vanishes.")
    assert _of(signals, "d19").deviation(OUTPUT) < 1e-18
    assert "at x: it vanishes." in _verdict(signals, GRADIENT)


def test_large_weights_let_it_explode(runner):
    large = {"kind": "random_normal", "stddev": 1.0}
    signals = _signals(runner, features("x", 64), *_deep(20, kernel_initializer=large))
    assert _verdict(signals).endswith("at d19: the signal explodes.")
    overflowing = _signals(runner, features("x", 64), *_deep(50, kernel_initializer=large))
    assert "infinite" in _verdict(overflowing) or "NaN" in _verdict(overflowing)
    assert _verdict(overflowing).endswith("the signal overflows.")


def test_he_normal_keeps_it_behind_a_relu(runner):
    nodes = _deep(20, kernel_initializer="he_normal", activation="relu", units=256)
    signals = _signals(runner, features("x", 256), *nodes)
    assert _verdict(signals).endswith("the signal neither vanishes nor explodes.")
    assert _verdict(signals, GRADIENT).endswith("it neither vanishes nor explodes.")
    assert 0.3 < signals.total_gain(signals.layers[-1]) < 3


def test_the_shares_of_a_softmax_are_no_vanished_signal(runner):
    softmax = dense("s", 4000, activation="softmax")
    signals = _signals(runner, features("x", 64), softmax)
    assert signals.total_gain(signals.layers[-1]) < 1e-3
    assert "the signal vanishes" not in _verdict(signals)
    assert list(layer_remarks(signals, signals.layers[-1], {})) == []


def test_what_is_scaled_on_the_way_and_back_is_kept(runner):
    large = dense("up", 64, kernel_initializer={"kind": "random_normal", "stddev": 1e4})
    back = layer("batch_normalization", "n", training=True)
    signals = _signals(runner, features("x", 64), large, back, *_deep(1))
    words = _verdict(signals)
    assert "at d0: the signal neither vanishes nor explodes. On the way, it is " in words
    assert "vanishes. " not in words


def test_a_layer_that_weakens_or_strengthens_the_signal_says_so(runner):
    weak, strong = (
        dense(name, 64, kernel_initializer={"kind": "random_normal", "stddev": deviation})
        for name, deviation in (("weak", 0.001), ("strong", 9.0))
    )
    signals = _signals(runner, features("x", 64), weak, strong)
    names = signal_labels(signals, {})
    (one,) = layer_remarks(signals, _of(signals, "weak"), names)
    (other,) = layer_remarks(signals, _of(signals, "strong"), names)
    assert one.startswith("It weakens the signal: its deviation is 0.00")
    assert other.startswith("It strengthens the signal: its deviation is 7")


# Both constructions


def test_twins_have_the_same_signals(runner):
    both = []
    for construction in CONSTRUCTIONS:
        nodes = (
            layer("input", "x", "x", shape=(None, 8, 8, 3)),
            layer("conv2d", "c", "c", filters=4, kernel_size=3, activation="relu"),
            layer("separable_conv2d", "s", "s", filters=4, kernel_size=3),
            layer("flatten", "f"),
            dense("d", 6, kernel_initializer="truncated_normal"),
        )
        chosen = with_construction(stack(*nodes), construction)
        both.append(runner.find_signals(built_with_forward(chosen).forward, _FEED))
    for one, other in zip(both[0].layers, both[1].layers, strict=True):
        assert one.origin == other.origin
        assert one.shape == other.shape
        for way in (OUTPUT, GRADIENT):
            mine, others = one.distribution(way).statistics, other.distribution(way).statistics
            assert mine.std == pytest.approx(others.std, rel=1e-4)
            assert mine.mean == pytest.approx(others.mean, abs=1e-5)
            assert (mine.nan, mine.infinite) == (0, 0)


# What can't be run


def _image_nodes():
    return (
        layer("input", "x", "x", shape=(None, 8, 8, 8)),
        layer("conv2d", "c", "c", filters=4, kernel_size=3, data_format="channels_first"),
        layer("flatten", "f"),
        dense("d"),
    )


def test_a_layer_that_fails_is_told_and_the_rest_goes_on(runner):
    signals = _signals(runner, *_image_nodes())
    names = signal_labels(signals, {})
    failed = _of(signals, "c")
    assert "only supports the NHWC tensor format" in failed.fault
    assert failed.output is None
    assert [found.origin for found in signals.layers] == ["x", "c", "f", "d"]
    behind = _of(signals, "d")
    assert behind.output is not None
    assert behind.fault is None
    assert signals.gain(behind) is not None
    assert signals.total_gain(behind) is None
    assert signals.made_up_before(behind) == failed
    assert "computed from values made up in place of c." in next(
        layer_remarks(signals, behind, names)
    )
    (sentence,) = remarks(built_with_forward(stack(*_image_nodes())), signals, names)
    assert sentence.startswith("c can't be run here, so made-up values stand in its place: The Con")
    assert signals.no_gradients is not None


def test_a_batch_that_is_too_large_is_not_run(runner):
    signals = _signals(runner, layer("input", "x", shape=(None, 2**26)), layer("dropout", "d"))
    assert signals.layers == ()
    assert "the results of the batch take" in signals.skipped
    assert list(remarks(built_with_forward(stack(features())), signals, {})) == [signals.skipped]


def test_gradients_that_take_too_much_memory_leave_the_outputs(runner, monkeypatch):
    wide = layer("input", "x", shape=(None, 2**20))
    signals = _signals(runner, wide, layer("dropout", "d"), feed=Feed(batch=20))
    assert all(found.output for found in signals.layers)
    assert "is the most for a trial run" in signals.no_gradients
    assert _verdict(signals, GRADIENT).startswith("There are no gradients.")


def test_a_run_that_is_not_wanted_any_more_is_ended():
    runner = GraphRunner()
    runner.find_signals(built_with_forward(stack(features())).forward, _FEED)
    answers = iter((False, True))
    signals = runner.find_signals(endless(), _FEED, lambda: next(answers))
    assert signals == Signals(skipped=STOPPED)
    assert runner.process is None


def test_a_run_that_takes_too_long_is_ended():
    runner = GraphRunner(seconds=0.1)
    signals = runner.find_signals(endless(), _FEED)
    assert signals.skipped == "A trial run may take 0.2 s; this one takes longer."
    assert signals.layers == ()
    assert runner.process is None


def test_the_end_of_the_process_is_told_at_the_layer_that_ended_it():
    runner = GraphRunner()
    plain = stack(features(), dense("a"))
    runner.find_signals(built_with_forward(plain).forward, _FEED)
    forward = endless()
    calls = 0

    def kill_what_runs():
        """End the process while it runs: first all together, then the one layer alone."""
        nonlocal calls
        process = runner.process
        calls = calls + 1 if process is not None and process.ready else 0
        # By then it has told which layer it runs.
        if calls == 20:
            os.kill(process.pid, signal.SIGKILL)
        return False

    signals = runner.find_signals(forward, _FEED, kill_what_runs)
    (loop,) = signals.layers
    assert loop.fault == "Running this ended its process with SIGKILL."
    assert loop.output is None
    runner.close()


def test_values_that_are_no_numbers_say_so():
    with tf.Graph().as_default() as graph:
        name = tf.constant(["a", "b"]).name
    forward = Forward(graph.as_graph_def().SerializeToString(), (), (("words", name),), 0)
    found = []
    SignalsPass(forward, _FEED).find(lambda **told: found.append(told))
    (words,) = (told["signal"] for told in found if "signal" in told)
    assert words.output is None
    assert list(layer_remarks(Signals((words,)), words, {})) == ["Its values are no numbers."]


# Reports


def _reported(runner, *nodes, **fields):
    built = built_with_forward(stack(*nodes, **fields))
    return built, runner.find_signals(built.forward, SIGNAL_FEED)


def test_the_report_is_json_and_lines_and_tables(runner):
    nodes = (features("x", 64, name="start"), *_deep(12, kernel_initializer=_NORMAL))
    built, signals = _reported(runner, *nodes)
    found = json.loads(json.dumps(signals_json(built, signals, SIGNAL_FEED), allow_nan=False))
    assert found["feed"]["batch"] == 8
    assert found["remarks"] == []
    assert found["verdict"].endswith("at dense11: the signal vanishes.")
    last = found["layers"][-1]
    assert (last["layer"], last["shape"], last["fault"]) == ("d11", [8, 64], None)
    histogram = last["output"]["histogram"]
    assert sum(histogram["counts"]) == last["output"]["count"] == 8 * 64
    assert last["output"]["std"] == signals.layers[-1].deviation(OUTPUT)
    lines = list(signals_lines(built, signals))
    assert lines[0].startswith("start    output 0.5")
    assert lines[-2].endswith("the signal vanishes.")
    named = [("as in the stack", signals, signal_labels(signals, {}))]
    rows = statistics_csv(named).splitlines()
    assert len(rows) == 1 + 2 * 13
    assert rows[1].startswith("as in the stack,x,")
    bins = sum(len(layer.output.values.counts) for layer in signals.layers)
    back = sum(len(layer.gradient.values.counts) for layer in signals.layers)
    assert len(histograms_csv(named).splitlines()) == 1 + bins + back


def test_layers_of_one_name_are_called_by_their_scopes(runner):
    first, second = (
        scope(name, dense(f"{name}_fc", name="fc"), name=name) for name in ("left", "right")
    )
    built, signals = _reported(runner, features("x"), first, second)
    lines = list(signals_lines(built, signals))
    assert [line.split()[0] for line in lines[:3]] == ["input", "left/fc", "right/fc"]
    rows = signal_rows((side(None, built, signals),))
    assert [row.label for row in rows] == ["input", "left/fc", "right/fc"]


def test_signals_that_are_partly_there_are_reported(runner):
    built, signals = _reported(runner, *_image_nodes())
    signals = replace(signals, skipped="That is enough.")
    assert signals_json(built, signals, SIGNAL_FEED)["layers"][1]["output"] is None
    lines = list(signals_lines(built, signals))
    assert "Not all was run. That is enough." in lines
    assert any(line.startswith("c        output -") for line in lines)


def test_a_stack_without_a_seed_says_that_these_are_other_weights(runner):
    built, signals = _reported(runner, features("x", 4), dense("d"), seed=None)
    (remark,) = remarks(built, signals, signal_labels(signals, {}))
    assert remark.startswith("The stack has no seed")


def test_what_stands_before_a_refusal_is_run(runner):
    graph = BuiltGraph(stack(features("x", 4), dense("d", name="a"), dense("e", name="a")))
    graph.close()
    signals = runner.find_signals(graph.built.forward, SIGNAL_FEED)
    assert [found.origin for found in signals.layers] == ["x", "d"]
    (remark,) = remarks(graph.built, signals, signal_labels(signals, {}))
    assert remark == "TensorFlow refuses a, so only what is built before it was run."
