"""What TensorFlow's native code says of an error, without what Python adds."""

import re
from typing import Any


def native_words(error: Any) -> str:
    """Return the words of a `tf.errors.OpError`, without where in which graph.

    Python wraps them into "Graph execution error" and traces of the layers' code, of which an
    imported graph has none. After the registered devices comes a list of all kernels there are.
    """
    native = error.__context__
    message = native.message if isinstance(native, type(error)) else error.message
    message, _, _ = message.partition("\n\t [[")
    message, _, _ = message.partition("\nRegistered kernels:")
    return re.sub(r"{{node ([^}]*)}}", r"\1", message).strip()
