"""TensorFlow's types of tensors by their numbers, and what holds their values in numpy."""

from functools import cache
from typing import Any

import ml_dtypes
import numpy as np

STRING = "string"
# tensorflow/core/framework/types.proto; those that can't stand in a checkpoint are left out.
_NAMES = {
    **{1: "float32", 2: "float64", 3: "int32", 4: "uint8", 5: "int16", 6: "int8", 7: STRING},
    **{8: "complex64", 9: "int64", 10: "bool", 11: "qint8", 12: "quint8", 13: "qint32"},
    **{14: "bfloat16", 15: "qint16", 16: "quint16", 17: "uint16", 18: "complex128"},
    **{19: "float16", 21: "variant", 22: "uint32", 23: "uint64"},
    **{24: "float8_e5m2", 25: "float8_e4m3fn"},
}
_NUMPY = {
    **{"qint8": np.int8, "quint8": np.uint8, "qint32": np.int32},
    **{"qint16": np.int16, "quint16": np.uint16},
    **{"bfloat16": ml_dtypes.bfloat16},
    **{"float8_e5m2": ml_dtypes.float8_e5m2, "float8_e4m3fn": ml_dtypes.float8_e4m3fn},
}


def type_name(number: int) -> str | None:
    """Return the name of a type, None where there is no such type or it can't be saved."""
    return _NAMES.get(number)


@cache
def numpy_type(name: str) -> np.dtype[Any] | None:
    """Return what holds the values of a type as they are stored; None where nothing does."""
    if name in (STRING, "variant"):
        return None
    found: np.dtype[Any] = np.dtype(_NUMPY.get(name, name))
    return found


@cache
def itemsize(name: str) -> int:
    """Return how many bytes a value of a type takes; 0 where they have no one size."""
    kind = numpy_type(name)
    return 0 if kind is None else kind.itemsize
