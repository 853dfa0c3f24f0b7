"""The kinds of layers that are one function on tensors, without variables."""

from dataclasses import dataclass

from core.arguments import (
    Argument,
    Boolean,
    Function,
    Integer,
    Optional,
    Real,
    Sequence,
    ValueRefusedError,
    show,
)
from core.dimensions import AXIS, AXIS_FROM_FIRST, EXTENT, MOST
from core.dtypes import DTYPE
from core.kind import Kind
from core.stack import Value


@dataclass(frozen=True, slots=True)
class _NewShape(Sequence):
    """A shape of which one dimension may be -1 for what is left."""

    def check(self, value: Value) -> None:
        """Raise ValueRefusedError unless `value` is such a shape."""
        Sequence.check(self, value)
        if isinstance(value, tuple) and value.count(-1) > 1:
            raise ValueRefusedError(f"must have -1 once at most, not {show(value)}")


def _tensor(
    name: str,
    group: str,
    path: str,
    help_text: str,
    *arguments: Argument,
    inputs: tuple[int, int | None] = (1, 1),
    renamed: dict[str, str] | None = None,
) -> Kind:
    return Kind(
        name, group, Function(name, path, arguments, help_text, renamed=renamed or {}), inputs
    )


_TWO = (2, 2)
_ANY = (1, None)

INPUT = _tensor(
    "input",
    "Inputs",
    "tf.placeholder",
    "A placeholder: the data that is fed when the graph is run.",
    Argument(
        "shape",
        Optional(Sequence(Optional(EXTENT), most=MOST)),
        None,
        "Its dimensions; null for one that is not known, as the batch.",
        required=True,
    ),
    Argument("dtype", DTYPE, "float32", "The type of its values.", explicit=True),
    inputs=(0, 0),
)

SHAPES = (
    _tensor(
        "reshape",
        "Shape",
        "tf.reshape",
        "Gives the same values another shape.",
        Argument(
            "shape",
            _NewShape(Integer(-1, EXTENT.maximum), most=MOST),
            help="The new dimensions; one of them may be -1 for what is left.",
            required=True,
        ),
    ),
    _tensor(
        "transpose",
        "Shape",
        "tf.transpose",
        "Puts the dimensions into another order.",
        Argument(
            "perm",
            Optional(Sequence(AXIS_FROM_FIRST, most=MOST, distinct=True)),
            None,
            "Which dimension comes first, second, ...; null turns their order round.",
        ),
    ),
    _tensor(
        "identity",
        "Shape",
        "tf.identity",
        "Hands its input on: a place to take a value from, as at the start of a repeated scope.",
    ),
    _tensor(
        "scale",
        "Shape",
        "tf.multiply",
        "Multiplies by a number.",
        Argument("factor", Real(), help="The number.", required=True),
        renamed={"factor": "y"},
    ),
)

MERGES = (
    _tensor("add", "Merge", "tf.add_n", "Adds inputs of one shape.", inputs=_ANY),
    _tensor("subtract", "Merge", "tf.subtract", "Takes the second input away.", inputs=_TWO),
    _tensor("multiply", "Merge", "tf.multiply", "Multiplies inputs value by value.", inputs=_TWO),
    _tensor(
        "matmul",
        "Merge",
        "tf.matmul",
        "Multiplies the matrices in the last two dimensions of two inputs.",
        Argument("transpose_a", Boolean(), False, "Whether the first input's are turned round."),
        Argument("transpose_b", Boolean(), False, "Whether the second input's are turned round."),
        inputs=_TWO,
    ),
    _tensor(
        "concat",
        "Merge",
        "tf.concat",
        "Joins inputs along a dimension.",
        Argument("axis", AXIS, -1, "The dimension along which they are joined.", explicit=True),
        inputs=_ANY,
    ),
)
