"""The catalog against the installed TensorFlow: arguments, defaults, and what the tables name."""

import inspect
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pytest

from core import commands, manual
from core.activations import ACTIVATIONS
from core.arguments import Argument, Chosen, Function
from core.catalog import CONSTRUCTIONS, KINDS, SCOPE, VARIABLE
from core.constraints import CONSTRAINTS
from core.custom_code import KIND as CUSTOM
from core.custom_code import digests
from core.expression import Name, evaluate
from core.getters import GETTERS
from core.graph import BuiltGraph
from core.initializers import INITIALIZERS
from core.partitioners import PARTITIONERS
from core.regularizers import REGULARIZERS
from core.script import script
from core.tf1 import tf
from tests.stacks import layer, stack

CONSTRUCTED = [kind.id for kind in KINDS.values() if kind.constructions]
OF_TF_LAYERS = [kind for kind in CONSTRUCTED if "layers" in KINDS[kind].constructions]
ONLY_BY_HAND = [kind for kind in CONSTRUCTED if kind not in OF_TF_LAYERS]
# The stack has its own place for these.
ELSEWHERE = {"inputs", "name", "reuse"}
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
    if isinstance(default, tf.DType | tf.VariableSynchronization | tf.VariableAggregation):
        return default.name
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


def test_tf_layers_has_17_functions_and_222_arguments():
    members = {name: getattr(tf.layers, name) for name in dir(tf.layers)}
    functions = {name: found for name, found in members.items() if inspect.isfunction(found)}
    assert set(functions) == set(OF_TF_LAYERS)
    assert len(functions) == 17
    assert sum(len(inspect.signature(found).parameters) for found in functions.values()) == 222


@pytest.mark.parametrize("kind", OF_TF_LAYERS)
def test_a_kind_has_the_arguments_of_its_function(kind):
    assert differences(KINDS[kind].function, getattr(tf.layers, kind), ELSEWHERE) == {}


@pytest.mark.parametrize("kind", [kind for kind in ONLY_BY_HAND if kind != CUSTOM])
def test_a_kind_that_only_get_variable_builds_has_the_arguments_of_its_function(kind):
    elsewhere = {*ELSEWHERE, "variables", *({"kernel"} if kind == "tied_dense" else set())}
    assert differences(KINDS[kind].function, getattr(manual, kind), elsewhere) == {}


def test_a_scope_has_the_arguments_of_variable_scope():
    elsewhere = {"name_or_scope", "values", "reuse"}  # values are tensors of a graph
    assert differences(SCOPE, tf.variable_scope, elsewhere) == {}


def test_a_variable_has_the_arguments_of_get_variable():
    # A layer knows its variable's shape, and its scope has the custom getter.
    elsewhere = {"name", "shape", "custom_getter"}
    named = replace(VARIABLE, arguments=tuple(a for a in VARIABLE.arguments if a.name != "name"))
    assert differences(named, tf.get_variable, elsewhere) == {}


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


TABLES = {**INITIALIZERS, **REGULARIZERS, **CONSTRAINTS, **PARTITIONERS, **GETTERS}
# What tf.initializers and tf.keras.constraints hold beside them.
NO_INITIALIZERS = {"global_variables", "local_variables", "tables_initializer", "variables"}
NO_CONSTRAINTS = {"deserialize", "get", "serialize"}


def lower(module: Any) -> set[str]:
    """Return the names of a module's functions, not those of its classes."""
    return {name for name in dir(module) if name.islower() and not name.startswith("_")}


def test_the_tables_are_complete():
    assert set(INITIALIZERS) == lower(tf.initializers) - NO_INITIALIZERS
    assert set(CONSTRAINTS) == lower(tf.keras.constraints) - NO_CONSTRAINTS
    partitioners = {name for name in dir(tf) if name.endswith("_partitioner")}
    assert {found.path for found in PARTITIONERS.values()} == {f"tf.{n}" for n in partitioners}


@pytest.mark.parametrize("kind", TABLES)
def test_a_function_of_a_table_has_the_parameters_that_tensorflow_gives_it(kind):
    function = TABLES[kind]
    found = evaluate(Name(function.path), {"tf": tf, "manual": manual})
    assert differences(function, found, set()) == {}


@pytest.mark.parametrize("kind", ACTIVATIONS)
def test_an_activation_is_a_function_of_one_tensor(kind):
    parameters = true(evaluate(Name(ACTIVATIONS[kind].path), {"tf": tf}), without=set())
    assert [name for name, default in parameters.items() if default == REQUIRED] == [
        next(iter(parameters))
    ]


@pytest.mark.parametrize("table", [INITIALIZERS, REGULARIZERS, CONSTRAINTS, ACTIVATIONS])
def test_each_value_of_a_table_can_be_made_and_called(table):
    with tf.Graph().as_default():
        square, kernel = tf.ones([2, 2]), tf.ones([3, 3, 2, 2])
        for kind, function in table.items():
            every = {argument.name: argument.default for argument in function.arguments}
            for value in (kind, {"kind": kind, **every}):
                chosen = Chosen(table)
                chosen.check(value)
                made = evaluate(chosen.expression(value), {"tf": tf})
                argument = kernel if kind == "radial_constraint" else square
                result = made([2, 2]) if table is INITIALIZERS else made(argument)
                assert tf.is_tensor(result), value


SHAPES = {"1d": (None, 8, 3), "2d": (None, 8, 8, 3), "3d": (None, 6, 6, 6, 3)}


@pytest.mark.parametrize("construction", CONSTRUCTIONS)
def test_a_script_of_every_kind_makes_the_same_graph_to_the_byte(construction):
    nodes = [layer("input", dimensions, shape=shape) for dimensions, shape in SHAPES.items()]
    nodes.append(layer("input", "embedding", shape=(None,), dtype="int32"))
    nodes.append(layer("dense", "owner", "owner", units=3, inputs=("2d",)))
    for kind in (kind for kind in KINDS if kind != "input"):
        dimensions = next((found for found in (*SHAPES, "embedding") if found in kind), "2d")
        several = KINDS[kind].inputs == (2, 2)
        inputs = (dimensions, "owner" if kind == "tied_dense" else "2d")[: 2 if several else 1]
        node = replace(commands.new_node(kind), inputs=inputs)
        if construction in KINDS[kind].constructions:
            node = replace(node, construction=construction)
        fitting = {"reshape": {"shape": (-1, 192)}, "matmul": {"transpose_b": True}}
        node = replace(node, arguments=fitting.get(kind, node.arguments))
        nodes.append(node)
    every = stack(*nodes)
    built = BuiltGraph(every, trusted=digests(every))
    built.close()
    assert built.built.refusal is None
    with tf.Graph().as_default() as graph:
        exec(compile(script(every).text, "script", "exec"), {})
    assert graph.as_graph_def().SerializeToString(deterministic=True) == built.graph_def


@pytest.mark.parametrize("kind", OF_TF_LAYERS)
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
