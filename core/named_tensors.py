"""A set of named tensors: what a checkpoint holds, or what a build would put into one."""

from collections import Counter
from collections.abc import Container, Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cache
from math import prod
from typing import Protocol

from core.arguments import printable
from core.built import Built

# What the keys of TensorFlow 2's checkpoints end with.
VALUE_ENDING = "/.ATTRIBUTES/VARIABLE_VALUE"


class Part(StrEnum):
    """What a tensor is to a checkpoint."""

    VARIABLE = "variable"
    SLOT = "slot"
    STEP = "step"
    BOOKKEEPING = "bookkeeping"


@dataclass(frozen=True, slots=True)
class TensorInfo:
    """What is known of a tensor without its values.

    Attributes:
        name: Its key in a checkpoint.
        part: What it is to the checkpoint.
        variable: The variable's own name, where the key is another (in TF2's checkpoints).
        slot: Which of an optimizer's slots it is, such as ``Adam``.
        slot_of: The key of the variable it is a slot of, where that is known.
    """

    name: str
    shape: tuple[int, ...]
    dtype: str
    part: Part = Part.VARIABLE
    variable: str | None = None
    slot: str | None = None
    slot_of: str | None = None

    @property
    def parameters(self) -> int:
        """Its number of values."""
        return prod(self.shape)

    @property
    def itemsize(self) -> int:
        """The size of a value in bytes; 0 for texts, which have no one size."""
        return _itemsize(self.dtype)

    @property
    def bytes(self) -> int:
        """The size of its values; 0 for texts."""
        return self.parameters * self.itemsize

    @property
    def form(self) -> tuple[tuple[int, ...], str]:
        """Its shape and its type: what must agree for one to be loaded into the other."""
        return self.shape, self.dtype


class NamedTensors(Protocol):
    """A set of named tensors."""

    @property
    def label(self) -> str:
        """What to call it in a sentence."""

    @property
    def tensors(self) -> Mapping[str, TensorInfo]:
        """Its tensors by name, in its own order."""

    @property
    def keys(self) -> Mapping[str, str]:
        """The names of its tensors by those of their variables, as TensorFlow 2 notes them."""


@dataclass(frozen=True, slots=True)
class BuiltTensors:
    """What `tf.train.Saver` would put into a checkpoint of a build, in the order of creation."""

    label: str
    tensors: Mapping[str, TensorInfo] = field(repr=False)
    keys: Mapping[str, str] = field(default_factory=dict, repr=False)


def built_tensors(built: Built, label: str = "the stack") -> BuiltTensors:
    """Return a build's variables as tensors."""
    found = [TensorInfo(v.name, v.shape, v.dtype) for v in built.variables if v.saved]
    return BuiltTensors(label, by_name(found))


def by_name(tensors: Iterable[TensorInfo]) -> dict[str, TensorInfo]:
    """Return tensors by their names."""
    return {tensor.name: tensor for tensor in tensors}


@cache
def _itemsize(dtype: str) -> int:
    from core.tensor_types import itemsize  # late: the window's start does without numpy

    return itemsize(dtype)


def folded_text(tensors: Mapping[str, TensorInfo]) -> str:
    """Return what there is beside variables: the optimizer's slots counted, the rest by name."""
    slots = Counter(t.slot or "slot" for t in tensors.values() if t.part is Part.SLOT)
    others = sorted(t.name for t in tensors.values() if t.part in (Part.STEP, Part.BOOKKEEPING))
    counted = [f"{number:,} x {printable(slot)}" for slot, number in sorted(slots.items())]
    return ", ".join([*counted, *map(printable, others)])


def path_of(name: str, *others: Container[str]) -> str:
    """Return a key without the ending that all of TensorFlow 2's have, unless others are so."""
    path = name.removesuffix(VALUE_ENDING)
    return name if path in ("", name) or any(path in other for other in others) else path
