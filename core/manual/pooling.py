"""The twins of `tf.layers`' pooling: the largest value, or the mean, of each window."""

from collections.abc import Callable, Iterable
from functools import partial

from core.manual.layer_inputs import single_input
from core.manual.layer_scope import layer_scope
from core.manual.spatial import by_channels_last, spatial_format, spatial_padding, spatial_sizes
from core.tf1 import tf


def max_pooling1d(
    inputs: tf.Tensor,
    pool_size: int | Iterable[int],
    strides: int | Iterable[int],
    padding: str = "valid",
    data_format: str | None = "channels_last",
    name: str | None = None,
) -> tf.Tensor:
    """Take the largest value in each window of sequences [batch, length, channels].

    The twin of `tf.layers.max_pooling1d`.

    Raises:
        ValueError: The rank isn't 3, an argument isn't in its range, or the window is larger than
            the sequence.
    """
    name = name or "max_pooling1d"
    return pool(tf.nn.max_pool1d, 1, inputs, pool_size, strides, padding, data_format, name)


def max_pooling2d(
    inputs: tf.Tensor,
    pool_size: int | Iterable[int],
    strides: int | Iterable[int],
    padding: str = "valid",
    data_format: str | None = "channels_last",
    name: str | None = None,
) -> tf.Tensor:
    """Take the largest value in each window of images [batch, height, width, channels].

    The twin of `tf.layers.max_pooling2d`.

    Raises:
        ValueError: The rank isn't 4, an argument isn't in its range, or the window is larger than
            the image.
    """
    name = name or "max_pooling2d"
    return pool(tf.nn.max_pool, 2, inputs, pool_size, strides, padding, data_format, name)


def max_pooling3d(
    inputs: tf.Tensor,
    pool_size: int | Iterable[int],
    strides: int | Iterable[int],
    padding: str = "valid",
    data_format: str | None = "channels_last",
    name: str | None = None,
) -> tf.Tensor:
    """Take the largest value in each window of volumes [batch, depth, height, width, channels].

    The twin of `tf.layers.max_pooling3d`.

    Raises:
        ValueError: The rank isn't 5, an argument isn't in its range, or the window is larger than
            the volume.
    """
    name = name or "max_pooling3d"
    return pool(tf.nn.max_pool3d, 3, inputs, pool_size, strides, padding, data_format, name)


def average_pooling1d(
    inputs: tf.Tensor,
    pool_size: int | Iterable[int],
    strides: int | Iterable[int],
    padding: str = "valid",
    data_format: str | None = "channels_last",
    name: str | None = None,
) -> tf.Tensor:
    """Take the mean in each window of sequences [batch, length, channels].

    The twin of `tf.layers.average_pooling1d`.

    Raises:
        ValueError: The rank isn't 3, an argument isn't in its range, or the window is larger than
            the sequence.
    """
    name = name or "average_pooling1d"
    return pool(tf.nn.avg_pool1d, 1, inputs, pool_size, strides, padding, data_format, name)


def average_pooling2d(
    inputs: tf.Tensor,
    pool_size: int | Iterable[int],
    strides: int | Iterable[int],
    padding: str = "valid",
    data_format: str | None = "channels_last",
    name: str | None = None,
) -> tf.Tensor:
    """Take the mean in each window of images [batch, height, width, channels].

    The twin of `tf.layers.average_pooling2d`.

    Raises:
        ValueError: The rank isn't 4, an argument isn't in its range, or the window is larger than
            the image.
    """
    name = name or "average_pooling2d"
    return pool(tf.nn.avg_pool_v2, 2, inputs, pool_size, strides, padding, data_format, name)


def average_pooling3d(
    inputs: tf.Tensor,
    pool_size: int | Iterable[int],
    strides: int | Iterable[int],
    padding: str = "valid",
    data_format: str | None = "channels_last",
    name: str | None = None,
) -> tf.Tensor:
    """Take the mean in each window of volumes [batch, depth, height, width, channels].

    The twin of `tf.layers.average_pooling3d`.

    Raises:
        ValueError: The rank isn't 5, an argument isn't in its range, or the window is larger than
            the volume.
    """
    name = name or "average_pooling3d"
    return pool(tf.nn.avg_pool3d, 3, inputs, pool_size, strides, padding, data_format, name)


def pool(
    op: Callable[..., tf.Tensor],
    rank: int,
    inputs: tf.Tensor,
    pool_size: int | Iterable[int],
    strides: int | Iterable[int],
    padding: str,
    data_format: str | None,
    name: str,
) -> tf.Tensor:
    """Apply a pooling op to inputs with `rank` spatial axes, in a name scope of its own."""
    window = spatial_sizes(pool_size, rank, "pool_size")
    steps = spatial_sizes(strides, rank, "strides")
    refusal_of_lists = ValueError if rank == 1 else AttributeError
    padding = spatial_padding(padding, refusal_of_lists=refusal_of_lists)
    dimensions = spatial_format(data_format, rank)
    with layer_scope(None, name):
        inputs = single_input(inputs, rank + 2)
        if rank == 2:
            return op(inputs, window, steps, padding, dimensions)
        # Sequences and volumes: with the channels last, any CPU can pool them.
        last = partial(op, ksize=window, strides=steps, padding=padding)
        return by_channels_last(last, inputs, dimensions)
