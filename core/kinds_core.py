"""The kinds of layers that stand in most stacks, and those that only get_variable can build."""

from core.activations import ACTIVATION
from core.arguments import Argument, Choice, Function, Integer, Optional, Real, Sequence
from core.constraints import CONSTRAINT
from core.custom_code import KIND as CUSTOM
from core.custom_code import Code
from core.dimensions import AXIS, MOST, SIZE
from core.initializers import INITIALIZER
from core.kind import Kind, layer
from core.layer_arguments import (
    ACTIVITY_REGULARIZER,
    DATA_FORMAT,
    KERNEL_AND_BIAS,
    OUTPUT_ACTIVATION,
    TRAINABLE,
    TRAINING,
    USE_BIAS,
    of_variable,
)
from core.regularizers import REGULARIZER

_GROUP = "Core"
_BY_HAND = "Only get_variable"

TIED = "tied_dense"

CORE = (
    layer(
        "dense",
        _GROUP,
        "Multiplies the last dimension by a matrix and adds a bias.",
        (
            Argument("units", SIZE, help="Size of the result's last dimension.", required=True),
            OUTPUT_ACTIVATION,
            USE_BIAS,
            *KERNEL_AND_BIAS,
        ),
        ("kernel", "bias"),
        shared_kernel="kernel",
    ),
    layer(
        "dropout",
        _GROUP,
        "In training, sets a random part of its input to zero and scales up the rest.",
        (
            Argument("rate", Real(0.0, limit=1.0), 0.5, "The part that is dropped."),
            Argument(
                "noise_shape",
                Optional(Sequence(Optional(SIZE), empty=False, most=MOST)),
                None,
                "Shape of the random mask; it is broadcast over the input.",
            ),
            Argument("seed", Optional(Integer()), None, "Makes the mask repeatable."),
            Argument("training", TRAINING, False, "Whether it drops anything at all."),
        ),
    ),
    layer("flatten", _GROUP, "Makes one dimension of all but the batch.", (DATA_FORMAT,)),
    Kind(
        "activation",
        _GROUP,
        Function(
            "activation",
            "",
            (Argument("function", ACTIVATION, help="What is applied.", required=True),),
            "Applies a function to each value.",
        ),
    ),
)

BY_HAND = (
    layer(
        "embedding",
        _BY_HAND,
        "Replaces whole numbers by rows of a table.",
        (
            Argument(
                "input_dim",
                SIZE,
                help="Number of rows: how many words there are.",
                required=True,
            ),
            Argument("output_dim", SIZE, help="Length of each row.", required=True),
            *of_variable("embeddings", None, title="table"),
            TRAINABLE,
        ),
        ("embeddings",),
        by_hand_alone=True,
        shared_kernel="embeddings",
    ),
    layer(
        TIED,
        _BY_HAND,
        "Multiplies by the transposed kernel of another layer: its second input names which.",
        (
            OUTPUT_ACTIVATION,
            USE_BIAS,
            *of_variable("bias", "zeros"),
            ACTIVITY_REGULARIZER,
            TRAINABLE,
        ),
        ("bias",),
        by_hand_alone=True,
        inputs=(2, 2),
    ),
    layer(
        "variable",
        _BY_HAND,
        "A bare get_variable that is added, multiplied or joined to its input.",
        (
            Argument(
                "shape",
                Sequence(SIZE, most=MOST),
                help="Its dimensions; they are broadcast over the input.",
                required=True,
            ),
            Argument(
                "combine",
                Choice(("add", "multiply", "concat")),
                "add",
                "How it joins the input; concat puts it behind.",
            ),
            Argument("axis", AXIS, -1, "The dimension along which concat puts it behind."),
            Argument(
                "initializer",
                Optional(INITIALIZER),
                None,
                "What it is drawn from; null takes the scope's, else TensorFlow's default.",
                "Variables",
            ),
            Argument(
                "regularizer",
                Optional(REGULARIZER),
                None,
                "Adds a loss on it to the regularization losses.",
                "Variables",
            ),
            Argument(
                "constraint",
                Optional(CONSTRAINT),
                None,
                "Applied to it by an optimizer after each update.",
                "Variables",
            ),
            TRAINABLE,
        ),
        ("variable",),
        by_hand_alone=True,
    ),
    layer(
        CUSTOM,
        _BY_HAND,
        "A function of your own: Python with tf, the inputs and get_variable at hand.",
        (
            Argument(
                "code",
                Code(),
                help="One function. Its parameters are the inputs, in order; it returns a tensor. "
                "At hand are tf and get_variable, whose variables come into the layer's scope.",
                required=True,
            ),
        ),
        by_hand_alone=True,
        inputs=(1, None),
    ),
)
