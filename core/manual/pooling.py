"""The twin of `tf.layers.max_pooling2d`."""

from collections.abc import Iterable

from core.manual.layer_scope import layer_scope
from core.manual.spatial import spatial_format, spatial_padding, spatial_sizes
from core.tf1 import tf


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
    window = spatial_sizes(pool_size, 2, "pool_size")
    steps = spatial_sizes(strides, 2, "strides")
    dimensions = spatial_format(data_format, 2)
    with layer_scope(None, name or "max_pooling2d"):
        return tf.nn.max_pool(
            tf.convert_to_tensor(inputs),
            per_dimension(window, dimensions),
            per_dimension(steps, dimensions),
            spatial_padding(padding),
            dimensions,
        )


def per_dimension(sizes: tuple[int, ...], data_format: str) -> list[int]:
    """Return one size per dimension of a format like "NHWC": 1 for the batch and the channels."""
    if data_format.endswith("C"):
        return [1, *sizes, 1]
    return [1, 1, *sizes]
