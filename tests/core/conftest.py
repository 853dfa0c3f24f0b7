"""What takes seconds to start or to write, and is the same for many tests."""

from contextlib import closing

import pytest

from core.graph_runner import GraphRunner
from tests import checkpoints


@pytest.fixture(scope="session")
def runner_of_checkpoints():
    """Have one process read what only TensorFlow can; it is started when it is needed."""
    with closing(GraphRunner()) as found:
        yield found


@pytest.fixture(scope="session")
def tf2_checkpoints(tmp_path_factory):
    """Return a folder with checkpoints by TensorFlow 2."""
    folder = tmp_path_factory.mktemp("tf2")
    checkpoints.save_tf2(folder)
    return folder
