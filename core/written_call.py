"""How a call that a twin made reads best."""

import functools
import inspect
from collections.abc import Iterator, Sequence
from typing import Any

from core.expression import Call, Expression, Items, Literal, Name
from core.traced_twins import lookup


def parameters_of(called: Expression, function: Any) -> Sequence[inspect.Parameter]:
    """Return the parameters of a function, none where Python doesn't know them."""
    return _of_path(called.path) if isinstance(called, Name) else _parameters(function)


@functools.cache
def _of_path(path: str) -> Sequence[inspect.Parameter]:
    return _parameters(lookup(path)) if path.startswith("tf.") else ()


def _parameters(function: Any) -> Sequence[inspect.Parameter]:
    try:
        return tuple(inspect.signature(function).parameters.values())
    except (TypeError, ValueError):
        return ()


def written_call(
    called: Expression, function: Any, positional: list[Expression], keywords: dict[str, Expression]
) -> Call:
    """Return a call as a person would write it: no defaults, and numbers with their names."""
    parameters = parameters_of(called, function)
    by_name = all(found.kind is found.POSITIONAL_OR_KEYWORD for found in parameters)
    if not parameters or not by_name or len(positional) > len(parameters):
        return Call(called, tuple(positional), tuple(keywords.items()))
    given = dict(zip((found.name for found in parameters), positional, strict=False)) | keywords
    _leave_out(called, given)
    first: list[Expression] = []
    rest: list[tuple[str, Expression]] = []
    for index, found in enumerate(parameters):
        if found.name not in given:
            continue
        value = given.pop(found.name)
        if _is_default(value, found.default):
            continue
        if len(first) == index and _is_clear(index, found, value, index < len(positional)):
            first.append(value)
        else:
            rest.append((found.name, value))
    return Call(called, tuple(first), (*rest, *given.items()))


def _is_clear(index: int, found: inspect.Parameter, value: Expression, positional: bool) -> bool:
    """Tell whether an argument is clear without its name."""
    if not _is_number(value):
        return index < _UNNAMED or positional
    needed = found.default is found.empty or found.name == "shape"
    return index == 0 or (index < _UNNAMED and needed)


# So many arguments are clear without their names: tf.reshape(x, [-1, 10]).
_UNNAMED = 2


def _is_number(value: Expression) -> bool:
    """Tell whether a value says nothing of what it is for."""
    match value:
        case Literal():
            return True
        case Items(items):
            return all(map(_is_number, items))
    return False


def _is_default(value: Expression, default: Any) -> bool:
    match value:
        case Literal(literal):
            return type(literal) is type(default) and literal == default
        case Name(path) if path.startswith("tf."):
            return lookup(path) is default
    return False


def _numbers(value: Expression | None) -> Iterator[Any]:
    for item in value.items if isinstance(value, Items) else ():
        yield item.value if isinstance(item, Literal) else None


def _leave_out(called: Expression, given: dict[str, Expression]) -> None:
    """Leave out arguments that say what holds without them."""
    from core.tf1 import tf

    match called:
        case Name("tf.variable_scope") if given.get("name_or_scope") != Literal(None):
            given.pop("default_name", None)
        case Name("tf.nn.convolution"):
            if set(_numbers(given.get("dilation_rate"))) == {1}:
                del given["dilation_rate"]
            if given.get("data_format") in (Literal("NWC"), Literal("NHWC"), Literal("NDHWC")):
                del given["data_format"]
        case Name("tf.get_variable"):
            if given.get("dtype") == Name(f"tf.{tf.get_variable_scope().dtype.name}"):
                del given["dtype"]
            on_read = given.get("synchronization") == Name("tf.VariableSynchronization.ON_READ")
            if given.get("trainable") == Literal(True) and not on_read:
                del given["trainable"]
