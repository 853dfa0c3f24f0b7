"""The program killed at fifty random moments: a second of edits is lost at most, no half file.

python -m tests.soak.kills [--count N] [--seed N]
"""

import argparse
import os
import sys
import tempfile
from pathlib import Path

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from tests.kills import kill_once


def main() -> int:
    """Kill it so often and report."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--count", type=int, default=50)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    failed = 0
    with tempfile.TemporaryDirectory() as name:
        for number in range(options.count):
            try:
                left = kill_once(Path(name), f"{options.seed} {number}", exporting=number % 5 > 0)
            except Exception as error:  # noqa: BLE001 - the other kills are wanted all the same
                failed += 1
                print(f"{number:3} FAILED: {type(error).__name__}: {error}", flush=True)
            else:
                print(f"{number:3} {left}", flush=True)
    print(f"seed {options.seed}: {options.count} kills, {failed} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
