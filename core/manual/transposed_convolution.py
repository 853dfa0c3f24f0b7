"""The twins of `tf.layers.conv2d_transpose` and `conv3d_transpose`."""

from collections.abc import Iterable, Mapping
from functools import partial
from typing import Any

from core.manual.convolution_steps import (
    Window,
    add_bias,
    checked_window,
    positive_filters,
    refuse_padding_by_numbers,
)
from core.manual.layer_inputs import single_tensor
from core.manual.layer_output import activate
from core.manual.layer_scope import layer_scope
from core.manual.layer_variable import ZEROS, layer_variable, variable_settings
from core.manual.spatial import by_channels_last, known_channels
from core.tf1 import tf


def conv2d_transpose(
    inputs: tf.Tensor,
    filters: int,
    kernel_size: int | Iterable[int],
    strides: int | Iterable[int] = (1, 1),
    padding: str = "valid",
    data_format: str | None = "channels_last",
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
    """Spread each pixel of images [batch, height, width, channels] over a window.

    The twin of `tf.layers.conv2d_transpose`: the gradient of a convolution, also called
    deconvolution. It returns [batch, height * strides, width * strides, filters], plus what of the
    last window lies beyond if the padding is "valid". Its variables are `kernel` [height, width,
    filters, channels] and `bias` [filters]; `variables` holds arguments of `tf.get_variable` for
    each. With data_format "channels_first" the channels stand behind the batch.

    Raises:
        ValueError: An argument isn't in its range, the rank isn't 4, the number of channels is
            unknown, or reuse and the variables that exist don't agree.
    """
    filters = positive_filters(filters)
    window = checked_window(2, kernel_size, strides, padding, data_format)
    settings = variable_settings(variables, roles=("kernel", "bias"))
    with layer_scope(name, "conv2d_transpose", reuse):
        inputs = single_tensor(inputs, least_rank=len(window.data_format))
        refuse_other_rank(inputs, 4)
        variable = partial(
            layer_variable, dtype=inputs.dtype, trainable=trainable, settings=settings
        )
        shape = [*window.size, filters, known_channels(inputs, window.data_format)]
        kernel = variable(
            "kernel", shape, kernel_initializer, kernel_regularizer, kernel_constraint
        )
        outputs = convolve_images_transposed(inputs, tf.cast(kernel, inputs.dtype), window)
        if use_bias:
            bias = variable("bias", [filters], bias_initializer, bias_regularizer, bias_constraint)
            outputs = add_bias(outputs, tf.cast(bias, inputs.dtype), window.data_format)
        return activate(outputs, activation, activity_regularizer)


def conv3d_transpose(
    inputs: tf.Tensor,
    filters: int,
    kernel_size: int | Iterable[int],
    strides: int | Iterable[int] = (1, 1, 1),
    padding: str = "valid",
    data_format: str | None = "channels_last",
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
    """Spread each voxel of volumes [batch, depth, height, width, channels] over a window.

    The twin of `tf.layers.conv3d_transpose`: the gradient of a convolution, also called
    deconvolution. It returns [batch, depth * strides, ..., filters], plus what of the last window
    lies beyond if the padding is "valid". Its variables are `kernel` [depth, height, width,
    filters, channels] and `bias` [filters]; `variables` holds arguments of `tf.get_variable` for
    each. With data_format "channels_first" the channels stand behind the batch.

    Raises:
        ValueError: An argument isn't in its range, the rank isn't 5, the number of channels is
            unknown, or reuse and the variables that exist don't agree.
    """
    filters = positive_filters(filters)
    window = checked_window(3, kernel_size, strides, padding, data_format)
    settings = variable_settings(variables, roles=("kernel", "bias"))
    with layer_scope(name, "conv3d_transpose", reuse):
        inputs = single_tensor(inputs, least_rank=len(window.data_format))
        refuse_other_rank(inputs, 5)
        variable = partial(
            layer_variable, dtype=inputs.dtype, trainable=trainable, settings=settings
        )
        shape = [*window.size, filters, known_channels(inputs, window.data_format)]
        kernel = variable(
            "kernel", shape, kernel_initializer, kernel_regularizer, kernel_constraint
        )
        outputs = convolve_transposed(inputs, tf.cast(kernel, inputs.dtype), window)
        if use_bias:
            bias = variable("bias", [filters], bias_initializer, bias_regularizer, bias_constraint)
            outputs = add_bias(outputs, tf.cast(bias, inputs.dtype), window.data_format)
        return activate(outputs, activation, activity_regularizer)


def refuse_other_rank(inputs: tf.Tensor, rank: int) -> None:
    """Raise ValueError if the inputs' rank is another one, or unknown."""
    if inputs.shape.rank != rank:
        raise ValueError(f"the inputs must have the rank {rank}, got the shape {inputs.shape}")


def convolve_images_transposed(inputs: tf.Tensor, kernel: tf.Tensor, window: Window) -> tf.Tensor:
    """Do convolve_transposed for images, their channels last, which a CPU can do in any case."""
    last = window._replace(data_format="NHWC")
    transposed = partial(convolve_transposed, kernel=kernel, window=last)
    return by_channels_last(transposed, inputs, window.data_format)


def convolve_transposed(inputs: tf.Tensor, kernel: tf.Tensor, window: Window) -> tf.Tensor:
    """Spread [batch, ..., channels] with [..., filters, channels]: [batch, ..., filters]."""
    filters = kernel.shape.as_list()[-2]
    return tf.nn.conv_transpose(
        inputs,
        kernel,
        transposed_shape(inputs, filters, window),
        window.strides,
        window.padding,
        window.data_format,
    )


def transposed_shape(inputs: tf.Tensor, filters: int, window: Window) -> list[int | tf.Tensor]:
    """Return the shape of the outputs, with as much of it known as there is to know.

    Raises:
        TypeError: The padding is a list.
        AssertionError: The padding is a tuple.
    """
    refuse_padding_by_numbers(window.padding)
    sizes = tf.shape(inputs)
    known = [sizes[i] if size is None else size for i, size in enumerate(inputs.shape.as_list())]
    shape = dict(zip(window.data_format, known, strict=True))
    spatial_axes = window.data_format.strip("NC")
    for axis, length, stride in zip(spatial_axes, window.size, window.strides, strict=True):
        beyond = max(length - stride, 0) if window.padding == "VALID" else 0
        shape[axis] = shape[axis] * stride + beyond
    shape["C"] = filters
    return list(shape.values())
