"""The catalog against the installed TensorFlow: arguments, defaults, and what the tables name."""

import inspect
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pytest

from core import commands
from core.activations import ACTIVATIONS
from core.arguments import Argument, Chosen, Function
from core.catalog import CONSTRUCTIONS, KINDS
from core.constraints import CONSTRAINTS
from core.expression import Name, evaluate
from core.graph import BuiltGraph
from core.initializers import INITIALIZERS
from core.regularizers import REGULARIZERS
from core.script import script
from core.tf1 import tf
from tests.stacks import layer, stack

CONSTRUCTED = [kind.id for kind in KINDS.values() if kind.constructions]
# The stack has its own place for these.
ELSEWHERE = {"inputs", "name", "reuse"}
# An initializer's dtype is left out, as tf.layers and get_variable both ask it for the variable's
# own, and verify_shape, as the value in the catalog is one number, which fits any shape.
LEFT_OUT = {"dtype", "verify_shape"}
REQUIRED = "required"


def said(function: Function) -> dict[str, Any]:
    """Return the arguments of the catalog under Python's names, each with its default."""
    return {
        function.renamed.get(argument.name, argument.name): REQUIRED
        if argument.required
        else argument.default
        for argument in function.arguments
    }


def true(function: Any, without: set[str]) -> dict[str, Any]:
    """Return the parameters of a function of TensorFlow, each with its default."""
    parameters = inspect.signature(function).parameters.values()
    return {
        parameter.name: in_the_stack_file(parameter.default)
        for parameter in parameters
        if parameter.name not in without and parameter.kind is not parameter.VAR_KEYWORD
    }


def in_the_stack_file(default: Any) -> Any:
    """Return a default of Python's as the catalog says it."""
    if default is inspect.Parameter.empty:
        return REQUIRED
    if isinstance(default, tf.zeros_initializer):
        return "zeros"
    return "ones" if isinstance(default, tf.ones_initializer) else default


def differences(function: Function, of_tensorflow: Any, without: set[str]) -> Mapping[str, Any]:
    """Return the arguments that aren't the same: what the catalog says, what is true."""
    ours, theirs = said(function), true(of_tensorflow, without)
    absent = "absent"
    found = {name: (ours.get(name, absent), theirs.get(name, absent)) for name in ours | theirs}
    return {name: both for name, both in found.items() if not same(*both)}


def same(ours: Any, theirs: Any) -> bool:
    """Tell whether two defaults are equal; True isn't 1, but 2 is 2.0."""
    return ours == theirs and isinstance(ours, bool) == isinstance(theirs, bool)


@pytest.mark.parametrize("kind", CONSTRUCTED)
def test_a_kind_has_the_arguments_of_its_function(kind):
    assert differences(KINDS[kind].function, getattr(tf.layers, kind), ELSEWHERE) == {}


def changed(which: str, **fields: Any) -> Function:
    """Return the function of dense with one argument changed."""
    function = KINDS["dense"].function
    arguments = [replace(a, **fields) if a.name == which else a for a in function.arguments]
    return replace(function, arguments=tuple(arguments))


DENSE = KINDS["dense"].function
WRONG = {
    "missing": (replace(DENSE, arguments=DENSE.arguments[:-1]), {"trainable"}),
    "extra": (replace(DENSE, arguments=(*DENSE.arguments, Argument("m", Chosen({})))), {"m"}),
    "another name": (changed("units", name="unit"), {"unit", "units"}),
    "another default": (changed("use_bias", default=False), {"use_bias"}),
    "a number for a truth": (changed("use_bias", default=1), {"use_bias"}),
    "another initializer": (changed("bias_initializer", default="ones"), {"bias_initializer"}),
    "no initializer": (changed("bias_initializer", default=None), {"bias_initializer"}),
    "a default that isn't there": (changed("units", required=False), {"units"}),
    "required, though it has a default": (changed("activation", required=True), {"activation"}),
}


@pytest.mark.parametrize("case", WRONG)
def test_the_comparison_notices(case):
    function, names = WRONG[case]
    assert set(differences(function, tf.layers.dense, ELSEWHERE)) == names


TABLES = {**INITIALIZERS, **REGULARIZERS, **CONSTRAINTS}


@pytest.mark.parametrize("kind", TABLES)
def test_a_function_of_a_table_has_the_parameters_that_tensorflow_gives_it(kind):
    function = TABLES[kind]
    found = evaluate(Name(function.path), {"tf": tf})
    assert differences(function, found, LEFT_OUT) == {}


@pytest.mark.parametrize("kind", ACTIVATIONS)
def test_an_activation_is_a_function_of_one_tensor(kind):
    parameters = true(evaluate(Name(ACTIVATIONS[kind].path), {"tf": tf}), without=set())
    assert [name for name, default in parameters.items() if default == REQUIRED] == [
        next(iter(parameters))
    ]


@pytest.mark.parametrize("table", [INITIALIZERS, REGULARIZERS, CONSTRAINTS, ACTIVATIONS])
def test_each_value_of_a_table_can_be_made_and_called(table):
    with tf.Graph().as_default():
        square = tf.ones([2, 2])
        for kind, function in table.items():
            every = {argument.name: argument.default for argument in function.arguments}
            for value in (kind, {"kind": kind, **every}):
                chosen = Chosen(table)
                chosen.check(value)
                made = evaluate(chosen.expression(value), {"tf": tf})
                result = made([2, 2]) if table is INITIALIZERS else made(square)
                assert tf.is_tensor(result), value


SHAPES = {"1d": (None, 8, 3), "2d": (None, 8, 8, 3), "3d": (None, 6, 6, 6, 3)}


@pytest.mark.parametrize("construction", CONSTRUCTIONS)
def test_a_script_of_every_kind_makes_the_same_graph_to_the_byte(construction):
    nodes = [layer("input", dimensions, shape=shape) for dimensions, shape in SHAPES.items()]
    for kind in CONSTRUCTED:
        dimensions = next((found for found in SHAPES if found in kind), "2d")
        node = commands.new_node(kind)
        nodes.append(replace(node, construction=construction, inputs=(dimensions,)))
    every = stack(*nodes)
    built = BuiltGraph(every)
    built.close()
    assert built.built.refusal is None
    with tf.Graph().as_default() as graph:
        exec(compile(script(every).text, "script", "exec"), {})
    assert graph.as_graph_def().SerializeToString(deterministic=True) == built.graph_def


@pytest.mark.parametrize("kind", CONSTRUCTED)
def test_the_roles_of_a_kind_are_its_variables_in_the_order_of_their_creation(kind):
    dimensions = next((found for found in SHAPES if found in kind), "2d")
    node = replace(commands.new_node(kind), name="a")
    renorm = {"renorm": True} if kind == "batch_normalization" else {}
    of = stack(
        layer("input", "x", shape=SHAPES[dimensions]),
        replace(node, arguments={**node.arguments, **renorm}),
    )
    built = BuiltGraph(of)
    built.close()
    names = tuple(variable.name.removeprefix("a/") for variable in built.built.variables)
    assert names == KINDS[kind].roles
