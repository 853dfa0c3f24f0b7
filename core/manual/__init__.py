"""The twins: each function of `tf.layers`, written by hand with `tf.get_variable`.

Beside them stands what only get_variable can do: `embedding`, `tied_dense`, `variable`,
`layer_normalization` and `custom`, and the custom getters of scopes.

A twin takes what its function of `tf.layers` takes, and refuses the rest with an exception of the
same type. Known to be judged differently, where to follow would cost more than it is worth:

- A tuple as the padding of a convolution: TypeError here, AssertionError there.
- A float in a list of strides or dilations of `conv1d` and `conv2d`: `tf.layers` takes it where it
  can't tell the size of the outputs, and refuses it otherwise; the twins take it.
- A momentum that is no float, with the fused op and `training` a tensor: TypeError here, ValueError
  there.
- A tensor where a Python value is needed (a noise shape, the result of an adjustment): TensorFlow's
  own OperatorNotAllowedInGraphError here, the TypeError that it is a kind of there.
- Booleans, arrays and `Dimension`s as the size of virtual batches, and arrays of booleans as seeds.
- Inputs that are no tensors: a numpy number, a value of a ragged tensor, an IndexedSlices without a
  shape; for `batch_normalization` also functions, ops, lists and partitioned variables.
- Inputs of another graph, which `flatten` takes here.
"""

from core.manual.adjustment import uniform_adjustment
from core.manual.convolution import conv1d, conv2d, conv3d
from core.manual.custom import custom
from core.manual.dense import dense
from core.manual.dropout import dropout
from core.manual.embedding import embedding
from core.manual.flatten import flatten
from core.manual.getters import exponential_moving_average, frozen, stored_as
from core.manual.layer_normalization import layer_normalization
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
from core.manual.tied_dense import tied_dense
from core.manual.transposed_convolution import conv2d_transpose, conv3d_transpose
from core.manual.variable import variable

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
    "custom",
    "dense",
    "dropout",
    "embedding",
    "exponential_moving_average",
    "flatten",
    "frozen",
    "layer_normalization",
    "max_pooling1d",
    "max_pooling2d",
    "max_pooling3d",
    "separable_conv1d",
    "separable_conv2d",
    "stored_as",
    "tied_dense",
    "uniform_adjustment",
    "variable",
]
