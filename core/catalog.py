"""Every kind of layer with its arguments, defaults and help: data that needs no TensorFlow."""

from collections.abc import Mapping
from types import MappingProxyType

from core.arguments import Function
from core.kind import CONSTRUCTIONS, Construction, Kind
from core.kinds_convolution import CONVOLUTIONS
from core.kinds_core import BY_HAND, CORE
from core.kinds_normalization import NORMALIZATIONS
from core.kinds_pooling import POOLINGS
from core.kinds_tensor import INPUT, MERGES, SHAPES
from core.scopes import NAME_SCOPE, SCOPE, SCOPES, STACK
from core.variable_settings import VARIABLE

__all__ = [
    "CONSTRUCTIONS",
    "KINDS",
    "NAME_SCOPE",
    "SCOPE",
    "SCOPES",
    "STACK",
    "VARIABLE",
    "Construction",
    "Kind",
    "function_of",
]

KINDS: Mapping[str, Kind] = MappingProxyType(
    {
        kind.id: kind
        for kind in (
            INPUT,
            *CORE,
            *CONVOLUTIONS,
            *POOLINGS,
            *NORMALIZATIONS,
            *BY_HAND,
            *SHAPES,
            *MERGES,
        )
    }
)


def function_of(kind: str) -> Function:
    """Return the function of a node's kind, scopes included. Raises KeyError."""
    return SCOPES[kind] if kind in SCOPES else KINDS[kind].function
