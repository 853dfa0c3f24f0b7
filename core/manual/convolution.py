"""The twin of `tf.layers.conv2d`."""

from collections.abc import Iterable, Mapping
from functools import partial
from typing import Any

from core.manual.layer_inputs import single_tensor
from core.manual.layer_output import activate
from core.manual.layer_scope import layer_scope
from core.manual.layer_variable import ZEROS, layer_variable, variable_settings
from core.manual.spatial import known_channels, spatial_format, spatial_padding, spatial_sizes
from core.tf1 import tf


def conv2d(
    inputs: tf.Tensor,
    filters: int,
    kernel_size: int | Iterable[int],
    strides: int | Iterable[int] = (1, 1),
    padding: str = "valid",
    data_format: str | None = "channels_last",
    dilation_rate: int | Iterable[int] = (1, 1),
    activation: Any = None,
    use_bias: bool = True,
    kernel_initializer: Any = None,
    bias_initializer: Any = ZEROS,
    kernel_regularizer: Any = None,
    bias_regularizer: Any = None,
    activity_regularizer: Any = None,
    kernel_constraint: Any = None,
    bias_constraint: Any = None,
    trainable: bool = True,
    name: str | None = None,
    reuse: bool | None = None,
    *,
    variables: Mapping[str, Mapping[str, Any]] | None = None,
) -> tf.Tensor:
    """Convolve images [batch, height, width, channels] with a kernel: [batch, ..., filters].

    The twin of `tf.layers.conv2d`. Its variables are `kernel` [height, width, channels, filters]
    and `bias` [filters]; `variables` holds arguments of `tf.get_variable` for each. With
    data_format "channels_first" the channels of inputs and outputs stand behind the batch.

    Raises:
        ValueError: An argument isn't in its range, strides come with a dilation, the number of
            channels is unknown, nothing is left of the image, or reuse and the variables that
            exist don't agree.
    """
    filters = positive_filters(filters)
    kernel_size = spatial_sizes(kernel_size, 2, "kernel_size")
    strides = spatial_sizes(strides, 2, "strides")
    dilation_rate = spatial_sizes(dilation_rate, 2, "dilation_rate")
    refuse_strides_with_dilation(strides, dilation_rate)
    padding = spatial_padding(padding)
    data_format = spatial_format(data_format, 2)
    settings = variable_settings(variables, roles=("kernel", "bias"))
    with layer_scope(name, "conv2d", reuse):
        inputs = single_tensor(inputs)
        variable = partial(
            layer_variable, dtype=inputs.dtype, trainable=trainable, settings=settings
        )
        shape = [*kernel_size, known_channels(inputs, data_format), filters]
        kernel = variable(
            "kernel", shape, kernel_initializer, kernel_regularizer, kernel_constraint
        )
        outputs = tf.nn.convolution(
            inputs,
            tf.cast(kernel, inputs.dtype),
            padding,
            strides,
            dilation_rate,
            data_format=data_format,
        )
        if use_bias:
            bias = variable("bias", [filters], bias_initializer, bias_regularizer, bias_constraint)
            outputs = add_bias(outputs, tf.cast(bias, inputs.dtype), data_format)
        return activate(outputs, activation, activity_regularizer)


def positive_filters(filters: float | None) -> int:
    """Return the number of filters, which must be positive; a fraction is cut off."""
    whole = int(filters) if isinstance(filters, float) else filters
    if whole is None or whole <= 0:
        raise ValueError(f"filters must be positive, got {filters}")
    return whole


def refuse_strides_with_dilation(strides: tuple[int, ...], dilation_rate: tuple[int, ...]) -> None:
    """Raise ValueError if the windows are both far apart and wide-meshed: TensorFlow can't."""
    if max(strides) > 1 and max(dilation_rate) > 1:
        raise ValueError(f"strides {strides} can't go with dilation_rate {dilation_rate}")


def add_bias(outputs: tf.Tensor, bias: tf.Tensor, data_format: str) -> tf.Tensor:
    """Add a bias to each channel of outputs in a format like "NHWC"."""
    if data_format.endswith("C"):
        return tf.nn.bias_add(outputs, bias)
    spatial_rank = len(data_format) - 2
    return outputs + tf.reshape(bias, [-1] + [1] * spatial_rank)
