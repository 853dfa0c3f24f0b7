"""A stack as the list of calls that build it.

The builder runs a plan and the script prints it, so both say the same.
"""

import builtins
import keyword
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from core.activations import ACTIVATIONS
from core.arguments import split_chosen
from core.catalog import CONSTRUCTIONS, KINDS, SCOPE, SCOPES, VARIABLE
from core.custom_code import KIND as CUSTOM
from core.custom_code import digest, function_name, renamed
from core.expression import Call, Entries, Expression, Items, Literal, Name, names
from core.kinds_core import TIED
from core.stack import Layer, Node, Reuse, Scope, Stack
from core.twin_sources import names_in_use

# Python compiles no program with more `with` blocks in one another than these.
_MOST_BLOCKS = 20
# What a script uses itself, which no layer's result may be called.
RESERVED = frozenset({"tf", "os", "manual", "get_variable", "SimpleNamespace", *dir(builtins)})


@dataclass(frozen=True, slots=True)
class Statement:
    """An expression, a call where it builds a node, whose value gets a name in Python.

    Attributes:
        origin: Id of the node it comes from; None for the stack itself.
        target: The name; None where the result isn't needed.
    """

    origin: str | None
    target: str | None
    call: Expression


@dataclass(frozen=True, slots=True)
class Unpacking:
    """A call whose result has several items, each with a name."""

    origin: str | None
    targets: tuple[str, ...]
    call: Expression


@dataclass(frozen=True, slots=True)
class Function:
    """A small function: its steps, and what it returns."""

    origin: str | None
    name: str
    parameters: tuple[str, ...]
    steps: tuple["Step", ...]
    result: Expression


@dataclass(frozen=True, slots=True)
class Remark:
    """A comment."""

    origin: str | None
    text: str


@dataclass(frozen=True, slots=True)
class Block:
    """A `with` statement: what is called to open it, and the steps in it."""

    origin: str | None
    call: Call
    steps: tuple["Step", ...]


@dataclass(frozen=True, slots=True)
class Impossible:
    """A node for which there is no call, and why."""

    origin: str
    sentence: str


Step = Statement | Unpacking | Function | Block | Impossible | Remark


@dataclass(frozen=True, slots=True)
class Definition:
    """A function that a person wrote for a layer.

    Attributes:
        origin: Id of the layer; of the first one where several have the same.
        name: What the plan calls it.
        code: Its text, under that name.
        digest: The digest of the text as the person wrote it.
    """

    origin: str
    name: str
    code: str
    digest: str


@dataclass(frozen=True, slots=True)
class Plan:
    """What builds a stack: functions that the steps call, and the steps."""

    definitions: tuple[Definition, ...]
    steps: tuple[Step, ...]


def plan(stack: Stack) -> Plan:
    """Return the plan of a stack."""
    return _Planner().plan(stack)


def functions_used(steps: Iterable[Step]) -> Iterator[str]:
    """Yield the dotted names of all functions that steps call or refer to."""
    for step in steps:
        match step:
            case Statement(call=call) | Unpacking(call=call):
                yield from names(call)
            case Block(call=call, steps=inner):
                yield from names(call)
                yield from functions_used(inner)
            case Function(steps=inner, result=result):
                yield from functions_used(inner)
                yield from names(result)


def statements(steps: Iterable[Step]) -> Iterator[Statement]:
    """Yield all statements, those in blocks too."""
    for step in steps:
        if isinstance(step, Block):
            yield from statements(step.steps)
        elif isinstance(step, Statement):
            yield step


class _ImpossibleError(Exception):
    """There is no call for this node; the text says why."""


class _Planner:
    """Walks a stack in reading order and remembers what each node's value is called."""

    def __init__(self) -> None:
        self._targets: dict[str, str] = {}
        self._scope_values: dict[str, str | None] = {}
        self._kernels: dict[str, str | None] = {}
        self._definitions: dict[str, Definition] = {}
        self._reserved = RESERVED | names_in_use()
        self._taken: set[str] = set()
        self._numbers: dict[str, int] = {}
        self._previous: str | None = None
        # The names of the variable scopes around; None for one that TensorFlow names.
        self._path: tuple[str | None, ...] = ()
        self._blocks = 0

    def plan(self, stack: Stack) -> Plan:
        if stack.root is not None:
            self._path = (stack.root,)
        rooted = stack.root is not None or stack.use_resource is not None
        self._blocks = rooted + (stack.device is not None)
        steps = self._steps(stack.nodes)
        if rooted:
            steps = (Block(None, _root(stack), steps),)
        if stack.device is not None:
            steps = (Block(None, _device(stack.device), steps),)
        if stack.seed is not None:
            seed = Call(Name("tf.set_random_seed"), (Literal(stack.seed),))
            steps = (Statement(None, None, seed), *steps)
        return Plan(tuple(self._definitions.values()), steps)

    def _steps(self, nodes: tuple[Node, ...]) -> tuple[Step, ...]:
        return tuple(step for node in nodes for step in self._steps_of(node))

    def _steps_of(self, node: Node) -> Iterator[Step]:
        repetitions = range(node.repeat if isinstance(node, Scope) else 1)
        blocks = (node.device is not None) + isinstance(node, Scope)
        if blocks and self._blocks + blocks > _MOST_BLOCKS:
            yield self._too_deep(node)
            return
        for number in repetitions:
            self._blocks += blocks
            step = self._scope(node, number) if isinstance(node, Scope) else self._layer(node)
            self._blocks -= blocks
            if node.device is not None and not isinstance(step, Impossible):
                step = Block(node.id, _device(node.device), (step,))
            yield step

    def _too_deep(self, node: Node) -> Impossible:
        return Impossible(
            node.id,
            f"scopes and devices stand more than {_MOST_BLOCKS} deep in one another here, and "
            "Python takes no program with more; move it further out",
        )

    def _scope(self, scope: Scope, number: int) -> Step:
        name = None if scope.name is None else scope.name.replace("{i}", str(number))
        before, path = self._previous, self._path
        if scope.kind == SCOPE.kind:
            self._path = (*path, name)
        steps = self._steps(scope.nodes)
        self._path = path
        last = self._previous if self._previous != before else None
        self._scope_values[scope.id] = last
        function = SCOPES[scope.kind]
        keywords = (*function.keywords(scope.arguments), *_reuse(scope.reuse))
        if not name and "default_name" not in scope.arguments:
            keywords = (("default_name", Literal(scope.kind)), *keywords)
        call = Call(Name(function.path), (Literal(name),), keywords)
        return Block(scope.id, call, steps)

    def _layer(self, layer: Layer) -> Step:
        target = self._target(layer)
        try:
            call = self._call(layer)
        except _ImpossibleError as error:
            return Impossible(layer.id, str(error))
        finally:
            self._targets[layer.id] = target
            self._previous = target
            self._kernels[layer.id] = self._kernel(layer)
        return Statement(layer.id, target, call)

    def _call(self, layer: Layer) -> Call:
        kind = KINDS[layer.kind]
        inputs = self._positional(layer)
        name = _without_none(name=layer.name)
        if layer.kind == "activation":
            return _activation(layer, inputs, name)
        keywords = kind.function.keywords(layer.arguments)
        path = kind.function.path
        if layer.construction is not None:
            construction = CONSTRUCTIONS[layer.construction]
            path = f"{construction.module}.{layer.kind}"
            name = (*name, *_reuse(layer.reuse))
            if construction.takes_variables:
                name = (*name, *_variables(layer))
        if layer.kind == CUSTOM:
            keywords = ()
        return Call(Name(path), inputs, (*keywords, *name))

    def _positional(self, layer: Layer) -> tuple[Expression, ...]:
        """Return what a layer's function is given without a keyword."""
        if layer.kind == TIED:
            value, owner = self._ids(layer)
            return Name(self._value(value)), Literal(self._shared_kernel(owner))
        inputs = tuple(map(Name, self._inputs(layer)))
        if layer.kind == CUSTOM:
            return Name(self._define(layer)), *inputs
        return (Items(inputs),) if KINDS[layer.kind].inputs[1] is None else inputs

    def _inputs(self, layer: Layer) -> Iterator[str]:
        fewest, most = KINDS[layer.kind].inputs
        if most == 0:
            return
        if layer.inputs is not None or fewest > 1:
            yield from map(self._value, self._ids(layer))
            return
        if self._previous is None:
            raise _ImpossibleError(
                f"{layer.kind} needs an input, and no layer stands before it; put an input above it"
            )
        yield self._previous

    def _ids(self, layer: Layer) -> tuple[str, ...]:
        """Return the inputs of a layer that can't do with the layer before it alone."""
        if layer.inputs is None:
            fewest, _ = KINDS[layer.kind].inputs
            raise _ImpossibleError(f"{layer.kind} needs {fewest} inputs; choose them")
        return layer.inputs

    def _value(self, node_id: str) -> str:
        """Return the name of the value of an earlier node; a scope's is that of its last layer."""
        value = self._targets.get(node_id) or self._scope_values.get(node_id)
        if value is None:
            raise _ImpossibleError(
                f"its input {node_id} has no value before it; choose another input"
            )
        return value

    def _kernel(self, layer: Layer) -> str | None:
        """Return the whole name of the kernel that others can share; None where it isn't known."""
        role = KINDS[layer.kind].shared_kernel
        if role is None:
            return None
        settings = layer.variables.get(role, {})
        by_hand = CONSTRUCTIONS[str(layer.construction)].takes_variables
        named = by_hand and isinstance(settings, Mapping) and settings.get("name")
        parts = (*self._path, layer.name, named or role)
        return "/".join(map(str, parts)) if all(parts) else None

    def _shared_kernel(self, owner: str) -> str:
        if owner not in self._kernels:
            raise _ImpossibleError("its second input must be the layer whose kernel it shares")
        kernel = self._kernels[owner]
        if kernel is None:
            raise _ImpossibleError(
                "the kernel of its second input can't be shared: that must be a dense layer or an "
                "embedding, with a name, and so must the scopes around it"
            )
        return kernel

    def _define(self, layer: Layer) -> str:
        """Return the name of a custom layer's function, a free one; the same code has the same."""
        code = str(layer.arguments["code"])
        if code not in self._definitions:
            own = function_name(code)
            name = self._free_name(own)
            text = code if name == own else renamed(code, name)
            self._definitions[code] = Definition(layer.id, name, text, digest(code))
        return self._definitions[code].name

    def _target(self, layer: Layer) -> str:
        """Return a Python name for the layer's result that is not taken yet."""
        stem = re.sub(r"\W", "_", layer.name or f"{layer.kind}_output", flags=re.ASCII)
        if stem[0].isdigit():
            stem = f"_{stem}"
        return self._free_name(stem)

    def _free_name(self, stem: str) -> str:
        if keyword.iskeyword(stem) or stem in self._reserved:
            stem = f"{stem}_output"
        # Of ten thousand layers of a kind, all counting from 1 would take seconds.
        name, number = stem, self._numbers.get(stem, 1)
        while name in self._taken:
            number += 1
            name = f"{stem}_{number}"
        self._numbers[stem] = number
        self._taken.add(name)
        return name


def _activation(
    layer: Layer, inputs: tuple[Expression, ...], name: tuple[tuple[str, Expression], ...]
) -> Call:
    kind, _ = split_chosen(layer.arguments["function"])
    return Call(Name(ACTIVATIONS[kind].path), inputs, name)


def _root(stack: Stack) -> Call:
    """Return the call that opens the variable scope around a whole stack."""
    root = Call(Name("tf.get_variable_scope")) if stack.root is None else Literal(stack.root)
    resource = stack.use_resource
    keywords = () if resource is None else (("use_resource", Literal(resource)),)
    return Call(Name("tf.variable_scope"), (root,), keywords)


def _device(device: str) -> Call:
    return Call(Name("tf.device"), (Literal(device),))


def _reuse(reuse: Reuse) -> tuple[tuple[str, Expression], ...]:
    if reuse is None:
        return ()
    return (("reuse", Name("tf.AUTO_REUSE") if reuse == "auto" else Literal(reuse)),)


def _variables(layer: Layer) -> tuple[tuple[str, Expression], ...]:
    """Return what a manual layer asks of get_variable beyond tf.layers' own arguments."""
    roles = tuple(
        (role, Entries(VARIABLE.keywords(settings)))
        for role, settings in layer.variables.items()
        if isinstance(settings, Mapping) and settings
    )
    return (("variables", Entries(roles)),) if roles else ()


def _without_none(**keywords: str | None) -> tuple[tuple[str, Expression], ...]:
    return tuple((key, Literal(value)) for key, value in keywords.items() if value is not None)
