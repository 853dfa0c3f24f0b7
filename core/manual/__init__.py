"""The twins: each function of `tf.layers`, written by hand with `tf.get_variable`."""

from core.manual.adjustment import uniform_adjustment
from core.manual.convolution import conv2d
from core.manual.dense import dense
from core.manual.dropout import dropout
from core.manual.flatten import flatten
from core.manual.normalization import batch_normalization
from core.manual.pooling import max_pooling2d

__all__ = [
    "batch_normalization",
    "conv2d",
    "dense",
    "dropout",
    "flatten",
    "max_pooling2d",
    "uniform_adjustment",
]
