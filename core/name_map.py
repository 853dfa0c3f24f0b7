"""A map between the names of two checkpoints, as the code that loads one into the other."""

from collections.abc import Iterator, Mapping, Sequence

from core.named_tensors import TensorInfo
from core.shape_steps import step_between

_VARIABLES = "variables = {variable.op.name: variable for variable in tf.global_variables()}"
Stepwise = Sequence[tuple[TensorInfo, TensorInfo]]


def saver_code(names: Mapping[str, str], stepwise: Stepwise = ()) -> str:
    """Return code that restores a checkpoint with the left names into variables with the right.

    Args:
        names: The names of tensors that are restored as they are.
        stepwise: The tensors of both sides between which a known step is taken.
    """
    lines = [_VARIABLES]
    if names:
        entries = [f"    {left!r}: variables[{right!r}]," for left, right in names.items()]
        lines += ["saver = tf.train.Saver({", *entries, "})", "saver.restore(session, prefix)"]
    if stepwise:
        lines += ["", "# What a Saver can't do: these get another shape on the way."]
        lines += _assignments(stepwise)
        lines.append("session.run(assignments)")
    return _text(lines)


def init_from_checkpoint_code(names: Mapping[str, str], stepwise: Stepwise = ()) -> str:
    """Return code that initializes variables with the right names from a checkpoint of the left.

    Args:
        names: The names of tensors that are taken as they are.
        stepwise: The tensors of both sides between which a known step is taken.
    """
    lines = []
    if names:
        entries = [f"    {left!r}: {right!r}," for left, right in names.items()]
        lines = ["tf.train.init_from_checkpoint(prefix, {", *entries, "})"]
    if stepwise:
        lines += ["" for _ in lines[:1]]
        lines.append("# What init_from_checkpoint can't do: these get another shape on the way.")
        lines.append("# Run the assignments once the variables are initialized.")
        lines.append(_VARIABLES)
        lines += _assignments(stepwise)
    return _text(lines)


def _assignments(stepwise: Stepwise) -> Iterator[str]:
    """Yield the lines of a list of assignments, each with the step it takes."""
    yield "assignments = []"
    for left, right in stepwise:
        step = step_between(left.shape, right.shape)
        assert step is not None
        yield f"# {step.words}: {list(left.shape)} -> {list(right.shape)}"
        yield f"[value] = tf.raw_ops.RestoreV2(prefix=prefix, tensor_names=[{left.name!r}],"
        yield f"    shape_and_slices=[''], dtypes=[tf.{left.dtype}])"
        code = step.code(right.shape)
        yield f"assignments.append(variables[{right.name!r}].assign({code}))"


def _text(lines: Sequence[str]) -> str:
    return "\n".join(lines) + "\n"
