"""What the newest build says of each node of the stack."""

from core.built import Built, Refusal, Variable
from core.origin_labels import origin_labels
from core.stack import Node


class StackStatus:
    """A build, looked up by the ids of nodes."""

    def __init__(self, built: Built | None = None) -> None:
        """Look things up in a build; None where there was none yet."""
        self._built = built
        self._layers = {} if built is None else {layer.id: layer for layer in built.layers}
        self._labels = {} if built is None else origin_labels(built)
        self._shared: dict[str, list[Variable]] = {}
        for variable in () if built is None else built.variables:
            for origin in variable.used_by if len(variable.used_by) > 1 else ():
                self._shared.setdefault(origin, []).append(variable)

    def refusal_of(self, node_id: str) -> Refusal | None:
        """Return why a node was refused, if it was."""
        refusal = None if self._built is None else self._built.refusal
        return refusal if refusal is not None and refusal.origin == node_id else None

    def refused_line(self, node: Node) -> int | None:
        """Return the line of a node's code where it was refused; None where it is another now."""
        refusal = self.refusal_of(node.id)
        if self._built is None or refusal is None or node.id not in self._built.stack:
            return None
        same = self._built.stack.node(node.id).arguments == node.arguments
        return refusal.line if same else None

    def unreached(self, node_id: str) -> bool:
        """Tell whether a node stands behind the one that was refused."""
        built = self._built
        if built is None or built.refusal is None or node_id in self._layers:
            return False
        return node_id in built.stack and node_id != built.refusal.origin

    def output(self, node_id: str) -> str:
        """Return the shapes of a node's results, empty where there are none."""
        layer = self._layers.get(node_id)
        return "" if layer is None else ", ".join(map(shape_text, layer.outputs))

    def variables(self, node_id: str) -> tuple[str, ...]:
        """Return the names of the variables that a node asked for."""
        layer = self._layers.get(node_id)
        return () if layer is None else layer.variables

    def shared(self, node_id: str) -> list[Variable]:
        """Return the variables that a node shares with others."""
        return self._shared.get(node_id, [])

    def label(self, node_id: str) -> str:
        """Return what a node is called, as it was built."""
        return self._labels.get(node_id, node_id)

    def sharing_text(self, node_id: str) -> str:
        """Return one line for each variable that a node shares: its name and who reads it."""
        return "\n".join(
            f"{variable.name} is read by {', '.join(map(self.label, variable.used_by))}"
            for variable in self.shared(node_id)
        )


def shape_text(shape: tuple[int | None, ...] | None) -> str:
    """Return a shape as people write it, such as ``[?, 28, 28, 1]``."""
    if shape is None:
        return "unknown shape"
    return "[" + ", ".join("?" if size is None else str(size) for size in shape) + "]"
