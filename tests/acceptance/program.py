"""Starting the program as a user does."""

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parent.parent.parent


def run_program(*arguments, **environment) -> subprocess.CompletedProcess:
    """Run main.py to its end."""
    return run_python(ROOT / "main.py", *arguments, **environment)


def run_python(*arguments, **environment) -> subprocess.CompletedProcess:
    """Run Python to its end, without this project on its path."""
    clean = {key: value for key, value in os.environ.items() if key != "PYTHONPATH"}
    return subprocess.run(
        [sys.executable, *map(str, arguments)],
        capture_output=True,
        text=True,
        timeout=240,
        check=False,
        env=clean | environment,
    )
