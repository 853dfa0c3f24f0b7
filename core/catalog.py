"""Every kind of layer with its arguments, defaults and help: data that needs no TensorFlow."""

from collections.abc import Mapping
from types import MappingProxyType

from core.activations import ACTIVATION
from core.arguments import (
    Argument,
    Boolean,
    Choice,
    Chosen,
    Function,
    Integer,
    OneOf,
    Optional,
    Real,
    Record,
    Sequence,
    Text,
)
from core.constraints import CONSTRAINT
from core.expression import Items, Literal
from core.initializers import INITIALIZER
from core.kind import CONSTRUCTIONS, Construction, Kind, layer
from core.kinds_convolution import CONVOLUTIONS
from core.kinds_pooling import POOLINGS
from core.layer_arguments import (
    DATA_FORMAT,
    KERNEL_AND_BIAS,
    OUTPUT_ACTIVATION,
    TRAINABLE,
    USE_BIAS,
    of_variable,
)
from core.partitioners import PARTITIONER
from core.regularizers import REGULARIZER

__all__ = [
    "CONSTRUCTIONS",
    "DTYPE",
    "DTYPES",
    "KINDS",
    "NAME_SCOPE",
    "SCOPE",
    "SCOPES",
    "VARIABLE",
    "Construction",
    "Kind",
    "function_of",
]

DTYPES = (
    *("float32", "float16", "bfloat16", "float64"),
    *("int8", "int16", "int32", "int64", "uint8", "bool", "complex64", "complex128"),
)
DTYPE = Choice(DTYPES, prefix="tf.")

_TRAINING_PLACEHOLDER = Function(
    "placeholder",
    "tf.placeholder_with_default",
    (Argument("default", Boolean(), False, "Its value when none is fed.", required=True),),
    "A boolean that can be fed when the graph is run.",
    renamed={"default": "input"},
    fixed=(("shape", Items(())), ("name", Literal("training"))),
)
_TRAINING = OneOf((Boolean(), Chosen({"placeholder": _TRAINING_PLACEHOLDER})))

_ADJUSTMENT = Function(
    "uniform",
    "manual.uniform_adjustment",
    (
        Argument("scale", Real(0.0, 1.0), 0.1, "The scale is drawn from 1 - scale to 1 + scale."),
        Argument("bias", Real(0.0), 0.1, "The bias is drawn from -bias to bias."),
    ),
    "A random scale and bias for each channel, in training.",
)
_RENORM_CLIPPING = Function(
    "renorm_clipping",
    "dict",
    (
        Argument("rmin", Real(0.0), None, "Lower limit of the scale correction."),
        Argument("rmax", Real(0.0), None, "Upper limit of the scale correction."),
        Argument("dmax", Real(0.0), None, "Limit of the shift correction."),
    ),
)

_BATCH_NORMALIZATION = (
    Argument(
        "axis",
        OneOf((Integer(), Sequence(Integer()))),
        -1,
        "The dimension, or dimensions, with statistics of their own; mostly the channels.",
    ),
    Argument(
        "training",
        _TRAINING,
        False,
        "Whether it normalizes with the batch's statistics and makes update ops for the averages.",
    ),
    Argument("momentum", Real(0.0, 1.0), 0.99, "How slowly the moving averages follow."),
    Argument("epsilon", Real(0.0), 0.001, "Added to the variance, so that none divides by zero."),
    Argument("center", Boolean(), True, "Whether beta is added."),
    Argument("scale", Boolean(), True, "Whether gamma is multiplied in."),
    *of_variable("gamma", "ones"),
    *of_variable("beta", "zeros"),
    *of_variable("moving_mean", "zeros", regularized=False),
    *of_variable("moving_variance", "ones", regularized=False),
    TRAINABLE,
    Argument(
        "fused",
        Optional(Boolean()),
        None,
        "Whether the fused op is used; null uses it where it can be.",
        "Implementation",
    ),
    Argument(
        "renorm",
        Boolean(),
        False,
        "Batch renormalization: corrects the batch's statistics towards the moving ones.",
        "Renormalization",
    ),
    Argument(
        "renorm_clipping",
        Optional(Record(_RENORM_CLIPPING)),
        None,
        "Limits of the corrections: rmin, rmax, dmax.",
        "Renormalization",
    ),
    Argument(
        "renorm_momentum",
        Real(0.0, 1.0),
        0.99,
        "How slowly the averages of renormalization follow.",
        "Renormalization",
    ),
    Argument(
        "virtual_batch_size",
        Optional(Integer(1)),
        None,
        "Normalizes within groups of this many examples.",
        "Implementation",
    ),
    Argument(
        "adjustment",
        Optional(Chosen({"uniform": _ADJUSTMENT})),
        None,
        "A change of scale and bias in training.",
        "Implementation",
    ),
)

_SHAPE = Sequence(Optional(Integer(0)))

KINDS: Mapping[str, Kind] = MappingProxyType(
    {
        kind.id: kind
        for kind in (
            Kind(
                "input",
                "Inputs",
                Function(
                    "input",
                    "tf.placeholder",
                    (
                        Argument(
                            "shape",
                            Optional(_SHAPE),
                            None,
                            "Its dimensions; null for one that is not known, as the batch.",
                            required=True,
                        ),
                        Argument(
                            "dtype", DTYPE, "float32", "The type of its values.", explicit=True
                        ),
                    ),
                    "A placeholder: the data that is fed when the graph is run.",
                ),
                inputs=(0, 0),
            ),
            layer(
                "dense",
                "Core",
                "Multiplies the last dimension by a matrix and adds a bias.",
                (
                    Argument(
                        "units",
                        Integer(1),
                        help="Size of the result's last dimension.",
                        required=True,
                    ),
                    OUTPUT_ACTIVATION,
                    USE_BIAS,
                    *KERNEL_AND_BIAS,
                ),
                ("kernel", "bias"),
            ),
            layer(
                "dropout",
                "Core",
                "In training, sets a random part of its input to zero and scales up the rest.",
                (
                    Argument("rate", Real(0.0, 1.0), 0.5, "The part that is dropped."),
                    Argument(
                        "noise_shape",
                        Optional(_SHAPE),
                        None,
                        "Shape of the random mask; it is broadcast over the input.",
                    ),
                    Argument("seed", Optional(Integer()), None, "Makes the mask repeatable."),
                    Argument("training", _TRAINING, False, "Whether it drops anything at all."),
                ),
            ),
            layer(
                "flatten",
                "Core",
                "Makes one dimension of all but the batch.",
                (DATA_FORMAT,),
            ),
            Kind(
                "activation",
                "Core",
                Function(
                    "activation",
                    "",
                    (
                        Argument(
                            "function",
                            ACTIVATION,
                            help="The function that is applied.",
                            required=True,
                        ),
                    ),
                    "Applies a function to each value.",
                ),
            ),
            *CONVOLUTIONS,
            *POOLINGS,
            layer(
                "batch_normalization",
                "Normalization",
                "Brings each channel to mean 0 and variance 1, then scales and shifts it.",
                _BATCH_NORMALIZATION,
                (
                    *("gamma", "beta", "moving_mean", "moving_variance"),
                    *("moving_stddev", "renorm_mean", "renorm_stddev"),
                ),
            ),
            Kind(
                "reshape",
                "Shape",
                Function(
                    "reshape",
                    "tf.reshape",
                    (
                        Argument(
                            "shape",
                            Sequence(Integer(-1)),
                            help="The new dimensions; one of them may be -1 for what is left.",
                            required=True,
                        ),
                    ),
                    "Gives the same values another shape.",
                ),
            ),
            Kind(
                "add",
                "Merge",
                Function("add", "tf.add_n", (), "Adds inputs of one shape."),
                inputs=(1, None),
            ),
            Kind(
                "concat",
                "Merge",
                Function(
                    "concat",
                    "tf.concat",
                    (
                        Argument(
                            "axis",
                            Integer(),
                            -1,
                            "The dimension along which they are joined.",
                            explicit=True,
                        ),
                    ),
                    "Joins inputs along a dimension.",
                ),
                inputs=(1, None),
            ),
        )
    }
)

SCOPE = Function(
    "scope",
    "tf.variable_scope",
    (
        Argument(
            "initializer",
            Optional(INITIALIZER),
            None,
            "For variables in it that ask for none; tf.layers' biases do ask for zeros.",
        ),
        Argument(
            "regularizer",
            Optional(REGULARIZER),
            None,
            "For variables in it that ask for none, biases and moving averages too.",
        ),
        Argument(
            "constraint", Optional(CONSTRAINT), None, "For variables in it that ask for none."
        ),
        Argument(
            "dtype",
            Optional(DTYPE),
            None,
            "For variables in it that ask for none; tf.layers asks for that of its input.",
        ),
        Argument(
            "use_resource",
            Optional(Boolean()),
            None,
            "Whether its variables are resources instead of references.",
        ),
        Argument(
            "partitioner",
            Optional(PARTITIONER),
            None,
            "Cuts the variables in it into parts; moving averages are left whole.",
        ),
        Argument(
            "caching_device",
            Optional(Text()),
            None,
            "The device that keeps a copy of what is read.",
            "Names and devices",
        ),
        Argument(
            "default_name",
            Optional(Text()),
            None,
            "The name when none is given; made unique with a number.",
            "Names and devices",
        ),
        Argument(
            "auxiliary_name_scope",
            Boolean(),
            True,
            "Whether ops in it get a name scope of their own.",
            "Names and devices",
        ),
    ),
    "A variable scope: its name stands before the names of the variables in it.",
)

NAME_SCOPE = Function(
    "name_scope",
    "tf.name_scope",
    (),
    "A name scope: its name stands before the names of ops in it, but not before variables of "
    "tf.layers and get_variable.",
)

# The kinds of nodes that other nodes stand in.
SCOPES: Mapping[str, Function] = MappingProxyType(
    {function.kind: function for function in (SCOPE, NAME_SCOPE)}
)

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
    ),
    "What get_variable is asked for one variable of a layer built by hand.",
)


def function_of(kind: str) -> Function:
    """Return the function of a node's kind, scopes included. Raises KeyError."""
    return SCOPES[kind] if kind in SCOPES else KINDS[kind].function
