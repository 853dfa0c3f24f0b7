"""Which function explains which of TensorFlow's errors."""

import re
from collections.abc import Callable

from core.built import Built
from core.refusals import names, partitions, shapes, values
from core.refusals.case import Case, Explanation

# By TensorFlow's words, as they are in the version that this program depends on.
KINDS: tuple[tuple[str, Callable[[Case], Explanation]], ...] = (
    (names.ALREADY_EXISTS, names.already_exists),
    (names.DOES_NOT_EXIST, names.does_not_exist),
    (names.NO_NAME, names.no_name),
    (shapes.SHAPE_CLASH, shapes.shape_clash),
    (shapes.DTYPE_CLASH, shapes.dtype_clash),
    (shapes.WRONG_RANK, shapes.wrong_rank),
    (shapes.UNKNOWN_SIZE, shapes.unknown_size),
    (partitions.PARTITIONS, partitions.partitions),
    (values.UNINITIALIZED, values.uninitialized),
    (values.NO_INITIALIZER, values.no_initializer),
)


def explain(built: Built) -> Explanation | None:
    """Return what the refusal of a build means; None where there is none, or it is another."""
    refusal = built.refusal
    if refusal is None or refusal.origin not in built.stack:
        return None
    for words, function in KINDS:
        found = re.search(words, refusal.message)
        if found is not None:
            return function(Case(built, refusal, found))
    return None
