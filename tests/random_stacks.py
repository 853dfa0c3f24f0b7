"""Random stacks and random commands for tests that try many."""

import itertools
from dataclasses import replace

from hypothesis import strategies as st

from core import commands, sharing
from core.catalog import KINDS, SCOPE, SCOPES
from core.command import Command, CommandRefusedError
from core.lesson import Asks, Lesson
from core.stack import Layer, Place, Scope, Stack

_NAMES = st.sampled_from([None, "a", "b", "conv1", "shared"])
_REUSES = st.sampled_from([None, False, True, "auto"])
_KINDS = [
    *("input", "dense", "conv2d", "batch_normalization", "flatten", "add", "concat"),
    *("embedding", "tied_dense", "matmul", "variable"),
]
_TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)
_LINES = _TEXTS.map(lambda text: "".join(text.splitlines()))


@st.composite
def stacks(draw: st.DrawFn, *, most: int = 12) -> Stack:
    """A valid stack with nested scopes and inputs from earlier nodes."""
    count = draw(st.integers(0, most))
    stack = Stack()
    for index in range(count):
        place = draw(places(stack))
        node_id = f"n{index}"
        name, reuse = draw(_NAMES), draw(_REUSES)
        if draw(st.integers(0, 3)) == 0:
            kind = draw(st.sampled_from(list(SCOPES)))
            repeat = draw(st.integers(1, 3))
            reuse = reuse if kind == SCOPE.kind else None
            node = Scope(node_id, name, reuse, kind=kind, repeat=repeat)
        else:
            fresh = commands.new_node(draw(st.sampled_from(_KINDS)))
            reuse = reuse if KINDS[fresh.kind].reusable else None
            node = Layer(
                node_id, fresh.kind, name, fresh.construction, reuse, arguments=fresh.arguments
            )
        stack = commands.insert(stack, place, (node,)).edit.apply(stack)
    for layer in list(stack.layers()):
        stack = _apply(stack, draw(_inputs_of(stack, layer)))
    return stack


@st.composite
def lessons(draw: st.DrawFn) -> Lesson:
    """Any lesson that a stack file can hold."""
    choices = tuple(draw(st.lists(_LINES, max_size=4)))
    return Lesson(
        title=draw(_LINES),
        intro=draw(_TEXTS),
        question=draw(_TEXTS),
        asks=draw(st.sampled_from(Asks)),
        choices=choices,
        right=draw(st.integers(0, max(0, len(choices) - 1))),
        answer=draw(_TEXTS),
        thread=draw(_LINES),
    )


@st.composite
def places(draw: st.DrawFn, stack: Stack) -> Place:
    """Any place of a stack at which a node can be put."""
    scopes = [None, *(node.id for node in stack.walk() if isinstance(node, Scope))]
    scope = draw(st.sampled_from(scopes))
    return Place(scope, draw(st.integers(0, len(stack.children(scope)))))


@st.composite
def _inputs_of(draw: st.DrawFn, stack: Stack, layer: Layer) -> Command | None:
    before = [node.id for node in stack.before(layer.id)]
    fewest, most = KINDS[layer.kind].inputs
    if fewest == 0 or not before or draw(st.booleans()):
        return None
    count = draw(st.integers(fewest, 3 if most is None else most))
    inputs = draw(st.lists(st.sampled_from(before), min_size=count, max_size=count))
    return commands.set_inputs(stack, layer.id, tuple(inputs))


@st.composite
def any_command(draw: st.DrawFn, stack: Stack) -> Command | None:
    """Anything a person can do to a stack; None where it changes nothing or is refused."""
    ids = [node.id for node in stack.walk()]
    if not ids:
        fresh = tuple(map(commands.new_node, [SCOPE.kind, "dense", "dense"]))
        return commands.insert(stack, Place(None, 0), fresh)
    some = draw(st.lists(st.sampled_from(ids), min_size=1, max_size=4, unique=True))
    try:
        return draw(st.sampled_from(_COMMANDS))(draw, stack, some)
    except CommandRefusedError:
        return None


def _insert(draw: st.DrawFn, stack: Stack, some: list[str]) -> Command | None:
    kinds = draw(st.lists(st.sampled_from([*_KINDS, SCOPE.kind]), min_size=1, max_size=3))
    return commands.insert(stack, draw(places(stack)), tuple(map(commands.new_node, kinds)))


def _paste(draw: st.DrawFn, stack: Stack, some: list[str]) -> Command | None:
    nodes = tuple(stack.node(found) for found in commands.topmost(stack, some))
    return commands.paste(stack, draw(places(stack)), nodes)


def _move(draw: st.DrawFn, stack: Stack, some: list[str]) -> Command | None:
    return commands.move(stack, some, draw(places(stack)))


def _share(draw: st.DrawFn, stack: Stack, some: list[str]) -> Command | None:
    owners = [layer.id for layer in sharing.shareable(stack, some[0])]
    if not owners:
        return None
    return sharing.share_with(stack, some[0], draw(st.sampled_from(owners)))


def _inputs(draw: st.DrawFn, stack: Stack, some: list[str]) -> Command | None:
    layer = stack.node(some[0])
    return draw(_inputs_of(stack, layer)) if isinstance(layer, Layer) else None


_COMMANDS = [
    _insert,
    _paste,
    _move,
    _move,
    _share,
    _inputs,
    lambda draw, stack, some: commands.duplicate(stack, some),
    lambda draw, stack, some: commands.remove(stack, some),
    lambda draw, stack, some: commands.wrap(stack, some),
    lambda draw, stack, some: sharing.shared_copy(stack, some),
    lambda draw, stack, some: commands.rename(stack, some[0], draw(_NAMES)),
    lambda draw, stack, some: commands.set_reuse(stack, some, draw(_REUSES)),
    lambda draw, stack, some: commands.set_construction(stack, some, "get_variable"),
    lambda draw, stack, some: commands.set_device(stack, some, "/device:CPU:0"),
    lambda draw, stack, some: commands.set_repeat(stack, some, draw(st.integers(1, 40))),
    lambda draw, stack, some: sharing.enter_again(stack, some[0]),
    lambda draw, stack, some: commands.configure(stack, "Change root", root=draw(_NAMES)),
]


def _apply(stack: Stack, command: Command | None) -> Stack:
    return stack if command is None else command.edit.apply(stack)


_FEW_NAMES = st.sampled_from([None, "a", "A", "b"])
_PARTITIONERS = st.sampled_from([None, None, {"kind": "fixed_size", "num_shards": 2}])


@st.composite
def clashes(draw: st.DrawFn) -> Stack:
    """A stack of few names whose layers all have an input, so that variables meet or clash."""
    numbers = itertools.count()

    def layer() -> Layer:
        kind = draw(st.sampled_from(["dense", "dense", "batch_normalization", "conv1d", "dropout"]))
        arguments = {
            "dense": {"units": draw(st.sampled_from([3, 4])), "use_bias": draw(st.booleans())},
            "batch_normalization": {"training": draw(st.booleans())},
            "conv1d": {"filters": 3, "kernel_size": 1},
        }.get(kind, {})
        inputs = draw(st.sampled_from([None, ("x",), ("y",)]))
        way = draw(st.sampled_from(["layers", "get_variable"]))
        reuse = draw(_REUSES) if KINDS[kind].reusable else None
        return Layer(f"n{next(numbers)}", kind, draw(_FEW_NAMES), way, reuse, inputs, arguments)

    def scope() -> Scope:
        kind = draw(st.sampled_from([SCOPE.kind, SCOPE.kind, "name_scope"]))
        of_variables = kind == SCOPE.kind
        arguments = {"partitioner": draw(_PARTITIONERS)} if of_variables else {}
        nodes = tuple(layer() for _ in range(draw(st.integers(1, 3))))
        reuse = draw(_REUSES) if of_variables else None
        repeat = draw(st.sampled_from([1, 1, 2]))
        return Scope(
            f"n{next(numbers)}", draw(_FEW_NAMES), reuse, arguments, None, nodes, kind, repeat
        )

    first = Layer("x", "input", "x", arguments={"shape": (None, 4)})
    other = Layer("y", "input", "y", arguments={"shape": (None, 3), "dtype": "float64"})
    rest = (draw(st.booleans()) for _ in range(draw(st.integers(1, 4))))
    maker = replace(layer(), reuse=None, inputs=("x",))
    return Stack(nodes=(first, other, maker, *(scope() if deep else layer() for deep in rest)))
