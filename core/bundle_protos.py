"""The messages in a checkpoint's index, as far as they are read here.

TensorFlow's own classes for them can't be had without importing all of TensorFlow, which takes
three seconds. These are made by the same library from the same numbers: tensor_bundle.proto,
trackable_object_graph.proto and checkpoint_state.proto.
"""

from typing import Any

from google.protobuf import descriptor_pb2, descriptor_pool, message_factory

_Field = descriptor_pb2.FieldDescriptorProto
_TEXT, _BYTES, _BOOLEAN = _Field.TYPE_STRING, _Field.TYPE_BYTES, _Field.TYPE_BOOL
_INT32, _INT64, _FIXED32 = _Field.TYPE_INT32, _Field.TYPE_INT64, _Field.TYPE_FIXED32

# For each message its fields: number, type (a message's name where it is one), whether repeated.
_MESSAGES: dict[str, dict[str, tuple[int, int | str, bool]]] = {
    "Header": {"num_shards": (1, _INT32, False), "endianness": (2, _INT32, False)},
    "Dimension": {"size": (1, _INT64, False)},
    "Shape": {"dim": (2, "Dimension", True), "unknown_rank": (3, _BOOLEAN, False)},
    "Entry": {
        "dtype": (1, _INT32, False),
        "shape": (2, "Shape", False),
        "shard_id": (3, _INT32, False),
        "offset": (4, _INT64, False),
        "size": (5, _INT64, False),
        "crc32c": (6, _FIXED32, False),
        # The parts that a tensor was saved in; how large each is doesn't matter here.
        "slices": (7, _BYTES, True),
    },
    "ObjectGraph": {"nodes": (1, "Object", True)},
    "Object": {"attributes": (2, "Attribute", True), "slot_variables": (3, "Slot", True)},
    "Attribute": {
        "name": (1, _TEXT, False),
        "full_name": (2, _TEXT, False),
        "checkpoint_key": (3, _TEXT, False),
    },
    "Slot": {
        "original_variable_node_id": (1, _INT32, False),
        "slot_name": (2, _TEXT, False),
        "slot_variable_node_id": (3, _INT32, False),
    },
    "State": {
        "model_checkpoint_path": (1, _TEXT, False),
        "all_model_checkpoint_paths": (2, _TEXT, True),
        "all_model_checkpoint_timestamps": (3, _Field.TYPE_DOUBLE, True),
        "last_preserved_timestamp": (4, _Field.TYPE_DOUBLE, False),
    },
}
_PACKAGE = "layerscope.checkpoint"


def _classes() -> dict[str, Any]:
    file = descriptor_pb2.FileDescriptorProto(name="checkpoint.proto", package=_PACKAGE)
    file.syntax = "proto3"
    for name, fields in _MESSAGES.items():
        message = file.message_type.add(name=name)
        for field, (number, kind, repeated) in fields.items():
            added = message.field.add(name=field, number=number)
            added.label = _Field.LABEL_REPEATED if repeated else _Field.LABEL_OPTIONAL
            if isinstance(kind, str):
                added.type = _Field.TYPE_MESSAGE
                added.type_name = f".{_PACKAGE}.{kind}"
            else:
                added.type = kind
    # A pool of its own, so that TensorFlow's messages of the same names are never in the way.
    pool = descriptor_pool.DescriptorPool()
    pool.Add(file)
    return {
        name: message_factory.GetMessageClass(pool.FindMessageTypeByName(f"{_PACKAGE}.{name}"))
        for name in _MESSAGES
    }


_FOUND = _classes()
Header, Entry = _FOUND["Header"], _FOUND["Entry"]
ObjectGraph, State = _FOUND["ObjectGraph"], _FOUND["State"]
