"""What can be asked of get_variable for one variable of a layer built by hand."""

from core.arguments import Argument, Boolean, Choice, Function, Optional, Sequence, Text
from core.constraints import CONSTRAINT
from core.dtypes import DTYPE
from core.initializers import INITIALIZER
from core.partitioners import PARTITIONER
from core.regularizers import REGULARIZER

VARIABLE = Function(
    "variable",
    "tf.get_variable",
    (
        Argument(
            "name", Text(), None, "The name get_variable is asked for, within the layer's scope."
        ),
        Argument("dtype", Optional(DTYPE), None, "Its type, instead of the input's."),
        Argument("initializer", Optional(INITIALIZER), None, "What its values are drawn from."),
        Argument("regularizer", Optional(REGULARIZER), None, "Adds a loss on it."),
        Argument(
            "constraint", Optional(CONSTRAINT), None, "Applied by an optimizer after an update."
        ),
        Argument("trainable", Optional(Boolean()), None, "Whether an optimizer changes it."),
        Argument(
            "collections",
            Optional(Sequence(Text())),
            None,
            "The collections it joins; one that is not among the variables is not saved.",
        ),
        Argument("partitioner", Optional(PARTITIONER), None, "Cuts it into parts."),
        Argument("caching_device", Optional(Text()), None, "The device that keeps a copy of it."),
        Argument(
            "validate_shape", Boolean(), True, "Whether its initial value must have its shape."
        ),
        Argument("use_resource", Optional(Boolean()), None, "A resource instead of a reference."),
        Argument(
            "synchronization",
            Choice(("AUTO", "NONE", "ON_WRITE", "ON_READ"), "tf.VariableSynchronization."),
            "AUTO",
            "When the copies of a distributed variable are brought together.",
        ),
        Argument(
            "aggregation",
            Choice(("NONE", "SUM", "MEAN", "ONLY_FIRST_REPLICA"), "tf.VariableAggregation."),
            "NONE",
            "How the copies of a distributed variable are brought together.",
        ),
    ),
    "What get_variable is asked for one variable of a layer built by hand.",
)
