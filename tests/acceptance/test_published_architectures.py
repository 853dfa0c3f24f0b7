"""The published architectures make the variables that their well-known TF1 programs make."""

import functools
import itertools

import pytest

from core.built import Outcome
from core.document import load
from core.graph import BuiltGraph
from tests.examples import EXAMPLES


def _inside(scope, shapes):
    return {f"{scope}/{name}": shape for name, shape in shapes.items()}


def _weights(*kernel, names=("kernel", "bias"), size=None):
    """Return the shapes of a kernel and a bias, which is as long as the kernel's last dimension."""
    return dict(zip(names, (kernel, (size or kernel[-1],)), strict=True))


def _batch_normalization(size):
    return dict.fromkeys(("gamma", "beta", "moving_mean", "moving_variance"), (size,))


def _layer_normalization(scope, size):
    return _inside(f"{scope}/LayerNorm", dict.fromkeys(("gamma", "beta"), (size,)))


def _resnet20():
    """He et al. 2015, 6n+2 layers with n=3; version 1 in tensorflow/models, resnet_model.py.

    TensorFlow numbers the layers. Each stage begins with the projection of its first shortcut.
    """
    channels, kernels = 16, [(3, 3, 3, 16)]
    for filters in (16, 32, 64):
        kernels += [(1, 1, channels, filters), (3, 3, channels, filters)]
        kernels += [(3, 3, filters, filters)] * 5
        channels = filters
    found = _inside("dense", _weights(64, 10))
    for number, kernel in enumerate(kernels):
        suffix = f"_{number}" if number else ""
        found[f"conv2d{suffix}/kernel"] = kernel
        found |= _inside(f"batch_normalization{suffix}", _batch_normalization(kernel[-1]))
    return _inside("resnet_model", found)


def _transformer_encoder():
    """Devlin et al. 2018, google-research/bert, modeling.py and run_pretraining.py."""
    width, words = 256, 30_000
    embeddings = {
        "word_embeddings": (words, width),
        "token_type_embeddings": (2, width),
        "position_embeddings": (128, width),
    }
    dense = {
        **{f"attention/self/{name}": (width, width) for name in ("query", "key", "value")},
        "attention/output/dense": (width, width),
        "intermediate/dense": (width, 4 * width),
        "output/dense": (4 * width, width),
    }
    layer = _layer_normalization("attention/output", width) | _layer_normalization("output", width)
    for scope, kernel in dense.items():
        layer |= _inside(scope, _weights(*kernel))
    found = _inside("bert/embeddings", embeddings) | _layer_normalization("bert/embeddings", width)
    for number in range(4):
        found |= _inside(f"bert/encoder/layer_{number}", layer)
    found |= _inside("cls/predictions/transform/dense", _weights(width, width))
    found |= _layer_normalization("cls/predictions/transform", width)
    return found | {"cls/predictions/output_bias": (words,)}


def _dcgan():
    """Radford et al. 2015, carpedm20/DCGAN-tensorflow, model.py and ops.py."""
    linear, convolution = ("Matrix", "bias"), ("w", "biases")
    widths = (512, 256, 128, 64, 3)
    generator = _inside("g_h0_lin", _weights(100, 4 * 4 * 512, names=linear))
    for number, (wide, narrow) in enumerate(itertools.pairwise(widths)):
        kernel = _weights(5, 5, narrow, wide, names=convolution, size=narrow)
        generator |= _inside(f"g_bn{number}", _batch_normalization(wide))
        generator |= _inside(f"g_h{number + 1}", kernel)
    discriminator = _inside("d_h4_lin", _weights(4 * 4 * 512, 1, names=linear))
    for number, (narrow, wide) in enumerate(((3, 64), (64, 128), (128, 256), (256, 512))):
        kernel = _weights(5, 5, narrow, wide, names=convolution)
        discriminator |= _inside(f"d_h{number}_conv", kernel)
        if number:
            discriminator |= _inside(f"d_bn{number}", _batch_normalization(wide))
    return _inside("generator", generator) | _inside("discriminator", discriminator)


def _siamese():
    """Koch et al. 2015, named as tf.contrib.slim names it in a scope that is entered twice."""
    kernels = {
        "siamese/conv1": (10, 10, 1, 64),
        "siamese/conv2": (7, 7, 64, 128),
        "siamese/conv3": (4, 4, 128, 128),
        "siamese/conv4": (4, 4, 128, 256),
        "siamese/fc1": (6 * 6 * 256, 4096),
        "fc2": (4096, 1),
    }
    found = {}
    for scope, kernel in kernels.items():
        found |= _inside(scope, _weights(*kernel, names=("weights", "biases")))
    return found


@functools.cache
def _built(name):
    (path,) = (path for path in EXAMPLES if path.name == f"{name}.stack.json")
    graph = BuiltGraph(load(path))
    graph.close()
    assert graph.built.refusal is None
    return graph.built


# Of each, its variables and how many of their values are trained.
_PUBLISHED = {
    # The paper counts 0.27 million: its shortcuts have no projections, which are 3,040 here.
    "resnet20": (_resnet20(), 272_762),
    "transformer_encoder": (_transformer_encoder(), 10_969_136),
    "dcgan": (_dcgan(), 9_451_908),
    "siamese": (_siamese(), 38_951_745),
}


@pytest.mark.parametrize("name", _PUBLISHED)
def test_the_variables_have_the_published_names_and_shapes(name):
    expected, parameters = _PUBLISHED[name]
    variables = _built(name).variables
    assert {variable.name: variable.shape for variable in variables} == expected
    trainable = [variable for variable in variables if variable.trainable]
    assert sum(variable.parameters for variable in trainable) == parameters
    averages = {variable.name for variable in variables} - {found.name for found in trainable}
    assert averages == {found for found in expected if "/moving_" in found}


@pytest.mark.parametrize(
    ("name", "scope", "first", "second"),
    [
        ("dcgan", "discriminator", "real_", "fake_"),
        ("siamese", "siamese", "left_", "right_"),
    ],
)
def test_a_second_pass_takes_every_variable_of_the_first(name, scope, first, second):
    built = _built(name)
    shared = [found for found in built.variables if found.name.startswith(f"{scope}/")]
    assert shared
    for variable in shared:
        asked = variable.created_by.removeprefix(first)
        assert variable.used_by == (f"{first}{asked}", f"{second}{asked}")
    for variable in set(built.variables) - set(shared):
        assert variable.used_by == (variable.created_by,)
    _assert_each_is_created_once(built)


def test_the_masked_words_are_predicted_by_the_table_that_embeds_them():
    built = _built("transformer_encoder")
    shared = {found.name: found.used_by for found in built.variables if len(found.used_by) > 1}
    assert shared == {"bert/embeddings/word_embeddings": ("words", "logits")}
    _assert_each_is_created_once(built)


def _assert_each_is_created_once(built):
    created = [asked.variable for asked in built.ledger if asked.outcome is Outcome.CREATED]
    assert sorted(created) == sorted(found.name for found in built.variables)
    assert len(built.ledger) == sum(len(found.used_by) for found in built.variables)
