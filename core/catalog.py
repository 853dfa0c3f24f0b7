"""Every kind of layer with its arguments, defaults and help: data that needs no TensorFlow."""

from collections.abc import Mapping
from dataclasses import dataclass
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
from core.partitioners import PARTITIONER
from core.regularizers import REGULARIZER

DTYPES = (
    *("float32", "float16", "bfloat16", "float64"),
    *("int8", "int16", "int32", "int64", "uint8", "bool", "complex64", "complex128"),
)
DTYPE = Choice(DTYPES, prefix="tf.")


@dataclass(frozen=True, slots=True)
class Construction:
    """A way to build a layer: `module` has a function of the same name for each kind."""

    id: str
    label: str
    module: str
    takes_variables: bool


CONSTRUCTIONS = MappingProxyType(
    {
        construction.id: construction
        for construction in (
            Construction("layers", "tf.layers", "tf.layers", takes_variables=False),
            Construction("get_variable", "get_variable", "manual", takes_variables=True),
        )
    }
)


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of layer.

    Attributes:
        id: How the stack file calls it.
        group: The heading in the palette.
        function: What builds it; for a kind with constructions, the function in their modules.
        inputs: How many inputs it takes: (fewest, most); most is None where there is no limit.
        constructions: Whether each of `CONSTRUCTIONS` can build it.
        roles: What its variables are to it, in the order of their creation.
        reusable: Whether it takes `reuse`.
        input_keyword: Whether several inputs come as one list.
    """

    id: str
    group: str
    function: Function
    inputs: tuple[int, int | None] = (1, 1)
    constructions: bool = False
    roles: tuple[str, ...] = ()

    @property
    def help(self) -> str:
        """What the kind does, in a sentence."""
        return self.function.help

    @property
    def reusable(self) -> bool:
        """Whether it has variables that can be shared."""
        return bool(self.roles)


def _whole_numbers(length: int, minimum: int = 1) -> OneOf:
    """One whole number, or one for each of `length` dimensions."""
    return OneOf((Integer(minimum), Sequence(Integer(minimum), length)))


_PADDING = Argument(
    "padding",
    Choice(("valid", "same")),
    "valid",
    "valid: only where the window fits; same: padded with zeros to keep the size.",
)
_DATA_FORMAT = Argument(
    "data_format",
    Choice(("channels_last", "channels_first")),
    "channels_last",
    "Whether the channels are the last dimension or the one after the batch.",
)
_ACTIVATION = Argument("activation", Optional(ACTIVATION), None, "Applied to the result.")
_USE_BIAS = Argument("use_bias", Boolean(), True, "Whether a bias is added.")
_TRAINABLE = Argument(
    "trainable",
    Boolean(),
    True,
    "Whether its variables join the collection of those that an optimizer changes.",
    "Variables",
)
_ACTIVITY_REGULARIZER = Argument(
    "activity_regularizer",
    Optional(REGULARIZER),
    None,
    "Adds a loss on the layer's output.",
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
_TRAINING = OneOf((Boolean(), Chosen({"placeholder": _TRAINING_PLACEHOLDER})))


def _of_variable(
    role: str, initializer: str | None, *, regularized: bool = True
) -> tuple[Argument, ...]:
    """The arguments that a tf.layers function has for one of its variables."""
    title = role.replace("_", " ")
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


_KERNEL_AND_BIAS = (
    *_of_variable("kernel", None),
    *_of_variable("bias", "zeros"),
    _ACTIVITY_REGULARIZER,
    _TRAINABLE,
)


def _layer(
    name: str,
    group: str,
    help_text: str,
    arguments: tuple[Argument, ...],
    roles: tuple[str, ...] = (),
) -> Kind:
    """A function of tf.layers, which each construction can build."""
    function = Function(name, name, arguments, help_text)
    return Kind(name, group, function, constructions=True, roles=roles)


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
    *_of_variable("gamma", "ones"),
    *_of_variable("beta", "zeros"),
    *_of_variable("moving_mean", "zeros", regularized=False),
    *_of_variable("moving_variance", "ones", regularized=False),
    _TRAINABLE,
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
            _layer(
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
                    _ACTIVATION,
                    _USE_BIAS,
                    *_KERNEL_AND_BIAS,
                ),
                ("kernel", "bias"),
            ),
            _layer(
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
            _layer(
                "flatten",
                "Core",
                "Makes one dimension of all but the batch.",
                (_DATA_FORMAT,),
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
            _layer(
                "conv2d",
                "Convolution",
                "Slides a kernel over the two spatial dimensions.",
                (
                    Argument(
                        "filters", Integer(1), help="Number of output channels.", required=True
                    ),
                    Argument(
                        "kernel_size",
                        _whole_numbers(2),
                        help="Height and width of the kernel.",
                        required=True,
                    ),
                    Argument("strides", _whole_numbers(2), (1, 1), "Steps between two windows."),
                    _PADDING,
                    _DATA_FORMAT,
                    Argument(
                        "dilation_rate",
                        _whole_numbers(2),
                        (1, 1),
                        "Distance between the kernel's taps; not together with strides above 1.",
                    ),
                    _ACTIVATION,
                    _USE_BIAS,
                    *_KERNEL_AND_BIAS,
                ),
                ("kernel", "bias"),
            ),
            _layer(
                "max_pooling2d",
                "Pooling",
                "Takes the largest value of each window.",
                (
                    Argument(
                        "pool_size",
                        _whole_numbers(2),
                        help="Height and width of the window.",
                        required=True,
                    ),
                    Argument(
                        "strides",
                        _whole_numbers(2),
                        help="Steps between two windows.",
                        required=True,
                    ),
                    _PADDING,
                    _DATA_FORMAT,
                ),
            ),
            _layer(
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
