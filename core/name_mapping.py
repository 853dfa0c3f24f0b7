"""A name map as it is edited: which tensor of one side is which of the other, and why."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum
from functools import cached_property

from core.name_rules import Rule, renamed
from core.name_suggestions import Proposal, Suggestion, Suggestions, suggest
from core.named_tensors import BuiltTensors, NamedTensors, Part, TensorInfo
from core.shape_steps import AcceptedStep, Step, step_between


class Origin(StrEnum):
    """Who has paired two tensors."""

    SUGGESTION = "suggestion"
    RULE = "rule"
    FILE = "file"
    HAND = "hand"


class Problem(StrEnum):
    """Why a tensor of the right side gets nothing from the left."""

    UNMATCHED = "unmatched"
    OTHER_SHAPE = "other shape"
    OTHER_DTYPE = "other dtype"


# What a person has chosen, which neither rules nor suggestions change.
_CHOSEN = (Origin.HAND, Origin.FILE)


@dataclass(frozen=True, slots=True)
class Pair:
    """Two tensors that are paired.

    Attributes:
        reason: Why they may be the same.
        confidence: How sure that is, from 0 to 1.
        accepted: Whether the known step between their shapes is to be taken.
    """

    left: str
    right: str
    origin: Origin
    reason: str
    confidence: float = 1.0
    accepted: bool = False


@dataclass(frozen=True, slots=True)
class RulePreview:
    """What rules would do.

    Attributes:
        pairs: The names that would be paired and are not yet, left and right.
        paired: The names that are paired so already.
        changed: How many names they change, whether there is such a name on the right or not.
        clashes: Names of the right that they make of several of the left, which are not paired.
    """

    pairs: tuple[tuple[str, str], ...]
    paired: tuple[tuple[str, str], ...]
    changed: int
    clashes: Mapping[str, tuple[str, ...]]


@dataclass(frozen=True, eq=False)
class NameMapping:
    """Which tensor of the left side is which of the right; edits return another one.

    A tensor is paired at most once. An optimizer's slot is not paired by itself: it follows its
    variable. Pairs whose forms differ are kept and shown, but they are no part of what the map
    says, unless a known step leads from one shape to the other and is accepted.

    Attributes:
        left: The side whose names there are.
        right: The side whose names are wanted.
        pairs: The pairs, by the name on the right.
        rules: The rules in force.
    """

    left: NamedTensors
    right: NamedTensors
    pairs: Mapping[str, Pair] = field(default_factory=dict)
    rules: tuple[Rule, ...] = ()

    @cached_property
    def partners(self) -> Mapping[str, str]:
        """The name on the right of each on the left that is paired."""
        return {pair.left: right for right, pair in self.pairs.items()}

    @cached_property
    def lefts(self) -> Mapping[str, TensorInfo]:
        """What can be paired on the left: all but slots that follow their variable."""
        return _own(self.left)

    @cached_property
    def rights(self) -> Mapping[str, TensorInfo]:
        """The same on the right."""
        return _own(self.right)

    @cached_property
    def free(self) -> tuple[TensorInfo, ...]:
        """What of the left is not paired: variables first."""
        found = [tensor for name, tensor in self.lefts.items() if name not in self.partners]
        return tuple(sorted(found, key=lambda it: it.part is not Part.VARIABLE))

    @cached_property
    def names(self) -> Mapping[str, str]:
        """What the map says: left names and right names, slots with their variables."""
        return {left: right for left, right, _ in self._said()}

    @cached_property
    def steps(self) -> Mapping[str, AcceptedStep]:
        """The steps that are taken, by the names on the left."""
        found = {}
        for left, right, pair in self._said():
            one, other = self.left.tensors[left], self.right.tensors[right]
            step = step_between(one.shape, other.shape) if pair.accepted else None
            if step is not None and one.shape != other.shape:
                found[left] = AcceptedStep(step.words, other.shape)
        return found

    @property
    def as_they_are(self) -> Mapping[str, str]:
        """The names of what is taken without a step."""
        return {left: right for left, right in self.names.items() if left not in self.steps}

    @property
    def stepwise(self) -> tuple[tuple[TensorInfo, TensorInfo], ...]:
        """The tensors of both sides between which a step is taken."""
        lefts, rights = self.left.tensors, self.right.tensors
        return tuple((lefts[left], rights[self.names[left]]) for left in self.steps)

    def problem(self, right: str) -> Problem | None:
        """Return why a tensor of the right gets nothing, None where it does."""
        pair = self.pairs.get(right)
        if pair is None:
            return Problem.UNMATCHED
        one, other = self.lefts[pair.left], self.rights[right]
        if one.dtype != other.dtype:
            return Problem.OTHER_DTYPE
        if one.shape != other.shape and not pair.accepted:
            return Problem.OTHER_SHAPE
        return None

    def step(self, right: str) -> Step | None:
        """Return the known step that leads to a tensor of the right from what it is paired with."""
        pair = self.pairs.get(right)
        if pair is None:
            return None
        one, other = self.lefts[pair.left], self.rights[right]
        if one.dtype != other.dtype or one.shape == other.shape:
            return None
        return step_between(one.shape, other.shape)

    def pair(self, left: str, right: str) -> "NameMapping":
        """Pair two tensors by hand, and take both from those they were paired with.

        Raises:
            KeyError: A side has no such name.
        """
        self.lefts[left], self.rights[right]
        old = self.pairs.get(right)
        accepted = old is not None and old.left == left and old.accepted
        new = Pair(left, right, Origin.HAND, "paired by hand", accepted=accepted)
        return self if new == old else self._with([new])

    def unpair(self, rights: Iterable[str]) -> "NameMapping":
        """Take tensors of the right from what they are paired with."""
        gone = self.pairs.keys() & set(rights)
        if not gone:
            return self
        return replace(self, pairs={k: v for k, v in self.pairs.items() if k not in gone})

    def accept(self, rights: Iterable[str], accepted: bool = True) -> "NameMapping":
        """Have the known steps to tensors of the right taken or not; others are left alone."""
        changed = {
            right: replace(self.pairs[right], accepted=accepted)
            for right in rights
            if self.step(right) is not None and self.pairs[right].accepted != accepted
        }
        return replace(self, pairs={**self.pairs, **changed}) if changed else self

    def preview(self, rules: Sequence[Rule]) -> RulePreview:
        """Return what rules would do, one after the other; they leave alone what was chosen."""
        chosen_right = {right for right, pair in self.pairs.items() if pair.origin in _CHOSEN}
        chosen_left = {self.pairs[right].left for right in chosen_right}
        made: dict[str, list[str]] = defaultdict(list)
        changed = 0
        for left in self.lefts:
            new = renamed(left, rules)
            changed += new != left
            if new in self.rights and left not in chosen_left and new not in chosen_right:
                made[new].append(left)
        one_to_one = [
            (lefts[0], right) for right, lefts in made.items() if lefts != [right] and not lefts[1:]
        ]
        return RulePreview(
            tuple(it for it in one_to_one if self.partners.get(it[0]) != it[1]),
            tuple(it for it in one_to_one if self.partners.get(it[0]) == it[1]),
            changed,
            {right: tuple(lefts) for right, lefts in made.items() if lefts[1:]},
        )

    def with_rules(self, rules: Sequence[Rule]) -> "NameMapping":
        """Have other rules in force: what earlier ones have paired is paired by these or not."""
        rules = tuple(rules)
        if rules == self.rules:
            return self
        kept = {k: v for k, v in self.pairs.items() if v.origin is not Origin.RULE}
        bare = replace(self, pairs=kept, rules=rules)
        found = bare.preview(rules)
        reason = f"the rule {', '.join(rule.text for rule in rules)}"
        pairs = (*found.pairs, *found.paired) if rules else ()
        return bare._with(Pair(left, right, Origin.RULE, reason) for left, right in pairs)

    def with_suggestions(self, found: Suggestions) -> "NameMapping":
        """Take suggestions in the place of earlier ones, where nothing else is paired."""
        pairs = {k: v for k, v in self.pairs.items() if v.origin is not Origin.SUGGESTION}
        taken = {pair.left for pair in pairs.values()}
        both: tuple[Suggestion | Proposal, ...] = (*found.pairs, *found.proposals)
        for it in both:
            free = it.right not in pairs and it.left not in taken
            if free and it.left in self.lefts and it.right in self.rights:
                new = Pair(it.left, it.right, Origin.SUGGESTION, it.reason, it.confidence)
                pairs[it.right] = new
                taken.add(it.left)
        return replace(self, pairs=pairs)

    def unsettled(self) -> tuple[BuiltTensors, BuiltTensors]:
        """Return what of both sides suggestions are wanted for."""
        settled = {r for r, pair in self.pairs.items() if pair.origin is not Origin.SUGGESTION}
        lefts = {self.pairs[right].left for right in settled}
        return (
            BuiltTensors(self.left.label, {k: v for k, v in self.lefts.items() if k not in lefts}),
            BuiltTensors(
                self.right.label, {k: v for k, v in self.rights.items() if k not in settled}
            ),
        )

    def between(self, left: NamedTensors, right: NamedTensors) -> "NameMapping":
        """Return the same map between other sides, without what they have not."""
        if left is self.left and right is self.right:
            return self
        other = NameMapping(left, right, rules=self.rules)
        pairs = {
            name: pair
            for name, pair in self.pairs.items()
            if name in other.rights and pair.left in other.lefts
        }
        found = replace(other, pairs=pairs)
        stale = [name for name, pair in pairs.items() if pair.accepted and not found.step(name)]
        return replace(found, pairs={**pairs, **{n: _not_accepted(pairs[n]) for n in stale}})

    def _with(self, new: Iterable[Pair]) -> "NameMapping":
        """Add pairs that have no name twice, in the place of those that have a name of theirs."""
        pairs = {pair.right: pair for pair in new}
        lefts = {pair.left for pair in pairs.values()}
        kept = {k: v for k, v in self.pairs.items() if k not in pairs and v.left not in lefts}
        return replace(self, pairs={**kept, **pairs})

    def _said(self) -> Iterator[tuple[str, str, Pair]]:
        """Yield left and right names as the map has them, in the order of the left side."""
        left_slots, right_slots = _slots(self.left), _slots(self.right)
        for left in self.lefts:
            right = self.partners.get(left)
            if right is None or self.problem(right) is not None:
                continue
            pair = self.pairs[right]
            yield left, right, pair
            one, other = self.lefts[left], self.rights[right]
            theirs = right_slots.get(right, {})
            for slot, name in left_slots.get(left, {}).items():
                if slot in theirs:
                    mine, their = self.left.tensors[name], self.right.tensors[theirs[slot]]
                    same = mine.shape == their.shape
                    stepped = (mine.shape, their.shape) == (one.shape, other.shape)
                    if mine.dtype == their.dtype and (same or stepped):
                        yield name, theirs[slot], pair


def suggestions_for(mapping: NameMapping) -> Suggestions:
    """Return suggestions for all of a map that was not chosen or made by a rule."""
    return suggest(*mapping.unsettled())


def _not_accepted(pair: Pair) -> Pair:
    return replace(pair, accepted=False)


def _own(side: NamedTensors) -> dict[str, TensorInfo]:
    """Return tensors without the slots that follow a variable of the same side."""
    return {name: found for name, found in side.tensors.items() if not _follows(found, side)}


def _follows(tensor: TensorInfo, side: NamedTensors) -> bool:
    owner = side.tensors.get(tensor.slot_of or "")
    return tensor.part is Part.SLOT and owner is not None and owner.part is not Part.SLOT


def _slots(side: NamedTensors) -> dict[str, dict[str, str]]:
    """Return the slots of each variable: their kinds and names."""
    found: dict[str, dict[str, str]] = defaultdict(dict)
    for name, tensor in side.tensors.items():
        if tensor.slot_of is not None and _follows(tensor, side):
            found[tensor.slot_of][tensor.slot or ""] = name
    return found
