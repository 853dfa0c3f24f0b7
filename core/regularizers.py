"""The regularizers of tf.keras.regularizers, with their parameters."""

from core.arguments import Argument, Chosen, Function, Real


def _factor(name: str, power: str) -> Argument:
    return Argument(name, Real(0.0), 0.01, f"Factor of the sum of {power}.")


REGULARIZERS = {
    function.kind: function
    for function in (
        Function(
            "l1",
            "tf.keras.regularizers.l1",
            (_factor("scale", "absolute values"),),
            "Adds the sum of absolute values, times the scale, to the losses.",
            renamed={"scale": "l1"},
        ),
        Function(
            "l2",
            "tf.keras.regularizers.l2",
            (_factor("scale", "squares"),),
            "Adds the sum of squares, times the scale, to the losses.",
            renamed={"scale": "l2"},
        ),
        Function(
            "l1_l2",
            "tf.keras.regularizers.l1_l2",
            (_factor("l1", "absolute values"), _factor("l2", "squares")),
            "Adds both sums to the losses.",
        ),
    )
}

REGULARIZER = Chosen(REGULARIZERS)
