"""tf-keras' own session, which is made in the middle of a build, leaves the build alone."""

import hashlib
import os
import subprocess
import sys
from pathlib import Path

from core.graph import BuiltGraph
from core.script import script
from tests.stacks import dense, layer, stack

_ROOT = Path(__file__).parent.parent.parent

# tf-keras asks for the devices once in a process, so a first build is what it would be seen in.
_STACK = stack(
    layer("input", "x", shape=(2, 8, 8, 8)),
    dense("d", name="d"),
    layer("conv2d_transpose", "c", filters=3, kernel_size=2, data_format="channels_first"),
)
_FIRST_BUILD = """
import hashlib
from core.graph import BuiltGraph
from tests.core.test_keras_session import _STACK
print(hashlib.sha256(BuiltGraph(_STACK).graph_def).hexdigest())
"""
_SCRIPT = """
import hashlib, sys
exec(compile(sys.stdin.read(), "script", "exec"), {})
import tensorflow.compat.v1 as tf
made = tf.get_default_graph().as_graph_def().SerializeToString(deterministic=True)
print(hashlib.sha256(made).hexdigest())
"""


def _first_made(program: str) -> str:
    done = subprocess.run(
        [sys.executable, "-c", program],
        cwd=_ROOT,
        env=os.environ | {"PYTHONPATH": str(_ROOT)},
        input=script(_STACK).text,
        capture_output=True,
        text=True,
        timeout=240,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


def test_the_first_build_of_a_process_is_like_all_others():
    for _ in range(2):
        graph = BuiltGraph(_STACK)
        graph.close()
    made = hashlib.sha256(graph.graph_def).hexdigest()
    assert _first_made(_FIRST_BUILD) == made
    assert _first_made(_SCRIPT) == made
