"""The constraints of tf.keras.constraints, with their parameters."""

from core.arguments import Argument, Chosen, Function, OneOf, Real, Sequence
from core.dimensions import AXIS, MOST

_AXIS = Argument(
    "axis",
    OneOf((AXIS, Sequence(AXIS, most=MOST, distinct=True))),
    0,
    "The axis or axes a norm is taken over.",
)


def _constraint(
    kind: str,
    help_text: str,
    *arguments: Argument,
    ordered: tuple[tuple[str, str], ...] = (),
) -> Function:
    return Function(kind, f"tf.keras.constraints.{kind}", arguments, help_text, ordered=ordered)


CONSTRAINTS = {
    function.kind: function
    for function in (
        _constraint("non_neg", "Negative values become zero after an update."),
        _constraint("radial_constraint", "Convolutions' kernels become the same all round."),
        _constraint("unit_norm", "Norms become one after an update.", _AXIS),
        _constraint(
            "max_norm",
            "Norms above the limit are brought down to it after an update.",
            Argument("max_value", Real(0.0), 2, "The limit."),
            _AXIS,
        ),
        _constraint(
            "min_max_norm",
            "Norms are brought between two limits after an update.",
            Argument("min_value", Real(0.0), 0.0, "The lower limit."),
            Argument("max_value", Real(0.0), 1.0, "The upper limit."),
            Argument("rate", Real(0.0, 1.0), 1.0, "How far an update goes towards the limit."),
            _AXIS,
            ordered=(("min_value", "max_value"),),
        ),
    )
}

CONSTRAINT = Chosen(CONSTRAINTS)
