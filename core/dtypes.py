"""The types of values that a variable or an input can have."""

from core.arguments import Choice

DTYPES = (
    *("float32", "float16", "bfloat16", "float64"),
    *("int8", "int16", "int32", "int64", "uint8", "bool", "complex64", "complex128"),
)
DTYPE = Choice(DTYPES, prefix="tf.")
