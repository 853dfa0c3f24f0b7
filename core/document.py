"""A stack to and from a file, with checks that say what is wrong and where."""

import json
import re
from collections.abc import Mapping
from pathlib import Path

from core.arguments import (
    Boolean,
    Choice,
    Integer,
    OneOf,
    Optional,
    Sequence,
    Text,
    ValueRefusedError,
    ValueType,
    show,
)
from core.atomic import write_text
from core.catalog import KINDS, SCOPE, SCOPES, VARIABLE, Kind
from core.json_file import DocumentError, as_object, parse, read_text
from core.lesson_document import lesson_to_json, read_lesson
from core.stack import Layer, Node, Scope, Stack, Value, size

FORMAT = "layerscope-stack"
VERSION = 1
SUFFIX = ".stack.json"
LARGEST_FILE = 32 * 2**20
DEEPEST_SCOPE = 64
# Layers that are built for a stack, repetitions counted.
MOST_BUILT = 100_000
REPEAT = Integer(1, MOST_BUILT)

# TensorFlow's pattern for the names of scopes (tensorflow.python.framework.ops).
_NAME = re.compile(r"[A-Za-z0-9.][A-Za-z0-9_.\\/>-]*")
_STACK_KEYS = (
    *("format", "version", "name", "lesson"),
    *("seed", "device", "root", "use_resource", "nodes"),
)
_SCOPE_KEYS = ("id", "kind", "name", "reuse", "repeat", "arguments", "device", "nodes")
_LAYER_KEYS = (
    *("id", "kind", "name", "construction", "reuse"),
    *("inputs", "arguments", "variables", "device", "guesses"),
)
_PLAIN = (str, int, float, type(None))
_REUSE = Optional(OneOf((Boolean(), Choice(("auto",)))))


def load(path: Path) -> Stack:
    """Read a stack file. Raises DocumentError, also where the file can't be read."""
    return loads(read_text(path, LARGEST_FILE, "stack file"))


def save(stack: Stack, path: Path, *, indent: int | None = 2) -> None:
    """Write a stack file, all of it or nothing. Raises OSError."""
    write_text(path, dumps(stack, indent=indent))


def dumps(stack: Stack, *, indent: int | None = 2) -> str:
    """Return a stack as the text of a stack file; without an indent it is made much faster."""
    document = {
        "format": FORMAT,
        "version": VERSION,
        "name": stack.name,
        **_without_defaults({"lesson": lesson_to_json(stack.lesson)}),
        "seed": stack.seed,
        "device": stack.device,
        **_without_defaults({"root": stack.root, "use_resource": stack.use_resource}),
        "nodes": nodes_to_json(stack.nodes),
    }
    return json.dumps(document, indent=indent, ensure_ascii=False) + "\n"


def loads(text: str) -> Stack:
    """Return the stack that a stack file's text holds. Raises DocumentError."""
    document = as_object(parse(text), "")
    if document.get("format") != FORMAT:
        raise DocumentError(f'must be "{FORMAT}"', "format")
    version = document.get("version")
    # In Python true and 1.0 equal 1; in a file they don't mean it.
    if isinstance(version, bool | float) or version != VERSION:
        raise DocumentError(f"must be {VERSION}, not {show(version)}", "version")
    _known_keys(document, _STACK_KEYS, "")
    name = document.get("name", "untitled")
    if not isinstance(name, str):
        raise DocumentError(f"must be a text, not {show(name)}", "name")
    with _at("root"):
        check_name(document.get("root"))
    with _at("lesson"):
        lesson = read_lesson(document.get("lesson"))
    return Stack(
        name=name,
        seed=_checked(document, "seed", Optional(Integer()), ""),  # type: ignore[arg-type]
        device=_checked(document, "device", Optional(Text()), ""),  # type: ignore[arg-type]
        root=_checked(document, "root", Optional(Text()), ""),  # type: ignore[arg-type]
        use_resource=_checked(document, "use_resource", Optional(Boolean()), ""),  # type: ignore[arg-type]
        nodes=_Reader().read(document.get("nodes", ())),
        lesson=lesson,
    )


def nodes_to_json(nodes: tuple[Node, ...]) -> list[dict[str, object]]:
    """Return nodes as JSON values, what has its default left out."""
    return [_node_to_json(node) for node in nodes]


def read_nodes(value: Value) -> tuple[Node, ...]:
    """Return the nodes that `nodes_to_json` wrote, as they come from a drop or the clipboard.

    Inputs that are not among them are left out. Raises DocumentError.
    """
    return _Reader(strict_inputs=False).read(value)


def check_name(name: Value) -> None:
    """Raise ValueRefusedError unless TensorFlow takes this as the name of a scope or layer."""
    Optional(Text()).check(name)
    if isinstance(name, str) and not _NAME.fullmatch(name):
        raise ValueRefusedError(
            f"TensorFlow takes no such name: {show(name)}; use letters, digits and _ . - / "
            "after a letter, digit or ."
        )


def check_node_name(kind: str, name: Value) -> None:
    """Raise ValueRefusedError unless a node of this kind can have this name.

    In a scope's, `{i}` is a number.
    """
    numbered = kind in SCOPES and isinstance(name, str)
    check_name(name.replace("{i}", "0") if numbered else name)  # type: ignore[union-attr]


def _node_to_json(node: Node) -> dict[str, object]:
    if isinstance(node, Scope):
        fields: dict[str, object] = {
            "id": node.id,
            "kind": node.kind,
            "name": node.name,
            "reuse": node.reuse,
            "repeat": node.repeat if node.repeat > 1 else None,
            "device": node.device,
            "arguments": _thaw(node.arguments),
        }
        return _without_defaults(fields) | {"nodes": nodes_to_json(node.nodes)}
    return _without_defaults(
        {
            "id": node.id,
            "kind": node.kind,
            "name": node.name,
            "construction": node.construction,
            "reuse": node.reuse,
            "device": node.device,
            "inputs": None if node.inputs is None else list(node.inputs),
            "arguments": _thaw(node.arguments),
            "variables": _thaw(node.variables),
            "guesses": list(node.guesses) or None,
        }
    )


def _without_defaults(fields: dict[str, object]) -> dict[str, object]:
    return {key: value for key, value in fields.items() if value is not None and value != {}}


def _thaw(value: Value) -> object:
    if isinstance(value, _PLAIN):  # nearly all are, and telling a mapping takes longer
        return value
    if isinstance(value, tuple):
        return [_thaw(item) for item in value]
    return {key: _thaw(item) for key, item in value.items()}


def _known_keys(value: Mapping[str, Value], keys: tuple[str, ...], place: str) -> None:
    for key in value:
        if key not in keys:
            where = f"{place}.{key}" if place else key
            raise DocumentError(f"there is no such key; there are: {', '.join(keys)}", where)


def _checked(value: Mapping[str, Value], key: str, kind: ValueType, place: str) -> Value:
    """Return an optional field's value, checked."""
    found = value.get(key)
    where = f"{place}.{key}" if place else key
    with _at(where):
        kind.check(found)
    return found


class _at:  # noqa: N801 - reads as a preposition
    """Give what is refused inside the block its place in the file."""

    def __init__(self, place: str) -> None:
        self._place = place

    def __enter__(self) -> None:
        pass

    def __exit__(self, kind: object, error: BaseException | None, trace: object) -> None:
        if isinstance(error, ValueRefusedError):
            raise DocumentError(error.sentence, self._place + error.place) from None


class _Reader:
    """Reads nodes in reading order, so that each sees the ids of those before it."""

    def __init__(self, *, strict_inputs: bool = True) -> None:
        self._strict_inputs = strict_inputs
        self._ids: set[str] = set()
        # What a node may take its input from: all earlier ones but the scopes around it.
        self._closed: set[str] = set()
        self._depth = 0

    def read(self, value: Value) -> tuple[Node, ...]:
        nodes = self._nodes(value, "nodes")
        built = size(nodes)
        if built > MOST_BUILT:
            raise DocumentError(
                f"with all repetitions these are {built:,} layers, more than {MOST_BUILT:,}",
                "nodes",
            )
        return nodes

    def _nodes(self, value: Value, place: str) -> tuple[Node, ...]:
        if not isinstance(value, tuple):
            raise DocumentError(f"must be a list, not {show(value)}", place)
        return tuple(self._node(item, f"{place}[{index}]") for index, item in enumerate(value))

    def _node(self, value: Value, place: str) -> Node:
        fields = as_object(value, place)
        kind = fields.get("kind")
        if not isinstance(kind, str) or (kind not in SCOPES and kind not in KINDS):
            kinds = ", ".join([*SCOPES, *KINDS])
            raise DocumentError(f"must be one of {kinds}, not {show(kind)}", f"{place}.kind")
        node_id = self._id(fields, place)
        read = self._scope if kind in SCOPES else self._layer
        node = read(node_id, fields, place)
        self._closed.add(node_id)
        return node

    def _id(self, fields: Mapping[str, Value], place: str) -> str:
        found = fields.get("id")
        if not isinstance(found, str) or not found:
            raise DocumentError(f"must be a text, not {show(found)}", f"{place}.id")
        if found in self._ids:
            raise DocumentError(f"another node has the id {show(found)} too", f"{place}.id")
        self._ids.add(found)
        return found

    def _scope(self, node_id: str, fields: Mapping[str, Value], place: str) -> Scope:
        _known_keys(fields, _SCOPE_KEYS, place)
        self._depth += 1
        if self._depth > DEEPEST_SCOPE:
            raise DocumentError(f"scopes are nested more than {DEEPEST_SCOPE} deep", place)
        kind = str(fields["kind"])
        arguments = self._arguments(fields, place)
        with _at(f"{place}.arguments"):
            SCOPES[kind].check(arguments)
        common = self._common(fields, place)
        if common["reuse"] is not None and kind != SCOPE.kind:
            raise DocumentError(f"a {kind} does not concern variables", f"{place}.reuse")
        repeat = fields.get("repeat", 1)
        with _at(f"{place}.repeat"):
            REPEAT.check(repeat)
        nodes = self._nodes(fields.get("nodes", ()), f"{place}.nodes")
        self._depth -= 1
        return Scope(
            id=node_id,
            kind=kind,
            repeat=repeat,  # type: ignore[arg-type]
            arguments=arguments,
            nodes=nodes,
            **common,  # type: ignore[arg-type]
        )

    def _layer(self, node_id: str, fields: Mapping[str, Value], place: str) -> Layer:
        _known_keys(fields, _LAYER_KEYS, place)
        kind = KINDS[str(fields["kind"])]
        common = self._common(fields, place)
        if common["reuse"] is not None and not kind.reusable:
            raise DocumentError(f"{kind.id} has no variables to reuse", f"{place}.reuse")
        arguments = self._arguments(fields, place)
        with _at(f"{place}.arguments"):
            kind.function.check(arguments)
        return Layer(
            id=node_id,
            kind=kind.id,
            construction=self._construction(kind, fields, place),
            inputs=self._inputs(kind, fields, place),
            arguments=arguments,
            variables=self._variables(kind, fields, place),
            guesses=self._guesses(kind, fields, place),
            **common,  # type: ignore[arg-type]
        )

    def _common(self, fields: Mapping[str, Value], place: str) -> dict[str, Value]:
        with _at(f"{place}.name"):
            check_node_name(str(fields.get("kind")), fields.get("name"))
        return {
            "name": fields.get("name"),
            "reuse": _checked(fields, "reuse", _REUSE, place),
            "device": _checked(fields, "device", Optional(Text()), place),
        }

    def _arguments(self, fields: Mapping[str, Value], place: str) -> Mapping[str, Value]:
        return as_object(fields.get("arguments", {}), f"{place}.arguments")

    def _construction(self, kind: Kind, fields: Mapping[str, Value], place: str) -> str | None:
        where = f"{place}.construction"
        construction = fields.get("construction")
        if not kind.constructions:
            if construction is not None:
                raise DocumentError(f"{kind.id} is built in one way only", where)
            return None
        with _at(where):
            Optional(Choice(kind.constructions)).check(construction)
        return kind.constructions[0] if construction is None else str(construction)

    def _inputs(
        self, kind: Kind, fields: Mapping[str, Value], place: str
    ) -> tuple[str, ...] | None:
        where = f"{place}.inputs"
        inputs = fields.get("inputs")
        if inputs is None:
            return None
        with _at(where):
            Sequence(Text()).check(inputs)
        assert isinstance(inputs, tuple)
        ids = tuple(map(str, inputs))
        if not self._strict_inputs:
            ids = tuple(found for found in ids if found in self._closed)
            if not ids:
                return None
        for index, found in enumerate(ids):
            if found not in self._closed:
                raise DocumentError(self._why_not(found), f"{where}[{index}]")
        fewest, most = kind.inputs
        if len(ids) < fewest or (most is not None and len(ids) > most):
            count = f"{fewest} or more" if most is None else str(fewest)
            raise DocumentError(f"{kind.id} takes {count}, not {len(ids)}", where)
        return ids

    def _why_not(self, found: str) -> str:
        if found in self._ids:
            return f"{show(found)} is this node itself or a scope around it"
        return f"no node before this one has the id {show(found)}"

    def _guesses(self, kind: Kind, fields: Mapping[str, Value], place: str) -> tuple[str, ...]:
        where = f"{place}.guesses"
        guesses = fields.get("guesses", ())
        names = tuple(argument.name for argument in kind.function.arguments)
        with _at(where):
            Sequence(Choice(names)).check(guesses)
        assert isinstance(guesses, tuple)
        for index, found in enumerate(guesses):
            if found in guesses[:index]:
                raise DocumentError(f"has {show(found)} twice", where)
        return tuple(map(str, guesses))

    def _variables(
        self, kind: Kind, fields: Mapping[str, Value], place: str
    ) -> Mapping[str, Value]:
        where = f"{place}.variables"
        variables = as_object(fields.get("variables", {}), where)
        for role, settings in variables.items():
            if role not in kind.roles:
                roles = ", ".join(kind.roles) or "none"
                raise DocumentError(
                    f"{kind.id} has no such variable; it has: {roles}", f"{where}.{role}"
                )
            checked = as_object(settings, f"{where}.{role}")
            with _at(f"{where}.{role}"):
                VARIABLE.check(checked)
            with _at(f"{where}.{role}.name"):
                check_name(checked.get("name"))
        return variables
