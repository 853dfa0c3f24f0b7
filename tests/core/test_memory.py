"""The memory that large values took is the system's again once they are gone."""

import os
import subprocess
import sys

_DRAWN = """
import gc, psutil
from core import memory
from core.graph import BuiltGraph
from tests.stacks import dense, features, stack

def left(units):
    BuiltGraph(stack(features("x", 1024), dense("d", units))).close()
    gc.collect()
    memory.give_back()
    return psutil.Process().memory_info().rss

small = left(8)
print((left(2**17) - small) / 2**29)
"""


def test_a_large_draw_leaves_the_process_as_small_as_it_was():
    # With oneDNN, as TensorFlow is by default; the other tests are without.
    environment = os.environ | {"TF_ENABLE_ONEDNN_OPTS": "1"}
    command = [sys.executable, "-c", _DRAWN]
    done = subprocess.run(command, capture_output=True, text=True, check=True, env=environment)
    assert float(done.stdout) < 0.25
