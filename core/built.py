"""What a build made, as values: layers, variables, requests, and who shares what.

It speaks of origins: the ids of whatever asked for a variable. A layer of a stack is one kind of
origin; nothing here depends on it being one.
"""

from dataclasses import dataclass, field
from enum import StrEnum
from math import prod

from core.forward import Forward
from core.stack import Reuse, Stack


class Outcome(StrEnum):
    """What became of a request for a variable."""

    CREATED = "created"
    REUSED = "reused"
    REFUSED = "refused"


class Source(StrEnum):
    """Where a setting of a request came from."""

    ARGUMENT = "argument"
    LAYER = "layer"
    SCOPE = "scope"
    TENSORFLOW = "tensorflow"


@dataclass(frozen=True, slots=True)
class Setting:
    """What one argument of `tf.get_variable` was, and who said so.

    Attributes:
        name: Such as ``initializer``; a regularizer of the layer and one of the scope both apply.
        value: As people read it, such as ``he_normal``.
        source: An argument in the stack, the layer's own default, a scope, or TensorFlow's default.
        scope: Id of the scope, where it was one; None for the one around the whole stack.
    """

    name: str
    value: str
    source: Source
    scope: str | None = None


@dataclass(frozen=True, slots=True)
class Request:
    """One request for a variable, in the order of the ledger.

    Attributes:
        origin: Id of what asked.
        name: The name asked for, scopes included.
        role: What the variable is to the layer, such as ``kernel``.
        scope: The variable scope that was open, that of the layer included.
        name_scope: The name scope that was opened with it, in which the layer's ops are.
        outcome: Whether it was created, reused or refused.
        variable: Name of the variable that came of it, which may be another; None when refused.
        settings: What was asked for, and where that came from. A variable that is reused keeps
            what it was created with.
    """

    origin: str
    name: str
    role: str
    scope: str
    name_scope: str
    outcome: Outcome
    variable: str | None
    settings: tuple[Setting, ...] = ()


@dataclass(frozen=True, slots=True)
class Variable:
    """A variable of the graph.

    Attributes:
        name: The name of its op, which is its key in a checkpoint.
        asked_name: The name it was asked by; differs where that one was taken by an op.
        shape: Its dimensions.
        dtype: Such as ``float32``.
        trainable: Whether it is in the collection of trainable variables.
        initializer: What it is drawn from, such as ``glorot_uniform(seed=3)``.
        device: Where it landed, or what was asked for as long as nothing was drawn.
        requested_device: What was asked for; empty where TensorFlow chose.
        collections: The collections it is in.
        resource: Whether it is a resource and not a reference variable.
        initializers: The names of the ops that give it its initial values, one for each part.
        created_by: Id of the origin whose request created it.
        used_by: Ids of all origins that asked for it, in order, its creator first.
    """

    name: str
    asked_name: str
    shape: tuple[int, ...]
    dtype: str
    itemsize: int
    trainable: bool
    initializer: str
    device: str
    requested_device: str
    collections: tuple[str, ...]
    resource: bool
    initializers: tuple[str, ...]
    created_by: str
    used_by: tuple[str, ...]

    @property
    def parameters(self) -> int:
        """Its number of values."""
        return prod(self.shape)

    @property
    def bytes(self) -> int:
        """The size of its values."""
        return self.parameters * self.itemsize

    @property
    def saved(self) -> bool:
        """Whether `tf.train.Saver` puts it into a checkpoint."""
        return "variables" in self.collections


@dataclass(frozen=True, slots=True)
class Refusal:
    """What TensorFlow, or the plan, said when it refused a node.

    Attributes:
        origin: Id of the node.
        message: TensorFlow's own words.
        error: Name of the exception's class.
        line: The line of a custom layer's code that it came from, if it did.
    """

    origin: str
    message: str
    error: str
    line: int | None = None


@dataclass(frozen=True, slots=True)
class BuiltLayer:
    """What came of one node of a stack.

    Attributes:
        outputs: The shapes of its results, None for an unknown dimension or as a whole.
        output_names: The names of the tensors.
        variables: Names of the variables it asked for, in order.
        refusal: Why it could not be built; what comes behind it was not tried.
        update_ops: Names of what it put into the collection of update ops.
        losses: Names of what it put into the collection of regularization losses.
        idle: Those of both that no op of the graph takes or waits for.
        opened: The whole names of the scopes that a scope opened, each once.
    """

    id: str
    name: str | None
    kind: str
    construction: str | None
    reuse: Reuse
    outputs: tuple[tuple[int | None, ...] | None, ...] = ()
    output_names: tuple[str, ...] = ()
    variables: tuple[str, ...] = ()
    refusal: Refusal | None = None
    update_ops: tuple[str, ...] = ()
    losses: tuple[str, ...] = ()
    idle: frozenset[str] = frozenset()
    opened: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Totals:
    """Sums over a build; bytes are those of the variables' values."""

    variables: int
    parameters: int
    bytes: int
    ops: int


@dataclass(frozen=True, slots=True)
class Built:
    """What a build made of a stack.

    Attributes:
        stack: What was built.
        layers: The nodes that were tried, in reading order, scopes included.
        variables: In the order of their creation.
        ledger: All requests in order.
        refusal: Why it stopped early, if it did.
        device: The device the graph was built for.
        ops: The number of ops in the graph.
        seconds: How long the building took, without the drawing.
        undrawn: Why the initial values were not drawn, where they weren't; else None.
        forward: What it takes to run the graph, None where it can't be run in another process.
    """

    stack: Stack
    layers: tuple[BuiltLayer, ...]
    variables: tuple[Variable, ...]
    ledger: tuple[Request, ...]
    refusal: Refusal | None
    device: str
    ops: int
    seconds: float
    undrawn: str | None = None
    forward: Forward | None = field(default=None, repr=False)

    @property
    def totals(self) -> Totals:
        """The sums over all variables."""
        return Totals(
            variables=len(self.variables),
            parameters=sum(variable.parameters for variable in self.variables),
            bytes=sum(variable.bytes for variable in self.variables),
            ops=self.ops,
        )
