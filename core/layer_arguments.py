"""The arguments that functions of tf.layers have in common."""

from core.activations import ACTIVATION
from core.arguments import (
    Argument,
    Boolean,
    Choice,
    Chosen,
    Function,
    OneOf,
    Optional,
    Sequence,
)
from core.constraints import CONSTRAINT
from core.dimensions import COUNT
from core.expression import Items, Literal
from core.initializers import INITIALIZER
from core.regularizers import REGULARIZER


def counts(length: int) -> OneOf:
    """One number from 1, or one for each of `length` dimensions."""
    return OneOf((COUNT, Sequence(COUNT, length)))


def per_dimension(value: int, length: int) -> int | tuple[int, ...]:
    """A default for each of `length` dimensions, as tf.layers has it: for one, the number alone."""
    return value if length == 1 else (value,) * length


def extent(length: int) -> str:
    """What a size in `length` spatial dimensions is made of."""
    return {1: "Length", 2: "Height and width", 3: "Depth, height and width"}[length]


_PADDINGS = {
    "valid": "only where the window fits",
    "same": "padded with zeros to keep the size",
    "causal": "padded before the first alone, so that no output depends on what comes later",
}


def padding(*options: str) -> Argument:
    """The argument padding with some of its values."""
    words = "; ".join(f"{option}: {_PADDINGS[option]}" for option in options)
    return Argument("padding", Choice(options), "valid", f"{words}.")


DATA_FORMAT = Argument(
    "data_format",
    Choice(("channels_last", "channels_first")),
    "channels_last",
    "Whether the channels are the last dimension or the one after the batch.",
)
OUTPUT_ACTIVATION = Argument("activation", Optional(ACTIVATION), None, "Applied to the result.")
USE_BIAS = Argument("use_bias", Boolean(), True, "Whether a bias is added.")
TRAINABLE = Argument(
    "trainable",
    Boolean(),
    True,
    "Whether its variables join the collection of those that an optimizer changes.",
    "Variables",
)
_TRAINING_PLACEHOLDER = Function(
    "placeholder",
    "tf.placeholder_with_default",
    (Argument("default", Boolean(), False, "Its value when none is fed.", required=True),),
    "A boolean that can be fed when the graph is run.",
    renamed={"default": "input"},
    fixed=(("shape", Items(())), ("name", Literal("training"))),
)
TRAINING = OneOf((Boolean(), Chosen({"placeholder": _TRAINING_PLACEHOLDER})))
ACTIVITY_REGULARIZER = Argument(
    "activity_regularizer",
    Optional(REGULARIZER),
    None,
    "Adds a loss on the layer's output.",
    "Variables",
)


def of_variable(
    role: str, initializer: str | None, *, title: str = "", regularized: bool = True
) -> tuple[Argument, ...]:
    """The arguments that a tf.layers function has for one of its variables."""
    title = title or role.replace("_", " ")
    arguments = [
        Argument(
            f"{role}_initializer",
            Optional(INITIALIZER),
            initializer,
            f"What the {title} is drawn from; null takes the scope's, else TensorFlow's default.",
            "Initializers",
        )
    ]
    if regularized:
        arguments += [
            Argument(
                f"{role}_regularizer",
                Optional(REGULARIZER),
                None,
                f"Adds a loss on the {title} to the regularization losses.",
                "Regularizers and constraints",
            ),
            Argument(
                f"{role}_constraint",
                Optional(CONSTRAINT),
                None,
                f"Applied to the {title} by an optimizer after each update.",
                "Regularizers and constraints",
            ),
        ]
    return tuple(arguments)


KERNEL_AND_BIAS = (
    *of_variable("kernel", None),
    *of_variable("bias", "zeros"),
    ACTIVITY_REGULARIZER,
    TRAINABLE,
)
