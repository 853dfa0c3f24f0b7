"""The custom getters that a scope can have, with their parameters."""

from collections.abc import Mapping
from types import MappingProxyType

from core.arguments import Argument, Chosen, Function, Real
from core.dtypes import DTYPE

GETTERS = {
    function.kind: function
    for function in (
        Function(
            "exponential_moving_average",
            "manual.exponential_moving_average",
            (
                Argument(
                    "decay", Real(0.0, 1.0), 0.999, "How slowly an average follows its variable."
                ),
            ),
            "Layers calculate with the moving averages of their variables.",
        ),
        Function(
            "stored_as",
            "manual.stored_as",
            (Argument("dtype", DTYPE, "float32", "The type of the variables.", explicit=True),),
            "Variables are kept in one type and cast to that of their layer.",
            renamed={"dtype": "storage"},
        ),
        Function(
            "frozen",
            "manual.frozen",
            (),
            "No optimizer changes the variables.",
        ),
    )
}

GETTER = Chosen(GETTERS)

AVERAGE = "/ExponentialMovingAverage"

# The settings of a request for a variable that a getter decides, whatever the layer asks for.
DECIDES: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {"manual.stored_as": ("dtype",), "manual.frozen": ("trainable",)}
)
# What the one that makes averages decides for these.
DECIDES_FOR_AVERAGES = ("initializer", "regularizer", "trainable")
