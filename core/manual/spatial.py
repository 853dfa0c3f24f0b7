"""The arguments that speak of an image's axes: sizes, padding, order of the dimensions."""

from collections.abc import Callable, Iterable
from typing import Any

from core.tf1 import tf

SPATIAL_AXES = {1: "W", 2: "HW", 3: "DHW"}


def spatial_sizes(value: int | Iterable[int], rank: int, argument: str) -> tuple[int, ...]:
    """Return one positive size for each spatial axis; a single number counts for all of them.

    Raises:
        ValueError: There aren't as many numbers as axes, or one isn't positive.
    """
    try:
        sizes = (value,) * rank if isinstance(value, int) else tuple(value)
        whole = [int(size) for size in sizes]
    except (TypeError, ValueError):
        raise ValueError(f"{argument} must be {rank} integers, got {value!r}") from None
    if len(whole) != rank or any(size <= 0 for size in sizes):
        raise ValueError(f"{argument} must be {rank} positive integers, got {value!r}")
    return sizes


def spatial_padding(
    padding: str | list[Any],
    *,
    causal: bool = False,
    refusal_of_lists: type[Exception] | None = AttributeError,
) -> Any:
    """Return "VALID" or "SAME", as TensorFlow's ops spell it, or "CAUSAL" where that may be.

    Raises:
        ValueError: It is none of them.
        refusal_of_lists: It is a list or tuple of numbers, which some of TensorFlow's ops take, but
            no layer does; its layers differ in how they refuse it. None returns it.
    """
    if isinstance(padding, (list, tuple)):
        if refusal_of_lists is None:
            return padding
        raise refusal_of_lists(f"padding must be a word, got {padding!r}")
    known = ("valid", "same", "causal") if causal else ("valid", "same")
    if padding.lower() not in known:
        raise ValueError(f"padding must be one of {', '.join(known)}, got {padding!r}")
    return padding.upper()


def is_channels_first(data_format: str | None) -> bool:
    """Tell whether the channels stand behind the batch; None means as Keras is configured.

    Raises:
        ValueError: The data format is neither "channels_last" nor "channels_first".
    """
    if data_format is None:
        data_format = tf.keras.backend.image_data_format()
    data_format = data_format.lower()
    if data_format not in {"channels_last", "channels_first"}:
        raise ValueError(f"data_format must be channels_last or channels_first, got {data_format}")
    return data_format == "channels_first"


def spatial_format(data_format: str | None, rank: int) -> str:
    """Return the order of the dimensions as TensorFlow's ops spell it, as in "NHWC" or "NCHW"."""
    axes = SPATIAL_AXES[rank]
    return f"NC{axes}" if is_channels_first(data_format) else f"N{axes}C"


def known_channels(inputs: tf.Tensor, data_format: str) -> int:
    """Return the number of channels of inputs in a format like "NHWC".

    More than one batch dimension may stand in front.

    Raises:
        ValueError: The number of channels is unknown.
        TypeError: The rank is unknown.
    """
    if inputs.shape.rank is None:
        raise TypeError("the rank of the inputs must be known")
    axis = data_format.index("C") - len(data_format)
    channels: int | None = inputs.shape.as_list()[axis]
    if channels is None:
        raise ValueError(f"the channels of the inputs must be known, got {inputs.shape}")
    return channels


def per_dimension(sizes: tuple[int, ...], data_format: str) -> list[int]:
    """Return one size per dimension of a format like "NHWC": 1 for the batch and the channels."""
    if data_format.endswith("C"):
        return [1, *sizes, 1]
    return [1, 1, *sizes]


def by_channels_last(
    op: Callable[[tf.Tensor], tf.Tensor], inputs: tf.Tensor, data_format: str
) -> tf.Tensor:
    """Apply an op that knows only channels last to inputs in any format; return it in theirs."""
    if data_format.endswith("C"):
        return op(inputs)
    rank = len(data_format)
    outputs = op(tf.transpose(inputs, [0, *range(2, rank), 1]))
    return tf.transpose(outputs, [0, rank - 1, *range(1, rank - 1)])
