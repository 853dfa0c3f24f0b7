"""A part of a tensor's values, to be looked at: a large tensor is never held twice."""

from dataclasses import dataclass
from math import ceil, prod
from typing import Any

import numpy as np
from numpy.typing import NDArray

_Shape = tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Cut:
    """Which values are wanted.

    Attributes:
        axes: For each dimension: the first index, the one behind the last, and the step.
        as_matrix: Whether the dimensions are those of `matrix_shape`.
    """

    axes: tuple[tuple[int, int, int], ...]
    as_matrix: bool = False


@dataclass(frozen=True, slots=True)
class Cutout:
    """The values of a part of a variable.

    Attributes:
        shape: That of the whole variable.
        values: A copy that holds no more than was wanted, in a type of `plain`.
    """

    name: str
    shape: _Shape
    cut: Cut
    values: NDArray[Any]


def matrix_shape(shape: _Shape) -> tuple[int, int]:
    """Return a shape as rows and columns: the last dimension are the columns; a vector has one."""
    if len(shape) < 2:
        return prod(shape), 1
    return prod(shape[:-1]), shape[-1]


def every_nth(shape: _Shape, most: int) -> Cut:
    """Return the cut that takes evenly spaced rows and columns, not more than `most` of each."""
    steps = (max(1, ceil(side / most)) for side in matrix_shape(shape))
    axes = zip(matrix_shape(shape), steps, strict=True)
    return Cut(tuple((0, side, step) for side, step in axes), as_matrix=True)


def cut_out(name: str, values: NDArray[Any], cut: Cut) -> Cutout:
    """Return a part of a variable's values."""
    whole = values.reshape(matrix_shape(values.shape)) if cut.as_matrix else values
    part = whole[tuple(slice(*axis) for axis in cut.axes)].copy()
    return Cutout(name, values.shape, cut, plain(part))


def plain(values: NDArray[Any]) -> NDArray[Any]:
    """Return values in a type that numpy has of itself.

    float32 holds all that bfloat16 and the types of 8 bits do. The bytes of a text are shown as
    what they spell.
    """
    if values.dtype == object:
        spelled = [text.decode(errors="backslashreplace") for text in values.ravel()]
        found = np.empty(len(spelled), object)
        found[:] = spelled
        return found.reshape(values.shape)
    return values.astype(np.float32) if is_foreign(values.dtype) else values


def is_foreign(dtype: np.dtype[Any]) -> bool:
    """Tell whether numpy has a type from elsewhere, as it has bfloat16."""
    return dtype.kind == "V"
