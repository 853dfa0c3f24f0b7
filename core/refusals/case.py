"""A refusal that is to be explained, and what the explanations have in common."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cached_property
from re import Match

from core import commands
from core.built import Built, Refusal, Variable
from core.command import Command, Recorder
from core.edits import Replace
from core.given_names import given_labels
from core.node_names import path_text
from core.stack import Layer, Node, Scope, Stack


@dataclass(frozen=True, slots=True)
class Explanation:
    """What a refusal means.

    Attributes:
        sentences: What happened, and the rule behind it.
        layers: Ids of the nodes it is about: the one that was refused, then the other, if there is
            one.
        candidates: Edits that may mend it; none of them has been tried.
    """

    sentences: tuple[str, str]
    layers: tuple[str, ...]
    candidates: tuple[Command, ...] = ()

    @property
    def text(self) -> str:
        """Both sentences."""
        return " ".join(self.sentences)


@dataclass(frozen=True)
class Case:
    """A refusal in its build, recognised by TensorFlow's words.

    Attributes:
        found: What the expression of its kind found in these words.
    """

    built: Built
    refusal: Refusal
    found: Match[str]

    @property
    def stack(self) -> Stack:
        """The stack that was built."""
        return self.built.stack

    @property
    def node(self) -> Node:
        """The node that was refused."""
        return self.stack.node(self.refusal.origin)

    @property
    def label(self) -> str:
        """What the refused node is called."""
        return path_text(self.stack, self.node, self.given)

    def called(self, node_id: str) -> str:
        """Return what a node is called, with the scopes around it.

        Another one of the refused node's name is told from it.
        """
        node = self.stack.node(node_id)
        text = path_text(self.stack, node, self.given)
        if node_id != self.node.id and text == self.label:
            return f"the {node.kind} of the same name before it"
        return text

    def short(self, node_id: str) -> str:
        """Return what a node is called where there is little room, as on a button."""
        node = self.stack.node(node_id)
        text = path_text(self.stack, node, self.given)
        if node_id != self.node.id and text == self.label:
            return f"the other {node.name or node.kind}"
        return text

    @cached_property
    def given(self) -> dict[str, str]:
        """The names that TensorFlow gave to nodes without one, by their ids."""
        return given_labels(self.built)

    @cached_property
    def variables(self) -> dict[str, Variable]:
        """All variables by the name they were asked for."""
        return {variable.asked_name: variable for variable in self.built.variables}

    def maker(self, name: str) -> str | None:
        """Return the id of the node that made a variable; None where none is known."""
        variable = self.variables.get(name)
        return variable.created_by if variable and variable.created_by in self.stack else None

    @property
    def scopes(self) -> list[Scope]:
        """The scopes around the refused node, the innermost first."""
        around = map(self.stack.node, self.stack.ancestors(self.node.id))
        return [found for found in around if isinstance(found, Scope)]

    def input_of(self, layer: Layer) -> str | None:
        """Return the id of what a layer takes: its first input, else the layer before it."""
        if layer.inputs:
            return layer.inputs[0]
        before = [node for node in self.stack.before(layer.id) if isinstance(node, Layer)]
        return before[-1].id if before else None

    def output_of(self, node_id: str | None) -> tuple[int | None, ...] | None:
        """Return the shape of what a node gave in this build."""
        outputs = [found.outputs for found in self.built.layers if found.id == node_id]
        return outputs[0][0] if outputs and outputs[0] else None

    def free_name(self) -> str:
        """Return a name for the refused node that nothing else has."""
        taken: set[str | None] = {node.name for node in self.stack.walk()}
        for name in self.variables:
            taken.update(name.split("/"))
        return commands.free_name(self.node.name or self.node.kind, taken)

    def another_name(self) -> Iterator[Command]:
        """Yield the edit that gives the refused node a name of its own."""
        name = self.free_name()
        yield from fix(commands.rename(self.stack, self.node.id, name), f"Name it {name}")

    def own_variables(self) -> Iterator[Command]:
        """Yield the edit that has the refused node make variables of its own."""
        name = self.free_name()
        recorder = Recorder(self.stack)
        recorder.do(Replace((replace(self.node, name=name, reuse=None),)))
        yield from fix(recorder.command(""), f"Make its own variables, under the name {name}")

    def reuse(self, reuse: bool | str | None, text: str, node: Node | None = None) -> list[Command]:
        """Return the edit that has a node, else the refused one, reuse in another way."""
        ids = (node or self.node).id
        return list(fix(commands.set_reuse(self.stack, (ids,), reuse), text))  # type: ignore[arg-type]


def fix(command: Command | None, text: str, selects: str = "") -> Iterator[Command]:
    """Yield a command under other words, as one undo step of its own; nothing for None."""
    if command is not None:
        chosen = (selects,) if selects else command.selects
        yield replace(command, text=text, merges=None, selects=chosen)
