"""A pytest plugin that puts Qt out of reach, to prove that core does without it.

``python -m pytest -p no:pytest-qt -p tests.without_qt tests/core``
"""

import sys
from importlib.abc import MetaPathFinder

import pytest

SCREEN = {"PySide6", "shiboken6", "pyqtgraph", "gui"}


class _Blocker(MetaPathFinder):
    def find_spec(self, fullname, path=None, target=None):
        if fullname.partition(".")[0] in SCREEN:
            raise ImportError(f"{fullname} is out of reach: core must do without a screen")


def pytest_addoption(parser: pytest.Parser) -> None:
    # pytest-qt is not there to know its own settings in pyproject.toml.
    for name in ("qt_api", "qt_log_level_fail"):
        parser.addini(name, "a setting of pytest-qt")


def pytest_configure() -> None:
    loaded = SCREEN & sys.modules.keys()
    if loaded:
        raise pytest.UsageError(f"imported before it could be blocked: {sorted(loaded)}")
    sys.meta_path.insert(0, _Blocker())
