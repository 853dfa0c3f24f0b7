"""The twins of `tf.layers.separable_conv1d` and `separable_conv2d`."""

from collections.abc import Iterable, Mapping
from functools import partial
from typing import Any

from core.manual.convolution_steps import (
    Window,
    add_bias,
    checked_window,
    pad_causally,
    positive_filters,
)
from core.manual.layer_inputs import single_tensor
from core.manual.layer_output import activate
from core.manual.layer_scope import layer_scope
from core.manual.layer_variable import ZEROS, layer_variable, variable_settings
from core.manual.spatial import known_channels, per_dimension
from core.tf1 import tf


def separable_conv1d(
    inputs: tf.Tensor,
    filters: int,
    kernel_size: int | Iterable[int],
    strides: int | Iterable[int] = 1,
    padding: str = "valid",
    data_format: str | None = "channels_last",
    dilation_rate: int | Iterable[int] = 1,
    depth_multiplier: int = 1,
    activation: Any = None,
    use_bias: bool = True,
    depthwise_initializer: Any = None,
    pointwise_initializer: Any = None,
    bias_initializer: Any = ZEROS,
    depthwise_regularizer: Any = None,
    pointwise_regularizer: Any = None,
    bias_regularizer: Any = None,
    activity_regularizer: Any = None,
    depthwise_constraint: Any = None,
    pointwise_constraint: Any = None,
    bias_constraint: Any = None,
    trainable: bool = True,
    name: str | None = None,
    reuse: bool | None = None,
    *,
    variables: Mapping[str, Mapping[str, Any]] | None = None,
) -> tf.Tensor:
    """Convolve each channel of sequences [batch, length, channels] alone, then mix them.

    The twin of `tf.layers.separable_conv1d`. Its variables are `depthwise_kernel`
    [length, channels, depth_multiplier], `pointwise_kernel` [1, channels * depth_multiplier,
    filters] and `bias` [filters]; `variables` holds arguments of `tf.get_variable` for each.
    With data_format "channels_first" the channels of inputs and outputs stand behind the batch.
    With padding "causal" no output depends on inputs behind it.

    Raises:
        ValueError: An argument isn't in its range, strides come with a dilation, the number of
            channels is unknown, nothing is left of the sequence, or reuse and the variables that
            exist don't agree.
    """
    filters = positive_filters(filters)
    window = checked_window(
        1, kernel_size, strides, padding, data_format, dilation_rate, AttributeError
    )
    settings = variable_settings(variables, roles=("depthwise_kernel", "pointwise_kernel", "bias"))
    with layer_scope(name, "separable_conv1d", reuse):
        inputs = single_tensor(inputs, least_rank=len(window.data_format))
        variable = partial(
            layer_variable, dtype=inputs.dtype, trainable=trainable, settings=settings
        )
        channels = known_channels(inputs, window.data_format)
        parts = depth_multiplier * channels
        depthwise = variable(
            "depthwise_kernel",
            [*window.size, channels, depth_multiplier],
            depthwise_initializer,
            depthwise_regularizer,
            depthwise_constraint,
        )
        pointwise = variable(
            "pointwise_kernel",
            [1, parts, filters],
            pointwise_initializer,
            pointwise_regularizer,
            pointwise_constraint,
        )
        outputs = convolve_sequences_separably(
            inputs,
            tf.cast(depthwise, inputs.dtype),
            tf.cast(pointwise, inputs.dtype),
            window,
        )
        if use_bias:
            bias = variable("bias", [filters], bias_initializer, bias_regularizer, bias_constraint)
            outputs = add_bias(outputs, tf.cast(bias, inputs.dtype), window.data_format)
        return activate(outputs, activation, activity_regularizer)


def separable_conv2d(
    inputs: tf.Tensor,
    filters: int,
    kernel_size: int | Iterable[int],
    strides: int | Iterable[int] = (1, 1),
    padding: str = "valid",
    data_format: str | None = "channels_last",
    dilation_rate: int | Iterable[int] = (1, 1),
    depth_multiplier: int = 1,
    activation: Any = None,
    use_bias: bool = True,
    depthwise_initializer: Any = None,
    pointwise_initializer: Any = None,
    bias_initializer: Any = ZEROS,
    depthwise_regularizer: Any = None,
    pointwise_regularizer: Any = None,
    bias_regularizer: Any = None,
    activity_regularizer: Any = None,
    depthwise_constraint: Any = None,
    pointwise_constraint: Any = None,
    bias_constraint: Any = None,
    trainable: bool = True,
    name: str | None = None,
    reuse: bool | None = None,
    *,
    variables: Mapping[str, Mapping[str, Any]] | None = None,
) -> tf.Tensor:
    """Convolve each channel of images [batch, height, width, channels] alone, then mix them.

    The twin of `tf.layers.separable_conv2d`. Its variables are `depthwise_kernel`
    [height, width, channels, depth_multiplier], `pointwise_kernel` [1, 1, channels *
    depth_multiplier, filters] and `bias` [filters]; `variables` holds arguments of
    `tf.get_variable` for each. With data_format "channels_first" the channels of inputs and
    outputs stand behind the batch.

    Raises:
        ValueError: An argument isn't in its range, strides come with a dilation, the number of
            channels is unknown, nothing is left of the image, or reuse and the variables that
            exist don't agree.
    """
    filters = positive_filters(filters)
    window = checked_window(
        2, kernel_size, strides, padding, data_format, dilation_rate, AttributeError
    )
    settings = variable_settings(variables, roles=("depthwise_kernel", "pointwise_kernel", "bias"))
    with layer_scope(name, "separable_conv2d", reuse):
        inputs = single_tensor(inputs, least_rank=len(window.data_format))
        variable = partial(
            layer_variable, dtype=inputs.dtype, trainable=trainable, settings=settings
        )
        channels = known_channels(inputs, window.data_format)
        parts = depth_multiplier * channels
        depthwise = variable(
            "depthwise_kernel",
            [*window.size, channels, depth_multiplier],
            depthwise_initializer,
            depthwise_regularizer,
            depthwise_constraint,
        )
        pointwise = variable(
            "pointwise_kernel",
            [1, 1, parts, filters],
            pointwise_initializer,
            pointwise_regularizer,
            pointwise_constraint,
        )
        outputs = convolve_separably(
            inputs,
            tf.cast(depthwise, inputs.dtype),
            tf.cast(pointwise, inputs.dtype),
            window,
        )
        if use_bias:
            bias = variable("bias", [filters], bias_initializer, bias_regularizer, bias_constraint)
            outputs = add_bias(outputs, tf.cast(bias, inputs.dtype), window.data_format)
        return activate(outputs, activation, activity_regularizer)


def convolve_sequences_separably(
    inputs: tf.Tensor, depthwise: tf.Tensor, pointwise: tf.Tensor, window: Window
) -> tf.Tensor:
    """Do convolve_separably for sequences: as images that are one pixel high."""
    inputs, window = pad_causally(inputs, window)
    height = window.data_format.index("W")
    flat = Window(
        size=(1, *window.size),
        strides=window.strides * 2,  # the op wants the same along both axes
        padding=window.padding,
        data_format=window.data_format.replace("W", "HW"),
        dilation_rate=(1, *window.dilation_rate),
    )
    outputs = convolve_separably(
        tf.expand_dims(inputs, height),
        tf.expand_dims(depthwise, 0),
        tf.expand_dims(pointwise, 0),
        flat,
    )
    return tf.squeeze(outputs, [height])


def convolve_separably(
    inputs: tf.Tensor, depthwise: tf.Tensor, pointwise: tf.Tensor, window: Window
) -> tf.Tensor:
    """Convolve each channel with its own kernels, then mix what comes of them at each pixel."""
    return tf.nn.separable_conv2d(
        inputs,
        depthwise,
        pointwise,
        per_dimension(window.strides, window.data_format),
        window.padding,
        window.dilation_rate,
        data_format=window.data_format,
    )
