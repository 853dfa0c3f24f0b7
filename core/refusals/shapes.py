"""Refusals over shapes: of a variable that is reused, and of what a layer takes."""

import math
from collections.abc import Iterator, Mapping
from dataclasses import replace

from core import commands
from core.catalog import KINDS
from core.command import Command, CommandRefusedError, Recorder
from core.edits import Insert, Replace
from core.refusals.case import Case, Explanation, fix
from core.stack import Layer, Value, new_id

SHAPE_CLASH = (
    r"Trying to (?:share|reuse partitioned) variable (?P<name>\S+), but specified shape "
    r"(?P<asked>\(.*?\)) and found shape (?P<there>\(.*?\))"
)
DTYPE_CLASH = (
    r"Trying to (?:share|reuse partitioned) variable (?P<name>\S+), but specified dtype "
    r"(?P<asked>\w+) and found dtype (?P<there>\w+?)(?:_ref)?\."
)
WRONG_RANK = (
    r"expected (?:min_)?ndim=(?P<wanted>\d+), found ndim=(?P<got>\d+)"
    r"|[Ss]hape \(.*?\) must have rank (?:at least )?(?P<least>\d+)"
    r"|Shape must be (?:at least )?rank (?P<exact>\d+) but is rank"
)
UNKNOWN_SIZE = (
    r"[Ll]ast dimension of the inputs|last axis of the inputs must be known"
    r"|channel dimension of the inputs (?:to .* )?should be defined|must be known, got"
)

# The arguments that decide the shapes of a layer's variables.
_SIZES = ("units", "filters", "kernel_size", "depth_multiplier", "input_dim", "output_dim", "shape")
_CHANNELS = (1, 3)


def shape_clash(case: Case) -> Explanation:
    """A variable that is reused has another shape."""
    name, asked, there = case.found["name"], case.found["asked"], case.found["there"]
    maker = case.maker(name)
    by = "a layer before it" if maker is None else case.called(maker)
    if maker == case.node.id:
        by = "its first time"
    first = (
        f"{case.label} asked for {name} of shape {asked}, but {by} had made it of shape {there}."
    )
    second = (
        "A variable has one shape, and whoever reuses it has to take it as it is: its size comes "
        "of the layer's arguments and of what goes into it."
    )
    candidates = tuple(_for_clash(case, maker))
    return Explanation((first, second), _layers(case, maker), candidates)


def dtype_clash(case: Case) -> Explanation:
    """A variable that is reused has another type."""
    name, asked, there = case.found["name"], case.found["asked"], case.found["there"]
    maker = case.maker(name)
    by = "a layer before it" if maker is None else case.called(maker)
    first = f"{case.label} asked for {name} of type {asked}, but {by} had made it of type {there}."
    second = (
        "A variable has one type; tf.layers asks for that of the layer's input, get_variable for "
        "that of the scope unless it is told another."
    )
    candidates = tuple(_for_type(case, maker))
    return Explanation((first, second), _layers(case, maker), candidates)


def wrong_rank(case: Case) -> Explanation:
    """What goes into a layer has too few dimensions, or too many."""
    wanted = _wanted(case)
    node = case.node
    source = case.input_of(node) if isinstance(node, Layer) else None
    shape = case.output_of(source)
    gives = "its input" if source is None else f"{case.called(source)} gives it"
    has = "another number" if shape is None else f"{len(shape)}"
    first = f"{case.label} takes an input of {wanted} dimensions, and {gives} has {has}."
    if source is not None:
        first = f"{case.label} takes an input of {wanted} dimensions, but {gives} one of {has}."
    second = (
        "The first dimension is the batch and the last one the channels; what lies between them "
        "decides which layers fit, and a reshape puts the same values into other dimensions."
    )
    candidates: tuple[Command, ...] = ()
    if isinstance(node, Layer) and source is not None and shape is not None:
        candidates = tuple(_for_rank(case, node, source, shape, wanted))
    return Explanation((first, second), _layers(case, source), candidates)


def unknown_size(case: Case) -> Explanation:
    """The size of a variable is not known, as that of the layer's input isn't."""
    node = case.node
    source = case.input_of(node) if isinstance(node, Layer) else None
    gives = "its input" if source is None else f"what {case.called(source)} gives"
    first = (
        f"{case.label} can't tell how large its variables are, as the size of {gives} is unknown."
    )
    second = (
        "Only dimensions that no variable depends on, such as the batch, may be left open while "
        "the graph is built."
    )
    return Explanation((first, second), _layers(case, source))


def _layers(case: Case, other: str | None) -> tuple[str, ...]:
    return tuple(dict.fromkeys((case.node.id, *([] if other is None else [other]))))


def _for_clash(case: Case, maker: str | None) -> Iterator[Command]:
    node = case.node
    owner = None if maker is None or maker == node.id else case.stack.node(maker)
    if isinstance(node, Layer) and isinstance(owner, Layer):
        yield from _as_owner(case, node, owner)
    if isinstance(node, Layer) and maker == node.id:
        yield from _to_repeat(case, node)
    yield from case.own_variables()
    if node.reuse is not None:
        yield from case.reuse(None, "Let it make new variables")


def _as_owner(case: Case, node: Layer, owner: Layer) -> Iterator[Command]:
    """Yield edits that give a layer the sizes of another one, its input, or both."""
    called = case.short(owner.id)
    sizes = _other_sizes(node, owner) if node.kind == owner.kind else {}
    words = ", ".join(f"{name}={_show(value)}" for name, value in sizes.items())
    changed = node.with_arguments(sizes)
    if sizes:
        recorder = Recorder(case.stack)
        recorder.do(Replace((changed,)))
        yield from fix(recorder.command(""), f"Set {words}, as {called} has it")
    source = case.input_of(owner)
    if source is None or source == case.input_of(node):
        return
    taken = f"take {case.short(source)} as its input, as {called} does"
    yield from fix(
        commands.set_inputs(case.stack, node.id, (source,)), taken[:1].upper() + taken[1:]
    )
    if sizes:
        recorder = Recorder(case.stack)
        recorder.do(Replace((replace(changed, inputs=(source,)),)))
        yield from fix(recorder.command(""), f"Set {words} and {taken}")


def _other_sizes(node: Layer, owner: Layer) -> Mapping[str, Value]:
    return {
        name: owner.arguments[name]
        for name in _SIZES
        if name in owner.arguments and owner.arguments[name] != node.arguments.get(name)
    }


def _show(value: Value) -> str:
    return str(list(value)) if isinstance(value, tuple) else str(value)


def _to_repeat(case: Case, node: Layer) -> Iterator[Command]:
    """Yield edits for a layer that is repeated with variables that no longer fit."""
    scope = next((found for found in case.scopes if found.repeat > 1), None)
    sizes = [int(size) for size in case.found["there"].strip("()").split(",") if size.strip()]
    argument = next((name for name in ("units", "filters") if name in node.arguments), None)
    if argument is not None and len(sizes) > 1:
        changed = commands.set_argument(case.stack, (node.id,), argument, sizes[-2])
        yield from fix(changed, f"Set {argument}={sizes[-2]}, so that its output fits its input")
    if scope is not None and scope.name and "{i}" not in scope.name:
        name = f"{scope.name}_{{i}}"
        recorder = Recorder(case.stack)
        recorder.do(Replace((replace(scope, name=name, reuse=None),)))
        yield from fix(recorder.command(""), f"Number the scope: {name}")


def _for_type(case: Case, maker: str | None) -> Iterator[Command]:
    node, there = case.node, case.found["there"]
    if isinstance(node, Layer):
        yield from _without_type(case, node)
        source = case.input_of(node)
        given = None if source is None else case.stack.node(source)
        if isinstance(given, Layer) and given.kind == "input":
            changed = commands.set_argument(case.stack, (given.id,), "dtype", there)
            yield from fix(changed, f"Give {case.short(given.id)} the type {there}")
        owner = None if maker is None else case.stack.node(maker)
        before = case.input_of(owner) if isinstance(owner, Layer) else None
        if before is not None and before != source:
            taken = commands.set_inputs(case.stack, node.id, (before,))
            yield from fix(taken, f"Take {case.short(before)} as its input")
    yield from case.own_variables()
    if node.reuse is not None:
        yield from case.reuse(None, "Let it make new variables")


def _without_type(case: Case, node: Layer) -> Iterator[Command]:
    """Yield the edit that takes back the types that a layer asks for by itself."""
    roles = {
        role: {key: value for key, value in settings.items() if key != "dtype"}
        for role, settings in node.variables.items()
        if isinstance(settings, Mapping)
    }
    kept = {role: settings for role, settings in roles.items() if settings}
    if kept != node.variables:
        recorder = Recorder(case.stack)
        recorder.do(Replace((replace(node, variables=kept),)))
        yield from fix(recorder.command(""), "Ask for no type of its own")


def _wanted(case: Case) -> int:
    return int(case.found["wanted"] or case.found["least"] or case.found["exact"])


def _for_rank(
    case: Case, node: Layer, source: str, shape: tuple[int | None, ...], wanted: int
) -> Iterator[Command]:
    for target in _reshapes(shape, wanted):
        text = f"Put a reshape to {_show(target)} before it"
        yield from _before(
            case, node, Layer(new_id(), "reshape", arguments={"shape": target}), text
        )
    given = case.stack.node(source)
    if len(shape) > wanted == 2:
        kind = "flatten"
        way = next(iter(KINDS[kind].constructions))
        yield from _before(
            case, node, Layer(new_id(), kind, construction=way), "Put a flatten before it"
        )
    if isinstance(given, Layer) and given.kind == "input":
        for target in _reshapes(shape, wanted):
            sizes = (None, *target[1:])
            changed = commands.set_argument(case.stack, (source,), "shape", sizes)
            shown = "[" + ", ".join("?" if size is None else str(size) for size in sizes) + "]"
            yield from fix(changed, f"Give {case.short(source)} the shape {shown}")


def _before(case: Case, node: Layer, new: Layer, text: str) -> Iterator[Command]:
    """Yield the edit that puts a layer before another one, between it and its input."""
    recorder = Recorder(case.stack)
    recorder.do(Insert(case.stack.place(node.id), (replace(new, inputs=node.inputs),)))
    if node.inputs is not None:
        recorder.do(Replace((replace(node, inputs=(new.id, *node.inputs[1:])),)))
    try:
        yield from fix(recorder.command(text, (new.id,)), text)
    except CommandRefusedError:
        return  # the stack would have too many layers


def _reshapes(shape: tuple[int | None, ...], wanted: int) -> Iterator[tuple[int, ...]]:
    """Yield shapes of a number of dimensions that hold what one of another number holds."""
    sizes = shape[1:]
    if any(size is None for size in sizes):
        return
    known = [int(size) for size in sizes if size is not None]
    between = wanted - 2
    if between < 0 or (not known and wanted > 2):
        return
    if not known:
        yield (-1, 1)
    elif len(known) == 1:
        yield from ((-1, *found) for found in _images(known[0], between))
    elif len(shape) < wanted:
        yield (-1, *known, *([1] * (wanted - len(shape))))
    elif between:
        kept = known[: between - 1]
        yield (-1, *kept, math.prod(known[between - 1 : -1]), known[-1])


def _images(values: int, between: int) -> Iterator[tuple[int, ...]]:
    """Yield the sizes of cubes with few channels that hold so many values, else of a rectangle."""
    found = False
    for channels in _CHANNELS if between else ():
        side = round((values / channels) ** (1 / between))
        if channels * side**between == values:
            found = True
            yield (*[side] * between, channels)
    if between == 2 and not found:
        side = next(size for size in range(math.isqrt(values), 0, -1) if values % size == 0)
        yield side, values // side, 1
