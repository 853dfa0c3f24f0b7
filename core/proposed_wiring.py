"""What layers take their inputs from where nothing tells, and the nodes that it needs."""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import Any

from core.layer_draft import DENSE, EMBEDDING, VARIABLE, Draft
from core.proposed_order import Branch, side_of, unfolds
from core.stack import Layer, Node, Scope, freeze

_HALVES = ("float16", "bfloat16")
# How many results that nothing takes yet are looked at, to be joined.
_MOST_JOINED = 16
# How long a dimension is that nothing tells of, by how many of them there are.
_EXTENTS = {1: 16, 2: 32, 3: 16}


@dataclass(slots=True, eq=False)
class _Extent:
    """How long a dimension is; it may turn out late."""

    size: int | None
    default: int = 1

    def fix(self, size: int) -> bool:
        """Have it this long where nothing else said otherwise; return whether it is."""
        if self.size is None:
            self.size = size
        return self.size == size


@dataclass(frozen=True, slots=True)
class _Value:
    """What a node gives: [batch, *extents, channels]; `extents` None stands for no dimensions."""

    id: str
    dtype: str
    channels: int
    extents: tuple[_Extent, ...] = ()

    @property
    def rank(self) -> int:
        return len(self.extents) + 2


@dataclass(slots=True)
class _Made:
    """A node on the way; its arguments may have extents in them."""

    layer: Layer
    arguments: dict[str, Any] = field(default_factory=dict)


class Wiring:
    """Gives layers their inputs, one after the other.

    Attributes:
        drafts: The layers that each node of the stack is there for, by the node's id.
    """

    def __init__(self, taken: frozenset[str]) -> None:
        """Start with no node; `taken` are names that inputs may not have, in lower case."""
        self.drafts: dict[str, tuple[Draft, ...]] = {}
        self._taken = set(taken)
        self._inputs: list[_Made] = []
        self._value: _Value | None = None
        self._given: dict[tuple[str, int, int], _Value] = {}
        # Results that nothing takes yet, in order.
        self._loose: dict[str, _Value] = {}
        self._nothing: str | None = None
        # What tables gave last, as long as no other layer has taken it.
        self._looked_up: _Value | None = None
        self._count = 0

    def nodes(self, root: Branch) -> tuple[Node, ...]:
        """Return the nodes of a stack of these layers, its inputs first."""
        made = self._contents(root)
        inputs = [self._finished(found) for found in self._inputs]
        return tuple(_Chain().nodes((*inputs, *self._finish_all(made))))

    def _contents(self, branch: Branch) -> list["_Made | tuple[Branch, list[Any]]"]:
        found: list[_Made | tuple[Branch, list[Any]]] = []
        for part in branch.parts.values():
            for draft in part.drafts:
                found += self._connected(draft)
            if part.parts:
                found.append((part, self._contents(part)))
        return found

    def _finish_all(self, made: list[Any]) -> Iterator[Node]:
        for found in made:
            if isinstance(found, _Made):
                yield self._finished(found)
            else:
                branch, inner = found
                scope = Scope(self._new_id(), branch.name, nodes=tuple(self._finish_all(inner)))
                inside = (draft for part in branch.parts.values() for draft in part.layers())
                self.drafts[scope.id] = tuple(inside)
                yield scope

    def _finished(self, made: _Made) -> Layer:
        return replace(made.layer, arguments=_sized(made.arguments))

    def _connected(self, draft: Draft) -> list[_Made]:
        """Return a layer with its inputs, behind what brings these into shape."""
        made: list[_Made] = []
        if draft.kind != EMBEDDING:
            self._looked_up = None
        value = self._source(draft, made)
        source = self._without_value() if value is None else value.id
        layer = Layer(
            self._new_id(),
            draft.kind,
            draft.name,
            draft.construction,
            inputs=(source,),
            variables=draft.variables,
            guesses=draft.guesses,
        )
        made.append(_Made(layer, dict(draft.arguments)))
        if value is not None:
            self._loose.pop(value.id, None)
            self._note(self._result(draft, layer.id, value))
        if draft.kind == EMBEDDING:
            self._add_to_table(made)
        for found in made:
            self.drafts[found.layer.id] = (draft,)
        return made

    def _result(self, draft: Draft, layer_id: str, value: _Value) -> _Value:
        dtype = draft.tensors[0].dtype if draft.kind == EMBEDDING else value.dtype
        channels = value.channels if draft.gives is None else draft.gives
        return _Value(layer_id, dtype, channels, value.extents)

    def _add_to_table(self, made: list[_Made]) -> None:
        """Add what two tables have for the same places, such as for words and their positions."""
        value, other = self._value, self._looked_up
        assert value is not None
        if other is not None and (other.channels, other.dtype) == (value.channels, value.dtype):
            inputs = (other.id, value.id)
            layer = Layer(self._new_id(), "add", inputs=inputs)
            made.append(_Made(layer))
            for found in inputs:
                self._loose.pop(found, None)
            self._note(replace(value, id=layer.id))
        self._looked_up = self._value

    def _source(self, draft: Draft, made: list[_Made]) -> _Value | None:
        """Return what a layer takes, None for a variable that is added to nothing."""
        if draft.kind == EMBEDDING:
            return self._new_ids()
        value = self._value
        if draft.kind == VARIABLE:
            return value if value is not None and _broadcasts(draft, value) else None
        if len(draft.takes) > 1:
            return self._new_input(draft)
        if value is not None and _takes_type(draft, value.dtype):
            found = self._adapted(draft, value, made)
            if found is not None:
                return found
        return self._joined(draft, made) or self._earlier(draft) or self._new_input(draft)

    def _joined(self, draft: Draft, made: list[_Made]) -> _Value | None:
        """Return results that nothing takes yet as one, where together they have the right size.

        So the branches of a block, or two towers, come together.
        """
        (size,) = draft.takes
        left, chosen = size, list[_Value]()
        for value in list(self._loose.values())[: -_MOST_JOINED - 1 : -1]:
            like = (chosen or [value])[0]
            fits = draft.rank in (None, value.rank) and _takes_type(draft, value.dtype)
            flat = draft.kind != DENSE or value.rank < 4
            alike = (value.dtype, value.extents) == (like.dtype, like.extents)
            if fits and flat and alike and value.channels <= left:
                chosen.insert(0, value)
                left -= value.channels
        if left or len(chosen) < 2:
            return None
        ids = tuple(value.id for value in chosen)
        layer = Layer(self._new_id(), "concat", inputs=ids, guesses=("axis",))
        made.append(_Made(layer))
        for found in ids:
            del self._loose[found]
        return replace(chosen[0], id=layer.id, channels=size)

    def _adapted(self, draft: Draft, value: _Value, made: list[_Made]) -> _Value | None:
        """Return a value in the shape that a layer takes, None where nothing plausible leads there.

        What it needs for that is put behind `made`.
        """
        (size,) = draft.takes
        if draft.kind == DENSE and value.rank > 2:
            if value.rank == 3 and value.channels == size:
                return value
            return self._flat(size, value, made)
        if draft.rank in (None, value.rank):
            return value if value.channels == size else None
        if value.rank == 2:
            unfolded = unfolds(value.channels, draft)
            return self._reshaped(size, draft.rank, value, made) if unfolded else None
        return None

    def _flat(self, size: int, value: _Value, made: list[_Made]) -> _Value | None:
        """Return a value with so many values in one dimension."""
        dimensions = len(value.extents)
        side = side_of(size, value.channels, dimensions)
        if side is None or (dimensions > 1 and len(set(map(id, value.extents))) > 1):
            return None
        extent = value.extents[0]
        pooled = side == 1 and dimensions > 1 and extent.size != 1
        if not pooled and not extent.fix(side):
            return None
        if pooled:
            kind = f"average_pooling{dimensions}d"
            arguments = {"pool_size": extent, "strides": extent}
            value = self._helper(kind, arguments, ("pool_size", "strides"), value, made)
        return replace(self._helper("flatten", {}, (), value, made), channels=size, extents=())

    def _reshaped(
        self, channels: int, rank: int, value: _Value, made: list[_Made]
    ) -> _Value | None:
        side = side_of(value.channels, channels, rank - 2)
        if side is None:
            return None
        shape = (-1, *[side] * (rank - 2), channels)
        found = self._helper("reshape", {"shape": shape}, ("shape",), value, made)
        found = replace(found, channels=channels, extents=(_Extent(side),) * (rank - 2))
        self._note(found)
        return found

    def _helper(
        self,
        kind: str,
        arguments: dict[str, Any],
        guesses: tuple[str, ...],
        value: _Value,
        made: list[_Made],
    ) -> _Value:
        """Put a layer without variables behind a value; return what it gives."""
        construction = None if kind == "reshape" else "layers"
        layer = Layer(self._new_id(), kind, None, construction, inputs=(value.id,), guesses=guesses)
        made.append(_Made(layer, arguments))
        self._loose.pop(value.id, None)
        return replace(value, id=layer.id)

    def _earlier(self, draft: Draft) -> _Value | None:
        """Return the last value that a layer could take as it is."""
        ranks = (2, 3, 4, 5) if draft.is_norm else (2, 3)
        for rank in ranks if draft.rank is None else (draft.rank,):
            found = self._given.get((draft.dtype, rank, draft.takes[0]))
            if found is not None:
                return found
        return None

    def _new_input(self, draft: Draft) -> _Value:
        *sizes, channels = draft.takes
        count = 0 if draft.rank is None else draft.rank - 2
        extent = _Extent(None, _EXTENTS.get(count, 1))
        extents = tuple(map(_Extent, sizes)) if sizes else (extent,) * count
        value = _Value("", draft.dtype, channels, extents)
        return self._input(value, (None, *extents, channels), draft.dtype, ("shape",))

    def _new_ids(self) -> _Value:
        if self._looked_up is None:
            extent = _Extent(None, _EXTENTS[1])
        else:
            (extent,) = self._looked_up.extents
        value = _Value("", "int32", 1, (extent,))
        return self._input(value, (None, extent), "int32", ("shape", "dtype"), "ids")

    def _without_value(self) -> str:
        """Return the id of an input of one number, to which any variable can be added."""
        if self._nothing is None:
            value = _Value("", "float32", 1)
            self._nothing = self._input(value, (), "float32", ("shape",), "number").id
        return self._nothing

    def _input(
        self,
        value: _Value,
        shape: tuple[Any, ...],
        dtype: str,
        guesses: tuple[str, ...],
        name: str = "input",
    ) -> _Value:
        from core.commands import free_name

        name = free_name(name, self._taken)
        self._taken.add(name)
        layer = Layer(self._new_id(), "input", name, guesses=guesses)
        arguments = {"shape": shape} | ({} if dtype == "float32" else {"dtype": dtype})
        self._inputs.append(_Made(layer, arguments))
        value = replace(value, id=layer.id)
        if dtype != "int32" and shape:
            self._given[value.dtype, value.rank, value.channels] = value
        return value

    def _note(self, value: _Value) -> None:
        self._value = value
        self._loose[value.id] = value
        self._given[value.dtype, value.rank, value.channels] = value

    def _new_id(self) -> str:
        self._count += 1
        return f"n{self._count}"


class _Chain:
    """Leaves out the inputs of layers that take what stands before them anyway."""

    def __init__(self) -> None:
        self._before: str | None = None

    def nodes(self, nodes: tuple[Node, ...]) -> Iterator[Node]:
        for node in nodes:
            if isinstance(node, Scope):
                yield replace(node, nodes=tuple(self.nodes(node.nodes)))
                continue
            implied = node.inputs is not None and node.inputs == (self._before,)
            self._before = node.id
            yield replace(node, inputs=None) if implied else node


def _broadcasts(draft: Draft, value: _Value) -> bool:
    """Tell whether a variable can be added to a value without changing its shape."""
    if draft.alone or draft.dtype != value.dtype or len(draft.takes) > value.rank - 1:
        return False
    if not draft.takes:
        return True
    *sizes, last = draft.takes
    if last not in (1, value.channels):
        return False
    extents = value.extents[len(value.extents) - len(sizes) :]
    pairs = [pair for pair in zip(sizes, extents, strict=True) if pair[0] != 1]
    if len({size for size, _ in pairs}) > 1 and len(set(map(id, extents))) == 1:
        return False
    fits = all(extent.size in (None, size) for size, extent in pairs)
    return fits and all(extent.fix(size) for size, extent in pairs)


def _takes_type(draft: Draft, dtype: str) -> bool:
    return draft.dtype == dtype or (draft.is_norm and draft.dtype == "float32" and dtype in _HALVES)


def _sized(value: Any) -> Any:
    """Return arguments with the sizes of extents in their place."""
    match value:
        case _Extent():
            return value.default if value.size is None else value.size
        case tuple():
            return tuple(map(_sized, value))
        case dict():
            return {key: _sized(found) for key, found in value.items()}
    return freeze(value)
