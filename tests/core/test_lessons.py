"""The packaged lessons: each is what TensorFlow does, judged by builds."""

import functools
import re
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import replace

import numpy as np
import pytest

from core.built import Built, Outcome
from core.commands import set_construction
from core.document import load
from core.graph import BuiltGraph
from core.lesson import Asks, Lesson
from core.lesson_judge import BUILDS, Said, judge
from core.lesson_library import fitting, lesson_after, packaged_lessons
from core.stack import Layer, Scope, Stack
from core.tf1 import tf
from tests.examples import LESSONS

# What each question asks for, as TensorFlow 2.21 answers it; a choice by its first words.
ANSWERS: dict[str, Said] = {
    "unnamed_layers": ("dense/kernel", "dense/bias", "dense_1/kernel", "dense_1/bias"),
    "layers_without_variables": ("logits/kernel", "logits/bias"),
    "batch_normalization": (
        *("norm/gamma", "norm/beta"),
        *("norm/moving_mean", "norm/moving_variance"),
    ),
    "separable_convolution": ("sep/depthwise_kernel", "sep/pointwise_kernel", "sep/bias"),
    "transposed_convolution": "[5, 5, 32, 64]",
    "dense_on_a_sequence": 136,
    "name_scope": ("dense/kernel", "dense/bias", "outer/dense/kernel", "outer/dense/bias"),
    "name_taken_twice": "second",
    "reuse_true": 2,
    "reused_ops": "shared_1/BiasAdd",
    "unnamed_under_reuse": "one_more",
    "auto_reuse_unnamed": (
        *("s/dense/kernel", "s/dense/bias"),
        *("s/dense_1/kernel", "s/dense_1/bias"),
    ),
    "scope_entered_again": 2,
    "reuse_is_inherited": 2,
    "typing_error": 4,
    "kernel_beside_the_layer": ("s/fc/kernel", "s/fc/bias", "s/kernel"),
    "shape_on_reuse": "second",
    "dtype_on_reuse": "second",
    "bias_on_reuse": "second",
    "initializer_on_reuse": "ones",
    "names_in_two_cases": ("FC/kernel", "FC/bias", "fc/kernel_1", "fc/bias_1"),
    "own_names": ("fc/weights", "fc/biases"),
    "scope_initializer": "only net/by_hand/bias",
    "default_initializer": "uniform between about -0.055",
    "scope_regularizer": "all six",
    "update_ops": "zeros",
    "collections": "only fc/bias",
    "partitioned": ("p/fc/kernel", "p/fc/bias"),
    "resource_variables": "nothing",
    "same_seed": "yes, to the last bit",
    "tied_embedding": (
        *("embedding/embeddings", "hidden/kernel", "hidden/bias"),
        "logits/bias",
    ),
    "moving_averages": (
        *("net/fc/kernel", "net/fc/kernel/ExponentialMovingAverage"),
        *("net/fc/bias", "net/fc/bias/ExponentialMovingAverage"),
    ),
    "frozen_scope": "no, the getter decides",
    "repeated_scopes": 72,
}


@functools.cache
def _stack(key: str) -> Stack:
    return load(next(path for path in LESSONS if _key(path) == key))


@pytest.fixture(scope="module")
def graph() -> Iterator[Callable[[str], BuiltGraph]]:
    """The graph of a lesson, built once."""
    built: dict[str, BuiltGraph] = {}

    def of(key: str) -> BuiltGraph:
        if key not in built:
            built[key] = BuiltGraph(_stack(key))
        return built[key]

    yield of
    for found in built.values():
        found.close()


def _key(path) -> str:
    return path.name.partition("_")[2].removesuffix(".stack.json")


def _lesson(key: str) -> Lesson:
    lesson = _stack(key).lesson
    assert lesson is not None
    return lesson


def _sentences(text: str) -> int:
    return len(re.findall(r"[.?!](?=\s|$)", text))


def test_the_lessons_are_a_course():
    assert len(LESSONS) >= 20
    assert [int(path.name[:2]) for path in LESSONS] == list(range(1, len(LESSONS) + 1))
    assert list(map(_key, LESSONS)) == list(ANSWERS)
    titles = [stack.lesson.title for stack in packaged_lessons()]
    assert Counter(titles).most_common(1)[0][1] == 1
    assert titles == [_lesson(key).title for key in ANSWERS]


def test_one_lesson_follows_another():
    stacks = packaged_lessons()
    assert [lesson_after(stack.lesson) for stack in stacks] == [*stacks[1:], None]
    assert lesson_after(Lesson("a title of nobody's")) is None
    assert lesson_after(None) is None


def test_lessons_are_found_by_words_anywhere_in_their_texts():
    found = fitting("reuse=true UNNAMED", packaged_lessons())
    assert _stack("unnamed_under_reuse") in found
    assert _stack("own_names") not in found
    assert fitting("", packaged_lessons()) == packaged_lessons()
    assert _stack("update_ops") in fitting("update_ops", packaged_lessons())
    assert fitting("#15630", packaged_lessons()) == (_stack("name_scope"),)


@pytest.mark.parametrize("key", ANSWERS)
def test_a_lesson_is_short_and_complete(key):
    stack, lesson = _stack(key), _lesson(key)
    assert stack.name == lesson.title
    assert _sentences(lesson.intro) == 2
    assert lesson.question.count("?") == 1 or "names" in lesson.question
    assert 2 <= _sentences(lesson.answer) <= 3
    assert (len(lesson.choices) >= 2) == (lesson.asks is Asks.CHOICE)
    assert len(set(lesson.choices)) == len(lesson.choices)
    assert re.fullmatch(r"([\w.-]+/[\w.-]+#\d+)?", lesson.thread)


@pytest.mark.parametrize("key", ANSWERS)
def test_the_build_answers_the_question(key, graph):
    lesson, built, said = _lesson(key), graph(key).built, ANSWERS[key]
    if lesson.asks is Asks.CHOICE:
        assert isinstance(said, str)
        assert lesson.choices[lesson.right].startswith(said)
        return
    assert judge(lesson, said, built).right
    wrong = {Asks.NAMES: ("no/such",), Asks.REFUSAL: BUILDS}.get(lesson.asks, 999)
    assert judge(lesson, wrong, built).right is False
    assert (built.refusal is not None) == (lesson.asks is Asks.REFUSAL)


@pytest.mark.parametrize("key", ANSWERS)
def test_the_answer_speaks_of_what_was_built(key, graph):
    answer, built = _lesson(key).answer, graph(key).built
    assert any(variable.name in answer for variable in built.variables)
    if built.refusal is None:
        names = {variable.name for variable in built.variables}
        ops = {op.name for op in graph(key).graph.get_operations()}
        spoken = set(re.findall(r"[\w.]+(?:/[\w.]+)*/(?:kernel|bias|weights|gamma)\w*", answer))
        others = {"sep/kernel", "fc/kernel", "fc/bias"}  # said not to be there
        assert spoken <= names | ops | others


def _variable(built: Built, name: str):
    return next(found for found in built.variables if found.name == name)


def _output(built: Built, layer_id: str) -> str:
    return next(layer for layer in built.layers if layer.id == layer_id).output_names[0]


def test_a_layer_in_front_renames_those_that_follow():
    stack = _stack("unnamed_layers")
    first = replace(stack.node("first"), id="new")
    with _built(stack, nodes=(stack.nodes[0], first, *stack.nodes[1:])) as graph:
        assert graph.built.variables[-1].name == "dense_2/bias"


def _built(stack: Stack, **changes) -> closing[BuiltGraph]:
    return closing(BuiltGraph(replace(stack, **changes)))


def test_a_dropout_that_does_not_train_is_an_identity(graph):
    assert _output(graph("layers_without_variables").built, "drop") == "drop/Identity:0"


def test_statistics_are_not_trainable_and_have_a_value_for_each_feature(graph):
    variables = graph("batch_normalization").built.variables
    assert [found.trainable for found in variables] == [True, True, False, False]
    assert all(found.saved and found.shape == (16,) for found in variables)


def test_the_kernels_of_a_separable_convolution_have_these_shapes(graph):
    shapes = [list(found.shape) for found in graph("separable_convolution").built.variables]
    assert shapes == [[3, 3, 3, 1], [1, 1, 3, 8], [8]]


def test_a_transposed_kernel_has_its_filters_first(graph):
    built = graph("transposed_convolution").built
    assert _variable(built, "up/kernel").shape == (5, 5, 32, 64)
    stack = built.stack
    arguments = {**stack.node("up").arguments, "strides": (1, 1)}
    plain = replace(stack.node("up"), kind="conv2d", arguments=arguments)
    with _built(stack, nodes=(stack.nodes[0], plain)) as other:
        assert _variable(other.built, "up/kernel").shape == (5, 5, 64, 32)


def test_flattened_steps_take_a_kernel_20_times_as_large(graph):
    stack = _stack("dense_on_a_sequence")
    flat = Layer("flat", "flatten", construction="layers")
    with _built(stack, nodes=(stack.nodes[0], flat, stack.nodes[1])) as other:
        larger = _variable(other.built, "fc/kernel").parameters
    here = _variable(graph("dense_on_a_sequence").built, "fc/kernel")
    assert (larger, here.shape) == (20 * here.parameters, (16, 8))


def test_ops_are_in_a_name_scope(graph):
    assert _output(graph("name_scope").built, "a") == "inner/dense/BiasAdd:0"


def test_the_refusals_have_these_words(graph):
    for key, words in {
        "name_taken_twice": "Did you mean to set reuse=True or reuse=tf.AUTO_REUSE",
        "unnamed_under_reuse": "Variable net/dense_1/kernel does not exist",
        "shape_on_reuse": "specified shape (4, 3) and found shape (4, 2)",
        "dtype_on_reuse": "specified dtype float64 and found dtype float32",
        "bias_on_reuse": "Variable d/bias does not exist",
    }.items():
        assert words in graph(key).built.refusal.message
    assert "AUTO_REUSE" in graph("bias_on_reuse").built.refusal.message


def test_a_cast_lets_another_type_reuse():
    stack = _stack("dtype_on_reuse")
    single = replace(stack.node("double"), arguments={"shape": (None, 4), "dtype": "float32"})
    nodes = (stack.nodes[0], single, *stack.nodes[2:])
    with _built(stack, nodes=nodes) as graph:
        assert graph.built.refusal is None


def test_a_shared_layer_has_four_requests_and_ops_of_its_own(graph):
    outcomes = [request.outcome for request in graph("reuse_true").built.ledger]
    assert outcomes == [Outcome.CREATED] * 2 + [Outcome.REUSED] * 2
    variables = graph("reuse_true").built.variables
    assert all(found.used_by == ("first", "second") for found in variables)
    assert _output(graph("reused_ops").built, "second") == "shared_1/BiasAdd:0"


def test_a_scope_that_is_entered_again_shares(graph):
    for key in ("scope_entered_again", "reuse_is_inherited"):
        assert all(len(found.used_by) == 2 for found in graph(key).built.variables)
    shared = graph("unnamed_under_reuse").built.variables
    assert {found.used_by for found in shared} == {("first", "again")}


def test_reuse_true_refuses_the_typing_error():
    stack = _stack("typing_error")
    scope = stack.node("b")
    assert isinstance(scope, Scope)
    with _built(stack, nodes=(*stack.nodes[:-1], replace(scope, reuse=True))) as graph:
        assert graph.built.refusal.origin == "second"


def test_a_variable_keeps_the_initializer_it_was_created_with(graph):
    assert (graph("initializer_on_reuse").values("d/kernel") == 1).all()


def test_a_name_in_another_case_is_the_one_that_is_saved(graph, tmp_path):
    graph("names_in_two_cases").export(tmp_path / "model")
    keys = tf.train.load_checkpoint(str(tmp_path / "model")).get_variable_to_shape_map()
    assert set(keys) == set(ANSWERS["names_in_two_cases"])
    assert graph("names_in_two_cases").built.variables[2].asked_name == "fc/kernel"


def test_own_names_are_not_in_a_checkpoint_of_tf_layers(graph, tmp_path):
    stack = _stack("own_names")
    layers = replace(stack.node("fc"), construction="layers", variables={})
    with _built(stack, nodes=(stack.nodes[0], layers)) as other:
        assert [found.name for found in other.built.variables] == ["fc/kernel", "fc/bias"]
        other.export(tmp_path / "model")
    missing = pytest.raises(tf.errors.NotFoundError, match="Key fc/biases not found in checkpoint")
    with graph("own_names").graph.as_default(), tf.Session() as session, missing:
        tf.train.Saver().restore(session, str(tmp_path / "model"))


def test_the_scope_s_initializer_reaches_a_bias_by_hand_only(graph):
    found = graph("scope_initializer")
    means = {v.name: round(float(found.values(v.name).mean()), 3) for v in found.built.variables}
    assert means == {
        "net/by_layers/kernel": 0.3,
        "net/by_layers/bias": 0.0,
        "net/by_hand/kernel": 0.3,
        "net/by_hand/bias": 0.3,
    }


def test_a_bare_bias_is_glorot_uniform(graph):
    values = graph("default_initializer").values("offset")
    limit = (6 / 2000) ** 0.5
    assert round(limit, 3) == 0.055
    assert 0.95 * limit < np.abs(values).max() <= limit
    assert abs(values.std() - limit / 3**0.5) < 0.003


def test_the_scope_s_regularizer_reaches_all(graph):
    losses = graph("scope_regularizer").graph.get_collection("regularization_losses")
    assert len(losses) == len(graph("scope_regularizer").built.variables) == 6
    assert any(loss.name.startswith("net/norm/moving_mean") for loss in losses)


def test_nobody_runs_the_update_ops(graph):
    found = graph("update_ops").graph
    updates = found.get_collection(tf.GraphKeys.UPDATE_OPS)
    assert len(updates) == 2
    with found.as_default():
        mean = next(v for v in tf.global_variables() if v.op.name == "norm/moving_mean")
        loss = tf.reduce_sum(found.get_tensor_by_name(_output(graph("update_ops").built, "norm")))
        step = tf.train.GradientDescentOptimizer(0.01).minimize(loss)
    with tf.Session(graph=found) as session:
        session.run([v.initializer for v in found.get_collection("variables")])
        feed = {"x:0": np.full((8, 4), 3.0)}
        for _ in range(5):
            session.run(step, feed)
        assert (session.run(mean) == 0).all()
        session.run([step, *updates], feed)
        assert (session.run(mean) > 0).all()


def test_a_collection_of_its_own_is_not_saved(graph):
    kernel, bias = graph("collections").built.variables
    assert (kernel.saved, kernel.trainable) == (False, True)
    assert bias.saved


def test_parts_are_slices_under_one_key(graph, tmp_path):
    found = graph("partitioned")
    ops = {op.name for op in found.graph.get_operations()}
    assert {"p/fc/kernel/part_0", "p/fc/kernel/part_1", "p/fc/bias/part_1"} <= ops
    found.export(tmp_path / "model")
    shapes = tf.train.load_checkpoint(str(tmp_path / "model")).get_variable_to_shape_map()
    assert shapes == {"p/fc/kernel": [10, 4], "p/fc/bias": [4]}


def test_resources_and_references_are_saved_alike(graph, tmp_path):
    found = graph("resource_variables")
    types = {op.name: op.type for op in found.graph.get_operations()}
    assert types["resource/fc/kernel"] == "VarHandleOp"
    assert types["reference/fc/kernel"] == "VariableV2"
    found.export(tmp_path / "model")
    reader = tf.train.load_checkpoint(str(tmp_path / "model"))
    for role in ("kernel", "bias"):
        both = [reader.get_tensor(f"{scope}/fc/{role}") for scope in ("resource", "reference")]
        assert {values.dtype.name for values in both} == {"float32"}
        assert both[0].shape == both[1].shape


def test_by_hand_the_same_values_are_drawn(graph):
    stack = _stack("same_seed")
    by_hand = set_construction(stack, ["first", "second"], "get_variable").edit.apply(stack)
    dropout = Layer("drop", "dropout", construction="layers", arguments={"training": True})
    shifted = (by_hand.nodes[0], dropout, *by_hand.nodes[1:])
    here = graph("same_seed")
    for name in ("first/kernel", "second/kernel"):
        with _built(by_hand) as other:
            assert other.values(name).tobytes() == here.values(name).tobytes()
        with _built(by_hand, nodes=shifted) as other:
            assert other.values(name).tobytes() != here.values(name).tobytes()


def test_a_table_names_both_its_readers(graph):
    table = _variable(graph("tied_embedding").built, "embedding/embeddings")
    assert table.used_by == ("embedding", "logits")
    assert graph("tied_embedding").built.ledger[-1].outcome is not Outcome.REFUSED


def test_only_what_the_getter_leaves_is_trainable(graph):
    trainable = {v.name for v in graph("frozen_scope").built.variables if v.trainable}
    assert trainable == {"head/kernel", "head/bias"}
    assert all(found.saved for found in graph("frozen_scope").built.variables)
    averages = {v.name for v in graph("moving_averages").built.variables if not v.trainable}
    assert averages == {n for n in ANSWERS["moving_averages"] if n.endswith("Average")}


def test_repetitions_have_scopes_of_their_own(graph):
    names = [found.name for found in graph("repeated_scopes").built.variables]
    assert (names[0], names[-1]) == ("layer_0/fc/kernel", "layer_11/norm/moving_variance")
