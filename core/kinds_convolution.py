"""The kinds of layers that convolve, for one, two and three spatial dimensions."""

from core.arguments import Argument
from core.dimensions import COUNT
from core.kind import Kind, layer
from core.layer_arguments import (
    ACTIVITY_REGULARIZER,
    DATA_FORMAT,
    KERNEL_AND_BIAS,
    OUTPUT_ACTIVATION,
    TRAINABLE,
    USE_BIAS,
    counts,
    extent,
    of_variable,
    padding,
    per_dimension,
)

_GROUP = "Convolution"
_ALONG = {1: "the sequence", 2: "the two spatial dimensions", 3: "the three spatial dimensions"}


def _window(rank: int) -> tuple[Argument, ...]:
    """The arguments of all convolutions that say how the kernel moves."""
    paddings = ("valid", "same", "causal") if rank == 1 else ("valid", "same")
    return (
        Argument("filters", COUNT, help="Number of output channels.", required=True),
        Argument(
            "kernel_size",
            counts(rank),
            help=f"{extent(rank)} of the kernel.",
            required=True,
        ),
        Argument("strides", counts(rank), per_dimension(1, rank), "Steps between two windows."),
        padding(*paddings),
        DATA_FORMAT,
    )


def _dilation(rank: int) -> Argument:
    return Argument(
        "dilation_rate",
        counts(rank),
        per_dimension(1, rank),
        "Distance between the kernel's taps; not together with strides above 1.",
    )


def _convolution(rank: int) -> Kind:
    return layer(
        f"conv{rank}d",
        _GROUP,
        f"Slides a kernel over {_ALONG[rank]}.",
        (*_window(rank), _dilation(rank), OUTPUT_ACTIVATION, USE_BIAS, *KERNEL_AND_BIAS),
        ("kernel", "bias"),
    )


def _transposed(rank: int) -> Kind:
    return layer(
        f"conv{rank}d_transpose",
        _GROUP,
        f"Spreads each value over {_ALONG[rank]} by a kernel: a convolution turned round.",
        (*_window(rank), OUTPUT_ACTIVATION, USE_BIAS, *KERNEL_AND_BIAS),
        ("kernel", "bias"),
    )


def _separable(rank: int) -> Kind:
    return layer(
        f"separable_conv{rank}d",
        _GROUP,
        f"Slides kernels over {_ALONG[rank]} of each channel alone, then mixes the channels.",
        (
            *_window(rank),
            _dilation(rank),
            Argument("depth_multiplier", COUNT, 1, "Number of depthwise kernels for each channel."),
            OUTPUT_ACTIVATION,
            USE_BIAS,
            *of_variable("depthwise", None, title="depthwise kernel"),
            *of_variable("pointwise", None, title="pointwise kernel"),
            *of_variable("bias", "zeros"),
            ACTIVITY_REGULARIZER,
            TRAINABLE,
        ),
        ("depthwise_kernel", "pointwise_kernel", "bias"),
    )


CONVOLUTIONS = (
    *map(_convolution, (1, 2, 3)),
    *map(_transposed, (2, 3)),
    *map(_separable, (1, 2)),
)
