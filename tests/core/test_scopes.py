"""Scopes: repeated, entered again, with a root and custom getters; kernels tied across them."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.built import Source
from core.graph import BuiltGraph
from core.script import script
from core.tf1 import tf
from tests.stacks import dense, features, layer, scope, stack

EMA = {"kind": "exponential_moving_average", "decay": 0.9}


def build(*nodes, **fields):
    """Build nodes, check the script against the graph, and return what was built."""
    built_stack = stack(*nodes, **fields)
    graph = BuiltGraph(built_stack)
    graph.close()
    if graph.built.refusal is None:
        with tf.Graph().as_default() as run:
            exec(compile(script(built_stack).text, "script", "exec"), {})
        assert run.as_graph_def().SerializeToString(deterministic=True) == graph.graph_def
    return graph.built


def names(built):
    """Return the names of a build's variables."""
    return [variable.name for variable in built.variables]


def test_a_repeated_scope_is_built_so_many_times_one_behind_the_other():
    built = build(
        features(size=4), scope("s", dense("d", 3, name="fc"), name="layer_{i}", repeat=3)
    )
    shapes = {found.name: found.shape for found in built.variables}
    assert shapes == {
        "layer_0/fc/kernel": (4, 3),
        "layer_0/fc/bias": (3,),
        **{
            f"layer_{i}/fc/{role}": shape
            for i in (1, 2)
            for role, shape in {"kernel": (3, 3), "bias": (3,)}.items()
        },
    }
    assert {variable.created_by for variable in built.variables} == {"d"}
    (found,) = (found for found in built.layers if found.id == "d")
    assert list(found.variables) == list(shapes)
    assert found.output_names == ("layer_2/fc/BiasAdd:0",)


def test_an_identity_at_the_start_is_what_comes_into_each_repetition():
    block = scope(
        "s",
        layer("identity", "x0"),
        dense("d", 4),
        layer("add", "sum", inputs=("d", "x0")),
        name="block_{i}",
        repeat=4,
    )
    built = build(features(size=4), block)
    assert len(built.variables) == 8
    assert built.refusal is None


def test_a_repetition_without_a_number_needs_reuse():
    refused = build(features(), scope("s", dense("d", 4, name="fc"), name="same", repeat=2))
    assert refused.refusal.origin == "d"
    assert "already exists" in refused.refusal.message
    assert names(refused) == ["same/fc/kernel", "same/fc/bias"]
    shared = build(
        features(), scope("s", dense("d", 4, name="fc"), name="same", repeat=2, reuse="auto")
    )
    assert names(shared) == ["same/fc/kernel", "same/fc/bias"]


def test_what_was_built_before_the_repetition_that_is_refused_stays():
    # The second time the kernel has another shape than the input's four columns asked for.
    body = scope("s", dense("d", 3, name="fc"), name="same", repeat=3, reuse="auto")
    built = build(features(size=4), body)
    assert built.refusal.origin == "d"
    assert "shape" in built.refusal.message
    assert names(built) == ["same/fc/kernel", "same/fc/bias"]
    assert [(found.name, found.outcome) for found in built.ledger] == [
        ("same/fc/kernel", "created"),
        ("same/fc/bias", "created"),
        ("same/fc/kernel", "refused"),
    ]


def test_a_scope_can_be_entered_again():
    built = build(
        features(),
        scope("s", dense("a", 4, name="fc")),
        scope("again", dense("b", 4, name="other")),
        scope("reused", dense("c", 4, name="fc"), reuse=True),
    )
    assert names(built) == ["s/fc/kernel", "s/fc/bias", "s/other/kernel", "s/other/bias"]
    assert built.variables[0].used_by == ("a", "c")
    assert [found.name_scope for found in built.ledger] == [
        *["s/fc"] * 2,
        *["s_1/other"] * 2,
        *["s_2/fc"] * 2,
    ]
    assert {found.scope for found in built.ledger} == {"s/fc", "s/other"}


@pytest.mark.parametrize("resource", [None, False, True])
@pytest.mark.parametrize("root", [None, "model", "a/b"])
def test_the_stack_has_a_root_and_a_kind_of_variable(root, resource):
    built = build(features(), dense("d", name="fc"), root=root, use_resource=resource)
    prefix = "" if root is None else f"{root}/"
    assert names(built) == [f"{prefix}fc/kernel", f"{prefix}fc/bias"]
    assert [found.resource for found in built.variables] == [bool(resource)] * 2
    (setting,) = (s for s in built.ledger[0].settings if s.name == "use_resource")
    expected = Source.TENSORFLOW if resource is None else Source.SCOPE
    assert (setting.source, setting.scope) == (expected, None)


def test_a_scope_has_its_own_kind_of_variable():
    inner = scope("s", dense("a"), use_resource=False)
    built = build(features(), inner, dense("b"), use_resource=True)
    assert [found.resource for found in built.variables] == [False, False, True, True]


def decided(built, name, setting):
    """Return what the ledger says of a setting of the request for a variable."""
    (request,) = (found for found in built.ledger if found.name == name)
    (found,) = (found for found in request.settings if found.name == setting)
    return found.value, found.source, found.scope


@pytest.mark.parametrize("way", ["layers", "get_variable"])
def test_the_ledger_knows_what_a_custom_getter_decides(way):
    inside = dense("d", name="fc", construction=way)
    built = build(features(), scope("s", inside, custom_getter=EMA))
    average = "s/fc/kernel/ExponentialMovingAverage"
    assert average in names(built)
    assert decided(built, average, "trainable") == ("false", Source.SCOPE, "s")
    assert decided(built, average, "initializer")[1:] == (Source.SCOPE, "s")
    assert decided(built, "s/fc/kernel", "trainable")[1] == Source.LAYER
    frozen = build(features(), scope("s", inside, custom_getter="frozen"))
    assert decided(frozen, "s/fc/kernel", "trainable") == ("false", Source.SCOPE, "s")
    stored = {"kind": "stored_as", "dtype": "float32"}
    half = layer("input", "x", shape=(None, 4), dtype="float16")
    built = build(half, scope("s", inside, custom_getter=stored))
    assert decided(built, "s/fc/kernel", "dtype") == ("float32", Source.SCOPE, "s")
    assert {found.dtype for found in built.variables} == {"float32"}


@pytest.mark.parametrize("root", [None, "root"])
@pytest.mark.parametrize("way", ["layers", "get_variable"])
def test_a_kernel_is_tied_by_the_names_around_it(root, way):
    owner = dense("owner", 3, name="code", construction=way, variables={"kernel": {"name": "w"}})
    built = build(
        features(size=5),
        scope("e", scope("n", owner, kind="name_scope", name="ns"), name="encoder"),
        layer("tied_dense", "t", "back", construction="get_variable", inputs=("e", "owner")),
        root=root,
    )
    prefix = "" if root is None else "root/"
    kernel = f"{prefix}encoder/code/{'w' if way == 'get_variable' else 'kernel'}"
    assert built.refusal is None
    assert names(built)[0] == kernel
    assert built.variables[0].used_by == ("owner", "t")
    assert built.layers[-1].outputs == ((None, 5),)


def test_a_tied_layer_in_a_repeated_scope_takes_the_kernel_of_its_repetition():
    inside = (
        dense("d", 3, name="down"),
        layer("tied_dense", "u", "up", construction="get_variable", inputs=("d", "d")),
    )
    built = build(features(size=4), scope("s", *inside, name="block_{i}", repeat=2))
    kernels = [found for found in built.ledger if found.name.endswith("kernel")]
    assert [(found.origin, found.variable) for found in kernels] == [
        (origin, f"block_{i}/down/kernel") for i in (0, 1) for origin in ("d", "u")
    ]


@pytest.mark.parametrize(
    ("owner", "words"),
    [
        (dense("o", 3), "with a name"),
        (layer("flatten", "o", "f"), "dense layer or an embedding"),
        (scope("o", dense("d", 3, name="d")), "must be the layer"),
        (scope("o2", dense("o", 3, name="d"), name=None), "so must the scopes around it"),
    ],
)
def test_a_kernel_that_can_not_be_found_by_name_is_no_kernel_to_share(owner, words):
    tied = layer("tied_dense", "t", construction="get_variable", inputs=("x", "o"))
    built = build(features(), owner, tied)
    assert built.refusal.origin == "t"
    assert words in built.refusal.message


def test_a_layer_of_two_inputs_says_that_it_needs_them():
    built = build(features(), layer("matmul", "m"))
    assert built.refusal.message == "matmul needs 2 inputs; choose them"


@settings(max_examples=15, deadline=None)
@given(
    repeats=st.lists(st.integers(1, 3), min_size=1, max_size=3),
    root=st.sampled_from([None, "root"]),
    ways=st.lists(st.sampled_from(["layers", "get_variable"]), min_size=3, max_size=3),
)
def test_nested_repetitions_make_one_layer_for_each_way_to_number_them(repeats, root, ways):
    node = dense("d0", 4, name="fc", construction=ways[0])
    for depth, repeat in enumerate(repeats):
        inner = dense(f"d{depth + 1}", 4, name="own", construction=ways[depth])
        node = scope(f"s{depth}", inner, node, name=f"s{depth}_{{i}}", repeat=repeat)
    built = build(features(size=4), node, root=root)
    assert built.refusal is None
    count, total = 1, 0
    for repeat in reversed(repeats):
        count *= repeat
        total += count
    assert len(built.variables) == 2 * (total + count)
    assert len(set(names(built))) == len(built.variables)
