"""What layers put into the collections that only a training program makes use of."""

from typing import Any

# TensorFlow's own names of the two.
UPDATE_OPS, LOSSES = "update_ops", "regularization_losses"


class Collected:
    """Writes down which origin put what into a graph's update ops and regularization losses."""

    def __init__(self, graph: Any) -> None:
        self._graph = graph
        self._seen = dict.fromkeys((UPDATE_OPS, LOSSES), 0)
        self._found: dict[tuple[str, str], list[Any]] = {}

    def note(self, origin: str | None) -> None:
        """Take what is new in the collections as the origin's."""
        there = self._graph.get_all_collection_keys()
        for key, seen in self._seen.items():
            # Asking for a collection that isn't there would make it.
            items = self._graph.get_collection_ref(key) if key in there else []
            if len(items) > seen:
                self._found.setdefault((str(origin), key), []).extend(items[seen:])
                self._seen[key] = len(items)

    def names(self, origin: str, key: str) -> tuple[str, ...]:
        """Return the names of what an origin put into a collection."""
        return tuple(_op(item).name for item in self._found.get((origin, key), ()))

    def idle(self, origin: str) -> frozenset[str]:
        """Return the names of those in both that no op of the graph takes or waits for."""
        return frozenset(
            op.name
            for key in self._seen
            for op in map(_op, self._found.get((origin, key), ()))
            if not _is_used(op)
        )


def _op(item: Any) -> Any:
    return getattr(item, "op", item)


def _is_used(op: Any) -> bool:
    # TensorFlow has no public word for the ops that wait for one.
    return bool(op._control_outputs) or any(output.consumers() for output in op.outputs)
