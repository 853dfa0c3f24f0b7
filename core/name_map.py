"""A map between the names of two checkpoints, as the code that loads one into the other."""

from collections.abc import Mapping


def saver_code(names: Mapping[str, str]) -> str:
    """Return code that restores a checkpoint with the left names into variables with the right."""
    entries = [f"    {left!r}: variables[{right!r}]," for left, right in names.items()]
    return _lines(
        "variables = {variable.op.name: variable for variable in tf.global_variables()}",
        "saver = tf.train.Saver({",
        *entries,
        "})",
        "saver.restore(session, prefix)",
    )


def init_from_checkpoint_code(names: Mapping[str, str]) -> str:
    """Return code that initializes variables with the right names from a checkpoint of the left."""
    entries = [f"    {left!r}: {right!r}," for left, right in names.items()]
    return _lines("tf.train.init_from_checkpoint(prefix, {", *entries, "})")


def _lines(*lines: str) -> str:
    return "\n".join(lines) + "\n"
