"""In which order layers may stand: a checkpoint's index is sorted by name, so that one is lost."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from core.layer_draft import DENSE, EMBEDDING, Draft
from core.role_words import natural

# Scopes that are deeper are written as one, with slashes in its name: Python takes no program with
# more than 20 blocks in one another.
_DEEPEST = 8
# Among more than these the order of the names is kept.
_MOST_COMPARED = 200
_FIRST = frozenset(
    ("input", "inputs", "embed", "embedding", "embeddings", "stem", "encoder", "encode", "enc")
)
_LATER = frozenset(("decoder", "decode", "dec", "discriminator", "critic"))
_LAST = frozenset(
    (
        *("output", "outputs", "out", "logit", "logits", "head", "heads", "prediction"),
        *("predictions", "classifier", "final", "softmax", "pooler"),
    )
)
_TURNS = (_FIRST, frozenset[str](), _LATER, _LAST)


@dataclass(slots=True)
class Branch:
    """A scope: the layers of one name that stand in it first, and what is in the scope itself.

    Attributes:
        name: The scope's name, which the layers have too.
        drafts: Layers of that name, that stand before the scope.
        parts: What is in the scope, by name.
    """

    name: str = ""
    drafts: list[Draft] = field(default_factory=list)
    parts: dict[str, "Branch"] = field(default_factory=dict)

    def layers(self) -> Iterator[Draft]:
        """Yield its layers and those in its scope, in order."""
        yield from self.drafts
        for part in self.parts.values():
            yield from part.layers()


def in_order(drafts: Iterable[Draft]) -> Branch:
    """Return layers in their scopes, in a plausible order: what one gives is taken by the next."""
    root = Branch()
    for draft in drafts:
        branch = root
        for name in (*_scope_names(draft.path), draft.name):
            branch = branch.parts.setdefault(name, Branch(name))
        branch.drafts.append(draft)
    _sort(root)
    return root


def _scope_names(path: tuple[str, ...]) -> tuple[str, ...]:
    if len(path) <= _DEEPEST:
        return path
    kept = _DEEPEST - 1
    return (*path[:kept], "/".join(path[kept:]))


def _sort(branch: Branch) -> None:
    branch.drafts.sort(key=_place_of_kind)
    for part in branch.parts.values():
        _sort(part)
    pieces = sorted(map(_Piece, branch.parts.values()), key=lambda piece: (piece.turn, piece.place))
    branch.parts = {piece.branch.name: piece.branch for piece in _chained(pieces)}


def _place_of_kind(draft: Draft) -> tuple[bool, tuple[tuple[int, str], ...]]:
    """Return where a layer stands among those of its name: norms and the like behind kernels."""
    tensor = draft.tensors[0].name
    return draft.gives is None, natural(tensor.lower())


class _Piece:
    """Something that is put in order as a whole: what it takes first and what it gives last.

    Attributes:
        turn: When it comes as far as words tell; 0 where they tell nothing.
        attaches: Whether it keeps the size of what it is given, as a normalization does.
        stem: What those have in common that stay in the order of their numbers.
        rank: How many dimensions a convolution gives; None where none is the last to give any.
    """

    def __init__(self, branch: Branch) -> None:
        self.branch = branch
        chained = [draft for draft in branch.layers() if draft.takes or draft.kind == EMBEDDING]
        self.first = chained[0] if chained else None
        given = [draft for draft in chained if not draft.alone]
        self.gives = _given(given)
        self.rank = next((d.rank for d in reversed(given) if d.gives is not None), None)
        words = set(re.findall("[a-z]+", branch.name.lower()))
        turns = [number for number, found in enumerate(_TURNS, -1) if words & found]
        self.turn = max(turns, default=0)
        self.place = natural(branch.name.lower())
        stem = re.sub(r"\d+", "#", branch.name.lower())
        self.attaches = all(draft.gives is None for draft in branch.layers())
        # A normalization of another size belongs elsewhere, whatever its number.
        self.stem = (stem, self.first.takes) if self.attaches and self.first else (stem, ())

    def feeds(self, other: "_Piece") -> bool:
        """Tell whether another takes what only comes of this one's work."""
        return self is not other and not self.attaches and _fits(self, other)


def _given(drafts: list[Draft]) -> int | None:
    """Return the size of the last dimension of what comes out of the last of some layers."""
    for draft in reversed(drafts):
        if draft.gives is not None or draft.takes:
            return draft.gives if draft.gives is not None else draft.takes[-1]
    return None


def _chained(pieces: list[_Piece]) -> Iterator[_Piece]:
    """Yield pieces so that each takes what the one before it gives, where one of them does.

    Those whose names differ in numbers only are left in order, and what takes nothing comes last.
    """
    if len(pieces) > _MOST_COMPARED:
        yield from pieces
        return
    chaining = _Chaining([piece for piece in pieces if piece.first is not None])
    while chaining.left:
        yield chaining.take()
    yield from (piece for piece in pieces if piece.first is None)


class _Chaining:
    """Pieces that are to be put behind one another.

    Attributes:
        left: Those that are not yet, in the order of their names.
    """

    def __init__(self, pieces: list[_Piece]) -> None:
        self.left = dict.fromkeys(pieces)
        self._last: _Piece | None = None
        # Those that could take the result of one that is placed, and how many others have one.
        self._served: set[_Piece] = set()
        self._feeders = {it: sum(other.feeds(it) for other in pieces) for it in pieces}

    def take(self) -> _Piece:
        """Return the piece that comes next."""
        heads = {piece.stem: piece for piece in reversed(self.left)}.values()
        chosen = min(heads, key=self._place)
        del self.left[chosen]
        if chosen.attaches and self._last is not None:
            chosen.rank = self._last.rank
        for piece in self.left:
            if _fits(chosen, piece) and not _ends(chosen, piece):
                self._served.add(piece)
            self._feeders[piece] -= chosen.feeds(piece)
        self._last = chosen
        return chosen

    def _place(self, piece: _Piece) -> tuple[object, ...]:
        waits = self._feeders[piece] > 0
        how_well = self._how_well(piece)
        return max(piece.turn, 0), how_well, waits, piece.turn, piece.attaches, piece.place

    def _how_well(self, piece: _Piece) -> int:
        """Return how well a piece stands behind the last one, the best first.

        A normalization stands behind a kernel. What takes an earlier result, as a shortcut does,
        goes before a dense layer that ends the convolutions.
        """
        before = self._last
        if before is None or not _fits(before, piece):
            return 2 if piece in self._served else 5
        if piece.attaches:
            return 3 if before.attaches else 0
        return 4 if _ends(before, piece) else 1


def _ends(before: _Piece, piece: _Piece) -> bool:
    """Tell whether a piece is the first that takes what is spatial for what is not."""
    return before.rank is not None and piece.rank is None and not piece.attaches


def _fits(before: _Piece, piece: _Piece) -> bool:
    """Tell whether a piece can take what comes out of another."""
    first = piece.first
    assert first is not None
    if first.alone or not first.takes or before.gives is None:
        return False
    size = first.takes[-1]
    if first.kind == DENSE and before.rank is not None:
        return side_of(size, before.gives, before.rank - 2) is not None
    if first.rank is not None and before.rank is None:
        return unfolds(before.gives, first)
    return size == before.gives


def unfolds(size: int, draft: Draft) -> bool:
    """Tell whether so many values in one dimension may be what a convolution takes.

    A single pixel is that to a transposed convolution only.
    """
    assert draft.rank is not None
    side = side_of(size, draft.takes[-1], draft.rank - 2)
    return side is not None and (side > 1 or draft.kind.endswith("transpose"))


def side_of(size: int, channels: int, dimensions: int) -> int | None:
    """Return how long each of so many dimensions is where `size` values have so many channels.

    None where that is no whole number.
    """
    if channels < 1 or size % channels or dimensions < 1:
        return 1 if size == channels else None
    side = round((size // channels) ** (1 / dimensions))
    return side if side**dimensions * channels == size else None
