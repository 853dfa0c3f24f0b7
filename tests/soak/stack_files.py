"""Ten thousand damaged stack files: one clear error, or a stack that can be planned and built.

python -m tests.soak.stack_files [--count N] [--seed N] [--build-every N]
"""

import argparse
import collections
import faulthandler
import random
import sys
import tempfile
import time
from pathlib import Path

from core.devices import DeviceError
from core.graph import BuiltGraph
from core.json_file import DocumentError
from core.stack import Stack, size
from tests.damaged_files import checked, watch
from tests.examples import EXAMPLES, LESSONS, example_text
from tests.mutations import mutated

_MOST_BUILT = 60
_SECONDS = 120.0


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--count", type=int, default=10_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--build-every", type=int, default=20)
    options = parser.parse_args()
    originals = [*EXAMPLES, *LESSONS]
    found: collections.Counter[str] = collections.Counter()
    slowest = 0.0
    started = time.monotonic()
    watch()
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "damaged.stack.json")
        for number in range(options.count):
            chosen = random.Random(f"{options.seed} {number}")
            data = mutated(chosen, example_text(chosen.choice(originals)))
            path.write_bytes(data)
            faulthandler.dump_traceback_later(_SECONDS, exit=True)
            began = time.monotonic()
            try:
                result = checked(path)
            except BaseException:
                kept = Path(tempfile.gettempdir(), f"damaged-{options.seed}-{number}.stack.json")
                kept.write_bytes(data)
                print(f"file {number} of seed {options.seed}, kept as {kept}", file=sys.stderr)
                raise
            slowest = max(slowest, time.monotonic() - began)
            if isinstance(result, DocumentError):
                found["refused"] += 1
            else:
                found["loaded"] += 1
                if found["loaded"] % options.build_every == 0 and size(result.nodes) <= _MOST_BUILT:
                    # Said before it is done: TensorFlow may end this process.
                    print(f"building file {number}", file=sys.stderr)
                    found[_built(result)] += 1
            faulthandler.cancel_dump_traceback_later()
    seconds = time.monotonic() - started
    print(f"{options.count:,} files in {seconds:.0f} s, the slowest {slowest:.2f} s: {dict(found)}")
    return 0


def _built(stack: Stack) -> str:
    """Build a stack and return what came of it."""
    try:
        graph = BuiltGraph(stack)
    except DeviceError:
        return "no such device"
    graph.close()
    if graph.built.refusal is not None:
        return "refused by TensorFlow"
    return "built" if graph.built.undrawn is None else "built, not drawn"


if __name__ == "__main__":
    sys.exit(main())
