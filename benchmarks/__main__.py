"""Run all benchmarks, or those named: ``python -m benchmarks [NAME ...]``.

Each runs in a process of its own, prints a table, and leaves its figures in out/benchmarks/.
"""

import argparse
import subprocess
import sys

# In the order of the time they take; the last needs 10 GB of memory and of disk.
NAMES = (
    *("weights", "variables", "start", "initial_values", "edit"),
    *("signals", "large_stack", "build", "freeze", "billion"),
)


def main() -> int:
    """Run them one after the other."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("names", nargs="*", help=", ".join(NAMES))
    names = parser.parse_args().names or NAMES[:-1]
    if not set(names) <= set(NAMES):
        parser.error(f"there are: {', '.join(NAMES)}")
    failed = [
        name
        for name in names
        if subprocess.run([sys.executable, "-m", f"benchmarks.{name}"], check=False).returncode
    ]
    if failed:
        print(f"\nended with an error: {', '.join(failed)}", file=sys.stderr)
    return bool(failed)


if __name__ == "__main__":
    sys.exit(main())
