"""From the start of the program to a usable window, against importing TensorFlow."""

import os
import statistics
import subprocess
import sys
import time

from benchmarks.measure import Figure, report

_TURNS = 5
_IMPORT = "import tensorflow; print('imported', flush=True); import os; os._exit(0)"


def main() -> None:
    """Measure and report."""
    if sys.argv[1:] == ["--window"]:
        _open_window()
    rows = [
        (_until_line("-m", "benchmarks.start", "--window"), _until_line("-c", _IMPORT))
        for _ in range(_TURNS + 1)
    ][1:]
    window, tensorflow = (statistics.median(column) for column in zip(*rows, strict=True))
    details = {"seconds": round(window, 2), "import tensorflow": round(tensorflow, 2)}
    share = statistics.median(window / imported for window, imported in rows)
    report("start", [Figure("usable window, of the import's time", share, "", 0.2, None, details)])


def _until_line(*arguments: str) -> float:
    """Return how long a program takes until it prints its first line."""
    environment = {"TF_CPP_MIN_LOG_LEVEL": "3", **os.environ}
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
    return taken


def _open_window() -> None:
    """Run the program until its window is painted with the stack it opens at first."""
    # Sets where the state is kept; the imports that the program itself does are timed with it.
    import benchmarks.window  # noqa: F401
    from gui import application

    start = application._start

    def started(shown, path) -> None:
        start(shown, path)
        application.QTimer.singleShot(0, painted)

    def painted() -> None:
        print("usable", flush=True)
        os._exit(0)

    application._start = started
    application.run(None)


if __name__ == "__main__":
    main()
