"""How many dimensions TensorFlow's shapes can have, and how large these can be."""

from core.arguments import Integer

# tensorflow/core/framework/tensor_shape.h, TensorShape::MaxDimensions; tf.reshape to one more
# aborts the whole process.
MOST = 254
_INT32, _INT64 = 2**31 - 1, 2**63 - 1

# A dimension, and one that may be empty.
SIZE, EXTENT = Integer(1, _INT64), Integer(0, _INT64)
# What convolutions and poolings count in 32 bits: channels, windows and the steps between them.
COUNT = Integer(1, _INT32)
# The number of a dimension, and one that can't be negative to count from the last.
AXIS, AXIS_FROM_FIRST = Integer(-MOST, MOST - 1), Integer(0, MOST - 1)
