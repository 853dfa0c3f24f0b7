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
        constructions: Whether each of `CONSTRUCTIONS` can build it.
        roles: What its variables are to it, in the order of their creation.
        reusable: Whether it takes `reuse`.
    """

    id: str
    group: str
    function: Function
    inputs: tuple[int, int | None] = (1, 1)
    constructions: bool = False
    roles: tuple[str, ...] = ()

    @property
    def help(self) -> str:
        """What the kind does, in a sentence."""
        return self.function.help

    @property
    def reusable(self) -> bool:
        """Whether it has variables that can be shared."""
        return bool(self.roles)


def layer(
    name: str,
    group: str,
    help_text: str,
    arguments: tuple[Argument, ...],
    roles: tuple[str, ...] = (),
) -> Kind:
    """A function of tf.layers, which each construction can build."""
    function = Function(name, name, arguments, help_text)
    return Kind(name, group, function, constructions=True, roles=roles)
