"""The twins: each function of `tf.layers`, written by hand with `tf.get_variable`."""

from core.manual.adjustment import uniform_adjustment
from core.manual.convolution import conv1d, conv2d, conv3d
from core.manual.dense import dense
from core.manual.dropout import dropout
from core.manual.flatten import flatten
from core.manual.normalization import batch_normalization
from core.manual.pooling import (
    average_pooling1d,
    average_pooling2d,
    average_pooling3d,
    max_pooling1d,
    max_pooling2d,
    max_pooling3d,
)
from core.manual.separable_convolution import separable_conv1d, separable_conv2d
from core.manual.transposed_convolution import conv2d_transpose, conv3d_transpose

__all__ = [
    "average_pooling1d",
    "average_pooling2d",
    "average_pooling3d",
    "batch_normalization",
    "conv1d",
    "conv2d",
    "conv2d_transpose",
    "conv3d",
    "conv3d_transpose",
    "dense",
    "dropout",
    "flatten",
    "max_pooling1d",
    "max_pooling2d",
    "max_pooling3d",
    "separable_conv1d",
    "separable_conv2d",
    "uniform_adjustment",
]
