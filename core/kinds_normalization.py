"""The kinds of layers that normalize."""

from core.arguments import (
    Argument,
    Boolean,
    Chosen,
    Function,
    OneOf,
    Optional,
    Real,
    Record,
    Sequence,
)
from core.dimensions import AXIS, COUNT, MOST
from core.kind import layer
from core.layer_arguments import TRAINABLE, TRAINING, of_variable

_GROUP = "Normalization"
_AXIS = OneOf((AXIS, Sequence(AXIS, empty=False, most=MOST, distinct=True)))
_EPSILON = Argument(
    "epsilon", Real(0.0), 0.001, "Added to the variance, so that nothing is divided by 0."
)
_CENTER = Argument("center", Boolean(), True, "Whether beta is added.")
_SCALE = Argument("scale", Boolean(), True, "Whether gamma is multiplied in.")

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
    ordered=(("rmin", "rmax"),),
)

_BATCH_NORMALIZATION = (
    Argument(
        "axis",
        _AXIS,
        -1,
        "The dimension, or dimensions, with statistics of their own; mostly the channels.",
    ),
    Argument(
        "training",
        TRAINING,
        False,
        "Whether it normalizes with the batch's statistics and makes update ops for the averages.",
    ),
    Argument("momentum", Real(0.0, 1.0), 0.99, "How slowly the moving averages follow."),
    _EPSILON,
    _CENTER,
    _SCALE,
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
        Optional(COUNT),
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

_LAYER_NORMALIZATION = (
    Argument("axis", _AXIS, -1, "The dimension, or dimensions, to normalize over."),
    _EPSILON,
    _CENTER,
    _SCALE,
    *of_variable("gamma", "ones"),
    *of_variable("beta", "zeros"),
    TRAINABLE,
)

NORMALIZATIONS = (
    layer(
        "batch_normalization",
        _GROUP,
        "Brings each channel to mean 0 and variance 1, then scales and shifts it.",
        _BATCH_NORMALIZATION,
        (
            *("gamma", "beta", "moving_mean", "moving_variance"),
            *("moving_stddev", "renorm_mean", "renorm_stddev"),
        ),
    ),
    layer(
        "layer_normalization",
        _GROUP,
        "Brings each example to mean 0 and variance 1, then scales and shifts it.",
        _LAYER_NORMALIZATION,
        ("gamma", "beta"),
        by_hand_alone=True,
    ),
)
