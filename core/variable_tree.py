"""Variables as a tree, nested by the scopes in their names, and what of it a search keeps."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import accumulate, compress
from typing import Protocol

from core.name_search import SearchError, expression_in

TOP = -1
# The totals of 50,000 variables take 40 ms, too long for each key of a search.
_SUMMED_AT_ONCE = 1000


class Row(Protocol):
    """What stands in a tree: a variable of a build, or a tensor of a checkpoint."""

    @property
    def name(self) -> str:
        """Its name, with the scopes around it."""

    @property
    def parameters(self) -> int:
        """Its number of values."""

    @property
    def itemsize(self) -> int:
        """The size of a value in bytes."""

    @property
    def bytes(self) -> int:
        """The size of its values."""

    @property
    def used_by(self) -> tuple[str, ...]:
        """Ids of the layers that use it, where that is known."""


@dataclass(frozen=True, slots=True)
class Sums:
    """What the variables of a scope come to; bytes are those of their values."""

    variables: int
    parameters: int
    bytes: int


@dataclass(frozen=True, eq=False)
class VariableTree:
    """Scopes and variables in reading order: a scope stands before all that is in it.

    A node is called by its number, its position in these tuples. A scope stands where its first
    variable was created. The tuples hold one entry for each node, because at 50,000 variables
    that is several times faster than an object for each.

    Attributes:
        keys: The full name; that of a scope ends with a slash, so that `a` and `a/` can be both.
        parents: The number of the scope around it, or `TOP`.
        ends: The number behind the last node in it.
        variables: The variable, or None for a scope.
    """

    keys: tuple[str, ...] = ()
    parents: tuple[int, ...] = ()
    ends: tuple[int, ...] = ()
    variables: tuple[Row | None, ...] = ()

    def __len__(self) -> int:
        """Return the number of scopes and variables."""
        return len(self.keys)

    def name(self, node: int) -> str:
        """Return the last part of a node's name."""
        return self.keys[node].removesuffix("/").rpartition("/")[2]

    def children(self, node: int) -> tuple[int, ...]:
        """Return the nodes that stand in a scope, or at the `TOP`."""
        found = self._children.get(node)
        if found is None:
            found = self._children[node] = tuple(self._walk_children(node))
        return found

    def row(self, node: int) -> int:
        """Return which child of its parent a node is."""
        row = self._rows.get(node)
        if row is None:
            siblings = self.children(self.parents[node])
            self._rows.update((sibling, at) for at, sibling in enumerate(siblings))
            row = self._rows[node]
        return row

    def below(self, node: int) -> tuple[Row, ...]:
        """Return the variables in a scope, or a variable itself, in reading order."""
        variables = self.variables[node : self.ends[node]]
        return tuple(variable for variable in variables if variable is not None)

    def sums(self, node: int) -> Sums:
        """Return what a node comes to."""
        end = self.ends[node]
        if end - node < _SUMMED_AT_ONCE:
            found = self.below(node)
            return Sums(
                len(found),
                sum(variable.parameters for variable in found),
                sum(variable.bytes for variable in found),
            )
        variables, parameters, size = (totals[end] - totals[node] for totals in self._totals)
        return Sums(variables, parameters, size)

    @cached_property
    def numbers(self) -> dict[str, int]:
        """The number of each key."""
        return {key: node for node, key in enumerate(self.keys)}

    @cached_property
    def scopes(self) -> tuple[int, ...]:
        """The numbers of all scopes, in reading order."""
        return tuple(node for node, found in enumerate(self.variables) if found is None)

    def ancestors(self, node: int) -> Iterator[int]:
        """Yield the scopes around a node, the innermost first."""
        node = self.parents[node]
        while node != TOP:
            yield node
            node = self.parents[node]

    def _walk_children(self, node: int) -> Iterator[int]:
        child = node + 1
        end = len(self) if node == TOP else self.ends[node]
        while child < end:
            yield child
            child = self.ends[child]

    # Filled as scopes are opened: a view never asks for most of them.
    @cached_property
    def _children(self) -> dict[int, tuple[int, ...]]:
        return {}

    @cached_property
    def _rows(self) -> dict[int, int]:
        return {}

    @cached_property
    def _totals(self) -> tuple[list[int], list[int], list[int]]:
        """Sums over the nodes before each number: a scope's sums are two of them apart."""
        found = self.variables
        parameters = [0 if variable is None else variable.parameters for variable in found]
        sizes = [
            0 if variable is None else count * variable.itemsize
            for variable, count in zip(found, parameters, strict=True)
        ]
        return (
            list(accumulate((variable is not None for variable in found), initial=0)),
            list(accumulate(parameters, initial=0)),
            list(accumulate(sizes, initial=0)),
        )

    @cached_property
    def _lower_keys(self) -> list[str]:
        """The names to search in lower case; empty for scopes, which are not searched."""
        return [
            "" if variable is None else key.lower()
            for key, variable in zip(self.keys, self.variables, strict=True)
        ]


@dataclass(frozen=True, slots=True)
class Filtered:
    """What a search found.

    Attributes:
        tree: The variables found and the scopes around them.
        problem: What is wrong with the text searched for; the tree is then the whole one.
    """

    tree: VariableTree
    problem: str | None = None


def variable_tree(variables: Sequence[Row]) -> VariableTree:
    """Return variables nested by the scopes in their names."""
    contents: dict[str, list[str | Row]] = {"": []}

    def open_scope(scope: str) -> list[str | Row]:
        """Return what is in a scope; it and those around it are made where they aren't there."""
        missing = []
        while scope not in contents:
            missing.append(scope)
            scope = scope[: scope.rfind("/", 0, -1) + 1]
        found = contents[scope]
        for inner in reversed(missing):
            found.append(inner)
            found = contents[inner] = []
        return found

    for variable in variables:
        name = variable.name
        open_scope(name[: name.rfind("/") + 1]).append(variable)
    return _in_reading_order(contents)


def _in_reading_order(contents: dict[str, list[str | Row]]) -> VariableTree:
    keys: list[str] = []
    parents: list[int] = []
    ends: list[int] = []
    variables: list[Row | None] = []
    # Without recursion: a name may have more slashes than Python has stack frames.
    open_scopes = [(TOP, iter(contents[""]))]
    while open_scopes:
        parent, rest = open_scopes[-1]
        for item in rest:
            parents.append(parent)
            ends.append(len(keys) + 1)
            if isinstance(item, str):
                open_scopes.append((len(keys), iter(contents[item])))
                keys.append(item)
                variables.append(None)
                break
            keys.append(item.name)
            variables.append(item)
        else:
            open_scopes.pop()
            if parent != TOP:
                ends[parent] = len(keys)
    return VariableTree(tuple(keys), tuple(parents), tuple(ends), tuple(variables))


def filtered(tree: VariableTree, text: str) -> Filtered:
    """Return the variables whose full name contains a text, whatever its case, in their scopes.

    A text between slashes is a regular expression, as in `/conv[12]/`.
    """
    text = text.strip()
    if not text:
        return Filtered(tree)
    try:
        search = expression_in(text)
    except SearchError as error:
        return Filtered(tree, str(error))
    if search is not None:
        return Filtered(_kept(tree, _where(tree, search)))
    wanted = text.lower()
    return Filtered(_kept(tree, [wanted in key for key in tree._lower_keys]))


def _where(tree: VariableTree, search: Callable[[str], object]) -> list[bool]:
    return [
        variable is not None and search(key) is not None
        for key, variable in zip(tree.keys, tree.variables, strict=True)
    ]


def _kept(tree: VariableTree, wanted: list[bool]) -> VariableTree:
    """Return the tree of the nodes that are wanted and the scopes around them."""
    parents = tree.parents
    kept = list(wanted)
    for parent in set(compress(parents, wanted)):
        scope = parent
        while scope != TOP and not kept[scope]:
            kept[scope] = True
            scope = parents[scope]
    if all(kept):
        return tree
    # How many are kept before each node, which is its new number; the last entry serves TOP.
    numbers = [*accumulate(kept, initial=0), TOP]
    return VariableTree(
        tuple(compress(tree.keys, kept)),
        tuple(map(numbers.__getitem__, compress(parents, kept))),
        tuple(map(numbers.__getitem__, compress(tree.ends, kept))),
        tuple(compress(tree.variables, kept)),
    )


def runs(tree: VariableTree, nodes: Iterable[int]) -> list[tuple[int, int]]:
    """Return nodes in reading order as runs of neighbours: the first and the last of each."""
    found: list[tuple[int, int]] = []
    for node in nodes:
        first, last = found[-1] if found else (node, TOP)
        if last != TOP and node == tree.ends[last] and tree.parents[node] == tree.parents[last]:
            found[-1] = first, node
        else:
            found.append((node, node))
    return found


def covering(tree: VariableTree, nodes: Iterable[int]) -> list[int]:
    """Return the fewest nodes that stand for the same variables, in reading order."""
    wanted = bytearray(len(tree))
    for node in nodes:
        wanted[node : tree.ends[node]] = b"\1" * (tree.ends[node] - node)
    for scope in tree.scopes:
        wanted[scope] = 0
    left = list(accumulate(wanted, initial=0))
    whole, _, _ = tree._totals
    covering = []
    end = 0
    for node, last in enumerate(tree.ends):
        if node >= end and left[last] - left[node] == whole[last] - whole[node]:
            covering.append(node)
            end = last
    return covering


def between(tree: VariableTree, first: int, end: int) -> Iterator[int]:
    """Yield the largest nodes that lie wholly between two places in reading order."""
    node = first
    while node < end:
        if tree.ends[node] <= end:
            yield node
            node = tree.ends[node]
        else:
            node += 1
