"""The activation functions of tf.nn, and the absolute value.

tf.nn.swish is left out: its custom gradient writes a counter of the process into the graph, so no
script could make the same graph again.
"""

from core.arguments import Chosen, Function

_HELP = {
    "relu": "max(x, 0).",
    "relu6": "max(x, 0), cut at 6.",
    "leaky_relu": "x, times 0.2 where negative.",
    "crelu": "relu of x and of -x, side by side: doubles the last dimension.",
    "elu": "x, exp(x) - 1 where negative.",
    "selu": "elu with the scale that keeps mean 0 and variance 1.",
    "sigmoid": "1 / (1 + exp(-x)).",
    "log_sigmoid": "log(sigmoid(x)).",
    "tanh": "Hyperbolic tangent.",
    "abs": "|x|.",
    "softmax": "exp(x), divided by its sum over the last dimension.",
    "log_softmax": "log(softmax(x)).",
    "softplus": "log(1 + exp(x)).",
    "softsign": "x / (1 + |x|).",
}
# Where tf.nn has no such name of its own.
_PATHS = {"log_sigmoid": "tf.math.log_sigmoid", "abs": "tf.abs"}

ACTIVATIONS = {
    kind: Function(kind, _PATHS.get(kind, f"tf.nn.{kind}"), (), help_text, bare=True)
    for kind, help_text in _HELP.items()
}

ACTIVATION = Chosen(ACTIVATIONS)
