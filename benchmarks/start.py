"""From the start of the program to a usable window, against importing TensorFlow."""

import os
import statistics
import subprocess
import sys
import tempfile
import time

from benchmarks.measure import Figure, report

_TURNS = 5
_STATE = tempfile.TemporaryDirectory()
_IMPORT = "import tensorflow; print('imported', flush=True); import os; os._exit(0)"


def main() -> None:
    """Measure and report."""
    rows = [
        (_until_line("-m", "benchmarks.start_window"), _until_line("-c", _IMPORT))
        for _ in range(_TURNS + 1)
    ][1:]
    walls, processors = zip(*(zip(*row, strict=True) for row in rows), strict=True)
    window, tensorflow = (statistics.median(column) for column in zip(*walls, strict=True))
    share = statistics.median(window / imported for window, imported in walls)
    details = {
        "seconds": round(window, 2),
        "import tensorflow": round(tensorflow, 2),
        # The same in what others on the machine can't add to.
        "of processor time": round(statistics.median(ours / tf for ours, tf in processors), 3),
    }
    report("start", [Figure("usable window, of the import's time", share, "", 0.2, None, details)])


def _until_line(*arguments: str) -> tuple[float, float]:
    """Return how long a program takes until it prints its first line, and its processor time."""
    environment = {"TF_CPP_MIN_LOG_LEVEL": "3", **os.environ}
    environment.setdefault("QT_QPA_PLATFORM", "offscreen")
    environment["LAYERSCOPE_STATE_DIR"] = _STATE.name
    # Both as they are from the second start on: with their bytecode.
    environment.pop("PYTHONDONTWRITEBYTECODE", None)
    started = time.perf_counter()
    with subprocess.Popen(
        [sys.executable, *arguments],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        env=environment,
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline()
        taken = time.perf_counter() - started
        process.stdout.read()
        _, _, used = os.wait4(process.pid, 0)
        process.returncode = 0
    return taken, used.ru_utime + used.ru_stime


if __name__ == "__main__":
    main()
