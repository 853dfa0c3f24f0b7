"""What each tensor of a checkpoint is: a variable, an optimizer's slot, a step, bookkeeping."""

import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from google.protobuf.message import DecodeError

from core.bundle_protos import ObjectGraph
from core.named_tensors import VALUE_ENDING, Part, TensorInfo

OBJECT_GRAPH = "_CHECKPOINTABLE_OBJECT_GRAPH"
_OBJECT_SLOT = "/.OPTIMIZER_SLOT/"
# The slots of TensorFlow's optimizers and moving averages, and those of published models' own.
_SLOT = re.compile(
    r"(?:\w*Adam\w*|AdaMax|\w*Momentum|RMSProp|Adagrad\w*|Adadelta|Ftrl|LARS\w*|"
    r"adam_[mv]|Shampoo|AMSGrad|ExponentialMovingAverage)(?:_\d+)?"
)
_STEP = re.compile(r"(?:.*/)?global_step")
_POWER = re.compile(r"(?:.*/)?(?:beta[12]_power|learning_rate_power)(?:_\d+)?")
_OPTIMIZER_VARIABLE = "_variables"
# Longer names than people give take a hostile file to come by, and long to search.
_LONGEST_SLOT = 100
_MOST_SCOPES = 32


def with_parts(
    tensors: Mapping[str, TensorInfo], graph: bytes | None = None
) -> dict[str, TensorInfo]:
    """Return tensors with what each of them is.

    Args:
        tensors: The tensors of a checkpoint.
        graph: The object graph in it, serialized, where it has one.
    """
    found = dict(tensors)
    if graph is not None:
        found |= _by_objects(found, graph)
    slots = _slot_names(found)
    for name, tensor in found.items():
        if tensor.part is Part.VARIABLE and tensor.variable is None:
            found[name] = _by_name(tensor, found, slots)
    return found


def keys_of_variables(graph: bytes) -> dict[str, str]:
    """Return the keys of variables by the names that an object graph says they had.

    Where two had one name it is the last that counts, as in TensorFlow's object_graph_key_mapping.
    """
    try:
        nodes = ObjectGraph.FromString(graph).nodes
    except DecodeError:
        return {}
    return {found.full_name: found.checkpoint_key for node in nodes for found in node.attributes}


def _by_name(
    tensor: TensorInfo, tensors: Mapping[str, TensorInfo], slots: frozenset[str]
) -> TensorInfo:
    name = tensor.name
    if name in (OBJECT_GRAPH, f"save_counter{VALUE_ENDING}"):
        return replace(tensor, part=Part.BOOKKEEPING)
    if not tensor.shape and (_STEP.fullmatch(name) and tensor.dtype in ("int64", "int32")):
        return replace(tensor, part=Part.STEP)
    if not tensor.shape and _POWER.fullmatch(name):
        return replace(tensor, part=Part.BOOKKEEPING)
    owner, _, slot = name.rpartition("/")
    if slot in slots:
        of = _owner(owner, tensors)
        if of is not None or _is_known_slot(slot):
            return replace(tensor, part=Part.SLOT, slot=slot, slot_of=of)
    return tensor


def _slot_names(tensors: Mapping[str, TensorInfo]) -> frozenset[str]:
    """Return the last parts of names that slots have.

    A variable whose name is also another's scope is rare, and an optimizer of any name makes such
    names for many variables, each with a tensor of the same form.
    """
    named: Counter[str] = Counter()
    owned: Counter[str] = Counter()
    for name, tensor in tensors.items():
        owner, _, last = name.rpartition("/")
        named[last] += 1
        if owner in tensors and tensors[owner].form == tensor.form:
            owned[last] += 1
    return frozenset(
        last for last in named if _is_known_slot(last) or 1 < owned[last] == named[last]
    )


def _is_known_slot(name: str) -> bool:
    return len(name) <= _LONGEST_SLOT and _SLOT.fullmatch(name) is not None


def _owner(name: str, tensors: Mapping[str, TensorInfo]) -> str | None:
    """Return the variable of a slot; an optimizer made in a scope has its slots' names there."""
    return next((found for found in _endings(name) if found in tensors), None)


def _endings(name: str) -> Iterator[str]:
    """Yield a name, then it without its outermost scope, and so on."""
    for _ in range(_MOST_SCOPES):
        yield name
        name = name.partition("/")[2]
        if not name:
            return


def _by_objects(tensors: Mapping[str, TensorInfo], graph: bytes) -> dict[str, TensorInfo]:
    """Return what an object graph says of the tensors it knows."""
    try:
        nodes = ObjectGraph.FromString(graph).nodes
    except DecodeError:
        return {}
    keys: dict[int, str] = {}
    found: dict[str, TensorInfo] = {}
    for number, node in enumerate(nodes):
        for attribute in node.attributes:
            key = attribute.checkpoint_key
            if key in tensors:
                keys.setdefault(number, key)
                full_name = attribute.full_name or None
                found[key] = replace(tensors[key], variable=full_name, part=_object_part(key))
    for node in nodes:
        for slot in node.slot_variables:
            _note_slot(slot, keys, found)
    _note_new_slots(found)
    return found


def _object_part(key: str) -> Part:
    if _OBJECT_SLOT in key:
        return Part.SLOT
    if key == f"save_counter{VALUE_ENDING}" or "optimizer" in key.split("/"):
        return Part.BOOKKEEPING
    return Part.VARIABLE


def _note_slot(slot: Any, keys: Mapping[int, str], found: dict[str, TensorInfo]) -> None:
    key = keys.get(slot.slot_variable_node_id)
    if key is not None:
        owner = keys.get(slot.original_variable_node_id)
        found[key] = replace(found[key], part=Part.SLOT, slot=slot.slot_name, slot_of=owner)


def _note_new_slots(found: dict[str, TensorInfo]) -> None:
    """Note the slots of Keras' newer optimizers: a list whose items name their variables."""
    owners = defaultdict(list)
    for key, tensor in found.items():
        if tensor.part is Part.VARIABLE and tensor.variable:
            owners[tensor.variable.replace("/", "_")].append(key)
            owners[tensor.variable].append(key)
    for key, tensor in found.items():
        if tensor.part is Part.BOOKKEEPING and _OPTIMIZER_VARIABLE in key.split("/"):
            name = tensor.variable or ""
            ending = next((it for it in _endings(name) if len(owners.get(it, ())) == 1), None)
            if ending is not None:
                slot = name.removesuffix(ending).strip("/") or None
                owner = owners[ending][0]
                found[key] = replace(tensor, part=Part.SLOT, slot=slot, slot_of=owner)
