"""The steps of a recorded layer as a person would write them: nothing idle, and with names."""

import keyword
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Set
from dataclasses import replace

from core.expression import (
    Attribute,
    Call,
    Expression,
    Item,
    Lambda,
    Literal,
    Name,
    Operation,
    Part,
    inner,
    names,
    replaced,
)
from core.plan import Block, Function, Statement, Step, Unpacking
from core.recording import Recording

# A result of more items is kept as one.
_MOST_NAMES = 4
_ALWAYS = 10**9


def tidied(
    recording: Recording, origin: str | None, target: str, taken: Set[str]
) -> tuple[Step, ...]:
    """Return the steps that build a layer.

    Args:
        recording: What was recorded.
        origin: Id of the layer.
        target: What its result is to be called.
        taken: The names that the steps must not take.
    """
    steps, result = recording.steps, recording.result
    if result is not None and not _is_target(result):
        steps = (*steps, Statement(origin, target, result))
        result = None
    steps = _without_idle(steps, result, recording.idle)
    steps = _unpacked(steps, result, recording)
    counts = _counts(steps, result)
    steps = _inlined(steps, counts, recording.stems.keys())
    return _Naming(recording, steps, result, target, taken).steps(steps)


def _is_target(expression: Expression) -> bool:
    return isinstance(expression, Name) and expression.path.startswith("$")


def _used(steps: Iterable[Step]) -> Iterator[str]:
    """Yield the names that steps use."""
    for step in steps:
        match step:
            case Statement(call=call) | Unpacking(call=call):
                yield from names(call)
            case Block(call=call, steps=within):
                yield from names(call)
                yield from _used(within)
            case Function(steps=within, result=result):
                yield from _used(within)
                yield from names(result)


def _counts(steps: Iterable[Step], result: Expression | None) -> Counter[str]:
    return Counter((*_used(steps), *(names(result) if result else ())))


def _whole(name: str) -> str:
    """Return the target that a name is an item of."""
    return name.partition(":")[0]


def _without_idle(
    steps: tuple[Step, ...], result: Expression | None, idle: Set[str]
) -> tuple[Step, ...]:
    """Leave out the steps that changed nothing and whose results nobody needs."""
    while True:
        needed = set(map(_whole, _counts(steps, result)))
        fewer = _needed(steps, needed, idle)
        if fewer == steps:
            return steps
        steps = fewer


def _needed(steps: tuple[Step, ...], needed: Set[str], idle: Set[str]) -> tuple[Step, ...]:
    kept: list[Step] = []
    for step in steps:
        match step:
            case Statement(target=target):
                if target in needed or target not in idle:
                    kept.append(step)
            case Function(name=name):
                if name in needed:
                    kept.append(replace(step, steps=_needed(step.steps, needed, idle)))
            case Block():
                kept.append(replace(step, steps=_needed(step.steps, needed, idle)))
            case _:
                kept.append(step)
    return tuple(kept)


def _unpacked(
    steps: tuple[Step, ...], result: Expression | None, recording: Recording
) -> tuple[Step, ...]:
    """Give each item of a result a name, or write it as an item of the whole."""
    used = _counts(steps, result)
    items: dict[str, Expression] = {}
    apart: set[str] = set()
    for target, count in recording.items.items():
        parts = [f"{target}:{index}" for index in range(count)]
        if used[target] or count > _MOST_NAMES:
            items.update((part, Item(Name(target), i)) for i, part in enumerate(parts))
        elif any(used[part] for part in parts):
            apart.add(target)
    return _map(steps, items, apart, recording, used)


def _map(
    steps: tuple[Step, ...],
    items: dict[str, Expression],
    apart: Set[str],
    recording: Recording,
    used: Counter[str],
) -> tuple[Step, ...]:
    mapped: list[Step] = []
    for step in steps:
        match step:
            case Statement(origin, target, call) if target in apart:
                assert target is not None
                parts = (f"{target}:{index}" for index in range(recording.items[target]))
                targets = tuple(part if used[part] else "_" for part in parts)
                mapped.append(Unpacking(origin, targets, replaced(call, items)))
            case Statement(call=call):
                mapped.append(replace(step, call=replaced(call, items)))
            case Block(call=call, steps=within):
                call = replaced(call, items)
                assert isinstance(call, Call)
                within = _map(within, items, apart, recording, used)
                mapped.append(replace(step, call=call, steps=within))
            case Function(steps=within, result=result):
                within = _map(within, items, apart, recording, used)
                mapped.append(replace(step, steps=within, result=replaced(result, items)))
            case _:
                mapped.append(step)
    return tuple(mapped)


def _inlined(steps: Iterable[Step], counts: Counter[str], named: Set[str]) -> tuple[Step, ...]:
    """Write what has no name and is used once where it is used, if the order stays the same."""
    done: list[Step] = []
    for step in steps:
        match step:
            case Statement(call=call) | Unpacking(call=call):
                done.append(replace(step, call=_absorbing(done, call, counts, named)))
            case Block(call=call, steps=within):
                call = _absorbing(done, call, counts, named)
                assert isinstance(call, Call)
                done.append(replace(step, call=call, steps=_inlined(within, counts, named)))
            case Function(steps=within, result=result):
                own = list(_inlined(within, counts, named))
                result = _absorbing(own, result, counts, frozenset())
                done.append(replace(step, steps=tuple(own), result=result))
            case _:
                done.append(step)
    return tuple(done)


def _absorbing(
    done: list[Step], expression: Expression, counts: Counter[str], named: Set[str]
) -> Expression:
    """Take the last steps into an expression that alone uses them."""
    behind = len(done)
    while behind and isinstance(done[behind - 1], Function):
        behind -= 1
    for step in done[behind:]:
        if isinstance(step, Function) and not step.steps:
            expression = replaced(expression, {step.name: Lambda(step.parameters, step.result)})
            done.remove(step)
    while done and isinstance(last := done[-1], Statement) and last.target is not None:
        alone = counts[last.target] == 1 and last.target not in named
        if not alone or not _comes_first(expression, last.target):
            break
        expression = replaced(expression, {last.target: last.call})
        done.pop()
    return expression


def _comes_first(expression: Expression, name: str) -> bool:
    """Tell whether nothing is done in an expression before a name is looked up."""
    for event in _events(expression):
        if event == name:
            return True
        if event is None:
            return False
    return False


def _events(expression: Expression) -> Iterator[str | None]:
    """Yield the names in an expression, and None where something is done, in Python's order."""
    match expression:
        case Name(path):
            yield path
        case Lambda():
            pass
        case Call() | Operation() | Attribute() | Part() | Item():
            for part in inner(expression):
                yield from _events(part)
            yield None
        case _:
            for part in inner(expression):
                yield from _events(part)


class _Naming:
    """Gives names to the targets of steps, again where the value before isn't needed any more."""

    def __init__(
        self,
        recording: Recording,
        steps: tuple[Step, ...],
        result: Expression | None,
        target: str,
        taken: Set[str],
    ) -> None:
        self._stems = recording.stems
        self._result = None if result is None else next(names(result))
        self._target = target
        self._taken = {*taken, target}
        # What is refused would have gone on to use what came before it.
        self._keep = recording.stems.keys() if recording.failed else frozenset()
        self._last_used: dict[str, int] = {}
        self._note_uses(steps, inside=False)
        self._at = 0
        self._names: dict[str, Expression] = {}
        self._holders: dict[str, str] = {}

    def _note_uses(self, steps: tuple[Step, ...], *, inside: bool, at: int = 0) -> int:
        for step in steps:
            at += 1
            own = [step] if isinstance(step, Statement | Unpacking) else []
            if isinstance(step, Block):
                own = [Statement(None, None, step.call)]
            uses = _used([step]) if isinstance(step, Function) or inside else _used(own)
            for name in uses:
                held = _ALWAYS if isinstance(step, Function) or inside else at
                self._last_used[name] = max(held, self._last_used.get(name, 0))
            if isinstance(step, Block | Function):
                within = inside or isinstance(step, Function)
                at = self._note_uses(step.steps, inside=within, at=at)
        return at

    def steps(self, steps: tuple[Step, ...], *, inside: bool = False) -> tuple[Step, ...]:
        """Return steps with names."""
        named: list[Step] = []
        for step in steps:
            self._at += 1
            match step:
                case Statement(origin, target, call):
                    call = replaced(call, self._names)
                    unused = target is not None and not self._is_used(target)
                    name = None if target is None or unused else self._name(target, call, inside)
                    named.append(Statement(origin, name, call))
                case Unpacking(origin, targets, call):
                    call = replaced(call, self._names)
                    found = (t if t == "_" else self._name(t, call, inside) for t in targets)
                    named.append(Unpacking(origin, tuple(found), call))
                case Block(call=call, steps=within):
                    call = replaced(call, self._names)
                    assert isinstance(call, Call)
                    named.append(replace(step, call=call, steps=self.steps(within, inside=inside)))
                case Function():
                    named.append(self._function(step))
                case _:
                    named.append(step)
        return tuple(named)

    def _function(self, step: Function) -> Function:
        within = self.steps(step.steps, inside=True)
        result = replaced(step.result, self._names)
        name = self._name(step.name, result, inside=True)
        return replace(step, name=name, steps=within, result=result)

    def _is_used(self, target: str) -> bool:
        used = target == self._result or target in self._last_used
        return used or not target.startswith("$") or target in self._keep

    def _name(self, target: str, value: Expression, inside: bool) -> str:
        if not target.startswith("$"):
            return target
        if target == self._result:
            name = self._target
        else:
            stem = re.sub(r"\W", "_", self._stems.get(target) or _stem(value), flags=re.ASCII)
            name = self._free(stem, inside)
        self._holders[name] = target
        self._names[target] = Name(name)
        return name

    def _free(self, stem: str, inside: bool) -> str:
        if not stem.isidentifier() or keyword.iskeyword(stem):
            stem = f"value_{stem}"
        name, number = stem, 1
        while not self._is_free(name, inside):
            number += 1
            name = f"{stem}_{number}"
        return name

    def _is_free(self, name: str, inside: bool) -> bool:
        if name in self._taken:
            return False
        holder = self._holders.get(name)
        return holder is None or (not inside and self._last_used.get(holder, 0) <= self._at)


def _stem(value: Expression) -> str:
    """Return what to call a value that a twin gives no name: after the function that made it."""
    match value:
        case Call(path=path) if path:
            return path.rpartition(".")[2]
        case Attribute(_, name):
            return name
        case Literal():
            return "number"
    return "value"
