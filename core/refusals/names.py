"""Refusals over names: one that is taken, one that is not there, one that is missing."""

import difflib
from collections.abc import Iterator
from dataclasses import replace

from core import commands, sharing
from core.command import Command, CommandRefusedError, Recorder
from core.custom_code import KIND as CUSTOM
from core.edits import Replace
from core.refusals.case import Case, Explanation, fix
from core.stack import Layer, Node, Scope

_MOST_SHARED = 2

ALREADY_EXISTS = r"ariable (?:with name )?(?P<name>\S+) already exists"
DOES_NOT_EXIST = r"ariable (?P<name>\S+) does not exist, or was not created with"
NO_NAME = r"reuse=True cannot be used without a name_or_scope"


def already_exists(case: Case) -> Explanation:
    """A new variable was asked for under a name that is taken."""
    name = case.found["name"]
    maker = case.maker(name)
    repeated = _repeated(case) if maker == case.node.id else None
    if repeated is not None:
        first = (
            f"The first time that {case.called(repeated.id)} was built, {case.label} made {name}; "
            "the next time it asked for a new variable of this name again."
        )
        other: str | None = repeated.id
    else:
        by = "something before it" if maker is None else case.called(maker)
        first = f"{case.label} asked for a new variable {name}, but {by} had made it already."
        other = maker
    second = (
        "A variable of one name is made once; who asks for it again has to say that it reuses it, "
        "or ask under another name."
    )
    return Explanation((first, second), _both(case, other), tuple(_for_taken(case, maker)))


def _for_taken(case: Case, maker: str | None) -> Iterator[Command]:
    repeated = _repeated(case) if maker == case.node.id else None
    if repeated is not None:
        yield from _number(case, repeated)
        if repeated.kind == "scope":
            yield from case.reuse("auto", f"AUTO_REUSE for {repeated.name}", repeated)
    yield from case.another_name()
    if maker is not None and maker != case.node.id:
        yield from case.reuse(True, f"Reuse the variables of {case.short(maker)}")
        yield from _share(case, maker)
    yield from case.reuse("auto", "AUTO_REUSE: take what is there, else make it")
    around = () if maker is None else case.stack.ancestors(maker)
    apart = [scope for scope in case.scopes if scope.id not in around and scope.kind == "scope"]
    for scope in apart[:1]:
        called = case.short(scope.id)
        yield from case.reuse("auto", f"AUTO_REUSE for the scope {called}", scope)
        taken = {node.name for node in case.stack.walk()}
        name = commands.free_name(scope.name or scope.kind, taken)
        renamed = commands.rename(case.stack, scope.id, name)
        yield from fix(renamed, f"Name the scope around it {name}")


def does_not_exist(case: Case) -> Explanation:
    """A variable that is to be reused was never made."""
    name = case.found["name"]
    node = case.node
    sibling = _maker_in(case, name.rpartition("/")[0])
    source = _who_reuses(case)
    other: str | None = sibling
    if sibling is not None and sibling != node.id:
        first = (
            f"{case.label} reuses the variables of {case.called(sibling)}, which made no {name}: "
            "the two don't ask for the same variables."
        )
        second = (
            "A layer that reuses has to ask for what is there: give it the same arguments, or let "
            "it make what is missing."
        )
    elif isinstance(node, Layer) and node.name is None and node.kind != CUSTOM:
        first = (
            f"{case.label} has no name and so asked for {name}: under reuse, too, a layer without "
            "a name takes the next number in its scope."
        )
        second = "Nothing made that one; give it the name of the layer whose variables it is for."
        other = _nearest(case)
    else:
        says = case.called(source.id) if source else "the scope around it"
        who = "it" if source is node else says
        first = (
            f"{case.label} asked for {name}, which is to be there as {who} says reuse=True, but "
            "no layer before it has made it."
        )
        second = (
            "Reuse finds only what tf.layers or get_variable made earlier in the same graph, under "
            "exactly this name."
        )
        other = _nearest(case) or (source.id if source else None)
    return Explanation((first, second), _both(case, other), tuple(_for_missing(case, sibling)))


def _for_missing(case: Case, sibling: str | None) -> Iterator[Command]:
    node, source = case.node, _who_reuses(case)
    if isinstance(node, Layer):
        if sibling is not None:
            yield from _same_switches(case, node, sibling)
        yield from _closest_name(case, node)
        yield from _names_there(case, node)
        owners = [layer.id for layer in sharing.shareable(case.stack, node.id)]
        shared = [sibling] if sibling in owners else owners[: -_MOST_SHARED - 1 : -1]
        for owner in shared:
            yield from _share(case, str(owner))
        yield from case.reuse("auto", "AUTO_REUSE: take what is there, else make it")
    if source is not None and source is not node:
        called = case.called(source.id)
        yield from case.reuse("auto", f"AUTO_REUSE for the scope {called}", source)
    if source is node:
        yield from case.reuse(None, "Let it make new variables")
    elif source is not None:
        called = case.called(source.id)
        yield from case.reuse(None, f"Let {called} make new variables", source)


def no_name(case: Case) -> Explanation:
    """A variable scope is to reuse, and nobody said which one."""
    first = f"{case.label} is to reuse the variables of a scope that is there, but has no name."
    second = (
        "Without one TensorFlow would take a free name, under which nothing can be there; an "
        "earlier scope is opened again by its name."
    )
    earlier = _earlier_scopes(case)
    other = earlier[-1].id if earlier else None
    return Explanation((first, second), _both(case, other), tuple(_for_no_name(case, earlier)))


def _for_no_name(case: Case, earlier: list[Scope]) -> Iterator[Command]:
    for scope in reversed(earlier):
        renamed = commands.rename(case.stack, case.node.id, scope.name)
        yield from fix(renamed, f"Open the scope {scope.name} again")
    yield from case.reuse(None, "Let it make new variables")
    yield from case.another_name()
    recorder = Recorder(case.stack)
    recorder.do(Replace((replace(case.node, name=case.free_name(), reuse="auto"),)))
    text = f"Name it {case.free_name()}, with AUTO_REUSE"
    yield from fix(recorder.command(text), text)


def _earlier_scopes(case: Case) -> list[Scope]:
    """Return the scopes with a name that stand before the refused one beside it, each name once."""
    place = case.stack.place(case.node.id)
    beside = case.stack.children(place.scope)[: place.index]
    named = {
        node.name: node
        for node in beside
        if isinstance(node, Scope) and node.kind == "scope" and node.name
    }
    return list(named.values())


def _both(case: Case, other: str | None) -> tuple[str, ...]:
    return tuple(dict.fromkeys((case.node.id, *([] if other is None else [other]))))


def _repeated(case: Case) -> Scope | None:
    """Return the innermost scope around the refused node that is built several times."""
    return next((scope for scope in case.scopes if scope.repeat > 1), None)


def _number(case: Case, scope: Scope) -> Iterator[Command]:
    if scope.name is not None and "{i}" not in scope.name:
        name = f"{scope.name}_{{i}}"
        renamed = commands.rename(case.stack, scope.id, name)
        yield from fix(renamed, f"Number the scope: {name}", case.node.id)


def _share(case: Case, owner: str) -> Iterator[Command]:
    if owner not in {layer.id for layer in sharing.shareable(case.stack, case.node.id)}:
        return
    called = case.short(owner)
    scopes = list(case.stack.ancestors(owner))
    again = any(found not in case.stack.ancestors(case.node.id) for found in scopes)
    text = f"Share with {called}"
    text += ", opening its scope again" if again else ", with its arguments"
    try:
        yield from fix(sharing.share_with(case.stack, case.node.id, owner), text)
    except CommandRefusedError:
        return  # the scopes would be nested too deeply


def _maker_in(case: Case, scope: str) -> str | None:
    """Return who made the first variable right in a scope."""
    for name, variable in case.variables.items():
        if name.rpartition("/")[0] == scope and scope:
            return variable.created_by
    return None


def _who_reuses(case: Case) -> Node | None:
    """Return the node whose reuse=True the refused one obeys: itself, or a scope around it."""
    nodes = [case.node, *case.scopes]
    return next((node for node in nodes if node.reuse is True), None)


def _nearest(case: Case) -> str | None:
    """Return the layer before the refused one that it could share with."""
    owners = sharing.shareable(case.stack, case.node.id)
    return owners[-1].id if owners else None


def _same_switches(case: Case, node: Layer, sibling: str) -> Iterator[Command]:
    """Yield the edit that turns off what the other layer has not: its bias, its gamma, ..."""
    owner = case.stack.node(sibling)
    if not isinstance(owner, Layer) or owner.kind != node.kind:
        return
    switches = ("use_bias", "center", "scale", "renorm")
    given = {name: owner.arguments[name] for name in switches if name in owner.arguments}
    if given:
        recorder = Recorder(case.stack)
        recorder.do(Replace((node.with_arguments(given),)))
        words = ", ".join(f"{name}={value}" for name, value in given.items())
        yield from fix(recorder.command(""), f"Set {words}, as {case.short(sibling)} has it")


def _closest_name(case: Case, node: Layer) -> Iterator[Command]:
    """Yield the edit that gives the node the name of a layer that is spelled alike."""
    if node.name is None:
        return
    alike = {
        other.name
        for other in sharing.shareable(case.stack, node.id)
        if other.name not in {None, node.name}
    }
    for name in difflib.get_close_matches(node.name, sorted(map(str, alike)), 1):
        yield from fix(commands.rename(case.stack, node.id, name), f"Name it {name}")


def _names_there(case: Case, node: Layer) -> Iterator[Command]:
    """Yield edits that name a layer after those of its kind that made variables in its scope."""
    if node.name is not None:
        return
    layer_scope = case.found["name"].rpartition("/")[0]
    parent = layer_scope.rpartition("/")[0]
    there = {
        scope: variable.created_by
        for name, variable in case.variables.items()
        if (scope := name.rpartition("/")[0]) and scope.rpartition("/")[0] == parent
    }
    alike = [
        scope
        for scope, maker in there.items()
        if maker in case.stack and case.stack.node(maker).kind == node.kind
    ]
    for scope in alike[: -_MOST_SHARED - 1 : -1]:
        name = scope.rpartition("/")[2]
        renamed = commands.rename(case.stack, node.id, name)
        yield from fix(renamed, f"Name it {name}, to share {scope}")
