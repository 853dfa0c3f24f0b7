"""Results of builds made by hand, for tests that need no TensorFlow."""

from hypothesis import strategies as st

from core.built import Built, BuiltLayer, Outcome, Refusal, Request, Variable
from core.stack import Layer, Node, Scope, Stack


def variable(name: str, /, *users: str, **changes: object) -> Variable:
    """Return a variable that the first of some layers created and all of them use."""
    fields = {
        "name": name,
        "asked_name": name,
        "shape": (2, 3),
        "dtype": "float32",
        "itemsize": 4,
        "trainable": True,
        "initializer": "glorot_uniform()",
        "device": "/device:CPU:0",
        "requested_device": "",
        "collections": ("variables",),
        "resource": False,
        "initializers": (),
        "created_by": users[0] if users else "a",
        "used_by": users or ("a",),
    }
    return Variable(**fields | changes)


def built(stack: Stack, variables: tuple[Variable, ...], refusal: Refusal | None = None) -> Built:
    """Return what a build of a stack would be if it had made these variables in this order."""
    ledger = [
        Request(user, found.asked_name, "kernel", "", "", _outcome(found, user), found.name)
        for found in variables
        for user in found.used_by
    ]
    if refusal is not None:
        ledger.append(
            Request(
                refusal.origin,
                "refused/kernel",
                "kernel",
                "refused",
                "refused",
                Outcome.REFUSED,
                None,
            )
        )
    layers = tuple(_built_layer(node, variables) for node in stack.walk())
    return Built(stack, layers, variables, tuple(ledger), refusal, "/device:CPU:0", 10, 0.01)


def towers() -> Built:
    """Return a build of two towers that share a layer, in a scope with a head."""
    dense = {"kind": "dense", "arguments": {"units": 3}}
    stack = Stack(
        nodes=(
            Layer("in", "input", "input1", arguments={"shape": (None, 2)}),
            Layer("one", name="shared", construction="get_variable", **dense),
            Layer("two", name="shared", construction="get_variable", reuse=True, **dense),
            Layer("drop", "dropout", construction="layers"),
            Scope("s", "head", nodes=(Layer("end", construction="layers", **dense),)),
        )
    )
    variables = (
        variable("shared/weights", "one", "two"),
        variable("shared/bias", "one", "two", shape=(3,), trainable=False),
        variable("head/dense/kernel", "end"),
        variable("head/dense/bias", "end", shape=(3,)),
    )
    return built(stack, variables)


def many(layers: int, per_scope: int = 10) -> Built:
    """Return a build of many dense layers, some of them in each scope."""
    scopes = tuple(
        Scope(
            f"s{first}",
            f"scope{first // per_scope}",
            nodes=tuple(
                Layer(f"l{at}", "dense", f"dense{at}", "layers", arguments={"units": 3})
                for at in range(first, min(first + per_scope, layers))
            ),
        )
        for first in range(0, layers, per_scope)
    )
    variables = tuple(
        variable(f"scope{at // per_scope}/dense{at}/{role}", f"l{at}")
        for at in range(layers)
        for role in ("kernel", "bias")
    )
    return built(Stack(nodes=scopes), variables)


_PARTS = st.sampled_from(["a", "b", "A", "kernel", "x_1"])
names = st.lists(_PARTS, min_size=1, max_size=4).map("/".join)
variables = st.lists(names, unique=True, max_size=12).map(
    lambda found: tuple(variable(name, shape=(1 + len(name),)) for name in found)
)


def _outcome(found: Variable, user: str) -> Outcome:
    return Outcome.CREATED if user == found.created_by else Outcome.REUSED


def _built_layer(node: Node, variables: tuple[Variable, ...]) -> BuiltLayer:
    return BuiltLayer(
        node.id,
        node.name,
        node.kind,
        getattr(node, "construction", None),
        node.reuse,
        variables=tuple(found.name for found in variables if node.id in found.used_by),
    )
