"""The twins: each function of `tf.layers`, written by hand with `tf.get_variable`.

Beside them stands what only get_variable can do: `embedding`, `tied_dense`, `variable`,
`layer_normalization` and `custom`, and the custom getters of scopes.

A twin takes what its function of `tf.layers` takes, and refuses the rest with an exception of the
same type or of a kind of it. Known to be judged differently:

- A value of a ragged tensor (the numbers, no tensor) as the inputs of a batch normalization that
  trains with virtual batches: TypeError here, ValueError there, where the reshape into virtual
  batches refuses it first.
- Nonsense for a variable that isn't made, such as a bias_regularizer without a bias: refused there,
  not looked at here.
- Two mistakes in one call: which of them is reported may differ. An activation that doesn't exist
  is refused before the inputs are looked at there, behind them here.
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
