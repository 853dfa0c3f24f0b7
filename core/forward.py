"""What it takes to run a built graph forward once, as plain values that can leave the builder."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Forward:
    """A graph, and what to run in it.

    Attributes:
        graph_def: The serialized GraphDef.
        initializers: The names of the ops that initialize its variables.
        outputs: The id of each origin and the name of the tensor that it made, in the order in
            which these were made: a layer of a repeated scope has one for each repetition.
        variable_bytes: The size of all variables' values.
        cpu_devices: How many logical CPU devices the graph was built for.
    """

    graph_def: bytes
    initializers: tuple[str, ...]
    outputs: tuple[tuple[str, str], ...]
    variable_bytes: int
    cpu_devices: int = 1
