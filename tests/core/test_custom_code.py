"""Custom layers: code is checked without being run, run only where it is trusted, and printed."""

import builtins
import threading

import pytest

from core.arguments import ValueRefusedError
from core.builder import Builder
from core.commands import new_node
from core.custom_code import FIRST_CODE, Code, digest, digests, function_name, lines_of, renamed
from core.events import Cancelled, Finished, Started
from core.graph import BuiltGraph
from core.script import script
from core.tasks import Build
from core.tf1 import tf
from tests.stacks import features, layer, scope, stack

_SCALE = """\
def scale(inputs):
    factor = get_variable("factor", [], initializer=tf.initializers.ones())
    return inputs * factor
"""
_SHIFT = """\
def scale(inputs):
    offset = get_variable("offset", [4], initializer=tf.initializers.zeros())
    return inputs + offset
"""
_ENDLESS = """\
def endless(inputs):
    while True:
        inputs = inputs
"""


def _custom(layer_id="c", code=_SCALE, name="mine", **fields):
    return layer("custom", layer_id, name, construction="get_variable", code=code, **fields)


def _build(of, trusted=None):
    """Build a stack, all of its code trusted unless said otherwise; return graph and result."""
    graph = BuiltGraph(of, trusted=digests(of) if trusted is None else trusted)
    graph.close()
    return graph


def _refusal(code, trusted=None):
    return _build(stack(features(), _custom(code=code)), trusted).built.refusal


# Checking


def test_code_is_one_function():
    Code().check(FIRST_CODE)
    Code().check("# before\n\ndef f(a, b, *more):\n    return a  # after\n# and behind\n")
    Code().check('def f(x):\n    pattern = "\\d"\n    return x is 1\n')  # Python warns of both


@pytest.mark.parametrize(
    ("code", "sentence"),
    [
        ("def f(x)\n    return x\n", "line 1: expected ':'"),
        ("def f(x):\n    return x\n  y = 1\n", "line 3: unindent does not match"),
        ("def f(x):\n    return x\n\nf(1)\n", "line 4: write one function and nothing beside it"),
        ("import os\n\ndef f(x):\n    return x\n", "line 1: this must be a function: def ..."),
        ("f = lambda x: x\n", "line 1: this must be a function: def ..."),
        ("async def f(x):\n    return x\n", "line 1: this must be a function: def ..."),
        ("# first\n@tf.function\ndef f(x):\n    return x\n", "line 2: the function can't have dec"),
        ("\ndef f(x=open('a')):\n    return x\n", "line 2: the parameters are the inputs, so they"),
        ("def f(x, *, y=1):\n    return x\n", "line 1: the parameters are the inputs, so they"),
        ("def f(x):\n    break\n", "line 2: 'break' outside loop"),
        ("def f(x, x):\n    return x\n", "line 1: duplicate argument 'x'"),
        ("", "write a function, such as: def custom"),
        ("# nothing\n", "write a function, such as: def custom"),
    ],
)
def test_other_code_is_refused_at_its_line(code, sentence):
    with pytest.raises(ValueRefusedError) as refusal:
        Code().check(code)
    assert refusal.value.sentence.startswith(sentence)


@pytest.mark.parametrize(
    "expression",
    [
        "-" * 100_000 + "1",
        "(" * 5_000 + ")" * 5_000,
        "+".join("1" * 50_000),
        "x" + ".a" * 100_000,
        "'\0'",
        "'\ud800'",
    ],
    ids=["minus", "brackets", "sum", "attributes", "nul", "surrogate"],
)
def test_what_python_cannot_read_is_refused(expression):
    with pytest.raises(ValueRefusedError):
        Code().check(f"def f(x):\n    return {expression}\n")


def test_what_is_no_text_is_refused():
    with pytest.raises(ValueRefusedError, match="must be a text, not 3"):
        Code().check(3)


def test_checking_runs_nothing(tmp_path):
    marker = tmp_path / "marker"
    Code().check(_writes(marker))
    assert not marker.exists()


# Names


@pytest.mark.parametrize(
    ("code", "other"),
    [
        ("def f(x):\n    return f\n", "def g(x):\n    return g\n"),
        ("def d(d):\n    return d\n", "def g(d):\n    return d\n"),
        ("def f(x):\n    f = x\n    return f\n", "def g(x):\n    f = x\n    return f\n"),
        ("def  \\\n  f (x):\n    return x.f\n", "def  \\\n  g (x):\n    return x.f\n"),
        ('def f(x):\n    return "é", f(x)', 'def g(x):\n    return "é", g(x)'),
        ("# f\ndef f(x): return x", "# f\ndef g(x): return x"),
        ("def f(x):\r\n    return f\r\n", "def g(x):\n    return g"),
    ],
)
def test_a_function_gets_another_name(code, other):
    assert renamed(code, "g").rstrip() == other.rstrip()
    assert function_name(renamed(code, "g")) == "g"


def test_lines_are_those_that_python_counts():
    assert lines_of('def f(x):\r\n    y = "\x0c\u2028"\r    return x\n\n') == [
        "def f(x):",
        '    y = "\x0c\u2028"',
        "    return x",
    ]


# Building


def test_the_palette_s_code_builds():
    made = new_node("custom")
    built = _build(stack(features(), made)).built
    assert built.refusal is None
    assert [found.name for found in built.variables] == ["custom/scale"]


def test_variables_come_into_the_layer_s_scope():
    of = stack(features(), scope("s", _custom()), _custom("d", name=None))
    built = _build(of).built
    assert [found.name for found in built.variables] == ["s/mine/factor", "custom/factor"]
    assert built.variables[0].created_by == "c"


def test_functions_of_one_name_stay_apart():
    of = stack(features(), _custom("c", name="a"), _custom("d", _SHIFT, name="b"))
    graph = _build(of)
    assert [found.name for found in graph.built.variables] == ["a/factor", "b/offset"]
    assert "def scale_2(inputs):" in script(of).lines


def test_the_same_code_twice_is_one_function():
    of = stack(features(), _custom("c", name="a"), _custom("d", name="b"), _custom("e", name="c"))
    assert [found.name for found in _build(of).built.variables] == [
        "a/factor",
        "b/factor",
        "c/factor",
    ]
    assert sum(line.startswith("def scale") for line in script(of).lines) == 1
    assert len(digests(of)) == 1


def test_a_function_may_have_any_number_of_inputs():
    code = "def both(one, other):\n    return one + other\n"
    of = stack(features("x"), features("y"), _custom(code=code, inputs=("x", "y")))
    assert _build(of).built.refusal is None


def test_autograph_finds_the_source():
    code = "def f(x):\n    @tf.function\n    def g(y):\n        if tf.reduce_sum(y) > 0:\n"
    code += "            return y\n        return -y\n    return g(x)\n"
    assert _refusal(code) is None


def test_two_calls_share_variables():
    of = stack(features("x"), _custom("c"), _custom("d", reuse=True))
    (variable,) = _build(of).built.variables
    assert variable.used_by == ("c", "d")


# Scripts


_AWKWARD = '''\
# the layer's own
def tf_like(inputs, *others):
    """Has text that looks like lines:\x0c\u2028 and

    keeps it."""
    def inner(value):
        return tf_like.__name__ and value
    with tf.variable_scope("deeper"):
        w = get_variable("w", [4, 2], initializer=tf.initializers.random_uniform(seed=1))
    return tf.matmul(inner(inputs), w, name="é"[:0] or None)
'''


@pytest.mark.parametrize(
    "nodes",
    [
        (_custom(),),
        (_custom("c", name="a"), _custom("d", _SHIFT, name="b")),
        (_custom("c", _AWKWARD, name=None), _custom("d", _AWKWARD.replace("4, 2", "2, 3"))),
        (_custom(code="def manual(x):\n    return x\n"), _custom("d", "def os(x): return x")),
        (_custom(code=_SCALE.replace("\n", "\r\n")),),
        (_custom(code=_SCALE.replace("scale", "mine")), layer("dense", "d", "scale", units=2)),
    ],
    ids=["one", "two", "awkward", "taken", "windows", "target"],
)
def test_the_script_makes_the_same_graph_to_the_byte(nodes):
    of = stack(features(), *nodes)
    built = _build(of)
    assert built.built.refusal is None, built.built.refusal
    with tf.Graph().as_default() as graph:
        exec(compile(script(of).text, "script", "exec"), {})
    assert graph.as_graph_def().SerializeToString(deterministic=True) == built.graph_def


def test_the_script_s_lines_lead_to_the_layer():
    found = script(stack(features(), _custom()))
    at = found.lines.index("def scale(inputs):")
    assert found.origins[at : at + 3] == ("c", "c", "c")


# Errors


def test_an_error_names_its_line():
    refusal = _refusal("def f(x):\n    y = x\n    return y + undefined\n")
    assert (refusal.origin, refusal.error, refusal.line) == ("c", "NameError", 3)
    assert refusal.message == "name 'undefined' is not defined"


def test_an_error_in_tensorflow_names_the_line_that_called_it():
    refusal = _refusal("def f(x):\n\n    return tf.reshape(x, [3, 'a'])\n")
    assert refusal.line == 3


def test_an_error_in_an_inner_function_names_its_own_line():
    refusal = _refusal("def f(x):\n    def g():\n        return 1 / 0\n    return g()\n")
    assert (refusal.error, refusal.line) == ("ZeroDivisionError", 3)


def test_an_annotation_s_error_names_its_line():
    refusal = _refusal("def f(\n    x: nothing,\n):\n    return x\n")
    assert (refusal.error, refusal.line) == ("NameError", 2)


@pytest.mark.parametrize(
    ("code", "words"),
    [
        ("def f(x):\n    pass\n", "the function returns nothing; return a tensor"),
        ("def f(x, y):\n    return x\n", "f() missing 1 required positional argument: 'y'"),
    ],
)
def test_an_error_outside_of_the_code_has_no_line(code, words):
    refusal = _refusal(code)
    assert (refusal.message, refusal.line) == (words, None)


@pytest.mark.parametrize(
    ("statement", "error"),
    [
        ("exit()", "SystemExit"),
        ("import sys; sys.exit('over')", "SystemExit"),
        ("raise GeneratorExit", "GeneratorExit"),
        ("raise type('Own', (BaseException,), {})", "Own"),
    ],
)
def test_code_that_ends_the_program_is_refused(statement, error):
    refusal = _refusal(f"def f(x):\n    {statement}\n")
    assert (refusal.error, refusal.line) == (error, 2)


def test_layers_before_the_error_are_built():
    built = _build(
        stack(features(), _custom(), _custom("d", "def f(x):\n    return 1 / 0\n"))
    ).built
    assert [found.name for found in built.variables] == ["mine/factor"]
    assert built.refusal.origin == "d"


@pytest.mark.parametrize(
    "made",
    ["tf.Variable(tf.ones([4]), name='w')", "tf.keras.layers.Dense(4, name='w')(x)"],
)
def test_a_variable_that_nothing_would_show_is_refused(made):
    refusal = _refusal(f"def f(x):\n    return x * {made}\n")
    assert refusal.error == "UnseenVariableError"
    assert refusal.message.startswith("the code makes the variable mine/w")


def test_variables_of_other_layers_and_in_parts_are_seen():
    code = (
        "def f(x):\n    with tf.variable_scope('in', partitioner=tf.fixed_size_partitioner(2)):\n"
    )
    code += "        w = get_variable('w', [4, 2])\n    return tf.layers.dense(x @ w, 3)\n"
    built = _build(stack(features(), _custom(code=code))).built
    assert built.refusal is None
    assert [found.name for found in built.variables] == [
        "mine/in/w",
        "mine/dense/kernel",
        "mine/dense/bias",
    ]


# Trust


def _writes(marker):
    """Code that leaves a file wherever it could be run: in its body, a default, an annotation."""
    write = f"__import__('pathlib').Path({str(marker)!r}).write_text('run')"
    return f"def f(x: {write}, *more: {write}) -> {write}:\n    {write}\n    return x\n"


def test_nothing_runs_that_is_not_trusted(tmp_path):
    marker = tmp_path / "marker"
    of = stack(features(), _custom(code=_writes(marker)), name="elsewhere")
    for trusted in ((), {digest(FIRST_CODE)}, {digest(_writes(marker) + "\n")}):
        refusal = _build(of, trusted).built.refusal
        assert (refusal.origin, refusal.error) == ("c", "UntrustedCodeError")
        assert "not run" in refusal.message
    script(of)
    assert not marker.exists()
    assert _build(of).built.refusal is None
    assert marker.exists()


def test_trust_in_one_text_is_none_in_another(tmp_path):
    marker = tmp_path / "marker"
    of = stack(features(), _custom(), _custom("d", _writes(marker)))
    built = _build(of, {digest(_SCALE)}).built
    assert built.refusal.origin == "d"
    assert [found.name for found in built.variables] == ["mine/factor"]
    assert not marker.exists()


# The builder


@pytest.fixture
def events():
    return []


@pytest.fixture
def builder(events):
    arrived = threading.Condition()

    def publish(event):
        with arrived:
            events.append(event)
            arrived.notify()

    def wait(number, *kinds):
        def found():
            numbered = (event for event in events if getattr(event, "number", None) == number)
            return next((event for event in numbered if isinstance(event, kinds)), None)

        with arrived:
            assert arrived.wait_for(found, timeout=60)
        return found()

    made = Builder(publish)
    made.wait = wait
    made.start()
    yield made
    made.close()


def _request(of):
    return Build(of, digests(of))


@pytest.mark.parametrize(
    "code",
    [_ENDLESS, _ENDLESS.replace("inputs = inputs", "next(iter([]), None)")],
    ids=["plain", "calls"],
)
def test_an_endless_loop_can_be_cancelled(builder, code):
    number = builder.submit(_request(stack(features(), _custom(code=code))))
    builder.wait(number, Started)
    builder.cancel()
    builder.wait(number, Cancelled)
    again = builder.submit(_request(stack(features(), _custom())))
    assert builder.wait(again, Finished).result.refusal is None


def test_a_newer_build_ends_an_endless_loop(builder):
    number = builder.submit(_request(stack(features(), _custom(code=_ENDLESS))))
    builder.wait(number, Started)
    newer = builder.submit(_request(stack(features())))
    builder.wait(number, Cancelled)
    builder.wait(newer, Finished)


def test_code_cannot_keep_a_cancel_to_itself(builder):
    code = (
        "def f(x):\n    try:\n        while True:\n            x = x\n    except BaseException:\n"
    )
    code += "        return x\n"
    number = builder.submit(_request(stack(features(), _custom(code=code))))
    builder.wait(number, Started)
    builder.cancel()
    builder.wait(number, Cancelled)


def test_the_builder_closes_over_code_that_waits(builder, monkeypatch):
    gate, waits = threading.Event(), threading.Event()
    monkeypatch.setattr(builtins, "gate", gate, raising=False)
    monkeypatch.setattr(builtins, "waits", waits, raising=False)
    monkeypatch.setattr("core.builder._PATIENCE_SECONDS", 0.05)
    code = "def f(x):\n    waits.set()\n    gate.wait(60)\n    return x\n"
    builder.submit(_request(stack(features(), _custom(code=code))))
    assert waits.wait(60)
    assert builder.close() is False
    gate.set()
    monkeypatch.setattr("core.builder._PATIENCE_SECONDS", 60)
    assert builder.close() is True


@pytest.mark.parametrize("error", ["KeyboardInterrupt", "SystemExit", "GeneratorExit"])
def test_code_cannot_end_the_builder(builder, error):
    code = f"def f(x):\n    raise {error}\n"
    ending = builder.wait(builder.submit(_request(stack(features(), _custom(code=code)))), Finished)
    assert ending.result.refusal.error == error
    again = builder.submit(_request(stack(features())))
    assert builder.wait(again, Finished).result.refusal is None


def test_the_builder_runs_nothing_untrusted(builder, tmp_path):
    marker = tmp_path / "marker"
    of = stack(features(), _custom(code=_writes(marker)))
    ending = builder.wait(builder.submit(Build(of)), Finished)
    assert ending.result.refusal.error == "UntrustedCodeError"
    assert not marker.exists()
