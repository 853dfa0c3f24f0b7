"""Every initializer of tf.initializers, with its parameters."""

import functools
import re
from collections.abc import Mapping
from typing import Any

from core.arguments import (
    Argument,
    Boolean,
    Choice,
    Chosen,
    Function,
    Integer,
    OneOf,
    Optional,
    Real,
    Sequence,
)
from core.dtypes import DTYPE

_MOST_ITEMS = 6
_SEED = Argument("seed", Optional(Integer()), help="Makes this initializer's draw repeatable.")
_GAIN = Argument("gain", Real(), 1.0, "The result is multiplied by this.")
_NORMAL = (
    Argument("mean", Real(), 0.0, "Mean of the values."),
    Argument("stddev", Real(0.0), 1.0, "Standard deviation of the values, before any cut."),
    _SEED,
)


_DTYPE = Argument(
    "dtype", DTYPE, "float32", "Its type where it is asked for none; a variable asks for its own."
)


def _initializer(
    kind: str,
    help_text: str,
    *arguments: Argument,
    ordered: tuple[tuple[str, str], ...] = (),
) -> Function:
    # TensorFlow makes these four of variance_scaling, and lets their type go.
    dtype = () if kind.startswith(("he_", "lecun_")) else (_DTYPE,)
    path = f"tf.initializers.{kind}"
    return Function(kind, path, (*arguments, *dtype), help_text, ordered=ordered)


INITIALIZERS = {
    function.kind: function
    for function in (
        _initializer("zeros", "All zeros."),
        _initializer("ones", "All ones."),
        _initializer(
            "constant",
            "One value everywhere, or a list of values in their order.",
            Argument(
                "value",
                OneOf((Real(), Sequence(Real(), empty=False))),
                0.0,
                "The value, or the values.",
            ),
            Argument(
                "verify_shape",
                Boolean(),
                False,
                "Whether values of another shape than the variable's are refused.",
            ),
        ),
        _initializer(
            "glorot_uniform",
            "Uniform within +-sqrt(6 / (fan_in + fan_out)); TensorFlow's default.",
            _SEED,
        ),
        _initializer(
            "glorot_normal",
            "Truncated normal of variance 2 / (fan_in + fan_out).",
            _SEED,
        ),
        _initializer("he_uniform", "Uniform within +-sqrt(6 / fan_in).", _SEED),
        _initializer("he_normal", "Truncated normal of variance 2 / fan_in.", _SEED),
        _initializer("lecun_uniform", "Uniform within +-sqrt(3 / fan_in).", _SEED),
        _initializer("lecun_normal", "Truncated normal of variance 1 / fan_in.", _SEED),
        _initializer(
            "random_uniform",
            "Uniform from minval to maxval.",
            Argument("minval", Real(), 0.0, "Lower limit."),
            Argument("maxval", Optional(Real()), None, "Upper limit; 1 where it is left out."),
            _SEED,
            ordered=(("minval", "maxval"),),
        ),
        _initializer("random_normal", "Normal.", *_NORMAL),
        _initializer(
            "truncated_normal",
            "Normal, drawn again where further than two standard deviations from the mean.",
            *_NORMAL,
        ),
        _initializer(
            "variance_scaling",
            "Variance is scale / n, with n the fan that mode names.",
            Argument("scale", Real(1e-30), 1.0, "Factor of the variance."),
            Argument("mode", Choice(("fan_in", "fan_out", "fan_avg")), "fan_in", "Which fan n is."),
            Argument(
                "distribution",
                Choice(("normal", "truncated_normal", "untruncated_normal", "uniform")),
                "truncated_normal",
                "What the values are drawn from.",
            ),
            _SEED,
        ),
        _initializer(
            "uniform_unit_scaling",
            "Uniform within +-factor * sqrt(3 / input size).",
            Argument("factor", Real(), 1.0, "Factor of the limits."),
            _SEED,
        ),
        _initializer(
            "orthogonal",
            "An orthogonal matrix; needs two dimensions or more.",
            _GAIN,
            _SEED,
        ),
        _initializer("identity", "The identity matrix; needs two dimensions.", _GAIN),
    )
}

INITIALIZER = Chosen(INITIALIZERS)


def describe(initializer: Any, dtype: Any) -> str:
    """Return how an initializer that TensorFlow was given reads: ``glorot_uniform(seed=3)``.

    Args:
        initializer: An object, a callable, or None for TensorFlow's default.
        dtype: The type of the variable, which decides what the default is
            (tensorflow.python.ops.variable_scope, _get_default_initializer).
    """
    if initializer is None:
        return "glorot_uniform" if dtype.is_floating else "zeros"
    if not hasattr(initializer, "get_config"):
        return str(getattr(initializer, "__name__", type(initializer).__name__))
    config = _config(initializer)
    for kind, known in _known().items():
        # Of a kind whose only parameter is the seed, all else is what makes it this kind.
        if type(known) is type(initializer) and _without_seed(config) == _without_seed(
            _config(known)
        ):
            return _call(
                kind, {"seed": config.get("seed")} if config.get("seed") is not None else {}
            )
    name = _snake_case(type(initializer).__name__)
    return _call(name, _changed(name, config))


def _config(initializer: Any) -> dict[str, Any]:
    return {key: value for key, value in initializer.get_config().items() if key != "dtype"}


def _without_seed(config: Mapping[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in config.items() if key != "seed"}


@functools.cache
def _known() -> dict[str, Any]:
    """Return an object of each kind that has no parameters but a seed."""
    from core.tf1 import tf

    return {
        kind: getattr(tf.initializers, kind)()
        for kind, function in INITIALIZERS.items()
        if all(argument.name in {"seed", "dtype"} for argument in function.arguments)
    }


def _changed(kind: str, config: Mapping[str, Any]) -> dict[str, Any]:
    """Return the parameters that differ from their defaults."""
    function = INITIALIZERS.get(kind)
    defaults = {item.name: item.default for item in function.arguments} if function else {}
    return {
        key: value
        for key, value in config.items()
        if value is not None and value != defaults.get(key, object())
    }


def _call(name: str, parameters: Mapping[str, Any]) -> str:
    if not parameters:
        return name
    return f"{name}({', '.join(f'{key}={_number(value)}' for key, value in parameters.items())})"


def _number(value: Any) -> Any:
    """Return a float without the digits that it got from being a float32 in between.

    A long list is cut short.
    """
    if isinstance(value, list | tuple):
        shown = [str(_number(item)) for item in value[:_MOST_ITEMS]]
        return f"[{', '.join([*shown, '...'] if len(value) > len(shown) else shown)}]"
    return float(f"{value:.6g}") if isinstance(value, float) else value


def _snake_case(name: str) -> str:
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", name).lower()
