"""A stack built both ways: what is paired, what differs, what loads, and the same numbers."""

import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core import comparison_report, name_map
from core.comparison import ABSENT, GET_VARIABLE, LAYERS, compare, compare_numbers, weights
from core.comparison_page import comparison_page
from core.forward import Forward
from core.graph import BuiltGraph
from core.graph_runner import GraphRunner
from core.numbers import Feed, Numbers
from core.numbers_pass import compare_numbers as compare_here
from core.tf1 import tf
from tests.forwards import built_with_forward, endless
from tests.stacks import dense, features, layer, scope, stack

_WEIGHTS = {"kernel": {"name": "weights"}}
_EMPTY = Forward(b"", (), (), 0)


@pytest.fixture(scope="module")
def runner():
    runner = GraphRunner()
    runner.start()
    yield runner
    runner.close()


def numbers_of(*nodes, **fields):
    """Compare nodes; return the comparison and its numbers, computed in this process."""
    comparison = compare(stack(*nodes, **fields))
    left, right = comparison.layers.built.forward, comparison.get_variable.built.forward
    return comparison, compare_here(left, right, weights(comparison), Feed())


def test_variables_are_paired_by_layer_and_role():
    comparison = compare(stack(features(), dense("d", name="fc", variables=_WEIGHTS)))
    kernel, bias = comparison.pairs
    assert (kernel.layer, kernel.role, kernel.differs) == ("d", "kernel", ("name",))
    assert (kernel.layers.name, kernel.get_variable.name) == ("fc/kernel", "fc/weights")
    assert (bias.role, bias.differs) == ("bias", ())


@pytest.mark.parametrize(
    ("settings", "differs"),
    [
        ({"dtype": "float64"}, ("dtype",)),
        ({"initializer": "ones"}, ("initializer",)),
        ({"trainable": False}, ("trainable", "collections")),
        ({"collections": ["mine", "variables"]}, ("collections",)),
        ({"regularizer": {"kind": "l2", "scale": 0.1}}, ("regularizer",)),
        ({"use_resource": True}, ("resource",)),
        ({"name": "w", "dtype": "float64"}, ("name", "dtype")),
    ],
)
def test_what_get_variable_is_asked_for_beyond_is_what_differs(settings, differs):
    comparison = compare(stack(features(), dense("d", variables={"kernel": settings})))
    assert set(comparison.pairs[0].differs) == set(differs)


def test_the_same_stack_by_both_fits_one_checkpoint():
    comparison = compare(stack(features(), dense("a"), layer("batch_normalization", "b")))
    assert comparison.ok
    assert comparison.same_checkpoint
    assert not any(pair.differs for pair in comparison.pairs)
    assert dict(comparison.name_map) == {
        variable.name: variable.name for variable in comparison.layers.built.variables
    }


def test_the_averages_of_renormalization_are_drawn_alike():
    comparison = compare(stack(features(), layer("batch_normalization", "b", renorm=True)))
    assert len(comparison.pairs) == 7
    assert not any(pair.differs for pair in comparison.pairs)


def test_a_repeated_scope_pairs_each_repetition():
    inside = dense("d", 4, name="fc", variables=_WEIGHTS)
    comparison = compare(stack(features(), scope("s", inside, name="block_{i}", repeat=3)))
    assert dict(comparison.name_map) == {
        f"block_{i}/fc/{one}": f"block_{i}/fc/{other}"
        for i in range(3)
        for one, other in (("kernel", "weights"), ("bias", "bias"))
    }


def test_a_layer_of_one_construction_is_the_same_in_both():
    by_hand = layer("embedding", "e", construction="get_variable", input_dim=3, output_dim=2)
    ids = layer("input", "i", shape=(None,), dtype="int32")
    alone = compare(stack(ids, by_hand))
    assert alone.same_checkpoint
    assert [pair.role for pair in alone.pairs] == ["embeddings"]


def test_a_stack_that_both_refuse_has_no_pairs():
    refused = compare(stack(features(), dense("d", name="fc", reuse=True)))
    assert not refused.ok
    assert refused.pairs == ()


def test_a_refusal_of_one_side_leaves_its_variables_absent():
    wrong = {"kernel": {"partitioner": {"kind": "fixed_size", "num_shards": 2, "axis": 5}}}
    comparison = compare(stack(features(), dense("a"), dense("d", variables=wrong)))
    assert comparison.layers.built.refusal is None
    assert comparison.get_variable.built.refusal.origin == "d"
    assert not comparison.ok
    assert [pair.differs for pair in comparison.pairs[2:]] == [(ABSENT,), (ABSENT,)]
    sentences = "\n".join(comparison_report.comparison_lines(comparison, Numbers(skipped="No.")))
    assert "get_variable is refused" in sentences


def test_a_checkpoint_is_judged_variable_by_variable():
    wider = {"kernel": {"dtype": "float64"}, "bias": {"name": "biases"}}
    comparison = compare(stack(features(), dense("d", name="fc", variables=wider)))
    assert not comparison.same_checkpoint
    assert comparison_report.restore_outcomes(comparison, GET_VARIABLE) == {
        "fc/kernel": "shape or type differs",
        "fc/biases": "missing",
    }
    assert comparison_report.restore_outcomes(comparison, LAYERS) == {
        "fc/kernel": "shape or type differs",
        "fc/bias": "missing",
    }
    assert dict(comparison.name_map) == {"fc/bias": "fc/biases"}


def test_the_name_map_loads_one_checkpoint_into_the_other(tmp_path):
    nodes = features(), dense("d", name="fc", variables=_WEIGHTS)
    comparison = compare(stack(*nodes))
    written = BuiltGraph(comparison.layers.built.stack)
    exported = written.export(tmp_path / "left")
    kernel = written.values("fc/kernel")
    written.close()
    codes = {
        "saver": name_map.saver_code(comparison.name_map),
        "init": name_map.init_from_checkpoint_code(comparison.name_map),
    }
    for kind, code in codes.items():
        with tf.Graph().as_default(), tf.Session() as session:
            weights_there = tf.get_variable("fc/weights", [4, 3])
            tf.get_variable("fc/bias", [3])
            there = {"tf": tf, "session": session, "prefix": str(exported.path)}
            exec(compile(code, kind, "exec"), there)
            if kind == "init":
                session.run(tf.global_variables_initializer())
            assert (session.run(weights_there) == kernel).all()


def test_the_numbers_are_the_same_forward_and_backward():
    image = layer("input", "x", shape=(None, 6, 6, 2))
    convolution = layer("conv2d", "c", filters=3, kernel_size=3, activation="tanh")
    norm = layer("batch_normalization", "n", training=True)
    _, numbers = numbers_of(image, convolution, norm, layer("flatten", "f"), dense("d"))
    assert numbers.first_difference is None
    assert [found.layer for found in numbers.layers] == ["x", "c", "n", "f", "d"]
    assert [(found.layer, found.role) for found in numbers.gradients] == [
        *(("c", "kernel"), ("c", "bias"), ("n", "gamma"), ("n", "beta")),
        *(("d", "kernel"), ("d", "bias")),
    ]
    assert "the same" in comparison_report.numbers_sentence(numbers, {})


@pytest.mark.parametrize("resource", [None, True])
def test_weights_are_copied_whatever_they_are_drawn_from(resource):
    # Without a seed each graph draws its own.
    nodes = features(), dense("a", 5, variables={"kernel": {"initializer": "ones"}}), dense("b")
    _, numbers = numbers_of(*nodes, seed=None, use_resource=resource)
    assert numbers.first_difference is None


def test_weights_in_parts_are_copied_part_by_part():
    parted = scope("s", dense("d"), partitioner={"kind": "fixed_size", "num_shards": 2}, name="p")
    comparison, numbers = numbers_of(features(), parted, seed=None)
    assert len(weights(comparison)) == 4
    assert numbers.first_difference is None


def test_a_difference_names_the_first_layer_where_it_appears():
    def forward(activation):
        nodes = features(), dense("a", name="a"), dense("b", activation=activation), dense("c")
        return built_with_forward(stack(*nodes)).forward

    numbers = compare_here(forward("relu"), forward("tanh"), (), Feed())
    assert numbers.first_difference == "b"
    assert [found.differs for found in numbers.layers] == [False, False, True, True]
    assert numbers.layers[2].distance.max_abs > 0.01


def test_the_numbers_are_computed_in_a_process_of_its_own(runner):
    comparison = compare(stack(features(), dense("d"), dense("e", 2)))
    numbers = compare_numbers(comparison, runner, Feed(seed=3, batch=7, low=0.0, high=4.0))
    assert numbers.skipped is None
    assert numbers.first_difference is None
    assert runner.process.alive


def test_a_graph_that_can_not_be_run_is_no_difference(runner):
    numbers = runner.compare_numbers(_EMPTY, endless(), (), Feed())
    assert numbers.skipped is not None
    assert numbers.layers == ()


def test_a_graph_without_an_end_is_given_up(monkeypatch):
    runner = GraphRunner(seconds=0.2)
    try:
        numbers = runner.compare_numbers(endless(), endless(), (), Feed())
        assert "takes longer" in numbers.skipped
        assert runner.process is None
    finally:
        runner.close()


def test_refused_stacks_are_not_run(runner):
    comparison = compare(stack(features(), dense("d", name="fc", reuse=True)))
    numbers = compare_numbers(comparison, runner, Feed())
    assert numbers.skipped == "TensorFlow refuses a part of the stack."


def test_what_is_not_finite_is_null_in_the_report():
    def forward(units):
        return built_with_forward(stack(features(), dense("d", units))).forward

    numbers = compare_here(forward(3), forward(2), (), Feed())
    comparison = compare(stack(features(), dense("d")))
    report = comparison_report.comparison_json(comparison, numbers)
    assert report["numbers"][1]["max_abs"] is None
    assert report["numbers"][1]["differs"]
    assert math.isinf(numbers.layers[1].distance.max_abs)


def test_the_page_has_no_word_of_the_stack_unescaped():
    hostile = "<script>alert(1)</script>"
    comparison = compare(stack(features(), dense("d", name="fc", variables=_WEIGHTS), name=hostile))
    page = comparison_page(comparison, Numbers(skipped=hostile))
    assert hostile not in page
    assert "<script" not in page
    assert page.count("&lt;script&gt;") >= 3
    assert "http://" not in page
    assert "https://" not in page


@settings(max_examples=20, deadline=None)
@given(
    units=st.lists(st.integers(1, 5), min_size=1, max_size=3),
    activation=st.sampled_from([None, "relu", "softmax", "elu"]),
    bias=st.booleans(),
    name=st.sampled_from([None, "w"]),
)
def test_both_constructions_always_calculate_the_same(units, activation, bias, name):
    variables = {} if name is None else {"kernel": {"name": name}}
    nodes = [
        dense(f"d{at}", count, activation=activation, use_bias=bias, variables=variables)
        for at, count in enumerate(units)
    ]
    comparison, numbers = numbers_of(features(), *nodes)
    assert comparison.ok
    assert numbers.first_difference is None
    assert comparison.same_checkpoint is (name is None)
