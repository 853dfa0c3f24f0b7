"""The twins of `tf.layers.conv1d`, `conv2d` and `conv3d`."""

from collections.abc import Iterable, Mapping
from functools import partial
from typing import Any

from core.manual.convolution_steps import (
    Window,
    add_bias,
    checked_window,
    pad_causally,
    positive_filters,
    refuse_padding_by_numbers,
)
from core.manual.layer_inputs import single_tensor
from core.manual.layer_output import activate
from core.manual.layer_scope import layer_scope
from core.manual.layer_variable import ZEROS, layer_variable, variable_settings
from core.manual.spatial import known_channels
from core.tf1 import tf


def conv1d(
    inputs: tf.Tensor,
    filters: int,
    kernel_size: int | Iterable[int],
    strides: int | Iterable[int] = 1,
    padding: str = "valid",
    data_format: str | None = "channels_last",
    dilation_rate: int | Iterable[int] = 1,
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
    """Convolve sequences [batch, length, channels] with a kernel: [batch, ..., filters].

    The twin of `tf.layers.conv1d`. Its variables are `kernel` [length, channels, filters] and
    `bias` [filters]; `variables` holds arguments of `tf.get_variable` for each. With data_format
    "channels_first" the channels of inputs and outputs stand behind the batch. With padding
    "causal" no output depends on inputs behind it.

    Raises:
        ValueError: An argument isn't in its range, strides come with a dilation, the number of
            channels is unknown, nothing is left of the sequence, or reuse and the variables that
            exist don't agree.
    """
    filters = positive_filters(filters)
    window = checked_window(1, kernel_size, strides, padding, data_format, dilation_rate)
    settings = variable_settings(variables, roles=("kernel", "bias"))
    with layer_scope(name, "conv1d", reuse):
        inputs = single_tensor(inputs, least_rank=len(window.data_format))
        variable = partial(
            layer_variable, dtype=inputs.dtype, trainable=trainable, settings=settings
        )
        shape = [*window.size, known_channels(inputs, window.data_format), filters]
        kernel = variable(
            "kernel", shape, kernel_initializer, kernel_regularizer, kernel_constraint
        )
        outputs = convolve(inputs, tf.cast(kernel, inputs.dtype), window)
        if use_bias:
            bias = variable("bias", [filters], bias_initializer, bias_regularizer, bias_constraint)
            outputs = add_bias(outputs, tf.cast(bias, inputs.dtype), window.data_format)
        return activate(outputs, activation, activity_regularizer)


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
    window = checked_window(2, kernel_size, strides, padding, data_format, dilation_rate)
    settings = variable_settings(variables, roles=("kernel", "bias"))
    with layer_scope(name, "conv2d", reuse):
        inputs = single_tensor(inputs, least_rank=len(window.data_format))
        variable = partial(
            layer_variable, dtype=inputs.dtype, trainable=trainable, settings=settings
        )
        shape = [*window.size, known_channels(inputs, window.data_format), filters]
        kernel = variable(
            "kernel", shape, kernel_initializer, kernel_regularizer, kernel_constraint
        )
        outputs = convolve(inputs, tf.cast(kernel, inputs.dtype), window)
        if use_bias:
            bias = variable("bias", [filters], bias_initializer, bias_regularizer, bias_constraint)
            outputs = add_bias(outputs, tf.cast(bias, inputs.dtype), window.data_format)
        return activate(outputs, activation, activity_regularizer)


def conv3d(
    inputs: tf.Tensor,
    filters: int,
    kernel_size: int | Iterable[int],
    strides: int | Iterable[int] = (1, 1, 1),
    padding: str = "valid",
    data_format: str | None = "channels_last",
    dilation_rate: int | Iterable[int] = (1, 1, 1),
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
    """Convolve volumes [batch, depth, height, width, channels]: [batch, ..., filters].

    The twin of `tf.layers.conv3d`. Its variables are `kernel` [depth, height, width, channels,
    filters] and `bias` [filters]; `variables` holds arguments of `tf.get_variable` for each. With
    data_format "channels_first" the channels of inputs and outputs stand behind the batch.

    Raises:
        ValueError: An argument isn't in its range, strides come with a dilation, the number of
            channels is unknown, nothing is left of the volume, or reuse and the variables that
            exist don't agree.
    """
    filters = positive_filters(filters)
    window = checked_window(3, kernel_size, strides, padding, data_format, dilation_rate)
    settings = variable_settings(variables, roles=("kernel", "bias"))
    with layer_scope(name, "conv3d", reuse):
        inputs = single_tensor(inputs, least_rank=len(window.data_format))
        variable = partial(
            layer_variable, dtype=inputs.dtype, trainable=trainable, settings=settings
        )
        shape = [*window.size, known_channels(inputs, window.data_format), filters]
        kernel = variable(
            "kernel", shape, kernel_initializer, kernel_regularizer, kernel_constraint
        )
        outputs = convolve(inputs, tf.cast(kernel, inputs.dtype), window)
        if use_bias:
            bias = variable("bias", [filters], bias_initializer, bias_regularizer, bias_constraint)
            outputs = add_bias(outputs, tf.cast(bias, inputs.dtype), window.data_format)
        return activate(outputs, activation, activity_regularizer)


def convolve(inputs: tf.Tensor, kernel: tf.Tensor, window: Window) -> tf.Tensor:
    """Convolve [batch, ..., channels] with [..., channels, filters]: [batch, ..., filters]."""
    shape = convolved_shape(inputs.shape, kernel.shape.as_list()[-1], window)
    inputs, window = pad_causally(inputs, window)
    outputs = tf.nn.convolution(
        inputs,
        kernel,
        window.padding,
        window.strides,
        window.dilation_rate,
        data_format=window.data_format,
    )
    outputs.set_shape(shape)
    return outputs


def convolved_shape(shape: tf.TensorShape, filters: int, window: Window) -> tf.TensorShape:
    """Return the shape of the outputs, with as much of it known as there is to know.

    Raises:
        TypeError: The padding is a list, or a size isn't whole because a stride or dilation isn't.
        AssertionError: The padding is a tuple.
        ValueError: Nothing is left of the inputs.
    """
    dimensions = len(window.data_format)
    sizes = dict(zip(window.data_format, shape.as_list()[-dimensions:], strict=True))
    spatial_axes = window.data_format.strip("NC")
    lengths = zip(window.size, window.strides, window.dilation_rate, strict=True)
    for axis, (size, stride, hole) in zip(spatial_axes, lengths, strict=True):
        if sizes[axis] is not None:
            refuse_padding_by_numbers(window.padding)
            covered = (size - 1) * hole if window.padding == "VALID" else 0
            sizes[axis] = (sizes[axis] - covered + stride - 1) // stride
    sizes["C"] = filters
    return shape[:-dimensions].concatenate(list(sizes.values()))
