"""Python values and the expressions that stand for them."""

from typing import Any

from core.expression import Expression


class KnownValues:
    """Values and the expressions that stand for them. A value is known by its identity."""

    def __init__(self, constants: "KnownValues | None" = None) -> None:
        """Start with the values of others, which are not changed."""
        self._known: dict[int, Expression] = dict(constants._known) if constants else {}
        self._items: dict[int, tuple[Expression, tuple[Any, ...]]] = {}
        # An identity is that of another value once its own is gone.
        self._kept: list[Any] = [constants]

    def add(self, value: Any, expression: Expression) -> None:
        """Add a value."""
        self._kept.append(value)
        self._known[id(value)] = expression

    def add_items(self, value: Any, expression: Expression) -> None:
        """Add a list or tuple; it is known as long as its items are the same."""
        self._kept.append(value)
        self._items[id(value)] = expression, tuple(value)

    def known(self, value: Any) -> Expression | None:
        """Return the expression of a value, None where it has none."""
        return self._known.get(id(value))

    def known_items(self, value: Any) -> Expression | None:
        """Return the expression of a list or tuple whose items are what they were."""
        expression, items = self._items.get(id(value), (None, ()))
        same = len(items) == len(value) and all(map(_is, items, value))
        return expression if same else None


def _is(one: Any, other: Any) -> bool:
    return one is other
