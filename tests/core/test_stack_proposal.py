"""Stacks that are proposed for checkpoints, and what is said of them."""

from contextlib import closing
from dataclasses import replace

import pytest
from hypothesis import event, given, settings
from hypothesis import strategies as st

from core.built import Refusal
from core.checkpoint_reader import Checkpoint
from core.devices import Target, list_devices
from core.document import LARGEST_FILE, dumps, loads
from core.dtypes import DTYPES
from core.named_tensors import (
    VALUE_ENDING,
    BuiltTensors,
    Part,
    TensorInfo,
    built_tensors,
    by_name,
)
from core.script import script
from core.stack import Layer, Scope, Stack
from core.stack_proposal import MOST_SCOPES, MOST_VARIABLES, propose
from core.tf1 import tf
from core.undrawn import undrawn
from tests import checkpoints
from tests.examples import EXAMPLES, example_text
from tests.random_stacks import clashes, stacks

_CONNECTING = ("input", "flatten", "reshape", "add", "concat", "average_pooling2d")


def build(stack):
    return undrawn(list_devices(Target()))(stack)


def checkpoint_of(tensors):
    """Return tensors as a checkpoint has them: by name."""
    return BuiltTensors("model.ckpt", by_name(sorted(tensors, key=lambda found: found.name)))


def tensors(shapes, dtype="float32"):
    return checkpoint_of(TensorInfo(name, tuple(shape), dtype) for name, shape in shapes.items())


def checkpoint_of_built(built):
    return checkpoint_of(built_tensors(built).tensors.values())


def checkpoint_of_stack(stack):
    return checkpoint_of_built(build(stack))


def proposed(checkpoint):
    """Return what is proposed for a checkpoint, after what must hold for any."""
    proposal = propose(checkpoint, "model.ckpt", build)
    assert loads(dumps(proposal.stack)) == proposal.stack
    built = build(proposal.stack)
    assert built.refusal is None
    made = built_tensors(built).tensors
    wanted = {
        tensor.variable or tensor.name.removesuffix(VALUE_ENDING): tensor.form
        for tensor in checkpoint.tensors.values()
        if tensor.part is Part.VARIABLE
    }
    right = {name for name, found in made.items() if wanted.get(name) == found.form}
    assert proposal.exact == len(right)
    assert set(proposal.missing) == wanted.keys() - right
    assert set(proposal.extra) == made.keys() - wanted.keys()
    for layer in built.layers:
        around = [proposal.stack.node(found).name for found in proposal.stack.ancestors(layer.id)]
        assert all(name.startswith("/".join(reversed(around))) for name in layer.variables)
    return proposal


def layers(proposal):
    """Return the names and kinds of its layers, without those that only connect them."""
    return [
        (layer.name, layer.kind)
        for layer in proposal.stack.layers()
        if layer.kind not in _CONNECTING
    ]


def kinds(proposal):
    return [layer.kind for layer in proposal.stack.layers()]


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.name)
def test_an_example_comes_out_of_its_own_checkpoint(path):
    assert proposed(checkpoint_of_stack(loads(example_text(path)))).whole


@given(st.one_of(stacks(), clashes()))
def test_any_stack_comes_out_of_its_own_checkpoint(stack):
    checkpoint = checkpoint_of_stack(stack)
    proposal = proposed(checkpoint)
    event(f"whole: {proposal.whole}")
    # TensorFlow doesn't give two variables names that differ in case only.
    assert proposal.whole or len({name.lower() for name in checkpoint.tensors}) < len(
        checkpoint.tensors
    )


_OWN = {
    "kernel": ("weights", "w", "kernel", "conv1_weights", "W_conv1", "table"),
    "bias": ("biases", "b", "bias", "conv1_biases", "b_conv1", "rest"),
    "gamma": ("scale", "gamma", "g"),
    "beta": ("offset", "beta"),
    "moving_mean": ("mean", "running_mean"),
    "moving_variance": ("variance", "running_var"),
    "depthwise_kernel": ("depthwise_weights", "dw"),
    "pointwise_kernel": ("pointwise_weights", "pw"),
    "embeddings": ("embedding", "word_embeddings", "weights"),
    "variable": (),
}
_KINDS = {
    "dense": {"units": 3},
    "conv1d": {"filters": 4, "kernel_size": 3, "padding": "same"},
    "conv2d": {"filters": 4, "kernel_size": (3, 2), "padding": "same"},
    "conv3d": {"filters": 4, "kernel_size": 2, "padding": "same"},
    "conv2d_transpose": {"filters": 5, "kernel_size": 3, "strides": 2},
    "conv3d_transpose": {"filters": 5, "kernel_size": 2},
    "separable_conv1d": {"filters": 3, "kernel_size": 3, "padding": "same"},
    "separable_conv2d": {"filters": 3, "kernel_size": 3, "depth_multiplier": 2, "padding": "same"},
    "batch_normalization": {"renorm": True},
    "layer_normalization": {"scale": False},
    "embedding": {"input_dim": 7, "output_dim": 3},
    "variable": {"shape": (3,)},
}
_RANKS = {"1d": 3, "2d": 4, "3d": 5}


@st.composite
def models(draw):
    """A stack that builds: layers of every kind in scopes, by both constructions, own names."""
    from core.catalog import KINDS

    count = draw(st.integers(1, 8))
    nodes = []
    for number in range(count):
        kind = draw(st.sampled_from(list(_KINDS)))
        dtype = draw(st.sampled_from(["float32", "float32", "float64", "float16"]))
        rank = next((found for ending, found in _RANKS.items() if ending in kind), 2)
        shape = (None, *(6,) * (rank - 2), draw(st.integers(1, 9)))
        if kind == "embedding":
            dtype, shape = "int32", (None, 5)
        if kind == "variable":
            shape = (None, 3)
        given_arguments = {"shape": shape, "dtype": dtype}
        source = Layer(f"x{number}", "input", f"x{number}", arguments=given_arguments)
        arguments = dict(_KINDS[kind])
        if kind == "batch_normalization" and (dtype == "float16" or draw(st.booleans())):
            arguments = {}
        way = draw(st.sampled_from(KINDS[kind].constructions))
        variables = {}
        if way == "get_variable" and draw(st.booleans()):
            variables = {
                role: {"name": draw(st.sampled_from(_OWN[role]))}
                for role in KINDS[kind].roles
                if _OWN.get(role)
            }
        if kind in ("dense", "conv2d") and draw(st.booleans()):
            arguments["use_bias"] = False
        name = draw(st.sampled_from(["fc", "conv1", "deconv", "bn", "embed"])) + str(number)
        layer = Layer(f"l{number}", kind, name, way, arguments=arguments, variables=variables)
        scope = draw(st.sampled_from([None, "net", "net/deep"]))
        if scope is None:
            nodes += [source, layer]
        else:
            nodes.append(Scope(f"s{number}", scope, nodes=(source, layer)))
    return Stack(nodes=tuple(nodes))


@given(models())
def test_any_model_comes_out_of_its_own_checkpoint(stack):
    built = build(stack)
    assert built.refusal is None
    checkpoint = checkpoint_of_built(built)
    assert checkpoint.tensors
    assert proposed(checkpoint).whole


_PARTS = st.one_of(
    st.sampled_from(
        ["kernel", "bias", "weights", "b", "gamma", "beta", "moving_mean", "w1", "a", "A"]
    ),
    st.text("ab_./-\\>\u00e4 :0{}$Input", max_size=4),
)
_TENSORS = st.builds(
    TensorInfo,
    st.lists(_PARTS, min_size=1, max_size=5).map("/".join),
    st.lists(st.sampled_from([0, 1, 2, 3, 8, 2**40]), max_size=6).map(tuple),
    st.sampled_from([*DTYPES, "float32", "float32", "string", "uint64"]),
)


@settings(max_examples=100)
@given(st.lists(_TENSORS, max_size=12))
def test_any_tensors_give_a_stack_that_builds(found):
    proposed(checkpoint_of(found))


@pytest.mark.parametrize(
    ("shapes", "kind", "construction", "arguments"),
    [
        ({"d/kernel": (4, 3), "d/bias": (3,)}, "dense", "layers", {"units": 3}),
        ({"d/weights": (4, 3)}, "dense", "get_variable", {"units": 3, "use_bias": False}),
        ({"d/W1": (4, 3), "d/b1": (3,)}, "dense", "get_variable", {"units": 3}),
        ({"d/W_fc": (4, 3), "d/b_fc": (3,)}, "dense", "get_variable", {"units": 3}),
        ({"d/fc_w": (4, 3), "d/fc_b": (3,)}, "dense", "get_variable", {"units": 3}),
        ({"d/kernel": (5, 4, 3), "d/bias": (3,)}, "conv1d", "layers", {"kernel_size": 5}),
        ({"d/kernel": (5, 2, 4, 3)}, "conv2d", "layers", {"kernel_size": (5, 2), "filters": 3}),
        ({"d/kernel": (5, 2, 1, 4, 3)}, "conv3d", "layers", {"kernel_size": (5, 2, 1)}),
        ({"d/kernel": (5, 5, 4, 3), "d/bias": (4,)}, "conv2d_transpose", "layers", {"filters": 4}),
        ({"deconv/w": (5, 5, 4, 4), "deconv/b": (4,)}, "conv2d_transpose", "get_variable", {}),
        (
            {"d/depthwise_kernel": (3, 3, 4, 2), "d/pointwise_kernel": (1, 1, 8, 5)},
            *("separable_conv2d", "layers", {"depth_multiplier": 2, "use_bias": False}),
        ),
        (
            {"d/beta": (4,), "d/moving_mean": (4,), "d/moving_variance": (4,)},
            *("batch_normalization", "layers", {"scale": False}),
        ),
        (
            {"d/scale": (4,), "d/offset": (4,), "d/mean": (4,), "d/variance": (4,)},
            *("batch_normalization", "get_variable", {}),
        ),
        ({"d/gamma": (4,), "d/beta": (4,)}, "layer_normalization", "get_variable", {}),
        ({"d/gamma": (2, 4)}, "layer_normalization", "get_variable", {"axis": (-2, -1)}),
        ({"d/embeddings": (100, 4)}, "embedding", "get_variable", {"input_dim": 100}),
        ({"embedding/weights": (100, 4)}, "embedding", "get_variable", {"output_dim": 4}),
        ({"d/positions": (100, 4)}, "variable", "get_variable", {"shape": (100, 4)}),
        ({"kernel": (4, 3)}, "variable", "get_variable", {"shape": (4, 3)}),
        ({"d/bias": (4,)}, "variable", "get_variable", {"shape": (4,)}),
        ({"d/kernel": (4,)}, "variable", "get_variable", {"shape": (4,)}),
        ({"d/scalar": ()}, "variable", "get_variable", {"shape": ()}),
    ],
)
def test_a_kind_is_told_by_roles_and_shapes(shapes, kind, construction, arguments):
    proposal = proposed(tensors(shapes))
    assert proposal.whole
    (layer,) = [layer for layer in proposal.stack.layers() if layer.kind != "input"]
    assert (layer.kind, layer.construction) == (kind, construction)
    assert arguments.items() <= dict(layer.arguments).items()


def test_a_bias_of_another_size_is_a_variable_of_its_own():
    proposal = proposed(tensors({"d/kernel": (4, 3), "d/bias": (7,)}))
    assert proposal.whole
    assert layers(proposal) == [("bias", "variable"), ("kernel", "variable")]


@pytest.mark.parametrize("dtype", DTYPES)
def test_variables_of_every_type_are_created(dtype):
    shapes = {"d/kernel": (4, 3), "d/bias": (3,), "n/gamma": (3,), "n/beta": (3,), "v": (2,)}
    assert proposed(tensors(shapes, dtype)).whole


def test_layers_chain_by_their_shapes_and_numbers():
    shapes = {
        **{f"conv{n}/kernel": (3, 3, 1 if n == 1 else 8, 8) for n in (1, 2, 10)},
        **{"bn1/gamma": (8,), "bn1/beta": (8,), "bn1/moving_mean": (8,)},
        **{"bn1/moving_variance": (8,), "a_head/kernel": (20, 2), "fc/kernel": (8 * 25, 20)},
    }
    proposal = proposed(tensors(shapes))
    names = [name for name, _ in layers(proposal)]
    assert names == ["conv1", "bn1", "conv2", "conv10", "fc", "a_head"]
    assert kinds(proposal).count("input") == 1
    (first, *_) = proposal.stack.layers()
    assert first.arguments["shape"] == (None, 5, 5, 1)
    assert first.guesses == ("shape",)


def test_what_does_not_chain_is_connected():
    shapes = {
        **{"generator/fc/kernel": (10, 4 * 4 * 8), "generator/up/kernel": (5, 5, 3, 8)},
        **{"generator/up/bias": (3,), "classifier/conv/kernel": (3, 3, 3, 6)},
        **{"classifier/fc/kernel": (6, 2), "other/fc/kernel": (9, 2)},
    }
    proposal = proposed(tensors(shapes))
    assert kinds(proposal) == [
        *("input", "input", "dense", "reshape", "conv2d_transpose"),
        *("dense", "conv2d", "average_pooling2d", "flatten", "dense"),
    ]


def test_tables_that_may_be_looked_up_together_are_added():
    shapes = {"e/word_embeddings": (90, 4), "e/position_embeddings": (9, 4)}
    assert kinds(proposed(tensors(shapes)))[-1] == "add"


def test_branches_that_fit_together_are_joined():
    shapes = {
        **{"stem/w": (3, 3, 3, 8), "mixed_1/branch_0/w": (1, 1, 8, 4)},
        **{"mixed_1/branch_1/a_1/w": (1, 1, 8, 6), "mixed_1/branch_1/b_3/w": (3, 3, 6, 5)},
        **{"mixed_2/branch_0/w": (1, 1, 9, 2)},
    }
    proposal = proposed(tensors(shapes))
    assert kinds(proposal) == ["input", *["conv2d"] * 4, "concat", "conv2d"]
    names = {layer.id: layer.name for layer in proposal.stack.layers()}
    (join,) = [layer for layer in proposal.stack.layers() if layer.kind == "concat"]
    assert [names[found] for found in join.inputs] == ["branch_0", "b_3"]


def test_what_can_not_be_told_is_a_guess():
    proposal = proposed(tensors({"d/kernel": (3, 3, 4, 3)}))
    (layer,) = [layer for layer in proposal.stack.layers() if layer.kind == "conv2d"]
    assert layer.guesses == ("strides", "padding", "dilation_rate", "activation")


def test_a_guess_changes_no_script():
    stack = proposed(tensors({"d/kernel": (4, 3), "d/bias": (3,)})).stack
    certain = replace(stack, nodes=tuple(replace(node, guesses=()) for node in stack.nodes))
    assert certain != stack
    assert script(stack, frozenset()).text == script(certain, frozenset()).text


def test_slots_steps_and_bookkeeping_are_left_out():
    found = [
        TensorInfo("d/kernel", (4, 3), "float32"),
        TensorInfo("d/kernel/Adam", (4, 3), "float32", Part.SLOT, slot="Adam"),
        TensorInfo("global_step", (), "int64", Part.STEP),
        TensorInfo("beta1_power", (), "float32", Part.BOOKKEEPING),
    ]
    proposal = proposed(checkpoint_of(found))
    assert proposal.whole
    assert proposal.variables == 1


def test_why_a_variable_is_not_created_is_told():
    found = [
        TensorInfo("words", (3,), "string"),
        TensorInfo("empty", (0, 3), "float32"),
        TensorInfo("gr\u00f6\u00dfe", (2,), "float32"),
        TensorInfo("huge", (2**40, 2**40), "float32"),
        TensorInfo("a" * 2000, (2,), "float32"),
        TensorInfo("b/A", (2,), "float32"),
        TensorInfo("b/a", (2,), "float32"),
    ]
    proposal = proposed(checkpoint_of(found))
    assert proposal.exact == 1
    reasons = dict(proposal.missing)
    assert "type string" in reasons["words"]
    assert "without values" in reasons["empty"]
    assert "too large" in reasons["huge"]
    assert "too long" in reasons["a" * 2000]
    assert "another name" in reasons["b/a"]
    assert "can have its name" in reasons["gr\u00f6\u00dfe"]


def test_names_that_only_stand_behind_others_are_kept():
    shapes = {"net/_hidden/kernel": (4, 3), "net//_w": (2,), "/".join("abcdefgh" * 8): (2,)}
    assert proposed(tensors(shapes)).whole


def test_an_input_has_a_name_of_its_own():
    shapes = {"input/kernel": (4, 3), "Input_1/kernel": (5, 3), "ids/embeddings": (5, 3)}
    assert proposed(tensors(shapes)).whole


@pytest.mark.parametrize("refused", [("dense",), ("dense", "conv2d"), ("variable", "dense")])
def test_what_tensorflow_refuses_becomes_bare_variables(refused):
    nothing = build(Stack())

    def refusing(stack):
        for layer in stack.layers():
            if layer.kind in refused and (layer.kind != "variable" or layer.name == "v"):
                refusal = Refusal(layer.id, "No.", "ValueError")
                return replace(nothing, stack=stack, refusal=refusal)
        return build(stack)

    shapes = {
        **{f"fc{n}/kernel": (4, 4) for n in range(40)},
        **{"conv/kernel": (3, 3, 4, 4), "v": (4,)},
    }
    proposal = propose(tensors(shapes), "model.ckpt", refusing)
    left_out = ["v"] if "variable" in refused else []
    assert list(proposal.missing) == left_out
    assert proposal.refused["fc0"] == "No."
    assert not set(refused[1:]) & set(kinds(proposal)) - {"variable"}


class _SeenError(Exception):
    """A stack that is not built."""


def _unbuilt(stack):
    raise _SeenError(stack)


@pytest.mark.parametrize(
    ("name", "number", "kind", "most"),
    [
        ("v{}", MOST_VARIABLES + 10, Layer, 2 * MOST_VARIABLES),
        ("s{0}/" * 30 + "v{0}", MOST_SCOPES, Scope, MOST_SCOPES),
        ("s{0:0>300}" * 3 + "/v", 9000, Scope, MOST_SCOPES),
    ],
    ids=["variables", "scopes", "letters"],
)
def test_a_proposed_stack_is_not_larger_than_a_stack_file_can_be(name, number, kind, most):
    many = tensors({name.format(index, index): (2,) for index in range(number)})
    with pytest.raises(_SeenError) as seen:
        propose(many, "model.ckpt", _unbuilt)
    (stack,) = seen.value.args
    assert sum(isinstance(node, kind) for node in stack.walk()) <= most
    text = dumps(stack)
    assert len(text.encode()) < LARGEST_FILE
    assert loads(text) == stack


@pytest.fixture
def proposed_of(runner_of_checkpoints):
    """Return what is proposed for the checkpoint at a path."""

    def propose_(path):
        with closing(Checkpoint(path, runner_of_checkpoints)) as checkpoint:
            return proposed(checkpoint)

    return propose_


@pytest.mark.parametrize("version", [tf.train.SaverDef.V1, tf.train.SaverDef.V2])
def test_a_file_of_either_version_gives_its_layers(tmp_path, proposed_of, version):
    path = checkpoints.save(tmp_path / "m", checkpoints.model, write_version=version)
    proposal = proposed_of(path)
    assert proposal.whole
    assert layers(proposal) == [("hidden", "dense"), ("head", "dense")]


def test_a_checkpoint_of_all_types_is_created_as_far_as_it_can_be(tmp_path, proposed_of):
    proposal = proposed_of(checkpoints.save(tmp_path / "m", checkpoints.all_types))
    assert set(proposal.missing) == {"text", "lone_text", "empty", "uint16", "uint32", "uint64"}
    assert not proposal.extra


@pytest.mark.parametrize("name", ["legacy-1", "new-1"])
def test_a_checkpoint_of_keras_gives_its_layers(tf2_checkpoints, proposed_of, name):
    proposal = proposed_of(tf2_checkpoints / name)
    assert proposal.whole
    assert layers(proposal) == [("hidden", "dense"), ("head", "dense")]


def test_a_saved_model_gives_its_layers(tmp_path, proposed_of):
    with tf.Graph().as_default(), tf.Session() as session:
        value = tf.placeholder(tf.float32, [None, 4])
        result = tf.layers.dense(value, 3, name="fc")
        session.run(tf.global_variables_initializer())
        tf.saved_model.simple_save(session, str(tmp_path / "s"), {"x": value}, {"y": result})
    assert layers(proposed_of(tmp_path / "s")) == [("fc", "dense")]


def test_two_variables_of_one_name_keep_their_keys():
    keys = [f"{name}/{VALUE_ENDING[1:]}" for name in ("first", "second")]
    found = [TensorInfo(key, (2,), "float32", variable="Variable") for key in keys]
    proposal = propose(checkpoint_of(found), "model.ckpt", build)
    assert proposal.whole
    assert proposal.exact == 2
