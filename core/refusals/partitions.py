"""Refusals over partitioned variables: who cuts a variable, and into how many parts."""

from collections.abc import Iterator, Mapping
from dataclasses import replace

from core.built import Outcome, Request, Source
from core.command import Command, Recorder
from core.edits import Replace
from core.refusals.case import Case, Explanation, fix
from core.stack import Layer, Node, Scope, Value

PARTITIONS = (
    r"A partitioner was provided, but an unpartitioned version of the variable was found: "
    r"(?P<whole>\S+?)\.  "
    r"|No partitioner was provided, but a partitioned version of the variable was found: "
    r"(?P<cut>\S+)/part_0"
    r"|Trying to reuse partitioned variable (?P<other>\S+), but specified partitions "
    r"(?P<asked>\[.*?\]) and found partitions (?P<there>\[.*?\])"
)


def partitions(case: Case) -> Explanation:
    """A variable is asked for in other parts than it was made in."""
    found = case.found
    name = found["whole"] or found["cut"] or found["other"]
    maker = case.maker(name)
    by = "a layer before it" if maker is None else case.called(maker)
    if found["whole"]:
        first = f"{case.label} asked for {name} in parts, but {by} had made it in one piece."
    elif found["cut"]:
        first = f"{case.label} asked for {name} in one piece, but {by} had made it in parts."
    else:
        first = (
            f"{case.label} asked for {name} cut into {found['asked']} parts, but {by} had it cut "
            f"into {found['there']}."
        )
    second = (
        "Whoever shares a partitioned variable needs a partitioner that cuts it the same way, be "
        "it the layer's own or that of the scope around it."
    )
    layers = tuple(dict.fromkeys((case.node.id, *([maker] if maker else []))))
    return Explanation((first, second), layers, tuple(_for_partitions(case, name, maker)))


def _for_partitions(case: Case, name: str, maker: str | None) -> Iterator[Command]:
    asked = _request(case, name, Outcome.REFUSED)
    made = _request(case, name, Outcome.CREATED)
    mine, theirs = _sayer(case, asked), _sayer(case, made)
    owner = None if theirs is None else _partitioner(theirs, name)
    own = None if mine is None else _partitioner(mine, name)
    if mine is not None and owner is None:
        yield from _set(
            case, mine, name, None, f"Take the partitioner of {_called(case, mine)} away"
        )
    elif mine is not None:
        text = f"Cut with the same partitioner as {_called(case, theirs)}"
        yield from _set(case, mine, name, owner, text)
    elif owner is not None and isinstance(case.node, Layer) and case.node.variables is not None:
        yield from case.reuse(True, "Reuse the variable in its parts")
        yield from case.reuse("auto", "AUTO_REUSE: take what is there, else make it")
    if theirs is not None and own is None:
        text = f"Take the partitioner of {_called(case, theirs)} away"
        yield from _set(case, theirs, name, None, text)
    yield from case.own_variables()


def _request(case: Case, name: str, outcome: Outcome) -> Request | None:
    found = (
        request
        for request in case.built.ledger
        if request.name == name and request.outcome is outcome
    )
    return next(found, None)


def _sayer(case: Case, request: Request | None) -> Node | None:
    """Return the node that set the partitioner of a request; None where there is none."""
    for setting in () if request is None else request.settings:
        if setting.name == "partitioner" and setting.source is Source.SCOPE and setting.scope:
            return case.stack.node(setting.scope)
        if setting.name == "partitioner" and setting.source is Source.ARGUMENT:
            return case.stack.node(request.origin)  # type: ignore[union-attr]
    return None


def _partitioner(node: Node, name: str) -> Value:
    if isinstance(node, Scope):
        return node.arguments.get("partitioner")
    settings = node.variables.get(_role(node, name), {})
    return settings.get("partitioner") if isinstance(settings, Mapping) else None


def _role(layer: Layer, name: str) -> str:
    """Return the role of a layer's variable by its name."""
    last = name.rpartition("/")[2]
    for role, settings in layer.variables.items():
        if isinstance(settings, Mapping) and settings.get("name") == last:
            return role
    return last


def _set(case: Case, node: Node, name: str, value: Value, text: str) -> Iterator[Command]:
    """Yield the edit that has a node cut its variables in another way; None leaves them whole."""
    recorder = Recorder(case.stack)
    if isinstance(node, Scope):
        arguments = {key: given for key, given in node.arguments.items() if key != "partitioner"}
        if value is not None:
            arguments["partitioner"] = value
        recorder.do(Replace((replace(node, arguments=arguments),)))
    else:
        role = _role(node, name)
        settings = node.variables.get(role, {})
        assert isinstance(settings, Mapping)
        kept = {key: given for key, given in settings.items() if key != "partitioner"}
        if value is not None:
            kept["partitioner"] = value
        others = {key: given for key, given in node.variables.items() if key != role}
        recorder.do(
            Replace((replace(node, variables={**others, **({role: kept} if kept else {})}),))
        )
    yield from fix(recorder.command(text), text)


def _called(case: Case, node: Node | None) -> str:
    return "it" if node is None else case.short(node.id)
