"""Stacks and builds for the tests of the stack's views."""

from core.built import Built, BuiltLayer, Refusal, Variable
from core.stack import Layer, Scope, Stack

STACK = Stack(
    nodes=(
        Layer("i", "input", "x", arguments={"shape": (None, 4)}),
        Scope("s", "s", nodes=(Layer("d", "dense", None, "layers", arguments={"units": 3}),)),
        Layer("e", "dense", "fc", "get_variable", True, arguments={"units": 3}),
    )
)
WORDS = "Variable fc/kernel does not exist, or was not created with tf.get_variable()."


def built(stack: Stack, refused: str | None = None, variables: tuple[Variable, ...] = ()) -> Built:
    """What a build would make of a stack, up to a node that is refused."""
    layers = []
    for node in stack.walk():
        refusal = Refusal(node.id, WORDS, "ValueError") if node.id == refused else None
        layers.append(
            BuiltLayer(
                node.id,
                node.name,
                node.kind,
                getattr(node, "construction", None),
                node.reuse,
                () if refusal else ((None, 4),),
                variables=tuple(found.name for found in variables if node.id in found.used_by),
                refusal=refusal,
            )
        )
        if refusal:
            break
    last = layers[-1].refusal if layers else None
    return Built(stack, tuple(layers), variables, (), last, "/device:CPU:0", 1, 0.1)


def variable(name: str, *used_by: str) -> Variable:
    """A variable that some layers asked for."""
    return Variable(
        name, name, (4, 3), "float32", 4, True, "zeros", "", "", (), True, (), used_by[0], used_by
    )


def order(stack: Stack) -> str:
    """The tree as text, such as ``a s(b c) d``, by names or kinds."""

    def show(node):
        inner = " ".join(map(show, node.nodes)) if isinstance(node, Scope) else None
        name = node.name or node.kind
        return name if inner is None else f"{name}({inner})"

    return " ".join(map(show, stack.nodes))
