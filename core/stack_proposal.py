"""Proposes the stack that would create the variables of a checkpoint, and makes sure of it."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace

from core.arguments import ValueRefusedError
from core.built import Built
from core.document import check_name
from core.dtypes import DTYPES
from core.layer_draft import VARIABLE, Draft
from core.named_tensors import (
    VALUE_ENDING,
    BuiltTensors,
    NamedTensors,
    Part,
    TensorInfo,
    built_tensors,
    by_name,
)
from core.proposed_layers import as_variables, layers_of
from core.proposed_order import in_order
from core.proposed_wiring import Wiring
from core.restore_check import Restore, RestoreCheck, check_restore
from core.role_words import natural
from core.stack import Stack

# With these, what connects them included, a stack stays below `document.MOST_BUILT`, and its file
# below `document.LARGEST_FILE`.
MOST_VARIABLES = 20_000
MOST_SCOPES = 10_000
_MOST_LETTERS = 4 * 2**20
_LONGEST_NAME = 1000
_NOT_TRIED = "it was not tried, as many before it were refused"
_RENAMED = "TensorFlow gives it another name, as this one is taken"
_MOST_VALUES = 2**62
# Builds after each of which one layer more is replaced; then twice as many each time.
_SINGLE_BUILDS = 4
_MOST_BUILDS = 30


@dataclass(frozen=True, slots=True)
class StackProposal:
    """A stack, and what it creates of a checkpoint's variables.

    Attributes:
        label: What the checkpoint is called.
        check: The variables of the stack, as it was built, beside those of the checkpoint.
        why_not: Why variables were left out, by name.
        refused: TensorFlow's words where it refused a layer, by the name of the layer that bare
            variables stand for now.
    """

    stack: Stack
    label: str
    check: RestoreCheck
    why_not: Mapping[str, str]
    refused: Mapping[str, str]

    @property
    def exact(self) -> int:
        """How many variables of the checkpoint it creates by name, shape and type."""
        return self.check.counts[Restore.RESTORED]

    @property
    def variables(self) -> int:
        """How many variables the checkpoint has."""
        return self.exact + len(self.missing)

    @property
    def missing(self) -> Mapping[str, str]:
        """The variables of the checkpoint that it does not create so, by name, and why."""
        differ = {
            row.wanted.name: row.words
            for row in self.check.variables
            if row.outcome in (Restore.OTHER_SHAPE, Restore.OTHER_DTYPE)
        }
        lacking = (tensor.name for tensor in self.check.unexpected)
        reasons = {name: self.why_not.get(name, _RENAMED) for name in lacking}
        return differ | reasons

    @property
    def extra(self) -> tuple[str, ...]:
        """The variables that it creates beyond those of the checkpoint, by name."""
        rows = self.check.variables
        return tuple(row.wanted.name for row in rows if row.outcome is Restore.MISSING)

    @property
    def whole(self) -> bool:
        """Whether it creates the checkpoint's variables and no others."""
        return not self.missing and not self.extra


def propose(checkpoint: NamedTensors, name: str, build: Callable[[Stack], Built]) -> StackProposal:
    """Return a stack that would create the variables of a checkpoint, verified by building it.

    Args:
        checkpoint: What the checkpoint holds.
        name: What to call the stack.
        build: Builds a stack, without initial values.
    """
    wanted = BuiltTensors(checkpoint.label, by_name(_wanted(checkpoint.tensors.values())))
    parts, why_not = _creatable(wanted.tensors.values())
    attempt = _Attempt(name, tuple(layers_of(parts)), why_not)
    built = attempt.build(build)
    return StackProposal(
        built.stack,
        checkpoint.label,
        check_restore(built_tensors(built), wanted),
        attempt.why_not,
        attempt.refused,
    )


def _wanted(tensors: Iterable[TensorInfo]) -> Iterator[TensorInfo]:
    """Yield a checkpoint's variables under the names that code gives them, in natural order.

    That is a variable's own name where TensorFlow 2 keeps it under another; the key stays where two
    have one name.
    """
    variables = [found for found in tensors if found.part is Part.VARIABLE]
    own = {found.name: found.variable or _key(found.name) for found in variables}
    times = Counter(own.values())
    for found in sorted(variables, key=lambda found: natural(own[found.name])):
        name = own[found.name]
        yield replace(found, name=name if times[name] == 1 else found.name)


def _key(name: str) -> str:
    """Return the path of an object in TensorFlow 2's keys."""
    return name.removesuffix(VALUE_ENDING)


_Parts = dict[tuple[str, ...], TensorInfo]


def _creatable(tensors: Iterable[TensorInfo]) -> tuple[_Parts, dict[str, str]]:
    """Return what a stack can create, by the parts of the names, and why it can't the others."""
    parts: _Parts = {}
    why_not: dict[str, str] = {}
    scopes: set[tuple[str, ...]] = set()
    letters = 0
    for tensor in tensors:
        reason = _why_not(tensor)
        found = () if reason else _parts(tensor.name)
        around = {found[:end] for end in range(1, len(found))} - scopes
        letters += len(tensor.name)
        if not found:
            why_not[tensor.name] = reason or "no scope and no variable can have its name"
        elif len(parts) >= MOST_VARIABLES or letters > _MOST_LETTERS:
            why_not[tensor.name] = "a proposed stack can't have more variables"
        elif len(scopes) + len(around) > MOST_SCOPES:
            why_not[tensor.name] = "a proposed stack can't have more scopes"
        else:
            parts[found] = tensor
            scopes |= around
    return parts, why_not


def _why_not(tensor: TensorInfo) -> str:
    """Return why no layer can create a variable, empty where one may."""
    if tensor.dtype not in DTYPES:
        return f"no layer makes a variable of type {tensor.dtype}"
    if 0 in tensor.shape:
        return "no layer makes a variable without values"
    if tensor.parameters > _MOST_VALUES:
        return "its shape is too large"
    if len(tensor.name) > _LONGEST_NAME:
        return "its name is too long"
    return ""


def _parts(name: str) -> tuple[str, ...]:
    """Return a name cut at its slashes where both sides are names; empty where it is none."""
    parts: list[str] = []
    for part in name.split("/"):
        if parts and not _is_name(part):
            parts[-1] = f"{parts[-1]}/{part}"
        else:
            parts.append(part)
    return tuple(parts) if all(map(_is_name, parts)) else ()


def _is_name(text: str) -> bool:
    try:
        check_name(text)
    except ValueRefusedError:
        return False
    return True


class _Attempt:
    """Layers that are built; what TensorFlow refuses is replaced until it takes the rest.

    Attributes:
        why_not: Why variables were left out, by name.
        refused: TensorFlow's words for the layers that bare variables stand for now.
    """

    def __init__(self, name: str, drafts: tuple[Draft, ...], why_not: dict[str, str]) -> None:
        self.why_not = why_not
        self.refused: dict[str, str] = {}
        self._name = name
        self._drafts = drafts

    def build(self, build: Callable[[Stack], Built]) -> Built:
        for number in range(_MOST_BUILDS):
            stack, wiring = self._stack()
            built = build(stack)
            if built.refusal is None:
                return built
            self._mend(built, wiring, 2 ** max(0, number - _SINGLE_BUILDS))
        self._leave_out(self._drafts, "TensorFlow refused too many of those beside it")
        return build(self._stack()[0])

    def _stack(self) -> tuple[Stack, Wiring]:
        root = in_order(self._drafts)
        taken = frozenset(name.lower() for part in root.parts for name in part.split("/"))
        wiring = Wiring(taken)
        return Stack(self._name, nodes=wiring.nodes(root)), wiring

    def _mend(self, built: Built, wiring: Wiring, count: int) -> None:
        """Put bare variables in place of a refused layer, and of some behind it.

        A variable for which nothing else need be there is left out.
        """
        assert built.refusal is not None
        words = " ".join(built.refusal.message.split())
        origin = built.refusal.origin
        refused = wiring.drafts.get(origin, self._drafts)
        if len(refused) > 1:
            self._leave_out(refused, f"TensorFlow refused its scope: {words}")
            return
        (draft,) = refused
        if draft.alone:
            self._leave_out(refused, f"TensorFlow refused it: {words}")
            return
        order = list(dict.fromkeys(found for each in wiring.drafts.values() for found in each))
        replaced = set(order[order.index(draft) :][:count])
        for found in replaced:
            if found.kind != VARIABLE:
                self.refused["/".join(found.scope)] = words if found is draft else _NOT_TRIED
        self._drafts = tuple(
            found
            for draft in self._drafts
            for found in (as_variables(draft) if draft in replaced else (draft,))
        )

    def _leave_out(self, drafts: tuple[Draft, ...], reason: str) -> None:
        for draft in drafts:
            self.why_not |= {tensor.name: reason for tensor in draft.tensors}
        self._drafts = tuple(draft for draft in self._drafts if draft not in drafts)
