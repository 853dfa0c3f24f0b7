"""What the newest build, and its trial run, say of each node of the stack."""

from collections.abc import Iterator
from functools import cached_property

from core.built import Built, Refusal, Variable
from core.given_names import given_labels
from core.naming import why_named
from core.origin_labels import origin_labels
from core.restore_check import Restore, RestoreCheck
from core.stack import Node
from core.trial import Trial


class StackStatus:
    """A build, a trial run and a checkpoint beside them, looked up by the ids of nodes.

    Attributes:
        names: The names that TensorFlow gave to nodes without one, as far as the build tells.
    """

    def __init__(
        self,
        built: Built | None = None,
        trial: Trial | None = None,
        check: RestoreCheck | None = None,
    ) -> None:
        """Look things up.

        Args:
            built: In a build; None where there was none yet.
            trial: In the last trial run; None where there was none yet.
            check: In what the build would restore; None where no checkpoint is open.
        """
        self._built = built
        self._trial = trial
        self._check = check
        self._layers = {} if built is None else {layer.id: layer for layer in built.layers}
        self._labels = {} if built is None else origin_labels(built)
        self.names = {} if built is None else given_labels(built)
        self._ops_apart = {} if built is None else dict(_ops_apart(built))
        self._shared: dict[str, list[Variable]] = {}
        for variable in () if built is None else built.variables:
            for origin in variable.used_by if len(variable.used_by) > 1 else ():
                self._shared.setdefault(origin, []).append(variable)
        self._unrestored = _unrestored(built, check)

    def with_built(self, built: Built | None) -> "StackStatus":
        """Return the status after another build."""
        return StackStatus(built, self._trial, self._check)

    def with_trial(self, trial: Trial | None) -> "StackStatus":
        """Return the status after another trial run."""
        return StackStatus(self._built, trial, self._check)

    def with_check(self, check: RestoreCheck | None) -> "StackStatus":
        """Return the status beside another checkpoint."""
        return StackStatus(self._built, self._trial, check)

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

    def fault_text(self, node_id: str) -> str:
        """Return why a node that was built can't be run, empty where that is not known.

        What the trial run of an earlier build found of a node holds until the next one, unless the
        node was changed: it would go and come again with each edit of another.
        """
        fault = None if self._trial is None else self._trial.fault_of(node_id)
        layer = self._layers.get(node_id)
        if fault is None or layer is None or layer.refusal is not None:
            return ""
        assert self._built is not None
        assert self._trial is not None
        if self._built.stack.node(node_id) != self._trial.stack.node(node_id):
            return ""
        return f"Built, but can't run here: {fault.message}"

    def untried_text(self, node_id: str) -> str:
        """Return why it is not known whether a node of the newest build can be run, else empty."""
        built, trial = self._built, self._trial
        if built is None or trial is None or trial.skipped is None or node_id not in self._layers:
            return ""
        if trial.stack is not built.stack or self.fault_text(node_id):
            return ""
        return f"Not tried: {trial.skipped}"

    def output(self, node_id: str) -> str:
        """Return the shapes of a node's results, empty where there are none."""
        layer = self._layers.get(node_id)
        return "" if layer is None else ", ".join(map(shape_text, layer.outputs))

    def variables(self, node_id: str) -> tuple[str, ...]:
        """Return the names of the variables that a node asked for."""
        layer = self._layers.get(node_id)
        return () if layer is None else layer.variables

    def unrestored_text(self, node_id: str) -> str:
        """Return which variables of a node the open checkpoint does not restore, a line each."""
        found = self._unrestored.get(node_id, ())
        return "\n".join(["Not restored from the open checkpoint:", *found]) if found else ""

    def shared(self, node_id: str) -> list[Variable]:
        """Return the variables that a node shares with others."""
        return self._shared.get(node_id, [])

    def label(self, node_id: str) -> str:
        """Return what a node is called, as it was built."""
        return self._labels.get(node_id, node_id)

    def sharing_text(self, node_id: str) -> str:
        """Return one line for each variable that a node shares: its name and who reads it.

        Before them stands where its ops are, where that is not where its variables are.
        """
        lines = [
            f"{variable.name} is read by {', '.join(map(self.label, variable.used_by))}"
            for variable in self.shared(node_id)
        ]
        apart = self._ops_apart.get(node_id)
        return "\n".join([apart, *lines] if apart and lines else lines)

    def naming_text(self, node_id: str) -> str:
        """Return the name that TensorFlow gave to a node, and why; empty where it gave none."""
        built = self._built
        return why_named(built, node_id) if built is not None and node_id in self.names else ""

    @cached_property
    def sharing_groups(self) -> tuple[tuple[str, ...], ...]:
        """The nodes that share variables with one another, each group once."""
        built = self._built
        users = () if built is None else (variable.used_by for variable in built.variables)
        return tuple(dict.fromkeys(used_by for used_by in users if len(used_by) > 1))


def _unrestored(built: Built | None, check: RestoreCheck | None) -> dict[str, list[str]]:
    """Return, by origin, the variables that a checkpoint does not restore, and why."""
    found: dict[str, list[str]] = {}
    if built is None or check is None or check.loads:
        return found
    users = {variable.name: variable.used_by for variable in built.variables}
    for row in check.variables:
        if row.outcome is not Restore.RESTORED:
            for origin in users.get(row.wanted.name, ()):
                found.setdefault(origin, []).append(f"{row.wanted.name}: {row.words}")
    return found


def _ops_apart(built: Built) -> Iterator[tuple[str, str]]:
    """Yield the layers whose ops are in another scope than their variables, and words for it."""
    for request in built.ledger:
        if request.scope != request.name_scope:
            words = f"Its ops are in {request.name_scope}, its variables in {request.scope}"
            yield request.origin, words


def shape_text(shape: tuple[int | None, ...] | None) -> str:
    """Return a shape as people write it, such as ``[?, 28, 28, 1]``."""
    if shape is None:
        return "unknown shape"
    return "[" + ", ".join("?" if size is None else str(size) for size in shape) + "]"
