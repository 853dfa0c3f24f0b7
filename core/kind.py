"""What a kind of layer is, and the constructions that can build one."""

from dataclasses import dataclass
from types import MappingProxyType

from core.arguments import Argument, Function


@dataclass(frozen=True, slots=True)
class Construction:
    """A way to build a layer: `module` has a function of the same name for each kind."""

    id: str
    label: str
    module: str
    takes_variables: bool


CONSTRUCTIONS = MappingProxyType(
    {
        construction.id: construction
        for construction in (
            Construction("layers", "tf.layers", "tf.layers", takes_variables=False),
            Construction("get_variable", "get_variable", "manual", takes_variables=True),
        )
    }
)


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of layer.

    Attributes:
        id: How the stack file calls it.
        group: The heading in the palette.
        function: What builds it; for a kind with constructions, the function in their modules.
        inputs: How many inputs it takes: (fewest, most); most is None where there is no limit.
        constructions: Those of `CONSTRUCTIONS` that can build it; none where it is built in one
            way and has no variables.
        roles: What its variables are to it, in the order of their creation.
        reusable: Whether it takes `reuse`.
        shared_kernel: The role of the matrix that a `tied_dense` layer can share, if it has one.
    """

    id: str
    group: str
    function: Function
    inputs: tuple[int, int | None] = (1, 1)
    constructions: tuple[str, ...] = ()
    roles: tuple[str, ...] = ()
    reusable: bool = False
    shared_kernel: str | None = None

    @property
    def help(self) -> str:
        """What the kind does, in a sentence."""
        return self.function.help


def layer(
    name: str,
    group: str,
    help_text: str,
    arguments: tuple[Argument, ...],
    roles: tuple[str, ...] = (),
    *,
    by_hand_alone: bool = False,
    inputs: tuple[int, int | None] = (1, 1),
    shared_kernel: str | None = None,
) -> Kind:
    """Return the kind of a function of tf.layers, or of one that only get_variable can build."""
    return Kind(
        name,
        group,
        Function(name, name, arguments, help_text),
        inputs,
        constructions=("get_variable",) if by_hand_alone else tuple(CONSTRUCTIONS),
        roles=roles,
        reusable=by_hand_alone or bool(roles),
        shared_kernel=shared_kernel,
    )
