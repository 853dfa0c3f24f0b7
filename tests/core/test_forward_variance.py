"""The variance that initial values pass forward, and what an output sums up."""

import numpy as np
import pytest

from core.forward_variance import Sum, passed, sum_of
from core.graph import BuiltGraph
from core.stack import Layer, Stack
from core.weights import summarize


@pytest.fixture(scope="module")
def graph():
    nodes = (
        Layer("x", "input", "x", arguments={"shape": (None, 8, 8, 3)}),
        Layer("c", "conv2d", "c", "layers", arguments={"filters": 4, "kernel_size": 3}),
        Layer("t", "conv2d_transpose", "t", "layers", arguments={"filters": 5, "kernel_size": 3}),
        Layer("s", "separable_conv2d", "s", "layers", arguments={"filters": 6, "kernel_size": 2}),
        Layer("f", "flatten", None, "layers"),
        Layer(
            "d",
            "dense",
            "d",
            "layers",
            arguments={"units": 400, "kernel_initializer": {"kind": "he_normal"}},
        ),
    )
    found = BuiltGraph(Stack(seed=4, nodes=nodes))
    assert found.built.refusal is None
    yield found
    found.close()


def test_what_an_output_sums_up_is_what_the_layer_does(graph):
    sums = {found.name: sum_of(graph.built, found.name) for found in graph.built.variables}
    assert sums["c/kernel"] == Sum(27, "3 \N{MULTIPLICATION SIGN} 3 places of 3 channels")
    assert sums["s/depthwise_kernel"] == Sum(4, "2 \N{MULTIPLICATION SIGN} 2 places of one channel")
    assert sums["s/pointwise_kernel"] == Sum(5, "5 channels")
    assert sums["d/kernel"].inputs == graph.built.variables[-2].shape[0]
    # A bias is added to the sum, and a transposed kernel sums up other numbers at other places.
    assert sums["d/bias"] is sums["t/kernel"] is None


def test_he_normal_passes_two(graph):
    found = summarize(
        "d/kernel",
        "float32",
        graph.values("d/kernel"),
        density=graph.density("d/kernel"),
        summed=sum_of(graph.built, "d/kernel"),
    )
    assert found.passed.expected == pytest.approx(2)
    assert found.passed.factor == pytest.approx(2, rel=0.02)
    inputs = np.random.default_rng(1).normal(size=(300, found.shape[0]))
    outputs = inputs @ graph.values("d/kernel")
    assert outputs.var() == pytest.approx(found.passed.factor, rel=0.05)


def test_unknown_is_unknown():
    found = passed(Sum(3, ""), None, None, None, None)
    assert found.factor is found.expected is None


def test_densities_of_a_build_speak_of_what_created_the_variable(graph):
    assert "fan_in 27 + fan_out 36" in graph.density("c/kernel").formula
    assert graph.density("c/bias").formula == "all zeros"
