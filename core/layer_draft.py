"""A layer that would create some variables of a checkpoint, before it has inputs."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from core.named_tensors import TensorInfo
from core.stack import Value

VARIABLE, EMBEDDING, DENSE = "variable", "embedding", "dense"


@dataclass(frozen=True, slots=True, eq=False)
class Draft:
    """A layer that would create some variables.

    Attributes:
        path: The names of the scopes around it, the outermost first.
        name: Its own name; of a bare variable, the variable's.
        tensors: What it creates.
        kind: A key of `catalog.KINDS`.
        construction: A key of `catalog.CONSTRUCTIONS`.
        arguments: As a `Layer` has them.
        variables: The same.
        guesses: The arguments that the variables don't tell.
        rank: How many dimensions its input must have, None where any number of them will do.
        takes: The sizes that its input must end with; none where any will do.
        gives: The size of its result's last dimension, None where that is its input's.
        dtype: The type that its input must have.
        alone: Whether it takes its input from nothing that another layer makes.
    """

    path: tuple[str, ...]
    name: str
    tensors: tuple[TensorInfo, ...]
    kind: str
    construction: str = "get_variable"
    arguments: Mapping[str, Value] = field(default_factory=dict)
    variables: Mapping[str, Value] = field(default_factory=dict)
    guesses: tuple[str, ...] = ()
    rank: int | None = None
    takes: tuple[int, ...] = ()
    gives: int | None = None
    dtype: str = "float32"
    alone: bool = False

    @property
    def scope(self) -> tuple[str, ...]:
        """The names of all scopes that its variables are in."""
        return self.path if self.kind == VARIABLE else (*self.path, self.name)

    @property
    def is_norm(self) -> bool:
        """Whether it keeps the shape of what it normalizes."""
        return self.kind.endswith("normalization")
