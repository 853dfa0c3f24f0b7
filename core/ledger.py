"""Every request for a variable in order: created, reused or refused, and what it asked for."""

import math
from dataclasses import dataclass, field
from typing import Any

from core.built import Outcome, Request
from core.expression import Call
from core.setting_sources import OpenScope, role_of, setting_sources

# Each part is a variable of its own, and nothing can cancel TensorFlow while it makes them.
_MOST_PARTS = 1_000


class TooManyPartsError(ValueError):
    """A partitioner would cut a variable into more parts than can be waited for."""

    def __init__(self, name: str, count: int) -> None:
        super().__init__(
            f"the partitioner cuts {name} into {count:,} parts, each a variable of its own, which "
            f"takes TensorFlow too long; more than {_MOST_PARTS:,} are not built here"
        )


@dataclass(slots=True)
class Creation:
    """A variable as TensorFlow made it, and the request that it was made for."""

    variable: Any
    asked_name: str
    initializer: Any
    origins: list[str] = field(default_factory=list)


class Ledger:
    """Writes down what is asked of `tf.get_variable`, by tf.layers and by hand alike.

    It is a custom getter on the graph's root variable scope, which leaves the graph as it would be
    without it.

    Attributes:
        origin: Id of what is being built; to be set before each call.
        call: The call that builds it; to be set before that, too.
        scopes: The plan's variable scopes that are open, the outermost first.
        requests: All requests so far.
        creations: The variables by their name, in the order of their creation.
    """

    def __init__(self) -> None:
        self.origin = ""
        self.call: Call | None = None
        self.scopes: list[OpenScope] = []
        self.requests: list[Request] = []
        self.creations: dict[str, Creation] = {}

    def __call__(self, getter: Any, name: str, **settings: Any) -> Any:
        """Pass a request on and write down what came of it."""
        assert self.call is not None
        sources = setting_sources(name, settings, self.call, self.scopes)
        role = role_of(self.call, name)
        from core.tf1 import tf

        if settings.get("partitioner") is not None:
            settings["partitioner"] = _Limited(name, settings["partitioner"])
        scope = tf.get_variable_scope()
        scopes = scope.name, scope.original_name_scope.rstrip("/")
        try:
            variable = getter(name, **settings)
        except Exception:
            refused = Request(self.origin, name, role, *scopes, Outcome.REFUSED, None, sources)
            self.requests.append(refused)
            raise
        real_name = op_name(variable)
        outcome = Outcome.REUSED if real_name in self.creations else Outcome.CREATED
        creation = self.creations.setdefault(
            real_name, Creation(variable, name, settings.get("initializer"))
        )
        if self.origin not in creation.origins:
            creation.origins.append(self.origin)
        self.requests.append(Request(self.origin, name, role, *scopes, outcome, real_name, sources))
        return variable


class _Limited:
    """A partitioner that refuses to cut a variable into too many parts."""

    def __init__(self, name: str, partitioner: Any) -> None:
        self._name = name
        self._partitioner = partitioner

    def __call__(self, **asked: Any) -> Any:
        parts = self._partitioner(**asked)
        count = math.prod(parts)
        if count > _MOST_PARTS:
            raise TooManyPartsError(self._name, count)
        return parts


def op_name(variable: Any) -> str:
    """Return the name of a variable's op, which is its key in a checkpoint."""
    return str(variable.name).removesuffix(":0")
