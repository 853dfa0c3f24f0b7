"""PySide6 doesn't read the source of what the program imports."""

import subprocess
import sys

import pytest

_COUNTED = """
import inspect
from gui.plain_imports import import_plainly
{}
read = []
whole = inspect.getsource
inspect.getsource = lambda module: read.append(module.__name__) or whole(module)
import colorsys
print("colorsys" in read)
"""


@pytest.mark.parametrize(("call", "read"), [("import_plainly()", "False"), ("", "True")])
def test_no_source_is_read_after_the_call(call, read):
    command = [sys.executable, "-c", _COUNTED.format(call)]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == read
