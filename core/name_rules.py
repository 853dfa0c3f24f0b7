"""Rules that make one name of another: a part replaced, a prefix, a regular expression."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from core.arguments import printable


class RuleKind(StrEnum):
    """What a rule looks for."""

    PREFIX = "prefix"
    PART = "part"
    REGEX = "regex"


class RuleError(ValueError):
    """What is wrong with a rule.

    Attributes:
        in_new: Whether it is what the rule makes, not what it looks for.
    """

    def __init__(self, sentence: str, *, in_new: bool = False) -> None:
        super().__init__(sentence)
        self.in_new = in_new


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule.

    Attributes:
        kind: What it looks for.
        text: As it was typed: ``OLD=NEW``.
        pattern: What it looks for, as a regular expression.
        replacement: What it puts there, as `re.sub` takes it.
    """

    kind: RuleKind
    text: str
    pattern: re.Pattern[str]
    replacement: str

    def apply(self, name: str) -> str:
        """Return the name that it makes of another, the same where it finds nothing."""
        return self.pattern.sub(self.replacement, name)


def make_rule(kind: RuleKind, old: str, new: str) -> Rule:
    r"""Return a rule.

    Args:
        kind: A prefix is a name's beginning, which may be empty; a part is all that stands between
            slashes; a regular expression is one of Python's.
        old: What the rule looks for.
        new: What it puts there; may have ``\1`` for a group of a regular expression.

    Raises:
        RuleError: What is wrong, and with which of the two.
    """
    if not old and kind is not RuleKind.PREFIX:
        raise RuleError("a rule needs something to look for")
    text = f"{old}={new}"
    match kind:
        case RuleKind.PREFIX:
            return Rule(kind, text, re.compile(rf"\A{re.escape(old)}"), _literal(new))
        case RuleKind.PART:
            whole = rf"(?<![^/]){re.escape(old)}(?![^/])"
            return Rule(kind, text, re.compile(whole), _literal(new))
        case RuleKind.REGEX:
            return Rule(kind, text, _pattern(old, new), new)


def read_rule(kind: RuleKind, text: str) -> Rule:
    """Return the rule that is written ``OLD=NEW``. Raises RuleError."""
    old, equals, new = text.partition("=")
    if not equals or (not old and kind is not RuleKind.PREFIX):
        raise RuleError(f'"{printable(text)}" must be OLD=NEW')
    try:
        return make_rule(kind, old, new)
    except RuleError as error:
        raise RuleError(f'"{printable(text)}": {error}') from error


def renamed(name: str, rules: Iterable[Rule]) -> str:
    """Return what rules make of a name, one after the other."""
    for rule in rules:
        name = rule.apply(name)
    return name


def _pattern(old: str, new: str) -> re.Pattern[str]:
    try:
        pattern = re.compile(old)
    except (re.error, OverflowError, RecursionError) as error:
        raise RuleError(f"this is no regular expression: {error}") from error
    try:
        # The replacement is looked at only where something is found.
        re.compile(f"{old}|").sub(new, "")
    except (re.error, IndexError) as error:
        raise RuleError(f"this can't be put in its place: {error}", in_new=True) from error
    return pattern


def _literal(text: str) -> str:
    return text.replace("\\", r"\\")
