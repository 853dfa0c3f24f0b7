"""The one door to TensorFlow: its environment, its v1 behaviour, imported late.

``from core.tf1 import tf`` imports TensorFlow (seconds), so only modules that need it at import
time (the twins) say so at their top; all others import it inside the function that uses it.
"""

import contextlib
import ctypes
import importlib.util
import os
import sys
import tempfile
import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    tf: Any

# Keras 3 has no tf.layers; tf-keras has, and TensorFlow asks for it by the first variable.
# What TensorFlow refuses reaches the user as an exception; the second one keeps its log quiet.
# The pool that TensorFlow takes with oneDNN never gives memory back: 9 GB for one large draw.
_ENVIRONMENT = {
    "TF_USE_LEGACY_KERAS": "1",
    "TF_CPP_MIN_LOG_LEVEL": "3",
    "TF_ONEDNN_USE_SYSTEM_ALLOCATOR": "1",
}


def __getattr__(name: str) -> Any:
    """Import TensorFlow when ``tf`` is first asked for (PEP 562)."""
    if name != "tf":
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    globals()["tf"] = _import_tensorflow()
    return globals()["tf"]


def preload() -> None:
    """Load TensorFlow's libraries without holding the interpreter.

    ``import tensorflow`` keeps the interpreter locked while its 1 GB library is loaded, which
    freezes the window for a third of a second; a foreign dlopen call releases it.
    """
    package = importlib.util.find_spec("tensorflow")
    if package is None or package.origin is None:
        return
    folder = Path(package.origin).parent
    _set_environment()
    for library in ("libtensorflow_framework.so.2", "libtensorflow_cc.so.2"):
        path = folder / library
        if path.exists():
            # CDLL itself keeps the interpreter while it loads; a function called by it doesn't.
            dlopen = ctypes.CDLL(None).dlopen
            dlopen.argtypes, dlopen.restype = (ctypes.c_char_p, ctypes.c_int), ctypes.c_void_p
            with _quiet_standard_error():
                dlopen(os.fsencode(path), os.RTLD_NOW)


def _import_tensorflow() -> Any:
    _set_environment()
    # tf.layers and reference variables are the subject here, not an oversight to be warned of.
    warnings.filterwarnings("ignore", message="`tf.layers")
    with _quiet_standard_error():
        import tensorflow.compat.v1 as tensorflow

    tensorflow.logging.set_verbosity(tensorflow.logging.ERROR)
    tensorflow.disable_v2_behavior()
    # WORKAROUND: for 1-D pooling or a transposed convolution, channels first, tf-keras 2.21 asks
    # a session of its own which devices there are, the first time in a process. Unless told not to,
    # that one first runs the initializers of all variables: in the middle of a build, unmeasured
    # (a huge one ended the process), and with ops in the graph that no second build gets.
    tensorflow.keras.backend.manual_variable_initialization(True)
    return tensorflow


@contextlib.contextmanager
def _quiet_standard_error() -> Iterator[None]:
    """Keep back what native code writes to standard error, unless the block raises.

    TensorFlow's libraries write some lines of information while they are loaded, before the
    setting that would keep them quiet is read.
    """
    sys.stderr.flush()
    kept = os.dup(2)
    with tempfile.TemporaryFile() as written:
        os.dup2(written.fileno(), 2)
        try:
            yield
        except BaseException:
            written.seek(0)
            os.write(kept, written.read())
            raise
        finally:
            os.dup2(kept, 2)
            os.close(kept)


def _set_environment() -> None:
    for key, value in _ENVIRONMENT.items():
        os.environ.setdefault(key, value)
