"""Explanations of refusals: each kind of error is raised by TensorFlow itself."""

import re

import pytest

from core.custom_code import digests
from core.graph import BuiltGraph
from core.refusals.explanation import KINDS, explain
from tests.stacks import dense, features, layer, scope, stack
from tests.tries import built

_HAND = "get_variable"
_TWO = {"kind": "fixed_size", "num_shards": 2}
_THREE = {"kind": "fixed_size", "num_shards": 3}


def _custom(body):
    code = f"def custom(inputs):\n    {body}\n    return inputs\n"
    return layer("custom", "c", construction=_HAND, code=code)


def _hand(layer_id, **settings):
    variables = {"kernel": settings} if settings else {}
    fields = {"name": "d", "construction": _HAND, "inputs": ("x",), "variables": variables}
    return dense(layer_id, **fields)


def _input(size=4, **fields):
    return layer("input", "y", "y", shape=(None, size), **fields)


# The stack, the kind of error, words of the first sentence, and the nodes that it is about.
CASES = {
    "taken": (
        stack(features(), dense("a", name="d"), dense("b", 3, name="d", inputs=("x",))),
        "already_exists",
        "d asked for a new variable d/kernel, but the dense of the same name before it had made",
        ("b", "a"),
    ),
    "taken, by hand": (
        stack(features(), _hand("a"), _hand("b")),
        "already_exists",
        "a new variable d/kernel",
        ("b", "a"),
    ),
    "taken, in another scope of the same name": (
        stack(features(), scope("s", dense("a")), scope("t", dense("b", inputs=("x",)))),
        "already_exists",
        "a new variable s/dense/kernel",
        ("b", "a"),
    ),
    "taken, when it is repeated": (
        stack(features(), scope("s", dense("a", 4, name="d"), repeat=2)),
        "already_exists",
        "The first time that s was built, s/d made s/d/kernel",
        ("a", "s"),
    ),
    "taken, in parts": (
        stack(
            features(),
            scope("s", dense("a", name="d"), partitioner=_TWO),
            scope("t", dense("b", name="d", inputs=("x",)), partitioner=_TWO),
        ),
        "already_exists",
        "a new variable s/d/kernel",
        ("b", "a"),
    ),
    "missing": (
        stack(
            features(), dense("a", name="fc1"), dense("b", name="fc_1", reuse=True, inputs=("x",))
        ),
        "does_not_exist",
        "fc_1 asked for fc_1/kernel, which is to be there as it says reuse=True",
        ("b", "a"),
    ),
    "missing, in a scope": (
        stack(features(), scope("s", dense("b", name="d"), name="enc", reuse=True)),
        "does_not_exist",
        "is to be there as enc says reuse=True",
        ("b", "s"),
    ),
    "missing, in parts": (
        stack(features(), scope("s", dense("b", name="d"), reuse=True, partitioner=_TWO)),
        "does_not_exist",
        "s/d asked for s/d/kernel",
        ("b", "s"),
    ),
    "missing, a bias alone": (
        stack(
            features(),
            dense("a", name="d", use_bias=False),
            dense("b", name="d", reuse=True, inputs=("x",)),
        ),
        "does_not_exist",
        "which made no d/bias",
        ("b", "a"),
    ),
    "missing, without a name": (
        stack(
            features(),
            scope("s", dense("a", 4)),
            scope("t", dense("b", 4), dense("e", 4), reuse=True),
        ),
        "does_not_exist",
        "has no name and so asked for s/dense_1/kernel",
        ("e", "b"),
    ),
    "missing, an optimizer's slot": (
        stack(
            features(),
            scope(
                "s",
                _custom(
                    "loss = tf.reduce_mean(tf.layers.dense(inputs, 1, name='q'))\n"
                    "    tf.get_variable_scope().reuse_variables()\n"
                    "    tf.train.AdamOptimizer().minimize(loss)"
                ),
            ),
        ),
        "does_not_exist",
        "as the scope around it says reuse=True",
        ("c",),
    ),
    "a scope without a name": (
        stack(
            features(),
            scope("s", dense("a", name="d"), name="enc"),
            scope("t", dense("b", name="d", inputs=("x",)), name=None, reuse=True),
        ),
        "no_name",
        "is to reuse the variables of a scope that is there, but has no name",
        ("t", "s"),
    ),
    "shape": (
        stack(features(), dense("a", name="d"), dense("b", 5, name="d", reuse=True, inputs=("x",))),
        "shape_clash",
        "d/kernel of shape (4, 5), but the dense of the same name before it had made it of shape",
        ("b", "a"),
    ),
    "shape, when it is repeated": (
        stack(features(), scope("s", dense("a", name="d"), repeat=2, reuse="auto")),
        "shape_clash",
        "s/d/kernel of shape (3, 3), but its first time had made it of shape (4, 3)",
        ("a",),
    ),
    "type, of an input": (
        stack(
            features(),
            _input(dtype="float64"),
            dense("a", name="d", inputs=("x",)),
            dense("b", name="d", reuse=True, inputs=("y",)),
        ),
        "dtype_clash",
        "d/kernel of type float64, but the dense of the same name before it had made it of type",
        ("b", "a"),
    ),
    "type, by hand": (
        stack(
            features(),
            _hand("a"),
            dense(
                "b",
                name="d",
                reuse=True,
                inputs=("x",),
                construction=_HAND,
                variables={"kernel": {"dtype": "float64"}},
            ),
        ),
        "dtype_clash",
        "of type float64",
        ("b", "a"),
    ),
    "rank": (
        stack(features(size=784), layer("conv2d", "c", "c", filters=2, kernel_size=3)),
        "wrong_rank",
        "c takes an input of 4 dimensions, but input (row 1) gives it one of 2",
        ("c", "x"),
    ),
    "rank, by hand": (
        stack(
            features(size=784),
            layer("conv2d", "c", "c", filters=2, kernel_size=3, construction=_HAND),
        ),
        "wrong_rank",
        "c takes an input of 4 dimensions",
        ("c", "x"),
    ),
    "rank, of a pooling by hand": (
        stack(
            features(),
            layer("max_pooling2d", "c", "c", pool_size=2, strides=2, construction=_HAND),
        ),
        "wrong_rank",
        "c takes an input of 4 dimensions",
        ("c", "x"),
    ),
    "rank, too small for a matrix": (
        stack(layer("input", "x", shape=(None,)), dense("c", name="c")),
        "wrong_rank",
        "c takes an input of 2 dimensions, but input (row 1) gives it one of 1",
        ("c", "x"),
    ),
    "rank, too large": (
        stack(
            layer("input", "x", shape=(None, 8, 8, 3)),
            layer("max_pooling1d", "c", "c", pool_size=2, strides=2),
        ),
        "wrong_rank",
        "c takes an input of 3 dimensions, but input (row 1) gives it one of 4",
        ("c", "x"),
    ),
    "size": (
        stack(layer("input", "x", shape=(None, None)), dense("c", name="c")),
        "unknown_size",
        "c can't tell how large its variables are",
        ("c", "x"),
    ),
    "size, by hand": (
        stack(layer("input", "x", shape=(None, None)), dense("c", name="c", construction=_HAND)),
        "unknown_size",
        "c can't tell how large its variables are",
        ("c", "x"),
    ),
    "size, of channels": (
        stack(
            layer("input", "x", shape=(None, 8, 8, None)),
            layer("conv2d", "c", "c", filters=2, kernel_size=3),
        ),
        "unknown_size",
        "c can't tell how large its variables are",
        ("c", "x"),
    ),
    "parts of a whole": (
        stack(
            features(),
            scope("s", dense("a", name="d")),
            scope("t", dense("b", name="d", inputs=("x",)), reuse=True, partitioner=_TWO),
        ),
        "partitions",
        "asked for s/d/kernel in parts, but the dense of the same name before it had made it",
        ("b", "a"),
    ),
    "a whole of parts": (
        stack(
            features(),
            scope("s", dense("a", name="d"), partitioner=_TWO),
            scope("t", dense("b", name="d", inputs=("x",))),
        ),
        "partitions",
        "asked for s/d/kernel in one piece, but the dense of the same name before it had made",
        ("b", "a"),
    ),
    "other parts": (
        stack(
            features(),
            scope("s", dense("a", name="d"), partitioner=_TWO),
            scope("t", dense("b", name="d", inputs=("x",)), reuse=True, partitioner=_THREE),
        ),
        "partitions",
        "cut into [3, 1] parts, but the dense of the same name before it had it cut into [2, 1]",
        ("b", "a"),
    ),
    "parts, by hand": (
        stack(
            features(),
            _hand("a"),
            dense(
                "b",
                name="d",
                reuse=True,
                inputs=("x",),
                construction=_HAND,
                variables={"kernel": {"partitioner": _TWO}},
            ),
        ),
        "partitions",
        "asked for d/kernel in parts",
        ("b", "a"),
    ),
    "not initialized": (
        stack(features(), _custom("w = get_variable('w', [4])\n    tf.Session().run(w)")),
        "uninitialized",
        "custom read custom/w in a session, but nobody had run its initializer",
        ("c",),
    ),
    "not initialized, of another layer": (
        stack(
            features(),
            dense("a", name="d"),
            _custom("tf.Session().run(tf.global_variables()[0])"),
        ),
        "uninitialized",
        "read d/kernel, which d makes, in a session",
        ("c", "a"),
    ),
    "not initialized, a resource": (
        stack(
            features(),
            dense("a", name="d"),
            _custom("tf.Session().run(tf.global_variables()[0])"),
            use_resource=True,
        ),
        "uninitialized",
        "read d/kernel, which d makes, in a session",
        ("c", "a"),
    ),
    "no initializer": (
        stack(layer("input", "x", shape=(None, 4), dtype="complex64"), dense("c", name="d")),
        "no_initializer",
        "d asked for d/kernel of type complex64",
        ("c",),
    ),
}


@pytest.mark.parametrize("case", CASES)
def test_a_refusal_is_explained_at_both_layers(case):
    refused, kind, words, layers = CASES[case]
    result = built(refused)
    assert result.refusal is not None
    explanation = explain(result)
    assert explanation is not None, result.refusal.message
    first, second = explanation.sentences
    assert words in first, first
    assert explanation.layers == layers
    for sentence in (first, second):
        assert sentence.endswith(".")
        assert ". " not in sentence
    message = result.refusal.message
    assert next(found.__name__ for words, found in KINDS if re.search(words, message)) == kind


def test_each_kind_has_a_case():
    assert {function.__name__ for _, function in KINDS} == {
        kind for _, kind, _, _ in CASES.values()
    }


def test_an_initializer_that_reads_another_variable_is_explained():
    code = "get_variable('w', initializer=tf.global_variables()[0] * 2)"
    reading = stack(features(), dense("a", name="d"), _custom(code), use_resource=True)
    graph = BuiltGraph(reading, trusted=digests(reading))
    graph.close()
    assert graph.built.refusal is None
    assert "Could not find variable d/kernel" in graph.built.undrawn
    assert graph.built.undrawn.endswith("It can read its initialized_value() instead.")
    assert ".py" not in graph.built.undrawn


def test_tensorflow_s_words_name_no_python_files():
    for refused, *_ in CASES.values():
        assert ".py" not in built(refused).refusal.message


def test_what_builds_needs_no_explanation():
    assert explain(built(stack(features(), dense("a", name="d")))) is None


def test_what_the_plan_refuses_explains_itself():
    result = built(stack(dense("a", name="d")))
    assert result.refusal is not None
    assert explain(result) is None
