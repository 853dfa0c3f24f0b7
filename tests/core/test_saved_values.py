"""Parts of values to look at, values as files, and a variable as both constructions make it."""

import csv
import io

import ml_dtypes
import numpy as np
import pytest

from core import saved_values
from core.both_weights import both_weights, why_not_both
from core.builder import Builder
from core.cutout import Cut, cut_out, every_nth, matrix_shape
from core.density import Density, Spike
from core.devices import Target
from core.events import Failed, Finished
from core.graph import BuiltGraph, NotDrawnError
from core.progress import ignore_progress
from core.saved_values import UnwritableError, histogram_csv, save_values
from core.sources import Selected, StackValues
from core.stack import Layer, Stack
from core.tasks import CutOut, SaveValues, SummarizeBoth
from core.weights import summarize

_STACK = Stack(
    seed=5,
    nodes=(
        Layer("x", "input", "x", arguments={"shape": (None, 8, 8, 3)}),
        Layer("c", "conv2d", "c", "layers", arguments={"filters": 4, "kernel_size": 3}),
        Layer(
            "d",
            "dense",
            "d",
            "get_variable",
            arguments={"units": 5},
            variables={"kernel": {"name": "weights"}},
        ),
        Layer("n", "layer_normalization", "n", "get_variable"),
    ),
)


@pytest.fixture(scope="module")
def graph():
    found = BuiltGraph(_STACK)
    assert found.built.refusal is None
    yield found
    found.close()


def test_a_part_is_a_copy_of_no_more_than_that(graph):
    whole = graph.values("c/kernel")
    found = cut_out(
        "c/kernel", graph.values("c/kernel"), Cut(((0, 3, 1), (0, 3, 2), (1, 2, 1), (0, 4, 1)))
    )
    assert np.array_equal(found.values, whole[:, ::2, 1:2, :])
    assert found.values.base is None
    assert found.shape == (3, 3, 3, 4)
    rows = cut_out(
        "c/kernel", graph.values("c/kernel"), Cut(((2, 5, 1), (1, 3, 1)), as_matrix=True)
    )
    assert np.array_equal(rows.values, whole.reshape(27, 4)[2:5, 1:3])


def test_every_nth_row_and_column():
    assert matrix_shape(()) == (1, 1)
    assert matrix_shape((7,)) == (7, 1)
    assert matrix_shape((2, 3, 4)) == (6, 4)
    assert every_nth((1000, 300), 512) == Cut(((0, 1000, 2), (0, 300, 1)), as_matrix=True)
    assert every_nth((0, 4), 512).axes == ((0, 0, 1), (0, 4, 1))


@pytest.mark.parametrize("dtype", [np.float32, np.float16, bool, np.int64, np.complex64])
def test_npy_holds_the_values_as_they_are(tmp_path, dtype):
    values = np.array([[0, 1, 2], [3, np.pi, 1e-4]]).astype(dtype)
    saved = save_values(tmp_path / "v.npy", "v", values)
    read = np.load(tmp_path / "v.npy")
    assert read.dtype == values.dtype
    assert np.array_equal(read, values)
    assert saved.bytes == (tmp_path / "v.npy").stat().st_size
    assert saved.sentence.startswith("Wrote v.npy to ")
    assert "6 values of v" in saved.sentence


def test_bfloat16_is_written_as_float32_and_told(tmp_path):
    values = np.array([1.5, 0.1], ml_dtypes.bfloat16)
    saved = save_values(tmp_path / "v.npy", "v", values)
    assert np.array_equal(np.load(tmp_path / "v.npy"), values.astype(np.float32))
    assert saved.sentence.endswith("as float32, since .npy has no bfloat16")


@pytest.mark.parametrize("shape", [(), (5,), (3, 4), (2, 2, 3), (0, 4)])
def test_csv_has_each_value_with_its_indices(tmp_path, shape, monkeypatch):
    monkeypatch.setattr(saved_values, "_ROWS", 5)
    values = np.random.default_rng(1).normal(size=shape).astype(np.float32)
    save_values(tmp_path / "v.csv", "v", values)
    header, *rows = csv.reader((tmp_path / "v.csv").read_text().splitlines())
    assert header == [*(f"index{axis}" for axis in range(len(shape))), "value"]
    assert len(rows) == values.size
    for *index, value in rows:
        assert np.float32(value) == values[tuple(map(int, index))]


def test_what_can_not_be_written_leaves_what_was_there(tmp_path):
    (tmp_path / "v.npy").write_text("before")
    with pytest.raises(ValueError):
        save_values(tmp_path / "v.npy", "v", np.array([object()]))
    assert (tmp_path / "v.npy").read_text() == "before"
    with pytest.raises(UnwritableError, match=r"v.npy can't be written: No such file"):
        save_values(tmp_path / "nowhere" / "v.npy", "v", np.zeros(3))
    assert [path.name for path in tmp_path.iterdir()] == ["v.npy"]


def test_a_histogram_as_csv_has_counts_and_what_is_expected(graph):
    weights = summarize(
        "c/kernel", "float32", graph.values("c/kernel"), 7, graph.density("c/kernel")
    )
    unknown = summarize("v", "float32", np.arange(4.0), 2)
    rows = list(csv.DictReader(io.StringIO(histogram_csv((weights, unknown)))))
    assert [int(row["count"]) for row in rows] == [*weights.counts, *unknown.counts]
    assert [float(row["from"]) for row in rows[:7]] == list(weights.edges[:-1])
    inside = weights.density.cdf(weights.edges[[0, -1]])
    total = sum(float(row["expected"]) for row in rows[:7])
    assert total == pytest.approx(108 * np.diff(inside)[0])
    assert rows[-1]["expected"] == ""
    spiky = Density("", spikes=(Spike(0.0, 0.5), Spike(1.0, 0.5)))
    eye = summarize("i", "float32", np.array([0, 1.0, 1, 0]), 2, spiky)
    expected = [row["expected"] for row in csv.DictReader(io.StringIO(histogram_csv((eye,))))]
    assert expected == ["2.0", "2.0"]


def test_a_variable_as_both_constructions_make_it(graph):
    by_hand = {found.name for found in graph.built.variables}
    assert "d/weights" in by_hand
    assert why_not_both(graph.built, "d/weights") == ""
    found = both_weights(graph.built, "d/weights", 20, Target(), ignore_progress, ())
    assert [weights.name for weights in found] == [
        "d/kernel (tf.layers)",
        "d/weights (get_variable)",
    ]
    assert found[0].density.formula == found[1].density.formula
    assert all(weights.fit.p_value is not None for weights in found)


def test_what_is_built_in_one_way_only_says_so(graph):
    assert "built in one way only" in why_not_both(graph.built, "n/gamma")
    with pytest.raises(NotDrawnError):
        both_weights(graph.built, "gone", None, Target(), ignore_progress, ())


def _selected(name):
    return Selected(StackValues(_STACK), name)


def test_the_builder_cuts_saves_and_shows_both(tmp_path, graph):
    import queue

    events = queue.Queue()
    builder = Builder(events.put)
    builder.start()

    def ending(task):
        number = builder.submit(task)
        while True:
            event = events.get(timeout=60)
            if isinstance(event, Finished | Failed) and event.number == number:
                return event

    try:
        cut = ending(CutOut(_selected("d/bias"), Cut(((0, 2, 1),)))).result
        assert cut.values.tolist() == [0, 0]
        path = tmp_path / "k.npy"
        assert ending(SaveValues(_selected("c/kernel"), path)).result.values == 108
        assert np.load(path).shape == (3, 3, 3, 4)
        bad = ending(SaveValues(_selected("c/kernel"), tmp_path / "no" / "k.npy"))
        assert "can't be written" in bad.message
        assert len(ending(SummarizeBoth(graph.built, "d/weights")).result) == 2
    finally:
        builder.close()
