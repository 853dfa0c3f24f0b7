"""Stacks built without their values, for tests of what comes of them."""

from functools import cache

from core.built import Built
from core.custom_code import digests
from core.devices import Target, list_devices
from core.stack import Stack
from core.undrawn import Build, undrawn

_there = cache(lambda: list_devices(Target()))


def builder(stack: Stack) -> Build:
    """Return what builds a stack, and edits of it, with its code trusted."""
    return undrawn(_there(), digests(stack))


def built(stack: Stack) -> Built:
    """Build a stack as far as TensorFlow takes it."""
    return builder(stack)(stack)
