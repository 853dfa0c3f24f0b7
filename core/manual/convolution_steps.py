"""The steps that all convolutions share."""

from collections.abc import Iterable
from typing import Any, NamedTuple

from core.manual.spatial import spatial_format, spatial_padding, spatial_sizes
from core.tf1 import tf


class Window(NamedTuple):
    """How a kernel slides over the inputs.

    Attributes:
        size: How long the kernel is, for each spatial axis.
        strides: The steps from one place to the next.
        padding: "VALID", "SAME" or, with one spatial axis, "CAUSAL"; or a list or tuple.
        data_format: The order of the inputs' dimensions, as in "NHWC".
        dilation_rate: The distance from one number of the kernel to the next.
    """

    size: tuple[int, ...]
    strides: tuple[int, ...]
    padding: Any
    data_format: str
    dilation_rate: tuple[int, ...]


def checked_window(
    rank: int,
    kernel_size: int | Iterable[int],
    strides: int | Iterable[int],
    padding: Any,
    data_format: str | None,
    dilation_rate: int | Iterable[int] = 1,
    refusal_of_lists: type[Exception] | None = None,
) -> Window:
    """Return the arguments of a convolution with `rank` spatial axes as TensorFlow's ops take them.

    Raises:
        ValueError: One isn't in its range, or strides come with a dilation, which TensorFlow can't.
        refusal_of_lists: The padding is a list or tuple; None takes it.
    """
    window = Window(
        spatial_sizes(kernel_size, rank, "kernel_size"),
        spatial_sizes(strides, rank, "strides"),
        spatial_padding(padding, causal=rank == 1, refusal_of_lists=refusal_of_lists),
        spatial_format(data_format, rank),
        spatial_sizes(dilation_rate, rank, "dilation_rate"),
    )
    if max(window.strides) > 1 and max(window.dilation_rate) > 1:
        raise ValueError(f"strides {strides} can't go with dilation_rate {dilation_rate}")
    return window


def refuse_padding_by_numbers(padding: Any) -> None:
    """Raise TypeError if the padding is a list, AssertionError if it is a tuple.

    Some of TensorFlow's ops take numbers, but no layer can tell the size of its outputs from them.
    """
    if padding not in {"VALID", "SAME", "CAUSAL"}:  # a list can't be looked up: TypeError
        raise AssertionError(f"padding must be a word, got {padding!r}")


def positive_filters(filters: float | None) -> int:
    """Return the number of filters, which must be positive; the fraction of a float is cut off."""
    whole = int(filters) if isinstance(filters, float) else filters
    if whole is None or whole <= 0 or whole % 1 != 0:
        raise ValueError(f"filters must be a positive whole number, got {filters}")
    return whole


def pad_causally(inputs: tf.Tensor, window: Window) -> tuple[tf.Tensor, Window]:
    """Return inputs with zeros before the first if the padding is causal, and the window for them.

    So no output depends on inputs behind it.
    """
    if window.padding != "CAUSAL":
        return inputs, window
    axis = window.data_format.index("W") - len(window.data_format)
    paddings = [[0, 0] for _ in inputs.shape]
    paddings[axis][0] = window.dilation_rate[0] * (window.size[0] - 1)
    return tf.pad(inputs, paddings), window._replace(padding="VALID")


def add_bias(outputs: tf.Tensor, bias: tf.Tensor, data_format: str) -> tf.Tensor:
    """Add a bias to each channel of outputs in a format like "NHWC"."""
    if data_format.endswith("C"):
        return tf.nn.bias_add(outputs, bias)
    spatial_rank = len(data_format) - 2
    return outputs + tf.reshape(bias, [-1] + [1] * spatial_rank)
