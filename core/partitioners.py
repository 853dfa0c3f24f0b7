"""TensorFlow's partitioners of variables, with their parameters."""

from core.arguments import Argument, Chosen, Function, Integer, Optional
from core.dimensions import AXIS_FROM_FIRST

_AXIS = Argument("axis", AXIS_FROM_FIRST, 0, "The dimension that is cut.")
_STRING_BYTES = Argument(
    "bytes_per_string_element", Integer(1), 16, "What a string is taken to be long."
)

PARTITIONERS = {
    function.kind: function
    for function in (
        Function(
            "fixed_size",
            "tf.fixed_size_partitioner",
            (
                Argument("num_shards", Integer(1), help="How many parts.", required=True),
                _AXIS,
            ),
            "Cuts a variable into a number of parts.",
        ),
        Function(
            "min_max",
            "tf.min_max_variable_partitioner",
            (
                Argument("max_partitions", Integer(1), 1, "How many parts at the most."),
                _AXIS,
                Argument("min_slice_size", Integer(1), 256 * 1024, "Bytes in a part at least."),
                _STRING_BYTES,
            ),
            "Cuts a variable into parts that are not too small.",
        ),
        Function(
            "variable_axis_size",
            "tf.variable_axis_size_partitioner",
            (
                Argument(
                    "max_shard_bytes",
                    Integer(1),
                    help="Bytes in a part at the most.",
                    required=True,
                ),
                _AXIS,
                _STRING_BYTES,
                Argument("max_shards", Optional(Integer(1)), None, "How many parts at the most."),
            ),
            "Cuts a variable into as many parts as their size asks for.",
        ),
    )
}

PARTITIONER = Chosen(PARTITIONERS)
