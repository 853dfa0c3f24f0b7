"""Suggests which tensor of one set is which of another where their names differ."""

import re
from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

from core.name_rules import Rule, renamed
from core.named_tensors import NamedTensors, Part, TensorInfo
from core.role_words import natural, role_of
from core.shape_steps import step_between

# Pairs of scopes whose likeness is looked at, at most.
_MOST_COMPARED = 40_000
_SURE = 1.0
_remembered = lru_cache(2**16)


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A pair of tensors that may be the same.

    Attributes:
        reason: Why they may be.
        confidence: How sure that is, from 0 to 1.
    """

    left: str
    right: str
    reason: str
    confidence: float


@dataclass(frozen=True, slots=True)
class Proposal:
    """A pair of tensors of which one can be made of the other by a known step; not in the map.

    Attributes:
        step: What the step is.
        code: What does it, as an expression of ``value``.
    """

    left: str
    right: str
    step: str
    code: str
    reason: str
    confidence: float


@dataclass(frozen=True, slots=True)
class Suggestions:
    """What was found out about two sets of tensors."""

    pairs: tuple[Suggestion, ...]
    proposals: tuple[Proposal, ...]
    unmatched_left: tuple[str, ...]
    unmatched_right: tuple[str, ...]

    @property
    def map(self) -> dict[str, str]:
        """The names of the left side, and those of the right."""
        return {pair.left: pair.right for pair in self.pairs}


def suggest(left: NamedTensors, right: NamedTensors, rules: Sequence[Rule] = ()) -> Suggestions:
    """Return which tensors of one set may be which of another. Only equal forms are paired.

    Args:
        left: One set.
        right: The other.
        rules: What makes a name of the right of one of the left; they go before all guesses.
    """
    matching = _Matching(left, right)
    if rules:
        found = tuple(rules)
        words = ", ".join(rule.text for rule in found)
        matching.pair_equal(
            lambda t: renamed(t.name, found), _name, lambda _: f"the rule {words}", _SURE
        )
    matching.pair_equal(_name, _name, lambda _: "the same name", _SURE)
    matching.pair_equal(
        _own_name, _own_name, lambda t: f"the variable's name is {_own_name(t)}", _SURE
    )
    matching.pair_equal(_scope_and_role, _scope_and_role, _same_role, 0.95)
    for one, other in ((_inner, _inner), (_scope_and_role, _inner), (_inner, _scope_and_role)):
        matching.pair_equal(one, other, lambda _: "the same but for the outermost scope", 0.9)
    matching.pair_scopes()
    matching.pair_equal(_role_and_form, _role_and_form, _only_of_role, 0.6)
    matching.pair_equal(_form, _form, _only_of_form, 0.4)
    matching.pair_slots()
    matching.propose_steps()
    return matching.result()


class _Matching:
    """Two sets of tensors on the way to being paired: surer ways first, each once."""

    def __init__(self, left: NamedTensors, right: NamedTensors) -> None:
        self._left, self._right = left.tensors, right.tensors
        self._pairs: dict[str, Suggestion] = {}
        self._taken: set[str] = set()
        self._proposals: list[Proposal] = []

    def pair_equal(
        self,
        left_key: Callable[[TensorInfo], Hashable],
        right_key: Callable[[TensorInfo], Hashable],
        reason: Callable[[TensorInfo], str],
        confidence: float,
    ) -> None:
        """Pair what has the same key and the same form, where there is one of it on each side.

        What has the key None is left alone.
        """
        rights = _grouped(self._free_right(), right_key)
        for key, lefts in _grouped(self._free_left(), left_key).items():
            others = [] if key is None else rights.get(key, [])
            if len(lefts) == len(others) == 1 and lefts[0].form == others[0].form:
                self._pair(lefts[0], others[0], reason(lefts[0]), confidence)

    def pair_scopes(self) -> None:
        """Pair scopes that have the same roles in the same forms."""
        lefts = _by_contents(self._variables(self._free_left()))
        rights = _by_contents(self._variables(self._free_right()))
        for contents, scopes in lefts.items():
            others = rights.get(contents, [])
            only = len(scopes) == len(others) == 1
            for one, other, sure in _scope_pairs(scopes, others):
                why = "the only scopes with these roles and shapes" if only else sure[0]
                for role, tensor in one.tensors.items():
                    words = (
                        f"{why}: {one.name or 'the root'} and {other.name or 'the root'}, {role}"
                    )
                    self._pair(tensor, other.tensors[role], words, 0.85 if only else sure[1])

    def pair_slots(self) -> None:
        """Pair the slots of the variables that were paired."""
        slots = {
            (tensor.slot_of, tensor.slot): tensor
            for tensor in self._free_right()
            if tensor.part is Part.SLOT
        }
        for tensor in list(self._free_left()):
            owner = self._pairs.get(tensor.slot_of or "")
            if tensor.part is Part.SLOT and owner is not None:
                other = slots.get((owner.right, tensor.slot))
                if other is not None and other.form == tensor.form:
                    reason = f"the slot {tensor.slot} of what is paired"
                    self._pair(tensor, other, reason, owner.confidence)

    def propose_steps(self) -> None:
        """Propose pairs of which a known step leads from one shape to the other."""
        rights = list(self._variables(self._free_right()))
        keys: list[tuple[Callable[[TensorInfo], Hashable], str, float]] = [
            (_own_name, "the same name", 0.8),
            (_scope_and_role, "the same scope and role", 0.7),
            (_role, "the only ones of their role", 0.4),
        ]
        proposed: set[str] = set()
        taken: set[str] = set()
        for key, reason, confidence in keys:
            others = _grouped((t for t in rights if t.name not in taken), key)
            lefts = (t for t in self._variables(self._free_left()) if t.name not in proposed)
            for found, tensors in _grouped(lefts, key).items():
                for one, other in _stepwise(tensors, others.get(found, [])):
                    step = step_between(one.shape, other.shape)
                    assert step is not None
                    code = step.code(other.shape)
                    self._proposals.append(
                        Proposal(one.name, other.name, step.words, code, reason, confidence)
                    )
                    proposed.add(one.name)
                    taken.add(other.name)

    def result(self) -> Suggestions:
        """Return what was found."""
        return Suggestions(
            tuple(self._pairs[name] for name in self._left if name in self._pairs),
            tuple(self._proposals),
            tuple(tensor.name for tensor in self._free_left()),
            tuple(tensor.name for tensor in self._free_right()),
        )

    def _pair(self, left: TensorInfo, right: TensorInfo, reason: str, confidence: float) -> None:
        self._pairs[left.name] = Suggestion(left.name, right.name, reason, confidence)
        self._taken.add(right.name)

    def _free_left(self) -> Iterator[TensorInfo]:
        return (found for found in self._left.values() if found.name not in self._pairs)

    def _free_right(self) -> Iterator[TensorInfo]:
        return (found for found in self._right.values() if found.name not in self._taken)

    def _variables(self, tensors: Iterable[TensorInfo]) -> Iterator[TensorInfo]:
        return (found for found in tensors if found.part is Part.VARIABLE)


@dataclass(frozen=True, slots=True)
class _Scope:
    """The tensors of one scope by their roles."""

    name: str
    tensors: dict[str, TensorInfo]


def _by_contents(tensors: Iterable[TensorInfo]) -> dict[Hashable, list[_Scope]]:
    """Return scopes by the roles and forms in them, dense_2 before dense_10."""
    scopes: dict[str, dict[str, TensorInfo]] = defaultdict(dict)
    twice = set()
    for tensor in tensors:
        scope, role = _scope_and_role(tensor)
        if role in scopes[scope]:
            twice.add(scope)  # two of one role can't be told apart
        scopes[scope][role] = tensor
    found: dict[Hashable, list[_Scope]] = defaultdict(list)
    # A checkpoint has names in the order of the alphabet; numbers tell that of creation.
    for name in sorted(scopes.keys() - twice, key=natural):
        contents = frozenset((role, t.form) for role, t in scopes[name].items())
        found[contents].append(_Scope(name, scopes[name]))
    return found


_Certainty = tuple[str, float]


def _scope_pairs(
    lefts: list[_Scope], rights: list[_Scope]
) -> Iterator[tuple[_Scope, _Scope, _Certainty]]:
    """Yield pairs of scopes with the same contents.

    Words tell them apart. Numbers do only where there are more scopes on one side, because one
    side may count from 0 or from nothing (dense, dense_1) and the other from 1 (fc1, fc2).
    """
    sure = ("scopes of the same contents with the most words in common", 0.7)
    for one, other in list(_most_alike(lefts, rights, _words)):
        yield one, other, sure
        lefts = [scope for scope in lefts if scope is not one]
        rights = [scope for scope in rights if scope is not other]
    if len(lefts) == len(rights):
        for one, other in zip(lefts, rights, strict=True):
            yield one, other, ("scopes of the same contents, in order", 0.5)
        return
    for one, other in _most_alike(lefts, rights, _words_and_numbers):
        yield one, other, ("scopes of the same contents with the most in common", 0.5)


def _most_alike(
    lefts: list[_Scope], rights: list[_Scope], parts: Callable[[str], frozenset[str]]
) -> Iterator[tuple[_Scope, _Scope]]:
    """Yield the pairs of which each is like the other more than like any third."""
    if len(lefts) * len(rights) > _MOST_COMPARED:
        return
    score = {
        (one.name, other.name): _likeness(parts(one.name), parts(other.name))
        for one in lefts
        for other in rights
    }
    for one in lefts:
        best = _best(rights, [score[one.name, other.name] for other in rights])
        if best is not None:
            back = _best(lefts, [score[it.name, best.name] for it in lefts])
            if back is one:
                yield one, best


def _best(scopes: list[_Scope], scores: list[float]) -> _Scope | None:
    """Return the scope with the highest score, None where two have it or none has any."""
    highest = max(scores, default=0.0)
    if highest <= 0 or scores.count(highest) > 1:
        return None
    return scopes[scores.index(highest)]


def _likeness(one: frozenset[str], other: frozenset[str]) -> float:
    """Return how much two names have in common, from 0 to 1."""
    return len(one & other) / max(len(one | other), 1)


@_remembered
def _words(name: str) -> frozenset[str]:
    return frozenset(re.findall(r"[a-z]+", name.lower()))


@_remembered
def _words_and_numbers(name: str) -> frozenset[str]:
    return frozenset(re.findall(r"[a-z]+|\d+", name.lower()))


def _stepwise(
    lefts: list[TensorInfo], rights: list[TensorInfo]
) -> Iterator[tuple[TensorInfo, TensorInfo]]:
    """Yield the pairs between which a known step leads, where each leads to one only."""
    for one in lefts:
        leads = [
            other
            for other in rights
            if other.dtype == one.dtype and step_between(one.shape, other.shape)
        ]
        if len(leads) == 1:
            back = [it for it in lefts if it.dtype == one.dtype]
            if sum(step_between(it.shape, leads[0].shape) is not None for it in back) == 1:
                yield one, leads[0]


def _grouped(
    tensors: Iterable[TensorInfo], key: Callable[[TensorInfo], Hashable]
) -> dict[Hashable, list[TensorInfo]]:
    found = defaultdict(list)
    for tensor in tensors:
        found[key(tensor)].append(tensor)
    return found


def _name(tensor: TensorInfo) -> str:
    return tensor.name


def _own_name(tensor: TensorInfo) -> str:
    """Return a variable's own name, which in TensorFlow 2's checkpoints isn't its key."""
    return tensor.variable or tensor.name


def _role(tensor: TensorInfo) -> str:
    return _scope_and_role(tensor)[1]


def _scope_and_role(tensor: TensorInfo) -> tuple[str, str]:
    scope, _, last = _own_name(tensor).rpartition("/")
    if tensor.part is Part.SLOT:
        return scope, last
    return scope, role_of(last) or last


def _same_role(tensor: TensorInfo) -> str:
    scope, role = _scope_and_role(tensor)
    return f"the same scope {scope or '(the root)'} and the role {role}"


def _inner(tensor: TensorInfo) -> tuple[str, str] | None:
    """Return a tensor's scope without the outermost one, and its role."""
    scope, role = _scope_and_role(tensor)
    return (scope.partition("/")[2], role) if scope else None


def _role_and_form(tensor: TensorInfo) -> Hashable:
    return (_role(tensor), tensor.form) if _is_guessed(tensor) else None


def _form(tensor: TensorInfo) -> Hashable:
    return (tensor.part, tensor.form) if _is_guessed(tensor) else None


def _is_guessed(tensor: TensorInfo) -> bool:
    """Tell whether a form alone may tell a tensor: slots follow their variables instead."""
    return tensor.part in (Part.VARIABLE, Part.STEP)


def _only_of_role(tensor: TensorInfo) -> str:
    return f"the only ones left of shape {list(tensor.shape)} in the role {_role(tensor)}"


def _only_of_form(tensor: TensorInfo) -> str:
    return f"the only ones left of shape {list(tensor.shape)}"
