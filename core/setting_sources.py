"""Where each setting of a variable request came from."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from core.built import Setting, Source
from core.expression import Call, Entries, Expression, Literal, Name, one_line
from core.getters import AVERAGE, DECIDES, DECIDES_FOR_AVERAGES
from core.initializers import describe

# Its variable bears the name of the layer, and its arguments are those of the one variable.
_BARE = Name("manual.variable")
_BARE_ROLE = "variable"
# The settings of tf.get_variable that the ledger tells the source of.
SETTINGS = ("initializer", "regularizer", "dtype", "trainable", "use_resource", "partitioner")


@dataclass(frozen=True, slots=True)
class OpenScope:
    """A variable scope around a request, and the call that opened it.

    Its origin is None for the scope around the whole stack.
    """

    origin: str | None
    call: Call
    scope: Any


def setting_sources(
    asked_name: str, request: Mapping[str, Any], call: Call, scopes: Sequence[OpenScope]
) -> tuple[Setting, ...]:
    """Return the settings of a request for a variable, each with its source.

    Args:
        asked_name: The name asked for, scopes included.
        request: What `tf.get_variable` was asked for in the end, scopes' settings filled in.
        call: The call of the layer that asked.
        scopes: The variable scopes of the plan around it, the outermost first.
    """
    given = _given(call, role_of(call, asked_name))
    decided = {name: found for found in scopes for name in _decided(found, asked_name)}
    settings: list[Setting] = []
    for name in SETTINGS:
        if name in decided:
            text = _text(name, request.get(name), request["dtype"])
            settings.append(Setting(name, text, Source.SCOPE, decided[name].origin))
        else:
            settings += _settings(name, request, given, scopes)
    return tuple(settings)


def _decided(scope: OpenScope, asked_name: str) -> tuple[str, ...]:
    """Return the settings that a scope's custom getter decides."""
    match dict(scope.call.keywords).get("custom_getter"):
        case Call(path=path) if path in DECIDES:
            return DECIDES[path]
        case Call() if asked_name.endswith(AVERAGE):
            return DECIDES_FOR_AVERAGES
    return ()


def _settings(
    name: str,
    request: Mapping[str, Any],
    given: Mapping[str, Expression],
    scopes: Sequence[OpenScope],
) -> Iterator[Setting]:
    value = request.get(name)
    text = _text(name, value, request["dtype"])
    scope = _scope_that_gave(name, value, scopes)
    # A partitioner is a function without a name that tells anything; what made it does.
    nameless = name == "partitioner"
    if scope is not None:
        shown = _short(dict(scope.call.keywords)[name]) if nameless else text
        yield Setting(name, shown, Source.SCOPE, scope.origin)
    if name in given:
        # tf.layers keeps a layer's own regularizer to itself: it comes on top of the scope's.
        kept = nameless or value is None or scope is not None
        yield Setting(name, _short(given[name]) if kept else text, Source.ARGUMENT)
    elif scope is None:
        yield Setting(name, text, Source.TENSORFLOW if value is None else Source.LAYER)


def _scope_that_gave(name: str, value: Any, scopes: Sequence[OpenScope]) -> OpenScope | None:
    """Return the innermost scope that set this, if what it set is what was asked for."""
    for found in reversed(scopes):
        if any(key == name and given != Literal(None) for key, given in found.call.keywords):
            return found if getattr(found.scope, name) is value else None
    return None


def role_of(call: Call, asked_name: str) -> str:
    """Return what a variable is to the layer whose call asked for it: `kernel`, `bias`, ...

    It is the last part of the name, unless the call gives the variable a name of its own.
    """
    if call.function == _BARE:
        return _BARE_ROLE
    by_hand = _entries(dict(call.keywords).get("variables"))
    return next(
        (role for role, found in by_hand.items() if _is_named(_entries(found), asked_name)),
        asked_name.rpartition("/")[2],
    )


def _given(call: Call, role: str) -> dict[str, Expression]:
    """Return what a layer's call says itself of one of its variables, by setting."""
    keywords = dict(call.keywords)
    by_hand = _entries(keywords.get("variables"))
    prefix = "" if call.function == _BARE else f"{role}_"
    given = {
        name: keywords[f"{prefix}{name}"] for name in SETTINGS if f"{prefix}{name}" in keywords
    }
    if "trainable" in keywords and not role.startswith(("moving_", "renorm_")):
        given["trainable"] = keywords["trainable"]
    given |= {
        name: value for name, value in _entries(by_hand.get(role)).items() if name in SETTINGS
    }
    return {name: value for name, value in given.items() if value != Literal(None)}


def _entries(expression: Expression | None) -> dict[str, Expression]:
    return dict(expression.entries) if isinstance(expression, Entries) else {}


def _is_named(settings: Mapping[str, Expression], asked_name: str) -> bool:
    match settings.get("name"):
        case Literal(str(name)):
            return f"/{asked_name}".endswith(f"/{name}")
    return False


def _text(name: str, value: Any, dtype: Any) -> str:
    match name:
        case "initializer":
            return describe(value, dtype)
        case "dtype":
            return str(value.base_dtype.name)
    if value is None:
        return "none"
    return str(value).lower() if isinstance(value, bool) else describe(value, dtype)


def _short(expression: Expression) -> str:
    """Return an expression as text, without the modules its names stand in."""
    return re.sub(r"\btf(\.\w+)*\.(?=\w)", "", one_line(expression))
