"""A stack built both ways, by tf.layers and by hand, and what came of it side by side."""

from collections import Counter, defaultdict
from collections.abc import Callable, Container, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING

from core.built import Built, Outcome, Request, Variable
from core.catalog import KINDS
from core.devices import Target
from core.graph_runner import GraphRunner, never
from core.kind import CONSTRUCTIONS
from core.numbers import Feed, Numbers, Weight
from core.progress import OnProgress, ignore_progress
from core.stack import Layer, Scope, Stack

if TYPE_CHECKING:
    from core.graph import BuiltGraph

LAYERS, GET_VARIABLE = CONSTRUCTIONS
# What is compared of two variables, in this order.
COMPARED = (
    *("name", "shape", "dtype", "initializer", "trainable"),
    *("regularizer", "collections", "resource"),
)
# A pair of which one construction has no variable differs in this.
ABSENT = "absent"
# A build that takes less is timed twice, as the first one pays for what the second finds ready.
_TIMED_TWICE_SECONDS = 2.0


@dataclass(frozen=True, slots=True)
class Pair:
    """The variables that the same layer asked for in the same role, by each construction.

    Attributes:
        layer: Id of the layer.
        role: What the variable is to it.
        layers: What tf.layers made of it, None where it asked for none.
        get_variable: What was made of it by hand, None where none was asked for.
        regularizers: The regularizer of each, as the ledger has it.
        differs: In which of `COMPARED` they differ, or `ABSENT`.
    """

    layer: str
    role: str
    layers: Variable | None
    get_variable: Variable | None
    regularizers: tuple[str, str]
    differs: tuple[str, ...]

    def value(self, construction: str, key: str) -> object:
        """Return one of `COMPARED` of a construction's variable, None where there is none."""
        variable: Variable | None = getattr(self, construction)
        if variable is None:
            return None
        if key == "regularizer":
            return self.regularizers[construction == GET_VARIABLE]
        return getattr(variable, key)


@dataclass(frozen=True, slots=True)
class Side:
    """What one construction made of the stack.

    Attributes:
        built: The build.
        op_types: The number of ops of each type.
        name_scopes: The name scopes that have ops in them.
        graphdef_bytes: The size of the serialized GraphDef.
        build_seconds: The time of the building, without the drawing of values.
        code_lines: The number of lines of its script.
    """

    built: Built
    op_types: Mapping[str, int]
    name_scopes: frozenset[str]
    graphdef_bytes: int
    build_seconds: float
    code_lines: int


@dataclass(frozen=True)
class Comparison:
    """A stack built both ways.

    Attributes:
        stack: The stack as it is, each layer in the construction that was chosen for it.
        layers: What came of it where tf.layers builds all that it can.
        get_variable: What came of it where all is built by hand.
        pairs: The variables, paired by layer and role in the order of their creation.
    """

    stack: Stack
    layers: Side
    get_variable: Side
    pairs: tuple[Pair, ...]

    def side(self, construction: str) -> Side:
        """Return what came of a construction."""
        side: Side = getattr(self, construction)
        return side

    @property
    def ok(self) -> bool:
        """Whether TensorFlow refused neither."""
        return self.layers.built.refusal is None and self.get_variable.built.refusal is None

    @cached_property
    def name_map(self) -> Mapping[str, str]:
        """The names that tf.layers gives to what a checkpoint holds, and those by hand."""
        both = (
            (pair.layers, pair.get_variable)
            for pair in self.pairs
            if pair.layers is not None and pair.get_variable is not None
        )
        return {
            one.name: other.name
            for one, other in both
            if one.saved and other.saved and (one.shape, one.dtype) == (other.shape, other.dtype)
        }

    @property
    def same_checkpoint(self) -> bool:
        """Whether the checkpoint of each loads into the other as it is."""
        return _checkpoint(self.layers.built) == _checkpoint(self.get_variable.built)


def compare_numbers(
    comparison: Comparison,
    runner: GraphRunner,
    feed: Feed,
    stop: Callable[[], bool] = never,
) -> Numbers:
    """Run both on the same weights and values; return how far they are apart."""
    left, right = comparison.layers.built.forward, comparison.get_variable.built.forward
    if not comparison.ok:
        return Numbers(skipped="TensorFlow refuses a part of the stack.")
    if left is None or right is None:
        return Numbers(skipped="Both are built for another machine's devices.")
    return runner.compare_numbers(left, right, weights(comparison), feed, stop)


def with_construction(stack: Stack, construction: str | None) -> Stack:
    """Return a stack whose layers are built by a construction that they have; None changes none."""

    def visit(node: Layer | Scope) -> Layer | Scope:
        if isinstance(node, Scope):
            return replace(node, nodes=tuple(map(visit, node.nodes)))
        has_it = construction is not None and construction in KINDS[node.kind].constructions
        return replace(node, construction=construction) if has_it else node

    return replace(stack, nodes=tuple(map(visit, stack.nodes)))


def weights(comparison: Comparison) -> tuple[Weight, ...]:
    """Return the variables that both constructions have in one shape, to give them one value.

    A partitioned one counts for each of its parts, where the parts are the same.
    """
    return tuple(
        Weight(pair.layer, pair.role, *initializers)
        for pair in comparison.pairs
        if pair.layers is not None and pair.get_variable is not None
        if (pair.layers.shape, pair.layers.dtype)
        == (pair.get_variable.shape, pair.get_variable.dtype)
        if len(pair.layers.initializers) == len(pair.get_variable.initializers)
        for initializers in zip(
            pair.layers.initializers, pair.get_variable.initializers, strict=True
        )
    )


def compare(
    stack: Stack,
    target: Target | None = None,
    on_progress: OnProgress = ignore_progress,
    trusted: Container[str] = (),
) -> Comparison:
    """Build a stack both ways and compare what came of it.

    Raises:
        DeviceError: The stack asks for a device that isn't there.
    """
    # The window, which shows comparisons, doesn't wait for what it takes to make one.
    from core.graph import BuiltGraph
    from core.script import script

    def side(construction: str) -> Side:
        chosen = with_construction(stack, construction)
        graph = BuiltGraph(chosen, target, on_progress, trusted, draw=False)
        return _side(graph, len(script(chosen, trusted, on_progress).lines))

    both = {construction: side(construction) for construction in CONSTRUCTIONS}
    if max(found.build_seconds for found in both.values()) < _TIMED_TWICE_SECONDS:
        for construction, first in both.items():
            again = BuiltGraph(first.built.stack, target, on_progress, trusted, draw=False)
            again.close()
            seconds = min(again.built.seconds, first.build_seconds)
            both[construction] = replace(first, build_seconds=seconds)
    layers, get_variable = both[LAYERS], both[GET_VARIABLE]
    return Comparison(stack, layers, get_variable, tuple(_pairs(layers.built, get_variable.built)))


_Creation = tuple[Variable, Request]


def creations(built: Built) -> dict[tuple[str, str, int], _Creation]:
    """Return what each layer created in each role; numbered, as a scope may be entered again."""
    variables = {variable.name: variable for variable in built.variables}
    counts: dict[tuple[str, str], int] = defaultdict(int)
    found: dict[tuple[str, str, int], _Creation] = {}
    for request in built.ledger:
        if request.outcome is Outcome.CREATED and request.variable in variables:
            key = request.origin, request.role
            found[(*key, counts[key])] = variables[request.variable], request
            counts[key] += 1
    return found


def _side(graph: "BuiltGraph", code_lines: int) -> Side:
    ops = graph.graph.get_operations()
    found = Side(
        built=graph.built,
        op_types=dict(sorted(Counter(op.type for op in ops).items())),
        name_scopes=frozenset(op.name.rpartition("/")[0] for op in ops) - {""},
        graphdef_bytes=len(graph.graph_def),
        build_seconds=graph.built.seconds,
        code_lines=code_lines,
    )
    graph.close()
    return found


def _pairs(layers: Built, get_variable: Built) -> Iterator[Pair]:
    """Yield the pairs in the order in which either construction first asks for them."""
    left, right = creations(layers), creations(get_variable)
    for key in dict.fromkeys((*left, *right)):
        layer, role, _ = key
        one, other = left.get(key), right.get(key)
        regularizers = _regularizer(one), _regularizer(other)
        pair = Pair(
            layer,
            role,
            None if one is None else one[0],
            None if other is None else other[0],
            regularizers,
            (),
        )
        yield replace(pair, differs=tuple(_differences(pair)))


def _differences(pair: Pair) -> Iterable[str]:
    if pair.layers is None or pair.get_variable is None:
        return (ABSENT,)
    return (key for key in COMPARED if pair.value(LAYERS, key) != pair.value(GET_VARIABLE, key))


def _regularizer(creation: _Creation | None) -> str:
    """Return the regularizers of a variable as the ledger has them."""
    if creation is None:
        return ""
    _, request = creation
    return " + ".join(found.value for found in request.settings if found.name == "regularizer")


def _checkpoint(built: Built) -> dict[str, tuple[tuple[int, ...], str]]:
    """Return what a checkpoint of a build holds: shape and type by name."""
    return {
        variable.name: (variable.shape, variable.dtype)
        for variable in built.variables
        if variable.saved
    }
