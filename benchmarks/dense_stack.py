"""The stacks that are measured: dense layers, one behind the other."""

from core.stack import Layer, Scope, Stack

WIDTH = 32


def dense_stack(count: int, construction: str = "layers") -> Stack:
    """Return a stack of `count` dense layers that TensorFlow names."""
    features = Layer("x", "input", arguments={"shape": (None, WIDTH)})
    layers = (
        Layer(f"d{index}", "dense", None, construction, arguments={"units": WIDTH})
        for index in range(count)
    )
    return Stack(seed=1, nodes=(features, *layers))


def scoped_stack(count: int, in_scope: int = 10) -> Stack:
    """Return a stack of `count` nodes: scopes with named layers in them."""
    features = Layer("x", "input", "x", arguments={"shape": (None, WIDTH)})
    scopes = (
        Scope(
            f"s{first}",
            f"block_{first}",
            nodes=tuple(
                Layer(f"d{index}", "dense", f"fc_{index}", "layers", arguments={"units": WIDTH})
                for index in range(first + 1, min(first + in_scope, count))
            ),
        )
        for first in range(0, count, in_scope)
    )
    return Stack(seed=1, nodes=(features, *scopes))
