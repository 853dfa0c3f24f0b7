"""The kinds of nodes that other nodes stand in: variable scopes and name scopes."""

from collections.abc import Mapping
from types import MappingProxyType

from core.arguments import Argument, Boolean, Function, Optional, Text
from core.constraints import CONSTRAINT
from core.dtypes import DTYPE
from core.getters import GETTER
from core.initializers import INITIALIZER
from core.partitioners import PARTITIONER
from core.regularizers import REGULARIZER

SCOPE = Function(
    "scope",
    "tf.variable_scope",
    (
        Argument(
            "initializer",
            Optional(INITIALIZER),
            None,
            "For variables in it that ask for none; tf.layers' biases do ask for zeros.",
        ),
        Argument(
            "regularizer",
            Optional(REGULARIZER),
            None,
            "For variables in it that ask for none, biases and moving averages too.",
        ),
        Argument(
            "constraint", Optional(CONSTRAINT), None, "For variables in it that ask for none."
        ),
        Argument(
            "dtype",
            Optional(DTYPE),
            None,
            "For variables in it that ask for none; tf.layers asks for that of its input.",
        ),
        Argument(
            "use_resource",
            Optional(Boolean()),
            None,
            "Whether its variables are resources instead of references.",
        ),
        Argument(
            "partitioner",
            Optional(PARTITIONER),
            None,
            "Cuts the variables in it into parts; moving averages are left whole.",
        ),
        Argument(
            "custom_getter",
            Optional(GETTER),
            None,
            "What is done with each request for a variable in it.",
        ),
        Argument(
            "caching_device",
            Optional(Text()),
            None,
            "The device that keeps a copy of what is read.",
            "Names and devices",
        ),
        Argument(
            "default_name",
            Optional(Text()),
            None,
            "The name when none is given; made unique with a number.",
            "Names and devices",
        ),
        Argument(
            "auxiliary_name_scope",
            Boolean(),
            True,
            "Whether ops in it get a name scope of their own.",
            "Names and devices",
        ),
    ),
    "A variable scope: its name stands before the names of the variables in it.",
)

NAME_SCOPE = Function(
    "name_scope",
    "tf.name_scope",
    (),
    "A name scope: its name stands before the names of ops in it, but not before variables of "
    "tf.layers and get_variable.",
)

STACK = Function(
    "stack",
    "",
    (
        Argument("name", Text(), "untitled", "What the stack is called, in its script too."),
        Argument(
            "root",
            Optional(Text()),
            None,
            "A variable scope around the whole stack: its name stands before all variables' names.",
        ),
        Argument(
            "use_resource",
            Optional(Boolean()),
            None,
            "Whether variables are resources or references; a scope may have its own choice. "
            "None leaves it to TensorFlow, which makes references here.",
        ),
    ),
    "What holds for the stack as a whole.",
)

# The kinds of nodes that other nodes stand in.
SCOPES: Mapping[str, Function] = MappingProxyType(
    {function.kind: function for function in (SCOPE, NAME_SCOPE)}
)
