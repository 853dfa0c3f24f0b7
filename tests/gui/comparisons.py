"""Comparisons for the tests of their views, made without TensorFlow."""

from dataclasses import replace

from core.comparison import Comparison, Pair, Side, with_construction
from core.numbers import Distance, LayerNumbers, Numbers
from core.stack import Layer, Stack
from tests.gui.fakes import built_of

STACK = Stack(
    "compared",
    nodes=(
        Layer("x", "input", "x", arguments={"shape": (None, 10)}),
        Layer("d", "dense", "fc", "layers", arguments={"units": 11}),
        Layer("e", "dense", "out", "layers", arguments={"units": 11}),
    ),
)


def comparison_of(stack: Stack = STACK) -> Comparison:
    """Return what could come of a stack of dense layers: the first kernel has two names."""
    left = built_of(with_construction(stack, "layers"))
    right = built_of(with_construction(stack, "get_variable"))
    first, *others = right.variables
    right = replace(right, variables=(replace(first, name="fc/weights"), *others))
    pairs = tuple(
        Pair(
            one.created_by,
            "kernel",
            one,
            other,
            ("none", "none"),
            ("name",) if one.name != other.name else (),
        )
        for one, other in zip(left.variables, right.variables, strict=True)
    )
    sides = [
        Side(built, {"MatMul": 2, "Add": count}, frozenset({"fc", "out"}), 1000, 0.01, 30)
        for built, count in ((left, 2), (right, 3))
    ]
    return Comparison(stack, *sides, pairs)


def numbers_of(differs: bool) -> Numbers:
    """Return numbers of which those of the second layer may differ."""
    distances = {"d": Distance(0.0, 0.0), "e": Distance(0.5 if differs else 0.0, 0.1)}
    return Numbers(
        tuple(
            LayerNumbers(layer, distance, differs and layer == "e")
            for layer, distance in distances.items()
        )
    )
