"""A named edit, and how one is put together from several steps.

A command never leaves an input dangling: a layer whose explicit input is gone, or no longer stands
before it, takes the layer before it again.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace

from core.catalog import KINDS
from core.document import DEEPEST_SCOPE, MOST_BUILT
from core.edits import Batch, Edit, Replace
from core.stack import Layer, Node, Scope, Stack, size


class CommandRefusedError(ValueError):
    """A command that can't be done; its text is a sentence for the person."""


@dataclass(frozen=True, slots=True)
class Command:
    """An edit and the words for it in the menu.

    Attributes:
        text: Such as "Move 3 layers".
        edit: What it does.
        selects: Ids of the nodes to select when it is done.
        merges: Two commands that follow each other with the same value become one undo step.
    """

    text: str
    edit: Edit
    selects: tuple[str, ...] = ()
    merges: str | None = None


class Recorder:
    """Collects edits, each made for the stack that those before it left.

    Attributes:
        stack: The stack as the edits so far leave it.
    """

    def __init__(self, stack: Stack) -> None:
        self.stack = stack
        self._edits: list[Edit] = []

    def do(self, edit: Edit) -> None:
        """Take one more edit."""
        self.stack = edit.apply(self.stack)
        self._edits.append(edit)

    def command(self, text: str, selects: Iterable[str] = (), merges: str | None = None) -> Command:
        """Return all edits as one, with dangling inputs mended.

        Raises CommandRefusedError where scopes would be nested too deeply for a stack file, or
        repeated too often.
        """
        if _depth(self.stack.nodes) > DEEPEST_SCOPE:
            raise CommandRefusedError(f"scopes can't be nested more than {DEEPEST_SCOPE} deep")
        if size(self.stack.nodes) > MOST_BUILT:
            raise CommandRefusedError(f"a stack can't have more than {MOST_BUILT:,} layers")
        mended = tuple(_mended(self.stack))
        if mended:
            self.do(Replace(mended))
        edit = self._edits[0] if len(self._edits) == 1 else Batch(tuple(self._edits))
        return Command(text, edit, tuple(selects), merges)


def _depth(nodes: tuple[Node, ...]) -> int:
    """Return how many scopes stand in one another."""
    return max((1 + _depth(node.nodes) for node in nodes if isinstance(node, Scope)), default=0)


def _mended(stack: Stack) -> Iterable[Layer]:
    """Yield the layers whose inputs don't stand before them, with those inputs left out."""
    closed: set[str] = set()

    def visit(nodes: tuple[Node, ...]) -> Iterable[Layer]:
        for node in nodes:
            if isinstance(node, Scope):
                yield from visit(node.nodes)
            elif node.inputs is not None and not closed.issuperset(node.inputs):
                kept = tuple(found for found in node.inputs if found in closed)
                fewest, _ = KINDS[node.kind].inputs
                yield replace(node, inputs=kept if len(kept) >= max(fewest, 1) else None)
            closed.add(node.id)

    return visit(stack.nodes)
