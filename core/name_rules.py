"""Rules that make one name of another: a part replaced, a prefix, a regular expression."""

import re
from dataclasses import dataclass

from core.arguments import printable


class RuleError(ValueError):
    """What is wrong with a rule."""


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule.

    Attributes:
        text: As it was typed.
        pattern: What it looks for.
        replacement: What it puts there, as `re.sub` takes it.
    """

    text: str
    pattern: re.Pattern[str]
    replacement: str

    def apply(self, name: str) -> str:
        """Return the name that it makes of another, the same where it finds nothing."""
        return self.pattern.sub(self.replacement, name)


def part_rule(text: str) -> Rule:
    """Return the rule ``kernel=weights``: each part of a name between slashes that is equal."""
    old, new = _split(text)
    return Rule(text, re.compile(rf"(?<![^/]){re.escape(old)}(?![^/])"), _literal(new))


def prefix_rule(text: str) -> Rule:
    """Return the rule ``old/=new/`` for the beginnings of names; either may be empty."""
    old, new = _split(text, may_be_empty=True)
    return Rule(text, re.compile(rf"\A{re.escape(old)}"), _literal(new))


def pattern_rule(text: str) -> Rule:
    """Return the rule ``PATTERN=REPLACEMENT`` of Python's regular expressions."""
    old, new = _split(text)
    try:
        pattern = re.compile(old)
        # The replacement is looked at only where something is found.
        re.compile(f"{old}|").sub(new, "")
    except (re.error, IndexError) as error:
        raise RuleError(f'"{printable(text)}" is no regular expression: {error}') from error
    return Rule(text, pattern, new)


def renamed(name: str, rules: tuple[Rule, ...]) -> str:
    """Return what rules make of a name, one after the other."""
    for rule in rules:
        name = rule.apply(name)
    return name


def _split(text: str, *, may_be_empty: bool = False) -> tuple[str, str]:
    old, equals, new = text.partition("=")
    if not equals or (not old and not may_be_empty):
        raise RuleError(f'"{printable(text)}" must be OLD=NEW')
    return old, new


def _literal(text: str) -> str:
    return text.replace("\\", r"\\")
